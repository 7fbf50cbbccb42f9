"""Identification among more people than a matrix of scores can hold: one pass, and a tally is left."""

from collections.abc import Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Lock
from typing import Final

import numpy as np

from reid.attackers.normalisation import Scale, on_one_scale, usual_variance
from reid.errors import ParameterError, TooFewError
from reid.kernels.matching import tally_block
from reid.metrics.tallied import ScoreBins, ScoreTally
from reid.parallel import parallel_map
from reid.typing import Array, Float32Array, FloatArray, IntArray, Progress, silent

_ROWS, _COLUMNS = 512, 512  # of a block of products, which stays in a core's share of the cache
_LEAST: Final = 64  # rows and columns of a product: BLAS adds up smaller ones in another order
_PILOTS: Final = 64  # probes whose scores set the edges of the bins
_BETWEEN: Final = 16_384  # bins, whose counts stay in the nearest cache but one
_FEWEST_GROUPS, _MOST_GROUPS, _PEOPLE_OF_A_GROUP = 20, 100, 200


def match(
    vectors: Float32Array,
    own: IntArray,
    templates: Float32Array,
    cohort: Float32Array,
    *,
    n_nearest: int,
    rng: np.random.Generator,
    n_groups: int | None = None,
    n_jobs: int = 1,
    progress: Progress = silent,
) -> ScoreTally:
    """Compare each probe with each enrolled person and keep what measures need of the scores.

    Parameters
    ----------
    vectors : float32 array of shape (n_probes, n_dims)
        Unit vectors of the probes; NaN where nothing was seen.
    own : int64 array of shape (n_probes,)
        Who made each probe, as a row of ``templates``; -1, not enrolled, leaves the probe out.
    templates : float32 array of shape (n_people, n_dims)
        Of the people enrolled.
    cohort : float32 array of shape (n_cohort, n_dims)
        Of background people, none of them enrolled, by whom scores are normalised.
    n_nearest : int
        How many of the cohort to compare with, if there are more.
    rng : numpy.random.Generator
        Deals the people into groups; see :class:`~reid.metrics.tallied.ScoreTally`.
    n_groups : int, optional
        Of people; by default one for every 200, from 20 to 100. Never more than there are people.
    n_jobs : int
        Workers, which share the vectors. The result does not depend on it.

    Returns
    -------
    ScoreTally
        Of the scores that :class:`~reid.attackers.discriminant.EnrolledDiscriminant` gives, to the bit, as
        far as the library that multiplies gives each product the same bits in a block as in the whole.

    Raises
    ------
    ParameterError
        Shapes disagree, or a probe is of nobody.
    TooFewError
        Fewer than two people are enrolled, or no probe is of theirs.

    Notes
    -----
    Beside the vectors it holds a copy of the templates, a block of products per worker, histograms of about
    13 MB for 100 groups, three in all and one per worker, and two bytes per probe and group. Copies of one
    template tie exactly.
    """
    _check(vectors, own, templates, cohort)
    n_people = len(templates)
    n_groups = n_groups or int(np.clip(n_people // _PEOPLE_OF_A_GROUP, _FEWEST_GROUPS, _MOST_GROUPS))
    n_groups = min(n_groups, n_people)
    order = rng.permutation(n_people)
    starts = np.round(np.linspace(0, n_people, n_groups + 1)).astype(np.int64)
    column = np.empty(n_people, dtype=np.int64)
    column[order] = np.arange(n_people)
    known = np.flatnonzero(own >= 0)
    rows = known[np.argsort(column[own[known]], kind="stable")]  # by group of the maker
    usual = usual_variance((_products(cohort[rows], cohort) for rows in _blocks(len(cohort))), n_nearest)

    def scale_of(part: tuple[Float32Array, IntArray]) -> Scale:
        return Scale.of(_products(part[0][part[1]], cohort), n_nearest, usual)

    def scales_of(table: Float32Array, rows: IntArray, stage: str) -> Scale:
        parts = [(table, rows[places]) for places in _blocks(rows.size)]
        found = parallel_map(
            scale_of, parts, n_jobs=n_jobs, share_memory=True, stage=stage, progress=progress
        )
        return Scale(*(np.concatenate(one) for one in zip(*((s.mean, s.spread) for s in found), strict=True)))

    enrolled = _Enrolled(
        _padded(templates[order], _LEAST), scales_of(templates, order, "normalise templates"), starts
    )
    probes = _Probes(vectors, rows, column[own[rows]], scales_of(vectors, rows, "normalise probes"))
    gathering = _Gathering(probes, enrolled, _bins_of(probes, enrolled))
    parts = _blocks(rows.size)
    parallel_map(gathering.add, parts, n_jobs=n_jobs, share_memory=True, stage="match", progress=progress)
    back = np.argsort(rows)  # rows are places of probes among all; their order is that asked for
    return gathering.tally(own[known], back, order)


def _check(vectors: Float32Array, own: IntArray, templates: Float32Array, cohort: Float32Array) -> None:
    shapes = [one.shape[1:] for one in (vectors, templates, cohort)]
    if len(set(shapes)) > 1 or len(shapes[0]) != 1 or own.shape != vectors.shape[:1]:
        found = f"{vectors.shape}, {templates.shape}, {cohort.shape} and {own.shape}"
        must = "have rows of one length, and one own person for each probe"
        raise ParameterError.of("vectors, templates, cohort and own", must=must, found=found)
    if own.size and not -1 <= own.min() <= own.max() < len(templates):
        must = f"name people 0 to {len(templates) - 1}, or -1"
        raise ParameterError.of("own", must=must, found=f"{own.min()} to {own.max()}")
    n_known = np.count_nonzero(own >= 0)
    if len(templates) < 2 or not n_known:  # noqa: PLR2004  one is searched for, one is mistaken
        found = f"{len(templates)} enrolled and {n_known} probes of theirs"
        raise TooFewError.of("people", must="be at least 2 enrolled, one of them with a probe", found=found)


def _blocks(n_rows: int) -> list[IntArray]:
    """Cut rows into blocks of one size, whoever works on them."""
    return [np.arange(first, min(first + _ROWS, n_rows)) for first in range(0, n_rows, _ROWS)]


def _padded(vectors: Float32Array, least: int) -> Float32Array:
    """Return the rows, and zeros behind them where they are fewer than the least."""
    short = max(least - len(vectors), 0)
    zeros = np.zeros((short, vectors.shape[1]), dtype=np.float32)
    return np.concatenate([vectors, zeros]) if short else np.ascontiguousarray(vectors)


def _products(vectors: Float32Array, others: Float32Array) -> FloatArray:
    """Return the products of a block of rows with all others: float64, (n_rows, n_others)."""
    return (_padded(vectors, _ROWS) @ others.T)[: len(vectors)].astype(np.float64)


def _joined(scales: list[Scale]) -> Scale:
    return Scale(np.concatenate([one.mean for one in scales]), np.concatenate([one.spread for one in scales]))


@dataclass(frozen=True, slots=True, eq=False)
class _Enrolled:
    """Templates in the order of their groups."""

    templates: Float32Array  #: (n_people or more, n_dims), zeros behind the last
    scale: Scale
    starts: IntArray  #: (n_groups + 1,) first column of each group

    @property
    def n_people(self) -> int:
        """Number of people enrolled."""
        return int(self.starts[-1])

    def products(self, vectors: Float32Array, first: int, stop: int, out: Float32Array) -> Float32Array:
        """Return the products of rows with the templates from first to stop, a block of them at most.

        ``out`` takes them, and those of templates beside them where they are too few.
        """
        first_of = max(min(first, stop - _LEAST), 0)
        last = max(stop, first_of + _LEAST)
        found = out[: len(vectors), : last - first_of]
        np.matmul(vectors, self.templates[first_of:last].T, out=found)
        return found[:, first - first_of : stop - first_of]

    def own_products(self, vectors: Float32Array, own: IntArray, out: Float32Array) -> FloatArray:
        """Return the product of each row with its own template, columns rising: float64, (n_rows,)."""
        found = np.empty(own.size)
        for first in range(int(own[0]), int(own[-1]) + 1, _COLUMNS):
            stop = min(first + _COLUMNS, int(own[-1]) + 1)
            rows = np.flatnonzero((own >= first) & (own < stop))
            if rows.size:
                found[rows] = self.products(vectors, first, stop, out)[rows, own[rows] - first]
        return found

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Cut the columns into blocks of one size."""
        for first in range(0, self.n_people, _COLUMNS):
            yield first, min(first + _COLUMNS, self.n_people)


@dataclass(frozen=True, slots=True, eq=False)
class _Probes:
    """Probes of people enrolled, by the columns of these."""

    vectors: Float32Array  #: of all probes
    rows: IntArray  #: (n_probes,) of those of people enrolled, in the order of their columns
    own: IntArray  #: (n_probes,) columns, non-decreasing
    scale: Scale

    def block(self, places: IntArray | slice) -> Float32Array:
        """Return vectors, and zeros behind them where they are few."""
        return _padded(self.vectors[self.rows[places]], _ROWS)


def _bins_of(probes: _Probes, enrolled: _Enrolled) -> ScoreBins:
    """Return bins that hold what some probes, spread over all, score with other people."""
    places = np.unique(np.linspace(0, probes.rows.size - 1, _PILOTS).astype(np.int64))
    vectors = _padded(probes.vectors[probes.rows[places]], _LEAST)
    scale, own = probes.scale[places], probes.own[places]
    by_row = Scale(scale.mean[:, None], scale.spread[:, None])
    out = np.empty((len(vectors), _COLUMNS + _LEAST), dtype=np.float32)
    ends = []
    for first, stop in enrolled.blocks():
        raw = enrolled.products(vectors, first, stop, out)[: places.size].astype(np.float64)
        scores = on_one_scale(raw, by_row, enrolled.scale[slice(first, stop)])
        here = np.flatnonzero((own >= first) & (own < stop))
        scores[here, own[here] - first] = np.nan
        finite = scores[np.isfinite(scores)]
        ends += [finite.min(), finite.max()] if finite.size else []
    return ScoreBins.around(np.array(ends), _BETWEEN)


class _Gathering:
    """The counts of one match, to which workers add; whole numbers, so the order does not matter."""

    def __init__(self, probes: _Probes, enrolled: _Enrolled, bins: ScoreBins) -> None:
        n_probes, n_groups = probes.rows.size, enrolled.starts.size - 1
        most = int(np.diff(enrolled.starts).max())
        self.probes, self.enrolled, self.bins = probes, enrolled, bins
        self.group = np.searchsorted(enrolled.starts, probes.own, side="right") - 1
        self.better = np.empty((n_probes, n_groups), dtype=np.uint16 if most < 2**16 else np.uint32)
        self.genuine = np.empty(n_probes)
        self.highest = np.empty((n_probes, 2))
        self.highest_group = np.empty((n_probes, 2), dtype=np.int16)
        self.nearest = np.empty((n_probes, 2), dtype=np.int64)
        self.tied: dict[int, tuple[IntArray, Array]] = {}
        self.by_maker = np.zeros((n_groups, bins.n_bins), dtype=np.int64)
        self.in_both = np.zeros((n_groups, bins.n_bins), dtype=np.int64)
        self.by_claimed: SimpleQueue[IntArray] = SimpleQueue()  # as many as workers
        self.n_failed = 0
        self.lock = Lock()

    def add(self, places: IntArray) -> None:
        """Match some probes that follow each other with everybody."""
        probes, enrolled, bins = self.probes, self.enrolled, self.bins
        here = slice(int(places[0]), int(places[-1]) + 1)
        vectors, own, scale, group = (
            probes.block(here),
            probes.own[here],
            probes.scale[here],
            self.group[here],
        )
        out = np.empty((_ROWS, _COLUMNS + _LEAST), dtype=np.float32)
        at_own = enrolled.scale[own]
        mine = on_one_scale(enrolled.own_products(vectors, own, out), scale, at_own)
        n_rows, n_groups = places.size, enrolled.starts.size - 1
        makers = slice(int(group[0]), int(group[-1]) + 1)
        by_maker = np.zeros((makers.stop - makers.start, bins.n_bins), dtype=np.int64)
        in_both = np.zeros_like(by_maker)
        better, tied = np.zeros((2, n_rows, n_groups), dtype=np.uint32)
        highest = np.full((n_rows, 2), -np.inf)
        of_group, nearest = np.full((n_rows, 2), -1), np.tile([-1, 0], (n_rows, 1))
        try:
            by_claimed = self.by_claimed.get_nowait()
        except Empty:
            by_claimed = np.zeros_like(self.by_maker)
        n_failed = int(np.count_nonzero(np.isnan(mine)))
        for first, stop in enrolled.blocks():
            raw = enrolled.products(vectors, first, stop, out)
            templates = enrolled.scale[slice(first, stop)]
            n_failed += tally_block(
                raw, scale.mean, scale.spread, templates.mean, templates.spread, mine, own, group,
                first, enrolled.starts, bins.low, bins.per_unit, better, tied, highest, of_group, nearest,
                makers.start, by_maker, by_claimed, in_both,
            )  # fmt: skip
        self.by_claimed.put(by_claimed)
        self.better[here], self.genuine[here] = better, mine
        self.highest[here], self.highest_group[here], self.nearest[here] = highest, of_group, nearest
        ties = np.flatnonzero(tied.any(axis=1))
        with self.lock:
            self.by_maker[makers] += by_maker
            self.in_both[makers] += in_both
            self.n_failed += n_failed
            self.tied[here.start] = here.start + ties, tied[ties].astype(self.better.dtype)

    def tally(self, own: IntArray, back: IntArray, order: IntArray) -> ScoreTally:
        """Return what was counted: ``back`` are places of probes as asked, ``order`` people by column."""
        n_groups, n_people = len(self.by_maker), order.size
        group = np.empty(n_people, dtype=np.int64)
        group[order] = np.searchsorted(self.enrolled.starts, np.arange(n_people), side="right") - 1
        by_claimed = self.by_claimed.get()
        while not self.by_claimed.empty():
            by_claimed += self.by_claimed.get()
        parts = [self.tied[first] for first in sorted(self.tied)]
        tied_rows, tied = (np.concatenate(one) for one in zip(*parts, strict=True))
        forth = np.empty(back.size, dtype=np.int64)
        forth[back] = np.arange(back.size)
        turn = np.argsort(forth[tied_rows])
        nearest = self.nearest[back]
        return ScoreTally(
            own=own,
            group=group,
            better=self.better[back],
            tied_rows=forth[tied_rows][turn],
            tied=tied[turn].reshape(-1, n_groups),
            genuine=self.genuine[back],
            highest=self.highest[back],
            highest_group=self.highest_group[back].astype(np.int64),
            nearest=np.where(nearest[:, 0] >= 0, order[nearest[:, 0]], -1),
            n_nearest=nearest[:, 1],
            bins=self.bins,
            by_maker=self.by_maker,
            by_claimed=by_claimed,
            in_both=self.in_both,
            n_failed=self.n_failed,
        )
