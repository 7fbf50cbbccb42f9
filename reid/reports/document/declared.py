"""What a user states and no attack can measure, and what follows of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from reid.errors import ParameterError
from reid.reports.wording import percent


@dataclass(frozen=True, slots=True)
class Declared:
    """Stated by whoever files the document; nothing is assumed where it is absent."""

    attack_likelihood: float | None = None  #: probability that somebody attacks at all, above 0, up to 1
    people: int | None = None  #: people of whom recordings are to be released

    def __post_init__(self) -> None:
        likelihood = self.attack_likelihood
        if likelihood is not None and not 0 < likelihood <= 1:
            must = "lie above 0, and be 1 at most"
            raise ParameterError.of("--attack-likelihood", must=must, found=likelihood)
        if self.people is not None and self.people < 1:
            raise ParameterError.of("--head-count", must="be 1 or more", found=self.people)

    def words(self) -> str:
        """Return what was declared."""
        told = []
        if self.attack_likelihood is None:
            told.append(
                "how likely an attack is, was not declared: every number here holds if somebody attacks"
            )
        else:
            told.append(f"that somebody attacks has a probability of {100 * self.attack_likelihood:.3g} %")
        if self.people is None:
            told.append("of how many people recordings shall be released, was not declared")
        else:
            told.append(f"recordings of {self.people:,} people shall be released")
        return f"{'; '.join(told)}."

    def combined(self, rate: Mapping[str, float] | None, whose: str) -> str:
        """Return what follows from a measured rate and what was declared.

        Parameters
        ----------
        rate : mapping or None
            Share of people named, with its interval; None where nobody was ranked.
        whose : str
            Log or release of which that was measured.
        """
        if rate is None:
            return "nothing, since no share of people who are named was measured."
        told = []
        if self.attack_likelihood is not None:
            scaled = {end: self.attack_likelihood * rate[end] for end in ("value", "low", "high")}
            told.append(
                f"a person is named with a probability of at least {percent(scaled)}. That stands and falls "
                "with the probability declared; whoever doubts it takes the rate that was measured"
            )
        if self.people is not None:
            low, high = math.floor(self.people * rate["low"]), math.ceil(self.people * rate["high"])
            told.append(
                f"if an attack finds them as those measured, {low:,} to {high:,} of {self.people:,} people "
                "are named, and more by a better attack. Among more people than were measured each is "
                "harder to find, among fewer easier"
            )
        if not told:
            named = percent(rate)
            told.append(
                f"nothing beyond what was measured: at least {named} of the people are named if somebody "
                "attacks"
            )
        return f"{whose}: {'. '.join(f'{each[:1].upper()}{each[1:]}' for each in told)}."
