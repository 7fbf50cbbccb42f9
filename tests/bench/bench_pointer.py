"""Pointer kernels beside one plain pass, and beside four peers on the same recording."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from reid.features import Strokes
from reid.kernels.pointer import cut_strokes
from reid.kernels.pointer_antal import GAP_US, LEAST_POINTS, antal_actions
from reid.kernels.pointer_clicks import click_columns, wheel_columns
from reid.kernels.pointer_strokes import stroke_columns
from reid.samples.cutting import cut, runs_within
from reid.samples.strokes import LEAST_MOVES, PAUSE_US, merged, pointer_rows, points_of
from reid.samples.table import PieceTable, SampleTable
from tests.bench.harness import Figure, Missing, Times, ratio, timed
from tests.bench.peers import beside, peer
from tests.bench.plain_pass import plain_pass
from tests.bench.sources import source

MOST_PASSES = 60.0
PEER_EVENTS = 6000
LEAST_TIMES = {"behalearn": 1000.0, "tsfel": 1000.0, "tsfresh": 1000.0, "pycatch22": 50.0}


def figures(rounds: int) -> Iterator[Figure | Missing]:
    """Time each kernel on the arrays that it takes, one thread; then each peer beside the 39 features."""
    log = source("Balabit")
    pieces = cut(log.events())
    rows = pointer_rows(pieces.events)
    starts, stops, _ = runs_within(pieces)
    delta = pieces.events.frame["wheel_dy"].to_numpy()
    points = points_of(rows, starts, stops)[1]
    path = merged(points)[1]
    ends = (path.point_us, path.code, path.pressed, path.offsets, PAUSE_US, LEAST_MOVES)
    strokes = cut_strokes(*ends)
    extension: dict[str, Callable[[], object]] = {
        "points": lambda: merged(points_of(rows, starts, stops)[1]),
        "cutting": lambda: cut_strokes(*ends),
        "strokes": lambda: stroke_columns(path.point_us, path.x, path.y, path.code, path.offsets, *strokes),
        "clicks": lambda: click_columns(*points),
        "wheel": lambda: wheel_columns(rows.time_us, rows.event, delta, starts, stops),
    }
    works: dict[str, Callable[[], object]] = {
        "plain pass": plain_pass(pieces.events),
        "39 features": lambda: antal_actions(*rows, starts, stops, GAP_US, LEAST_POINTS),
        **extension,
        "extension set pooled to features": pooled(pieces),
    }
    taken = timed(works, rounds)
    one_pass = taken.pop("plain pass")
    size = f"{log.name}, {len(pieces.events):,} events"
    whole = Times.sum_of([taken["39 features"], *(taken[name] for name in extension)])
    for name, times in taken.items():
        yield ratio(f"{name} / plain pass ({size})", times, one_pass)
    title = f"39 features and extension set / plain pass ({size})"
    yield ratio(title, whole, one_pass, limit=MOST_PASSES)
    yield from peers(pieces, works["39 features"], rounds, size)


def pooled(pieces: PieceTable) -> Callable[[], object]:
    """Return the work from pieces to the features ``strokes``."""
    samples = SampleTable.singly(pieces)
    ready = Strokes().fit(samples)

    def work() -> None:
        pieces.forget()
        ready.features(samples)

    return work


def peers(
    pieces: PieceTable, ours: Callable[[], object], rounds: int, size: str
) -> Iterator[Figure | Missing]:
    """Hold each peer, on as many events as it manages, beside the 39 features of all: time per event."""
    frame = pieces.events.frame[:PEER_EVENTS]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "path.npz"
        columns = {name: frame[f"{name}_px"].to_numpy() for name in ("x", "y")}
        np.savez(file, seconds=frame["time_us"].to_numpy() / 1e6, **columns)
        for name, least in LEAST_TIMES.items():
            try:
                with peer(name, "pointer_features.py", name, file) as one:
                    theirs, taken, _ = beside(one, ours, min(rounds, 2))
            except Missing as missing:
                yield missing
                continue
            each = theirs.each(frame.height), taken.each(len(pieces.events))
            title = f"{name} / our 39 features, an event ({size})"
            yield ratio(title, *each, limit=least, at_most=False)
