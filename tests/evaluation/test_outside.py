"""An outside attacker's scores, judged as if they were ours."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from reid.attackers import ATTACKERS, ScoreMatrix
from reid.errors import ParameterError, ReidError, SourceError, TooFewError
from reid.evaluation.audit import audit
from reid.evaluation.handout import hand_out
from reid.evaluation.outside import read_scores, score_matrix, typed
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import Split, choose_people, make_split
from reid.reports.schema import check_report
from tests.attackers.people import typists
from tests.evaluation.test_splits import log

EVENTS = typists(16)
LIGHT = ("manhattan",)
Report = dict[str, Any]


def split_of(**settings: Any) -> Split:
    chosen = SplitSettings(**settings)
    return make_split(EVENTS, choose_people(EVENTS.subjects, chosen), chosen)


def scored(split: Split, matrix: np.ndarray) -> pl.DataFrame:
    """Write a matrix of scores as an outsider would, from the handed out names alone."""
    sample = pl.int_range(pl.len()).over("subject_id").alias("sample")
    probes = split.probes.frame.select("subject_id", sample).with_row_index("row")
    people = pl.DataFrame({"claimed_id": split.gallery.subjects}).with_row_index("column")
    places = probes.join(people, how="cross")
    score = pl.Series("score", matrix[places["row"].to_numpy(), places["column"].to_numpy()])
    return places.select("subject_id", "sample", "claimed_id").with_columns(score)


def truth(split: Split) -> np.ndarray:
    """Return 1 for the right person and 0 for all others: (n_probes, n_people)."""
    people = np.array(split.gallery.subjects)
    return (np.array(split.probes.subject_ids)[:, None] == people).astype(np.float64)


@pytest.fixture
def judged(tmp_path: Path) -> Any:
    def judge(rows: pl.DataFrame, attackers: tuple[str, ...] = LIGHT, **options: Any) -> Report:
        rows.write_csv(tmp_path / "scores.csv")
        return audit(EVENTS, attackers=attackers, scores=tmp_path / "scores.csv", **options).report

    return judge


@pytest.mark.parametrize("regime", ["closed-set", "population"])
def test_our_own_scores_from_outside_get_our_own_numbers(regime: str, judged: Any) -> None:
    split = split_of(regime=regime)
    ours = ATTACKERS.make("manhattan").enrol(split.train, split.gallery).score(split.probes)
    block = judged(scored(split, ours.scores), regime=regime)["headline"]
    assert block["attackers"]["outside"] == block["attackers"]["manhattan"]


@pytest.mark.parametrize("regime", ["closed-set", "population"])
def test_the_stronger_one_outside_speaks_and_is_the_maximum(regime: str, judged: Any) -> None:
    split = split_of(regime=regime)
    report = judged(scored(split, truth(split)), regime=regime)
    check_report(report)
    block = report["headline"]
    assert (block["attacker"], block["maximum"]["attacker"]) == ("outside", "outside")
    assert block["rank_1"]["value"] == block["maximum"]["rank_1"]["value"] == 1
    assert not block["independent"]
    assert "by cross-fitting" in block["chosen_on"]
    assert "the attacker 'outside' made its scores in a way that is not known to us" in block["weakened_by"]
    assert report["settings"]["scores"] == "file"


@pytest.mark.parametrize("regime", ["closed-set", "population"])
def test_a_weaker_one_outside_takes_nothing_away(regime: str, judged: Any) -> None:
    split = split_of(regime=regime)
    block = judged(scored(split, -truth(split)), regime=regime)["headline"]
    alone = audit(EVENTS, attackers=LIGHT, regime=regime).report["headline"]
    assert block["attacker"] == "manhattan"
    assert (block["rank_1"], block["independent"]) == (alone["rank_1"], alone["independent"])


def test_the_outside_one_can_stand_alone(judged: Any) -> None:
    split = split_of()
    block = judged(scored(split, truth(split)), attackers=("outside",))["headline"]
    assert list(block["attackers"]) == ["outside"]
    assert block["rank_1"]["value"] == 1
    assert "only the attackers named were run: outside" in block["weakened_by"]


def test_what_is_missing_is_a_failed_comparison_and_counted(judged: Any) -> None:
    split = split_of()
    rows = scored(split, truth(split))
    absent = rows[3:]
    empty = rows.with_columns(pl.when(pl.int_range(pl.len()) >= 3).then("score"))
    for given in (absent, empty):
        block = judged(given, attackers=("outside",))["headline"]
        assert block["failures"]["comparisons"] == 3
        said = f"gave no score for 3 of {rows.height} comparisons, which count as failed"
        assert f"the attacker 'outside' {said}" in block["weakened_by"]


def test_a_session_names_a_probe_where_it_holds_one() -> None:
    split = split_of()
    listed = hand_out(EVENTS).rows.filter(role="probe")
    by_sample = scored(split, truth(split))
    by_session = by_sample.join(
        listed.select("subject_id", "sample", "session_id"), on=["subject_id", "sample"]
    ).drop("sample")
    people = split.gallery.subjects
    matrices = [score_matrix(typed(rows), split.probes, people) for rows in (by_sample, by_session)]
    np.testing.assert_array_equal(matrices[0].scores, matrices[1].scores)


def test_the_order_of_rows_does_not_matter() -> None:
    split = split_of()
    rows = scored(split, np.random.default_rng(0).normal(size=truth(split).shape))
    matrices = [
        score_matrix(typed(one), split.probes, split.gallery.subjects)
        for one in (rows, rows.sample(fraction=1.0, shuffle=True, seed=1))
    ]
    np.testing.assert_array_equal(matrices[0].scores, matrices[1].scores)


def matrix_of(rows: pl.DataFrame, **settings: Any) -> ScoreMatrix:
    split = split_of(**settings)
    return score_matrix(typed(rows), split.probes, split.gallery.subjects)


GOOD = scored(split_of(), truth(split_of()))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            GOOD.with_columns(subject_id=pl.lit("nobody-known")),
            "compare probes of the split; found 512 of 512 rows",
        ),
        (GOOD.with_columns(pl.col("sample") + 1), "compare probes of the split; found 256 of 512 rows"),
        (
            GOOD.with_columns(claimed_id=pl.lit("nobody-known")),
            "claim enrolled people; found 512 of 512 rows",
        ),
        (pl.concat([GOOD, GOOD[:2]]), "hold each comparison once; found 2 rows too many"),
        (GOOD.drop("score"), "have the columns .*; found no score"),
        (GOOD.drop("sample"), "have the columns .*; found no session_id or sample"),
        (GOOD.with_columns(score=pl.lit("nobody-known")), "hold numbers as scores"),
        (GOOD.with_columns(score=float("inf")), "hold finite scores; found 512 that are not"),
    ],
)
def test_what_does_not_fit_the_split_is_refused_in_one_line(rows: pl.DataFrame, message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        matrix_of(rows)
    assert "\n" not in str(caught.value)
    assert "nobody-known" not in str(caught.value)


def test_no_score_at_all_is_refused() -> None:
    with pytest.raises(TooFewError, match="hold scores; found none"):
        matrix_of(GOOD.with_columns(score=float("nan")))


def test_scores_for_another_split_are_refused() -> None:
    with pytest.raises(SourceError, match=r"compare probes of the split|claim enrolled people"):
        matrix_of(GOOD, regime="population")


def test_a_session_that_holds_several_probes_does_not_name_one() -> None:
    rows = GOOD.with_columns(session_id=pl.lit("1")).drop("sample")
    with pytest.raises(SourceError, match=r"name each probe apart; .*Add the column sample"):
        matrix_of(rows, sample="events=30")


def test_a_declared_list_takes_outside_scores(tmp_path: Path) -> None:
    events = log({"a": (4, 4, 4), "b": (4, 4, 4)})
    listed = [("gallery", who, f"{who}-{number}", "", "") for who in "ab" for number in (0, 1)]
    listed += [("probe", who, f"{who}-2", claim, str(who == claim).lower()) for who in "ab" for claim in "ab"]
    names = ("role", "subject_id", "session_id", "claimed_id", "genuine")
    pl.DataFrame(listed, schema=names, orient="row").write_csv(tmp_path / "list.csv")
    scores = [(who, f"{who}-2", claim, float(who == claim)) for who in "ab" for claim in "ab"]
    schema = ("subject_id", "session_id", "claimed_id", "score")
    pl.DataFrame([scores[0], *scores[2:]], schema=schema, orient="row").write_parquet(
        tmp_path / "scores.parquet"
    )
    report = audit(
        events,
        comparisons=tmp_path / "list.csv",
        attackers=("outside",),
        scores=tmp_path / "scores.parquet",
    ).report
    check_report(report)
    block = report["headline"]
    assert block["attackers"]["outside"]["auc"]["value"] == 1
    assert block["failures"]["comparisons"] == 1
    assert any("gave no score for 1 of 4 comparisons" in sentence for sentence in block["weakened_by"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"attackers": ("outside",)}, "--attacker outside must stand with --scores"),
        ({"scores": "x.csv", "strategies": ("drop-release",)}, "--scores must stand without --with"),
        ({"scores": "x.csv", "split": "random"}, "--scores must stand without --split random"),
        ({"scores": "nowhere/x.csv"}, r"^x\.csv must be a file; found none"),
    ],
)
def test_options_that_do_not_go_together_are_one_line(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ReidError, match=message) as caught:
        audit(EVENTS, **options)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_table_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "scores.parquet"
    path.write_bytes(b"no table")
    with pytest.raises(SourceError, match=r"^scores\.parquet must be a CSV or Parquet file with the columns"):
        read_scores(path)
    assert not issubclass(SourceError, ParameterError)


@pytest.mark.parametrize("asked", ["amounts", "games"])
def test_what_only_an_attacker_of_ours_can_do_is_refused_in_one_line(asked: str, judged: Any) -> None:
    split = split_of(regime="closed-set")
    wanted: dict[str, Any] = {asked: True}
    words = (
        f"^--{asked} must have an attacker of ours, who can be run again; found only the outside one. Name"
    )
    with pytest.raises(ParameterError, match=words) as caught:
        judged(scored(split, truth(split)), ("outside",), regime="closed-set", **wanted)
    assert "\n" not in str(caught.value)


def test_the_channels_have_attackers_of_their_own_beside_an_outside_one(judged: Any) -> None:
    split = split_of(regime="closed-set")
    options: dict[str, Any] = {"regime": "closed-set", "channels": True, "adequacy": "none"}
    report = judged(scored(split, truth(split)), ("outside",), **options)
    check_report(report)
    assert report["headline"]["channels"]["by_channel"]["hold"]["alone"] is not None
