"""Synthetic people for tests of attackers and of the evaluation."""

from functools import cache

import numpy as np
import polars as pl

from reid.events.table import EventTable
from reid.samples.cutting import cut
from reid.samples.table import SampleTable
from reid.seeding import Streams
from reid.synthetic.pointer_truth import PointerSettings, generate_pointer
from reid.synthetic.truth import TruthSettings, generate


@cache
def typists(
    n_people: int, *, n_sessions: int = 4, n_keystrokes: int = 60, identity: float = 0.6, seed: int = 1
) -> EventTable:
    """Return a log of people whose sessions are sittings; named s001, s002, ..."""
    settings = TruthSettings(
        n_people=n_people, n_sessions=n_sessions, n_keystrokes=n_keystrokes, n_letters=4, identity=identity
    )
    return generate(settings, Streams(seed))


@cache
def writers(n_people: int, *, n_sessions: int = 4, n_keystrokes: int = 60, seed: int = 1) -> EventTable:
    """Return a log of people who all type alike, each with five letters of their own, drawn from all."""
    events = typists(n_people, n_sessions=n_sessions, n_keystrokes=n_keystrokes, identity=0.0, seed=seed)
    keys = events.frame["key"].cast(pl.String).unique().sort().to_list()
    letters = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    rng = np.random.default_rng(seed)
    own = pl.DataFrame(
        [
            {"subject_id": subject, "key": key, "letter": letter}
            for subject in events.subjects
            for key, letter in zip(keys, rng.choice(letters, len(keys), replace=False), strict=True)
        ]
    )
    is_down = pl.col("event").cast(pl.String) == "key_down"
    frame = (
        events.frame.with_columns(pl.col("key").cast(pl.String))
        .join(own, on=["subject_id", "key"], how="left", maintain_order="left")
        .with_columns(
            key=pl.lit("Key") + pl.col("letter"),
            char=pl.when(is_down).then(pl.col("letter").str.to_lowercase()),
        )
        .drop("letter")
    )
    return EventTable.from_frame(frame, events.sessions)


@cache
def pointers(
    n_people: int, *, n_sessions: int = 4, n_strokes: int = 40, identity: float = 0.6, seed: int = 1
) -> EventTable:
    """Return a log of people who move a pointer; named s001, s002, ..."""
    settings = PointerSettings(
        n_people=n_people, n_sessions=n_sessions, n_strokes=n_strokes, identity=identity
    )
    return generate_pointer(settings, Streams(seed))


def divided(events: EventTable, subjects: tuple[str, ...], n_gallery: int) -> tuple[SampleTable, SampleTable]:
    """Return the first ``n_gallery`` sessions of each person as gallery, each other one as a probe."""
    singly = SampleTable.singly(cut(events)).of_people(subjects)
    place = np.concatenate([np.arange(size) for size in _runs(singly.subject_ids)])
    return singly.take(np.flatnonzero(place < n_gallery)).pooled(), singly.take(
        np.flatnonzero(place >= n_gallery)
    )


def _runs(names: list[str]) -> list[int]:
    return pl.Series(names).rle().struct.field("len").to_list()


def with_pointer_session(events: EventTable, subject: str) -> EventTable:
    """Return the log with one more session of a person, the last, in which no key is touched."""
    extra = pl.DataFrame(
        {
            "subject_id": [subject] * 3,
            "session_id": ["only-moves"] * 3,
            "time_us": [0, 8000, 16000],
            "event": ["move"] * 3,
            "x_px": [1.0, 2.0, 3.0],
            "y_px": [1.0, 1.0, 1.0],
        }
    )
    last = int(events.sessions.filter(subject_id=subject)["session_order"].max() or 0) + 1  # type: ignore[arg-type]
    session = pl.DataFrame(
        {"subject_id": subject, "session_id": "only-moves", "session_order": last, "sitting": last}
    )
    frame = pl.concat([events.frame.cast({"event": pl.String}), extra], how="diagonal_relaxed")
    return EventTable.from_frame(frame, pl.concat([events.sessions, session], how="diagonal_relaxed"))
