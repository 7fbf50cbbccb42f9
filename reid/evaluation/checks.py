"""What a check of an audit's attackers is, and by whom their success becomes known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from reid.attackers import BOTH, KEYBOARD, POINTER, POINTER_ATTACKERS
from reid.evaluation.plan import AuditPlan

#: How much is looked at: nothing; all that needs quick attacks more; the planted signals by everybody.
EFFORTS: Final = ("none", "quick", "full")
#: Fast and strong attackers of our own, with whom success on a log becomes known.
#: The first of a device is the quickest; on some people the other is the stronger by far.
YARDSTICKS: Final[Mapping[str, tuple[str, ...]]] = {
    KEYBOARD: ("discriminant", "two-covariance"),
    POINTER: POINTER_ATTACKERS[:1],
}

KNOWN_SUCCESS: Final = "known success"
PLANTED_SIGNAL: Final = "planted signal"
HEALTH: Final = "health"
LESS_INFORMED: Final = "less informed attackers"
MORE_THAN_RAW: Final = "no more than raw"


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One question to the attackers of one log, and how they answered."""

    name: str
    strategy: str  #: how the log was released; ``none`` for the raw one
    sentence: str  #: what was found, for readers
    figures: Mapping[str, Any]
    passed: bool | None = field(kw_only=True)  #: None where the question could not be asked

    def as_dict(self) -> dict[str, Any]:
        """Return the check as it stands in ``report.json``."""
        found = {"name": self.name, "strategy": self.strategy, "passed": self.passed}
        return found | {"sentence": self.sentence, "figures": dict(self.figures)}


def devices_of(plan: AuditPlan) -> tuple[str, ...]:
    """Return the devices that the attackers look at."""
    return (KEYBOARD, POINTER) if plan.modality == BOTH else (plan.modality,)
