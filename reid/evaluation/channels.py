"""Which channel gives people away: what each gives alone, and what is left without it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
import polars as pl

from reid.anonymizers.strategies import parse_strategy
from reid.attackers import Attacker, ScoreMatrix
from reid.attackers.discriminant import Discriminant
from reid.attackers.likelihood import LikelihoodRatio
from reid.attackers.lookout import Lookout
from reid.errors import BlindError
from reid.evaluation.blocks import in_short
from reid.evaluation.device import at_common_rate, common_step_us
from reid.evaluation.given_away import GivenAway
from reid.evaluation.modalities import difference
from reid.evaluation.modality import modalities_in
from reid.evaluation.plan import AttackedLog, AuditPlan
from reid.evaluation.splits import Split, make_split, n_shared, random_split
from reid.events.clocks import clock_grid
from reid.events.schema import KEY_EVENTS
from reid.events.table import EventTable
from reid.features.table import CHANNELS
from reid.metrics.identification import rank_k_hits, ranks
from reid.metrics.intervals import person_means, proportion_over_people, sidak_level
from reid.parallel import parallel_map
from reid.seeding import Streams
from reid.typing import FloatArray, Progress, silent

#: Channels that are no behaviour of the person: a machine, a task or an hour can name somebody by them.
CONFOUNDS: Final = ("device", "layout", "content", "schedule", "position")

_FEATURES: Final = "every-channel"
_ALL: Final = "all channels"
_NOTHING_VARIES: Final = "nothing in it varies, or too little is seen of it to be compared"
_LEVEL: Final = 0.95
_LONGEST_STEP_US: Final = 2_000_000
_FINEST_CLOCK_US, _COARSEST_CLOCK_US = 1000, 100_000  # beyond, little is left of a hold time

Runs = Mapping[str, ScoreMatrix | None]


def beside_channels(plan: AuditPlan, log: AttackedLog) -> bool:
    """Say whether to take a log apart: where asked for, the raw log and the only release."""
    return plan.channels and plan.stands_alone(log.strategy)


def channels_block(
    log: AttackedLog, split: Split, plan: AuditPlan, numbered: Sequence[str]
) -> dict[str, Any]:
    """Attack with one channel at a time, and with all but one, by one attacker and on the same probes.

    Parameters
    ----------
    log : AttackedLog
        As it was attacked.
    split : Split
        Of it.
    plan : AuditPlan
        Of the audit; what it withholds from the attackers stays withheld.
    numbered : sequence of str
        The people, person 1 of the report first; no name of theirs is told.

    Returns
    -------
    dict
        ``attacker``; rates in short of ``all`` channels, at a random split, with the number of
        sessions that it puts on both sides (``random_split_shares``), and at one clock for everybody;
        of each channel what it gives ``alone``, or why there is nothing to see (``why_none_alone``), what
        is left ``without`` it and whom it gives away; the
        ``people`` who are named, and of each person, ``listed`` by number, what gives them away; the
        channel the risk is ``attributed_to``, and those that have ``as_much`` credit within the interval;
        and ``confounds``: channels that are no behaviour and name people alone.

    Raises
    ------
    BlindError
        No channel holds anything.

    Notes
    -----
    A channel is credited with the mean of what it adds to nothing (alone, beyond chance) and of what it adds
    to all others (what is lost without it): the first and the last term of its Shapley value [1]_. Alone, a
    channel that repeats another would get all the credit; by its absence, it would get none. The risk is
    attributed to the channel with the most credit, and to none where nothing names people beyond chance: all
    channels together or one alone, by intervals that hold for all of these at once.

    References
    ----------
    .. [1] Shapley (1953). A value for n-person games. Contributions to the Theory of Games II.
    """
    attackers = attackers_on(log.events)
    held = channels_in(split, plan.without)
    told = plan.told(log.strategy)
    runs = _runs(split, attackers, held, plan.without, n_jobs=plan.n_jobs, progress=told)
    whole, verdict = _judged(runs, held, numbered)
    seed = plan.settings.seed
    dealt = random_split(split, seed)
    of_each = {}
    for channel in held:
        alone, without = runs[f"{channel} alone"], runs[f"without {channel}"]
        of_each[channel] = {
            "about": CHANNELS[channel],
            "behaviour": channel not in CONFOUNDS,
            "alone": alone and in_short(alone, seed),
            "why_none_alone": _NOTHING_VARIES if alone is None else None,
            "without": without and in_short(without, seed),
            "lost_differences": without and difference(whole, without, seed),
            **verdict["by_channel"][channel],
        }
    return {
        "attacker": f"discriminant and likelihood-ratio on {_FEATURES}",
        "chance": 1 / len(whole.people),
        "all": in_short(whole, seed),
        "by_channel": of_each,
        "people": verdict["people"],
        "listed": verdict["listed"],
        "attributed_to": verdict["attributed_to"],
        "as_much": verdict["as_much"],
        "confounds": [name for name in held if name in CONFOUNDS and of_each[name]["beyond_chance"]],
        "random_split": in_short(_scored(dealt, attackers, plan.without), seed),
        "random_split_shares": n_shared(dealt.gallery, dealt.probes, "session"),
        "at_common_clock": _at_common_clock(log.events, attackers, plan),
    }


def verdict_of(events: EventTable, split: Split) -> dict[str, Any]:
    """Return only who is named by what: ``by_channel``, ``people`` and ``attributed_to``, without rates.

    Raises
    ------
    BlindError
        No channel holds anything.
    """
    held = channels_in(split, ())
    return _judged(_runs(split, attackers_on(events), held, ()), held)[1]


def attackers_on(events: EventTable) -> tuple[Attacker, ...]:
    """Return who sees every channel of a log: directions weighed against each other, and sizes of each trait.

    The discriminant compares directions alone, so of a single trait it sees hardly more than the sign; the
    likelihood ratio takes all traits for independent, and sees how large each is.
    """
    ratio = LikelihoodRatio(features=_FEATURES)
    if "pointer" in modalities_in(events):
        return Discriminant(features=_FEATURES, ridge=0.6, sliding=True), ratio
    return Discriminant(features=_FEATURES), ratio


def channels_in(split: Split, without: Collection[str]) -> tuple[str, ...]:
    """Return the channels of which a split's people show anything, in the order of ``CHANNELS``.

    Raises
    ------
    BlindError
        There is none.
    """
    seen = Lookout.on(_FEATURES, tuple(without), split.train).features(split.gallery)
    some = seen.counts.sum(axis=0) > 0
    held = {channel for channel, shows in zip(seen.channels, some, strict=True) if shows}
    return tuple(channel for channel in CHANNELS if channel in held)


def _judged(
    runs: Runs, held: Collection[str], numbered: Sequence[str] = ()
) -> tuple[ScoreMatrix, dict[str, Any]]:
    whole = runs[_ALL]
    if whole is None:
        raise BlindError.of("the attacker", must="see something of one probe at least", found="nothing")
    return whole, credited({name: _hits_of(matrix) for name, matrix in runs.items()}, held, whole, numbered)


def credited(
    hits: Mapping[str, FloatArray | None],
    held: Collection[str],
    whole: ScoreMatrix,
    numbered: Sequence[str] = (),
) -> dict[str, Any]:
    """Say which channel names people, and which of them.

    Parameters
    ----------
    hits : mapping of str to float64 array of shape (n_probes,) or None
        Rank-1 hits of ``all channels``, of ``C alone`` and ``without C`` for each channel C; None where there
        was nothing to see.
    held : collection of str
        The channels.
    whole : ScoreMatrix
        Scores with all channels.
    numbered : sequence of str
        The people who are listed, person 1 of the report first.

    Returns
    -------
    dict
        ``by_channel``, ``people``, ``listed``, ``attributed_to`` and ``as_much``, as in
        :func:`channels_block`.
    """
    truth, chance = whole.truth(), 1 / len(whole.people)
    person = truth[truth >= 0]
    together = np.asarray(hits[_ALL])
    level = sidak_level(_LEVEL, len(held) + 1)
    alone, lost, beyond, credit = {}, {}, {}, {}
    for channel in held:
        own, rest = hits[f"{channel} alone"], hits[f"without {channel}"]
        alone[channel] = np.full(person.size, chance) if own is None else own
        lost[channel] = together - (np.full(person.size, chance) if rest is None else rest)
        estimate = proportion_over_people(alone[channel], person, level=level, chance=chance)
        beyond[channel] = own is not None and estimate.low > chance
        credit[channel] = float(person_means(alone[channel] - chance + lost[channel], person).mean()) / 2
    of_all = proportion_over_people(together, person, level=level, chance=chance)
    found = of_all.low > chance or any(beyond.values())
    given_away = GivenAway(
        people=tuple(whole.people[column] for column in np.unique(person)),
        together=person_means(together, person),
        alone={channel: person_means(own, person) for channel, own in alone.items()},
        lost={channel: person_means(own, person) for channel, own in lost.items()},
    )
    shares = given_away.shares()
    carrier = max(credit, key=lambda channel: credit[channel]) if found else None
    return {
        "by_channel": {
            channel: {
                "beyond_chance": bool(beyond[channel]),
                "credit": credit[channel],
                "people": shares["by_channel"][channel],
            }
            for channel in held
        },
        "people": shares["people"],
        "listed": given_away.listed(numbered),
        "attributed_to": carrier,
        "as_much": [] if carrier is None else given_away.as_much_as(carrier),
    }


def _runs(
    split: Split,
    attackers: Collection[Attacker],
    held: Collection[str],
    withheld: Collection[str],
    *,
    n_jobs: int = 1,
    progress: Progress = silent,
) -> dict[str, ScoreMatrix | None]:
    """Return the scores with all channels, with each alone and with all but each."""
    kept_from = {_ALL: tuple(withheld)}
    for channel in held:
        kept_from[f"{channel} alone"] = tuple(name for name in CHANNELS if name != channel)
        kept_from[f"without {channel}"] = (*withheld, channel)

    def run(name: str) -> ScoreMatrix | None:
        try:
            scored = _scored(split, attackers, kept_from[name])
        except BlindError:
            return None
        return scored if _shows(scored) else None

    names = list(kept_from)
    found = parallel_map(run, names, n_jobs=n_jobs, share_memory=True, stage="channels", progress=progress)
    split.gallery.pieces.forget()
    return dict(zip(names, found, strict=True))


def _scored(split: Split, attackers: Collection[Attacker], without: Collection[str]) -> ScoreMatrix:
    """Return the sum of the attackers' scores, each of which its cohort has put into the same units."""
    matrices = [
        replace(attacker, without=tuple(without)).enrol(split.train, split.gallery).score(split.probes)  # type: ignore[type-var]  # dataclasses
        for attacker in attackers
    ]
    return replace(matrices[0], scores=np.sum([matrix.scores for matrix in matrices], axis=0))


def _shows(matrix: ScoreMatrix) -> bool:
    """Say whether there was anything to compare: not where nothing varied, so that all comparisons failed."""
    return not np.isnan(matrix.scores).all()


def _hits_of(matrix: ScoreMatrix | None) -> FloatArray | None:
    if matrix is None:
        return None
    return rank_k_hits(*ranks(matrix.scores, matrix.truth()), len(matrix.people), 1)


def _at_common_clock(events: EventTable, attackers: Collection[Attacker], plan: AuditPlan) -> dict[str, Any]:
    """Return what is left where everybody's times lie on one clock, the coarsest, and where on none.

    On one clock the channel device still tells on which of its ticks a person's times fall, which is
    behaviour. Shaken by up to half a tick, times lie on no clock and are the person's own all the same: whom
    the channel device names then is named by no clock.
    """
    pointing = "pointer" in modalities_in(events)
    step_us = common_step_us(events) if pointing else coarsest_clock_us(events)
    step_ms = step_us / 1000
    alike = (
        at_common_rate(events, step_us) if pointing else _released(events, f"time-grid(step_ms={step_ms!r})")
    )
    shaken = _released(events, f"time-jitter(bound_ms={step_us // 2 / 1000!r})")
    only_device = tuple(channel for channel in CHANNELS if channel != "device" or channel in plan.without)
    found: dict[str, Any] = {"step_ms": step_ms}
    for name, moved, without in (
        ("all", alike, tuple(plan.without)),
        ("device", alike, only_device),
        ("device_on_no_clock", shaken, only_device),
    ):
        split = make_split(moved, plan.people, plan.settings)
        try:
            scored = _scored(split, attackers, without)
        except BlindError:
            found[name] = None
        else:
            found[name] = in_short(scored, plan.settings.seed) if _shows(scored) else None
        split.gallery.pieces.forget()
    return found


def _released(events: EventTable, strategy: str) -> EventTable:
    return parse_strategy(strategy).fit([events]).apply(events, Streams(0, ("common clock",))).events


def coarsest_clock_us(events: EventTable) -> int:
    """Return the period of the coarsest clock on which somebody's key events lie, in whole microseconds.

    From 1 ms to 100 ms; see :func:`~reid.events.clocks.clock_grid`.
    """
    same = [pl.col(name) == pl.col(name).shift() for name in ("subject_id", "session_id")]
    steps = (
        events.frame.filter(pl.col("event").is_in(KEY_EVENTS))
        .select("subject_id", "session_id", "time_us")
        .with_columns(step_us=pl.when(*same).then(pl.col("time_us").diff()))
        .filter(pl.col("step_us").is_between(1, _LONGEST_STEP_US))
        .group_by("subject_id", "step_us")
        .len()
        .sort("subject_id", "step_us")
    )
    grids = [
        clock_grid(own["step_us"].to_numpy(), own["len"].cast(pl.Int64).to_numpy())
        for _, own in steps.group_by("subject_id", maintain_order=True)
    ]
    coarsest = max((grid for grid in grids if grid), default=0.0)
    return int(np.clip(round(coarsest), _FINEST_CLOCK_US, _COARSEST_CLOCK_US))
