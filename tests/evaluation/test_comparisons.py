"""Lists of comparisons that a publisher, or a user, declares."""

import re
from pathlib import Path

import polars as pl
import pytest

from reid.errors import LeakError, ReidError, SourceError, TooFewError
from reid.evaluation.comparisons import declared, read_list
from reid.events.table import EventTable
from tests.evaluation.test_splits import log

ROWS = (
    ("gallery", "a", "a-0", None, None, None),
    ("gallery", "a", "a-1", None, None, None),
    ("gallery", "b", "b-0", None, None, None),
    ("probe", "a", "a-2", None, "a", True),
    ("probe", "a", "a-2", None, "b", False),
    ("probe", "c", "c-0", None, "b", False),
    ("probe", "b", "b-1", None, "b", True),
)
STRANGER = ("probe", "c", "c-0", None, "a", False)
NAMES = ("role", "subject_id", "session_id", "trial", "claimed_id", "genuine")


def listed(rows: tuple[tuple[object, ...], ...] = ROWS) -> pl.DataFrame:
    schema = dict.fromkeys(NAMES, pl.String) | {"trial": pl.UInt32, "genuine": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.fixture(scope="module")
def events() -> EventTable:
    return log({"a": (4, 4, 4), "b": (4, 4), "c": (4,)}, trials=2)


def test_samples_and_claims_are_found_in_the_events(events: EventTable) -> None:
    found = declared(events, listed())
    assert list(found.gallery.frame.iter_rows()) == [("a", [0, 1]), ("b", [3])]
    assert list(found.probes.frame.iter_rows()) == [("a", [2]), ("c", [5]), ("b", [4])]
    assert found.probe.tolist() == [0, 0, 1, 2]
    assert found.claimed == ("a", "b", "b", "b")
    assert found.makers == ("a", "a", "c", "b")
    assert found.genuine.tolist() == [True, False, False, True]


def test_trials_are_samples_where_the_list_names_them(events: EventTable) -> None:
    rows = (
        ("gallery", "a", "a-0", 0, None, None),
        ("gallery", "b", "b-0", 1, None, None),
        ("probe", "a", "a-0", 1, "a", True),
        ("probe", "b", "b-0", 0, "a", False),
    )
    found = declared(events, listed(rows))
    starts, _ = found.gallery.pieces.bounds()
    placed = [starts[pieces[0]] for _, pieces in found.gallery.frame.iter_rows()]
    assert placed == [0, 14]


def test_a_sample_of_ones_own_gallery_may_be_an_impostor_to_others(events: EventTable) -> None:
    found = declared(events, listed((*ROWS, ("probe", "a", "a-0", None, "b", False))))
    assert list(found.probes.frame.row(found.probe[-1])) == ["a", [0]]


def test_a_maker_whom_nobody_knows_has_no_name(events: EventTable) -> None:
    stranger = pl.when(pl.col("subject_id") == "c").then(pl.lit(value=False))
    found = declared(events, listed().with_columns(maker_known=stranger))
    assert found.makers == ("a", "a", "", "b")
    as_words = listed().with_columns(maker_known=stranger.cast(pl.String))
    assert declared(events, as_words).makers == found.makers


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("with_trial", [True, False])
def test_files_say_the_same_as_the_frame(
    suffix: str, tmp_path: Path, events: EventTable, *, with_trial: bool
) -> None:
    frame = listed() if with_trial else listed().drop("trial")
    path = tmp_path / f"list{suffix}"
    if suffix == ".csv":
        frame.write_csv(path)
    else:
        frame.write_parquet(path)
    found, wanted = declared(events, read_list(path)), declared(events, listed())
    assert found.probes.frame.equals(wanted.probes.frame)
    assert found.gallery.frame.equals(wanted.gallery.frame)
    assert (found.claimed, found.genuine.tolist()) == (wanted.claimed, wanted.genuine.tolist())


@pytest.mark.parametrize("words", [("true", "false"), ("TRUE", "False"), ("1", "0")])
def test_truth_is_read_from_the_usual_words(words: tuple[str, str], events: EventTable) -> None:
    said = pl.when("genuine").then(pl.lit(words[0])).when(~pl.col("genuine")).then(pl.lit(words[1]))
    found = declared(events, listed().with_columns(genuine=said))
    assert found.genuine.tolist() == [True, False, False, True]


def changed(place: int, **values: object) -> pl.DataFrame:
    rows = [list(row) for row in ROWS]
    for name, value in values.items():
        rows[place][NAMES.index(name)] = value
    return listed(tuple(tuple(row) for row in rows))


@pytest.mark.parametrize(
    ("frame", "error", "message"),
    [
        (listed().drop("claimed_id"), SourceError, "have the columns .*; found no claimed_id"),
        (changed(0, role="enrol"), SourceError, "roles gallery and probe; found 1 rows with others"),
        (changed(0, role=None), SourceError, "roles gallery and probe; found 1 rows with others"),
        (changed(1, session_id="a-9"), SourceError, "name samples of the source; found 1 rows that do not"),
        (changed(3, claimed_id="c"), SourceError, "claim enrolled people; found 1 claims of people without"),
        (changed(3, claimed_id=None), SourceError, "claim enrolled people"),
        (changed(3, genuine=None), SourceError, "1 that do not say if they are true"),
        (listed(ROWS[:5]).filter(pl.col("genuine").fill_null(value=True)), TooFewError, "1 genuine of 1"),
        (listed(ROWS[:3]), TooFewError, "0 genuine of 0"),
        (listed(ROWS[3:]), SourceError, "claim enrolled people; found 4 claims"),
        (listed((*ROWS[:2], *ROWS[3:4], STRANGER)), TooFewError, "enrol at least 2 people; found 1"),
        (changed(3, session_id="a-1"), LeakError, "share no piece; found 1 shared"),
        (
            listed().with_columns(trial=pl.lit("first")),
            SourceError,
            "have whole numbers as trials; found other values",
        ),
        (
            listed().with_columns(genuine=pl.when("genuine").then(pl.lit("yes"))),
            SourceError,
            "4 that do not say if they are true",
        ),
        (
            listed().with_columns(maker_known=pl.lit(value=False)),
            SourceError,
            "hold true claims of known people only; found 2 true ones",
        ),
        (
            listed().with_columns(maker_known=pl.when("genuine").then(pl.lit("maybe"))),
            SourceError,
            "say true, false or nothing as maker_known; found 2 other words",
        ),
    ],
)  # fmt: skip
def test_a_wrong_list_is_one_clear_line(
    frame: pl.DataFrame, error: type[ReidError], message: str, events: EventTable
) -> None:
    with pytest.raises(error, match=message) as caught:
        declared(events, frame)
    said = str(caught.value)
    assert "\n" not in said
    assert not re.search(r"\b[abc]-\d", said)  # no name of a session


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("absent.csv", None),
        ("empty.csv", b""),
        ("broken.parquet", b"PAR1 but not really"),
        ("folder.csv", "folder"),
    ],
)
def test_a_file_that_is_no_list_is_one_clear_line(
    name: str, content: bytes | str | None, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    with pytest.raises(SourceError, match=rf"{name} must be a (CSV or Parquet )?file") as caught:
        read_list(path)
    assert str(tmp_path) not in str(caught.value)
    assert "\n" not in str(caught.value)
