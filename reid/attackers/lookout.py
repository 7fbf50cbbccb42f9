"""What an attacker sees of samples: one set of features, less the channels it must not use."""

from dataclasses import dataclass

import numpy as np

from reid.errors import BlindError, TooFewError, UnknownNameError
from reid.features import FEATURES
from reid.features.table import CHANNELS, FeatureTable, ReadyExtractor
from reid.samples.table import SampleTable
from reid.typing import IntArray


@dataclass(frozen=True, slots=True)
class Lookout:
    """A ready extractor and the channels withheld from the attacker."""

    extractor: ReadyExtractor
    without: tuple[str, ...] = ()

    @classmethod
    def on(cls, features: str, without: tuple[str, ...], train: SampleTable) -> "Lookout":
        """Make ready the named set of features on people that are not tested.

        Raises
        ------
        BlindError
            The log holds nothing that the set measures.
        """
        require_channels(without)
        offsets, members = train.membership()
        learnt_on = (features, tuple(train.subject_ids), offsets.tobytes(), members.tobytes())
        try:
            # What is withheld is so after the fit: attackers that differ in it alone share one.
            ready = train.pieces.remembered(("ready", learnt_on), lambda: FEATURES.make(features).fit(train))
            return cls(ready, without)
        except TooFewError as error:
            raise BlindError(str(error)) from None

    def features(self, samples: SampleTable) -> FeatureTable:
        """Return one row per sample.

        Raises
        ------
        BlindError
            No feature is left, since every channel was withheld or the log holds nothing to measure.
        """
        seen = self.extractor.features(samples)
        seen = seen.without(self.without) if self.without else seen
        if not seen.names:
            raise BlindError.of(
                "the attacker",
                must="see at least one feature",
                found="none",
                advice="Withhold fewer channels.",
            )
        return seen

    def pieces(self, samples: SampleTable) -> tuple[FeatureTable, IntArray]:
        """Return features of every piece of every sample, and each piece's person's number."""
        single = samples.split_up()
        return self.features(single), single.subject_numbers()


def require_channels(without: tuple[str, ...]) -> None:
    """Refuse a channel that does not exist.

    Raises
    ------
    UnknownNameError
        A name is not that of a channel.
    """
    for channel in without:
        if channel not in CHANNELS:
            raise UnknownNameError.of("channel", channel, CHANNELS)


def windows(person: IntArray, size: int, per_person: int) -> tuple[IntArray, IntArray, IntArray]:
    """Pool runs of ``size`` pieces of each person, ``per_person`` of them spread over the person's pieces.

    A run that reaches the last piece goes on at the first. A person with fewer pieces gives one
    run of all of them.

    Parameters
    ----------
    person : int64 array of shape (n_pieces,)
        Number of each piece's person; a person's pieces stand together and in time.

    Returns
    -------
    offsets, members : int64 arrays of shapes (n_runs + 1,) and (n_members,)
        Run i holds pieces ``members[offsets[i]:offsets[i + 1]]``.
    owner : int64 array of shape (n_runs,)
        Number of each run's person.
    """
    members: list[IntArray] = []
    owner: list[int] = []
    for number in np.unique(person):
        own = np.flatnonzero(person == number)
        length = min(size, own.size)
        n_runs = min(per_person, own.size) if length < own.size else 1
        for start in np.unique(np.arange(n_runs) * own.size // n_runs):
            members.append(own[(start + np.arange(length)) % own.size])
            owner.append(int(number))
    sizes = [run.size for run in members]
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return offsets, np.concatenate(members), np.array(owner, dtype=np.int64)


def typical_size(samples: SampleTable) -> int:
    """Return the median number of pieces in a sample."""
    return int(np.median(samples.frame["pieces"].list.len().to_numpy()))


def opening(train: SampleTable, size: int) -> SampleTable:
    """Return one sample per person: the first ``size`` pieces, as a gallery would hold them."""
    first = train.pooled()
    frame = first.frame.with_columns(first.frame["pieces"].list.head(size))
    return SampleTable(train.pieces, frame)
