"""What the browser extension Keyboard Privacy makes of typing."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from reid.anonymizers.blocks import Block, retimed
from reid.anonymizers.composition import TIMES, Fixed
from reid.anonymizers.milliseconds import whole_microseconds
from reid.anonymizers.release import Release
from reid.events.schema import EVENTS
from reid.events.table import EventTable
from reid.kernels.delay import from_first_event
from reid.kernels.relay import one_after_another
from reid.seeding import Streams
from reid.typing import IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyboardPrivacy(Fixed):
    """Hold key events back at random, in the manner of Keyboard Privacy (Moore, Thorsheim 2015).

    This browser extension kept key events back from a page and handed them on at a random rate, with
    settings for dwell (hold) and gap (flight) ([1]_, [2]_); 50 ms each is what is mostly said of it, not
    what we read in its code. Here each release waits for a time
    uniform from 0 to ``hold_ms`` and each press for one from 0 to ``flight_ms``, which begins when the event
    comes in or, if that is later, when the one before it was handed on. Other events wait for the ones
    before them alone. Times are counted from the session's first event.

    The extension is no longer to be had and its descriptions leave the law of its delays open, so this is its
    manner rather than its code. It claims nothing: noise that averages out proves nothing.

    References
    ----------
    .. [1] Moore (2015). Behavioral Profiling: The password you can't change. paul.reviews.
    .. [2] Thorsheim (2015). Passwords, Privacy & Keystroke Dynamics. Passwords15 London.
    """

    name: ClassVar[str] = "keyboard-privacy"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES})
    hold_ms: float = 50  #: longest wait of a release, from 0.001, whole microseconds
    flight_ms: float = 50  #: longest wait of a press, from 0.001, whole microseconds

    def __post_init__(self) -> None:
        whole_microseconds("hold_ms", self.hold_ms)
        whole_microseconds("flight_ms", self.flight_ms)

    def apply(self, part: EventTable, streams: Streams) -> Release:
        """Return the part as it was handed on; each person's waits come from the person's own stream."""
        event = part.frame["event"].to_physical().to_numpy()
        longest_us = np.zeros(len(EVENTS), dtype=np.int64)
        longest_us[EVENTS.index("key_up")] = whole_microseconds("hold_ms", self.hold_ms)
        longest_us[EVENTS.index("key_down")] = whole_microseconds("flight_ms", self.flight_ms)

        def left_us(block: Block) -> IntArray:
            own_us = longest_us[event[block.rows]]
            handed_on_us = one_after_another(block.time_us, block.uniform(streams), own_us, block.bounds)
            return from_first_event(handed_on_us, block.bounds)

        return Release(retimed(part, left_us), seeded=not streams.secret)
