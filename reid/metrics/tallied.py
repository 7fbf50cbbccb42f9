"""What one pass over all scores leaves behind, where they are too many to be kept."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from reid.errors import ParameterError, TooFewError
from reid.typing import Array, FloatArray, IntArray

_BESIDE = 3  # bins beside those between the edges: failed, below and above


@dataclass(frozen=True, slots=True)
class ScoreBins:
    """Bins of equal width for scores: 0 holds failures, 1 what is below the edges, the last what is above.

    A failure is a NaN and counts as the lowest score, as minus infinity does, which shares its bin.
    """

    low: float  #: lowest edge
    high: float  #: highest edge
    n_between: int  #: bins between them

    def __post_init__(self) -> None:
        if not (np.isfinite(self.high - self.low) and self.low < self.high and self.n_between >= 1):
            found = f"{self.n_between} from {self.low} to {self.high}"
            raise ParameterError.of("bins", must="be 1 or more between two rising edges", found=found)

    @classmethod
    def around(cls, scores: FloatArray, n_between: int) -> Self:
        """Return bins that hold the finite ones of some scores with a little room."""
        finite = scores[np.isfinite(scores)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
        room = 0.05 * (high - low) or max(abs(high), 1.0)
        return cls(low - room, high + room, n_between)

    @property
    def n_bins(self) -> int:
        """Number of bins in all."""
        return self.n_between + _BESIDE

    @property
    def per_unit(self) -> float:
        """Bins in one unit of the score."""
        return self.n_between / (self.high - self.low)

    def places(self, scores: FloatArray) -> IntArray:
        """Return the bin of each score, by the same operations as :mod:`reid.kernels.matching`."""
        with np.errstate(invalid="ignore"):
            place = (scores - self.low) * self.per_unit + 2.0
        inside = np.clip(np.where(np.isnan(place), 1.0, place), 1.0, self.n_bins - 1)
        return np.where(scores > -np.inf, inside.astype(np.int64), 0)

    def edges(self) -> FloatArray:
        """Return the lowest score of each bin, the first two minus infinity: (n_bins,)."""
        between = self.low + np.arange(self.n_between + 1) / self.per_unit
        return np.concatenate([[-np.inf, -np.inf], between])


@dataclass(frozen=True, eq=False)
class ScoreTally:
    """Ranks, own scores and histograms of everybody's scores with everybody, by groups of people.

    Every person is in one group, as maker of probes and as one of those enrolled, so that what comes of the
    scores without a group, in both roles, can be told; see :mod:`reid.metrics.group_jackknife`.
    """

    own: IntArray  #: (n_probes,) whose each probe is, of the people enrolled
    group: IntArray  #: (n_people,) of each person enrolled, from 0
    better: Array  #: (n_probes, n_groups) others of each group who score above the own person
    tied_rows: IntArray  #: (n_tied,) probes that tie with anybody, rising
    tied: Array  #: (n_tied, n_groups) others of each group who score as the own person, of these probes
    genuine: FloatArray  #: (n_probes,) score with the own person; NaN where that failed
    highest: FloatArray  #: (n_probes, 2) of another person, and of the groups other than that person's
    highest_group: IntArray  #: (n_probes, 2) their groups; -1 where nobody has a score
    nearest: IntArray  #: (n_probes,) another person who has the highest score; -1 where nobody has
    n_nearest: IntArray  #: (n_probes,) how many have it
    bins: ScoreBins
    by_maker: IntArray  #: (n_groups, n_bins) scores with other people, by the group of who made the probe
    by_claimed: IntArray  #: (n_groups, n_bins) by the group of those other people
    in_both: IntArray  #: (n_groups, n_bins) where both are of one group
    n_failed: int  #: comparisons that are NaN, own ones among them

    def __post_init__(self) -> None:
        n_probes, n_people, n_groups = self.own.size, self.group.size, len(self.by_maker)
        if n_people < 2 or not n_probes:  # noqa: PLR2004  one is searched for, one is mistaken
            found = f"{n_people} enrolled and {n_probes} probes of theirs"
            raise TooFewError.of(
                "people", must="be at least 2 enrolled, one of them with a probe", found=found
            )
        shapes = {
            "better": (self.better, (n_probes, n_groups)),
            "tied": (self.tied, (self.tied_rows.size, n_groups)),
            "genuine": (self.genuine, (n_probes,)),
            "highest": (self.highest, (n_probes, 2)),
            "highest_group": (self.highest_group, (n_probes, 2)),
            "nearest": (self.nearest, (n_probes,)),
            "n_nearest": (self.n_nearest, (n_probes,)),
            "by_maker": (self.by_maker, (n_groups, self.bins.n_bins)),
            "by_claimed": (self.by_claimed, (n_groups, self.bins.n_bins)),
            "in_both": (self.in_both, (n_groups, self.bins.n_bins)),
        }
        for name, (array, shape) in shapes.items():
            if array.shape != shape:
                raise ParameterError.of(name, must=f"have shape {shape}", found=array.shape)
        n_others = n_probes * (n_people - 1)
        counted = int(self.by_maker.sum()), int(self.by_claimed.sum())
        if counted != (n_others, n_others):
            must = f"hold each of {n_others:,} comparisons with others once"
            raise ParameterError.of("by_maker and by_claimed", must=must, found=counted)

    @property
    def n_people(self) -> int:
        """Number of people enrolled."""
        return int(self.group.size)

    @property
    def n_probes(self) -> int:
        """Number of probes of people enrolled."""
        return int(self.own.size)

    @property
    def n_groups(self) -> int:
        """Number of groups of people."""
        return len(self.by_maker)

    @cached_property
    def impostor(self) -> IntArray:
        """Scores with other people by bin: (n_bins,)."""
        return np.asarray(self.by_maker.sum(axis=0))

    @cached_property
    def genuine_place(self) -> IntArray:
        """Bin of each score with the own person: (n_probes,)."""
        return self.bins.places(self.genuine)

    @cached_property
    def _ranks(self) -> tuple[IntArray, IntArray]:
        better = self.better.sum(axis=1, dtype=np.int64)
        tied = np.zeros(self.n_probes, dtype=np.int64)
        tied[self.tied_rows] = self.tied.sum(axis=1, dtype=np.int64)
        return np.where(np.isnan(self.genuine), self.n_people, better), tied

    def ranks(self) -> tuple[IntArray, IntArray]:
        """Return as :func:`reid.metrics.identification.ranks` how many others are better, and tied."""
        return self._ranks

    def without(self, group: int) -> "Remaining":
        """Return what is left without the people of a group, in both roles."""
        kept = np.flatnonzero(self.group[self.own] != group)
        n_people = self.n_people - int(np.count_nonzero(self.group == group))
        better, tied = (one[kept] for one in self._ranks)
        of_group = np.zeros(self.n_probes, dtype=np.int64)
        of_group[self.tied_rows] = self.tied[:, group]
        failed = np.isnan(self.genuine[kept])
        better = np.where(failed, n_people, better - self.better[kept, group].astype(np.int64))
        impostor = self.impostor - self.by_maker[group] - self.by_claimed[group] + self.in_both[group]
        nobody = np.where(self.highest_group[:, 0] == group, self.highest[:, 1], self.highest[:, 0])
        return Remaining(kept, n_people, better, tied - of_group[kept], impostor, nobody[kept])


@dataclass(frozen=True, slots=True, eq=False)
class Remaining:
    """What a tally would hold had some people not been there."""

    rows: IntArray  #: probes of the others, rising
    n_people: int  #: enrolled
    better: IntArray  #: (n_rows,)
    tied: IntArray  #: (n_rows,)
    impostor: IntArray  #: (n_bins,)
    highest: FloatArray  #: (n_rows,) score of another person
