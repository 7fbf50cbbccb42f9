"""What is asked of an audit that reads a part at a time, checked before a row is read."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from reid.attackers import ATTACKERS, KEYBOARD, modality_of
from reid.attackers.discriminant import Discriminant
from reid.errors import ParameterError, TooFewError
from reid.evaluation.honesty import faulty
from reid.evaluation.lineup import EFFORTS, LineUp
from reid.evaluation.plan import AuditPlan
from reid.evaluation.preparing import protections_of, require_known
from reid.evaluation.scaled import require_scalable
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import People, choose_people
from reid.events.parts import PartFolder
from reid.registry import written
from reid.typing import Progress, silent

#: People to learn from unless told otherwise: more of them teach little and take memory.
USUAL_BACKGROUND: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamedPlan:
    """An audit's plan, and the folder that it is done on."""

    folder: PartFolder
    unit: str  #: what gallery and probes are counted in: ``session`` or ``trial``
    attacker: Discriminant
    audit: AuditPlan  #: with the one attacker as its line-up

    @property
    def name(self) -> str:
        """The attacker as it is written."""
        return next(iter(self.audit.attackers.singles))


def planned(
    folder: PartFolder,
    settings: SplitSettings,
    *,
    attackers: Sequence[str] = (),
    strategies: Sequence[str] = (),
    without: Sequence[str] = (),
    releases: int = 3,
    population: int | None = None,
    far: bool = False,
    adequacy: str = "quick",
    n_jobs: int = 1,
    progress: Progress = silent,
) -> StreamedPlan:
    """Check what is asked, and decide who is background.

    Raises
    ------
    ReidError
        An attacker cannot be streamed, an option makes no sense, or people or sessions are too few.
    """
    require_known("chronological", without, (adequacy, EFFORTS[0]), n_jobs)
    attacker = _attacker(attackers, tuple(without))
    protections = protections_of(strategies)
    sessions = folder.sessions()
    people, caveats = _people(sessions, settings)
    lineup = LineUp({written(attacker): attacker}, fused=False)
    require_scalable(population, people, lineup, far=far)
    if population is not None and population > len(people.enrolled):
        must = f"be at most the {len(people.enrolled):,} people enrolled, with --in-parts"
        advice = "Laws that reach farther need all scores: leave out --in-parts, or attack fewer people."
        raise ParameterError.of("--population", must=must, found=f"{population:,}", advice=advice)
    plan = AuditPlan(
        settings=settings,
        people=people,
        releases=protections,
        n_releases=releases,
        attackers=lineup,
        adequacy=adequacy,
        named=tuple(attackers),
        without=tuple(without),
        caveats=(*caveats, *faulty(folder.quality.share_left_out)),
        modality=KEYBOARD,
        population=population,
        far=far,
        n_jobs=n_jobs,
        progress=progress,
    )
    return StreamedPlan(folder=folder, unit=_unit(sessions, settings), attacker=attacker, audit=plan)


def _attacker(texts: Sequence[str], without: tuple[str, ...]) -> Discriminant:
    """Return the one attacker, who must compare people as points: all others need a table of everybody."""
    option = "--in-parts"
    must = f"stand with --attacker {Discriminant.name} alone"
    if len(texts) != 1:
        found = f"{len(texts)} attackers" if texts else "every attacker"
        raise ParameterError.of(option, must=must, found=found, advice="The others need all people at once.")
    made = ATTACKERS.make(texts[0])
    if not isinstance(made, Discriminant):
        raise ParameterError.of(option, must=must, found=made.name)
    if modality_of(made) != KEYBOARD:
        must = "meet features of the keyboard"
        raise ParameterError.of(option, must=must, found=f"those of the {modality_of(made)}")
    return replace(made, without=without) if without else made


def _people(sessions: pl.DataFrame, settings: SplitSettings) -> tuple[People, tuple[str, ...]]:
    """Draw the background, by default half of the people and no more than the usual number."""
    if settings.regime == "closed-set":
        must = "stand with --regime population"
        raise ParameterError.of("--in-parts", must=must, found="closed-set", advice="Leave out --regime.")
    subjects = tuple(sessions["subject_id"].unique().sort().to_list())
    half = len(subjects) // 2
    asked = settings.background or min(half, USUAL_BACKGROUND)
    people = choose_people(subjects, replace(settings, regime="population", background=asked))
    if asked >= min(half, USUAL_BACKGROUND):
        return people, ()
    return people, (f"the attackers learnt on {asked:,} background people, though more are at hand",)


def _unit(sessions: pl.DataFrame, settings: SplitSettings) -> str:
    """Return what gallery and probes are counted in: no session is cut in two, since parts come apart."""
    if settings.sample == "trial":
        return "trial"
    if sessions["subject_id"].is_unique().all():
        must = "meet people with several sessions each"
        advice = "Ask for --sample trial where the source marks trials, or leave out --in-parts."
        raise TooFewError.of("--in-parts", must=must, found="one session each", advice=advice)
    return "session"
