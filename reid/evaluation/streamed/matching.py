"""Match all probes with everybody enrolled, and keep what measures need of the scores."""

from reid.attackers.discriminant import EnrolledDiscriminant
from reid.attackers.matching import match
from reid.evaluation.streamed.plan import StreamedPlan
from reid.evaluation.streamed.projecting import Points
from reid.metrics.tallied import ScoreTally
from reid.seeding import Streams


def matched(points: Points, learnt: EnrolledDiscriminant, plan: StreamedPlan) -> ScoreTally:
    """Return ranks, and counts of scores, of each probe with everybody; who is grouped with whom is drawn."""
    return match(
        points.probes,
        points.owner,
        points.templates,
        learnt.cohort,
        n_nearest=learnt.n_nearest,
        rng=Streams(plan.audit.settings.seed, ("groups",))("people"),
        n_jobs=plan.audit.n_jobs,
        progress=plan.audit.progress,
    )
