"""Privacy against utility, and risk against a parameter, as figures with their words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from reid.anonymizers.strategies import parse_strategy
from reid.errors import ReidError
from reid.figures.frontier import Tradeoff
from reid.figures.labels import drawable, plain
from reid.figures.risk import Rate
from reid.figures.study_sheets import frontier_sheet, sweep_sheet
from reid.figures.style import RAW_LOOK, Look, Size
from reid.figures.sweep import Return, Step
from reid.metrics.estimate import Estimate
from reid.reports.shown import Cell, Shown, Table
from reid.reports.wording import RAW, RAW_LABEL, fraction, percent
from reid.study.exposure import CellByPerson, Comparison
from reid.study.frontier import Frontier, Point, Turn, is_trusted, turns_of
from reid.study.grids import expand

_CAPTION_FRONTIER: Final = (
    "How often people are named on a list of {among} (across) against what the release is still worth for "
    "{purpose} (up; 1: as good as the raw log), with 95 % intervals over people both ways. Up and to the "
    "left is "
    "better. Filled: no other setting is shown to name fewer people or be worth more without being worse in "
    "the other. "
    "Dotted: blind guessing."
)
_CAPTION_SWEEP: Final = (
    "How often people are named on a list of {among} under one strategy, by the value of its parameter, with "
    "95 % intervals over people. Solid line: the raw log, with its interval. Dotted: blind guessing. A "
    "bracket "
    "marks values between which the risk goes against the direction of the whole row, beyond an interval "
    "that "
    "holds for all pairs at once; without a bracket, none was shown to."
)
_UNITS: Final = {
    "ms": "milliseconds", "us": "microseconds", "s": "seconds", "px": "pixels", "hz": "per second",
}  # fmt: skip
NOT_TRUSTED: Final = " (not trustworthy)"  #: behind the name of a release whose attack failed a check
_FEWEST: Final = 2


def label_of(strategy: str) -> str:
    """Return how a strategy is called in figures."""
    return RAW_LABEL if strategy == RAW else plain(strategy)


def _judged(point: Point) -> str:
    """Return how a point is called, with a warning where the attack on it failed a check."""
    return label_of(point.cell.strategy) + ("" if is_trusted(point.cell) else NOT_TRUSTED)


def frontier_shown(
    compared: Comparison, frontier: Frontier, purpose: str, looks: Mapping[str, Look], name: str, size: Size
) -> Shown:
    """Draw privacy against utility for one purpose.

    Parameters
    ----------
    compared : Comparison
        What was compared.
    frontier : Frontier
        Of it, for the purpose.
    purpose : str
        What the releases are for.
    looks : mapping of strategy to Look
        One for each.
    name : str
        Of the figure.
    size : Size
        The sheet.
    """
    shown_purpose = plain(purpose, 40)
    points = [
        Tradeoff(
            label=_judged(point), risk=_rate(point.risk), worth=_rate(point.utility),
            look=looks[point.cell.strategy], unbeaten=point.is_unbeaten,
        )
        for point in frontier.points
    ]  # fmt: skip
    rows = tuple(
        (one.label, *_ends(one.risk), *_ends(one.worth), "yes" if one.unbeaten else "no") for one in points
    )
    columns = (
        "strategy", "risk", "risk_low", "risk_high", "utility", "utility_low", "utility_high", "unbeaten",
    )  # fmt: skip
    each = "; ".join(
        f"{_judged(point)}: named {percent(point.risk.as_dict())}, worth {fraction(point.utility.as_dict())}"
        for point in frontier.points
    )
    best = ", ".join(one.label for one in points if one.unbeaten) or "none"
    alt = (
        f"Risk among {compared.among} people and worth for {shown_purpose}, with 95 % intervals. {each}. "
        f"No other setting is shown to be better than: {best}. Blind guessing names "
        f"{percent(compared.chance)}."
    )
    picture = frontier_sheet(
        points, compared.chance, among=compared.among, purpose=drawable(purpose, 30), size=size
    )
    caption = _CAPTION_FRONTIER.format(among=compared.among, purpose=shown_purpose)
    title = f"Privacy against utility: {shown_purpose}{_about(compared)}"
    return Shown(name, title, alt, caption, Table(columns, rows), picture)


def sweeps_shown(compared: Comparison, looks: Mapping[str, Look], number: str, size: Size) -> Iterator[Shown]:
    """Draw risk against a parameter, once for each strategy of which one parameter varies.

    Parameters
    ----------
    compared : Comparison
        What was compared.
    looks : mapping of strategy to Look
        One for each.
    number : str
        Of the comparison, in the names of figures.
    size : Size
        The sheet.
    """
    raw = next((cell for cell in compared.cells if cell.strategy == RAW), None)
    turns = list(turns_of(compared.cells))
    sweeps: dict[str, list[CellByPerson]] = {}
    for cell in compared.cells:
        if cell.swept is not None:
            sweeps.setdefault(cell.declared, []).append(cell)
    many = [(declared, cells) for declared, cells in sweeps.items() if len(cells) >= _FEWEST]
    for place, (declared, cells) in enumerate(many, 1):
        ordered = sorted(cells, key=lambda cell: cell.swept or 0.0)
        yield _sweep_shown(
            compared, declared, ordered, [turn for turn in turns if turn.declared == declared], raw,
            looks[ordered[0].strategy], f"sweep-{number}-{place}", size,
        )  # fmt: skip


def _sweep_shown(
    compared: Comparison, declared: str, cells: Sequence[CellByPerson], turns: Sequence[Turn],
    raw: CellByPerson | None, look: Look, name: str, size: Size,
) -> Shown:  # fmt: skip
    steps = [Step(float(cell.swept or 0.0), _rate(cell.measured)) for cell in cells]
    parameter = _parameter(declared)
    rows: list[tuple[Cell, ...]] = [(step.value, *_ends(step.risk), "swept") for step in steps]
    if raw is not None:
        rows.append((None, *_ends(_rate(raw.measured)), "raw log"))
    rows.append((None, compared.chance, None, None, "blind guessing"))
    rows += [(turn.second, *_ends(_rate(turn.change)), f"change from {turn.first:g}") for turn in turns]
    each = "; ".join(
        f"at {cell.swept:g} {percent(cell.measured.as_dict())}" for cell in cells if cell.swept is not None
    )
    beside = "" if raw is None else f" The raw log: {percent(raw.measured.as_dict())}."
    told = " ".join(
        f"Not monotone: from {turn.first:g} to {turn.second:g} it changes by {_points(turn.change)}."
        for turn in turns
    )
    told = told or "No place is shown to turn back."
    alt = (
        f"People named among {compared.among} under {plain(declared)}, by {parameter}, with 95 % intervals: "
        f"{each}.{beside} Blind guessing: {percent(compared.chance)}. {told}"
    )
    returns = [
        Return(turn.first, turn.second, f"turns back: {_points(turn.change)}")
        for turn in sorted(turns, key=lambda one: one.second / max(one.first, 1e-9))[:3]
    ]
    picture = sweep_sheet(
        steps, look, title=drawable(declared, 70),
        parameter=drawable(parameter), raw=None if raw is None else _rate(raw.measured),
        chance=compared.chance, among=compared.among, returns=returns, size=size,
    )  # fmt: skip
    title = f"Risk against a parameter: {plain(declared, 80)}{_about(compared)}"
    caption = _CAPTION_SWEEP.format(among=compared.among)
    return Shown(
        name, title, alt, caption, Table(("value", "risk", "low", "high", "what"), tuple(rows)), picture
    )


def comparison_looks(compared: Comparison, look: Any) -> dict[str, Look]:
    """Return how each strategy is drawn: the raw log in its own way, the others by their order.

    Parameters
    ----------
    compared : Comparison
        What was compared.
    look : callable
        Returns the look of a number from 0.
    """
    names = [cell.strategy for cell in compared.cells if cell.strategy != RAW]
    return {RAW: RAW_LOOK} | {name: look(number) for number, name in enumerate(names)}


def _parameter(declared: str) -> str:
    """Return what varies in a declared strategy, with its unit in words."""
    try:
        (name,) = expand(declared)[0].settings
    except (ReidError, ValueError):
        return "value of the parameter"
    step, _, own = name.rpartition(".")
    words, _, unit = own.rpartition("_")
    which = ""
    if "|" in declared:
        number = int(step) if step.isdigit() else 1
        which = f" of {parse_strategy(declared_step(declared, number)).name}"
    return (
        f"{words.replace('_', ' ')}{which} ({_UNITS[unit]})"
        if unit in _UNITS
        else f"{own.replace('_', ' ')}{which}"
    )


def declared_step(declared: str, number: int) -> str:
    """Return one step, counted from 1, of the first strategy of a grid."""
    return str(expand(declared)[0].strategy).split(" | ")[number - 1]


def _about(compared: Comparison) -> str:
    """Return which comparison it is, where that says anything."""
    return f" ({plain(compared.input, 60)}, {plain(compared.threat, 40)}, seed {compared.seed})"


def _points(change: Estimate) -> str:
    value, low, high = (100 * end for end in (change.value, change.low, change.high))
    return f"{value:+.0f} points ({low:+.0f} to {high:+.0f})".replace("-", "\N{MINUS SIGN}")


def _rate(estimate: Estimate) -> Rate:
    return Rate(estimate.value, estimate.low, estimate.high)


def _ends(rate: Rate) -> tuple[float, float, float]:
    return rate.value, rate.low, rate.high
