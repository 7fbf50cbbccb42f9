"""Events handed on at random intervals."""

from dataclasses import dataclass
from typing import ClassVar

from reid.anonymizers.blocks import Block, retimed
from reid.anonymizers.composition import TIMES, Fixed
from reid.anonymizers.milliseconds import whole_microseconds
from reid.anonymizers.release import Release
from reid.errors import ParameterError
from reid.events.table import EventTable
from reid.kernels.delay import from_first_event
from reid.kernels.relay import interval_mix
from reid.seeding import Streams
from reid.typing import IntArray

_SLOWEST, _FASTEST = 0.1, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalMix(Fixed):
    """Hand events on at random intervals, whose bound follows how fast they come (Monaco and Tappert 2016).

    Event i at ``t_i`` is wanted at ``w_i = t'_{i-1} + tau_i``, ``tau_i`` uniform from 0 to u, and leaves at
    ``t'_i = max(w_i, t_i)``; then u becomes ``max(u + rate (t_i - w_i), 0.001 ms)``: it grows while events
    come later than they are wanted, and shrinks while they pile up. Times are counted from the session's
    first event. It claims nothing: whenever an event is late, its own time shows.

    References
    ----------
    .. [1] Monaco, Tappert (2016). Obfuscating Keystroke Time Intervals to Avoid Identification and
       Impersonation. arXiv 1609.07612.
    """

    name: ClassVar[str] = "interval-mix"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES})
    rate: float = 1.0  #: how fast the bound follows, from 0.1 to 2
    start_ms: float = 100  #: bound of a session's first interval, from 0.001, whole microseconds

    def __post_init__(self) -> None:
        if not _SLOWEST <= self.rate <= _FASTEST:
            raise ParameterError.of(
                "rate", must=f"lie between {_SLOWEST:g} and {_FASTEST:g}", found=self.rate
            )
        whole_microseconds("start_ms", self.start_ms)

    def apply(self, part: EventTable, streams: Streams) -> Release:
        """Return the part at other intervals; each person's draws come from the person's own stream."""
        start_us = float(whole_microseconds("start_ms", self.start_ms))
        rate = float(self.rate)

        def left_us(block: Block) -> IntArray:
            mixed_us = interval_mix(block.time_us, block.uniform(streams), block.bounds, start_us, rate)
            return from_first_event(mixed_us, block.bounds)

        return Release(retimed(part, left_us), seeded=not streams.secret)
