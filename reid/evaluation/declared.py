"""Audit a publisher's own list of comparisons."""

from typing import Any

import numpy as np
import polars as pl

from reid.evaluation.attack import run_attack
from reid.evaluation.blocks import comparison_block
from reid.evaluation.by_regime import arranged
from reid.evaluation.choice import FOLDS, as_shares
from reid.evaluation.comparisons import Comparisons, declared
from reid.evaluation.honesty import blinded, failing
from reid.evaluation.plan import AuditPlan, attacked_logs
from reid.evaluation.splits import Split, separation_of
from reid.events.table import EventTable
from reid.metrics.verification import area_under_curve
from reid.seeding import hashed_order
from reid.typing import BoolArray, FloatArray


def audit_declared(
    raw: EventTable, listed: pl.DataFrame, plan: AuditPlan, *, published: bool, seconds: dict[str, Any]
) -> dict[str, Any]:
    """Return the report without its heading; see :mod:`reid.evaluation.comparisons` for the list."""
    blocks = []
    for log in attacked_logs(raw, plan):
        measured, blind = _attacked(declared(log.events, listed), log.strategy, plan, seconds)
        failed = failing(measured["failures"]["comparisons"], measured["n_probes"])
        blocks.append(log.heading() | {"weakened_by": _weaknesses(plan) + blinded(blind) + failed} | measured)
    about = {
        "regime": "comparisons",
        "background": 0,
        "gallery_sessions": None,
        "probe_sessions": 1,
        "sample": plan.settings.sample,
        "split": "declared",
        "comparisons": "published" if published else "file",
    }
    return arranged(blocks, plan, about, None)


def _weaknesses(plan: AuditPlan) -> list[str]:
    named = [f"only the attackers named were run: {', '.join(plan.named)}"] if plan.named else []
    withheld = [f"the channel {channel!r} was withheld from the attackers" for channel in plan.without]
    return [*named, *withheld, *plan.caveats]


def _attacked(
    listed: Comparisons, strategy: str, plan: AuditPlan, seconds: dict[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the block of one log, and who saw nothing; what is learnt is learnt on the gallery alone."""
    gallery, probes = listed.gallery, listed.probes
    genuine_probes = np.unique(listed.probe[listed.genuine])
    separation = separation_of(gallery, probes.take(genuine_probes))
    split = Split(gallery.split_up(), gallery, probes, "closed-set", separation, separation, 0, 0)
    outcome = run_attack(split, plan.attackers, n_jobs=plan.n_jobs, progress=plan.told(strategy))
    seconds.setdefault("attack", {})[strategy] = dict(outcome.seconds)
    column = {person: number for number, person in enumerate(gallery.subjects)}
    claimed = np.array([column[person] for person in listed.claimed])
    scores = {name: matrix.scores[listed.probe, claimed] for name, matrix in outcome.scores.items()}
    chosen = _crossfit_choice(scores, listed)
    block = comparison_block(
        scores, listed.claimed, listed.makers, listed.genuine, chosen=chosen, seed=plan.settings.seed
    )
    lies = {"separation": separation, "nearest_separation": separation}
    return block | lies | {"independent": outcome.independent}, outcome.blind


def _crossfit_choice(scores: dict[str, FloatArray], listed: Comparisons) -> tuple[str, FloatArray, str]:
    """Choose for each fold of claimed people the attacker that tells the others' comparisons best."""
    chosen_on = "the other people, by cross-fitting"
    names = list(scores)
    if len(names) == 1:
        return names[0], scores[names[0]], chosen_on
    claimed = np.array(listed.claimed)
    people = listed.gallery.subjects
    order = [people[place] for place in hashed_order(people, 0, "choice of attacker")]
    shares = {name: as_shares(each) for name, each in scores.items()}
    choice: dict[str, int] = dict.fromkeys(names, 0)
    headline = np.full(claimed.size, np.nan)
    for start in range(FOLDS):
        inside = np.isin(claimed, order[start::FOLDS])
        outside = (
            ~inside
            if (listed.genuine & ~inside).any() and (~listed.genuine & ~inside).any()
            else inside | True
        )
        best = max(names, key=lambda name: _auc(scores[name], listed, outside))
        headline[inside] = shares[best][inside]
        choice[best] += int(inside.sum())
    used = [name for name in names if choice[name]]
    if len(used) == 1:
        return used[0], scores[used[0]], chosen_on
    return max(used, key=lambda name: choice[name]), headline, chosen_on


def _auc(scores: FloatArray, listed: Comparisons, which: BoolArray) -> float:
    known = which & ~np.isnan(scores)
    return area_under_curve(scores[known & listed.genuine], scores[known & ~listed.genuine])
