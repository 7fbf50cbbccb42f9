"""How much dearer is it to pair, time and add up every key press than to sum every column once?

    python experiments/kernel_ratio.py SOURCE [--rounds N]

SOURCE is anything that ``reid inspect`` reads, such as the Aalto archive. Prints the time of one plain pass
(the sum of every number of the event table, one thread), of pairing, of latencies and of adding up for the
features ``rhythm``, and the ratio. Processor time of the fastest of several rounds, without compiling.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

import reid
from reid.features import Rhythm
from reid.features.layout import layout_of
from reid.features.presses import event_arrays, presses_of
from reid.kernels._jit import kernel
from reid.kernels.keystroke import pair_presses, successive_latencies
from reid.kernels.tally import tally_presses
from reid.samples.cutting import cut, runs_within
from reid.samples.table import PieceTable, SampleTable

COLUMNS = ("time_us", "event", "key", "press", "x_px", "y_px", "button", "wheel_dx", "wheel_dy", "trial")


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


def measure(source: Path, rounds: int) -> None:
    pieces = cut(reid.read_events(source))
    columns = columns_of(pieces)
    time_us, event, key, press = event_arrays(pieces.events)
    starts, stops, runs = runs_within(pieces)
    n_presses = int(press.max()) + 1
    rows, hold_us, offsets = pair_presses(time_us, event, press, starts, stops, n_presses)
    down_us, keys = time_us[rows], key[rows]
    presses = presses_of(pieces)
    samples = SampleTable.singly(pieces)
    train = samples.of_people(samples.subjects[: max(1, len(samples.subjects) // 3)])
    layout = layout_of(Rhythm().fit(train))
    timings = (presses.hold_us, presses.ud_us, presses.dd_us, presses.uu_us)
    steps: dict[str, Callable[[], object]] = {
        "plain pass": lambda: [total(column) for column in columns],
        "pairing": lambda: pair_presses(time_us, event, press, starts, stops, n_presses),
        "latencies": lambda: successive_latencies(down_us, hold_us, offsets),
        "adding up": lambda: tally_presses(layout.plan, keys, *timings, presses.offsets),
    }
    for work in steps.values():
        work()  # compiles
    seconds = {name: fastest_s(work, rounds) for name, work in steps.items()}
    print(f"{len(pieces.events)} events, {rows.size} presses, {runs.size - 1} pieces")
    print(f"{len(layout.names)} features")
    for name, spent_s in seconds.items():
        print(f"{name:12s} {1000 * spent_s:8.2f} ms  {1e9 * spent_s / len(pieces.events):7.2f} ns/event")
    kernels_s = sum(spent_s for name, spent_s in seconds.items() if name != "plain pass")
    print(f"{'kernels':12s} {1000 * kernels_s:8.2f} ms   ratio {kernels_s / seconds['plain pass']:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    measure(arguments.source, arguments.rounds)


if __name__ == "__main__":
    main()
