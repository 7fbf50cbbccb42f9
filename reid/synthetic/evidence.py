"""What Gaussian observations say about who is behind them, and how often the best possible attack is right.

With the person's vector written ``mean + root z``, ``z ~ N(0, I)``, everything that sessions say about ``z``
is a precision matrix ``S`` and a vector ``v``: their likelihood is ``exp(v.z - z.S.z / 2)`` up to a factor
without ``z``. Sessions of one person add. Integrating over ``z`` gives ``Z(S, v)``, and the likelihood ratio
of "one person typed both" to "two people did" is ``Z(both) / (Z(gallery) Z(probe))``. Under a uniform prior
its maximum over the enrolled people is the most probable person: no attack names the right one more often.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from reid.errors import TooFewError
from reid.seeding import Streams
from reid.typing import FloatArray, IntArray, Progress, silent


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What each of n sets of sessions says about the standardized vector of the person behind it."""

    precision: FloatArray  #: (n, n_traits, n_traits)
    vector: FloatArray  #: (n, n_traits)

    def pooled(self, groups: Sequence[Sequence[int]]) -> "Evidence":
        """Return the evidence of groups of rows, each from one person."""
        rows = [list(group) for group in groups]
        return Evidence(
            np.stack([self.precision[members].sum(axis=0) for members in rows]),
            np.stack([self.vector[members].sum(axis=0) for members in rows]),
        )

    def log_likelihood(self) -> FloatArray:
        """Return ``log Z(S, v)``: (n,), the log likelihood up to a term that is the same for every person."""
        posterior = np.eye(self.vector.shape[-1]) + self.precision
        log_det = 2 * np.log(np.linalg.cholesky(posterior).diagonal(axis1=-2, axis2=-1)).sum(axis=-1)
        mean = np.linalg.solve(posterior, self.vector[..., None])[..., 0]
        return np.asarray((self.vector * mean).sum(axis=-1) / 2 - log_det / 2, dtype=np.float64)


def evidence_about(
    precision: FloatArray, vector: FloatArray, root: FloatArray, drift: FloatArray
) -> Evidence:
    """Turn what sessions say about their own means into what they say about the person.

    Parameters
    ----------
    precision : float64 array of shape (n_sessions, n_components, n_components)
        Sum over a session's observations ``y = X m + noise`` of ``X' W^-1 X``, ``W`` the covariance of the
        noise; zero where nothing was observed.
    vector : float64 array of shape (n_sessions, n_components)
        Sum of ``X' W^-1 (y - X mean)``.
    root, drift : float64 arrays of shape (n_components, n_traits)
        Roots of the covariance of people and of the shifts of sessions, which are integrated out.

    Returns
    -------
    Evidence
        One row per session, about the standardized vector of the person.
    """
    if drift.any():
        # In this form (Woodbury's identity) the precision need not have an inverse.
        shifted = precision @ drift
        cover = np.eye(drift.shape[1]) + drift.T @ shifted
        back = np.linalg.solve(cover, np.swapaxes(shifted, -1, -2))
        vector = vector - (np.swapaxes(back, -1, -2) @ (vector @ drift)[..., None])[..., 0]
        precision = precision - shifted @ back
    return Evidence(root.T @ precision @ root, vector @ root)


def log_likelihood_ratios(probes: Evidence, gallery: Evidence) -> FloatArray:
    """Return the log likelihood ratio of each probe with each enrolled person: (n_probes, n_people)."""
    alone = gallery.log_likelihood()
    scores = np.empty((len(probes.vector), len(gallery.vector)))
    for probe, (precision, vector) in enumerate(zip(probes.precision, probes.vector, strict=True)):
        together = Evidence(gallery.precision + precision, gallery.vector + vector)
        scores[probe] = together.log_likelihood() - alone
    return scores - probes.log_likelihood()[:, None]


def named_right(scores: FloatArray, truth: IntArray) -> FloatArray:
    """Return the chance that the highest score names the right person: (n_probes,), 1 of t in a tie of t.

    ``truth`` holds the column of each probe's person.
    """
    highest = scores == scores.max(axis=1, keepdims=True)
    return np.asarray(highest[np.arange(len(scores)), truth] / highest.sum(axis=1), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class BestRate:
    """How often the best possible attack names the right person, in the mean over populations."""

    rank_1: float  #: in ``[0, 1]``
    standard_error: float  #: of ``rank_1``, from population to population
    n_populations: int


def best_rate(
    draw: Callable[[Streams], Evidence],
    streams: Streams,
    *,
    n_sessions: int,
    n_enrolled: int,
    n_gallery_sessions: int,
    n_probe_sessions: int = 1,
    n_populations: int = 20,
    progress: Progress = silent,
) -> BestRate:
    """Estimate the best possible rank-1 over many populations drawn anew.

    Parameters
    ----------
    draw : callable
        Gives the evidence of the sessions of ``n_enrolled`` new people, person by person.
    streams : Streams
        Where the randomness comes from.
    n_sessions : int
        Sessions per person.
    n_enrolled : int
        Number of people to choose from, at least 2.
    n_gallery_sessions : int
        First sessions of each person, pooled into the person's gallery.
    n_probe_sessions : int
        Later sessions that are pooled into one probe; what does not fill a probe is left out.
    n_populations : int
        At least 2; the error goes down with its square root.

    Raises
    ------
    TooFewError
        There are too few people, sessions or populations.
    """
    n_left = n_sessions - n_gallery_sessions
    for what, found, least in (
        ("enrolled people", n_enrolled, 2),
        ("gallery sessions", n_gallery_sessions, 1),
        ("sessions of a probe", n_probe_sessions, 1),
        ("sessions left for probes", n_left, n_probe_sessions),
        ("populations", n_populations, 2),
    ):
        if found < least:
            raise TooFewError.of(what, must=f"be at least {least}", found=found)
    groups = range(n_gallery_sessions, n_sessions - n_probe_sessions + 1, n_probe_sessions)
    first = range(0, n_enrolled * n_sessions, n_sessions)
    gallery = [range(start, start + n_gallery_sessions) for start in first]
    probes = [range(start + group, start + group + n_probe_sessions) for start in first for group in groups]
    truth = np.repeat(np.arange(n_enrolled), len(groups))
    rates = np.empty(n_populations)
    for population in range(n_populations):
        progress("best possible rank-1", population, n_populations)
        evidence = draw(streams.under("population", population))
        scores = log_likelihood_ratios(evidence.pooled(probes), evidence.pooled(gallery))
        rates[population] = named_right(scores, truth).mean()
    progress("best possible rank-1", n_populations, n_populations)
    error = rates.std(ddof=1) / np.sqrt(n_populations)
    return BestRate(float(rates.mean()), float(error), n_populations)
