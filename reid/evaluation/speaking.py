"""Who speaks for all attackers: one name for all releases of a strategy, chosen before a person is judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from reid.attackers import BOTH, ScoreMatrix
from reid.errors import BlindError
from reid.evaluation.choice import chosen_by_crossfit, chosen_by_rehearsal

Scores = dict[str, ScoreMatrix]

SPEAKS: Final = "it speaks for all"
REHEARSED: Final = "the best in rehearsals of those that score by themselves"
UNREHEARSED: Final = "the first of those run: nothing could be rehearsed, so another may do better"


@dataclass(frozen=True, slots=True, eq=False)
class Voices:
    """Attackers among whom one is chosen: their scores, and those of their rehearsals."""

    scores: Scores  #: by attacker, as it is written
    rehearsed: Sequence[Scores] = ()  #: the same for each rehearsal


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Attempt:
    """One log attacked by a whole line-up, before anybody speaks for it."""

    voices: Voices
    population: bool  #: whether the attackers learnt on people who are not enrolled
    independents: frozenset[str]  #: attackers whose score of a person does not depend on who else is enrolled
    blind: tuple[str, ...]  #: attackers that saw nothing and were left out
    seconds: Mapping[str, float]  #: for learning, enrolling and scoring, by attacker
    by_modality: Mapping[str, Voices] = field(default_factory=dict)  #: where there are several
    retuning: Mapping[str, Any] = field(default_factory=dict)  #: by family, what was tried and picked


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AttackOutcome:
    """Scores of every attacker, and those that speak for all."""

    scores: Scores  #: by attacker, as it is written
    headline: ScoreMatrix  #: of the chosen attacker; in the closed set, chosen anew for each fold of people
    attacker: str  #: name of the chosen attacker (of most people, in the closed set)
    chosen_on: str  #: on whom the choice was made
    independent: bool  #: a person's headline score does not depend on who else is enrolled
    blind: tuple[str, ...] = ()  #: attackers that saw nothing and were left out
    seconds: Mapping[str, float] = field(default_factory=dict)  #: by attacker
    #: where several look at the keyboard and at the pointer: name and scores of those who speak for each
    by_modality: Mapping[str, tuple[str, ScoreMatrix]] = field(default_factory=dict)
    rehearsed: Sequence[Scores] = ()  #: scores of every attacker, and of the fusion, in each rehearsal
    retuning: Mapping[str, Any] = field(default_factory=dict)  #: by family, what was tried and picked


def agreed(attempts: Sequence[Attempt]) -> list[AttackOutcome]:
    """Let one attacker speak for several releases of one strategy.

    It is chosen by what the attackers did on all releases, so that the releases differ by their noise and
    not by who happened to be chosen.

    Parameters
    ----------
    attempts : sequence of Attempt
        One for each release, on the same people and by the same line-up.
    """
    population = attempts[0].population
    name, headlines, chosen_on = _chosen([attempt.voices for attempt in attempts], population=population)
    parts = {
        modality: _speaking([attempt.by_modality[modality] for attempt in attempts], population=population)
        for modality in attempts[0].by_modality
        if all(modality in attempt.by_modality for attempt in attempts)
    }
    if parts:
        parts[BOTH] = name, headlines
    return [
        AttackOutcome(
            scores=attempt.voices.scores,
            headline=headlines[number],
            attacker=name,
            chosen_on=chosen_on,
            independent=population and name in attempt.independents,
            blind=attempt.blind,
            seconds=attempt.seconds,
            by_modality={modality: (who, each[number]) for modality, (who, each) in parts.items()},
            rehearsed=attempt.voices.rehearsed,
            retuning=attempt.retuning,
        )
        for number, attempt in enumerate(attempts)
    ]


def best_alone(outcome: AttackOutcome, ours: Sequence[str]) -> tuple[str, str]:
    """Return who attacks where a fusion would cost too much, and how it was chosen.

    Who speaks for all, or the best in the rehearsals, so that nobody who is tested has a say. Where nothing
    could be rehearsed, the first of ``ours`` that saw something: then others may well be better, and the
    second string says so.

    Raises
    ------
    BlindError
        None of ``ours``, the attackers that score by themselves, was there.
    """
    if outcome.attacker in ours:
        return outcome.attacker, SPEAKS
    names = [name for name in ours if name in outcome.scores or all(name in one for one in outcome.rehearsed)]
    if not names:  # the fusion alone is shown, and nothing was rehearsed
        names = [name for name in ours if name in outcome.seconds and name not in outcome.blind]
    if not names:
        must, found = "be one of ours, who can be run again", "only those of others"
        raise BlindError.of("an attacker that scores by itself", must=must, found=found)
    scenes = [scene for scene in outcome.rehearsed if all(name in scene for name in names)]
    return chosen_by_rehearsal(names, scenes), REHEARSED if scenes or len(names) == 1 else UNREHEARSED


def _chosen(voices: Sequence[Voices], *, population: bool) -> tuple[str, list[ScoreMatrix], str]:
    """Return who speaks for all, with its scores on each release, and on whom it was chosen."""
    names, scenes = _common(voices), _scenes(voices)
    if population and (scenes or len(names) == 1):
        name = chosen_by_rehearsal(names, scenes)
        return name, [each.scores[name] for each in voices], "background people"
    return *_by_crossfit(voices, names), "the other people, by cross-fitting"


def _speaking(voices: Sequence[Voices], *, population: bool) -> tuple[str, list[ScoreMatrix]]:
    """Return who speaks for a part of the attackers.

    Chosen by the rehearsals wherever there are any, in the closed set too: of a few attackers that are about
    as strong, a choice by the other people tested picks the weaker one for just those it serves worst.
    """
    names, scenes = _common(voices), _scenes(voices)
    if scenes or population:
        name = chosen_by_rehearsal(names, scenes)
        return name, [each.scores[name] for each in voices]
    return _by_crossfit(voices, names)


def _by_crossfit(voices: Sequence[Voices], names: Sequence[str]) -> tuple[str, list[ScoreMatrix]]:
    return chosen_by_crossfit([{name: each.scores[name] for name in names} for each in voices])


def _common(voices: Sequence[Voices]) -> list[str]:
    """Return the attackers that saw something of every release.

    Raises
    ------
    BlindError
        There is none.
    """
    first = list(voices[0].scores)
    common = [name for name in first if all(name in each.scores for each in voices)]
    if not common:
        must, advice = "see something of every release", "Withhold fewer channels."
        raise BlindError.of("one attacker at least", must=must, found="none that does", advice=advice)
    return common


def _scenes(voices: Sequence[Voices]) -> list[Scores]:
    return [scene for each in voices for scene in each.rehearsed]
