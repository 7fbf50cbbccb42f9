"""Some of the people, attacked by everybody: what the one attacker misses, and whether it can be trusted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reid.evaluation.by_regime import audit_by_regime
from reid.evaluation.checks import EFFORTS
from reid.evaluation.lineup import LineUp
from reid.evaluation.modality import of_modality
from reid.evaluation.spent import Spent
from reid.evaluation.streamed.logs import KnownPeople
from reid.evaluation.streamed.plan import StreamedPlan


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """What was found on a sample of the people, who are few enough for every attacker."""

    adequacy: dict[str, Any] | None  #: the verdict on the one attacker, as in ``report.json``
    blocks: Mapping[str, Mapping[str, Any]]  #: of every attacker, by strategy

    def sentences(self, strategy: str, attacker: str) -> list[str]:
        """Return what the one attacker leaves to the others on a log, as a weakness of the attack."""
        block = self.blocks.get(strategy)
        if block is None:
            return []
        alone = block["attackers"].get(attacker, {"rank_1": {"value": 0.0}})["rank_1"]["value"]
        best, together = block["attacker"], block["rank_1"]["value"]
        sampled = f"of {block['n_people']} people sampled, with as many to learn from"
        return [f"{sampled}, {best} names {100 * together:.1f} %, this attacker {100 * alone:.1f} %"]


def question(plan: StreamedPlan, known: KnownPeople) -> Sample:
    """Attack a sample of the people, raw and released, by the one attacker and then by all of them.

    A release of the sample is made without the others, so that a strategy which groups people protects the
    sample less than everybody.
    """
    audit = plan.audit
    if audit.adequacy == EFFORTS[0]:
        return Sample(None, {})

    def told(stage: str, done: int, total: int) -> None:
        audit.progress(f"sample of people: {stage}", done, total)

    events = of_modality(known.sample, audit.modality)
    few = replace(audit, people=known.people, population=None, progress=told)
    report, _ = audit_by_regime(events, few, Spent())
    everybody = LineUp.of([], without=audit.without, seed=audit.settings.seed)
    all_of_them = replace(few, attackers=everybody, named=(), adequacy=EFFORTS[0])
    by_all, _ = audit_by_regime(events, all_of_them, Spent())
    blocks = (by_all["headline"], by_all["reference"], *by_all["results"])
    return Sample(report["adequacy"], {block["strategy"]: block for block in blocks if block is not None})
