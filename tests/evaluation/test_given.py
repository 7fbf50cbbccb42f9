"""A release that somebody else made, judged with the key that says who is who."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reid.anonymizers.anonymizing import anonymize
from reid.anonymizers.strategies import parse_strategy
from reid.errors import ParameterError, SourceError
from reid.evaluation.audit import audit
from reid.evaluation.given import GIVEN, named_as_raw, read_key
from reid.events.table import EventTable
from reid.reports.schema import check_report
from tests.attackers.people import typists

GRID = "time-grid(step_ms=200)"
OPTIONS: dict[str, Any] = {"attackers": ("manhattan", "likelihood-ratio"), "regime": "population"}


def handed_out(events: EventTable, folder: Path, strategy: str = GRID) -> tuple[EventTable, Path]:
    release = anonymize([events], parse_strategy(strategy))
    assert release.key is not None
    release.key.write_parquet(folder / "key.parquet")
    return release.events, folder / "key.parquet"


def test_a_release_made_elsewhere_is_judged_as_one_made_here(tmp_path: Path) -> None:
    raw = typists(40)
    released, key = handed_out(raw, tmp_path)
    given = audit(released, raw=raw, key=key, threat="ladder", **OPTIONS).report
    made = audit(raw, strategies=(GRID,), threat="ladder", **OPTIONS).report
    apart = {"strategy", "claims", "threats"}
    assert given["headline"]["strategy"] == GIVEN
    assert {name: part for name, part in given["headline"].items() if name not in apart} == {
        name: part for name, part in made["headline"].items() if name not in apart
    }
    rungs = {name: report["headline"]["threats"]["rungs"] for name, report in (("g", given), ("m", made))}
    assert "made elsewhere" in rungs["g"].pop("linking")["why_none"]
    assert all(rungs["g"][name] == rungs["m"][name] for name in ("ignorant", "lazy", "informed"))
    assert given["reference"] == made["reference"]
    check_report(given)


def test_no_name_of_either_log_stands_in_the_report(tmp_path: Path) -> None:
    raw = typists(40).renamed(lambda subject: f"source-pseudonym-{subject}")
    released, key = handed_out(raw, tmp_path)
    text = str(audit(released, raw=raw, key=key, **OPTIONS).report)
    assert "source-pseudonym" not in text
    assert not any(name in text for name in released.subjects)


def test_sessions_keep_their_times_and_order(tmp_path: Path) -> None:
    raw = typists(12)
    released, key = handed_out(raw, tmp_path, "none")
    back = named_as_raw(released, raw, read_key(key))
    columns = ["subject_id", "session_id", "time_us", "event", "key"]
    assert back.frame.select(columns).equals(raw.frame.select(columns))
    assert back.sessions["session_order"].equals(raw.sessions["session_order"])


def broken(key: Path, how: str) -> None:
    frame = pl.read_parquet(key)
    changed = {
        "a column too few": lambda: frame.drop("session_id"),
        "a session twice": lambda: pl.concat([frame, frame.head(1)]),
        "a session too few": lambda: frame.tail(-1),
        "another log's": lambda: frame.with_columns(subject_id=pl.lit("nobody") + pl.col("subject_id")),
        "no name": lambda: frame.with_columns(subject_id=pl.lit(None, dtype=pl.String)),
    }[how]()
    changed.write_parquet(key)


@pytest.mark.parametrize(
    "how", ["a column too few", "a session twice", "a session too few", "another log's", "no name"]
)
def test_a_key_that_does_not_fit_is_refused_in_one_line(tmp_path: Path, how: str) -> None:
    raw = typists(12)
    released, key = handed_out(raw, tmp_path)
    broken(key, how)
    with pytest.raises(SourceError, match=r"^the key must ") as refused:
        audit(released, raw=raw, key=key, **OPTIONS)
    assert "\n" not in str(refused.value)


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key.parquet").write_text("no table", encoding="utf-8")
    for path in (tmp_path / "key.parquet", tmp_path / "none.parquet", tmp_path):
        with pytest.raises(SourceError, match="the key must"):
            read_key(path)


def test_a_key_without_its_log_and_a_release_with_a_strategy_are_refused(tmp_path: Path) -> None:
    raw = typists(12)
    released, key = handed_out(raw, tmp_path)
    with pytest.raises(ParameterError, match="--raw and --key must stand together"):
        audit(released, raw=raw)
    with pytest.raises(ParameterError, match="--raw must stand without"):
        audit(released, raw=raw, key=key, strategies=(GRID,))


def test_a_session_met_in_the_release_is_never_known_raw(tmp_path: Path) -> None:
    raw = typists(24, n_sessions=6)
    early = raw.of_sessions(raw.sessions.filter(pl.col("session_order") < 4))
    released, key = handed_out(early, tmp_path)
    options = {"attackers": ["manhattan"], "regime": "closed-set", "threat": "ladder"}
    rungs = audit(released, raw=raw, key=key, **options).report["headline"]["threats"]["rungs"]
    assert "have sessions of their own" in rungs["ignorant"]["why_none"]
    assert rungs["informed"]["why_none"] is None
