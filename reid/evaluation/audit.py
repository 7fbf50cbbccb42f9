"""The main job: from a log, and perhaps releases of it, to a report of how surely people are recognised."""

import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from reid.anonymizers import Anonymizer
from reid.anonymizers.strategies import parse_strategy
from reid.attackers import ATTACKERS, DEFAULT_ATTACKERS, Attacker
from reid.errors import ParameterError, UnknownNameError
from reid.evaluation.attack import run_attack
from reid.evaluation.blocks import identification_block
from reid.evaluation.comparisons import declared, read_list
from reid.evaluation.declared import attack_declared
from reid.evaluation.honesty import untested, weaknesses
from reid.evaluation.masking import without_content
from reid.evaluation.settings import SplitSettings, ThreatModel
from reid.evaluation.splits import People, choose_people, make_split, random_split
from reid.events.reading import ReadSource
from reid.events.table import EventTable
from reid.features.table import CHANNELS
from reid.seeding import Streams
from reid.typing import Progress, silent

SCHEMA_VERSION: Final = 1
_SPLITS: Final = ("chronological", "random")
_BACKGROUND_PREFIX = "background/"


@dataclass(frozen=True, slots=True, eq=False)
class Audit:
    """A finished audit."""

    report: dict[str, Any]  #: ``report.json``: the same bits whenever it is run again
    run: dict[str, Any] = field(default_factory=dict)  #: ``run.json``: seconds, host and versions


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """Everything that is decided before an attack is run."""

    settings: SplitSettings
    people: People
    attackers: tuple[Attacker, ...]
    named: tuple[str, ...]
    without: tuple[str, ...]
    leaky: bool
    n_jobs: int
    progress: Progress


def audit(
    source: EventTable | ReadSource,
    *,
    strategies: Sequence[str] = (),
    regime: str | None = None,
    background: int | None = None,
    background_from: EventTable | ReadSource | None = None,
    gallery_sessions: int | None = None,
    probe_sessions: int = 1,
    sample: str = "session",
    comparisons: str | Path | None = None,
    split: str = "chronological",
    attackers: Sequence[str] = (),
    without: Sequence[str] = (),
    seed: int = 0,
    n_jobs: int = 1,
    progress: Progress = silent,
) -> Audit:
    """Estimate how surely the people of a log are recognised, raw and under each strategy.

    Parameters
    ----------
    source : EventTable or ReadSource
        The raw log.
    strategies : sequence of str
        Protections to audit, each written as in ``"time-grid(step_ms=100) | key-classes"``. With one, the
        headline is its release and the raw log stands beside it; with several, each has a block.
    regime : str, optional
        ``population`` (the attacker learns on other people) or ``closed-set``; by default the first
        from 60 people on.
    background : int, optional
        Number of people from whom the attacker learns; half by default.
    background_from : EventTable or ReadSource, optional
        Another log, all of whose people are background.
    gallery_sessions : int, optional
        Sessions enrolled per person; the first half, rounded up, by default.
    probe_sessions : int
        Sessions pooled in one probe.
    sample : str
        ``session``, ``trial``, ``events=N`` or ``seconds=N``.
    comparisons : str or Path, optional
        ``published``, or a file with a declared list, instead of a regime.
    split : str
        ``chronological``, or ``random`` to show beside it how much a leaky split inflates.
    attackers : sequence of str
        Attackers to run; every family by default.
    without : sequence of str
        Channels withheld from the attackers; ``content`` also masks every key.
    seed : int
        Decides who is background and draws the noise of releases that are only measured.
    n_jobs : int
        Workers; changes no bit of the result.
    progress : Progress
        Told what is done.

    Raises
    ------
    ReidError
        An option makes no sense, or there are too few people or sessions.
    """
    start = time.perf_counter()
    settings = SplitSettings(
        regime=regime,
        background=background,
        gallery_sessions=gallery_sessions,
        probe_sessions=probe_sessions,
        sample=sample,
        seed=seed,
    )
    if split not in _SPLITS:
        raise UnknownNameError.of("split", split, _SPLITS)
    for channel in without:
        if channel not in CHANNELS:
            raise UnknownNameError.of("channel", channel, CHANNELS)
    if n_jobs == 0:
        raise ParameterError.of("--jobs", must="be 1 or more, or -1 for every core", found=n_jobs)
    releases = [parse_strategy(text) for text in strategies]
    texts = [str(release) for release in releases]
    if len(set(texts)) != len(texts):
        raise ParameterError.of("--with", must="name different strategies", found=", ".join(texts))
    chosen = tuple(_made(text, tuple(without), seed) for text in attackers or DEFAULT_ATTACKERS)
    read = source if isinstance(source, ReadSource) else None
    raw = source.events if isinstance(source, ReadSource) else source
    about = _about(raw, read)
    if comparisons is not None:
        if split == "random" or regime or background or background_from or gallery_sessions:
            advice = "Leave out --regime, --background, --gallery-sessions and --split."
            raise ParameterError.of("--comparisons", must="stand alone", found="a regime beside it", advice=advice)
        report, seconds = _audit_declared(raw, read, comparisons, releases, chosen, list(attackers), list(without), settings, n_jobs, progress)
    else:
        raw, people = _with_background(raw, background_from, settings)
        plan = _Plan(
            settings=settings,
            people=people,
            attackers=chosen,
            named=tuple(attackers),
            without=tuple(without),
            leaky=split == "random",
            n_jobs=n_jobs,
            progress=progress,
        )
        report, seconds = _audit_regime(raw, releases, plan)
    report = {"schema_version": SCHEMA_VERSION, "source": about} | report
    report["settings"] |= {"without": list(without), "seed": seed, "strategy": texts[0] if len(texts) == 1 else None, "strategies": texts}
    run = {"seconds": seconds | {"audit": time.perf_counter() - start}, "host": _host(), "versions": _versions(), "jobs": n_jobs}
    return Audit(report, run)


def _made(text: str, without: tuple[str, ...], seed: int) -> Attacker:
    attacker = ATTACKERS.make(text)
    changes: dict[str, Any] = {}
    if without and hasattr(attacker, "without"):
        changes["without"] = without
    if hasattr(attacker, "seed"):
        changes["seed"] = seed
    if hasattr(attacker, "members"):
        changes["members"] = tuple(_changed(member, without, seed) for member in attacker.members)
    return replace(attacker, **changes)  # type: ignore[type-var]  # every attacker is a dataclass


def _changed(member: Attacker, without: tuple[str, ...], seed: int) -> Attacker:
    changes: dict[str, Any] = {"without": without} if without else {}
    if hasattr(member, "seed"):
        changes["seed"] = seed
    return replace(member, **changes)  # type: ignore[type-var]  # every attacker is a dataclass


def _with_background(
    raw: EventTable, background_from: EventTable | ReadSource | None, settings: SplitSettings
) -> tuple[EventTable, People]:
    """Return the events with those of the background log, whose people are renamed apart."""
    if background_from is None:
        return raw, choose_people(raw.subjects, settings)
    if settings.regime == "closed-set" or settings.background is not None:
        advice = "Leave out --background and --regime."
        raise ParameterError.of("--background-from", must="bring the only background", found="another", advice=advice)
    other = background_from.events if isinstance(background_from, ReadSource) else background_from
    renamed = other.renamed(lambda subject: _BACKGROUND_PREFIX + subject)
    return EventTable.concat([raw, renamed]), People(renamed.subjects, raw.subjects)


def _audit_regime(raw: EventTable, releases: Sequence[Anonymizer], plan: _Plan) -> tuple[dict[str, Any], dict[str, Any]]:
    seconds: dict[str, Any] = {}
    leaky: dict[str, Any] | None = None
    raw_block, leaky = _attacked(raw, "none", (), plan, seconds)
    blocks = []
    for release in releases:
        started = time.perf_counter()
        released, claims = _released(raw, release, plan)
        seconds.setdefault("release", {})[str(release)] = time.perf_counter() - started
        block, leak = _attacked(released, str(release), claims, plan, seconds)
        blocks.append(block)
        leaky = leak if len(releases) == 1 else leaky
    headline = blocks[0] if len(blocks) == 1 else raw_block
    settings = plan.settings
    report = {
        "settings": {
            "regime": plan.people.regime,
            "background": len(plan.people.background),
            "gallery_sessions": settings.gallery_sessions,
            "probe_sessions": settings.probe_sessions,
            "sample": settings.sample,
            "modality": "keyboard",
            "split": "random" if plan.leaky else "chronological",
            "comparisons": None,
            "releases": 1 if releases else 0,
            "threat": ThreatModel(pooled_sessions=settings.probe_sessions).as_dict(),
        },
        "headline": headline,
        "reference": raw_block if len(blocks) == 1 else None,
        "reference_why_none": None if len(blocks) == 1 else "the headline is the raw log",
        "results": blocks if len(blocks) > 1 else [],
        "leaky": leaky,
        "not_tested": untested(headline["separation"], any_release=bool(releases), regime=plan.people.regime),
    }
    return report, seconds


def _released(raw: EventTable, release: Anonymizer, plan: _Plan) -> tuple[EventTable, tuple[Any, ...]]:
    """Release background and enrolled people apart: the attacker got the former elsewhere."""
    streams = Streams(plan.settings.seed, ("release", str(release)))
    tables, claims = [], ()
    for side, subjects in (("background", plan.people.background), ("enrolled", plan.people.enrolled)):
        if subjects:
            part = raw.of_people(subjects)
            done = release.fit([part]).apply(part, streams.under(side))
            tables.append(done.events)
            claims = done.claims
    return EventTable.concat(tables), tuple(claims)


def _attacked(
    events: EventTable, strategy: str, claims: Sequence[Any], plan: _Plan, seconds: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Return the block of one log and, where asked for, what a leaky split would have shown."""
    seen = without_content(events) if "content" in plan.without else events
    split = make_split(seen, plan.people, plan.settings)
    progress = _told(plan.progress, strategy)
    outcome = run_attack(split, plan.attackers, n_jobs=plan.n_jobs, progress=progress)
    seconds.setdefault("attack", {})[strategy] = dict(outcome.seconds)
    started = time.perf_counter()
    block = {
        "strategy": strategy,
        "claims": [claim.as_dict() for claim in claims],
        "weakened_by": weaknesses(plan.settings, split, chosen_attackers=plan.named, without=plan.without),
        **identification_block(outcome, split, seed=plan.settings.seed),
    }
    seconds.setdefault("measure", {})[strategy] = time.perf_counter() - started
    if not plan.leaky:
        return block, None
    leaked = random_split(split, plan.settings.seed)
    shown = run_attack(leaked, plan.attackers, n_jobs=plan.n_jobs, progress=_told(plan.progress, "random split"))
    leaky = {
        "split": "random",
        "strategy": strategy,
        "claims": [],
        "weakened_by": [],
        **identification_block(shown, leaked, seed=plan.settings.seed),
    }
    return block, leaky


def _audit_declared(
    raw: EventTable,
    read: ReadSource | None,
    comparisons: str | Path,
    releases: Sequence[Anonymizer],
    attackers: Sequence[Attacker],
    named: list[str],
    without: list[str],
    settings: SplitSettings,
    n_jobs: int,
    progress: Progress,
) -> tuple[dict[str, Any], dict[str, Any]]:
    listed = (read.published() if read else None) if comparisons == "published" else read_list(Path(comparisons))
    if listed is None:
        advice = "Give a file: --comparisons FILE."
        raise ParameterError.of("--comparisons published", must="meet a source whose publisher declares a list", found="none", advice=advice)
    seconds: dict[str, Any] = {}
    people = People((), raw.subjects)
    plan = _Plan(settings=settings, people=people, attackers=tuple(attackers), named=tuple(named), without=tuple(without), leaky=False, n_jobs=n_jobs, progress=progress)
    blocks = []
    for release in (None, *releases):
        strategy = str(release) if release else "none"
        events, claims = _released(raw, release, plan) if release else (raw, ())
        seen = without_content(events) if "content" in without else events
        block = attack_declared(declared(seen, listed), attackers, seed=settings.seed, n_jobs=n_jobs, progress=_told(progress, strategy))
        weakened = [f"only the attackers named were run: {', '.join(named)}"] if named else []
        weakened += [f"the channel {channel!r} was withheld from the attackers" for channel in without]
        blocks.append({"strategy": strategy, "claims": [claim.as_dict() for claim in claims], "weakened_by": weakened, **block})
    raw_block, *released = blocks
    headline = released[0] if len(released) == 1 else raw_block
    report = {
        "settings": {
            "regime": "comparisons",
            "background": 0,
            "gallery_sessions": None,
            "probe_sessions": 1,
            "sample": settings.sample,
            "modality": "keyboard",
            "split": "declared",
            "comparisons": "published" if comparisons == "published" else "file",
            "releases": 1 if releases else 0,
            "threat": ThreatModel().as_dict(),
        },
        "headline": headline,
        "reference": raw_block if len(released) == 1 else None,
        "reference_why_none": None if len(released) == 1 else "the headline is the raw log",
        "results": released if len(released) > 1 else [],
        "leaky": None,
        "not_tested": untested(headline["separation"], any_release=bool(releases), regime="comparisons"),
    }
    return report, seconds


def _told(progress: Progress, strategy: str) -> Progress:
    prefix = "" if strategy == "none" else f"{strategy}: "
    told: Callable[[str, int, int], None] = lambda stage, done, total: progress(prefix + stage, done, total)  # noqa: E731
    return told


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
