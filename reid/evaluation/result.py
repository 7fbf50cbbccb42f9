"""What came of the attacks on one log, or on all releases of one strategy, and a form in which it is kept."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from typing import Any, Self

from reid.evaluation.checks import Check
from reid.evaluation.plan import AuditPlan
from reid.evaluation.risk_of_people import RiskOfPeople
from reid.evaluation.threats import rungs_on_raw
from reid.events.table import EventTable
from reid.registry import written


@dataclass(frozen=True, slots=True, eq=False)
class StrategyResult:
    """One block of a report, what its attackers were asked, and the risk of each person."""

    block: dict[str, Any]  #: as in ``report.json``
    checks: tuple[Check, ...]
    people: Mapping[str, RiskOfPeople] = field(default_factory=dict)  #: by rung, where everybody was attacked
    mark: str = ""  #: of what was attacked and how; see :func:`mark_of`

    def as_dict(self) -> dict[str, Any]:
        """Return block, checks and mark as JSON holds them; no pseudonyms."""
        return {
            "block": self.block,
            "checks": [check.as_dict() for check in self.checks],
            "mark": self.mark,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Return the result that :meth:`as_dict` gave, with the same bits, and without the risk of people."""
        checks = tuple(Check(**check) for check in kept["checks"])
        return cls(kept["block"], checks, {}, kept["mark"])


def mark_of(raw: EventTable, plan: AuditPlan) -> str:
    """Return a mark of all that decides what an attack on the raw log finds, and of nothing else."""
    attackers, variants = (
        {name: written(one, whole=True) for name, one in some.items()}
        for some in (plan.attackers.singles, plan.attackers.variants)
    )
    decides = {
        "settings": asdict(plan.settings),
        "log": blake2b(raw.frame["time_us"].to_numpy().tobytes(), digest_size=16).hexdigest(),
        "background": plan.people.background,
        "enrolled": plan.people.enrolled,
        "attackers": [attackers, plan.attackers.fused, plan.attackers.only_fusion, variants],
        "rungs": rungs_on_raw(plan),
        "named": plan.named,
        "without": plan.without,
        "caveats": plan.caveats,
        "modality": plan.modality,
        "adequacy": plan.adequacy,
        "population": [plan.population, plan.far],
        "channels": plan.channels,
        "amounts": plan.amounts,
        "beside": bool(plan.releases or plan.given is not None),
        "outside": plan.outside is not None,
    }
    return blake2b(json.dumps(decides).encode(), digest_size=16).hexdigest()
