"""What do two releases of the same people tell, whose groups were formed apart?

    python experiments/two_releases.py SOURCE [--k N] [--background N] [--people N] [--attackers NAME ...]

The attackers know the first half of a person's sessions as they were recorded. Of the others they hold
releases under ``microaggregate(k)`` without names: an earlier and a later one, each of which knows nothing of
the other, so that its groups are others. Prints how often they name the right person from one of them,
from both put together (as when a pseudonym was kept, or what was typed gives it away), and from the same
sessions as one release with one set of groups; and how often they find, to a person of the first
release, the same person in the second. Keys are withheld.

A person is in one group of each release. Where the two groups have nobody else in common, k protects
nobody any more: the claim is of one release.
"""

import argparse
from pathlib import Path

import polars as pl

import reid
from reid.anonymizers import Microaggregate
from reid.evaluation.audit import audit
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import choose_people
from reid.events.table import EventTable
from reid.seeding import Streams


def of_sessions(events: EventTable, first: int, stop: int) -> EventTable:
    """Return the sessions of each person from ``first`` on, counted from 0, before ``stop``."""
    wanted = events.sessions.filter(pl.col("session_order").is_between(first, stop - 1))
    frame = events.frame.join(wanted, on=("subject_id", "session_id"), how="semi", maintain_order="left")
    return EventTable(frame, wanted, events.quality)


def released(events: EventTable, sides: list[tuple[str, ...]], k: int, name: str) -> EventTable:
    """Release background and enrolled people apart, as an audit does."""
    strategy, streams = Microaggregate(k=k), Streams(0, ("two releases", name))
    parts = [events.of_people(people) for people in sides]
    return EventTable.concat([strategy.fit([part]).apply(part, streams).events for part in parts])


def measure(
    source: Path, k: int, n_background: int, n_people: int | None, attackers: tuple[str, ...]
) -> None:
    events = reid.read_events(source)
    if n_people is not None:
        events = events.of_people(events.subjects[: n_background + n_people])
    n_sessions = int(events.sessions.group_by("subject_id").len()["len"].min())
    half = n_sessions // 4
    known = n_sessions - 2 * half
    # Sides are those that an audit of the raw log draws from the same seed.
    people = choose_people(events.subjects, SplitSettings(background=n_background))
    sides = [people.background, people.enrolled]
    raw = of_sessions(events, 0, known)
    halves = [of_sessions(events, start, start + half) for start in (known, known + half)]
    both = of_sessions(events, known, n_sessions)
    apart = [released(part, sides, k, f"half {number}") for number, part in enumerate(halves)]
    cases = {
        "known, the earlier release": ([raw, apart[0]], known, half),
        "known, two releases put together": ([raw, *apart], known, 2 * half),
        "known, one release of both": ([raw, released(both, sides, k, "both")], known, 2 * half),
        "first release to second": (apart, half, half),
    }
    for name, (tables, n_gallery, n_probe) in cases.items():
        report = audit(
            EventTable.joined(tables),
            background=n_background,
            gallery_sessions=n_gallery,
            probe_sessions=n_probe,
            attackers=attackers,
            without=("content",),
        ).report["headline"]
        found = report["maximum"]["rank_1"]
        print(
            f"{name:34s} rank-1 {found['value']:.3f} ({found['low']:.3f} to {found['high']:.3f})"
            f"  1/k {1 / k:.3f}  by {report['maximum']['attacker']}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--k", type=int, default=5)
    parser.add_argument("--background", type=int, default=500)
    parser.add_argument("--people", type=int)
    parser.add_argument("--attackers", nargs="*", default=[])
    arguments = parser.parse_args()
    measure(arguments.source, arguments.k, arguments.background, arguments.people, tuple(arguments.attackers))


if __name__ == "__main__":
    main()
