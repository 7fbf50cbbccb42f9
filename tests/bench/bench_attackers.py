"""Attackers beside the bare estimator or matrix product that they are made of, on the same features."""

from collections.abc import Callable, Iterator

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier

from reid.attackers import ATTACKERS
from reid.attackers.lookout import Lookout
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import Split, choose_people, make_split
from reid.typing import Float32Array, IntArray
from tests.bench.harness import Effort, Figure, effort, ratio, timed
from tests.bench.sources import source

N_PEOPLE = {Effort.QUICK: 40, Effort.USUAL: 300, Effort.SLOW: 1_000}
PRODUCTS = ("discriminant", "two-covariance", "scaled-manhattan", "likelihood-ratio")


def figures(rounds: int) -> Iterator[Figure]:
    """Enrol and score as an audit does, features made before; and do the bare work on the same numbers."""
    log = source("Aalto")
    events = log.events()
    events = events.of_people(events.subjects[: N_PEOPLE[effort()]])
    settings = SplitSettings(regime="population", probe_sessions=2)
    split = make_split(events, choose_people(events.subjects, settings), settings)
    size = f"{log.name}, {len(events.subjects)} people"
    seen = Lookout.on("rhythm", (), split.train)
    train, person = seen.pieces(split.train)
    values = np.nan_to_num(train.values)
    gallery = np.nan_to_num(seen.features(split.gallery.pooled()).values)
    probes = np.nan_to_num(seen.features(split.probes).values)

    def products() -> None:
        """Multiply what a metric cannot do without: scatter of features, and probes with templates."""
        _ = values.T @ values
        _ = probes @ gallery.T

    works: dict[str, Callable[[], object]] = {"products": products, "trees": lambda: trees(values, person)}
    works |= {name: lambda name=name: attack(name, split) for name in (*PRODUCTS, "extra-trees")}
    taken = timed(works, min(rounds, 3))
    for name in PRODUCTS:
        title = f"{name} / products of the same matrices ({size})"
        yield ratio(title, taken[name], taken["products"])
    title = f"extra-trees / scikit-learn's fit on as many pieces ({size})"
    yield ratio(title, taken["extra-trees"], taken["trees"])


def attack(name: str, split: Split) -> object:
    """Learn, enrol and score; the features of pieces are remembered from the run before."""
    return ATTACKERS.make(name).enrol(split.train, split.gallery).score(split.probes)


def trees(values: Float32Array, person: IntArray) -> object:
    """Fit scikit-learn's forest of the usual size to the same features."""
    return ExtraTreesClassifier(n_estimators=100, random_state=0).fit(values, person)
