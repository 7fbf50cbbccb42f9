"""Audit everybody against everybody: population regime or closed set."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import Any

import numpy as np

from reid.attackers import ScoreMatrix
from reid.attackers.stylometry import Stylometry
from reid.errors import ParameterError
from reid.evaluation.adequacy import adequacy_of, checks_of_attack
from reid.evaluation.amounts import amounts_block
from reid.evaluation.attack import run_attack
from reid.evaluation.blocks import identification_block, in_short
from reid.evaluation.channels import beside_channels, channels_block
from reid.evaluation.device import beside_a_device, device_block
from reid.evaluation.games import games_block
from reid.evaluation.given import GIVEN
from reid.evaluation.honesty import blinded, drawn_once, failing, untested, weaknesses
from reid.evaluation.lineup import LineUp
from reid.evaluation.modalities import modalities_block
from reid.evaluation.outside import attack_by_all, doubtful
from reid.evaluation.overlap import require_other_recordings
from reid.evaluation.plan import NO_STRATEGY, AttackedLog, AuditPlan, attacked_logs
from reid.evaluation.releases import over_all_releases
from reid.evaluation.result import StrategyResult, mark_of
from reid.evaluation.risk_of_people import RiskOfPeople
from reid.evaluation.scaled import scaled_block
from reid.evaluation.settings import ThreatModel
from reid.evaluation.speaking import AttackOutcome
from reid.evaluation.spent import Spent
from reid.evaluation.splits import Split, make_split, n_shared, random_split
from reid.evaluation.threats import (
    ADAPTIVE,
    INFORMED,
    RUNGS,
    Attacked,
    attack_from_rungs,
    rungs_on,
    threat_blocks,
)
from reid.events.numbering import numbers_of
from reid.events.table import EventTable
from reid.metrics.who import most_found_first
from reid.registry import parse_part
from reid.typing import Progress


def attack_raw(raw: EventTable, plan: AuditPlan) -> StrategyResult:
    """Attack the raw log alone, as an audit attacks it beside the releases that the plan names.

    What comes of it serves every audit of one of these releases, as ``known`` of :func:`audit_by_regime`.
    """
    log = next(attacked_logs(raw, plan))  # lazy: no release is made
    split = make_split(log.events, plan.people, plan.settings)
    require_other_recordings(split.gallery, split.probes)
    found = _of_strategy([(log, split)], plan, Spent(), None, numbers_of(raw))
    return replace(found, mark=mark_of(raw, plan))


def attack_release(raw: EventTable, plan: AuditPlan, number: int) -> StrategyResult:
    """Attack what one strategy releases, as an audit attacks it beside the others that the plan names.

    Parameters
    ----------
    raw : EventTable
        The raw log.
    plan : AuditPlan
        Of the audit.
    number : int
        Of the strategy among the plan's, from 1; 1 is also the release that was given.
    """
    alone = plan if plan.given is not None else replace(plan, releases=(plan.releases[number - 1],))
    first, *logs = attacked_logs(raw, alone)
    attacked = [
        (replace(log, place=number), make_split(log.events, plan.people, plan.settings)) for log in logs
    ]
    original = None
    if _needs_raw(plan):
        original = raw, first.events, make_split(first.events, plan.people, plan.settings)
    if plan.given is not None:
        require_other_recordings(attacked[0][1].gallery, attacked[0][1].probes)
    return _of_strategy(attacked, plan, Spent(), original, numbers_of(raw))


def audit_by_regime(
    raw: EventTable, plan: AuditPlan, spent: Spent, known: Callable[[], StrategyResult] | None = None
) -> tuple[dict[str, Any], Mapping[str, RiskOfPeople]]:
    """Return the report without its heading, and the headline's risk of each person by rung.

    Parameters
    ----------
    raw : EventTable
        The raw log.
    plan : AuditPlan
        Of the audit.
    spent : Spent
        Into which the time of each step is entered.
    known : callable, optional
        Gives what :func:`attack_raw` found under a plan that differs in the strategies alone; the raw log is
        then not attacked again, and the report has the same bits. It is asked once the releases are attacked,
        so that somebody else may attack the raw log meanwhile.

    Raises
    ------
    ParameterError
        What is known is of another log or of another plan.
    """
    numbers = numbers_of(raw)
    results: list[StrategyResult] = []
    seen = False  # whether the raw log, which comes first, is behind us
    leaky = None
    original: tuple[EventTable, Split] | None = None  # the raw log, as the attackers see it
    speaks = str(plan.releases[0]) if len(plan.releases) == 1 else NO_STRATEGY
    speaks = speaks if plan.given is None else GIVEN
    for _, logs in groupby(spent.on_releases(attacked_logs(raw, plan)), key=attrgetter("place")):
        taken_over = known is not None and not seen
        seen = True
        if taken_over and not _needs_raw(plan):
            continue
        attacked = [(log, make_split(log.events, plan.people, plan.settings)) for log in logs]
        log, split = attacked[0]
        if log.strategy in {NO_STRATEGY, GIVEN}:  # what we release holds no copies that the raw log does not
            require_other_recordings(split.gallery, split.probes)
        if not taken_over:
            results.append(_of_strategy(attacked, plan, spent, original and (raw, *original), numbers))
        original = original or (log.events, split)
        if plan.leaky and log.strategy == speaks:
            leaky = _leaky(log, split, plan, numbers)
    if known is not None:
        results.insert(0, _of_the_same(known(), raw, plan))
    return report_of(results, plan, leaky)


def report_of(
    results: Sequence[StrategyResult], plan: AuditPlan, leaky: dict[str, Any] | None
) -> tuple[dict[str, Any], Mapping[str, RiskOfPeople]]:
    """Join what came of the raw log and of each release to a report without its heading.

    Returns
    -------
    dict
        The report.
    mapping
        The headline's risk of each person by rung.
    """
    blocks = [result.block for result in results]
    checks = [check for result in results for check in result.checks]
    settings = plan.settings
    about = {
        "regime": plan.people.regime,
        "background": len(plan.people.background),
        "gallery_sessions": settings.gallery_sessions,
        "held_out_sessions": settings.held_out_sessions,
        "probe_sessions": settings.probe_sessions,
        "sample": settings.sample,
        "split": "chronological",
        "comparisons": None,
    }
    report = arranged(blocks, plan, about, leaky) | {"adequacy": adequacy_of(checks, blocks, plan)}
    return report, results[1 if len(results) == 2 else 0].people  # noqa: PLR2004  the raw log and one release


def _of_the_same(known: StrategyResult, raw: EventTable, plan: AuditPlan) -> StrategyResult:
    """Return what is known of the raw log, if it is of this one and was found as it would be here."""
    if known.mark != mark_of(raw, plan):
        must, found = "be of the same log, people and settings", "of others"
        raise ParameterError.of("the attack on the raw log", must=must, found=found)
    return known


def arranged(
    blocks: list[dict[str, Any]], plan: AuditPlan, about: dict[str, Any], leaky: dict[str, Any] | None
) -> dict[str, Any]:
    """Put the raw log's block and those of the releases in their places.

    With one release the headline is the release's and the raw log is its reference; else the
    headline is the raw log's, and several releases stand in ``results``.
    """
    raw, *released = blocks
    only_one = len(released) == 1
    headline = released[0] if only_one else raw
    threat = ThreatModel(effort=plan.effort, pooled_sessions=plan.settings.probe_sessions)
    rest = {
        "modality": plan.modality,
        "releases": plan.n_releases if released else 0,
        "threat": {"asked": plan.threat, **threat.as_dict()},
    }
    return {
        "settings": about | rest,
        "headline": headline,
        "reference": raw if only_one else None,
        "reference_why_none": None if only_one else "the headline is the raw log",
        "results": [] if only_one else released,
        "leaky": leaky,
        "not_tested": untested(
            headline["nearest_separation"],
            any_release=bool(released),
            all_threats=_tried(headline) >= set(RUNGS),
            regime=about["regime"],
            population=plan.population,
            retuned=bool(headline.get("retuning"))
            or (plan.effort != ADAPTIVE and ADAPTIVE in _tried(headline)),
            device_looked_at=any(headline.get(part) is not None for part in ("device", "channels")),
            wording_looked_at=any(parse_part(name)[0] == Stylometry.name for name in headline["attackers"]),
        ),
    }


def _needs_raw(plan: AuditPlan) -> bool:
    """Whether somebody asks how the raw log is divided, after it was attacked."""
    return plan.rungs != (INFORMED,) or plan.games or plan.leaky


def _tried(block: dict[str, Any]) -> set[str]:
    """Return the rungs from which a log was attacked."""
    rungs = block["threats"]["rungs"] if "threats" in block else {}
    return {name for name, found in rungs.items() if found["why_none"] is None}


def _of_strategy(
    attacked: Sequence[tuple[AttackedLog, Split]],
    plan: AuditPlan,
    spent: Spent,
    original: tuple[EventTable, EventTable, Split] | None,
    numbers: Mapping[str, int],
) -> StrategyResult:
    """Return what came of one log, or of all releases of one strategy."""
    strategy = attacked[0][0].strategy
    outcomes = attack_by_all([split for _, split in attacked], plan, plan.told(strategy))
    numbered = _numbered([outcome.headline for outcome in outcomes], numbers) if plan.channels else ()
    blocks = []
    for (log, split), outcome in zip(attacked, outcomes, strict=True):
        spent.on_attack(strategy, outcome.seconds)
        started = time.perf_counter()
        measured = identification_block(outcome, split, numbers, seed=plan.settings.seed)
        spent.measure[strategy] += time.perf_counter() - started
        measured |= _looked_at_besides(log, split, outcome, plan, numbered)
        weakened_by = _weaknesses(log, split, plan, outcome, measured)
        blocks.append(log.heading() | {"weakened_by": weakened_by} | measured)
    started = time.perf_counter()
    checks = checks_of_attack(attacked, outcomes, plan)
    spent.adequacy[strategy] += time.perf_counter() - started
    of_headline = RiskOfPeople.of([outcome.headline for outcome in outcomes])
    people = {INFORMED: of_headline}
    if rungs := rungs_on(attacked[0][0], plan):
        releases = [
            Attacked(log, split, *(original or (log.events, log.events, split))) for log, split in attacked
        ]
        found = attack_from_rungs(releases, outcomes, plan, rungs)
        retuned = bool(plan.attackers.variants)
        told = threat_blocks(found, len(releases), plan.settings.seed, retuned=retuned)
        for block, threats in zip(blocks, told, strict=True):
            block["threats"] = threats
        people = {
            name: RiskOfPeople.of([outcome.headline for outcome in each])
            for name, each in found.items()
            if not isinstance(each, str)
        }
    if plan.games and original is not None:
        for block, (log, split), outcome in zip(blocks, attacked, outcomes, strict=True):
            block["games"] = games_block(Attacked(log, split, *original), outcome, plan)
    return StrategyResult(over_all_releases(blocks, of_headline), tuple(checks), people)


def _looked_at_besides(
    log: AttackedLog, split: Split, outcome: AttackOutcome, plan: AuditPlan, numbered: Sequence[str]
) -> dict[str, Any]:
    """Return what was asked for besides, of the attack as it was made; person 1 is the first ``numbered``."""
    found: dict[str, Any] = {}
    if plan.population is not None:
        found["scaled"] = scaled_block(outcome, plan)
    if outcome.by_modality:
        found["modalities"] = modalities_block(outcome, plan.settings.seed)
    if beside_a_device(plan, log, outcome.attacker):
        found["device"] = _device(log, plan, outcome.attacker)
    if beside_channels(plan, log):
        found["channels"] = channels_block(log, split, plan, numbered)
    if plan.amounts and plan.stands_alone(log.strategy):
        found["amounts"] = amounts_block(split, outcome, plan, log.strategy)
    return found


def _numbered(matrices: Sequence[ScoreMatrix], numbers: Mapping[str, int]) -> list[str]:
    """Return the people in one order for all releases of a strategy, those found most often first.

    Among people who are found alike, ``numbers`` decide, which follow from what was recorded. Whoever is
    looked for in every release comes first, since only of these a rate is listed.
    """
    enrolled = {person for matrix in matrices for person in matrix.people}
    people = sorted(enrolled, key=numbers.__getitem__)
    column = {person: number for number, person in enumerate(people)}
    scores = [np.full((len(matrix.scores), len(people)), np.nan) for matrix in matrices]
    for wide, matrix in zip(scores, matrices, strict=True):
        wide[:, [column[person] for person in matrix.people]] = matrix.scores
    truth = [column.get(person, -1) for matrix in matrices for person in matrix.probe_people]
    found = [people[first] for first in most_found_first(np.concatenate(scores), np.array(truth))]
    everywhere = set.intersection(*(set(matrix.probe_people) for matrix in matrices))
    return sorted(found, key=lambda person: person not in everywhere)


def _device(log: AttackedLog, plan: AuditPlan, chosen: str) -> dict[str, Any]:
    """Return what the chosen attack achieves with less, or more, of the machine to see."""

    def attack(
        events: EventTable, lineup: LineUp, aside: Collection[str], progress: Progress
    ) -> dict[str, Any]:
        split = make_split(events, plan.people.without(aside), plan.settings)
        outcome = run_attack(split, lineup, n_jobs=plan.n_jobs, progress=progress)
        return in_short(outcome.headline, plan.settings.seed)

    return device_block(log.events, plan.people.enrolled, plan, chosen, log.strategy, attack)


def _leaky(log: AttackedLog, split: Split, plan: AuditPlan, numbers: Mapping[str, int]) -> dict[str, Any]:
    """Return what a split that deals pieces at random would have shown, and how many sessions it leaks."""
    leaked = random_split(split, plan.settings.seed)
    shown = run_attack(leaked, plan.attackers, n_jobs=plan.n_jobs, progress=plan.told("random split"))
    measured = identification_block(shown, leaked, numbers, seed=plan.settings.seed)
    shared = n_shared(leaked.gallery, leaked.probes, "session")
    heading = log.heading() | {"split": "random", "shared_sessions": shared}
    return heading | {"weakened_by": _weaknesses(log, split, plan, shown, measured)} | measured


def _weaknesses(
    log: AttackedLog, split: Split, plan: AuditPlan, outcome: AttackOutcome, measured: dict[str, Any]
) -> list[str]:
    found = weaknesses(plan.settings, split.in_figures(), chosen_attackers=plan.named, without=plan.without)
    found += drawn_once(seeded=log.seeded, n_releases=plan.n_releases)
    n_comparisons = measured["n_probes"] * measured["n_people"]
    found += [*plan.caveats, *blinded(plan.surprisingly(outcome.blind)), *doubtful(outcome.scores)]
    return found + failing(measured["failures"]["comparisons"], n_comparisons)
