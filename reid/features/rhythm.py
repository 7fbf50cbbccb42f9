"""How somebody types: the strong set, for free text."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from reid.errors import ParameterError
from reid.features.contexts import (
    ANY_KEY,
    BY_FINGER,
    BY_FINGER_PAIR,
    BY_HAND,
    BY_HAND_PAIR,
    BY_SIDE,
    ByDigraph,
    ByPair,
    ByTrigraph,
    of_groups,
    of_listed_keys,
)
from reid.features.latencies import check_listed
from reid.features.layout import WARP_US, MeanBlock, ReadyKeystrokes, ShareBlock
from reid.features.presses import Presses
from reid.features.vocabulary import (
    frequent_digraphs,
    frequent_keys,
    frequent_trigraphs,
    presses_to_learn_from,
    quantile_edges,
)
from reid.kernels import tally
from reid.samples.table import SampleTable
from reid.typing import FloatArray

_LATENCIES: Final = ((tally.DD, "dd"), (tally.UD, "ud"), (tally.UU, "uu"))
_PAUSE_EDGES_US: Final = (300_000.0, 500_000.0, 1_000_000.0, 2_000_000.0, 5_000_000.0, 10_000_000.0)
_CAPITALS = of_groups({"left": ("ShiftLeft",), "right": ("ShiftRight",), "caps": ("CapsLock",)})
_CORRECTIONS = of_groups({"backspace": ("Backspace", "editing"), "delete": ("Delete",)})
_US_PER_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Log timings by key, digraph, trigraph and fingers, their spread, rollover, pauses and habits.

    Means are of shifted logarithms (:data:`~reid.features.layout.WARP_US`); bins hold equally many
    timings of the people learnt from. A clock that ticks coarsely fills some of them more than
    others, so the machine is recognised with the person. UU follows from UD and the holds, so it is
    filed by hands only: more of it made people harder to tell apart, and so did more digraphs
    (Aalto, 500 people to learn from).
    """

    name: ClassVar[str] = "rhythm"
    n_keys: int = 45  #: most frequent keys to list
    n_digraphs: int = 100  #: most frequent digraphs to list
    n_trigraphs: int = 50  #: most frequent trigraphs to list
    n_bins: int = 24  #: bins of all timings of one kind
    n_hand_bins: int = 16  #: bins of the holds of one hand
    n_hand_pair_bins: int = 10  #: bins of the latencies of one pair of hands
    pause_ms: float = 2000  #: a DD from here on is a pause, not rhythm

    def __post_init__(self) -> None:
        check_listed(n_keys=self.n_keys, n_digraphs=self.n_digraphs, n_trigraphs=self.n_trigraphs)
        for name in ("n_bins", "n_hand_bins", "n_hand_pair_bins"):
            if getattr(self, name) < 1:
                raise ParameterError.of(name, must="be 1 or more", found=getattr(self, name))
        if not self.pause_ms > 0:
            raise ParameterError.of("pause_ms", must="be above 0", found=self.pause_ms)

    def fit(self, train: SampleTable) -> ReadyKeystrokes:
        """List what is frequent in ``train`` and put the borders of bins where its timings lie."""
        presses = presses_to_learn_from(train)
        pause_us = _US_PER_MS * self.pause_ms
        rhythmic_dd_us = presses.dd_us[presses.dd_us < pause_us]
        low, high, offset = WARP_US[tally.DD]
        warped = np.log(np.clip(rhythmic_dd_us, low, high) + offset)
        return ReadyKeystrokes(
            self._means(presses),
            (*self._histograms(presses, pause_us), *_habits(pause_us)),
            longest_us=(pause_us, 1.5 * pause_us),
            spread_centre=float(warped.mean()) if warped.size else 0.0,
        )

    def _means(self, presses: Presses) -> tuple[MeanBlock, ...]:
        by_key = of_listed_keys(frequent_keys(presses, self.n_keys))
        before = by_key.of_key_before()
        digraph = ByDigraph(frequent_digraphs(presses, self.n_digraphs))
        trigraph = ByTrigraph(frequent_trigraphs(presses, self.n_trigraphs))
        blocks = [
            MeanBlock(tally.HOLD, by_key, "hold_log_us:{}", "hold"),
            MeanBlock(tally.HOLD, digraph, "hold_of_second_log_us:{}", "hold"),
            MeanBlock(tally.PRIOR_HOLD, digraph, "hold_of_first_log_us:{}", "hold"),
            MeanBlock(tally.ROLLOVER, BY_FINGER_PAIR, "rollover_share:{}", "flight"),
            MeanBlock(tally.ROLLOVER, ANY_KEY, "rollover_share:{}", "flight"),
            MeanBlock(tally.DD2, trigraph, "dd2_log_us:{}", "flight"),
            MeanBlock(tally.DD, ANY_KEY, "dd_log_us:{}", "flight"),
            MeanBlock(tally.UU, ANY_KEY, "uu_log_us:{}", "flight"),
            MeanBlock(tally.SPREAD, ANY_KEY, "dd_log_us_spread:{}", "flight"),
            MeanBlock(tally.PAUSE, ANY_KEY, "pause_log_us:{}", "schedule"),
        ]
        for quantity, word in ((tally.DD, "dd"), (tally.UD, "ud")):
            blocks += [
                MeanBlock(quantity, digraph, word + "_log_us:{}", "flight"),
                MeanBlock(quantity, by_key, word + "_log_us:>{}", "flight"),
                MeanBlock(quantity, before, word + "_log_us:{}>", "flight"),
                MeanBlock(quantity, BY_FINGER_PAIR, word + "_log_us:{}", "flight"),
            ]
        return tuple(blocks)

    def _histograms(self, presses: Presses, pause_us: float) -> tuple[ShareBlock, ...]:
        rhythmic = presses.dd_us < pause_us
        values_us: dict[int, FloatArray] = {
            tally.DD: presses.dd_us[rhythmic],
            tally.UD: presses.ud_us[rhythmic],
            tally.UU: presses.uu_us[rhythmic],
        }
        hold, form = tally.HOLD, "hold_us_share:{}:{}"
        coarse = quantile_edges(presses.hold_us, self.n_hand_bins)
        blocks = [
            ShareBlock(hold, ANY_KEY, form, "hold", quantile_edges(presses.hold_us, self.n_bins)),
            ShareBlock(hold, BY_SIDE, form, "hold", coarse),
            ShareBlock(hold, BY_FINGER, form, "hold", coarse),
        ]
        for quantity, word in _LATENCIES:
            form, values = word + "_us_share:{}:{}", values_us[quantity]
            blocks.append(ShareBlock(quantity, ANY_KEY, form, "flight", quantile_edges(values, self.n_bins)))
            if quantity != tally.UU:
                edges = quantile_edges(values, self.n_hand_pair_bins)
                blocks.append(ShareBlock(quantity, BY_HAND_PAIR, form, "flight", edges))
        return tuple(block for block in blocks if block.edges_us)


def _habits(pause_us: float) -> tuple[ShareBlock, ...]:
    """Pauses, corrections, and which hand shifts for which hand."""
    runs, shifts = ByPair(_CORRECTIONS, _CORRECTIONS), ByPair(_CAPITALS, BY_HAND)
    return (
        *(
            # Up to a pause the shares tell how fast somebody types, which is no schedule.
            ShareBlock(
                tally.GAP, context, form, "flight", _PAUSE_EDGES_US, beyond_us=pause_us, beyond="schedule"
            )
            for context, form in ((ANY_KEY, "pause_share:{}:{}"), (BY_HAND, "pause_share:before_{}:{}"))
        ),
        ShareBlock(tally.PRESS, _CORRECTIONS, "correction_share:{}", "content"),
        ShareBlock(tally.GAP, runs, "correction_share:{}", "content"),
        ShareBlock(tally.GAP, shifts, "shift_share:{}", "content", among_listed=True),
    )
