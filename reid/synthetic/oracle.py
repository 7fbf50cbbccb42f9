"""The best possible attack on :mod:`reid.synthetic.truth`: it knows the laws, not the people.

With the person's vector written ``mean + root z``, ``z ~ N(0, I)``, everything that sessions say about ``z``
is a precision matrix ``S`` and a vector ``v``: their likelihood is ``exp(v.z - z.S.z / 2)`` up to a factor
without ``z``. Sessions of one person add. Integrating over ``z`` gives ``Z(S, v)``, and the likelihood ratio
of "one person typed both" to "two people did" is ``Z(both) / (Z(gallery) Z(probe))``. Under a uniform prior
its maximum over the enrolled people is the most probable person: no attack names the right one more often.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from reid.errors import ParameterError, TooFewError
from reid.events.schema import SESSION
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic.key_process import key_law
from reid.synthetic.truth import (
    TruthLaw,
    TruthSettings,
    dd_component,
    person_means,
    truth_law,
    typed_keys,
)
from reid.typing import FloatArray, IntArray, Progress, silent


@dataclass(frozen=True, slots=True, eq=False)
class LatencySums:
    """How often each component was observed in each session, and the sum of its log latencies (in us)."""

    counts: FloatArray  #: (n_sessions, n_components)
    totals: FloatArray  #: (n_sessions, n_components)


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


def latency_sums(events: EventTable, settings: TruthSettings) -> LatencySums:
    """Read the sufficient statistics off a log that :func:`~reid.synthetic.truth.generate` made.

    Returns
    -------
    LatencySums
        One row per session, in the order of ``events.sessions``.

    Raises
    ------
    ParameterError
        The log holds a key that the settings do not have, or a latency of 0: it is not a raw log of them.
    """
    names, _ = key_law(settings.n_letters)
    number = pl.DataFrame(
        {"key": pl.Series(names, dtype=events.frame.schema["key"]), "number": range(len(names))}
    )
    rows = events.sessions.select(*SESSION, pl.int_range(pl.len()).alias("session"))
    numbered = events.frame.join(rows, on=SESSION, maintain_order="left").join(
        number, on="key", how="left", maintain_order="left"
    )
    downs = numbered.filter(pl.col("event") == "key_down").unique(
        ["session", "press"], keep="first", maintain_order=True
    )
    ups = numbered.filter(pl.col("event") == "key_up").select("session", "press", up_us="time_us")
    pressed = downs.join(ups, on=["session", "press"], how="left", maintain_order="left")
    if pressed["number"].null_count():
        found = f"{pressed['number'].null_count()} presses of others"
        raise ParameterError.of("keys", must="be those of the settings", found=found)
    session, keys, down_us = (pressed[name].to_numpy() for name in ("session", "number", "time_us"))
    hold_us = (pressed["up_us"] - pressed["time_us"]).cast(pl.Float64).to_numpy()  # NaN where never released
    same = session[1:] == session[:-1]
    dd_us = np.diff(down_us)[same].astype(np.float64)
    released = ~np.isnan(hold_us)
    at = np.concatenate([session[released], session[1:][same]])
    component = np.concatenate([keys[released], dd_component(keys[:-1], keys[1:], len(names))[same]])
    latency_us = np.concatenate([hold_us[released], dd_us])
    if latency_us.size and latency_us.min() <= 0:
        raise ParameterError.of("latencies", must="be above 0 us in a raw log", found=latency_us.min())
    shape = (len(rows), len(truth_law(settings).components))
    cell = at * shape[1] + component
    counts = np.bincount(cell, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
    totals = np.bincount(cell, weights=np.log(latency_us), minlength=shape[0] * shape[1])
    return LatencySums(counts, totals.reshape(shape).astype(np.float64))


def evidence_of(sums: LatencySums, law: TruthLaw) -> Evidence:
    """Turn the sums of each session into what they say about the person.

    The session's own shift is integrated out; a component that was never observed says nothing.
    """
    # A mean of n latencies has variance drift + within / n; in this form n may be 0.
    weight = np.sqrt(sums.counts / law.within)
    scaled = weight[..., None] * law.root
    excess = sums.totals - sums.counts * law.mean
    spread = np.sqrt(np.where(sums.counts > 0, sums.counts, 1.0) * law.within)
    if law.drift.any():
        shifted = weight[..., None] * law.drift
        cover = np.eye(law.mean.size) + shifted @ np.swapaxes(shifted, -1, -2)
        whitened = np.linalg.solve(cover, scaled)
    else:
        whitened = scaled
    vector = (np.swapaxes(whitened, -1, -2) @ (excess / spread)[..., None])[..., 0]
    return Evidence(np.swapaxes(scaled, -1, -2) @ whitened, vector)


def log_likelihood_ratios(probes: Evidence, gallery: Evidence) -> FloatArray:
    """Return the log likelihood ratio of each probe with each enrolled person: (n_probes, n_people)."""
    alone = gallery.log_likelihood()
    scores = np.empty((len(probes.vector), len(gallery.vector)))
    for probe, (precision, vector) in enumerate(zip(probes.precision, probes.vector, strict=True)):
        together = Evidence(gallery.precision + precision, gallery.vector + vector)
        scores[probe] = together.log_likelihood() - alone
    return scores - probes.log_likelihood()[:, None]


def best_scores(
    events: EventTable,
    settings: TruthSettings,
    gallery: Sequence[Sequence[int]],
    probes: Sequence[Sequence[int]],
) -> FloatArray:
    """Return the exact log likelihood ratios on a log: float64, (n_probes, n_people).

    Parameters
    ----------
    events : EventTable
        What :func:`~reid.synthetic.truth.generate` made under ``settings``.
    settings : TruthSettings
        The population; only its laws are used.
    gallery, probes : sequences of sequences of int
        Sessions of each enrolled person and of each probe, as rows of ``events.sessions``.
    """
    evidence = evidence_of(latency_sums(events, settings), truth_law(settings))
    return log_likelihood_ratios(evidence.pooled(probes), evidence.pooled(gallery))


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


def draw_sums(settings: TruthSettings, streams: Streams, people: Sequence[int]) -> LatencySums:
    """Draw the sums of people's sessions without a log in between: (n_people * n_sessions, n_components).

    Given the keys, a sum of n independent Gaussian latencies is Gaussian with n times their mean and
    variance; so this is the law of the sums of :func:`~reid.synthetic.truth.generate`.
    """
    law = truth_law(settings)
    keys = typed_keys(settings, streams, people).reshape(-1, settings.n_keystrokes)
    pairs = dd_component(keys[:, :-1], keys[:, 1:], settings.n_letters + 1)
    components = np.arange(law.mean.size)
    counts = sum(
        ((seen[..., None] == components).sum(axis=1) for seen in (keys, pairs)),
        np.zeros((len(keys), law.mean.size)),
    )
    means = person_means(settings, streams, people).reshape(counts.shape)
    noise = np.stack(
        [
            streams("sums", person, session).standard_normal(law.mean.size)
            for person in people
            for session in range(settings.n_sessions)
        ]
    )
    return LatencySums(counts, counts * means + np.sqrt(counts * law.within) * noise)


def best_rank_1(
    settings: TruthSettings,
    streams: Streams,
    *,
    n_enrolled: int,
    n_gallery_sessions: int,
    n_probe_sessions: int = 1,
    n_populations: int = 20,
    progress: Progress = silent,
) -> BestRate:
    """Estimate the best possible rank-1 over many populations drawn anew.

    Parameters
    ----------
    settings : TruthSettings
        Sessions and laws; ``n_people`` is not used.
    streams : Streams
        Where the randomness comes from.
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
    n_left = settings.n_sessions - n_gallery_sessions
    for what, found, least in (
        ("enrolled people", n_enrolled, 2),
        ("gallery sessions", n_gallery_sessions, 1),
        ("sessions of a probe", n_probe_sessions, 1),
        ("sessions left for probes", n_left, n_probe_sessions),
        ("populations", n_populations, 2),
    ):
        if found < least:
            raise TooFewError.of(what, must=f"be at least {least}", found=found)
    groups = range(n_gallery_sessions, settings.n_sessions - n_probe_sessions + 1, n_probe_sessions)
    law = truth_law(settings)
    first = range(0, n_enrolled * settings.n_sessions, settings.n_sessions)
    gallery = [range(start, start + n_gallery_sessions) for start in first]
    probes = [range(start + group, start + group + n_probe_sessions) for start in first for group in groups]
    truth = np.repeat(np.arange(n_enrolled), len(groups))
    rates = np.empty(n_populations)
    for population in range(n_populations):
        progress("best possible rank-1", population, n_populations)
        sums = draw_sums(settings, streams.under("population", population), range(n_enrolled))
        evidence = evidence_of(sums, law)
        scores = log_likelihood_ratios(evidence.pooled(probes), evidence.pooled(gallery))
        rates[population] = named_right(scores, truth).mean()
    progress("best possible rank-1", n_populations, n_populations)
    error = rates.std(ddof=1) / np.sqrt(n_populations)
    return BestRate(float(rates.mean()), float(error), n_populations)
