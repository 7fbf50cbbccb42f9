"""Steps of a process: which came after which, and how long each took."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import polars as pl
from scipy.optimize import linear_sum_assignment

from reid.events.table import EventTable
from reid.typing import FloatArray, IntArray
from reid.utility.inputs import Inputs
from reid.utility.paired import PairedLogs

_FEWEST_STEPS: Final = 2  # with one, there is neither order nor share of time
_US_PER_S: Final = 1e6
UNKNOWN: Final = -1  #: step of an input that has none, or one of no raw step


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """The step to which each input of the raw log and of its release belongs.

    Steps are what the source names as ``task``; where it names fewer than two, its trials; else the kinds of
    what was done: a key, a button, a direction of the wheel. A release may give tasks other labels, so each
    is taken for the raw one with which it has most matched inputs in common, one for one.
    """

    kind: str  #: ``task``, ``trial`` or ``input``
    names: int  #: number of raw steps
    of_raw: IntArray  #: (n_raw_inputs,), from 0, or :data:`UNKNOWN`
    of_released: IntArray  #: (n_released_inputs,)

    @classmethod
    def of(cls, logs: PairedLogs) -> "Steps":
        """Find the steps of both logs."""
        for kind in ("task", "trial"):
            raw = _labels(logs.raw, logs.raw_inputs, kind)
            if np.unique(raw[raw != UNKNOWN]).size >= _FEWEST_STEPS:
                released = _labels(logs.released, logs.released_inputs, kind)
                break
        else:
            kind = "input"
            raw, released = (_kinds_of_input(inputs) for inputs in (logs.raw_inputs, logs.released_inputs))
        n_raw = int(raw.max(initial=-1)) + 1
        if kind == "task":
            released = _as_raw(raw[logs.of_raw], released[logs.of_released], released, n_raw)
        return cls(kind, max(n_raw, int(released.max(initial=-1)) + 1), raw, released)


def steps_of(logs: PairedLogs) -> Steps:
    """Return the steps of both logs, found once."""
    return logs.remembered("steps", lambda: Steps.of(logs))


@dataclass(frozen=True, slots=True)
class StepOrder:
    """Which step directly follows which."""

    name: ClassVar[str] = "step-order"
    definition: ClassVar[str] = (
        "Successions of two steps that raw log and release have in common, of those that either has"
    )
    better: ClassVar[str] = "higher"
    source: ClassVar[str] = "Van der Aalst (2016), Process Mining: directly-follows relation"
    needs: ClassVar[str] = "two steps or more"

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return how well the order of each person's steps is kept."""
        steps = steps_of(logs)
        raw = self._counts(logs.raw_inputs, steps.of_raw, steps.names)
        released = self._counts(logs.released_inputs, steps.of_released, steps.names)
        return _where_steps(logs, steps, _overlap_of_pairs(raw, released, len(logs.people)))

    @staticmethod
    def _counts(inputs: Inputs, step: IntArray, n_steps: int) -> pl.DataFrame:
        """Return how often each person goes from one step to another; a session starts from none."""
        visits = _visits(inputs, step)
        before = np.where(np.diff(inputs.session[visits], prepend=-1) != 0, n_steps, np.roll(step[visits], 1))
        return (
            pl.DataFrame({"person": inputs.person[visits], "what": before * (n_steps + 1) + step[visits]})
            .group_by("person", "what")
            .agg(amount=pl.len().cast(pl.Float64))
        )


@dataclass(frozen=True, slots=True)
class StepDuration:
    """How long each step takes."""

    name: ClassVar[str] = "step-duration"
    definition: ClassVar[str] = (
        "Time in each step that raw log and release have in common, of the time that either has there"
    )
    better: ClassVar[str] = "higher"
    source: ClassVar[str] = "Van der Aalst (2016), Process Mining: performance analysis"
    needs: ClassVar[str] = "two steps or more"

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return how well the durations of each person's steps are kept."""
        steps = steps_of(logs)
        raw = self._durations(logs.raw_inputs, steps.of_raw, steps.names)
        released = self._durations(logs.released_inputs, steps.of_released, steps.names)
        return _where_steps(logs, steps, _overlap_of_pairs(raw, released, len(logs.people)))

    @staticmethod
    def _durations(inputs: Inputs, step: IntArray, n_steps: int) -> pl.DataFrame:
        """Return how long each visit of a step takes: up to the next one, or the session's last input.

        Visits of a session are counted by step, so the third visit is held against the third one.
        """
        visits = _visits(inputs, step)
        session = inputs.session[visits]
        last = np.searchsorted(inputs.session, session, side="right") - 1
        stop = np.append(visits[1:], 0)
        stop = np.where(np.append(session[1:], -1) == session, stop, last)
        seconds = (inputs.time_us[stop] - inputs.time_us[visits]) / _US_PER_S
        key = session * n_steps + step[visits]
        number = pl.DataFrame({"key": key}).select(pl.int_range(pl.len()).over("key")).to_series()
        return pl.DataFrame(
            {"person": inputs.person[visits], "what": key, "number": number, "amount": seconds}
        ).select("person", pl.struct("what", "number").alias("what"), "amount")


def _visits(inputs: Inputs, step: IntArray) -> IntArray:
    """Return on which inputs a visit of a step begins; inputs of no step are passed over."""
    known = np.flatnonzero(step != UNKNOWN)
    begins = np.ones(known.size, dtype=np.bool_)
    begins[1:] = np.diff(step[known]) != 0
    begins[1:] |= np.diff(inputs.session[known]) != 0
    return known[begins]


def _overlap_of_pairs(raw: pl.DataFrame, released: pl.DataFrame, n_people: int) -> FloatArray:
    """Return for each person what raw and released amounts have in common, of what either has."""
    both = raw.join(released, on=["person", "what"], how="full", coalesce=True).with_columns(
        pl.col("amount", "amount_right").fill_null(0.0)
    )
    by_person = both.group_by("person").agg(
        least=pl.min_horizontal("amount", "amount_right").sum(),
        most=pl.max_horizontal("amount", "amount_right").sum(),
        raw=pl.col("amount").sum(),
    )
    table = np.zeros((n_people, 3))
    table[by_person["person"].to_numpy()] = by_person.select("least", "most", "raw").to_numpy()
    share = np.divide(table[:, 0], table[:, 1], out=np.zeros(n_people), where=table[:, 1] > 0)
    return np.where(table[:, 2] > 0, share, np.nan)


def _where_steps(logs: PairedLogs, steps: Steps, kept: FloatArray) -> FloatArray:
    """Leave out people who took one step only."""
    known = steps.of_raw != UNKNOWN
    held = pl.DataFrame({"person": logs.raw_inputs.person[known], "step": steps.of_raw[known]})
    of_person = held.group_by("person").agg(pl.col("step").n_unique())
    several = np.zeros(len(logs.people), dtype=np.bool_)
    enough = of_person.filter(pl.col("step") >= _FEWEST_STEPS)["person"].to_numpy()
    several[enough] = True
    return np.where(several, kept, np.nan)


def _labels(log: EventTable, inputs: Inputs, column: str) -> IntArray:
    """Return the label of each input as a number from 0; trials are counted within a session."""
    frame = pl.DataFrame({"label": log.frame[column][inputs.row], "session": inputs.session})
    rank = pl.col("label").rank("dense")
    rank = rank.over("session") if column == "trial" else rank
    return frame.select((rank.cast(pl.Int64) - 1).fill_null(UNKNOWN)).to_series().to_numpy()


def _kinds_of_input(inputs: Inputs) -> IntArray:
    """Return what was done: 0 for a key, above for a button or a direction of the wheel."""
    return np.where(inputs.kind == 0, 0, inputs.symbol).astype(np.int64)


def _as_raw(of_raw: IntArray, of_released: IntArray, released: IntArray, n_raw: int) -> IntArray:
    """Return the released steps under the numbers of those raw ones with which they have most in common."""
    n_released = int(released.max(initial=-1)) + 1
    together = np.zeros((n_released, n_raw))
    both = (of_raw != UNKNOWN) & (of_released != UNKNOWN)
    np.add.at(together, (of_released[both], of_raw[both]), 1)
    rows, columns = linear_sum_assignment(together, maximize=True)
    found = together[rows, columns] > 0
    number = np.append(n_raw + np.arange(n_released), UNKNOWN)  # made-up steps are none of the raw ones
    number[rows[found]] = columns[found]
    return number[released]
