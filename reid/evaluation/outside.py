"""Scores that somebody else's attacker gave, judged and chosen among as if it were one of ours."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from reid.attackers import ScoreMatrix
from reid.errors import SourceError, TooFewError
from reid.evaluation.attack import attempt, run_attack
from reid.evaluation.choice import chosen_by_crossfit
from reid.evaluation.comparisons import read_rows
from reid.evaluation.handout import runs_of
from reid.evaluation.plan import AuditPlan
from reid.evaluation.speaking import AttackOutcome, agreed
from reid.evaluation.splits import Split
from reid.samples.table import SampleTable
from reid.typing import BoolArray, Progress

OUTSIDE: Final = "outside"  #: name of the attacker in the line-up
_UNKNOWN_MAKING: Final = "made its scores in a way that is not known to us"
_FILE: Final = "the file of scores"

#: Columns that name a probe beside its ``subject_id``; one at least must be there.
_PROBE_COLUMNS: Final[dict[str, type[pl.DataType]]] = {
    "session_id": pl.String,
    "trial": pl.UInt32,
    "sample": pl.Int64,
}
_COLUMNS: Final[dict[str, type[pl.DataType]]] = {
    "subject_id": pl.String,
    **_PROBE_COLUMNS,
    "claimed_id": pl.String,
    "score": pl.Float64,
}


def read_scores(path: Path) -> pl.DataFrame:
    """Read scores from CSV or Parquet.

    One row per comparison: a probe, an enrolled person, and how alike they are; higher is more alike. A
    probe is named as in a handed out split: by ``subject_id`` and its ``sample`` number, or by
    ``subject_id``, ``session_id`` and perhaps ``trial`` where that names one probe. ``claimed_id`` is the
    enrolled person. A missing row, an empty score and NaN are failed comparisons.

    Raises
    ------
    SourceError
        The file cannot be read, lacks a column, or holds a value of another kind.
    """
    return typed(read_rows(path, _FILE, _COLUMNS, "Write the path of the scores as --scores FILE."))


def score_matrix(rows: pl.DataFrame, probes: SampleTable, people: tuple[str, ...]) -> ScoreMatrix:
    """Put scores in their places.

    Parameters
    ----------
    rows : DataFrame
        As :func:`typed` returns them.
    probes : SampleTable
        Probes of the split.
    people : tuple of str
        The enrolled, sorted.

    Raises
    ------
    SourceError
        A row speaks of no probe of the split, of one that others share a name with, of somebody who is
        not enrolled, or of a comparison that another row speaks of.
    TooFewError
        There is no score.
    """
    names = ["subject_id", *(name for name in _PROBE_COLUMNS if name in rows.columns)]
    probed = runs_of(probes).select("row", *names).unique(maintain_order=True)
    if shared := probed.height - probed.select(pl.struct(names).n_unique()).item():
        advice = "Add the column sample, as 'reid split' numbers it."
        raise SourceError.of(
            _FILE, must="name each probe apart", found=f"{shared} that share a name", advice=advice
        )
    column = pl.DataFrame({"claimed_id": people}).with_row_index("column")
    placed = rows.join(probed, on=names, how="left", nulls_equal=True).join(
        column, on="claimed_id", how="left"
    )
    advice = "Make the scores for what 'reid split' lists with the same options."
    if strays := placed["row"].null_count():
        found = f"{strays} of {placed.height} rows that name none"
        raise SourceError.of(_FILE, must="compare probes of the split", found=found, advice=advice)
    if strangers := placed["column"].null_count():
        found = f"{strangers} of {placed.height} rows that claim somebody else"
        raise SourceError.of(_FILE, must="claim enrolled people", found=found, advice=advice)
    if twice := placed.height - placed.select(pl.struct("row", "column").n_unique()).item():
        raise SourceError.of(_FILE, must="hold each comparison once", found=f"{twice} rows too many")
    scores = np.full((len(probes), len(people)), np.nan)
    scores[placed["row"].to_numpy(), placed["column"].to_numpy()] = placed["score"].to_numpy()
    if np.isnan(scores).all():
        raise TooFewError.of(_FILE, must="hold scores", found="none")
    return ScoreMatrix(scores, people, tuple(probes.subject_ids))


def typed(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the columns that scores need, each of its type.

    Raises
    ------
    SourceError
        A column is missing or holds a value of another kind.
    """
    needed = [name for name in _COLUMNS if name not in _PROBE_COLUMNS]
    absent = [name for name in needed if name not in rows.columns]
    if not {"session_id", "sample"} & set(rows.columns):
        absent.append("session_id or sample")
    if absent:
        must = "have the columns subject_id, session_id or sample, claimed_id, score"
        raise SourceError.of(_FILE, must=must, found=f"no {', '.join(absent)}")
    try:
        found = rows.select(
            pl.col(name).cast(kind) for name, kind in _COLUMNS.items() if name in rows.columns
        )
    except pl.exceptions.PolarsError:
        must = "hold numbers as scores and whole numbers as sample and trial"
        raise SourceError.of(_FILE, must=must, found="other values") from None
    found = found.with_columns(pl.col("score").fill_null(float("nan")))
    if infinite := found["score"].is_infinite().sum():
        advice = "Leave a failed comparison empty."
        raise SourceError.of(
            _FILE, must="hold finite scores", found=f"{infinite} that are not", advice=advice
        )
    return found


def attack_by_all(
    splits: Sequence[Split], plan: AuditPlan, told: Progress, compared: BoolArray | None = None
) -> list[AttackOutcome]:
    """Run the line-up on each release of one strategy, and let an outside attacker stand among it.

    Parameters
    ----------
    splits : sequence of Split
        What is attacked; a single one where there are scores from outside, which are of one log.
    plan : AuditPlan
        By whom.
    told : Progress
        Told what is done.
    compared : bool array of shape (n_probes, n_people), optional
        Which comparisons are asked for; all of them by default.

    Raises
    ------
    ReidError
        The outside scores do not fit the split, or no attacker can work.
    """
    if plan.outside is None:
        return agreed([attempt(split, plan.attackers, n_jobs=plan.n_jobs, progress=told) for split in splits])
    (split,) = splits
    matrix = score_matrix(plan.outside, split.probes, split.gallery.subjects)
    missing = np.isnan(matrix.scores)
    matrix = with_caveats(matrix, missing if compared is None else missing[compared])
    if not plan.attackers.singles:
        return [alone(matrix)]
    outcome = run_attack(split, plan.attackers, n_jobs=plan.n_jobs, progress=told)
    return [beside(outcome, matrix, rehearsed=split.regime == "population")]


def with_caveats(matrix: ScoreMatrix, missing: BoolArray) -> ScoreMatrix:
    """Return the scores with what is to be said of them; ``missing`` are the failed of what is compared."""
    n_missing = int(np.count_nonzero(missing))
    left_out = f"gave no score for {n_missing} of {missing.size} comparisons, which count as failed"
    return replace(matrix, caveats=(_UNKNOWN_MAKING, *([left_out] if n_missing else [])))


def alone(matrix: ScoreMatrix) -> AttackOutcome:
    """Return the outcome where nobody else attacks."""
    return AttackOutcome(
        scores={OUTSIDE: matrix},
        headline=matrix,
        attacker=OUTSIDE,
        chosen_on="nobody, since no other attacker was run",
        independent=False,
    )


def beside(outcome: AttackOutcome, matrix: ScoreMatrix, *, rehearsed: bool) -> AttackOutcome:
    """Return the outcome with the outside attacker among those from whom the strongest is chosen.

    It could not rehearse. So where ours was chosen by rehearsal, the choice between that one and the
    outside attacker is made for each fold of people on the others; else the choice is among all of them.
    It is no member of the fusion, whose weights are learnt in rehearsals.
    """
    scores = {**outcome.scores, OUTSIDE: matrix}
    if not rehearsed:
        name, (headline,) = chosen_by_crossfit([scores])
        return replace(outcome, scores=scores, headline=headline, attacker=name)
    name, (headline,) = chosen_by_crossfit([{outcome.attacker: outcome.headline, OUTSIDE: matrix}])
    return replace(
        outcome,
        scores=scores,
        headline=headline,
        attacker=name,
        chosen_on=f"{outcome.chosen_on}; against the outside attacker on the other people, by cross-fitting",
        independent=outcome.independent and headline is outcome.headline,
    )


def doubtful(scores: Mapping[str, ScoreMatrix]) -> list[str]:
    """Return a sentence per caveat of an attacker."""
    return [f"the attacker {name!r} {caveat}" for name, matrix in scores.items() for caveat in matrix.caveats]
