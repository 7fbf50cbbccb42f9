"""Features of pointer paths by behalearn, tsfel, tsfresh or pycatch22: PEER FILE."""

import sys

import numpy as np
from rounds import serve

PEER, FILE = sys.argv[1:]
WINDOW = 100  # events of a path


def of_behalearn(seconds, x, y):
    """Return the work of behalearn: velocities, accelerations, jerks and angular velocities."""
    import pandas as pd
    from behalearn.features import FeatureExtractor

    table = pd.DataFrame({"timestamp": seconds, "x": x, "y": y, "id": np.arange(x.size) // WINDOW})
    both = {"columns": ["x", "y"]}
    wanted = [(name, both) for name in ("velocity", "acceleration", "jerk", "angular_velocity")]
    return lambda: FeatureExtractor(wanted, ["id"]).fit_transform(table)


def of_tsfel(_, x, y):
    """Return the work of tsfel with all of its features."""
    import pandas as pd
    import tsfel

    table = pd.DataFrame({"x": x, "y": y})
    windows = [table[start : start + WINDOW] for start in range(0, x.size - WINDOW + 1, WINDOW)]
    wanted = tsfel.get_features_by_domain()
    return lambda: [
        tsfel.time_series_features_extractor(wanted, window, fs=100, verbose=0) for window in windows
    ]


def of_tsfresh(_, x, y):
    """Return the work of tsfresh with its efficient features."""
    import pandas as pd
    from tsfresh import extract_features
    from tsfresh.feature_extraction import EfficientFCParameters

    table = pd.DataFrame({"x": x, "y": y, "id": np.arange(x.size) // WINDOW})
    settings = EfficientFCParameters()
    return lambda: extract_features(
        table, column_id="id", default_fc_parameters=settings, n_jobs=0, disable_progressbar=True
    )


def of_pycatch22(_, x, y):
    """Return the work of pycatch22."""
    import pycatch22

    series = [one.tolist() for one in (x, y)]
    chunks = [one[start : start + WINDOW] for one in series for start in range(0, x.size, WINDOW)]
    return lambda: [pycatch22.catch22_all(chunk) for chunk in chunks]


def prepare():
    """Read the path and return the work."""
    with np.load(FILE) as path:
        columns = path["seconds"], path["x"].astype(float), path["y"].astype(float)
    return globals()["of_" + PEER](*columns)


serve(prepare)
