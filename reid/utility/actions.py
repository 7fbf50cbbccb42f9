"""What an agent learns from: where is clicked, in which order things are done, and when the next comes."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from reid.anonymizers.pointing import in_pixels
from reid.kernels.subsequence import common_length
from reid.typing import FloatArray
from reid.utility.inputs import BUTTON, KEY
from reid.utility.paired import PairedLogs

_US_PER_S: Final = 1e6
_FEWEST_GAPS: Final = 3  # a person with fewer has no spread to explain


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickTarget:
    """Clicks that still hit what was clicked.

    Logs do not name targets, so a target is a square around the place of the raw click. The side is the
    least that WCAG 2.2 asks of targets, so few real ones are smaller.
    """

    name: ClassVar[str] = "click-target"
    definition: ClassVar[str] = (
        "Share of raw presses of a button whose released place lies in a square around the raw one"
    )
    better: ClassVar[str] = "higher"
    source: ClassVar[str] = (
        "WCAG 2.2, 2.5.8 Target Size (Minimum); Cheng et al. (2024), SeeClick: click in box"
    )
    needs: ClassVar[str] = "presses of buttons with places"
    box_px: float = 24  #: side of the square, above 0

    def __post_init__(self) -> None:
        in_pixels("box_px", self.box_px, least=0.001)

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return the share of each person's clicks that hit."""
        raw, released = logs.raw_inputs, logs.released_inputs
        clicks = np.flatnonzero((raw.kind == BUTTON) & np.isfinite(raw.x_px) & np.isfinite(raw.y_px))
        place = logs.released_of_raw()[clicks]
        hit = place >= 0
        matched = place[hit]
        off_px = np.maximum(
            np.abs(released.x_px[matched] - raw.x_px[clicks[hit]]),
            np.abs(released.y_px[matched] - raw.y_px[clicks[hit]]),
        )
        hits = np.zeros(clicks.size)
        hits[hit] = off_px <= self.box_px / 2  # a place that is not told is no hit
        return logs.means(hits, raw.person[clicks])


@dataclass(frozen=True, slots=True)
class ActionOrder:
    """Order in which keys, buttons and the wheel were used.

    A key counts by its class (letter, whitespace, editing, ...), so that its name may be hidden; what was
    typed is another metric.
    """

    name: ClassVar[str] = "action-order"
    definition: ClassVar[str] = (
        "Length of the longest common subsequence of the raw and the released inputs, of the longer one"
    )
    better: ClassVar[str] = "higher"
    source: ClassVar[str] = (
        "Bakkelund (2009), An LCS-based string metric; Wang et al. (2025), OpenCUA: actions"
    )
    needs: ClassVar[str] = "keys, buttons or turns of the wheel"

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return the share of each person's inputs whose order is left."""
        raw, released = logs.raw_inputs, logs.released_inputs
        n_sessions = logs.raw.sessions.height
        common, longer = np.zeros(n_sessions), np.zeros(n_sessions)
        person = np.zeros(n_sessions, dtype=np.int64)
        person[raw.session] = raw.person
        person[released.session] = released.person
        for session in np.union1d(raw.session, released.session):
            one = raw.symbol[raw.of_session(session)]
            other = released.symbol[released.of_session(session)]
            common[session] = common_length(one, other)
            longer[session] = max(one.size, other.size)
        acted = np.bincount(raw.person, minlength=len(logs.people)) > 0
        total = logs.sums(longer, person)
        nobody = np.full(total.size, np.nan)
        share: FloatArray = np.divide(logs.sums(common, person), total, out=nobody, where=acted & (total > 0))
        return share


@dataclass(frozen=True, slots=True)
class NextActionDelay:
    """Time from the start of one action to that of the next.

    An action is a press of a button, a run of turns of the wheel, or a run of keys between those: what an
    agent decides on. Rhythm within a run of keys is nothing that it must repeat.
    """

    name: ClassVar[str] = "next-action-delay"
    definition: ClassVar[str] = (
        "R2 of the released time to the next action for the raw one, of log(1 s + time), not below 0"
    )
    better: ClassVar[str] = "higher"
    source: ClassVar[str] = "Wang et al. (2025), OpenCUA: actions; R2 as in Draper & Smith (1998)"
    needs: ClassVar[str] = "four actions or more, not all at equal distances"

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return how well each person's times to the next action are told."""
        raw, released = logs.raw_inputs, logs.released_inputs
        begins = np.ones(raw.row.size, dtype=np.bool_)
        begins[1:] = (raw.kind[1:] != KEY) | (raw.kind[:-1] != KEY) | raw.is_first[1:]
        starts = np.flatnonzero(begins)
        one, other = starts[:-1], starts[1:]
        same = raw.session[one] == raw.session[other]
        one, other = one[same], other[same]
        place = logs.released_of_raw()
        known = (place[one] >= 0) & (place[other] >= 0)
        person = raw.person[one]
        raw_log = np.log1p((raw.time_us[other] - raw.time_us[one]) / _US_PER_S)
        mean = logs.means(raw_log, person)[person]
        told = mean.copy()  # what is lost is told as well as by the mean
        gap_us = released.time_us[place[other[known]]] - released.time_us[place[one[known]]]
        told[known] = np.log1p(np.maximum(gap_us, 0) / _US_PER_S)
        missed = logs.sums((told - raw_log) ** 2, person)
        spread = logs.sums((mean - raw_log) ** 2, person)
        enough = (np.bincount(person, minlength=len(logs.people)) >= _FEWEST_GAPS) & (spread > 0)
        share = np.divide(missed, spread, out=np.full(spread.size, np.nan), where=enough)
        kept: FloatArray = np.clip(1 - share, 0, 1)
        return kept
