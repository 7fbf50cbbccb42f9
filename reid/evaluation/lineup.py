"""Which attackers run, under the names that users write."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from reid.attackers import (
    ATTACKERS,
    DEFAULT_ATTACKERS,
    JOINT_ATTACKERS,
    KEYBOARD,
    POINTER,
    POINTER_ATTACKERS,
    Attacker,
    modality_of,
)
from reid.attackers.fusion import Fusion
from reid.attackers.variants import VARIANTS
from reid.errors import ParameterError
from reid.registry import written

#: How hard the attackers try: as they are, or re-tuned for each log that they attack.
EFFORTS: Final = ("fixed", "adaptive")


@dataclass(frozen=True, slots=True)
class LineUp:
    """Attackers that score on their own, and whether their scores are fused."""

    singles: Mapping[str, Attacker]  #: by name as written
    fused: bool  #: whether the fusion of the singles is an attacker too
    only_fusion: bool = False  #: the singles run for the fusion's sake and are not shown
    #: by name as written, other settings to try on every log; none where the attackers stay as they are
    variants: Mapping[str, Attacker] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        texts: Sequence[str],
        *,
        without: tuple[str, ...] = (),
        seed: int = 0,
        modalities: Collection[str] = ("keyboard",),
    ) -> Self:
        """Make the attackers as written, every family where none is named.

        Parameters
        ----------
        texts : sequence of str
            Attackers as users write them.
        without : tuple of str
            Channels withheld from all of them.
        seed : int
            For those that draw at random.
        modalities : collection of str
            What the log holds, ``keyboard``, ``pointer`` or both: what is not there is not attacked
            unless an attacker is named.

        Raises
        ------
        ReidError
            A name or a parameter is not known.
        """
        made = [ATTACKERS.make(text) for text in texts or _default(modalities)]
        fusion = next((one for one in made if isinstance(one, Fusion)), None)
        singles = [one for one in made if not isinstance(one, Fusion)]
        only_fusion = fusion is not None and not singles
        if fusion is not None and len(singles) == 1:
            advice = "Name fusion alone, or with two or more others."
            raise ParameterError.of("fusion", must="have two attackers to weigh", found="one", advice=advice)
        if fusion is not None and not singles:
            singles = [
                one for one in map(ATTACKERS.make, _default(modalities)) if not isinstance(one, Fusion)
            ]
        named = {written(one): _adjusted(one, without, seed) for one in singles}
        return cls(named, fusion is not None, only_fusion)

    def adaptive(
        self, *, without: tuple[str, ...] = (), seed: int = 0, every_family: bool = True
    ) -> "LineUp":
        """Return the same attackers, to be re-tuned for every log that is attacked.

        Parameters
        ----------
        without : tuple of str
            Channels withheld from all of them.
        seed : int
            For those that draw at random.
        every_family : bool
            Try families, too, of which nobody stands in the line-up; else its own alone.
        """
        seen = {modality_of(one) for one in self.singles.values()}
        own = {(one.name, modality_of(one)) for one in self.singles.values()}
        made = [ATTACKERS.make(text) for kind in VARIANTS if kind in seen for text in VARIANTS[kind]]
        wanted = [one for one in made if every_family or (one.name, modality_of(one)) in own]
        variants = {written(one): _adjusted(one, without, seed) for one in wanted}
        return replace(
            self, variants={name: one for name, one in variants.items() if name not in self.singles}
        )

    def fixed(self) -> "LineUp":
        """Return the same attackers as they are."""
        return replace(self, variants={})

    def fitting(self, regime: str) -> "LineUp":
        """Return those that can work in a regime.

        Raises
        ------
        ParameterError
            None of them can.
        """
        left, variants = (
            {name: one for name, one in some.items() if regime == "closed-set" or not one.closed_set_only}
            for some in (self.singles, self.variants)
        )
        if not left:
            found, advice = ", ".join(self.singles), "These need --regime closed-set."
            must = "work with background people"
            raise ParameterError.of("one attacker at least", must=must, found=found, advice=advice)
        return replace(self, singles=left, fused=self.fused and len(left) > 1, variants=variants)

    def joined_by(self, others: Mapping[str, Attacker]) -> "LineUp":
        """Return these and others, under the names given."""
        return replace(self, singles={**self.singles, **others})

    def by_modality(self) -> dict[str, "LineUp"]:
        """Return those that look at the keyboard and those that look at the pointer; none unless both do."""
        parts = {
            modality: self.of_names(
                [name for name, one in self.singles.items() if modality_of(one) == modality]
            )
            for modality in (KEYBOARD, POINTER)
        }
        return parts if all(part.singles for part in parts.values()) else {}

    def of_names(self, names: Collection[str]) -> "LineUp":
        """Return those of these names."""
        left = {name: one for name, one in self.singles.items() if name in names}
        return replace(self, singles=left, fused=self.fused and len(left) > 1)


def _default(modalities: Collection[str]) -> list[str]:
    """Return the attackers for what a log holds; the fusion, of all of them, once."""
    typing = DEFAULT_ATTACKERS if "keyboard" in modalities else ()
    return list(dict.fromkeys([*typing, *_pointing(modalities), *_joint(modalities)]))


def _pointing(modalities: Collection[str]) -> tuple[str, ...]:
    return POINTER_ATTACKERS if "pointer" in modalities else ()


def _joint(modalities: Collection[str]) -> tuple[str, ...]:
    return JOINT_ATTACKERS if {"keyboard", "pointer"} <= set(modalities) else ()


def _adjusted(attacker: Attacker, without: tuple[str, ...], seed: int) -> Attacker:
    changes: dict[str, Any] = {"without": without} if without else {}
    if hasattr(attacker, "seed"):
        changes["seed"] = seed
    return replace(attacker, **changes)  # type: ignore[type-var]  # every attacker is a dataclass
