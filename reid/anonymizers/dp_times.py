"""Differentially private event times."""

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Final

import numpy as np
import polars as pl

from reid.anonymizers.blocks import Block, retimed
from reid.anonymizers.composition import TIMES, Fixed
from reid.anonymizers.laplace_noise import laplace_noise
from reid.anonymizers.milliseconds import whole_microseconds
from reid.anonymizers.privacy_ledger import PrivacyLedger
from reid.anonymizers.release import Claim, Release
from reid.errors import ParameterError
from reid.events.table import EventTable
from reid.kernels.delay import noisy_clock
from reid.kernels.noise import discrete_laplace_noise
from reid.seeding import Streams
from reid.typing import IntArray

DIFFERENTIAL_PRIVACY: Final = "differential-privacy"  #: kind of the claim

UNITS: Final = ("event", "session", "person")
_LEAST_EPSILON, _MOST_EPSILON = 1e-3, 1e6
_LONGEST_MS: Final = 1e6
_LARGEST_SCALE: Final = 2**62
_CHANGED_BY_EVENT: Final = 2
_SOURCE: Final = "Dwork, McSherry, Nissim, Smith 2006; exact sampler of Canonne, Kamath, Steinke 2020"


@dataclass(frozen=True, slots=True, kw_only=True)
class DpTimes(Fixed):
    """Clamp the latencies between events, add discrete Laplace noise to each, and rebuild the clock.

    A latency is the time from one event of a session to the next, whatever the events are. It is cut to
    ``clamp_ms``, gets noise, and is brought back to between 0 and ``clamp_ms``; the new time of an event is
    the sum of all up to it. A session starts at 0, and when that was is left out.

    What is proven: two logs are neighbours if they differ in the times of one unit alone (one event, one
    session, or all of one person). Which events there are, their order, keys, places and labels, and how
    many sessions and people, is then the same in both. No release is more than ``exp(epsilon)`` times
    likelier from one of them than from the other. Of what is the same in both, *nothing* is proven: keys
    in their order are the text, and releases among presses show who lets go of keys late.

    Notes
    -----
    Let a session have m latencies, cut to C. Changing the time of one event changes the latency up to it
    and the one from it on, each by at most C once cut: k = min(2, m) latencies. That is attained, since one
    may fall from C to 0 while the other rises from 0 to C. Changing a session changes k = m of them, and
    changing a person all k that the person has. Every k follows from what is the same in both logs.

    A latency l becomes ``l + Z`` with ``P(Z = z)`` proportional to ``exp(-abs(z) / s)`` on whole
    microseconds, and ``s = ceil(k * C / epsilon)``. For every outcome o, ``P(l + Z = o) / P(l' + Z = o)`` is
    ``exp((abs(o - l') - abs(o - l)) / s)``, at most ``exp(C / s)``, at most ``exp(epsilon / k)``. Noises are
    independent and at most k latencies differ, so the ratios multiply to at most ``exp(epsilon)`` ([1]_).
    Bringing back, summing, merging rows that look alike, and later steps use nothing but noisy latencies
    and what is the same in both logs, hence cannot raise it. Steps *before* may: one that looks at times
    can spread the change of one event over many. So nothing is claimed after them.
    For other units than the chosen one the :class:`~reid.anonymizers.privacy_ledger.PrivacyLedger` adds up.

    The proof takes random bits to be random and Z to have that law to the last bit. Those of a release for
    use come from ChaCha20 with a key from the operating system, so it holds against whoever cannot break
    that, and its Z from a sampler without floating point. A seeded release is for measurement: it protects
    nothing from whoever has the seed, so its Z has the law but for rounding, and takes a tenth of the time.

    References
    ----------
    .. [1] Dwork, McSherry, Nissim, Smith (2006). Calibrating Noise to Sensitivity in Private Data Analysis.
       TCC 2006.
    """

    name: ClassVar[str] = "dp-times"
    changes: ClassVar[frozenset[str]] = frozenset({TIMES})
    epsilon: float  #: from 0.001 to 1,000,000
    unit: str  #: what neighbouring logs differ in: ``event``, ``session`` or ``person``
    clamp_ms: float = 500  #: longer latencies are cut to this; from 0.001 to 1,000,000, whole microseconds

    def __post_init__(self) -> None:
        if not _LEAST_EPSILON <= self.epsilon <= _MOST_EPSILON:
            must = f"lie between {_LEAST_EPSILON:g} and {_MOST_EPSILON:g}"
            raise ParameterError.of("epsilon", must=must, found=self.epsilon)
        if self.unit not in UNITS:
            must = f"be one of {', '.join(UNITS)}"
            raise ParameterError.of("unit", must=must, found=repr(self.unit))
        if self.clamp_ms > _LONGEST_MS:
            must = f"be at most {_LONGEST_MS:g} (milliseconds)"
            raise ParameterError.of("clamp_ms", must=must, found=self.clamp_ms)
        whole_microseconds("clamp_ms", self.clamp_ms)

    @property
    def clamp_us(self) -> int:
        """Longest latency in microseconds."""
        return whole_microseconds("clamp_ms", self.clamp_ms)

    def apply(self, part: EventTable, streams: Streams) -> Release:
        """Return the part with noisy times; each person's noise comes from the person's own stream.

        Raises
        ------
        ParameterError
            A unit holds so many latencies that the noise would not fit into 64 bits.
        """
        bounds = part.session_bounds()
        n_latencies = np.diff(bounds) - 1
        person = part.sessions["subject_id"].rle_id().to_numpy().astype(np.int64)
        n_changed = self._changed(n_latencies, person)
        scale_us, clamp_us = self._scale_us(n_changed), self.clamp_us

        def noisy_us(block: Block) -> IntArray:
            noise_us = _noise_us(block, streams, scale_us[block.sessions])
            return noisy_clock(block.time_us, noise_us, block.bounds, clamp_us)

        no_clock = pl.lit(None, dtype=part.sessions.schema["start_us"]).alias("start_us")
        noisy = retimed(part, noisy_us)
        bare = EventTable(noisy.frame, noisy.sessions.with_columns(no_clock), noisy.quality)
        ledger = PrivacyLedger.of(self.epsilon / n_changed, n_latencies, person)
        return Release(bare, claims=(self._claim(ledger),), seeded=not streams.secret)

    def _changed(self, n_latencies: IntArray, person: IntArray) -> IntArray:
        """Return, for each session, how many latencies change with one unit in it; 1 where none do."""
        if self.unit == "event":
            changed = np.minimum(n_latencies, _CHANGED_BY_EVENT)
        elif self.unit == "session":
            changed = n_latencies
        else:
            totals = np.zeros(person[-1] + 1, dtype=np.int64)
            np.add.at(totals, person, n_latencies)
            changed = totals[person]
        return np.maximum(changed, 1)

    def _scale_us(self, n_changed: IntArray) -> IntArray:
        """Return the scale of the noise in each session, rounded up to whole microseconds."""
        epsilon = Fraction(repr(self.epsilon))  # as it is written, not its nearest binary fraction
        counts, session = np.unique(n_changed, return_inverse=True)
        scales = [-(-int(count) * self.clamp_us // epsilon) for count in counts]
        if max(scales) > _LARGEST_SCALE:
            found = f"{counts[-1]} latencies in one {self.unit} that share epsilon {self.epsilon}"
            advice = "Take a larger epsilon or a shorter clamp_ms."
            raise ParameterError.of("the noise", must="fit into 64 bits", found=found, advice=advice)
        return np.array(scales, dtype=np.int64)[session]

    def _claim(self, ledger: PrivacyLedger) -> Claim:
        statement = (
            f"Differential privacy, epsilon {self.epsilon:g}: of two logs that differ in the times of one"
            f" {self.unit}, neither is more than e^epsilon times likelier to give a release;"
            " number, order, keys and places of events are public."
        )
        return Claim(
            DIFFERENTIAL_PRIVACY,
            statement,
            _SOURCE,
            survives=("times", "keys", "places"),
            of_source=True,
            ledger=ledger,
        )


def _noise_us(block: Block, streams: Streams, scale_us: IntArray) -> IntArray:
    """Draw noise of each session's scale for its rows: exact where the release may be for use, else fast."""
    if not streams.secret:
        return discrete_laplace_noise(block.uniform(streams), scale_us, block.bounds)
    scale_of_row_us = np.repeat(scale_us, np.diff(block.bounds))
    noise_us = np.empty_like(scale_of_row_us)
    for name, start, stop in zip(block.names, block.person_bounds, block.person_bounds[1:], strict=False):
        noise_us[start:stop] = laplace_noise(streams(name), scale_of_row_us[start:stop])
    return noise_us
