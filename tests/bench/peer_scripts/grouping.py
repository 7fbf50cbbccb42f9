"""MDAV by anonypyx: FILE K.

Without a categorical column anonypyx 0.2.11 adds an undefined distance to each point's distance from the
centre, so it begins groups at the first point left and not at the farthest. A column that is the same for all
makes it the algorithm that it names.
"""

import sys

import numpy as np
import pandas as pd
from anonypyx.microaggregation import MDAVGeneric
from rounds import serve

FILE, K = sys.argv[1:]


def prepare():
    """Read the points and return the work."""
    points = np.load(FILE)
    table = pd.DataFrame(points, columns=[f"c{number}" for number in range(points.shape[1])])
    table["same"] = pd.Series(["same"] * len(table), dtype="category").cat.rename_categories([0])

    def work():
        groups = MDAVGeneric(table, list(table.columns)).partition(int(K))
        return {"groups": [[int(row) for row in group] for group in groups]}

    return work


serve(prepare, warm=False)
