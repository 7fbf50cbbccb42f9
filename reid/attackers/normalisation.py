"""Bring the scores of different probes and templates to one scale by a cohort of other people."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from reid.typing import BoolArray, FloatArray, IntArray

#: As many people's worth of the usual spread are added to what a row's own cohort shows: the spread of
#: six people alone says little. Tried on three logs, from 5 to 20; 20 was best or as good in each.
_PEOPLE_OF_USUAL_SPREAD: Final = 20
_ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """What probes, or templates, score against the cohort who resemble them most."""

    mean: FloatArray  #: (n_rows,), or by row and person where people are left out; NaN where none is known
    spread: FloatArray  #: of the same shape, above 0

    @classmethod
    def of(cls, cohort: FloatArray, n_nearest: int, usual: float | None) -> "Scale":
        """Return the scale of each row of scores with the cohort; see :func:`s_norm`."""
        mean, squares, count = _nearest(cohort, n_nearest)
        return cls(mean, _spread(squares, count, usual))

    def __getitem__(self, rows: IntArray | slice) -> "Scale":
        """Return the scale of some rows."""
        return Scale(self.mean[rows], self.spread[rows])


def on_one_scale(scores: FloatArray, probes: Scale, templates: Scale) -> FloatArray:
    """Return the mean of the deviations from a probe's and from a template's mean, each in its spread.

    The scales must broadcast to the shape of ``scores``.
    """
    by_probe = (scores - probes.mean) / probes.spread
    return np.asarray(0.5 * (by_probe + (scores - templates.mean) / templates.spread))


def s_norm(
    scores: FloatArray,
    probe_cohort: FloatArray,
    template_cohort: FloatArray,
    same: BoolArray,
    n_nearest: int,
    *,
    usual: float | None = None,
    one_scale: bool = False,
) -> FloatArray:
    """Return scores normalised symmetrically and adaptively.

    Each score is taken in standard deviations from the mean score that its probe, and that its
    template, reaches against those of the cohort who resemble it most; the two are averaged. The person
    of a score is left out of the cohort: in the closed set the enrolled are each other's cohort.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Scores to be normalised.
    probe_cohort : float64 array of shape (n_probes, n_cohort)
        Scores of the probes against templates of the cohort; NaN where a comparison failed.
    template_cohort : float64 array of shape (n_people, n_cohort)
        Scores of the enrolled templates against the same, or against others of that kind; NaN where both
        are of one person.
    same : bool array of shape (n_people, n_cohort)
        Where a person enrolled is one of the cohort of the probes; see :func:`same_person`.
    n_nearest : int
        How many of the cohort to compare with, if there are more.
    usual : float, optional
        Usual variance of scores with others, from :func:`usual_variance`: the spread of a template is
        drawn towards it.
    one_scale : bool
        Whether probes and templates score on one scale, as cosines do and sums of evidence do not: then the
        spread that is usual in the cohort also steadies that of a probe.

    Returns
    -------
    float64 array of shape (n_probes, n_people)
        Normalised scores.

    References
    ----------
    .. [1] Kenny (2010). Bayesian speaker verification with heavy-tailed priors. Odyssey 2010.
    .. [2] Cumani et al. (2011). Comparison of speaker recognition approaches for real applications.
       Interspeech 2011.
    """
    templates = Scale.of(template_cohort, n_nearest, usual)
    steady = usual if one_scale else None
    if same.any():
        mean, squares, count = _nearest_others(probe_cohort, same, n_nearest)
        probes = Scale(mean, _spread(squares, count, steady))
    else:
        of_rows = Scale.of(probe_cohort, n_nearest, steady)
        probes = Scale(of_rows.mean[:, None], of_rows.spread[:, None])
    return on_one_scale(scores, probes, templates)


def t_norm(scores: FloatArray, probe_cohort: FloatArray, n_nearest: int) -> FloatArray:
    """Return scores in standard deviations from the mean of their probe's highest against a cohort.

    Parameters
    ----------
    scores : float64 array of shape (n_probes, n_people)
        Scores to be normalised.
    probe_cohort : float64 array of shape (n_probes, n_cohort)
        Scores of the probes against templates of the cohort; NaN where there is none.
    n_nearest : int
        How many of the cohort to compare with, if there are more.

    Returns
    -------
    float64 array of shape (n_probes, n_people)
        Normalised scores; they rank the people as before.

    References
    ----------
    .. [1] Auckenthaler et al. (2000). Score normalization for text-independent speaker verification
       systems. Digital Signal Processing 10, 42-54.
    """
    probes = Scale.of(probe_cohort, n_nearest, None)
    return np.asarray((scores - probes.mean[:, None]) / probes.spread[:, None])


def _nearest(cohort: FloatArray, n_nearest: int) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return mean, squares about it and number of the highest scores of each row; no mean where none."""
    nearest, present = _highest(cohort, n_nearest)
    count = present.sum(axis=1)
    mean = nearest.sum(axis=1) / np.maximum(count, 1)
    squares = (np.where(present, nearest - mean[:, None], 0) ** 2).sum(axis=1)
    return np.where(count > 0, mean, np.nan), squares, count


def _nearest_others(
    cohort: FloatArray, same: BoolArray, n_nearest: int
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return the same of each row without each person's own scores: all (n_rows, n_people)."""
    nearest, present = _highest(cohort, n_nearest + 1)
    count = present.sum(axis=1)
    middle = nearest.sum(axis=1) / np.maximum(count, 1)
    off_middle = np.where(present, nearest - middle[:, None], 0)
    lowest = np.where(present, nearest, np.inf).min(axis=1)
    # Whose score is not among the highest leaves room for one more than asked for: the lowest goes.
    one_too_many = np.where(count > n_nearest, lowest, np.nan)
    own = np.full((len(cohort), len(same)), np.nan)
    people, columns = np.nonzero(same)
    own[:, people] = cohort[:, columns]
    gone = np.where(own >= lowest[:, None], own, one_too_many[:, None])
    left = count[:, None] - ~np.isnan(gone)
    off = np.nan_to_num(gone - middle[:, None])
    shift = (off_middle.sum(axis=1)[:, None] - off) / np.maximum(left, 1)
    of_all = (off_middle**2).sum(axis=1)[:, None]
    squares = of_all - off**2 - left * shift**2
    squares = np.where(squares > _ROUNDING * of_all, squares, 0.0)  # the rest alike: what is left is rounding
    return np.where(left > 0, middle[:, None] + shift, np.nan), squares, left


def _highest(cohort: FloatArray, n_nearest: int) -> tuple[FloatArray, BoolArray]:
    """Return the highest scores of each row, 0 where there are fewer, and which of them there are."""
    known = np.where(np.isnan(cohort), -np.inf, cohort)  # behind every score, so left out first
    if cohort.shape[1] > n_nearest:
        known = -np.partition(-known, n_nearest - 1, axis=1)[:, :n_nearest]
    present = np.isfinite(known)
    return np.where(present, known, 0), present


def usual_variance(within_cohort: Iterable[FloatArray], n_nearest: int) -> float:
    """Return the variance of scores with others that is usual in a cohort.

    Parameters
    ----------
    within_cohort : float64 arrays of shapes (any, n_cohort)
        Scores of the cohort's templates against each other, in one array or in blocks of rows that follow
        each other.
    n_nearest : int
        How many of the others to compare with, if there are more.
    """
    of_rows: list[tuple[FloatArray, IntArray]] = []
    first = 0
    for rows in within_cohort:
        others = rows.astype(np.float64, copy=True)
        places = np.arange(len(rows))
        others[places, first + places] = np.nan
        of_rows.append(_nearest(others, n_nearest)[1:])
        first += len(rows)
    squares, count = (np.concatenate(one) for one in zip(*of_rows, strict=True))
    return float(squares.sum() / max(count.sum(), 1))


def _spread(squares: FloatArray, count: IntArray, usual: float | None) -> FloatArray:
    """Return the spread, drawn towards the usual variance where that is given; 1 where all score alike."""
    weight = 0 if usual is None else _PEOPLE_OF_USUAL_SPREAD
    variance = (squares + weight * (usual or 0.0)) / np.maximum(count + weight, 1)
    return np.sqrt(np.where(variance > 0, variance, 1.0))


def same_person(people: tuple[str, ...], others: tuple[str, ...]) -> BoolArray:
    """Mark the pairs that are one person: bool, (n_people, n_others)."""
    return np.array([[person == other for other in others] for person in people], dtype=bool)
