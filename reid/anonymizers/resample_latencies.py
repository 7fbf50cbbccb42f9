"""Latencies of keys drawn from what everybody does."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from reid.anonymizers.blocks import Block
from reid.anonymizers.composition import TIMES, Strategy
from reid.anonymizers.key_latencies import KeyLatencies, with_lags
from reid.anonymizers.latency_laws import LatencyLaws, ReadyLaw, gap_slots, hold_slots
from reid.anonymizers.release import Claim, Release
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.typing import IntArray

#: Where nobody of the whole log ever did the like.
_NOBODYS_HOLD_US: Final = 80_000
_NOBODYS_GAP_US: Final = 200_000

_CLAIM: Final = Claim(
    "population-latencies",
    "Given which keys are pressed, repeated and released, the times of keys are drawn from one law of all"
    " people: they tell nothing of who typed.",
    survives=("times", "keys", "places"),
    of_source=True,
)


@dataclass(frozen=True, slots=True)
class ResampleLatencies(Strategy):
    """Draw every hold and every time from press to press from the law of all people.

    The law of holds is by key, that of the times from press to press by the classes of both keys, such as
    letter and whitespace. All people count alike in it, however much they typed. Where fewer than ten people
    have typed a key, or one class after another, the law of the key's class stands in, and then that of all
    keys. Draws are independent; the clock is rebuilt from them. Histograms with cells of 1 % are all that is
    kept of the people.

    Auto-repeats are spread evenly over the hold. A release may come to lie on the other side of another
    key's press; where a key came up before it went down again, it still does. Rows of the pointer keep their
    share of the time between the presses around them and so *do* tell of their person; only the times of
    keys are covered by the claim. Pauses are drawn too, so that they fall anywhere; which keys were typed
    stays as it was.

    References
    ----------
    .. [1] Leinonen, Ihantola, Hellas (2017). Preventing Keystroke Based Identification in Open Data Sets.
       Learning @ Scale 2017.
    """

    name: ClassVar[str] = "resample-latencies"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES})

    def fit(self, people: Iterable[EventTable]) -> "ReadyResampling":
        """Learn the laws of all people, each with equal weight."""
        laws = LatencyLaws.of(people)
        return ReadyResampling(laws.hold.ready(), laws.gap.ready())


@dataclass(frozen=True, slots=True, eq=False)
class ReadyResampling:
    """Laws to draw latencies from."""

    hold: ReadyLaw
    gap: ReadyLaw

    def apply(self, part: EventTable, streams: Streams) -> Release:
        """Return the part with drawn latencies; each person's draws come from the person's own streams."""
        drawn = with_lags(part, lambda block, latencies: self._lag_us(block, latencies, streams))
        return Release(drawn, claims=(_CLAIM,), seeded=not streams.secret)

    def _lag_us(self, block: Block, latencies: KeyLatencies, streams: Streams) -> IntArray:
        lag_us = latencies.lag_us
        presses = np.flatnonzero(latencies.is_press)
        others = np.flatnonzero((latencies.begins >= 0) & ~latencies.is_press)
        hold_us = np.zeros_like(lag_us)
        uniform = block.uniform(streams.under("hold"))[presses]
        hold_us[presses] = self.hold.draw(hold_slots(latencies, presses), uniform, _NOBODYS_HOLD_US)
        uniform = block.uniform(streams.under("gap"))[presses]
        drawn_us = self.gap.draw(gap_slots(latencies, presses), uniform, _NOBODYS_GAP_US)
        starts_session = np.isin(presses, latencies.bounds)
        lag_us[presses] = np.where(starts_session, 0, drawn_us)
        begins, repeat = latencies.begins[others], latencies.repeat[others]
        of_all = np.where(repeat > 0, repeat, 1)
        out_of = np.where(repeat > 0, latencies.repeat[begins] + 1, 1)
        lag_us[others] = hold_us[begins] // out_of * of_all
        return lag_us
