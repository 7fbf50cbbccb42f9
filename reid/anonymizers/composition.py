"""Strategies one after the other, written ``a | b`` in Python and in text."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from reid.anonymizers.protocol import Anonymizer, ReadyAnonymizer
from reid.anonymizers.release import Claim, Release
from reid.errors import ParameterError
from reid.events.table import EventTable
from reid.registry import written
from reid.seeding import Streams

TIMES: Final = "times"
KEYS: Final = "keys"
PLACES: Final = "places"  #: where the pointer is, and which moves there are

FIXED_RATE: Final = "fixed-rate"  #: kind of the claim that moves, and moves alone, stand on a grid of times


class Strategy:
    """What all strategies share: how they are written, chained, and what they leave of earlier claims."""

    __slots__ = ()

    name: ClassVar[str]
    changes: ClassVar[frozenset[str]] = frozenset()  #: of :data:`TIMES`, :data:`KEYS`, :data:`PLACES`
    learns: ClassVar[bool] = True  #: ``fit`` may look at the people of the source

    def keeps(self, claim: Claim) -> bool:
        """Say whether an earlier claim outlives every change that this strategy makes."""
        return self.changes <= set(claim.survives)

    def __or__(self, after: Anonymizer) -> "Chain":
        return Chain((self, after))  # type: ignore[arg-type]  # a subclass has fit

    def __str__(self) -> str:
        return written(self, whole=True)  # a report must say how strong a protection was


class Fixed(Strategy):
    """A strategy that needs to know nothing of the people, hence is ready from the start."""

    __slots__ = ()

    learns: ClassVar[bool] = False

    def fit(self, people: Iterable[EventTable]) -> Self:  # noqa: ARG002  nothing is learnt
        """Return itself: nothing is learnt from the people."""
        return self


@dataclass(frozen=True, slots=True)
class Chain(Strategy):
    """Several strategies; each works on what the one before it released."""

    name: ClassVar[str] = "chain"
    steps: tuple[Anonymizer, ...]

    def __post_init__(self) -> None:
        if not self.steps:
            raise ParameterError.of("a chain", must="have at least one step", found="none")
        flat: list[Anonymizer] = []
        for step in self.steps:
            flat.extend(step.steps if isinstance(step, Chain) else (step,))
        object.__setattr__(self, "steps", tuple(flat))

    def __str__(self) -> str:
        return " | ".join(str(step) for step in self.steps)

    @property
    def changes(self) -> frozenset[str]:  # type: ignore[override]  # a class knows, but of a chain each instance
        """What any of the steps may change."""
        return frozenset().union(*(step.changes for step in self.steps))

    @property
    def learns(self) -> bool:  # type: ignore[override]
        """Say whether any of the steps may look at the people of the source."""
        return any(step.learns for step in self.steps)

    def keeps(self, claim: Claim) -> bool:
        """Say whether an earlier claim outlives every step."""
        return all(step.keeps(claim) for step in self.steps)

    def fit(self, people: Iterable[EventTable]) -> "ReadyChain":
        """Let each step learn from the people of the source, which may be passed over several times."""
        return ReadyChain(tuple((step, step.fit(people)) for step in self.steps))


@dataclass(frozen=True, slots=True)
class ReadyChain:
    """A chain whose steps are ready."""

    steps: tuple[tuple[Anonymizer, ReadyAnonymizer], ...]

    def apply(self, part: EventTable, streams: Streams) -> Release:
        """Return what the last step releases, with the claims that all later steps leave standing.

        Each step draws from streams of its own, so the same strategy twice never draws the same noise.
        """
        release = Release(part)
        for place, (step, ready) in enumerate(self.steps):
            after = ready.apply(release.events, streams.under(place, step.name))
            earlier = [before for before, _ in self.steps[:place]]
            kept = [claim for claim in release.claims if claim.then(step) is not None]
            made = [claim for claim in after.claims if claim.after(earlier) is not None]
            fresh = [claim for claim in made if claim not in kept]
            release = Release(
                after.events,
                claims=(*kept, *fresh),
                suppressed=release.suppressed + after.suppressed,
                redacted=release.redacted + after.redacted,
                seeded=release.seeded or after.seeded,
            )
        return release
