"""What is counted of work at a computer."""

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
import polars as pl

from reid.errors import ParameterError
from reid.typing import FloatArray, IntArray
from reid.utility.agreement import ratio_agreement
from reid.utility.inputs import BUTTON, KEY, SYMBOL, Inputs
from reid.utility.paired import PairedLogs
from reid.utility.pauses import gaps_of

_US_PER_S: Final = 1e6
_US_PER_MINUTE: Final = 6e7
_LONGEST_GAP_US: Final = 5e6  # between inputs of one bout of work
_MOST_S: Final = 86_400
_FEWEST_GROUPS: Final = 2


@dataclass(frozen=True, slots=True)
class InputSpeed:
    """How fast a person types and clicks: presses of keys and buttons in a minute of active work."""

    name: ClassVar[str] = "input-speed"
    definition: ClassVar[str] = (
        "Smaller of a person's raw and released presses of keys and buttons per minute, of the larger; time "
        "between presses counts up to 5 s"
    )
    better: ClassVar[str] = "higher"
    source: ClassVar[str] = "Dhakal et al. (2018), CHI: keystrokes per time"
    needs: ClassVar[str] = "two presses or more within 5 s"

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return how well each person's speed is kept."""
        return ratio_agreement(*speeds_of(logs))


@dataclass(frozen=True, slots=True)
class SpeedOrder:
    """Who is faster than whom."""

    name: ClassVar[str] = "speed-order"
    definition: ClassVar[str] = (
        "Pairs of people whose order by speed is the same in the release minus those in which it is turned "
        "round, of all pairs that differ in the raw log, not below 0"
    )
    better: ClassVar[str] = "higher"
    source: ClassVar[str] = "Somers (1962), American Sociological Review 27: asymmetric rank association"
    needs: ClassVar[str] = "two people or more who differ in speed"

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return how well the order of each person among all others is kept; a tie is worth nothing."""
        raw, released = speeds_of(logs)
        with np.errstate(invalid="ignore"):
            order = np.sign(raw[:, None] - raw[None, :])
            kept = np.nan_to_num(np.sign(released[:, None] - released[None, :]))
        differs = np.nan_to_num(order) != 0
        total = differs.sum(axis=1)
        net = np.where(differs, order * kept, 0.0).sum(axis=1)
        share = np.divide(net, total, out=np.full(total.size, np.nan), where=total > 0)
        clipped: FloatArray = np.clip(share, 0, 1)
        return clipped


@dataclass(frozen=True, slots=True)
class GroupSpeed:
    """How fast the groups are that the source names, as departments."""

    name: ClassVar[str] = "group-speed"
    definition: ClassVar[str] = (
        "Smaller of the raw and the released mean speed of a person's group, of the larger; whoever is not "
        "in the release counts as 0"
    )
    better: ClassVar[str] = "higher"
    source: ClassVar[str] = "Dhakal et al. (2018), CHI: keystrokes per time"
    needs: ClassVar[str] = "two groups or more"

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return how well the speed of each person's group is kept."""
        raw, released = speeds_of(logs)
        groups = logs.raw.sessions.group_by("subject_id", maintain_order=True).agg(
            pl.col("group").drop_nulls().first()
        )["group"]
        number = groups.rank("dense").cast(float).to_numpy()
        kept = np.full(raw.size, np.nan)
        if groups.drop_nulls().n_unique() < _FEWEST_GROUPS:
            return kept
        for each in np.unique(number[~np.isnan(number)]):
            members = (number == each) & ~np.isnan(raw)
            if members.any():
                means = raw[members].mean(), np.nan_to_num(released[members]).mean()
                kept[members] = ratio_agreement(*(np.array([mean]) for mean in means))[0]
        return kept


@dataclass(frozen=True, slots=True)
class Corrections:
    """How often a person takes back what was typed."""

    name: ClassVar[str] = "corrections"
    definition: ClassVar[str] = (
        "Smaller of a person's raw and released share of editing keys among presses of keys, of the larger"
    )
    better: ClassVar[str] = "higher"
    source: ClassVar[str] = "Soukoreff & MacKenzie (2003), CHI: corrected errors; Dhakal et al. (2018)"
    needs: ClassVar[str] = "keys that are named, or their classes"

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return how well each person's share of corrections is kept."""
        return ratio_agreement(self._share(logs, logs.raw_inputs), self._share(logs, logs.released_inputs))

    @staticmethod
    def _share(logs: PairedLogs, inputs: Inputs) -> FloatArray:
        """Return each person's share of presses that correct, of those whose class is known."""
        keys = np.flatnonzero((inputs.kind == KEY) & (inputs.symbol != SYMBOL["Unidentified"]))
        corrects = (inputs.symbol[keys] == SYMBOL["editing"]).astype(np.float64)
        return logs.means(corrects, inputs.person[keys])


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveTime:
    """How long a person was at work."""

    name: ClassVar[str] = "active-time"
    definition: ClassVar[str] = (
        "Smaller of a person's raw and released time between events, but for longer breaks, of the larger"
    )
    better: ClassVar[str] = "higher"
    source: ClassVar[str] = (
        "Chang, Johnson & Dennerlein (2008), J. Occup. Environ. Hygiene 5: cutoffs of computer use"
    )
    needs: ClassVar[str] = "two events or more in a session"
    break_s: float = 30  #: longer times between two events are not work; above 0, up to a day

    def __post_init__(self) -> None:
        if not 0 < self.break_s <= _MOST_S:
            must = f"be above 0 and at most {_MOST_S} (seconds, a day)"
            raise ParameterError.of("break_s", must=must, found=self.break_s)

    def values(self, logs: PairedLogs) -> FloatArray:
        """Return how well each person's active time is kept."""
        raw, released = (self._time_us(logs, *gaps_of(logs, log)) for log in (logs.raw, logs.released))
        return ratio_agreement(raw, np.nan_to_num(released))

    def _time_us(self, logs: PairedLogs, gap_us: FloatArray, person: IntArray) -> FloatArray:
        short = gap_us <= self.break_s * _US_PER_S
        total = logs.sums(gap_us[short], person[short])
        return np.where(total > 0, total, np.nan)


def speeds_of(logs: PairedLogs) -> tuple[FloatArray, FloatArray]:
    """Return each person's raw and released presses per minute; NaN where there are none, or no time."""
    return logs.remembered(
        "speeds", lambda: (_speed(logs, logs.raw_inputs), _speed(logs, logs.released_inputs))
    )


def _speed(logs: PairedLogs, inputs: Inputs) -> FloatArray:
    presses = np.flatnonzero((inputs.kind == KEY) | (inputs.kind == BUTTON))
    one, other = presses[:-1], presses[1:]
    gap_us = (inputs.time_us[other] - inputs.time_us[one]).astype(np.float64)
    within = (inputs.session[one] == inputs.session[other]) & (gap_us <= _LONGEST_GAP_US)
    person = inputs.person[one[within]]
    count, time_us = logs.sums(np.ones(person.size), person), logs.sums(gap_us[within], person)
    nobody = np.full(count.size, np.nan)
    per_minute: FloatArray = np.divide(count * _US_PER_MINUTE, time_us, out=nobody, where=time_us > 0)
    return per_minute
