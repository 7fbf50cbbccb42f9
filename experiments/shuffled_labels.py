"""Shuffled labels: how often the 95 % interval of each measure misses chance when there is nothing to find.

Synthetic people type; then every recording goes under the name of somebody drawn at random, so that
gallery and probes of a name have nothing to do with each other. What stands in the report after the
whole audit, with the choice of the strongest attacker, must then hold chance in about 95 of 100
populations. Run as ``python experiments/shuffled_labels.py``.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from reid.evaluation.audit import audit
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic.truth import TruthSettings, generate

REGIMES = ("population", "closed-set")
N_SESSIONS, N_KEYSTROKES = 10, 40  # five probes each, so that people have an error rate of their own
MOST_MISSES = 12  # of 100; more come up once in 250 series of exact intervals


def with_shuffled_labels(events: EventTable, rng: np.random.Generator) -> EventTable:
    """Return the log with each session under the name of somebody drawn at random, as many for everybody."""
    dealt = pl.Series("subject_id", rng.permutation(events.sessions["subject_id"].to_numpy()))
    rows = np.repeat(np.arange(len(dealt)), np.diff(events.session_bounds()))
    frame = events.frame.with_columns(dealt.gather(rows))
    sessions = events.sessions.with_columns(dealt, session_order=pl.lit(None), sitting=pl.lit(None))
    return EventTable.from_frame(frame, sessions)


def measured_at_chance(
    seed: int, regime: str, n_people: int
) -> Iterator[tuple[str, dict[str, float], float]]:
    """Give name, estimate and chance of every measure of an audit of people whose labels are shuffled."""
    settings = TruthSettings(
        n_people=n_people, n_sessions=N_SESSIONS, n_keystrokes=N_KEYSTROKES, n_letters=4, identity=0.6
    )
    streams = Streams(seed, ("shuffled labels",))
    events = with_shuffled_labels(generate(settings, streams.under("people")), streams("labels"))
    headline: dict[str, Any] = audit(events, regime=regime, adequacy="none", seed=seed).report["headline"]
    n_enrolled = headline["n_people"]
    chances = {"rank_1": 1 / n_enrolled, "rank_10": min(1.0, 10 / n_enrolled)}
    chances |= dict.fromkeys(("eer", "eer_per_person", "auc"), 0.5)
    for name, chance in chances.items():
        yield name, headline[name], chance
    for size, estimate in headline["rank_1_among"].items():
        if estimate is not None:
            yield f"rank_1_among {size}", estimate, 1 / int(size)
    yield "maximum rank_1", headline["maximum"]["rank_1"], 1 / n_enrolled
    for name, estimate in with_chance({"tmr_at_fmr": headline["tmr_at_fmr"], **headline["further"]}):
        yield name, estimate, estimate["chance"]


def with_chance(measured: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, dict[str, float]]]:
    """Give name and estimate of whatever stands in the report beside its level of chance."""
    for key, value in measured.items():
        name = f"{before} {key}".strip()
        if isinstance(value, Mapping) and "chance" in value:
            yield name, dict(value)
        elif isinstance(value, Mapping):
            yield from with_chance(value, name)


def misses(seeds: range, regime: str, n_people: int) -> Counter[str]:
    """Count, for each measure, the populations in which its interval misses chance."""
    missed: Counter[str] = Counter()
    for seed in seeds:
        for name, estimate, chance in measured_at_chance(seed, regime, n_people):
            missed[name] += not estimate["low"] - 1e-12 <= chance <= estimate["high"] + 1e-12
    return missed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100, help="populations of each regime (default 100)")
    parser.add_argument("--first-seed", type=int, default=0, help="seed of the first (default 0)")
    parser.add_argument("--people", type=int, default=60, help="people in each (default 60)")
    parser.add_argument("--regime", choices=REGIMES, help="only this one (default both)")
    arguments = parser.parse_args()
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    regimes = [arguments.regime] if arguments.regime else list(REGIMES)
    by_regime = {regime: misses(seeds, regime, arguments.people) for regime in regimes}
    print(f"intervals that miss chance, of {arguments.seeds}; at most {MOST_MISSES} of 100 are allowed")
    print(f"{'measure':<48}" + "".join(f"{regime:>12}" for regime in regimes))
    for name in dict.fromkeys(name for missed in by_regime.values() for name in missed):
        shown = (str(missed[name]) if name in missed else "-" for missed in by_regime.values())
        print(f"{name:<48}" + "".join(f"{count:>12}" for count in shown))


if __name__ == "__main__":
    main()
