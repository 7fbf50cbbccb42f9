"""The main job: from a log, and perhaps releases of it, to a report of how surely people are recognised."""

import platform
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import polars as pl

from reid.anonymizers.strategies import parse_strategy
from reid.errors import ParameterError, UnknownNameError
from reid.evaluation.background import with_background
from reid.evaluation.by_regime import audit_by_regime
from reid.evaluation.checks import EFFORTS
from reid.evaluation.comparisons import read_list
from reid.evaluation.declared import audit_declared
from reid.evaluation.given import GIVEN, named_as_raw, read_key
from reid.evaluation.honesty import faulty, withholding
from reid.evaluation.lineup import EFFORTS as HOW_HARD
from reid.evaluation.lineup import LineUp
from reid.evaluation.modality import BOTH, modalities_in, of_modality
from reid.evaluation.outside import OUTSIDE, read_scores
from reid.evaluation.plan import AuditPlan
from reid.evaluation.scaled import require_scalable
from reid.evaluation.settings import SplitSettings
from reid.evaluation.spent import Spent
from reid.evaluation.splits import People
from reid.evaluation.threats import INFORMED, rungs_of
from reid.events.reading import ReadSource
from reid.events.table import EventTable
from reid.features.table import CHANNELS
from reid.typing import Progress, silent

SCHEMA_VERSION: Final = 1
_EVERY_CORE: Final = -1
_SPLITS: Final = ("chronological", "random")


@dataclass(frozen=True, slots=True, eq=False)
class Audit:
    """A finished audit."""

    report: dict[str, Any]  #: ``report.json``: the same bits whenever it is run again
    run: dict[str, Any] = field(default_factory=dict)  #: ``run.json``: seconds, host and versions


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
    settings = SplitSettings(
        regime=regime,
        background=background,
        gallery_sessions=gallery_sessions,
        held_out_sessions=held_out_sessions,
        probe_sessions=probe_sessions,
        sample=sample,
        seed=seed,
    )
    _require_known(split, without, (adequacy, effort), n_jobs)
    protections = [parse_strategy(text) for text in strategies]
    texts = [str(protection) for protection in protections]
    if len(set(texts)) != len(texts):
        raise ParameterError.of("--with", must="name different strategies", found=", ".join(texts))
    outside = _outside(scores, strategies, attackers, split)
    log = source if raw is None else raw
    read = log if isinstance(log, ReadSource) else None
    events = log.events if isinstance(log, ReadSource) else log
    about = _about(events, read)
    others = (comparisons, scores, background_from)
    _require_a_pair(raw, key, alone=not strategies and all(one is None for one in others))
    listed: pl.DataFrame | None = None
    if comparisons is not None:
        divides = regime or background or background_from or gallery_sessions or held_out_sessions
        cuts = split == "random" or probe_sessions > 1 or sample != "session"
        if divides or cuts or channels or amounts or games or threat != INFORMED:
            rest = "--split, --threat, --channels, --amounts, --games and numbers of sessions"
            advice = f"Leave out --regime, --background, --sample, {rest}."
            found = "options that divide the source otherwise"
            raise ParameterError.of("--comparisons", must="stand alone", found=found, advice=advice)
        events, listed = _listed(events, read, comparisons)
    withheld = () if modality == BOTH else tuple(one for one in modalities_in(events) if one != modality)
    events = of_modality(events, modality)
    modalities = modalities_in(events)
    given = None if key is None else _given(source, events, key, modality)
    if listed is None:
        of_all, people = with_background(events, background_from, settings)
    else:
        of_all, people = events, People((), events.subjects)
    lineup = _lineup(attackers, effort, tuple(without), seed, modalities)
    require_scalable(population, people, lineup, far=far)
    plan = AuditPlan(
        settings=settings,
        people=people,
        releases=tuple(protections),
        threat=threat,
        rungs=rungs_of(threat),
        n_releases=releases,
        attackers=lineup,
        adequacy=adequacy,
        named=tuple(attackers),
        without=tuple(without),
        caveats=(*withholding(withheld), *faulty(of_all.quality.share_left_out)),
        modality=BOTH if len(modalities) > 1 else modalities[0],
        given=given,
        outside=outside,
        population=population,
        far=far,
        leaky=split == "random",
        channels=channels,
        amounts=amounts,
        games=games,
        n_jobs=n_jobs,
        progress=progress,
    )
    spent = Spent()
    if listed is None:
        report = audit_by_regime(of_all, plan, spent)
    else:
        report = audit_declared(of_all, listed, plan, published=comparisons == "published", spent=spent)
    texts = texts if given is None else [GIVEN]
    of_strategies = {"strategy": texts[0] if len(texts) == 1 else None, "strategies": texts}
    report["settings"] |= {
        "without": list(without),
        "attackers": list(attackers),
        "adequacy": adequacy,
        "effort": effort,
        "seed": seed,
        **of_strategies,
        **({} if outside is None else {"scores": "file"}),
        **({} if population is None else {"population": population}),
    }
    seconds = spent.as_dict() | {"audit": time.perf_counter() - start}
    run = {"seconds": seconds, "host": _host(), "versions": _versions(), "jobs": n_jobs}
    return Audit({"schema_version": SCHEMA_VERSION, "source": about, **report}, run)


def _require_known(split: str, without: Sequence[str], efforts: tuple[str, str], n_jobs: int) -> None:
    """Refuse words that mean nothing and a number of workers that is none."""
    adequacy, effort = efforts
    if effort not in HOW_HARD:
        raise UnknownNameError.of("effort", effort, HOW_HARD)
    if adequacy not in EFFORTS:
        raise UnknownNameError.of("adequacy", adequacy, EFFORTS)
    if split not in _SPLITS:
        raise UnknownNameError.of("split", split, _SPLITS)
    for channel in without:
        if channel not in CHANNELS:
            raise UnknownNameError.of("channel", channel, CHANNELS)
    if n_jobs < 1 and n_jobs != _EVERY_CORE:
        raise ParameterError.of("--jobs", must="be 1 or more, or -1 for every core", found=n_jobs)


def _require_a_pair(raw: object, key: object, *, alone: bool) -> None:
    """Refuse a raw log without its key, and beside options that say something else of whom is attacked."""
    if (raw is None) != (key is None):
        must, found = "stand together", "one without the other"
        raise ParameterError.of("--raw and --key", must=must, found=found)
    if raw is not None and not alone:
        must, found = "stand without --with, --comparisons, --scores and --background-from", "one of these"
        raise ParameterError.of("--raw", must=must, found=found)


def _given(source: EventTable | ReadSource, raw: EventTable, key: str | Path, modality: str) -> EventTable:
    """Return the release that was given, under the names of the raw log."""
    released = source.events if isinstance(source, ReadSource) else source
    return of_modality(named_as_raw(released, raw, read_key(Path(key))), modality)


def _outside(
    scores: str | Path | None, strategies: Sequence[str], attackers: Sequence[str], split: str
) -> pl.DataFrame | None:
    """Return the scores of an outside attacker, who knows no log but the one that is read."""
    if scores is None:
        if OUTSIDE in attackers:
            must, advice = "stand with --scores", "Name the file of its scores as --scores FILE."
            raise ParameterError.of(f"--attacker {OUTSIDE}", must=must, found="none", advice=advice)
        return None
    if strategies:
        advice = "Audit the released log itself, as SOURCE."
        raise ParameterError.of("--scores", must="stand without --with", found="both", advice=advice)
    if split == "random":
        advice = "Leave out --split: the scores belong to the chronological one."
        raise ParameterError.of("--scores", must="stand without --split random", found="both", advice=advice)
    return read_scores(Path(scores))


def _lineup(
    attackers: Sequence[str], effort: str, without: tuple[str, ...], seed: int, modalities: Collection[str]
) -> LineUp:
    """Return the attackers that we run: none where the outside one alone is named."""
    ours = [name for name in attackers if name != OUTSIDE]
    if attackers and not ours:
        return LineUp({}, fused=False)
    lineup = LineUp.of(ours, without=without, seed=seed, modalities=modalities)
    if effort == HOW_HARD[0]:
        return lineup
    return lineup.adaptive(without=without, seed=seed, every_family=not attackers)


def _listed(
    raw: EventTable, read: ReadSource | None, comparisons: str | Path
) -> tuple[EventTable, pl.DataFrame]:
    """Return a declared list and the events that it speaks of: a publisher's may need more sessions."""
    if comparisons != "published":
        return raw, read_list(Path(comparisons))
    published = read.published() if read else None
    if published is None:
        must = "meet a source whose publisher declares a list"
        advice = "Give a file: --comparisons FILE."
        raise ParameterError.of("--comparisons published", must=must, found="none", advice=advice)
    return published.events, published.listed


def _about(events: EventTable, read: ReadSource | None) -> dict[str, Any]:
    return {
        "format": read.format if read else "table",
        "fingerprint": read.fingerprint if read else None,
        "people": len(events.subjects),
        "sessions": events.sessions.height,
        "events": len(events),
        "quality": {name: value for name, value in events.quality.as_dict().items() if name != "rows_read"},
    }


def _host() -> dict[str, Any]:
    return {"system": platform.system(), "machine": platform.machine(), "python": platform.python_version()}


def _versions() -> dict[str, str]:
    names = ("reid-risk", "numpy", "scipy", "numba", "polars", "scikit-learn")
    return {name: version(name) for name in names}
