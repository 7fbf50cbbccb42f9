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

    def with_chance(self) -> dict[str, float | None]:
        """Return value and interval with the level of chance, for measures that differ in it."""
        return {**self.as_dict(), "chance": self.chance}
