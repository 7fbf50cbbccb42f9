"""The main job for a log of any size: read a part at a time, match block by block."""

import time
from collections.abc import Sequence
from typing import Any

from reid.evaluation.audit import SCHEMA_VERSION, Audit, surroundings
from reid.evaluation.by_regime import arranged
from reid.evaluation.honesty import drawn_once, failing, weaknesses, withholding
from reid.evaluation.releases import over_all_releases
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import Division
from reid.evaluation.streamed.block import streamed_block
from reid.evaluation.streamed.logs import KnownPeople, streamed_log
from reid.evaluation.streamed.matching import matched
from reid.evaluation.streamed.plan import StreamedPlan, planned
from reid.evaluation.streamed.projecting import Points, learn, points_of
from reid.evaluation.streamed.sample import Sample, question
from reid.events.parts import PartFolder
from reid.typing import Progress, silent

_FORMAT = "parts"


def audit_in_parts(
    folder: PartFolder,
    *,
    attackers: Sequence[str] = ("discriminant",),
    strategies: Sequence[str] = (),
    background: int | None = None,
    gallery_sessions: int | None = None,
    held_out_sessions: int | None = None,
    probe_sessions: int = 1,
    sample: str = "session",
    without: Sequence[str] = (),
    releases: int = 3,
    population: int | None = None,
    far: bool = False,
    adequacy: str = "quick",
    seed: int = 0,
    n_jobs: int = 1,
    progress: Progress = silent,
) -> Audit:
    """Estimate how surely people are recognised in a log that memory need not hold.

    The attack is that of :func:`reid.evaluation.audit.audit` in the population regime by one attacker, and
    names the same people: each probe is compared with everybody enrolled. Intervals of error rates leave
    out groups of people one by one instead of drawing people anew.

    Parameters
    ----------
    folder : PartFolder
        The raw log.
    attackers : sequence of str
        One attacker that compares people as points: ``discriminant``, with any settings for the keyboard.
    strategies : sequence of str
        Protections to audit beside the raw log.
    background : int, optional
        Number of people from whom the attacker learns; by default half of them, at most 2,000.
    gallery_sessions, held_out_sessions, probe_sessions, sample, without, releases, population, far, seed
        As of :func:`reid.evaluation.audit.audit`.
    adequacy : str
        ``none``, or how closely it is looked, on a sample of 500 people, whether the attacker could have
        succeeded; every attacker attacks the sample, too.
    n_jobs : int
        Workers that read parts; changes no bit of the result.
    progress : Progress
        Told what is done.

    Raises
    ------
    ReidError
        An option makes no sense, there are too few people or sessions, or what is tested would leak.
    """
    start = time.perf_counter()
    settings = SplitSettings(
        regime="population",
        background=background,
        gallery_sessions=gallery_sessions,
        held_out_sessions=held_out_sessions,
        probe_sessions=probe_sessions,
        sample=sample,
        seed=seed,
    )
    plan = planned(
        folder,
        settings,
        attackers=attackers,
        strategies=strategies,
        without=without,
        releases=releases,
        population=population,
        far=far,
        adequacy=adequacy,
        n_jobs=n_jobs,
        progress=progress,
    )
    seconds: dict[str, Any] = {}
    known = KnownPeople.read(plan)
    seconds["background"] = time.perf_counter() - start
    asked = question(plan, known)
    seconds["sample"] = time.perf_counter() - start - seconds["background"]
    blocks = []
    for place in range(len(plan.audit.releases) + 1):
        started = time.perf_counter()
        blocks.append(over_all_releases(_blocks_of(plan, known, place, asked), None))
        seconds[blocks[-1]["strategy"]] = time.perf_counter() - started
    report = arranged(blocks, plan.audit, _about(plan), None) | {"adequacy": asked.adequacy}
    report["settings"] |= _asked(plan)
    seconds["audit"] = time.perf_counter() - start
    run = {"seconds": seconds, **surroundings(), "jobs": n_jobs}
    return Audit({"schema_version": SCHEMA_VERSION, "source": _source(folder), **report}, run)


def _blocks_of(plan: StreamedPlan, known: KnownPeople, place: int, asked: Sample) -> list[dict[str, Any]]:
    """Return the blocks of one log: of a strategy that draws noise, one for each release."""
    audit, blocks = plan.audit, []
    for number in range(audit.n_releases if place else 1):
        log = streamed_log(plan, known, place, number)
        learnt, n_background = learn(log, plan)
        points = points_of(log, learnt, plan)
        tally = matched(points, learnt, plan)
        block = streamed_block(tally, plan)
        division = _division(points, n_background, plan)
        heading = {
            "strategy": log.strategy,
            "claims": [claim.as_dict() for claim in points.claims],
            "releases": None,
            "weakened_by": [
                *weaknesses(
                    audit.settings,
                    division,
                    chosen_attackers=audit.named,
                    without=audit.without,
                ),
                *asked.sentences(log.strategy, plan.name),
                *drawn_once(seeded=points.seeded, n_releases=audit.n_releases),
                *audit.caveats,
                *withholding(sorted(points.withheld)),
                *failing(block["failures"]["comparisons"], block["n_probes"] * block["n_people"]),
            ],
            "separation": division.separation,
            "nearest_separation": division.nearest,
        }
        block["failures"]["people_left_out"] += division.people_left_out
        blocks.append(heading | block)
        if not points.seeded:
            break
    return blocks


def _division(points: Points, n_background: int, plan: StreamedPlan) -> Division:
    return Division(
        regime="population",
        separation="trial" if plan.unit == "trial" else points.nearest,
        nearest=points.nearest,
        n_background=n_background,
        n_attacked=len(points.people),
        people_left_out=len(plan.audit.people.enrolled) - len(points.people),
        sessions_at_hand=points.at_hand,
    )


def _about(plan: StreamedPlan) -> dict[str, Any]:
    settings = plan.audit.settings
    return {
        "regime": "population",
        "background": len(plan.audit.people.background),
        "gallery_sessions": settings.gallery_sessions,
        "held_out_sessions": settings.held_out_sessions,
        "probe_sessions": settings.probe_sessions,
        "sample": settings.sample,
        "split": "chronological",
        "comparisons": None,
    }


def _asked(plan: StreamedPlan) -> dict[str, Any]:
    audit = plan.audit
    texts = [str(release) for release in audit.releases]
    asked = {
        "in_parts": True,
        "without": list(audit.without),
        "attackers": list(audit.named),
        "adequacy": audit.adequacy,
        "effort": audit.effort,
        "seed": audit.settings.seed,
        "strategy": texts[0] if len(texts) == 1 else None,
        "strategies": texts,
    }
    return asked | ({} if audit.population is None else {"population": audit.population})


def _source(folder: PartFolder) -> dict[str, Any]:
    sessions = folder.sessions()
    return {
        "format": _FORMAT,
        "fingerprint": folder.fingerprint,
        "people": sessions["subject_id"].n_unique(),
        "sessions": sessions.height,
        "events": sum(part.n_events for part in folder.parts),
        "quality": {name: value for name, value in folder.quality.as_dict().items() if name != "rows_read"},
    }
