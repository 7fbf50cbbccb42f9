"""How much dearer is it to cut and measure every pointer stroke than to sum every column once?

    python experiments/pointer_kernel_ratio.py SOURCE [--rounds N] [--peers]

SOURCE is anything that ``reid inspect`` reads, such as the Balabit archive. Prints the time of one plain pass
(the sum of every number of the event table, one thread), of the 39 features from rows to actions, of the
columns of strokes, steps, clicks and the wheel, and of pooling all of them into the features ``strokes``;
and the ratio. With ``--peers``, also those of behalearn and pycatch22 that are installed, on as many events
as they manage in some seconds. Processor time of the fastest of several rounds, without compiling.
"""

import argparse
import importlib
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import reid
from reid.features import Strokes
from reid.kernels._jit import kernel
from reid.kernels.pointer import cut_strokes
from reid.kernels.pointer_antal import GAP_US, LEAST_POINTS, antal_actions
from reid.kernels.pointer_clicks import click_columns, wheel_columns
from reid.kernels.pointer_strokes import stroke_columns
from reid.samples.cutting import cut, runs_within
from reid.samples.strokes import LEAST_MOVES, PAUSE_US, merged, pointer_rows, points_of
from reid.samples.table import PieceTable, SampleTable

COLUMNS = ("time_us", "event", "key", "press", "x_px", "y_px", "button", "wheel_dx", "wheel_dy", "trial")
PEER_EVENTS = 6000


@kernel
def total(column: np.ndarray) -> float:
    result = column[0] * 0
    for value in column:
        result += value
    return result


def columns_of(pieces: PieceTable) -> list[np.ndarray]:
    frame = pieces.events.frame
    return [frame[name].to_physical().fill_null(0).to_numpy() for name in COLUMNS]


def fastest_s(work: Callable[[], object], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def peers_of(pieces: PieceTable) -> dict[str, Callable[[], object]]:
    """Return the peers that are installed, each ready to measure the first events of the log."""
    frame = pieces.events.frame[:PEER_EVENTS]
    found: dict[str, Callable[[], object]] = {}
    try:
        catch22 = importlib.import_module("pycatch22")
    except ImportError:
        print("pycatch22 is not installed")
    else:
        series = [frame[name].cast(float).to_list() for name in ("x_px", "y_px")]
        chunks = [one[at : at + 100] for one in series for at in range(0, PEER_EVENTS, 100)]
        found["pycatch22"] = lambda: [catch22.catch22_all(chunk) for chunk in chunks]
    try:
        features = importlib.import_module("behalearn.features")
    except ImportError:
        print("behalearn is not installed")
    else:
        seconds = frame["time_us"].to_numpy() / 1e6
        table = importlib.import_module("pandas").DataFrame(
            {
                "timestamp": seconds,
                "x": frame["x_px"].to_numpy(),
                "y": frame["y_px"].to_numpy(),
                "id": np.arange(seconds.size) // 100,
            }
        )
        both = {"columns": ["x", "y"]}
        wanted = [(name, both) for name in ("velocity", "acceleration", "jerk", "angular_velocity")]
        found["behalearn"] = lambda: features.FeatureExtractor(wanted, ["id"]).fit_transform(table)
    return found


def measure(source: Path, rounds: int, *, with_peers: bool) -> None:
    pieces = cut(reid.read_events(source))
    columns, rows = columns_of(pieces), pointer_rows(pieces.events)
    starts, stops, _ = runs_within(pieces)
    delta = pieces.events.frame["wheel_dy"].to_numpy()
    points = points_of(rows, starts, stops)[1]
    path = merged(points)[1]
    ends = (path.point_us, path.code, path.pressed, path.offsets, PAUSE_US, LEAST_MOVES)
    strokes = cut_strokes(*ends)
    samples = SampleTable.singly(pieces)
    ready = Strokes().fit(samples)

    def pool() -> None:
        pieces.forget()
        ready.features(samples)

    steps: dict[str, Callable[[], object]] = {
        "plain pass": lambda: [total(column) for column in columns],
        "the 39": lambda: antal_actions(*rows, starts, stops, GAP_US, LEAST_POINTS),
        "points": lambda: merged(points_of(rows, starts, stops)[1]),
        "cutting": lambda: cut_strokes(*ends),
        "strokes": lambda: stroke_columns(path.point_us, path.x, path.y, path.code, path.offsets, *strokes),
        "clicks": lambda: click_columns(*points),
        "wheel": lambda: wheel_columns(rows.time_us, rows.event, delta, starts, stops),
        "all, pooled": pool,
    }
    for work in steps.values():
        work()  # compiles
    n_events = len(pieces.events)
    seconds = {name: fastest_s(work, rounds) for name, work in steps.items()}
    print(f"{n_events} events, {strokes[0].size} strokes, {len(pieces)} pieces")
    for name, spent_s in seconds.items():
        per_event = f"{1e9 * spent_s / n_events:8.2f} ns/event {n_events / spent_s / 1e6:8.2f} M events/s"
        print(
            f"{name:12s} {1000 * spent_s:9.2f} ms {per_event}  ratio {spent_s / seconds['plain pass']:7.1f}"
        )
    for name, work in (peers_of(pieces) if with_peers else {}).items():
        spent_s = fastest_s(work, 2)
        times = {ours: spent_s / PEER_EVENTS / (seconds[ours] / n_events) for ours in ("the 39", "strokes")}
        print(f"{name:12s} {PEER_EVENTS / spent_s:12.0f} events/s; " + ", ".join(
            f"{ours} {ratio:.0f} times as fast" for ours, ratio in times.items()
        ))  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peers", action="store_true")
    arguments = parser.parse_args()
    measure(arguments.source, arguments.rounds, with_peers=arguments.peers)


if __name__ == "__main__":
    main()
