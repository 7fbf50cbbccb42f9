"""Whether attackers find identity that was planted: in each channel in turn, with nothing else to find."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from reid.attackers import BOTH, KEYBOARD, POINTER, ScoreMatrix, modality_of
from reid.attackers.discriminant import Discriminant
from reid.attackers.fusion import Fusion
from reid.errors import BlindError, TooFewError
from reid.evaluation.attack import attempt
from reid.evaluation.checks import EFFORTS, PLANTED_SIGNAL, YARDSTICKS, Check, devices_of
from reid.evaluation.lineup import LineUp
from reid.evaluation.plan import AttackedLog, AuditPlan
from reid.evaluation.planting import planted
from reid.evaluation.speaking import AttackOutcome
from reid.evaluation.splits import Split, make_split
from reid.metrics.identification import rank_k_hits, ranks
from reid.metrics.intervals import proportion_over_people
from reid.seeding import Streams

#: Channels in which a signal is planted, by device.
PLANTED_IN: Final[Mapping[str, tuple[str, ...]]] = {KEYBOARD: ("hold", "flight"), POINTER: ("path", "click")}

#: Share of the others behind the right person from which a signal counts as found: half of the way from a
#: blind guess to certainty. It does not depend on how many people are enrolled, as a rank-1 would.
FOUND: Final = 0.75
#: People looked for from whom on the question can be answered: were the right one always first, the interval
#: of that share over people would lie above a blind guess. Of fewer, a blind guess too often reaches FOUND.
FEWEST: Final = 6


def checks_of_planted(
    log: AttackedLog, split: Split, outcome: AttackOutcome, plan: AuditPlan
) -> Iterator[Check]:
    """Plant identity into the log as it was attacked, channel by channel, and see who finds it.

    Parameters
    ----------
    log : AttackedLog
        Whose sessions are dealt out anew among people, and then marked.
    split : Split
        Of the log.
    outcome : AttackOutcome
        What came of the attack on it.
    plan : AuditPlan
        Of the audit; unless its ``adequacy`` is ``full``, one quick attacker seeks for all.

    Notes
    -----
    Where the fusion speaks for all, the quick check does not ask it: its members would have to rehearse and
    attack anew for each channel, which takes several times as long as all quick checks, and longer than the
    audit's own attack. Then a signal that is found shows that one of its members can see it, not that the
    fusion weighs this member enough; the sentence says who was not asked.
    """
    for device in devices_of(plan):
        seekers = _seekers(device, split, outcome, plan)
        for channel in PLANTED_IN[device]:
            if channel in plan.without:
                yield _not_made(log, channel, "it is withheld from the attackers")
            elif not seekers.singles:
                yield _not_made(log, channel, "no attacker can be run again")
            else:
                yield _sought(log, split, channel, seekers, outcome, plan)


def _not_made(log: AttackedLog, channel: str, reason: str) -> Check:
    sentence = f"no signal was planted in {channel}: {reason}"
    return Check(PLANTED_SIGNAL, log.strategy, sentence, {"channel": channel}, passed=None)


def _sought(
    log: AttackedLog, split: Split, channel: str, seekers: LineUp, outcome: AttackOutcome, plan: AuditPlan
) -> Check:
    """Let seekers attack a log whose only identity lies in one channel."""
    n_pieces = len(split.probes.pieces)
    marked = planted(log.events, channel, Streams(plan.settings.seed, ("planted", channel)), n_pieces)
    if marked is None:
        return _not_made(log, channel, "too little of the log could bear it")
    stage = f"planted signal, {channel}"
    told = plan.told(f"{log.strategy}, {stage}" if log.place else stage)
    scores: Mapping[str, ScoreMatrix] = {}
    try:
        marked_split = make_split(marked, plan.people, plan.settings)
        scores = attempt(marked_split, seekers, n_jobs=plan.n_jobs, progress=told).voices.scores
    except TooFewError:  # sessions of unlike length were dealt out so that a person has too few pieces
        return _not_made(log, channel, "too few people would have enough of it")
    except BlindError:
        pass
    behind = {name: _share_behind(matrix) for name, matrix in scores.items()}
    figures: dict[str, Any] = {
        name: {"rank_1": _rank_1(scores[name]), "behind": share, "found": share >= FOUND}
        for name, share in behind.items()
    }
    if outcome.attacker in scores or not scores:
        judged = outcome.attacker
    elif Fusion.name in scores:  # who spoke was re-tuned
        judged = Fusion.name
    else:
        judged = max(behind, key=lambda name: behind[name])
    about = {"channel": channel, "attackers": figures}
    n_people = len(set(marked_split.probes.subject_ids))
    if n_people < FEWEST:
        sentence = (
            f"whether a signal of identity that was planted in {channel} is found cannot be judged by "
            f"{n_people} people: it takes {FEWEST}"
        )
        return Check(PLANTED_SIGNAL, log.strategy, sentence, about, passed=None)
    found = behind.get(judged, 0.0) >= FOUND
    unasked = (
        "" if judged == outcome.attacker else f" ({outcome.attacker}, which speaks for all, was not asked)"
    )
    sentence = (
        f"a signal of identity that was planted in {channel} is found by {judged}{unasked}"
        if found
        else f"a strong signal of identity was planted in {channel} and not found by {judged}: that it finds "
        f"little here says nothing of protection{unasked}"
    )
    return Check(PLANTED_SIGNAL, log.strategy, sentence, about, passed=found)


def _share_behind(matrix: ScoreMatrix) -> float:
    """Return the share of the other people who stand behind the right one; 0.5 for a blind guess."""
    better, tied = ranks(matrix.scores, matrix.truth())
    others = max(len(matrix.people) - 1, 1)
    # A failed comparison ranks last, past all others.
    return float(1 - np.minimum((better + 0.5 * tied) / others, 1.0).mean())


def _rank_1(matrix: ScoreMatrix) -> dict[str, Any]:
    truth = matrix.truth()
    hits = rank_k_hits(*ranks(matrix.scores, truth), len(matrix.people), 1)
    return proportion_over_people(hits, truth[truth >= 0]).as_dict()


def _seekers(device: str, split: Split, outcome: AttackOutcome, plan: AuditPlan) -> LineUp:
    """Return who looks for what is planted: everybody of a device, or a quick one that stands for all."""
    if not plan.attackers.singles:
        return plan.attackers
    everyone = plan.attackers.fixed().fitting(split.regime)
    if len(devices_of(plan)) > 1:
        names = [name for name, one in everyone.singles.items() if modality_of(one) in {device, BOTH}]
        everyone = everyone.of_names(names)
    if plan.adequacy == EFFORTS[-1] or not everyone.singles:
        return everyone
    alone = LineUp({}, fused=False)
    chosen = everyone.singles.get(outcome.attacker)
    if chosen is not None and (len(everyone.singles) == 1 or isinstance(chosen, Discriminant)):
        return replace(alone, singles={outcome.attacker: chosen})
    ours = LineUp.of(YARDSTICKS[device][:1], without=plan.without, seed=plan.settings.seed).singles
    ours = {name: one for name, one in ours.items() if everyone.singles.get(name) == one}
    if ours:
        return replace(alone, singles=ours)
    if chosen is not None:
        return replace(alone, singles={outcome.attacker: chosen})
    rates = {
        name: _rank_1(outcome.scores[name])["value"] for name in everyone.singles if name in outcome.scores
    }
    strongest = max(everyone.singles, key=lambda name: rates.get(name, 0.0))
    return replace(alone, singles={strongest: everyone.singles[strongest]})
