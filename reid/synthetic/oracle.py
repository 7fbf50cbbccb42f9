"""The best possible attack on :mod:`reid.synthetic.truth`: it knows the laws, not the people.

How sums of latencies name a person is told in :mod:`reid.synthetic.evidence`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from reid.errors import ParameterError
from reid.events.schema import SESSION
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic.evidence import (
    BestRate,
    Evidence,
    best_rate,
    evidence_about,
    log_likelihood_ratios,
)
from reid.synthetic.key_process import key_law
from reid.synthetic.truth import (
    TruthLaw,
    TruthSettings,
    dd_component,
    person_means,
    truth_law,
    typed_keys,
)
from reid.typing import FloatArray, Progress, silent


@dataclass(frozen=True, slots=True, eq=False)
class LatencySums:
    """How often each component was observed in each session, and the sum of its log latencies (in us)."""

    counts: FloatArray  #: (n_sessions, n_components)
    totals: FloatArray  #: (n_sessions, n_components)


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
    precision = (sums.counts / law.within)[..., None] * np.eye(law.mean.size)
    vector = (sums.totals - sums.counts * law.mean) / law.within
    return evidence_about(precision, vector, law.root, law.drift)


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
    """Estimate the best possible rank-1 under these laws; ``n_people`` is not used.

    Parameters and errors as in :func:`~reid.synthetic.evidence.best_rate`.
    """
    law = truth_law(settings)
    return best_rate(
        lambda population: evidence_of(draw_sums(settings, population, range(n_enrolled)), law),
        streams,
        n_sessions=settings.n_sessions,
        n_enrolled=n_enrolled,
        n_gallery_sessions=n_gallery_sessions,
        n_probe_sessions=n_probe_sessions,
        n_populations=n_populations,
        progress=progress,
    )
