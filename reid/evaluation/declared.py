"""Audit a publisher's own list of comparisons."""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

import numpy as np
import polars as pl

from reid.attackers import ScoreMatrix
from reid.evaluation.attack import run_attack
from reid.evaluation.blocks import comparison_block
from reid.evaluation.by_regime import arranged
from reid.evaluation.choice import FOLDS, as_shares
from reid.evaluation.comparisons import Comparisons, declared, without_people
from reid.evaluation.device import beside_a_device, device_block
from reid.evaluation.honesty import blinded, drawn_once, failing
from reid.evaluation.lineup import LineUp
from reid.evaluation.outside import attack_by_all, doubtful
from reid.evaluation.overlap import require_other_recordings
from reid.evaluation.plan import NO_STRATEGY, AttackedLog, AuditPlan, attacked_logs
from reid.evaluation.releases import over_all_releases
from reid.evaluation.speaking import AttackOutcome
from reid.evaluation.spent import Spent
from reid.evaluation.splits import Split, separation_of
from reid.events.table import EventTable
from reid.metrics.measures import measure_comparisons
from reid.metrics.verification import area_under_curve
from reid.seeding import Streams, hashed_order
from reid.typing import BoolArray, FloatArray, IntArray, Progress

_CHOSEN_ON: Final = "the other people, by cross-fitting"


def audit_declared(
    raw: EventTable, listed: pl.DataFrame, plan: AuditPlan, *, published: bool, spent: Spent
) -> dict[str, Any]:
    """Return the report without its heading; see :mod:`reid.evaluation.comparisons` for the list."""
    blocks = []
    for _, logs in groupby(spent.on_releases(attacked_logs(raw, plan)), key=attrgetter("place")):
        blocks.append(_of_strategy(list(logs), listed, plan, spent))
    about = {
        "regime": "comparisons",
        "background": 0,
        "gallery_sessions": None,
        "held_out_sessions": None,
        "probe_sessions": 1,
        "sample": plan.settings.sample,
        "split": "declared",
        "comparisons": "published" if published else "file",
    }
    return arranged(blocks, plan, about, None) | {"adequacy": None}


def _weaknesses(plan: AuditPlan) -> list[str]:
    named = [f"only the attackers named were run: {', '.join(plan.named)}"] if plan.named else []
    withheld = [f"the channel {channel!r} was withheld from the attackers" for channel in plan.without]
    return [*named, *withheld, *plan.caveats]


def _of_strategy(
    logs: Sequence[AttackedLog], listing: pl.DataFrame, plan: AuditPlan, spent: Spent
) -> dict[str, Any]:
    """Return the block of all releases of one strategy; attackers learn on the gallery alone."""
    lists = [declared(log.events, listing) for log in logs]
    if logs[0].strategy == NO_STRATEGY:
        own = np.unique(lists[0].probe[lists[0].genuine])
        require_other_recordings(lists[0].gallery, lists[0].probes.take(own))
    compared = np.zeros((len(lists[0].probes), len(lists[0].gallery)), dtype=bool)
    compared[_places(lists[0])] = True
    outcomes = attack_by_all(
        [_split(listed) for listed in lists], plan, plan.told(logs[0].strategy), compared
    )
    scores = [
        _of_comparisons(outcome.scores, listed) for outcome, listed in zip(outcomes, lists, strict=True)
    ]
    name, headlines = _crossfit_choice(scores, lists)
    blocks = []
    for number, (log, outcome) in enumerate(zip(logs, outcomes, strict=True)):
        spent.on_attack(log.strategy, outcome.seconds)
        chosen = name, headlines[number], _CHOSEN_ON
        blocks.append(_block(log, listing, lists[number], outcome, scores[number], chosen, plan))
    return over_all_releases(blocks, None)


def _block(
    log: AttackedLog,
    listing: pl.DataFrame,
    listed: Comparisons,
    outcome: AttackOutcome,
    scores: Mapping[str, FloatArray],
    chosen: tuple[str, FloatArray, str],
    plan: AuditPlan,
) -> dict[str, Any]:
    """Return the block of one log."""
    separation = _separation(listed)
    block: dict[str, Any] = comparison_block(
        scores, listed.claimed, listed.makers, listed.genuine, chosen=chosen, seed=plan.settings.seed
    )
    if beside_a_device(plan, log, chosen[0]):
        block["device"] = _device(log, listing, plan, chosen[0])
    if outcome.retuning:
        block["retuning"] = dict(outcome.retuning)
    lies = {"separation": separation, "nearest_separation": separation}
    weakened_by = [
        *_weaknesses(plan),
        *drawn_once(seeded=log.seeded, n_releases=plan.n_releases),
        *blinded(plan.surprisingly(outcome.blind)),
        *doubtful(outcome.scores),
        *failing(block["failures"]["comparisons"], block["n_probes"]),
    ]
    return log.heading() | {"weakened_by": weakened_by} | block | lies | {"independent": outcome.independent}


def _split(listed: Comparisons) -> Split:
    """Return the list as a split: what is learnt is learnt on the gallery alone."""
    gallery, separation = listed.gallery, _separation(listed)
    return Split(gallery.split_up(), gallery, listed.probes, "closed-set", separation, separation, 0, 0)


def _separation(listed: Comparisons) -> str:
    return separation_of(listed.gallery, listed.probes.take(np.unique(listed.probe[listed.genuine])))


def _of_comparisons(scores: Mapping[str, ScoreMatrix], listed: Comparisons) -> dict[str, FloatArray]:
    """Return the score of each comparison by each attacker."""
    return {name: matrix.scores[_places(listed)] for name, matrix in scores.items()}


def _places(listed: Comparisons) -> tuple[IntArray, IntArray]:
    """Return the row (probe) and the column (person) of each comparison."""
    column = {person: number for number, person in enumerate(listed.gallery.subjects)}
    return listed.probe, np.array([column[person] for person in listed.claimed], dtype=np.int64)


def _device(log: AttackedLog, listing: pl.DataFrame, plan: AuditPlan, chosen: str) -> dict[str, Any]:
    """Return what the chosen attack achieves with less, or more, of the machine to see."""

    def attack(
        events: EventTable, lineup: LineUp, aside: Collection[str], progress: Progress
    ) -> dict[str, Any]:
        listed = declared(events, without_people(listing, aside))
        outcome = run_attack(_split(listed), lineup, n_jobs=plan.n_jobs, progress=progress)
        ((_, scores),) = _of_comparisons(outcome.scores, listed).items()
        rng = Streams(plan.settings.seed, ("bootstrap",))("headline")
        of = list(listed.claimed), list(listed.makers), listed.genuine
        measured = measure_comparisons(scores, *of, rng=rng).as_dict()
        return {"rank_1": None} | {rate: measured[rate] for rate in ("eer", "eer_per_person", "auc")}

    enrolled = declared(log.events, listing).gallery.subjects
    return device_block(log.events, enrolled, plan, chosen, log.strategy, attack)


def _crossfit_choice(
    several: Sequence[Mapping[str, FloatArray]], lists: Sequence[Comparisons]
) -> tuple[str, list[FloatArray]]:
    """Choose for each fold of claimed people the attacker that tells the others' comparisons best.

    Of several releases of one strategy, by the mean over them.
    """
    names = [name for name in several[0] if all(name in scores for scores in several)]
    people = lists[0].gallery.subjects
    order = [people[place] for place in hashed_order(people, 0, "choice of attacker")]
    shares = [{name: as_shares(scores[name]) for name in names} for scores in several]
    choice: dict[str, int] = dict.fromkeys(names, 0)
    headlines = [np.full(len(listed.claimed), np.nan) for listed in lists]
    for start in range(FOLDS):
        inside = [np.isin(listed.claimed, order[start::FOLDS]) for listed in lists]
        others = [_judged(listed, own) for listed, own in zip(lists, inside, strict=True)]

        def strength(name: str, others: Sequence[BoolArray] = others) -> float:
            of_each = zip(several, lists, others, strict=True)
            return float(np.mean([_auc(scores[name], listed, which) for scores, listed, which in of_each]))

        best = max(names, key=strength) if len(names) > 1 else names[0]
        for headline, own, of_release in zip(headlines, inside, shares, strict=True):
            headline[own] = of_release[best][own]
        choice[best] += int(inside[0].sum())
    used = [name for name in names if choice[name]]
    if len(used) == 1:
        return used[0], [scores[used[0]] for scores in several]
    return max(used, key=lambda name: choice[name]), headlines


def _judged(listed: Comparisons, inside: BoolArray) -> BoolArray:
    """Return the other people's comparisons, to choose by; all where those tell nothing."""
    others = ~inside
    tells = (listed.genuine & others).any() and (~listed.genuine & others).any()
    return others if tells else np.ones_like(inside)


def _auc(scores: FloatArray, listed: Comparisons, which: BoolArray) -> float:
    known = which & ~np.isnan(scores)
    return area_under_curve(scores[known & listed.genuine], scores[known & ~listed.genuine])
