import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from reid.errors import SourceError
from reid.events.archive import Source
from reid.events.quality import Fault
from reid.events.reading import read_events, read_source, recognise

KEYS = ("period", "t", "i", "e", "five", "Shift.r", "o", "a", "n", "l", "Return")
TIMES = [
    name
    for key, after in zip(KEYS, (*KEYS[1:], ""), strict=True)
    for name in ([f"H.{key}", f"DD.{key}.{after}", f"UD.{key}.{after}"] if after else [f"H.{key}"])
]
HEADING = ",".join(["subject", "sessionIndex", "rep", *TIMES])


def line(
    person: str,
    session: int,
    repetition: int,
    *,
    hold_s: float = 0.1,
    dd_s: float = 0.3,
    ud_s: float | None = None,
) -> str:
    cells = {"H": hold_s, "DD": dd_s, "UD": dd_s - hold_s if ud_s is None else ud_s}
    return ",".join(
        [person, str(session), str(repetition), *(f"{cells[name.split('.')[0]]:.4f}" for name in TIMES)]
    )


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join([HEADING, *lines]) + "\n")
    return path


def test_events_are_rebuilt_from_hold_and_down_down(tmp_path: Path) -> None:
    table = read_events(write(tmp_path / "a.csv", line("s1", 1, 1), line("s1", 1, 2)))
    first = table.frame.filter(pl.col("trial") == 0)
    assert first.height == 22
    downs = first.filter(pl.col("event") == "key_down")
    assert downs["time_us"].to_list() == [300_000 * n for n in range(11)]
    assert downs["key"].to_list() == [
        "Period",
        "KeyT",
        "KeyI",
        "KeyE",
        "Digit5",
        "KeyR",
        "KeyO",
        "KeyA",
        "KeyN",
        "KeyL",
        "Enter",
    ]
    ups = first.filter(pl.col("event") == "key_up")
    assert ups["time_us"].to_list() == [300_000 * n + 100_000 for n in range(11)]
    second = table.frame.filter(pl.col("trial") == 1)
    assert second["time_us"][0] == first["time_us"][-1] + 1_000_000
    assert second["press"].to_list()[:2] == [11, 11]


def test_rollover_puts_the_next_press_before_the_release(tmp_path: Path) -> None:
    table = read_events(write(tmp_path / "a.csv", line("s1", 1, 1, hold_s=0.4)))
    assert table.frame["event"].to_list()[:4] == ["key_down", "key_down", "key_up", "key_down"]
    assert table.frame["press"].to_list()[:4] == [0, 1, 0, 2]


def test_trials_are_numbered_within_a_person_over_sessions(tmp_path: Path) -> None:
    lines = [line(who, session, rep) for who in ("s2", "s1") for session in (1, 2) for rep in (1, 2)]
    table = read_events(write(tmp_path / "a.csv", *lines))
    for who in ("s1", "s2"):
        numbers = (
            table.frame.filter(pl.col("subject_id") == who)
            .select("session_id", "trial")
            .unique(maintain_order=True)
        )
        assert numbers.rows() == [("1", 0), ("1", 1), ("2", 2), ("2", 3)]
    assert table.sessions.select("subject_id", "session_order", "sitting").rows() == [
        ("s1", 0, 1), ("s1", 1, 2), ("s2", 0, 1), ("s2", 1, 2),
    ]  # fmt: skip


def test_a_repetition_that_contradicts_itself_is_left_out_and_counted(tmp_path: Path) -> None:
    lines = [
        line("s1", 1, 1),
        line("s1", 1, 2, ud_s=0.9),
        line("s1", 1, 3, hold_s=-0.1),
        line("s1", 1, 4, dd_s=float("nan"), ud_s=0.0),
        line("s1", 1, 5, dd_s=1e9),
        line("", 1, 6),
        line("s1", 1, 7)[:40],
        line("s1", 1, 8) + ",1",
    ]
    table = read_events(write(tmp_path / "a.csv", *lines), max_faults=1)
    assert len(table) == 22
    assert table.quality.rows_read == 8
    assert table.quality.faults == (
        Fault("unreadable_row", 1, 0, 7),
        Fault("unreadable_time", 4, 0, 1),
        Fault("missing_value", 1, 0, 5),
        Fault("release_before_press", 1, 0, 2),
    )


def test_a_table_without_rows_and_another_heading_are_one_line(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="found none"):
        read_events(write(tmp_path / "a.csv"))
    (tmp_path / "b.csv").write_text("a,b\n1,2\n")
    with pytest.raises(SourceError, match="34 columns"):
        read_events(tmp_path / "b.csv", format="cmu")


def test_killourhy_and_maxions_list_by_hand(tmp_path: Path) -> None:
    lines = [line(who, 1 + rep // 50, rep % 50) for who in ("s1", "s2", "s3") for rep in range(203)]
    read = read_source(write(tmp_path / "a.csv", *lines))
    found = read.published()
    assert found is not None
    assert found.events is read.events
    published = found.listed
    gallery = published.filter(pl.col("role") == "gallery")
    assert gallery.height == 3 * 200
    assert gallery["trial"].max() == 199
    assert gallery.select("claimed_id", "genuine").null_count().row(0) == (600, 600)
    genuine = published.filter(pl.col("genuine"))
    assert genuine.filter(pl.col("claimed_id") == "s1")["trial"].to_list() == [200, 201, 202]
    assert (genuine["claimed_id"] == genuine["subject_id"]).all()
    impostors = published.filter(~pl.col("genuine") & (pl.col("claimed_id") == "s2"))
    assert impostors.select("subject_id", "trial").rows() == [
        (who, n) for who in ("s1", "s3") for n in range(5)
    ]


def test_the_published_file_is_rebuilt_to_the_microsecond(real_data: Path) -> None:
    path = real_data / "cmu" / "DSL-StrongPasswordData.csv.zip"
    assert recognise(path) == "cmu"
    table = read_events(path)
    assert (len(table.subjects), table.sessions.height, len(table)) == (51, 408, 20_400 * 22)
    assert not table.quality.faults
    with zipfile.ZipFile(path) as archive:
        published = pl.read_csv(archive.read("DSL-StrongPasswordData.csv"))
    downs, ups = (
        table.frame.filter(pl.col("event") == event)
        .sort("subject_id", "trial", "press")["time_us"]
        .to_numpy()
        .reshape(-1, 11)
        for event in ("key_down", "key_up")
    )
    hold = np.rint(1e6 * published.select(f"H.{key}" for key in KEYS).to_numpy())
    dd = np.rint(1e6 * published.select(name for name in TIMES if name.startswith("DD")).to_numpy())
    np.testing.assert_array_equal(ups - downs, hold)
    np.testing.assert_array_equal(np.diff(downs, axis=1), dd)


def test_the_published_list_has_the_sizes_of_the_paper(real_data: Path) -> None:
    read = read_source(real_data / "cmu" / "DSL-StrongPasswordData.csv.zip")
    published = read.published()
    assert published is not None
    sizes = published.listed.group_by("role", "genuine").len().sort("len")
    expected = pl.DataFrame({
        "role": ["gallery", "probe", "probe"], "genuine": [None, True, False],
        "len": [10_200, 10_200, 12_750],
    })  # fmt: skip
    assert_frame_equal(sizes, expected, check_row_order=False, check_dtypes=False)
    with Source(real_data / "cmu" / "DSL-StrongPasswordData.csv.zip") as source:
        assert source.kind == "zip"
    assert read.format == "cmu"
