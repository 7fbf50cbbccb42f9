"""What single strokes are like: each quantity on the scale on which it varies, given how far they go."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from reid.features.pointer import Observations, strokes_of
from reid.features.pointer_fitting import check_pointer_events
from reid.features.table import FeatureTable
from reid.kernels.pointer import STROKE_CLICK, STROKE_DRAG, STROKE_MOVE, STROKE_TO_DRAG
from reid.samples.cutting import cut, runs_within
from reid.samples.strokes import StrokeRows, rows_of_strokes
from reid.samples.table import PieceTable, SampleTable
from reid.typing import BoolArray, FloatArray, IntArray

#: Quantities of a stroke and their channels.
QUANTITIES: Final = {
    "pause_before_log": "schedule",
    "duration_log": "path",
    "offset_share": "path",
    "hold_log": "click",
}
#: Kinds of stroke that are told apart, by the numbers that :func:`~reid.kernels.pointer.cut_strokes` gives.
KINDS: Final = {
    "move": (STROKE_MOVE, STROKE_TO_DRAG),
    "click": (STROKE_CLICK,),
    "drag": (STROKE_DRAG,),
}
_TARGET_PX: Final = 16.0  # width taken for a target, whose real one no log holds
_LEAST_S: Final = 0.005  # added to times, of which a coarse clock shows some as none
_LEAST_STROKES: Final = 2  # to learn what is usual from
_MOST_DEGREE: Final = 3
_STROKES_PER_DEGREE: Final = 10
_FARTHEST: Final = 4.0  # standard deviations; what lies farther off counts as if it lay there
_LEAST_SPREAD: Final = 1e-6  # bits squared: strokes that all go equally far show no slope


@dataclass(frozen=True, slots=True)
class Movements:
    """Pause, duration, sideways offset and hold of strokes: few, nearly Gaussian, and exactly counted.

    For attackers that learn how features go together. More about the shape of a stroke is not here on
    purpose: much of it follows from these, and what is said twice passes for two witnesses.

    Times are logarithms. Each quantity is what is left of it when what is usual for a stroke of that
    length is taken away, in standard deviations; a sample has its mean and its slope over the difficulty in
    bits (after Fitts, log2(length / 16 px + 1)). A stroke counts where all of it lies in pieces of
    the sample, also where it crosses from one to the next, so a sample says more than its pieces apart.
    """

    name: ClassVar[str] = "movements"

    def fit(self, train: SampleTable) -> "ReadyMovements":
        """Learn what is usual for a stroke of each kind and length.

        Raises
        ------
        TooFewError
            There is no pointer event.
        """
        check_pointer_events(train)
        seen = _strokes_in(train.pooled())
        usual = []
        for kind, quantity in _kinds_and_quantities():
            known, y, bits = seen.of(kind, quantity)
            if known.sum() >= _LEAST_STROKES:
                usual.append(_Usual.learn(kind, quantity, bits, y))
        return ReadyMovements(tuple(usual))


def _kinds_and_quantities() -> Iterator[tuple[str, str]]:
    for kind in KINDS:
        for quantity in QUANTITIES:
            if quantity != "hold_log" or kind == "click":
                yield kind, quantity


@dataclass(frozen=True, slots=True)
class _Usual:
    """How a quantity goes with the difficulty of a stroke, for people at large."""

    kind: str
    quantity: str
    middle_bits: float  #: difficulties count from here
    curve: tuple[float, ...]  #: coefficients of the powers of the difficulty, from 0
    sd: float  #: of what is left

    @classmethod
    def learn(cls, kind: str, quantity: str, bits: FloatArray, y: FloatArray) -> "_Usual":
        """Fit the curve by least squares; float64 arrays of shape (n_strokes,)."""
        middle = float(bits.mean())
        degree = min(bits.size // _STROKES_PER_DEGREE, _MOST_DEGREE)
        powers = np.vander(bits - middle, degree + 1, increasing=True)
        curve = np.linalg.lstsq(powers, y, rcond=None)[0]
        sd = float((y - powers @ curve).std())
        return cls(kind, quantity, middle, tuple(curve.tolist()), max(sd, 1e-9))

    def left(self, bits: FloatArray, y: FloatArray) -> FloatArray:
        """Return what is left of the quantity, in standard deviations."""
        powers = np.vander(bits - self.middle_bits, len(self.curve), increasing=True)
        off = (y - (powers * np.array(self.curve)).sum(axis=1)) / self.sd
        return np.asarray(np.clip(off, -_FARTHEST, _FARTHEST), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class ReadyMovements:
    """The features of :class:`Movements`, settled."""

    usual: tuple[_Usual, ...]

    def features(self, samples: SampleTable) -> FeatureTable:
        """Return mean and slope of each quantity per sample.

        The count behind a slope is the sum of squares of the difficulties around their mean: its
        information, as the number of strokes is that of a mean.
        """
        seen, n_samples = _strokes_in(samples), len(samples)
        values = np.full((n_samples, 2 * len(self.usual)), np.nan)
        counts = np.zeros((n_samples, 2 * len(self.usual)))
        names, channels = [], []
        for place, usual in enumerate(self.usual):
            known, y, bits = seen.of(usual.kind, usual.quantity)
            owner = seen.owner[known]
            x, left = bits - usual.middle_bits, usual.left(bits, y)
            n, sum_x, sum_y = (
                np.bincount(owner, weights, n_samples) for weights in (np.ones(x.size), x, left)
            )
            some = np.maximum(n, 1)
            apart, off = x - (sum_x / some)[owner], left - (sum_y / some)[owner]
            spread = np.bincount(owner, apart * apart, n_samples)
            spread[spread < _LEAST_SPREAD] = 0.0
            products = np.bincount(owner, apart * off, n_samples)
            np.divide(sum_y, n, out=values[:, 2 * place], where=n > 0)
            np.divide(products, spread, out=values[:, 2 * place + 1], where=spread > 0)
            counts[:, 2 * place], counts[:, 2 * place + 1] = n, spread
            label = f"{usual.kind}_{usual.quantity}_sd"
            names += [label, f"{label}_per_bit"]
            channels += [QUANTITIES[usual.quantity]] * 2
        return FeatureTable(
            values.astype(np.float32), counts.astype(np.float32), tuple(names), tuple(channels)
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Strokes:
    """The strokes of whole sessions: what they are like and where they lie."""

    kind: IntArray  #: (n_strokes,)
    bits: FloatArray  #: (n_strokes,), difficulty
    values: FloatArray  #: (n_strokes, n_quantities), NaN where unknown
    rows: StrokeRows


@dataclass(frozen=True, slots=True, eq=False)
class _StrokesOfSamples:
    strokes: _Strokes
    stroke: IntArray  # (n_members,), which stroke
    owner: IntArray  # (n_members,), sample it belongs to
    after_pause: BoolArray  # (n_members,), whether the pause before it lies in the sample too

    def of(self, kind: str, quantity: str) -> tuple[BoolArray, FloatArray, FloatArray]:
        """Return which members show a quantity, and of those the quantity and the difficulty."""
        y = self.strokes.values[self.stroke, list(QUANTITIES).index(quantity)]
        bits = self.strokes.bits[self.stroke]
        known = np.isin(self.strokes.kind[self.stroke], KINDS[kind]) & np.isfinite(y) & np.isfinite(bits)
        if quantity == "pause_before_log":
            known &= self.after_pause
        return known, y[known], bits[known]


def _strokes_in(samples: SampleTable) -> _StrokesOfSamples:
    """Find the strokes all of whose rows lie in pieces of one sample that follow one another."""
    strokes = samples.pieces.remembered("movements", lambda: _measured(samples.pieces))
    starts, stops = samples.pieces.bounds()
    offsets, members = samples.membership()
    owner = np.repeat(np.arange(len(samples)), np.diff(offsets))
    order = np.lexsort((members, owner))
    owner, members = owner[order], members[order]
    begins = np.ones(members.size, dtype=np.bool_)
    begins[1:] = (owner[1:] != owner[:-1]) | (starts[members[1:]] != stops[members[:-1]])
    first = np.flatnonzero(begins)
    past = np.append(first[1:], members.size)[: first.size]
    start, stop = starts[members[first]], stops[members[past - 1]]
    low = np.searchsorted(strokes.rows.first, start)
    n_inside = np.maximum(np.searchsorted(strokes.rows.last, stop) - low, 0)
    number = np.arange(n_inside.sum()) - np.repeat(np.cumsum(n_inside) - n_inside, n_inside)
    stroke = np.repeat(low, n_inside) + number
    after_pause = strokes.rows.before[stroke] >= np.repeat(start, n_inside)
    return _StrokesOfSamples(strokes, stroke, np.repeat(owner[first], n_inside), after_pause)


def _measured(pieces: PieceTable) -> _Strokes:
    """Measure the strokes of whole sessions: cuts into pieces go through every tenth or so."""
    sessions = cut(pieces.events)
    starts, stops, _ = runs_within(sessions)
    seen = strokes_of(sessions)
    chord_px = _column(seen, "chord_px")
    chord_px = np.where(chord_px > 0, chord_px, np.nan)
    return _Strokes(
        np.nan_to_num(_column(seen, "kind")).astype(np.int64),
        np.log2(chord_px / _TARGET_PX + 1),
        _values(seen, chord_px),
        rows_of_strokes(pieces.events, starts, stops),
    )


def _values(seen: Observations, chord_px: FloatArray) -> FloatArray:
    """Return the quantities, in the order of :data:`QUANTITIES`."""
    # Resting on the way, as before the first stroke of a log, says little of how fast somebody moves.
    moving_s = _column(seen, "duration_s") - _column(seen, "longest_step_s") + _column(seen, "step_q50_s")
    arriving_s = np.nan_to_num(_column(seen, "rest_at_press_s"))  # known of clicks alone
    columns = (
        np.log(_column(seen, "pause_before_s") + _LEAST_S),
        np.log(moving_s + arriving_s + _LEAST_S),
        _column(seen, "offset_mean_px") / chord_px,
        np.log(_column(seen, "hold_s") + _LEAST_S),
    )
    return np.stack(columns, axis=1)


def _column(seen: Observations, name: str) -> FloatArray:
    return np.asarray(seen.column(name), dtype=np.float64)
