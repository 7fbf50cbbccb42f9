"""From what is asked of an audit to a plan: options checked, people divided, attackers lined up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from reid.anonymizers import Anonymizer
from reid.anonymizers.strategies import parse_strategy
from reid.errors import ParameterError, UnknownNameError
from reid.evaluation.background import with_background
from reid.evaluation.checks import EFFORTS
from reid.evaluation.comparisons import read_list
from reid.evaluation.given import GIVEN, named_as_raw, read_key
from reid.evaluation.honesty import faulty, withholding
from reid.evaluation.lineup import EFFORTS as HOW_HARD
from reid.evaluation.lineup import LineUp
from reid.evaluation.modality import BOTH, modalities_in, of_modality
from reid.evaluation.outside import OUTSIDE, read_scores
from reid.evaluation.plan import AuditPlan
from reid.evaluation.scaled import require_scalable
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import People
from reid.evaluation.threats import INFORMED, rungs_of
from reid.events.reading import ReadSource
from reid.events.table import EventTable
from reid.features.table import CHANNELS
from reid.typing import Progress, silent

_EVERY_CORE: Final = -1
_SPLITS: Final = ("chronological", "random")


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """An audit that can be done: nothing has been attacked yet, nor released."""

    events: EventTable  #: the raw log with all its people, as far as the attackers may look at it
    plan: AuditPlan
    listed: pl.DataFrame | None  #: a declared list of comparisons, instead of a regime
    published: bool  #: whether the list is the publisher's
    about: dict[str, Any]  #: what ``report.json`` says of the source
    settings: dict[str, Any]  #: what it says of the options, beside what the plan decides


def prepare(
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
) -> Prepared:
    """Check what is asked of an audit, and decide all that comes before the first attack.

    Parameters and errors are those of :func:`reid.evaluation.audit.audit`.
    """
    settings = SplitSettings(
        regime=regime,
        background=background,
        gallery_sessions=gallery_sessions,
        held_out_sessions=held_out_sessions,
        probe_sessions=probe_sessions,
        sample=sample,
        seed=seed,
    )
    require_known(split, without, (adequacy, effort), n_jobs)
    protections = protections_of(strategies)
    texts = [str(protection) for protection in protections]
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
    _require_ours(lineup, amounts=amounts, games=games, released=bool(strategies) or key is not None)
    plan = AuditPlan(
        settings=settings,
        people=people,
        releases=protections,
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
    texts = texts if given is None else [GIVEN]
    of_strategies = {"strategy": texts[0] if len(texts) == 1 else None, "strategies": texts}
    asked = {
        "without": list(without),
        "attackers": list(attackers),
        "adequacy": adequacy,
        "effort": effort,
        "seed": seed,
        **of_strategies,
        **({} if outside is None else {"scores": "file"}),
        **({} if population is None else {"population": population}),
    }
    return Prepared(of_all, plan, listed, comparisons == "published", about, asked)


def protections_of(strategies: Sequence[str]) -> tuple[Anonymizer, ...]:
    """Return the strategies as written.

    Raises
    ------
    ReidError
        A text names none, or two name one.
    """
    protections = tuple(parse_strategy(text) for text in strategies)
    texts = [str(protection) for protection in protections]
    if len(set(texts)) != len(texts):
        raise ParameterError.of("--with", must="name different strategies", found=", ".join(texts))
    return protections


def require_known(split: str, without: Sequence[str], efforts: tuple[str, str], n_jobs: int) -> None:
    """Refuse words that mean nothing and a number of workers that is none.

    Raises
    ------
    ReidError
        A split, a channel, an effort or a number of workers is none.
    """
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


def _require_ours(lineup: LineUp, *, amounts: bool, games: bool, released: bool) -> None:
    """Refuse what cannot be done to the log at hand, before anything is attacked."""
    asked = " and ".join(name for name, wanted in (("--amounts", amounts), ("--games", games)) if wanted)
    if asked and not lineup.singles:
        must = "have an attacker of ours, who can be run again"
        advice = "Name one beside it, as in --attacker outside --attacker discriminant."
        raise ParameterError.of(asked, must=must, found="only the outside one", advice=advice)
    if games and not released:
        advice = "Name a strategy as --with STRATEGY, or leave out --games."
        raise ParameterError.of("--games", must="meet a release", found="the raw log alone", advice=advice)


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
