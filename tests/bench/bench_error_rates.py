"""Equal error rate and DET curve of ten million scores beside bob.measure, scikit-learn and pyeer."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from reid.kernels.scores import error_crossing
from reid.metrics.curves import det_curve
from reid.metrics.verification import equal_error_rate
from reid.typing import FloatArray
from tests.bench.harness import Effort, Figure, Missing, Times, effort, ratio
from tests.bench.peers import beside, peer

PACKAGES = {"bob": "bob.measure", "sklearn": "sklearn", "pyeer": "pyeer"}
POINTS = 100  # of a curve as it is drawn
SIZES = {Effort.QUICK: 100_000, Effort.USUAL: 10_000_000, Effort.SLOW: 10_000_000}
GENUINE_SHARES = (0.01, 0.5)
ROUNDS_OF_PEERS = 2  # each takes seconds


def drawn(size: int, genuine_share: float) -> tuple[FloatArray, FloatArray]:
    """Draw genuine and impostor scores of two normal laws."""
    rng = np.random.default_rng(0)
    n_genuine = round(size * genuine_share)
    return rng.normal(1.5, 1, n_genuine), rng.normal(0, 1, size - n_genuine)


def figures(rounds: int) -> Iterator[Figure | Missing]:
    """Time the same scores in all; pyeer makes an object of every score and has a tenth but in slow runs."""
    for share in GENUINE_SHARES if effort() is Effort.SLOW else GENUINE_SHARES[:1]:
        size = SIZES[effort()]
        genuine, impostor = drawn(size, share)
        exact = error_crossing(np.sort(genuine), np.sort(impostor))
        away = abs(equal_error_rate(genuine, impostor) - exact)
        label = f"{size:,} scores, {share:.0%} genuine"
        yield Figure(f"EER of {label}: difference from that of sorted scores", away, (away, away), 0.0)
        for name in PACKAGES:
            smaller = name == "pyeer" and effort() is Effort.USUAL
            few = drawn(size // 10, share) if smaller else (genuine, impostor)
            yield from beside_one(name, *few, share, min(rounds, ROUNDS_OF_PEERS))


def beside_one(
    name: str, genuine: FloatArray, impostor: FloatArray, share: float, rounds: int
) -> Iterator[Figure | Missing]:
    """Hold one peer beside ours."""
    works: dict[str, Callable[[], object]] = {
        "eer": lambda: equal_error_rate(genuine, impostor),
        "det": lambda: det_curve(genuine, impostor).thinned(POINTS),
    }
    label = f"{genuine.size + impostor.size:,} scores, {share:.0%} genuine"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scores.npz"
        np.savez(path, genuine=genuine, impostor=impostor)
        for what, ours in works.items():
            try:
                with peer(PACKAGES[name], "error_rates.py", name, what, path) as one:
                    theirs_s, ours_s, answer = beside(one, ours, rounds)
            except Missing as missing:
                yield missing
                return
            title = f"{what.upper()} of {label}: {PACKAGES[name]} / ours"
            note = (
                f"they say {answer['eer']:.6f}, we {equal_error_rate(genuine, impostor):.6f}"
                if what == "eer"
                else ""
            )
            yield against(title, theirs_s, ours_s, note)


def against(name: str, theirs: Times, ours: Times, note: str) -> Figure:
    """Return how many times as long a peer takes, which must be no less than we."""
    return ratio(name, theirs, ours, limit=1.0, at_most=False, note=note)
