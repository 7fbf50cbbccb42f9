"""Keyboard kernels beside one plain pass: pairing, latencies and adding up for every feature."""

from collections.abc import Callable, Iterator

from reid.features import Rhythm
from reid.features.layout import layout_of
from reid.features.presses import event_arrays, presses_of
from reid.kernels.keystroke import pair_presses, successive_latencies
from reid.kernels.tally import tally_presses
from reid.samples.cutting import cut, runs_within
from reid.samples.table import SampleTable
from tests.bench.harness import Figure, Times, ratio, timed
from tests.bench.plain_pass import plain_pass
from tests.bench.sources import source

MOST_PASSES = 40.0


def figures(rounds: int) -> Iterator[Figure]:
    """Time each kernel on the arrays that it takes, one thread."""
    log = source("Aalto")
    pieces = cut(log.events())
    time_us, event, key, press = event_arrays(pieces.events)
    starts, stops, _ = runs_within(pieces)
    n_presses = int(press.max()) + 1
    rows, hold_us, offsets = pair_presses(time_us, event, press, starts, stops, n_presses)
    down_us, keys = time_us[rows], key[rows]
    presses = presses_of(pieces)
    samples = SampleTable.singly(pieces)
    train = samples.of_people(samples.subjects[: max(1, len(samples.subjects) // 3)])
    layout = layout_of(Rhythm().fit(train))
    timings = (presses.hold_us, presses.ud_us, presses.dd_us, presses.uu_us)
    kernels: dict[str, Callable[[], object]] = {
        "pairing": lambda: pair_presses(time_us, event, press, starts, stops, n_presses),
        "latencies": lambda: successive_latencies(down_us, hold_us, offsets),
        f"adding up {len(layout.names)} features": lambda: tally_presses(
            layout.plan, keys, *timings, presses.offsets
        ),
    }
    taken = timed({"plain pass": plain_pass(pieces.events), **kernels}, rounds)
    one_pass = taken.pop("plain pass")
    size = f"{log.name}, {len(pieces.events):,} events"
    for name, times in taken.items():
        yield ratio(f"{name} / plain pass ({size})", times, one_pass)
    whole = Times.sum_of(list(taken.values()))
    yield ratio(f"all keyboard kernels / plain pass ({size})", whole, one_pass, limit=MOST_PASSES)
