"""Whom each channel gives away: shares of the people who are named, and person by person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy.stats import t

from reid.metrics.intervals import proportion_over_people, sidak_level
from reid.typing import BoolArray, FloatArray

_NAMED: Final = 0.5  # of a person's probes, from there on
_AS_MUCH: Final = 1e-9  # credit that differs by rounding alone
_MOST_LISTED: Final = 100
_LEVEL: Final = 0.95


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GivenAway:
    """How often each person is named, by all channels, by each alone, and what is lost without each."""

    people: tuple[str, ...]  #: those with probes
    together: FloatArray  #: rank-1 of each person by all channels: (n_people,), in [0, 1]
    alone: Mapping[str, FloatArray]  #: by channel, the same by it alone
    lost: Mapping[str, FloatArray]  #: by channel, how much less without it: from -1 to 1

    def named(self) -> BoolArray:
        """Say who is named in most of their probes: (n_people,)."""
        return self.together > _NAMED

    def suffices(self) -> dict[str, BoolArray]:
        """Say, by channel, whom it alone names in most of their probes: (n_people,)."""
        return {channel: own > _NAMED for channel, own in self.alone.items()}

    def needed(self) -> dict[str, BoolArray]:
        """Say, by channel, who is not named in most of their probes without it: (n_people,)."""
        return {channel: self.together - own <= _NAMED for channel, own in self.lost.items()}

    def most_credit(self) -> dict[str, BoolArray]:
        """Say, by channel, for whom it adds most, to nothing and to all others: (n_people,), with ties."""
        credit = {channel: own + self.lost[channel] for channel, own in self.alone.items()}
        most = np.max(list(credit.values()), axis=0)
        return {channel: own >= most - _AS_MUCH for channel, own in credit.items()}

    def as_much_as(self, carrier: str) -> list[str]:
        """Return other channels of which it is not sure, at 95 % over people, that they have less credit."""
        credit = {channel: (own + self.lost[channel]) / 2 for channel, own in self.alone.items()}
        others = [channel for channel in credit if channel != carrier]
        level = sidak_level(_LEVEL, max(len(others), 1))
        return [channel for channel in others if not _is_more(credit[carrier] - credit[channel], level)]

    def shares(self) -> dict[str, Any]:
        """Return, of the people who are named, the share that each channel gives away, with intervals.

        ``by_channel`` and ``people``, as in :func:`reid.evaluation.channels.channels_block`.
        """
        named = self.named()
        if not named.any():
            nothing = {"alone_suffices": None, "lost_without": None, "most_credit": None}
            whole = {"named": _share(named), "whatever_is_left_out": None, "by_no_channel_alone": None}
            return {"by_channel": dict.fromkeys(self.alone, nothing), "people": whole}
        suffices, needed, most = (
            {channel: own[named] for channel, own in each.items()}
            for each in (self.suffices(), self.needed(), self.most_credit())
        )
        n_equal = np.sum(list(most.values()), axis=0)  # equal credit is shared
        by_channel = {
            channel: {
                "alone_suffices": _share(suffices[channel]),
                "lost_without": _share(needed[channel]),
                "most_credit": _share(most[channel] / n_equal),
            }
            for channel in self.alone
        }
        people = {
            "named": _share(named),
            "whatever_is_left_out": _share(~np.any(list(needed.values()), axis=0)),
            "by_no_channel_alone": _share(~np.any(list(suffices.values()), axis=0)),
        }
        return {"by_channel": by_channel, "people": people}

    def listed(self, numbered: Sequence[str]) -> list[dict[str, Any]]:
        """Return what gives each person away, in the order of ``numbered``, under numbers from 1 on.

        Whoever has no probe here is passed over. Of who is not named in most of their probes nothing is said
        but how often.
        """
        place = {person: number for number, person in enumerate(self.people)}
        is_named = self.named()
        of_named = {
            "most_credit": self.most_credit(),
            "alone_suffices": self.suffices(),
            "lost_without": self.needed(),
        }
        return [
            {"person": number, "rank_1": float(self.together[place[person]])}
            | {
                what: [channel for channel, own in each.items() if own[place[person]]]
                if is_named[place[person]]
                else []
                for what, each in of_named.items()
            }
            for number, person in enumerate(numbered[:_MOST_LISTED], 1)
            if person in place
        ]


def _is_more(differences: FloatArray, level: float) -> bool:
    """Say whether paired differences of people lie above 0 on the mean, by Student's interval."""
    n_people = differences.size
    if n_people < 2:  # noqa: PLR2004  nothing tells how much people differ
        return False
    error = float(differences.std(ddof=1)) / np.sqrt(n_people)
    return bool(differences.mean() > error * float(t.ppf((1 + level) / 2, n_people - 1)))


def _share(of_people: BoolArray | FloatArray) -> dict[str, Any]:
    """Return a share of people with its interval; one number each, from 0 to 1."""
    values = of_people.astype(np.float64)
    return proportion_over_people(values, np.arange(values.size)).as_dict()
