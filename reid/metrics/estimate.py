"""A measured number with its interval."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value, the interval over people that holds it, and what blind guessing would give."""

    value: float
    low: float
    high: float
    level: float = 0.95  #: of the interval
    n_people: int = 0  #: people over which the interval runs
    chance: float | None = None

    def as_dict(self) -> dict[str, float]:
        """Return value and interval as they stand in ``report.json``."""
        return {"value": self.value, "low": self.low, "high": self.high}
