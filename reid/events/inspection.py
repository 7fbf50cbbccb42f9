"""What a source holds, before anybody is attacked: counts, clocks, faults, keys. No pseudonyms."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl

from reid.events.clocks import clock_grid, grid_name, polling_rate
from reid.events.keys import KEY_CLASSES, UNIDENTIFIED
from reid.events.quality import FAULTS, Quality
from reid.events.schema import EVENTS
from reid.events.table import EventTable
from reid.typing import IntArray

_LONGEST_STEP_US = 2_000_000  # longer ones are pauses, over which clocks drift
_LONGEST_MOVE_STEP_US = 500_000  # longer ones are rests of the pointer


@dataclass(frozen=True, slots=True)
class Spread:
    """Smallest, middle and largest of some counts."""

    least: int
    median: float
    most: int

    @classmethod
    def of(cls, counts: Iterable[int]) -> "Spread":
        """Return the spread of at least one count."""
        found = np.fromiter(counts, dtype=np.int64)
        return cls(int(found.min()), float(np.median(found)), int(found.max()))

    def as_dict(self) -> dict[str, float]:
        """Return the numbers as they stand in JSON."""
        return {"min": self.least, "median": self.median, "max": self.most}


@dataclass(frozen=True, slots=True)
class Machine:
    """What gives away the machine of one person, who is a number by the order of reading."""

    person: int
    sessions: int
    events: int
    grid_us: float | None  #: of the person's clock
    polling_hz: float | None  #: of the moving pointer
    zero_steps: int
    screens: tuple[str, ...]  #: as the source says
    reach_px: tuple[int, int] | None  #: one more than the furthest position, right and down

    def as_dict(self) -> dict[str, Any]:
        """Return the entries as they stand in JSON."""
        return {
            "person": self.person,
            "sessions": self.sessions,
            "events": self.events,
            "grid_us": self.grid_us,
            "polling_hz": None if self.polling_hz is None else round(self.polling_hz, 2),
            "zero_steps": self.zero_steps,
            "screens": list(self.screens),
            "reach_px": self.reach_px and list(self.reach_px),
        }


@dataclass(frozen=True, slots=True)
class Claimed:
    """Sessions beside those of the people: recorded under a claim, true or not."""

    sessions: int
    events: dict[str, int]  #: by kind, only those that occur
    recorded_s: float
    zero_steps: int
    quality: Quality

    def as_dict(self) -> dict[str, Any]:
        """Return the entries as they stand in JSON."""
        return {
            "sessions": self.sessions,
            "events": {"total": sum(self.events.values()), **self.events},
            "recorded_s": self.recorded_s,
            "zero_steps": self.zero_steps,
            "faults": self.quality.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class Inspection:
    """A description of a source that names nobody.

    ``zero_steps`` and ``quality`` tell of the whole source; all else of the people, without sessions that
    were recorded under a claim.
    """

    people: int
    sessions: int
    sittings: int | None  #: None where the source does not say
    trials: int
    events: dict[str, int]  #: by kind, only those that occur
    recorded_s: float  #: summed over sessions, from their first to their last event
    first_start: str | None  #: UTC, ISO 8601
    last_start: str | None
    sessions_per_person: Spread | None
    events_per_person: Spread | None
    grid_us: float | None  #: of all time steps together; None where they sit on none
    people_by_grid: dict[str, int]  #: people by the name of their own clock's grid
    machines: tuple[Machine, ...]  #: one a person
    claimed: Claimed | None  #: None where there are no such sessions
    zero_steps: int  #: events at the very time of the one before, faults left out; no fault itself
    auto_repeats: int  #: further downs of a key that is held; no fault
    key_events: int
    keys_known: float | None  #: share of key events whose physical key or class is known
    distinct_keys: int
    screens: dict[str, int]  #: sessions by screen size
    layouts: dict[str, int]  #: sessions by keyboard layout
    quality: Quality

    def as_dict(self) -> dict[str, Any]:
        """Return everything as it stands in ``reid inspect --json``."""
        faults = self.quality.as_dict()
        return {
            "people": self.people,
            "sessions": self.sessions,
            "sittings": self.sittings,
            "trials": self.trials,
            "events": {"total": sum(self.events.values()), **self.events},
            "span": {
                "recorded_s": self.recorded_s,
                "first_start": self.first_start,
                "last_start": self.last_start,
            },
            "sessions_per_person": self.sessions_per_person and self.sessions_per_person.as_dict(),
            "events_per_person": self.events_per_person and self.events_per_person.as_dict(),
            "clock": {"grid_us": self.grid_us, "people_by_grid": self.people_by_grid},
            "machines": [machine.as_dict() for machine in self.machines],
            "claimed": self.claimed and self.claimed.as_dict(),
            "notes": {
                "zero_steps": self.zero_steps,
                "auto_repeats": self.auto_repeats,
                **{note.kind: note.count for note in self.quality.notes},
            },
            "faults": {
                **{name: value for name, value in faults.items() if name != "notes"},
                "meaning": {kind: FAULTS[kind] for kind in faults["by_kind"]},
            },
            "keys": {
                "key_events": self.key_events,
                "known_share": self.keys_known,
                "distinct": self.distinct_keys,
            },
            "screens": self.screens,
            "layouts": self.layouts,
        }


@dataclass(slots=True)
class _Tally:
    """What is added up over the parts."""

    sessions_of_people: list[int] = field(default_factory=list)
    events_of_people: list[int] = field(default_factory=list)
    sittings: int = 0
    sittings_known: bool = True
    trials: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    keys: Counter[str] = field(default_factory=Counter)
    recorded_us: int = 0
    starts_us: list[int] = field(default_factory=list)
    steps: Counter[int] = field(default_factory=Counter)
    machines: list[Machine] = field(default_factory=list)
    zero_steps: int = 0
    auto_repeats: int = 0
    screens: Counter[str] = field(default_factory=Counter)
    layouts: Counter[str] = field(default_factory=Counter)
    quality: Quality = field(default_factory=Quality)

    def add(self, part: EventTable, *, by_person: bool = True) -> None:
        self.quality = self.quality.plus(part.quality)
        if not len(part):
            return
        self._add_sessions(part.sessions)
        frame = part.frame
        self.events_of_people += frame["subject_id"].value_counts()["count"].to_list()
        self.kinds.update(dict(frame["event"].cast(pl.String).value_counts().iter_rows()))
        self.keys.update(dict(frame["key"].drop_nulls().cast(pl.String).value_counts().iter_rows()))
        bounds = part.session_bounds()
        numbers = pl.Series("session", np.repeat(np.arange(bounds.size - 1), np.diff(bounds)))
        rows = frame.select("subject_id", "time_us", "event", "press", "trial").with_columns(numbers)
        self.trials += rows.filter(pl.col("trial").is_not_null()).select("session", "trial").n_unique()
        downs = rows.filter(pl.col("event") == "key_down").select("session", "press")
        self.auto_repeats += downs.height - downs.n_unique()
        time_us = frame["time_us"].to_numpy()
        self.recorded_us += int((time_us[bounds[1:] - 1] - time_us[bounds[:-1]]).sum())
        is_move = pl.col("event") == "move"
        steps = rows.select(
            "subject_id",
            pl.col("time_us").diff().over("session").alias("step_us"),
            moving=is_move & is_move.shift(),
        )
        self.zero_steps += int((steps["step_us"] == 0).sum())
        counted = steps.filter(pl.col("step_us").is_between(1, _LONGEST_STEP_US))
        self.steps.update(dict(counted["step_us"].value_counts().iter_rows()))
        if by_person:
            self._add_machines(part, steps)

    def _add_machines(self, part: EventTable, steps: pl.DataFrame) -> None:
        is_step = pl.col("step_us").is_between(1, _LONGEST_STEP_US)
        is_poll = pl.col("moving") & pl.col("step_us").is_between(1, _LONGEST_MOVE_STEP_US)
        counted = (
            steps.filter(is_step)
            .group_by("subject_id", "step_us")
            .agg(pl.len().cast(pl.Int64).alias("count"), is_poll.sum().cast(pl.Int64).alias("polls"))
            .sort("subject_id", "step_us")
            .partition_by("subject_id", as_dict=True)
        )
        people = part.frame.group_by("subject_id").agg(
            pl.len(), pl.col("x_px", "y_px").max().floor().cast(pl.Int64, strict=False) + 1
        ).sort("subject_id")  # fmt: skip
        zeros = dict(steps.filter(pl.col("step_us") == 0)["subject_id"].value_counts().iter_rows())
        screens = _screens(part.sessions).group_by("subject_id").agg(
            pl.len().alias("sessions"), pl.col("screen").drop_nulls().unique().sort()
        )  # fmt: skip
        told = {subject: (n_sessions, sizes) for subject, n_sessions, sizes in screens.iter_rows()}
        none = pl.DataFrame(schema={"step_us": pl.Int64, "count": pl.Int64, "polls": pl.Int64})
        for subject, n_events, x_px, y_px in people.iter_rows():
            own = counted.get((subject,), none)
            moving = own.filter(pl.col("polls") > 0)
            n_sessions, sizes = told[subject]
            self.machines.append(
                Machine(
                    person=len(self.machines) + 1,
                    sessions=n_sessions,
                    events=n_events,
                    grid_us=clock_grid(own["step_us"].to_numpy(), own["count"].to_numpy()),
                    polling_hz=polling_rate(moving["step_us"].to_numpy(), moving["polls"].to_numpy()),
                    zero_steps=zeros.get(subject, 0),
                    screens=tuple(sizes),
                    reach_px=None if x_px is None or y_px is None else (x_px, y_px),
                )
            )

    def _add_sessions(self, sessions: pl.DataFrame) -> None:
        self.sessions_of_people += sessions["subject_id"].value_counts()["count"].to_list()
        self.sittings += sessions.select("subject_id", "sitting").n_unique()
        self.sittings_known &= sessions["sitting"].null_count() == 0
        self.starts_us += sessions["start_us"].drop_nulls().to_list()
        self.screens.update(_screens(sessions)["screen"].drop_nulls().to_list())
        self.layouts.update(sessions["layout"].drop_nulls().to_list())


def _screens(sessions: pl.DataFrame) -> pl.DataFrame:
    return sessions.select("subject_id", screen=pl.format("{} x {}", "screen_w", "screen_h"))


def inspect_parts(parts: Iterable[EventTable], claimed: Iterable[EventTable] = ()) -> Inspection:
    """Describe a source from its parts, one after another.

    Parameters
    ----------
    parts : iterable of EventTable
        Tables that hold different people.
    claimed : iterable of EventTable
        Tables of sessions that were recorded under a claim.
    """
    tally, beside = _Tally(), _Tally()
    for part in parts:
        tally.add(part)
    for part in claimed:
        beside.add(part, by_person=False)
    steps, counts = _arrays(tally.steps)
    key_events = sum(tally.keys.values())
    named = {key for key in tally.keys if key != UNIDENTIFIED and key not in KEY_CLASSES}
    return Inspection(
        people=len(tally.sessions_of_people),
        sessions=sum(tally.sessions_of_people),
        sittings=tally.sittings if tally.sittings_known else None,
        trials=tally.trials,
        events=_kinds(tally),
        recorded_s=tally.recorded_us / 1e6,
        first_start=_date(min(tally.starts_us, default=None)),
        last_start=_date(max(tally.starts_us, default=None)),
        sessions_per_person=Spread.of(tally.sessions_of_people) if tally.sessions_of_people else None,
        events_per_person=Spread.of(tally.events_of_people) if tally.events_of_people else None,
        grid_us=clock_grid(steps, counts),
        people_by_grid=dict(Counter(grid_name(each.grid_us) for each in tally.machines).most_common()),
        machines=tuple(tally.machines),
        claimed=_claimed(beside),
        zero_steps=tally.zero_steps + beside.zero_steps,
        auto_repeats=tally.auto_repeats,
        key_events=key_events,
        keys_known=1 - tally.keys[UNIDENTIFIED] / key_events if key_events else None,
        distinct_keys=len(named),
        screens=dict(tally.screens.most_common()),
        layouts=dict(tally.layouts.most_common()),
        quality=tally.quality.plus(beside.quality),
    )


def _claimed(tally: _Tally) -> Claimed | None:
    if not tally.sessions_of_people:
        return None
    return Claimed(
        sessions=sum(tally.sessions_of_people),
        events=_kinds(tally),
        recorded_s=tally.recorded_us / 1e6,
        zero_steps=tally.zero_steps,
        quality=tally.quality,
    )


def _kinds(tally: _Tally) -> dict[str, int]:
    return {kind: tally.kinds[kind] for kind in EVENTS if kind in tally.kinds}


def _arrays(steps: Counter[int]) -> tuple[IntArray, IntArray]:
    values = np.fromiter(steps.keys(), dtype=np.int64, count=len(steps))
    counts = np.fromiter(steps.values(), dtype=np.int64, count=len(steps))
    order = np.argsort(values)
    return values[order], counts[order]


def _date(start_us: int | None) -> str | None:
    if start_us is None:
        return None
    try:
        return datetime.fromtimestamp(start_us / 1e6, tz=UTC).isoformat(timespec="seconds")
    except (OverflowError, ValueError, OSError):
        return None
