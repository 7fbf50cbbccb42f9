"""How long the steps of an audit took."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reid.evaluation.plan import AttackedLog

_Attackers = dict[str, float]


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds on the wall by strategy; those of all its releases are added up."""

    release: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    measure: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    adequacy: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    attack: dict[str, _Attackers] = field(default_factory=lambda: defaultdict(lambda: defaultdict(float)))

    def on_attack(self, strategy: str, by_attacker: Mapping[str, float]) -> None:
        """Add what each attacker took for learning, enrolling and scoring."""
        for name, seconds in by_attacker.items():
            self.attack[strategy][name] += seconds

    def on_releases(self, logs: Iterable[AttackedLog]) -> Iterator[AttackedLog]:
        """Give the logs on, and add what it took to make each."""
        started = time.perf_counter()
        for log in logs:
            if log.place:
                self.release[log.strategy] += time.perf_counter() - started
            yield log
            started = time.perf_counter()

    def as_dict(self) -> dict[str, Any]:
        """Return the seconds as they stand in ``run.json``."""
        attack = {strategy: dict(each) for strategy, each in self.attack.items()}
        rest = {"measure": dict(self.measure), "adequacy": dict(self.adequacy)}
        return {"release": dict(self.release), "attack": attack, **rest}
