"""One recording in gallery and probes is refused, under whatever name it comes."""

from pathlib import Path

import polars as pl
import pytest

from reid.errors import LeakError
from reid.evaluation.audit import audit
from reid.evaluation.handout import hand_out
from reid.events.table import EventTable
from tests.attackers.people import typists

LIGHT = ("manhattan",)


def with_copies(events: EventTable, *, of: tuple[str, ...], later_us: int = 0, to: str = "") -> EventTable:
    """Return the log with each of these people's first session once more, as their last (or somebody's)."""
    first = events.sessions.filter(pl.col("subject_id").is_in(of), session_order=0)
    rows = events.frame.join(first.select("subject_id", "session_id"), on=["subject_id", "session_id"])
    person = pl.lit(to) if to else pl.col("subject_id")
    named = {"subject_id": person, "session_id": pl.lit("copy")}
    rows = rows.with_columns(time_us=pl.col("time_us") + later_us, **named)
    place = pl.lit(99, pl.UInt32)
    sessions = first.with_columns(session_order=place, sitting=place, **named)
    return EventTable.from_frame(
        pl.concat([events.frame, rows.select(events.frame.columns)]), pl.concat([events.sessions, sessions])
    )


@pytest.mark.parametrize("later_us", [0, 5_000_000])
@pytest.mark.parametrize("regime", ["closed-set", "population"])
def test_a_copy_under_another_session_name_is_refused(regime: str, later_us: int) -> None:
    log = with_copies(typists(16), of=typists(16).subjects, later_us=later_us)
    found = 16 if regime == "closed-set" else 8
    with pytest.raises(LeakError, match=f"found {found} that stand under two session names"):
        audit(log, attackers=LIGHT, regime=regime, held_out_sessions=1)


def test_a_copy_is_refused_when_the_split_is_handed_out_too() -> None:
    log = with_copies(typists(8), of=("s003",))
    with pytest.raises(LeakError, match="found 1 that stand"):
        hand_out(log, regime="closed-set")


def test_a_copy_in_a_declared_list_is_refused(tmp_path: Path) -> None:
    log = with_copies(typists(4), of=("s002",))
    first = dict(log.sessions.filter(session_order=0).select("subject_id", "session_id").iter_rows())
    last = dict(log.sessions.filter(session_order=3).select("subject_id", "session_id").iter_rows())
    listed: list[tuple[object, ...]] = [
        ("gallery", person, session, None, None) for person, session in first.items()
    ]
    listed += [("probe", person, last[person], other, person == other) for person in first for other in first]
    listed += [("probe", "s002", "copy", "s002", True)]
    columns = ["role", "subject_id", "session_id", "claimed_id", "genuine"]
    path = tmp_path / "list.parquet"
    pl.DataFrame(listed, schema=columns, orient="row", infer_schema_length=None).write_parquet(path)
    with pytest.raises(LeakError, match="found 1 that stand"):
        audit(log, attackers=LIGHT, comparisons=path)


def test_a_copy_in_a_release_made_elsewhere_is_refused(tmp_path: Path) -> None:
    raw = typists(6)
    sessions = raw.sessions.filter(subject_id="s004").sort("session_order")["session_id"].to_list()
    doubled = raw.frame.filter((pl.col("subject_id") == "s004") & (pl.col("session_id") == sessions[0]))
    rest = raw.frame.filter(~((pl.col("subject_id") == "s004") & (pl.col("session_id") == sessions[3])))
    copied = doubled.with_columns(session_id=pl.lit(sessions[3]))
    released = EventTable.from_frame(
        pl.concat([rest, copied]).sort("subject_id", "session_id", "time_us", maintain_order=True),
        raw.sessions,
    )
    names = raw.sessions.select("subject_id", "session_id")
    key = names.with_columns(
        released_subject_id=pl.col("subject_id"), released_session_id=pl.col("session_id")
    )
    key.write_parquet(tmp_path / "key.parquet")
    with pytest.raises(LeakError, match="found 1 that stand"):
        audit(released, raw=raw, key=tmp_path / "key.parquet", attackers=LIGHT)


def test_recordings_that_several_people_have_are_no_leak() -> None:
    log = with_copies(typists(6), of=("s001",), to="s002")
    assert audit(log, attackers=LIGHT).report["headline"]["n_people"] == 6


def test_sessions_without_times_are_no_copies_of_each_other() -> None:
    blank = typists(6)
    frame = blank.frame.with_columns(time_us=pl.lit(0, pl.Int64))
    log = EventTable.from_frame(frame, blank.sessions)
    assert audit(log, attackers=("discriminant(features='content')",)).report["headline"]["n_people"] == 6
