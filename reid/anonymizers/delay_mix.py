"""Random delays that keep the order of events."""

from dataclasses import dataclass
from typing import ClassVar

from reid.anonymizers.blocks import Block, retimed
from reid.anonymizers.composition import TIMES, Fixed
from reid.anonymizers.milliseconds import whole_microseconds
from reid.anonymizers.release import Release
from reid.events.table import EventTable
from reid.kernels.delay import delay_mix, from_first_event
from reid.seeding import Streams
from reid.typing import IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayMix(Fixed):
    """Delay each event at random up to a bound, never past the event after it (Monaco and Tappert 2016).

    Event i at ``t_i`` leaves at ``t'_i = t_i + d_i`` with ``d_i`` uniform from ``max(t'_{i-1} - t_i, 0)`` to
    ``bound_ms``; then times are counted from the session's first event. It claims nothing: noise that
    averages out proves nothing.

    References
    ----------
    .. [1] Monaco, Tappert (2016). Obfuscating Keystroke Time Intervals to Avoid Identification and
       Impersonation. arXiv 1609.07612.
    """

    name: ClassVar[str] = "delay-mix"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES})
    bound_ms: float = 100  #: longest delay, from 0.001, whole microseconds

    def __post_init__(self) -> None:
        whole_microseconds("bound_ms", self.bound_ms)

    def apply(self, part: EventTable, streams: Streams) -> Release:
        """Return the part with delayed times; each person's noise comes from the person's own stream."""
        bound_us = whole_microseconds("bound_ms", self.bound_ms)

        def left_us(block: Block) -> IntArray:
            delayed_us = delay_mix(block.time_us, block.uniform(streams), block.bounds, bound_us)
            return from_first_event(delayed_us, block.bounds)

        return Release(retimed(part, left_us), seeded=not streams.secret)
