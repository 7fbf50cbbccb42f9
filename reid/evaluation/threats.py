"""Who the attacker is taken to be: what they know of a protection, and what they do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import polars as pl

from reid.attackers.reversal import Reversal
from reid.errors import BlindError, ReidError, UnknownNameError
from reid.evaluation.attack import attempt
from reid.evaluation.blocks import in_short
from reid.evaluation.lineup import EFFORTS, LineUp
from reid.evaluation.plan import NO_STRATEGY, AttackedLog, AuditPlan, released_apart
from reid.evaluation.settings import ThreatModel
from reid.evaluation.speaking import AttackOutcome, agreed
from reid.evaluation.splits import Split, make_split
from reid.events.table import EventTable
from reid.metrics.estimate import Estimate
from reid.metrics.identification import rank_k_hits, ranks
from reid.metrics.intervals import proportion_over_people, sidak_level
from reid.metrics.measures import GALLERY_SIZES, rank_1_in_gallery
from reid.samples.table import SampleTable

INFORMED: Final = "informed"
ADAPTIVE: Final = "adaptive"
_RETUNED: Final = "its attackers are re-tuned for this very log on people or sessions that are not tested"
#: What can also be done to a raw log.
_WITHOUT_A_RELEASE: Final = (INFORMED, ADAPTIVE)

#: What an attacker can know and do, from weak to strong; of each, a sentence for readers.
RUNGS: Final[Mapping[str, tuple[ThreatModel, str]]] = {
    "ignorant": (
        ThreatModel(knowledge="ignorant"),
        "learns and enrols on raw data, as if nothing were protected",
    ),
    "lazy": (ThreatModel(knowledge="lazy"), "learns on raw data and enrols people from an earlier release"),
    INFORMED: (ThreatModel(), "learns and enrols on data released in the same way"),
    ADAPTIVE: (
        ThreatModel(effort="adaptive"),
        "as informed, with attackers re-tuned for this very log on people or sessions that are not tested",
    ),
    "linking": (
        ThreatModel(effort="linking"),
        "as informed, and links two releases made apart: people are enrolled from one and met in the other",
    ),
    "reversing": (
        ThreatModel(effort="reversal"),
        "as informed, after undoing the release as far as raw data and its release teach how",
    ),
    "reversing, with raw data": (
        ThreatModel(knowledge="ignorant", effort="reversal"),
        "enrols people from raw data, and undoes the release in which they are met",
    ),
}
#: Who each is in life. The risk is the largest over all that the person may do, since one may ignore what
#: one knows.
PRESETS: Final[Mapping[str, tuple[str, ...]]] = {
    "public": ("ignorant",),
    "colleague": ("ignorant", "lazy"),
    "model-vendor": ("ignorant", "lazy", INFORMED, ADAPTIVE, "linking"),
    "employer": tuple(RUNGS),
    "ladder": tuple(RUNGS),
}


def rungs_of(threat: str) -> tuple[str, ...]:
    """Return what an attacker may do, by the name of a preset or of a single rung.

    Raises
    ------
    UnknownNameError
        There is none of this name.
    """
    if threat in PRESETS:
        return PRESETS[threat]
    if threat in RUNGS:
        return (threat,)
    raise UnknownNameError.of("threat", threat, (*PRESETS, *RUNGS))


@dataclass(frozen=True, slots=True, eq=False)
class Attacked:
    """A release and the raw log that it was made from, each divided into background, gallery and probes."""

    log: AttackedLog
    split: Split
    source: EventTable  #: of which the release was made
    raw: EventTable  #: the same as the attackers see it, which may be less
    raw_split: Split


def attack_from_rungs(
    releases: Sequence[Attacked],
    informed: Sequence[AttackOutcome],
    plan: AuditPlan,
    rungs: Sequence[str],
) -> dict[str, Sequence[AttackOutcome] | str]:
    """Attack all releases of one strategy from several rungs.

    Parameters
    ----------
    releases : sequence of Attacked
        Of one strategy.
    informed : sequence of AttackOutcome
        What the plan's attackers achieved on each.
    plan : AuditPlan
        Of the audit.
    rungs : sequence of str
        From which to attack, see :func:`rungs_on`.

    Returns
    -------
    dict
        By rung what came of each release, or why the rung was not tried.
    """
    outcomes: dict[str, Sequence[AttackOutcome] | str] = {}
    for name in rungs:
        lineup = plan.attackers
        if name == ADAPTIVE and not lineup.variants:
            lineup = _adaptive(plan)
        if name in _WITHOUT_A_RELEASE and lineup is plan.attackers:
            outcomes[name] = informed
            continue
        try:
            splits = [_seen_from(name, each, plan) for each in releases]
            strategy = releases[0].log.strategy
            told = plan.told(name if strategy == NO_STRATEGY else f"{strategy}, {name}")
            outcomes[name] = agreed(
                [attempt(split, lineup, n_jobs=plan.n_jobs, progress=told) for split in splits]
            )
        except ReidError as error:
            outcomes[name] = str(error)
    return outcomes


def threat_blocks(
    outcomes: Mapping[str, Sequence[AttackOutcome] | str],
    n_releases: int,
    seed: int,
    *,
    retuned: bool = False,
) -> list[dict[str, Any]]:
    """Tell what came of all rungs.

    Parameters
    ----------
    outcomes : mapping
        By rung, as :func:`attack_from_rungs` returns them: of all releases or of none.
    n_releases : int
        Of the strategy.
    seed : int
        Of the bootstrap over people.
    retuned : bool
        Whether the audit's attackers adapt, so that they did so on every rung.

    Returns
    -------
    list of dict
        One for each release. ``rungs``: by name the attacker and its rates in short, or ``why_none``;
        ``risk``: the rung with the largest rank-1, with an interval that holds for all rungs at once, and
        the same among fewer people.
    """
    return [_block(outcomes, number, seed, retuned=retuned) for number in range(n_releases)]


def rungs_on(log: AttackedLog, plan: AuditPlan) -> tuple[str, ...]:
    """Return from which rungs to attack a log; none where only the plan's attackers are asked for.

    The raw log is attacked with as much effort as its releases, so that they can be compared with it.
    """
    if log.place:
        return () if plan.rungs == (INFORMED,) else plan.rungs
    return rungs_on_raw(plan)


def rungs_on_raw(plan: AuditPlan) -> tuple[str, ...]:
    """Return from which rungs to attack the raw log; see :func:`rungs_on`."""
    needless = ADAPTIVE not in plan.rungs or plan.attackers.variants
    return () if needless else _WITHOUT_A_RELEASE


def _adaptive(plan: AuditPlan) -> LineUp:
    return plan.attackers.adaptive(without=plan.without, seed=plan.settings.seed, every_family=not plan.named)


def _about(name: str, *, retuned: bool) -> dict[str, str]:
    """Return what an attacker on this rung knows and does; re-tuned ones are so on all that do not say so."""
    threat, sentence = RUNGS[name]
    if not retuned or threat.effort != EFFORTS[0]:
        return {"knowledge": threat.knowledge, "effort": threat.effort, "sentence": sentence}
    return {"knowledge": threat.knowledge, "effort": ADAPTIVE, "sentence": f"{sentence}; {_RETUNED}"}


def _block(
    outcomes: Mapping[str, Sequence[AttackOutcome] | str], number: int, seed: int, *, retuned: bool
) -> dict[str, Any]:
    rungs: dict[str, Any] = {}
    each: dict[str, Estimate] = {}
    among: dict[str, list[Estimate]] = {str(size): [] for size in GALLERY_SIZES}
    n_done = sum(not isinstance(found, str) for found in outcomes.values())
    for name, found in outcomes.items():
        about = _about(name, retuned=retuned)
        if isinstance(found, str):
            rungs[name] = about | {
                "why_none": found,
                "attacker": None,
                "rank_1": None,
                "eer": None,
                "auc": None,
            }
            continue
        outcome = found[number]
        rungs[name] = (
            about | {"why_none": None, "attacker": outcome.attacker} | in_short(outcome.headline, seed)
        )
        scores, truth = outcome.headline.scores, outcome.headline.truth()
        known, level = truth >= 0, sidak_level(0.95, n_done)
        hits = rank_k_hits(*ranks(scores, truth), scores.shape[1], 1)
        each[name] = proportion_over_people(hits, truth[known], level=level)
        for size in GALLERY_SIZES:
            fewer = rank_1_in_gallery(scores[known], truth[known], size, level=level)
            if fewer is not None:
                among[str(size)].append(fewer)
    if not each:
        return {"rungs": rungs, "risk": None}
    top = max(each, key=lambda name: each[name].value)
    risk = {
        "threat": top,
        "rank_1": _largest(list(each.values())),
        "rank_1_among": {size: _largest(found) if found else None for size, found in among.items()},
        "interval": "simultaneous",
    }
    return {"rungs": rungs, "risk": risk}


def _largest(each: Sequence[Estimate]) -> dict[str, float]:
    """Return the largest of several rates, between the largest of their lower and of their upper ends."""
    return {end: max(getattr(one, end) for one in each) for end in ("value", "low", "high")}


def _seen_from(name: str, attacked: Attacked, plan: AuditPlan) -> Split:
    """Return what an attacker on this rung learns from, enrols and meets."""
    released, raw = attacked.split, attacked.raw_split
    match name:
        case "ignorant":
            return _known_raw(released, raw)
        case "adaptive":
            return released
        case "lazy":
            if released.regime == "closed-set":
                must, found = (
                    "have other people to learn from",
                    "the closed set, where it is the informed one",
                )
                raise BlindError.of("a lazy attacker", must=must, found=found)
            return replace(released, train=raw.train)
        case "linking":
            return linked(attacked, plan)
        case "reversing":
            return make_split(_undone(attacked, plan), plan.people, plan.settings)
        case _:
            undone = make_split(_undone(attacked, plan), plan.people, plan.settings)
            return _known_raw(undone, raw)


def _known_raw(released: Split, raw: Split) -> Split:
    """Return what an attacker meets who knows raw data: never of a session in which a person is met."""
    enrolled, met = sessions_of(raw.gallery), sessions_of(released.probes)
    shared = enrolled.join(met, on=["subject_id", "session_id"]).height
    if shared and released.separation not in {"trial", "within"}:
        must, found = "have sessions of their own in gallery and probes", f"{shared} in both"
        raise BlindError.of("raw data and the release", must=must, found=found)
    return replace(released, train=raw.train, gallery=raw.gallery)


def linked(attacked: Attacked, plan: AuditPlan) -> Split:
    """Release the sessions to be enrolled and those to be met apart from each other."""
    enrolled, met = (sessions_of(side) for side in (attacked.raw_split.gallery, attacked.raw_split.probes))
    if enrolled.join(met, on=["subject_id", "session_id"]).height:
        must, found = "have sessions of their own in gallery and probes", "one recording in both"
        raise BlindError.of("two releases", must=must, found=found)
    of_people = attacked.source.of_people(plan.people.enrolled).sessions.select("subject_id", "session_id")
    rest = of_people.join(enrolled, on=["subject_id", "session_id"], how="anti", maintain_order="left")
    split = make_split(
        released_apart(attacked.source, attacked.log, [enrolled, rest], plan), plan.people, plan.settings
    )
    for side, other in ((split.gallery, rest), (split.probes, enrolled)):
        if sessions_of(side).join(other, on=["subject_id", "session_id"]).height:
            must, found = "divide people as the raw log does", "another division"
            raise BlindError.of("two releases", must=must, found=found)
    return split


def _undone(attacked: Attacked, plan: AuditPlan) -> EventTable:
    """Return the release with its times undone.

    Learnt on background people, each half of whom is undone by what the other half teaches. In the closed
    set on the sessions that are enrolled, of which an attacker who has raw data knows both sides; each half
    of the people is undone by what the other half teaches, the sessions that are met included.
    """
    released, raw, people = attacked.log.events, attacked.raw, plan.people
    seed = plan.settings.seed
    if not people.background:
        enrolled = sessions_of(attacked.raw_split.gallery)
        known = [events.of_sessions(enrolled) for events in (released, raw)]
        return _by_halves(released, known, released.subjects, seed)
    of_background = _by_halves(released, [released, raw], people.background, seed)
    of_all = Reversal.learn(
        released.of_people(people.background), raw.of_people(people.background), seed=seed
    )
    held = set(released.subjects)
    met = tuple(person for person in people.enrolled if person in held)
    return EventTable.concat([of_background, of_all.undone(released.of_people(met))])


def _by_halves(
    released: EventTable, known: Sequence[EventTable], people: Sequence[str], seed: int
) -> EventTable:
    """Undo each half of some people by what is known, released and raw, of the other half."""
    halves = people[::2], people[1::2]
    return EventTable.concat(
        Reversal.learn(*(events.of_people(learnt) for events in known), seed=seed).undone(
            released.of_people(met)
        )
        for learnt, met in (halves, halves[::-1])
    )


def sessions_of(samples: SampleTable) -> pl.DataFrame:
    """Return the distinct sessions on which samples draw, by person and session."""
    single = samples.frame.explode("pieces")
    sessions = samples.pieces.frame["session"].gather(single["pieces"])
    table = samples.pieces.events.sessions.select("subject_id", "session_id")
    return table[np.unique(sessions.to_numpy())]
