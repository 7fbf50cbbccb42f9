"""From parts of a log to one point per template and probe, which is all that matching needs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from reid.anonymizers import Claim
from reid.attackers.discriminant import EnrolledDiscriminant, Metric
from reid.evaluation.dividing import divide, too_few_attacked
from reid.evaluation.overlap import require_other_recordings
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import SEPARATIONS, require_disjoint, separation_of
from reid.evaluation.streamed.logs import Enrolled, StreamedLog
from reid.evaluation.streamed.plan import StreamedPlan
from reid.events.parts import Part
from reid.parallel import parallel_map
from reid.typing import Float32Array, IntArray

_REGIME = "population"


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Templates and probes of people as unit vectors."""

    people: tuple[str, ...]  #: sorted
    templates: Float32Array  #: (n_people, n_dims), NaN where nothing was seen
    probes: Float32Array  #: (n_probes, n_dims)
    owner: IntArray  #: (n_probes,), place of each probe's person among ``people``
    nearest: str  #: what lies between the nearest gallery and probe of one person
    at_hand: int  #: units of the person with the most
    claims: tuple[Claim, ...]  #: of the release of these people
    seeded: bool  #: whether noise was drawn for the release
    withheld: frozenset[str]  #: modalities that the log holds besides


@dataclass(frozen=True, slots=True, eq=False)
class _PartTask:
    part: Part
    enrolled: Enrolled
    settings: SplitSettings
    unit: str
    metric: Metric


def learn(log: StreamedLog, plan: StreamedPlan) -> tuple[EnrolledDiscriminant, int]:
    """Learn the attack's metric and cohort on the background; return it, and how many people taught it.

    Raises
    ------
    TooFewError
        The background is too small.
    BlindError
        The attacker sees nothing.
    """
    events, settings = log.background, plan.audit.settings
    divided = divide(events, events.subjects, settings, plan.unit, regime=_REGIME)
    train = divided.background(events.subjects, settings)
    if not divided.gallery_of:
        raise too_few_attacked(settings, plan.unit, 0)
    # As a gallery would be, so that the metric fits samples of its length; these people are not attacked.
    learnt = plan.attacker.enrol(train, divided.gallery())
    return replace(learnt, people=(), templates=learnt.templates[:0]), len(train.subjects)


def points_of(log: StreamedLog, learnt: EnrolledDiscriminant, plan: StreamedPlan) -> Points:
    """Return templates and probes of everybody enrolled who has enough sessions.

    Raises
    ------
    TooFewError
        Fewer than two people have.
    """
    audit, enrolled, metric = plan.audit, log.enrolled, learnt.metric
    tasks = [_PartTask(part, enrolled, audit.settings, plan.unit, metric) for part in plan.folder.parts]
    parts = parallel_map(
        _points_of_part, tasks, n_jobs=audit.n_jobs, stage="making features", progress=audit.progress
    )
    return _joined([part for part in parts if part is not None], plan)


def _points_of_part(task: _PartTask) -> Points | None:
    """Return the points of one part; None where nobody in it is attacked."""
    seen = task.enrolled.seen_in(task.part)
    if not len(seen.events):
        return None
    divided = divide(seen.events, seen.events.subjects, task.settings, task.unit, regime=_REGIME)
    if not divided.gallery_of:
        return None
    gallery, probes = divided.gallery(), divided.probes()
    require_disjoint(gallery, probes, within=False)
    if task.enrolled.ready is None:  # what we release holds no copies that the raw log does not
        require_other_recordings(gallery, probes)
    people = gallery.subjects
    place = {person: number for number, person in enumerate(people)}
    metric = task.metric
    return Points(
        people=people,
        templates=metric.project(gallery),
        probes=metric.project(probes),
        owner=np.array([place[person] for person in probes.subject_ids], dtype=np.int64),
        nearest=separation_of(gallery, probes),
        at_hand=divided.at_hand,
        claims=seen.claims,
        seeded=seen.seeded,
        withheld=seen.withheld,
    )


def _joined(parts: Sequence[Points], plan: StreamedPlan) -> Points:
    """Put the points of all parts into the order of people, so that how they are cut changes nothing."""
    n_people = sum(len(part.people) for part in parts)
    if n_people < 2:  # noqa: PLR2004  one person cannot be mistaken for another
        raise too_few_attacked(plan.audit.settings, plan.unit, n_people)
    names = np.array([person for part in parts for person in part.people], dtype=object)
    order = np.argsort(names, kind="stable")
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    first = np.cumsum([0, *(len(part.people) for part in parts)])
    owner = np.concatenate([place[part.owner + start] for part, start in zip(parts, first, strict=False)])
    by_owner = np.argsort(owner, kind="stable")
    return Points(
        people=tuple(names[order].tolist()),
        templates=np.concatenate([part.templates for part in parts])[order],
        probes=np.concatenate([part.probes for part in parts])[by_owner],
        owner=owner[by_owner],
        nearest=max((part.nearest for part in parts), key=SEPARATIONS.index),
        at_hand=max(part.at_hand for part in parts),
        claims=parts[0].claims,
        seeded=any(part.seeded for part in parts),
        withheld=frozenset().union(*(part.withheld for part in parts)),
    )
