"""How much of a pointer's risk is the machine: the same attack with less of it to see."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import fields, replace
from typing import Any, Final

import numpy as np
import polars as pl

from reid.anonymizers.strategies import parse_strategy
from reid.attackers.discriminant import Discriminant
from reid.attackers.fusion import Fusion
from reid.errors import TooFewError
from reid.evaluation.lineup import LineUp
from reid.evaluation.modality import modalities_in, modality_of, of_modality
from reid.evaluation.plan import NO_STRATEGY, AttackedLog, AuditPlan
from reid.evaluation.retuning import RETUNED
from reid.events.clocks import polling_rate
from reid.events.table import EventTable
from reid.registry import parse_part
from reid.seeding import Streams
from reid.typing import Progress

#: Attack a log by a line-up that speaks with one voice, some enrolled people left aside: rates in short,
#: told under a stage's name.
Attack = Callable[[EventTable, LineUp, Collection[str], Progress], dict[str, Any]]

_LONGEST_STEP_US: Final = 1_000_000  # from move to move; longer is a rest
_SHORTEST_STEP_US: Final = 1000
_SLOWEST_STEP_US: Final = 250_000  # coarser than this, nothing is left of a path
_LIKE_RATES: Final = 2.0  # times as often: a mouse at 125 Hz is not told from one at 100 Hz by its grid alone
_WITH_A_PLACE: Final = "strokes"  # the set of features that can also look at the position


def beside_a_device(plan: AuditPlan, log: AttackedLog, chosen: str) -> bool:
    """Say whether to measure how much is the machine.

    So where the chosen attack looks at the pointer and at its device, for the raw log and for the only
    release, though not for each of several.
    """
    if "device" in plan.without or "pointer" not in modalities_in(log.events):
        return False
    several = len(plan.releases) > 1 and log.strategy != NO_STRATEGY
    return not several and bool(_pointing(plan.attackers, chosen).singles)


def device_block(
    events: EventTable,
    enrolled: Sequence[str],
    plan: AuditPlan,
    chosen: str,
    strategy: str,
    attack: Attack,
) -> dict[str, Any]:
    """Attack again without the channel ``device``, at one rate of all clocks, and with the position.

    Parameters
    ----------
    events : EventTable
        The log as it was attacked.
    enrolled : sequence of str
        Whom the attackers know.
    plan : AuditPlan
        Of the audit.
    chosen : str
        Name of the attacker that speaks for all. Of a fusion its discriminant on the pointer runs, else all
        members that look at the pointer.
    strategy : str
        How the log was released.
    attack : callable
        See :data:`Attack`.

    Returns
    -------
    dict
        ``attacker``; the common step between moves ``step_ms``; rates in short ``as_is``, ``without``,
        ``at_common_rate`` and ``with_position``, null where nothing is left to see; and ``at_like_rates``, of
        the people alone whose pointer is reported about as often as the middle person's.
    """
    lineup = _pointing(plan.attackers, chosen)
    pointing = of_modality(events, "pointer")
    step_us = common_step_us(pointing)
    runs: dict[str, tuple[EventTable, LineUp]] = {
        "as_is": (pointing, lineup),
        "without": (pointing, _changed(lineup, without=(*plan.without, "device"))),
        "at_common_rate": (at_common_rate(pointing, step_us), lineup),
        "with_position": (pointing, _with_position(lineup)),
    }
    name_of = next(iter(lineup.singles)) if len(lineup.singles) == 1 else Fusion.name
    found: dict[str, Any] = {"attacker": name_of, "step_ms": step_us / 1000}
    for name, (log, who) in runs.items():
        told = _told(plan.told(strategy), name.replace("_", " "))
        try:
            found[name] = attack(log, who, (), told)
        except TooFewError:  # a log can consist of what is withheld
            found[name] = None
    aside = at_unlike_rates(pointing.of_people(enrolled))
    found["at_like_rates"] = None
    if aside and len(aside) + 2 <= len(enrolled):
        told = _told(plan.told(strategy), "at like rates")
        rates = attack(pointing, lineup, aside, told)
        found["at_like_rates"] = {
            "n_people": len(enrolled) - len(aside),
            "n_aside": len(aside),
            "rates": rates,
        }
    return found


def at_unlike_rates(events: EventTable) -> tuple[str, ...]:
    """Return those whose pointer is reported over twice, or under half, as often as the middle person's.

    See :func:`~reid.events.clocks.polling_rate`; people of whom too little is known are not returned.
    """
    steps = (
        _steps_from_move_to_move(events).group_by("subject_id", "step_us").len().sort("subject_id", "step_us")
    )
    rates = {
        str(subject): polling_rate(own["step_us"].to_numpy(), own["len"].cast(pl.Int64).to_numpy())
        for (subject,), own in steps.group_by("subject_id", maintain_order=True)
    }
    known = [rate for rate in rates.values() if rate]
    if not known:
        return ()
    middle = float(np.median(known))
    return tuple(
        subject
        for subject, rate in rates.items()
        if rate and not middle / _LIKE_RATES <= rate <= middle * _LIKE_RATES
    )


def common_step_us(events: EventTable) -> int:
    """Return the time from move to move of the person whose device reports most rarely, in microseconds.

    A person's is the median over all steps above 0 and up to a second; at most 250 ms are returned.
    """
    medians = (
        _steps_from_move_to_move(events)
        .group_by("subject_id")
        .agg(pl.col("step_us").median())["step_us"]
        .to_numpy()
    )
    slowest = medians.max() if medians.size else _SHORTEST_STEP_US
    return int(np.clip(slowest, _SHORTEST_STEP_US, _SLOWEST_STEP_US))


def _steps_from_move_to_move(events: EventTable) -> pl.DataFrame:
    """Return person (``subject_id``) and length (``step_us``) of each step above 0 and up to a second."""
    same = [pl.col(name) == pl.col(name).shift() for name in ("subject_id", "session_id", "event")]
    return (
        events.frame.select("subject_id", "session_id", "event", "time_us")
        .with_columns(step_us=pl.when(*same).then(pl.col("time_us").diff()))
        .filter((pl.col("event") == "move") & pl.col("step_us").is_between(1, _LONGEST_STEP_US))
        .select(pl.col("subject_id").cast(pl.String), "step_us")
    )


def at_common_rate(events: EventTable, step_us: int) -> EventTable:
    """Return a pointer log in which everybody's moves are sampled at one rate, and every time lies on it."""
    strategy = parse_strategy(f"fixed-rate(hz={1e6 / step_us!r}) | time-grid(step_ms={step_us / 1000!r})")
    return strategy.fit([events]).apply(events, Streams(0, ("common rate",))).events


def _pointing(lineup: LineUp, chosen: str) -> LineUp:
    """Return the chosen attacker if it looks at the pointer, of a fusion its discriminant, or all that do."""
    singles = {
        name: one
        for name, one in lineup.singles.items()
        if modality_of(one) == "pointer" and (chosen in {name, Fusion.name} or chosen.endswith(RETUNED))
    }
    # The others of a fusion would take minutes each, to say much the same of a machine.
    quick = [name for name, one in singles.items() if isinstance(one, Discriminant)]
    singles = {name: singles[name] for name in quick or singles}
    fused = chosen not in singles and len(singles) > 1
    return LineUp(singles, fused, only_fusion=fused)


def _changed(lineup: LineUp, **changes: Any) -> LineUp:
    singles = {name: replace(one, **changes) for name, one in lineup.singles.items()}  # type: ignore[type-var]  # dataclasses
    return replace(lineup, singles=singles)


def _with_position(lineup: LineUp) -> LineUp:
    """Let those look at the position whose set of features can be chosen."""
    singles = dict(lineup.singles)
    for name, one in singles.items():
        chosen = {field.name: getattr(one, field.name) for field in fields(one)}  # type: ignore[arg-type]  # a dataclass
        features, settings = parse_part(chosen.get("features", ""))
        if features == _WITH_A_PLACE:
            words = ", ".join(f"{word}={value!r}" for word, value in (settings | {"position": True}).items())
            singles[name] = replace(one, features=f"{features}({words})")  # type: ignore[type-var]  # a dataclass
    return replace(lineup, singles=singles)


def _told(progress: Progress, name: str) -> Progress:
    def told(stage: str, done: int, total: int) -> None:
        progress(f"device, {name}: {stage}", done, total)

    return told
