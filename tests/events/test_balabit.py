import zipfile
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from reid.errors import EventError, SourceError
from reid.events.inspection import Inspection, inspect_parts
from reid.events.parquet import write_events
from reid.events.quality import Fault, Note
from reid.events.reading import read_claimed, read_events, read_parts, read_source, recognise
from reid.events.table import EventTable

HEADING = "record timestamp,client timestamp,button,state,x,y\n"
WRAP_S = 2**32 / 1000


def rows(*lines: tuple[object, ...]) -> str:
    return HEADING + "".join(",".join(map(str, line)) + "\n" for line in lines)


PLAIN = rows((0, 0.0, "NoButton", "Move", 1, 2), (1, 1.0, "NoButton", "Move", 3, 4))


def challenge(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    return folder


def one(folder: Path, content: str) -> EventTable:
    return read_events(
        challenge(folder, {"training_files/p/session_1": content}), format="balabit", max_faults=1
    )


def test_every_kind_of_row_becomes_an_event(tmp_path: Path) -> None:
    table = one(
        tmp_path,
        rows(
            (0, 7.0, "NoButton", "Move", 1, 2),
            (0, 7.0159999999, "Left", "Pressed", 1, 2),
            (0, 7.031, "NoButton", "Drag", 5, 2),
            (0, 7.047, "Left", "Released", 5, 2),
            (0, 7.047, "Scroll", "Down", 5, 2),
            (0, 7.062, "Scroll", "Up", 5, 2),
            (0, 7.1, "XButton", "Pressed", 5, 2),
            (0, 7.2, "Middle", "Released", 5, 2),
        ),
    )
    columns = ("time_us", "event", "x_px", "y_px", "button", "wheel_dy")
    assert table.frame.select(columns).rows() == [
        (0, "move", 1, 2, None, None),
        (16_000, "button_down", 1, 2, "left", None),
        (31_000, "move", 5, 2, "left", None),
        (47_000, "button_up", 5, 2, "left", None),
        (47_000, "wheel", 5, 2, None, 1),
        (62_000, "wheel", 5, 2, None, -1),
        (100_000, "button_down", 5, 2, None, None),
        (200_000, "button_up", 5, 2, "middle", None),
    ]
    assert not table.quality.faults
    assert table.sessions["screen_w"].null_count() == 1


def test_rows_at_fault_are_left_out_each_for_one_reason(tmp_path: Path) -> None:
    table = one(
        tmp_path,
        rows(
            (0, 1.0, "NoButton", "Move", 1, 2),
            (0, 1.0, "NoButton", "Move", 65535, 65535),
            (0, 1.0, "NoButton", "Move", 65535, 65535),
            (0, 1.0, "NoButton", "Move", 3, 2),
            (0, 1.0, "NoButton", "Move", 1, 2),
            (0.1, 1.0, "NoButton", "Move", 1, 2),
            (0, "never", "NoButton", "Move", 1, 2),
            (0, "nan", "NoButton", "Move", 1, 2),
            (0, 1e300, "NoButton", "Move", 1, 2),
            (0, 2.0, "NoButton", "Hover", 1, 2),
            (0, 2.0, "Trigger", "Pressed", 1, 2),
            (0, 2.0, "NoButton", "Move", "here", 2),
            (0, 2.0, "NoButton", "Move", 1),
            (0, 2.0, "NoButton", "Move", 1, 2, 3),
            (0, 0.5, "NoButton", "Move", 1, 2),
            (0, 3.0, '"NoButton', "Move", 1, 2),
            (0, 4.0, "NoButton", "Move", 1, 2),
        ),
    )
    assert table.frame["time_us"].to_list() == [0, 0, 0, 3_000_000]
    assert table.quality.rows_read == 17
    assert table.quality.faults == (
        Fault("unreadable_row", 1, 0, 13),
        Fault("unreadable_time", 3, 0, 6),
        Fault("missing_value", 2, 0, 11),
        Fault("unknown_event", 3, 0, 9),
        Fault("duplicate_row", 1, 0, 4),
        Fault("clock_back", 1, 0, 14),
        Fault("off_screen", 2, 0, 1),
    )


def test_a_wrapped_clock_goes_on_and_is_noted(tmp_path: Path) -> None:
    content = rows(
        (10, WRAP_S - 5, "NoButton", "Move", 1, 2),
        (12, WRAP_S - 3, "NoButton", "Move", 2, 2),
        (22.1, 7.0, "NoButton", "Move", 3, 2),
        (23.1, 8.0, "NoButton", "Move", 4, 2),
    )
    table = one(tmp_path, content)
    assert table.frame["time_us"].to_list() == [0, 2_000_000, 12_000_000, 13_000_000]
    assert table.quality.notes == (Note("clock_wrapped", 1, 0, 2),)
    assert not table.quality.faults


def test_a_clock_that_falls_back_otherwise_stays_at_fault(tmp_path: Path) -> None:
    content = rows(
        (10, WRAP_S - 5, "NoButton", "Move", 1, 2),
        (22, 9.0, "NoButton", "Move", 3, 2),
        (1000, 10.0, "NoButton", "Move", 3, 2),
    )
    table = one(tmp_path, content)
    assert table.quality.faults == (Fault("clock_back", 2, 0, 1),)
    assert not table.quality.notes


def test_a_clock_wraps_in_its_own_session_only(tmp_path: Path) -> None:
    wrapped = rows((0, WRAP_S - 1, "NoButton", "Move", 1, 2), (2, 1.0, "NoButton", "Move", 3, 2))
    folder = challenge(tmp_path, {f"training_files/{who}/session_{who}": wrapped for who in "ab"})
    table = read_events(folder)
    assert table.frame["time_us"].to_list() == [0, 2_000_000] * 2
    assert table.quality.notes == (Note("clock_wrapped", 2, 0, 1),)


def labelled(folder: Path, labels: str) -> Path:
    files = {f"training_files/{who}/session_{who}{n}": PLAIN for who in "ab" for n in (2, 1)}
    files |= {f"test_files/{who}/session_{n}": PLAIN for who, n in (("a", 7), ("a", 8), ("b", 9))}
    return challenge(folder, files | {"public_labels.csv": "filename,is_illegal\n" + labels})


def test_claims_come_with_the_sessions_that_they_are_about(tmp_path: Path) -> None:
    path = labelled(tmp_path, "session_9,1\nsession_7,0\n")
    read = read_source(path)
    assert read.events.sessions.select("subject_id", "session_id", "session_order").rows() == [
        ("a", "session_a1", 0), ("a", "session_a2", 1), ("b", "session_b1", 0), ("b", "session_b2", 1),
    ]  # fmt: skip
    published = read.published()
    assert published is not None
    assert published.events.sessions.select("subject_id", "session_id", "session_order").rows() == [
        ("a", "session_a1", 0), ("a", "session_a2", 1), ("a", "session_7", 2),
        ("b", "session_b1", 0), ("b", "session_b2", 1), ("unknown/session_9", "session_9", 0),
    ]  # fmt: skip
    probes = published.listed.filter(pl.col("role") == "probe").drop("role")
    assert probes.rows() == [
        ("a", "session_7", "a", True, True),
        ("unknown/session_9", "session_9", "b", False, False),
    ]
    gallery = published.listed.filter(pl.col("role") == "gallery")
    assert gallery["session_id"].to_list() == ["session_a1", "session_a2", "session_b1", "session_b2"]
    claimed = list(read_claimed(path))
    assert sum(part.sessions.height for part in claimed) == 3
    assert claimed[0].quality.notes == (Note("unlabelled_session", 1, 2, 0),)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("", "one line for each of some test sessions; found 0 lines"),
        ("session_1,0\n", "found 1 lines, 1 without a session"),
        ("session_7,0\nsession_7,1\n", "each session once; found 1 other lines"),
        ("session_7,yes\n", "each session once; found 1 other lines"),
        ("session_7\n", "each session once; found 1 other lines"),
    ],
)
def test_labels_that_cannot_be_used_are_one_line(tmp_path: Path, labels: str, message: str) -> None:
    read = read_source(labelled(tmp_path, labels))
    with pytest.raises(SourceError, match=message) as caught:
        read.published()
    assert "session_7" not in str(caught.value)


def test_another_heading_and_no_sessions_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(
        SourceError, match=r"file 0 of .* must begin with the heading .*; found another first"
    ):
        one(tmp_path, "a,b\n1,2\n")
    with pytest.raises(SourceError, match="training_files"):
        read_events(challenge(tmp_path / "x", {"test_files/a/session_1": PLAIN}), format="balabit")
    empty = challenge(tmp_path / "y", {"training_files/a/session_1": HEADING})
    with pytest.raises(EventError, match="hold at least one person; found none"):
        read_events(empty)


def test_one_name_in_two_places_is_refused(tmp_path: Path) -> None:
    twice = challenge(tmp_path, {f"{place}/training_files/a/session_1": PLAIN for place in ("one", "other")})
    with pytest.raises(SourceError, match="each session once; found 1 that stand twice"):
        read_events(twice)


def test_a_name_that_leads_out_of_the_archive_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("../training_files/a/session_1", PLAIN)
    with pytest.raises(SourceError, match="relative name"):
        read_events(tmp_path / "a.zip", format="balabit")


# What follows reads the archive as published and counts its quirks with nothing of ours.


@pytest.fixture(scope="module")
def archive(real_data: Path) -> Path:
    return real_data / "balabit" / "Mouse-Dynamics-Challenge-master.zip"


@pytest.fixture(scope="module")
def inspected(archive: Path) -> Inspection:
    return inspect_parts(read_parts(archive), read_claimed(archive))


def published_rows(archive: Path, kind: str) -> pl.DataFrame:
    """Return every row of one kind of session as text."""
    frames = []
    with zipfile.ZipFile(archive) as opened:
        for name in opened.namelist():
            if f"/{kind}_files/" in name:
                frame = pl.read_csv(opened.read(name), infer_schema=False)
                frames.append(frame.with_columns(session=pl.lit(name)))
    return pl.concat(frames)


def counted(rows: pl.DataFrame) -> dict[str, int]:
    """Count the quirks of published rows; a row off the screen is counted as that alone."""
    on_screen = rows.filter((pl.col("x") != "65535") & (pl.col("y") != "65535"))
    kept = on_screen.unique(maintain_order=True)
    step_s = kept.select(pl.col("client timestamp").cast(pl.Float64).diff().over("session")).to_series()
    return {
        "sessions": rows["session"].n_unique(),
        "rows_read": rows.height,
        "duplicate_row": on_screen.height - kept.height,
        "off_screen": rows.height - on_screen.height,
        "clock_wrapped": int((step_s < 0).sum()),
        "zero_steps": int((step_s == 0).sum()),
        "button_down": kept.filter(pl.col("state") == "Pressed").height,
        "events": kept.height,
    }


def test_quirks_are_counted_as_often_as_they_occur(archive: Path, inspected: Inspection) -> None:
    assert recognise(archive) == "balabit"
    training, test = (counted(published_rows(archive, kind)) for kind in ("training", "test"))
    told = inspected.as_dict()
    claimed = told["claimed"]
    assert {name: claimed[name] for name in ("sessions", "zero_steps")} == {
        name: test[name] for name in ("sessions", "zero_steps")
    }
    assert (claimed["events"]["total"], told["events"]["total"]) == (test["events"], training["events"])
    assert told["events"]["button_down"] == training["button_down"]
    assert claimed["events"]["button_down"] == test["button_down"]
    assert claimed["faults"]["by_kind"] == {name: test[name] for name in ("duplicate_row", "off_screen")}
    whole = {name: training[name] + test[name] for name in training}
    assert told["faults"]["rows_read"] == whole["rows_read"] == 4_609_929
    assert told["faults"]["by_kind"] == {name: whole[name] for name in ("duplicate_row", "off_screen")}
    assert told["faults"]["by_kind"] == {"duplicate_row": 29_509, "off_screen": 262}
    assert told["notes"] == {
        "zero_steps": whole["zero_steps"], "auto_repeats": 0, "clock_wrapped": 1, "unlabelled_session": 795,
    }  # fmt: skip
    assert whole["clock_wrapped"] == 1
    assert (told["people"], told["sessions"], claimed["sessions"]) == (10, 65, 1611)


def test_three_accounts_are_polled_at_another_rate_than_all_others(inspected: Inspection) -> None:
    fast = [each.polling_hz for each in inspected.machines if each.polling_hz and each.polling_hz > 20]
    slow = [each.polling_hz for each in inspected.machines if each.polling_hz and each.polling_hz < 20]
    assert fast == pytest.approx([64] * 3, abs=1)
    assert slow == pytest.approx([9] * 7, abs=0.3)
    assert max(each.zero_steps / each.events for each in inspected.machines) == pytest.approx(0.42, abs=0.01)


def test_the_published_list_holds_the_labelled_half(archive: Path, tmp_path: Path) -> None:
    read = read_source(archive)
    published = read.published()
    assert published is not None
    probes = published.listed.filter(pl.col("role") == "probe")
    assert dict(probes["genuine"].value_counts().iter_rows()) == {True: 411, False: 405}
    assert published.events.sessions.height == 65 + 816
    assert len(published.events.subjects) == 10 + 405
    assert probes["session_id"].n_unique() == 816
    assert_frame_equal(
        published.events.of_people(["user7"]).frame.head(1000),
        read.events.of_people(["user7"]).frame.head(1000),
    )
    few = read.events.of_people(["user35"])
    write_events(few, tmp_path / "few.parquet")
    assert_frame_equal(read_events(tmp_path / "few.parquet").frame, few.frame)
