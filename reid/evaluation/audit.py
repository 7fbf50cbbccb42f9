"""The main job: from a log, and perhaps releases of it, to a report of how surely people are recognised."""

import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from reid.evaluation.by_regime import audit_by_regime
from reid.evaluation.declared import audit_declared
from reid.evaluation.modality import BOTH
from reid.evaluation.preparing import Prepared, prepare
from reid.evaluation.result import StrategyResult
from reid.evaluation.risk_of_people import RiskOfPeople
from reid.evaluation.spent import Spent
from reid.evaluation.threats import INFORMED
from reid.events.reading import ReadSource
from reid.events.table import EventTable
from reid.made_with import versions
from reid.typing import Progress, silent

SCHEMA_VERSION: Final = 1


@dataclass(frozen=True, slots=True, eq=False)
class Audit:
    """A finished audit."""

    report: dict[str, Any]  #: ``report.json``: the same bits whenever it is run again
    run: dict[str, Any] = field(default_factory=dict)  #: ``run.json``: seconds, host and versions
    #: risk of each person by rung, where the headline attacks everybody; with pseudonyms, so never written
    people: Mapping[str, RiskOfPeople] = field(default_factory=dict)


def audit(
    source: EventTable | ReadSource,
    *,
    strategies: Sequence[str] = (),
    raw: EventTable | ReadSource | None = None,
    key: str | Path | None = None,
    regime: str | None = None,
    background: int | None = None,
    background_from: EventTable | ReadSource | None = None,
    gallery_sessions: int | None = None,
    held_out_sessions: int | None = None,
    probe_sessions: int = 1,
    sample: str = "session",
    comparisons: str | Path | None = None,
    split: str = "chronological",
    modality: str = BOTH,
    attackers: Sequence[str] = (),
    scores: str | Path | None = None,
    without: Sequence[str] = (),
    threat: str = INFORMED,
    channels: bool = False,
    effort: str = "fixed",
    amounts: bool = False,
    games: bool = False,
    releases: int = 3,
    population: int | None = None,
    far: bool = False,
    adequacy: str = "quick",
    seed: int = 0,
    n_jobs: int = 1,
    progress: Progress = silent,
) -> Audit:
    """Estimate how surely the people of a log are recognised, raw and under each strategy.

    Parameters
    ----------
    source : EventTable or ReadSource
        The raw log; with ``raw``, a release of it.
    strategies : sequence of str
        Protections to audit, each written as in ``"time-grid(step_ms=100) | key-classes"``. With one, the
        headline is its release and the raw log stands beside it; with several, each has a block.
    raw : EventTable or ReadSource, optional
        The log of which ``source`` is a release that was made elsewhere; stands with ``key``.
    key : str or Path, optional
        Who is who in that release: the file that ``reid anonymize --key`` wrote.
    regime : str, optional
        ``population`` (the attacker learns on other people) or ``closed-set``; by default the first
        from 60 people on.
    background : int, optional
        Number of people from whom the attacker learns; half by default.
    background_from : EventTable or ReadSource, optional
        Another log, all of whose people are background.
    gallery_sessions : int, optional
        Sessions enrolled per person; the first half, rounded up, by default.
    held_out_sessions : int, optional
        Probe a person's last so many sessions instead, and enrol all before them.
    probe_sessions : int
        Sessions pooled in one probe.
    sample : str
        ``session``, ``trial``, ``events=N``, ``strokes=N`` or ``seconds=N``.
    comparisons : str or Path, optional
        ``published``, or a file with a declared list, instead of a regime.
    split : str
        ``chronological``, or ``random`` to show beside it how much a leaky split inflates.
    modality : str
        What the attackers may look at: ``keyboard``, ``pointer`` or ``both``.
    attackers : sequence of str
        Attackers to run; every family by default.
    scores : str or Path, optional
        Scores of an outside attacker, who then stands among the others as ``outside``; see
        :func:`reid.evaluation.outside.read_scores`. With ``outside`` as the only name among ``attackers``
        nobody else attacks.
    without : sequence of str
        Channels withheld from the attackers; ``content`` also masks every key.
    threat : str
        Whose risk is asked for beside the headline: a preset (``public``, ``colleague``, ``model-vendor``,
        ``employer``, ``ladder``) or a single rung; see :data:`reid.evaluation.threats.RUNGS`.
    channels : bool
        Show what each channel gives alone and what is left without it; see
        :func:`reid.evaluation.channels.channels_block`.
    effort : str
        How hard the attackers try: ``fixed``, or ``adaptive`` to choose their features and settings anew for
        every log, in rehearsals on background people (closed set: on enrolled sessions). Minutes more.
    amounts : bool
        Show rank-1 against how much is seen of a person, and how much is enrolled; see
        :func:`reid.evaluation.amounts.amounts_block`.
    games : bool
        Play four games against each release, the last of which asks whether the tool shows; see
        :func:`reid.evaluation.games.games_block`.
    releases : int
        How many releases are drawn, attacked and averaged of a strategy that draws noise.
    population : int, optional
        Number of people to whom rank-1 is carried over, as a block ``scaled``; population regime only.
    far : bool
        Carry it over to more than ten times the people attacked, too.
    adequacy : str
        How closely it is looked whether the attackers could have succeeded: ``none``, ``quick`` or
        ``full``; see :mod:`reid.evaluation.adequacy`.
    seed : int
        Decides who is background and draws the noise of releases that are only measured.
    n_jobs : int
        Workers; changes no bit of the result.
    progress : Progress
        Told what is done.

    Raises
    ------
    ReidError
        An option makes no sense, there are too few people or sessions, or what is tested would leak.
    """
    start = time.perf_counter()
    prepared = prepare(
        source,
        strategies=strategies,
        raw=raw,
        key=key,
        regime=regime,
        background=background,
        background_from=background_from,
        gallery_sessions=gallery_sessions,
        held_out_sessions=held_out_sessions,
        probe_sessions=probe_sessions,
        sample=sample,
        comparisons=comparisons,
        split=split,
        modality=modality,
        attackers=attackers,
        scores=scores,
        without=without,
        threat=threat,
        channels=channels,
        effort=effort,
        amounts=amounts,
        games=games,
        releases=releases,
        population=population,
        far=far,
        adequacy=adequacy,
        seed=seed,
        n_jobs=n_jobs,
        progress=progress,
    )
    return audit_prepared(prepared, start=start)


def audit_prepared(
    prepared: Prepared, known: Callable[[], StrategyResult] | None = None, *, start: float | None = None
) -> Audit:
    """Do the audit that was prepared.

    Parameters
    ----------
    prepared : Prepared
        As :func:`reid.evaluation.preparing.prepare` gives it.
    known : callable, optional
        Gives what :func:`reid.evaluation.by_regime.attack_raw` found, which is not found out again; asked
        once the releases are attacked.
    start : float, optional
        Since when the time is counted, by ``time.perf_counter``.

    Raises
    ------
    ReidError
        There are too few people or sessions, or what is tested would leak.
    """
    start = time.perf_counter() if start is None else start
    plan, spent = prepared.plan, Spent()
    people: Mapping[str, RiskOfPeople] = {}
    if prepared.listed is None:
        report, people = audit_by_regime(prepared.events, plan, spent, known)
    else:
        report = audit_declared(
            prepared.events, prepared.listed, plan, published=prepared.published, spent=spent
        )
    report["settings"] |= prepared.settings
    seconds = spent.as_dict() | {"audit": time.perf_counter() - start}
    run = {"seconds": seconds, **surroundings(), "jobs": plan.n_jobs}
    return Audit({"schema_version": SCHEMA_VERSION, "source": prepared.about, **report}, run, people)


def surroundings() -> dict[str, Any]:
    """Return host and versions, as they stand in ``run.json``."""
    return {"host": _host(), "versions": versions()}


def _host() -> dict[str, Any]:
    return {"system": platform.system(), "machine": platform.machine(), "python": platform.python_version()}
