"""Equal error rate and DET curve by bob.measure, scikit-learn or pyeer: PEER WHAT FILE."""

import sys

import numpy as np
from rounds import serve

PEER, WHAT, FILE = sys.argv[1:]


def of_bob(genuine, impostor):
    """Return the work of bob.measure, which draws a curve of as many points as it is told."""
    import bob.measure

    if WHAT == "eer":
        return lambda: {"eer": float(bob.measure.eer(impostor, genuine))}
    return lambda: bob.measure.det(impostor, genuine, 100)


def of_sklearn(genuine, impostor):
    """Return the work of scikit-learn, whose curve holds every operating point."""
    from sklearn.metrics import det_curve, roc_curve

    label = np.repeat([1, 0], [genuine.size, impostor.size])
    score = np.concatenate([genuine, impostor])

    def eer():
        fpr, tpr, _ = roc_curve(label, score)
        nearest = np.argmin(np.abs(1 - tpr - fpr))
        return {"eer": float(fpr[nearest] + 1 - tpr[nearest]) / 2}

    return eer if WHAT == "eer" else lambda: det_curve(label, score)


def of_pyeer(genuine, impostor):
    """Return the work of pyeer, whose curve holds every operating point."""
    from pyeer.eer_stats import calculate_roc, get_eer_values

    def eer():
        _, fmr, fnmr = calculate_roc(genuine, impostor)
        return {"eer": float(get_eer_values(fmr, fnmr)[-1])}

    return eer if WHAT == "eer" else lambda: calculate_roc(genuine, impostor)


def prepare():
    """Read the scores and return the work."""
    with np.load(FILE) as scores:
        genuine, impostor = scores["genuine"], scores["impostor"]
    return {"bob": of_bob, "sklearn": of_sklearn, "pyeer": of_pyeer}[PEER](genuine, impostor)


serve(prepare, warm=PEER != "pyeer")
