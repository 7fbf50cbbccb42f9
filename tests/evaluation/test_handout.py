"""A split as a list that an outside attacker can work from."""

import stat
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from reid.errors import OutputError, ReidError
from reid.evaluation.handout import HANDOUT, hand_out, runs_of
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import choose_people, make_split
from reid.events.table import EventTable
from tests.attackers.people import typists, with_pointer_session
from tests.evaluation.test_splits import log


def test_two_halves_of_one_session_are_gallery_and_probe() -> None:
    rows = hand_out(log({"a": (6,), "b": (5,)})).rows
    assert tuple(rows.columns) == HANDOUT
    assert rows.rows() == [
        ("gallery", "a", 0, "a-0", None, 0, 2, 0, 200_000),
        ("gallery", "b", 0, "b-0", None, 0, 2, 0, 200_000),
        ("probe", "a", 0, "a-0", None, 3, 5, 300_000, 500_000),
        ("probe", "b", 0, "b-0", None, 3, 4, 300_000, 400_000),
    ]


def test_several_probes_of_a_person_are_numbered_in_time() -> None:
    rows = hand_out(log({"a": (4, 4, 4, 4), "b": (4, 4, 4)}), gallery_sessions=2).rows.filter(role="probe")
    assert rows.select("subject_id", "sample", "session_id").rows() == [
        ("a", 0, "a-2"),
        ("a", 1, "a-3"),
        ("b", 0, "b-2"),
    ]


def test_cuts_of_one_session_are_probes_apart() -> None:
    rows = hand_out(log({"a": (4, 4), "b": (4, 4)}), sample="events=2").rows.filter(role="probe")
    assert rows.filter(subject_id="a").select("sample", "first_event", "last_event").rows() == [
        (0, 0, 1),
        (1, 2, 3),
    ]


@pytest.mark.parametrize(
    "settings", [{"regime": "population"}, {"sample": "events=30"}, {"probe_sessions": 2}]
)
def test_the_list_is_the_split_that_an_audit_makes(settings: dict[str, object]) -> None:
    events = typists(12)
    chosen = SplitSettings(**settings)  # type: ignore[arg-type]
    split = make_split(events, choose_people(events.subjects, chosen), chosen)
    found = hand_out(events, **settings)  # type: ignore[arg-type]
    assert (found.n_people, found.n_probes) == (len(split.gallery), len(split.probes))
    assert ("train" in found.rows["role"]) == (split.regime == "population")
    for role, samples in (("gallery", split.gallery), ("probe", split.probes)):
        listed = found.rows.filter(role=role)
        n_events = (listed["last_event"] - listed["first_event"] + 1).sum()
        starts, stops = samples.pieces.bounds()
        members = samples.membership()[1]
        assert n_events == int((stops - starts)[members].sum())


def test_events_are_numbered_among_those_that_are_looked_at() -> None:
    events = with_pointer_session(typists(12), "s001")
    rows = hand_out(events, modality="keyboard").rows
    assert "only-moves" not in rows["session_id"]


def test_a_run_ends_where_the_next_piece_does_not_follow() -> None:
    events = log({"a": (4, 4, 4), "b": (4, 4)})
    chosen = SplitSettings(gallery_sessions=2, regime="closed-set")
    split = make_split(log({"a": (4, 4, 4), "b": (4, 4, 4)}), choose_people(events.subjects, chosen), chosen)
    assert runs_of(split.gallery)["session_id"].to_list() == ["a-0", "a-1", "b-0", "b-1"]


def test_people_of_another_log_are_only_learnt_from() -> None:
    rows = hand_out(typists(8), background_from=typists(6, seed=2)).rows
    assert rows.filter(role="train")["subject_id"].unique().sort().to_list() == [
        f"background/s{number:03d}" for number in range(1, 7)
    ]
    assert rows.filter(role="probe")["subject_id"].n_unique() == 8


@pytest.mark.parametrize("name", ["split.csv", "split.parquet"])
def test_the_file_is_the_list_and_private(name: str, tmp_path: Path) -> None:
    found = hand_out(typists(12))
    found.write(tmp_path / name)
    read = pl.read_csv if name.endswith("csv") else pl.read_parquet
    again = read(tmp_path / name).cast(dict(found.rows.schema))
    assert_frame_equal(again, found.rows)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"end in \.csv or \.parquet; found the ending \.txt"):
        hand_out(typists(12)).write(tmp_path / "split.txt")


@pytest.mark.parametrize("settings", [{"regime": "open"}, {"modality": "pointer"}, {"sample": "events=x"}])
def test_a_senseless_setting_is_one_line(settings: dict[str, str]) -> None:
    events: EventTable = typists(12)
    with pytest.raises(ReidError) as caught:
        hand_out(events, **settings)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
