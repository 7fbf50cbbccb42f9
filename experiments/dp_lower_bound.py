"""How private can `dp-times` be at best? An attack on its epsilon, on the worst neighbours there are.

    python experiments/dp_lower_bound.py [--draws N] [--epsilon E] [--unit UNIT]

For each unit two logs are released, a million independent times each: all latencies of one unit stand at 0
in one log and at the clamp in the other (of an event, the latency before it falls where the one after it
rises). From how often a release lies past each of some thresholds, chosen beforehand, follows an
epsilon that the mechanism does not stay below: of all mechanisms together, with 99.99 % confidence.
The largest that is shown must not be above the claim, and noise 30 % too small must be found out. Attacked
are the exact sampler of a release for use and the fast one of a seeded release.
"""

import argparse
import sys
from dataclasses import dataclass
from itertools import product

import numpy as np
import polars as pl

from reid.anonymizers import Anonymizer, DpTimes, TimeGrid
from reid.anonymizers.dp_times import UNITS
from reid.events.table import EventTable
from reid.metrics.privacy_loss import epsilon_lower_bound
from reid.seeding import Streams
from reid.typing import FloatArray, IntArray

CLAMP_US = 500_000
THRESHOLDS = np.array([1e-7, 0.25, 0.5, 0.75, 1.0])  # of the way from one neighbour to the other
LEVEL = 0.9999
#: Sessions of a unit, and latencies in each of them; every one is changed between neighbours.
SHAPES = {"event": (1, 2), "session": (1, 2), "person": (2, 1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLittleNoise(DpTimes):
    """Claims what its parent claims, with 70 % of the noise."""

    def _scale_us(self, n_changed: IntArray) -> IntArray:
        return DpTimes._scale_us(self, n_changed) * 7 // 10  # noqa: SLF001


def directions(unit: str) -> IntArray:
    """Return +1 for each latency of a unit that is longer in the second log, and -1 where it is shorter."""
    return np.array([-1, 1] if unit == "event" else [1, 1])


def worst_log(unit: str, n_units: int, *, second: bool) -> EventTable:
    """Return one of two logs, each of so many units, that lie as far apart as neighbours can."""
    long = (directions(unit) > 0) == second
    gaps_us = np.tile(np.where(long, CLAMP_US, 0), n_units)
    n_sessions, n_latencies = SHAPES[unit]
    if unit == "event":  # all in one session, since events that are not neighbours share no latency
        n_latencies, n_units = gaps_us.size, 1
    per_session = np.concatenate(
        [np.zeros((gaps_us.size // n_latencies, 1), np.int64), gaps_us.reshape(-1, n_latencies)], axis=1
    )
    time_us = np.cumsum(per_session, axis=1)
    session = np.repeat(np.arange(len(time_us)), n_latencies + 1)
    person = session // n_sessions if unit == "person" else np.zeros_like(session)
    place = np.tile(np.arange(n_latencies + 1, dtype=np.float32), len(time_us))
    frame = pl.DataFrame(
        {"subject_id": person, "session_id": session, "time_us": time_us.ravel(), "x_px": place}
    )
    names = (pl.col(name).cast(pl.String).str.zfill(8) for name in ("subject_id", "session_id"))
    return EventTable.from_frame(frame.with_columns(*names, event=pl.lit("move"), y_px="x_px"))


def seen(strategy: Anonymizer, unit: str, n_units: int, streams: Streams, *, second: bool) -> FloatArray:
    """Return where each released unit lies, from 0, the first of the neighbours, to 1, the second."""
    log = worst_log(unit, n_units, second=second)
    released = strategy.fit([log]).apply(log, streams.under(int(second), str(strategy))).events
    time_us, bounds = released.frame["time_us"].to_numpy(), released.session_bounds()
    latency_us = np.delete(np.diff(time_us), bounds[1:-1] - 1).reshape(n_units, -1)
    sign = directions(unit)
    toward = (latency_us * sign).sum(axis=1) / CLAMP_US
    position: FloatArray = (toward + (sign < 0).sum()) / sign.size
    return position


def bound_on_epsilon(
    strategy: Anonymizer, unit: str, n_units: int, n_mechanisms: int, streams: Streams
) -> float:
    """Return an epsilon per unit that the strategy does not stay below."""
    first, second = (seen(strategy, unit, n_units, streams, second=second) for second in (False, True))
    return epsilon_lower_bound(first, second, THRESHOLDS, level=LEVEL, n_mechanisms=n_mechanisms)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=1_000_000)
    parser.add_argument("--epsilon", type=float, default=1.0)
    parser.add_argument("--unit", choices=UNITS, action="append", help="all if absent; people take longest")
    arguments = parser.parse_args()
    epsilon, units = arguments.epsilon, arguments.unit or UNITS
    right = [(unit, DpTimes(epsilon=epsilon, unit=unit)) for unit in units]
    attacked: list[tuple[str, Anonymizer, bool]] = [
        *((unit, strategy, True) for unit, strategy in right),
        *((unit, strategy | TimeGrid(step_ms=0.001), True) for unit, strategy in right),
        *((unit, TooLittleNoise(epsilon=epsilon, unit=unit), False) for unit in units),
    ]
    as_expected = True
    samplers = {"exact": Streams.from_system(), "fast": Streams(0, ("attack",))}
    for (unit, strategy, is_right), (sampler, streams) in product(attacked, samplers.items()):
        n_mechanisms = len(attacked) * len(samplers)
        bound = bound_on_epsilon(strategy, unit, arguments.draws, n_mechanisms, streams)
        as_expected &= (bound <= epsilon) == is_right
        noise = "noise as claimed" if is_right else "noise 30 % too small"
        verdict = "not refuted" if bound <= epsilon else "REFUTED"
        told = f"epsilon at least {bound:.4f}, claimed {epsilon:g}: {verdict:11s}  "
        told += f"{noise:20s}  {sampler:5s}  {strategy}"
        print(told, flush=True)
    sys.exit(0 if as_expected else 1)


if __name__ == "__main__":
    main()
