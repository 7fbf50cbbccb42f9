"""The clocks that browsers show to pages."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Final

from reid.anonymizers.composition import TIMES, Fixed
from reid.anonymizers.release import Claim, Release
from reid.anonymizers.time_grid import TimeGrid
from reid.events.table import EventTable
from reid.seeding import Streams

_CHROME_MS: Final = 0.1
_CHROME_ISOLATED_MS: Final = 0.005
_FIREFOX_MS: Final = 1
_FIREFOX_ISOLATED_MS: Final = 0.02
_FIREFOX_RESISTING_MS: Final = 16.667


class _BrowserClock(Fixed, ABC):
    """A grid of times under the name of a browser."""

    __slots__ = ()

    changes: ClassVar[frozenset[str]] = frozenset({TIMES})

    @property
    @abstractmethod
    def grid(self) -> TimeGrid:
        """The grid that does the work."""

    def keeps(self, claim: Claim) -> bool:
        """Keep what the grid keeps."""
        return self.grid.keeps(claim)

    def apply(self, part: EventTable, streams: Streams) -> Release:
        """Return the part with the times of this clock; thresholds come from each person's own stream."""
        return self.grid.apply(part, streams)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrome(_BrowserClock):
    """Show event times as Chrome does: in steps of 0.1 ms, or 0.005 ms to cross-origin isolated pages.

    A time goes up to the next step where it lies above a threshold that is random for each step, and else
    down: ``time-grid`` with stochastic rounding. Chrome makes its thresholds from a secret of the page;
    they do not repeat from session to session. A log recorded by a page in whole milliseconds has gone
    through this clock and more, so nothing changes.

    References
    ----------
    .. [1] Chromium, ``third_party/blink/renderer/core/timing/time_clamper.cc``; W3C High Resolution Time,
       *coarsen time*.
    """

    name: ClassVar[str] = "chrome"
    isolated: bool = False  #: the page is cross-origin isolated

    @property
    def grid(self) -> TimeGrid:
        """The grid that does the work."""
        return TimeGrid(step_ms=_CHROME_ISOLATED_MS if self.isolated else _CHROME_MS, rounding="stochastic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Firefox(_BrowserClock):
    """Show event times as Firefox does: in steps of 1 ms with random thresholds.

    Isolated pages see steps of 0.02 ms, rounded down. With ``privacy.resistFingerprinting`` all pages see
    steps of 16.667 ms with random thresholds, as in the current source; the manual still says 100 ms, which
    ``time-grid(step_ms=100, rounding='stochastic')`` gives.

    References
    ----------
    .. [1] Firefox, ``toolkit/components/resistfingerprinting/nsRFPService.cpp`` and the preferences
       ``privacy.reduceTimerPrecision`` and ``privacy.resistFingerprinting``.
    """

    name: ClassVar[str] = "firefox"
    isolated: bool = False  #: the page is cross-origin isolated
    resist_fingerprinting: bool = False  #: its preference of that name

    @property
    def grid(self) -> TimeGrid:
        """The grid that does the work."""
        if self.resist_fingerprinting:
            return TimeGrid(step_ms=_FIREFOX_RESISTING_MS, rounding="stochastic")
        if self.isolated:
            return TimeGrid(step_ms=_FIREFOX_ISOLATED_MS)
        return TimeGrid(step_ms=_FIREFOX_MS, rounding="stochastic")
