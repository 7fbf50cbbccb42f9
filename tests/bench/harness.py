"""What a benchmark is made of: figures, fair timing and fitted growth.

A module ``bench_*.py`` beside this file exposes ``figures(rounds)``, which yields :class:`Figure`. Every
figure is a ratio, or an exponent, of processor times that were taken in the same run, since only those can be
held against another machine's. A peer that is not installed is a :class:`Missing`, raised if the whole module
needs it, yielded if the rest can go on. ``SLOW = True`` in a module keeps it for ``--slow``.
"""

import gc
import os
import resource
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log
from typing import Self

import numpy as np
from scipy.stats import t as student_t

EFFORT = "REID_BENCH_EFFORT"  #: environment variable that holds an :class:`Effort`
LEAST_S = 0.02  #: shorter work is repeated until a round takes so long
CONFIDENCE = 0.95  #: of the interval of a fitted exponent


class Missing(Exception):  # noqa: N818  it is no error
    """Something that a benchmark is held against is not here; the text says what, in a word."""


class Effort(StrEnum):
    """How much time there is: seconds, some minutes, or an hour."""

    QUICK = "quick"
    USUAL = "usual"
    SLOW = "slow"


def effort() -> Effort:
    """Return how much time this run has."""
    return Effort(os.environ.get(EFFORT, Effort.USUAL))


@dataclass(frozen=True, slots=True)
class Figure:
    """One number to hold against a limit and against an earlier run.

    Attributes
    ----------
    name
        What against what; names the figure in saved runs, so it must tell data and sizes apart.
    value
        The ratio or exponent.
    spread
        Least and most over the rounds (of an exponent: its interval).
    limit
        None: it is only to be watched.
    at_most
        True: less is better, and ``value`` must be at most ``limit``; False: more is better.
    note
        What a reader of the table should know.
    """

    name: str
    value: float
    spread: tuple[float, float]
    limit: float | None = None
    at_most: bool = True
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Tell whether the limit is kept; None without one. NaN keeps none."""
        if self.limit is None:
            return None
        return self.value <= self.limit if self.at_most else self.value >= self.limit


@dataclass(frozen=True, slots=True)
class Times:
    """Processor seconds of the same work, one per round."""

    seconds: tuple[float, ...]

    @property
    def fastest(self) -> float:
        """Return the time of the round that was disturbed least."""
        return min(self.seconds)

    @classmethod
    def sum_of(cls, parts: Sequence[Self]) -> Self:
        """Return, round by round, the time of all parts."""
        return cls(tuple(map(sum, zip(*(part.seconds for part in parts), strict=True))))

    def each(self, count: float) -> Self:
        """Return the time per item of so many."""
        return type(self)(tuple(second / count for second in self.seconds))


def timed(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Times]:
    """Time several works in turn, so that the machine's moods hit all alike.

    Each work runs once untimed, which compiles it, and says how often it must be repeated within a round to
    last :data:`LEAST_S`. Every other round goes the other way round.

    Parameters
    ----------
    works
        What to time, by name. What a work returns is thrown away.
    rounds
        At least 1.

    Returns
    -------
    dict
        Processor time (user and system, all threads of this process) of one run, for each name.
    """
    repeats = {}
    for name, work in works.items():
        work()
        repeats[name] = max(1, round(LEAST_S / max(processor_s(work), LEAST_S / 1000)))
    taken: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds):
        for name in reversed(tuple(works)) if number % 2 else works:
            taken[name].append(processor_s(works[name], repeats[name]))
    return {name: Times(tuple(seconds)) for name, seconds in taken.items()}


def processor_s(work: Callable[[], object], repeats: int = 1) -> float:
    """Return the processor seconds of one of so many runs, with the garbage collector at rest."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        start = time.process_time()
        for _ in range(repeats):
            work()
        return (time.process_time() - start) / repeats
    finally:
        if collecting:
            gc.enable()


def ratio(
    name: str, above: Times, below: Times, *, limit: float | None = None, at_most: bool = True, note: str = ""
) -> Figure:
    """Return how many times as long one work takes as another.

    The fastest round of each makes the value; the spread is that of the ratios of the rounds, which always
    hold the value between them.
    """
    each = [one / other for one, other in zip(above.seconds, below.seconds, strict=True)]
    return Figure(name, above.fastest / below.fastest, (min(each), max(each)), limit, at_most, note)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a process of its own used up; its own children count with it once they have ended."""

    processor_s: float  #: user and system
    wall_s: float
    peak_gb: float  #: largest resident set
    output: str  #: what it printed


def run_alone(command: Sequence[str], *, environment: Mapping[str, str] | None = None) -> Ran:
    """Run a command to its end and return what it used.

    Parameters
    ----------
    command
        Program and arguments.
    environment
        Variables to set beside those of this process.

    Raises
    ------
    RuntimeError
        It failed; the text is the last line that it wrote to standard error.
    """
    start = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    ) as process:
        output, said = process.communicate()
    wall_s = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode:
        last = (said.strip() or "it said nothing").splitlines()[-1]
        raise RuntimeError(f"a process ended with {process.returncode}: {last}")
    spent_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Ran(spent_s, wall_s, after.ru_maxrss / 1e6, output)


def growth(
    name: str, sizes: Sequence[float], times: Sequence[Times], *, limit: float | None = None, note: str = ""
) -> Figure:
    """Return the exponent with which time grows with size, fitted to the fastest round of each size.

    Least squares of the logarithms; the spread is the interval of the slope by Student's law, which is as
    wide as the times stray from a power.

    Parameters
    ----------
    sizes
        At least three different ones.
    times
        Of the same work at each size.
    """
    slope, half_width = power_law(sizes, [one.fastest for one in times])
    return Figure(name, slope, (slope - half_width, slope + half_width), limit, at_most=True, note=note)


def power_law(sizes: Sequence[float], seconds: Sequence[float]) -> tuple[float, float]:
    """Return the exponent of ``seconds = c * sizes ** exponent``, and half the width of its interval."""
    x, y = np.log(sizes), np.log(seconds)
    x, y = x - x.mean(), y - y.mean()
    slope = float(x @ y / (x @ x))
    free = len(sizes) - 2
    error = np.sqrt(((y - slope * x) ** 2).sum() / free / (x @ x))
    return slope, float(student_t.ppf((1 + CONFIDENCE) / 2, free) * error)


def geometric(first: int, last: int, count: int) -> list[int]:
    """Return so many whole numbers from the first to the last, each the same multiple of the one before."""
    step = log(last / first) / (count - 1)
    return [round(first * np.exp(step * place)) for place in range(count)]
