"""A task for which a release may be wanted: learn on it what a person is doing, and use that on raw logs."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier

from reid.events.table import EventTable
from reid.typing import BoolArray, FloatArray, IntArray
from reid.utility.inputs import KEY, SYMBOL, WRITING, Inputs
from reid.utility.paired import PairedLogs
from reid.utility.steps import UNKNOWN, steps_of

_MOST_ROWS: Final = 20_000  # of all people together
_MOST_ROWS_EACH: Final = 400
_FEWEST_ROWS: Final = 50
_FEWEST_LABELS: Final = 2
_FEWEST_PEOPLE: Final = 4  # two halves of two
_LEAST_SKILL: Final = 0.05  # above chance; below, the raw log teaches nothing that could be lost
_N_ROUNDS: Final = 30
_N_LEAVES: Final = 15
_US_PER_MS: Final = 1e3
_NOT_KNOWN: Final = -1.0
_FARTHEST: Final = 1.0  # by which a person's skill may exceed, or fall below, what all lose


@dataclass(frozen=True, slots=True)
class ActivityRecognition:
    """Recognise what a person is doing, after learning it on the release of other people.

    The activity is the field or task that the source names, as the box of a form that is filled in; it is
    told by times, kinds of inputs and the place of the pointer. Where the source names fewer than two, it is
    what a key does to a text (writing, taking back, neither), told by times alone. The classifier learns on
    one half of the people as released, and as raw, and both are tested on the other half as raw; classes
    weigh the same.
    """

    name: ClassVar[str] = "activity-recognition"
    definition: ClassVar[str] = (
        "Accuracy above chance on raw logs after learning on the release, of that after learning on raw logs"
    )
    better: ClassVar[str] = "higher"
    source: ClassVar[str] = "Esteban, Hyland & Raetsch (2017): train on synthetic, test on real"
    needs: ClassVar[str] = "tasks or kinds of keys that can be recognised, and four people"

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return the share of the skill that is kept, tested on each person."""
        nobody = np.full(len(logs.people), np.nan)
        raw, released = _examples(logs)
        if np.unique(raw.label).size < _FEWEST_LABELS or np.unique(raw.person).size < _FEWEST_PEOPLE:
            return nobody
        hits = {"raw": np.zeros(raw.label.size), "released": np.zeros(raw.label.size)}
        for half in (0, 1):
            tested = raw.person % 2 == half
            for name, taught in (("raw", raw), ("released", released)):
                learnt = taught.take(taught.person % 2 != half)
                hits[name][tested] = _hits(learnt, raw.take(tested))
        labels, number = np.unique(raw.label, return_inverse=True)
        weight = 1 / np.bincount(number)[number]
        skill = {name: float(np.average(hit, weights=weight)) - 1 / labels.size for name, hit in hits.items()}
        if skill["raw"] < _LEAST_SKILL:
            return nobody
        total = logs.sums(weight, raw.person)
        lost = logs.sums(weight * (hits["raw"] - hits["released"]), raw.person)
        share = np.divide(lost, total, out=nobody, where=total > 0)
        kept: FloatArray = np.clip(1 - share / skill["raw"], -_FARTHEST, 1 + _FARTHEST)
        return kept


@dataclass(frozen=True, slots=True, eq=False)
class _Examples:
    """Inputs with features and what was being done."""

    features: FloatArray  #: (n_examples, n_features); -1 where not known
    label: IntArray
    person: IntArray

    def take(self, rows: BoolArray | IntArray) -> "_Examples":
        return _Examples(self.features[rows], self.label[rows], self.person[rows])

    def thinned(self) -> "_Examples":
        """Return at most so many examples of each person, evenly over what the person did."""
        n_people = max(np.unique(self.person).size, 1)
        most = max(min(_MOST_ROWS_EACH, _MOST_ROWS // n_people), 1)
        kept = []
        for person in np.unique(self.person):
            own = np.flatnonzero(self.person == person)
            kept.append(own[np.linspace(0, own.size - 1, min(most, own.size)).astype(np.int64)])
        return self.take(np.concatenate(kept or [np.empty(0, dtype=np.int64)]))


def _examples(logs: PairedLogs) -> tuple[_Examples, _Examples]:
    """Return examples of the raw log and of the release."""
    steps = steps_of(logs)
    pairs = []
    for log, inputs, step in (
        (logs.raw, logs.raw_inputs, steps.of_raw),
        (logs.released, logs.released_inputs, steps.of_released),
    ):
        if steps.kind == "task":
            features = np.column_stack([_timing(inputs), inputs.symbol, *_pointer(log, inputs)])
            known = step != UNKNOWN
            label = step
        else:
            features, label = _timing(inputs), _does(inputs)
            known = (inputs.kind == KEY) & (label != UNKNOWN)
        told = np.nan_to_num(features[known], nan=_NOT_KNOWN)  # a column of NaN alone cannot be learnt from
        pairs.append(_Examples(told, label[known], inputs.person[known]).thinned())
    return pairs[0], pairs[1]


def _timing(inputs: Inputs) -> FloatArray:
    """Return times about each input, on a log scale: float64, (n_inputs, 5)."""
    gap_us = inputs.gap_us
    after_us = np.append(gap_us, np.nan)[1:]
    before_that_us = np.where(np.isnan(gap_us), np.nan, np.roll(gap_us, 1))
    hold_before_us = np.where(np.isnan(gap_us), np.nan, np.roll(inputs.hold_us, 1))
    columns = (gap_us, after_us, before_that_us, inputs.hold_us, hold_before_us)
    timing: FloatArray = np.log1p(np.maximum(np.column_stack(columns), 0) / _US_PER_MS)
    return timing


def _pointer(log: EventTable, inputs: Inputs) -> list[FloatArray]:
    """Return where the pointer last was at each input, as far as the session tells."""
    of_session = np.repeat(np.arange(log.sessions.height), np.diff(log.session_bounds()))
    frame = log.frame.select("x_px", "y_px").with_columns(session=pl.Series(of_session, dtype=pl.Int64))
    last = frame.select(pl.col("x_px", "y_px").forward_fill().over("session").cast(pl.Float64))
    return [last[name].fill_null(np.nan).to_numpy()[inputs.row] for name in ("x_px", "y_px")]


def _does(inputs: Inputs) -> IntArray:
    """Return what each key does to a text: 0 writes, 1 takes back, 2 neither; not known if unidentified."""
    does = np.full(inputs.symbol.size, 2, dtype=np.int64)
    does[np.isin(inputs.symbol, WRITING)] = 0
    does[inputs.symbol == SYMBOL["editing"]] = 1
    does[inputs.symbol == SYMBOL["Unidentified"]] = UNKNOWN
    return does


def _hits(learnt: _Examples, tested: _Examples) -> FloatArray:
    """Return how often each example is recognised: 1 or 0, or chance where nothing can be learnt."""
    n_labels = np.unique(tested.label).size
    if learnt.label.size < _FEWEST_ROWS or np.unique(learnt.label).size < _FEWEST_LABELS:
        return np.full(tested.label.size, 1 / max(n_labels, 1))
    model = HistGradientBoostingClassifier(
        max_iter=_N_ROUNDS,
        max_leaf_nodes=_N_LEAVES,
        early_stopping=False,
        class_weight="balanced",
        random_state=0,
    )
    model.fit(learnt.features, learnt.label)
    return np.asarray(model.predict(tested.features) == tested.label, dtype=np.float64)
