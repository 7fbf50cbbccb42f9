"""Runs of pieces that an attacker learns from, about as long as the samples that it will compare."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from reid.attackers.lookout import Lookout, typical_size, windows
from reid.attackers.shrinkage import Shrinkage
from reid.features.table import FeatureTable
from reid.samples.table import SampleTable
from reid.typing import Float32Array, FloatArray, IntArray

_RUNS_OF_PROBE_SIZE, _RUNS_OF_GALLERY_SIZE = 10, 6
_WEIGHT_OF_SINGLE_PIECES = 0.3
#: Length of sliding runs in pieces and what each counts; runs overlap by half.
_SLIDING: Final = ((1, 0.3), (2, 0.6), (4, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class LearningRuns:
    """Shrunk features of runs of pieces, whose they are and what they count."""

    pieces: FeatureTable  #: of the single pieces
    person: IntArray  #: number of each piece's person: (n_pieces,)
    shrinkage: Shrinkage
    deviations: Float32Array  #: (n_runs, n_kept)
    owner: IntArray  #: number of each run's person: (n_runs,)
    weights: FloatArray  #: (n_runs,)

    @classmethod
    def spread(cls, lookout: Lookout, train: SampleTable, gallery: SampleTable) -> "LearningRuns":
        """Take single pieces, ten runs of each person as long as a probe and six as long as a gallery."""
        pieces, person = lookout.pieces(train)
        sizes = {typical_size(train): _RUNS_OF_PROBE_SIZE, typical_size(gallery): _RUNS_OF_GALLERY_SIZE}
        runs = [(windows(person, size, n_runs), 1.0) for size, n_runs in sizes.items() if size > 1]
        return cls._made(pieces, person, runs, _WEIGHT_OF_SINGLE_PIECES)

    @classmethod
    def sliding(cls, lookout: Lookout, train: SampleTable) -> "LearningRuns":
        """Take all runs of 1, 2 and 4 pieces of one session that overlap by half.

        Every person counts the same, however much is known of each.
        """
        pieces, person = lookout.pieces(train)
        session = sessions_of_pieces(train)
        (_, single), *longer = _SLIDING
        runs = [(sliding_windows(person, session, size), weight) for size, weight in longer]
        made = cls._made(pieces, person, runs, single)
        of_person = np.bincount(made.owner, made.weights)
        balanced = made.weights / of_person[made.owner] * made.weights.sum() / np.count_nonzero(of_person)
        return cls(made.pieces, made.person, made.shrinkage, made.deviations, made.owner, balanced)

    @classmethod
    def _made(
        cls,
        pieces: FeatureTable,
        person: IntArray,
        runs: list[tuple[tuple[IntArray, IntArray, IntArray], float]],
        weight_of_singles: float,
    ) -> "LearningRuns":
        shrinkage = Shrinkage.learn(pieces, person)
        deviations, owners = [shrinkage.applied(pieces)], [person]
        weights = [np.full(person.size, weight_of_singles)]
        for (offsets, members, owner), weight in runs:
            deviations.append(shrinkage.applied(pieces.pooled(offsets, members)))
            owners.append(owner)
            weights.append(np.full(owner.size, weight))
        return cls(
            pieces,
            person,
            shrinkage,
            np.concatenate(deviations),
            np.concatenate(owners),
            np.concatenate(weights),
        )


def sessions_of_pieces(samples: SampleTable) -> IntArray:
    """Return the session of every piece of every sample: int64, (n_pieces,)."""
    _, members = samples.membership()
    return samples.pieces.frame["session"].to_numpy()[members].astype(np.int64)


def sliding_windows(person: IntArray, session: IntArray, size: int) -> tuple[IntArray, IntArray, IntArray]:
    """Pool runs of ``size`` successive pieces of one session, each half a run after the one before.

    A session with fewer pieces gives one run of all of them.

    Parameters
    ----------
    person, session : int64 arrays of shape (n_pieces,)
        Person and session of each piece; pieces of a session stand together and in time.
    size : int
        Pieces in a run, 1 or more.

    Returns
    -------
    offsets, members : int64 arrays of shapes (n_runs + 1,) and (n_members,)
        Run i holds pieces ``members[offsets[i]:offsets[i + 1]]``.
    owner : int64 array of shape (n_runs,)
        Number of each run's person.

    Examples
    --------
    >>> sliding_windows(np.zeros(5, int), np.array([7, 7, 7, 7, 8]), 2)[1]
    array([0, 1, 1, 2, 2, 3, 4])
    """
    begins = np.flatnonzero(np.diff(session, prepend=-1) | np.diff(person, prepend=-1))
    runs: list[IntArray] = []
    for first, past in zip(begins, [*begins[1:], session.size], strict=True):
        length = min(size, past - first)
        runs += [
            np.arange(start, start + length) for start in range(first, past - length + 1, max(size // 2, 1))
        ]
    offsets = np.concatenate([[0], np.cumsum([run.size for run in runs])]).astype(np.int64)
    return offsets, np.concatenate(runs).astype(np.int64), person[[run[0] for run in runs]]
