"""One synthetic person before and after: what each strategy leaves to see, made anew and of nobody."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

import numpy as np
import polars as pl

from reid.anonymizers.strategies import parse_strategy
from reid.errors import ReidError
from reid.events.table import EventTable
from reid.figures.before_after import Key, Sight
from reid.figures.labels import drawable, plain
from reid.figures.study_sheets import sights_sheet
from reid.figures.style import Size
from reid.reports.shown import Cell, Shown, Table
from reid.reports.wording import RAW, RAW_LABEL
from reid.seeding import Streams
from reid.synthetic.pointer_truth import PointerSettings, generate_pointer
from reid.synthetic.truth import TruthSettings, generate
from reid.typing import FloatArray

CAPTION: Final = (
    "One synthetic person, drawn by a random generator: no real person typed or moved this. Left: keys as "
    "bars from press to release, with what is known of each (\N{BULLET} a letter, \N{OPEN BOX} white "
    "space, ? nothing); every other one is drawn lower, as keys overlap. Right: the way of the pointer to "
    "its first clicks (crosses), a dot for each report. All rows show the same person and the same moment. A "
    "strategy that learns from people has learnt from 23 more of the same kind."
)
_N_PEOPLE: Final = 24
_UNTIL_S: Final = 2.4
_N_CLICKS: Final = 2
_MOST_ON_SLIDE: Final = 5
_MOST: Final = 13
_US_PER_S: Final = 1e6
_SIGNS: Final = {
    "Space": "\N{OPEN BOX}",
    "whitespace": "\N{OPEN BOX}",
    "letter": "\N{BULLET}",
    "Unidentified": "?",
}


def before_after_shown(strategies: Iterable[str], size: Size) -> Shown | None:
    """Draw one synthetic person raw and under each strategy; None where there is no strategy.

    Parameters
    ----------
    strategies : iterable of str
        As reports name them. One that cannot be made here, such as of a release made elsewhere, is named
        without a drawing.
    size : Size
        The sheet; a slide holds the raw log and the first four.
    """
    names = [name for name in dict.fromkeys(strategies) if name != RAW]
    if not names:
        return None
    most = _MOST if size.height_in is None else _MOST_ON_SLIDE
    sights = [_sight(RAW, RAW_LABEL), *(_sight(name, drawable(name)) for name in names)]
    drawn = sights[:most]
    caption = CAPTION
    if len(sights) > most:
        caption += f" {len(sights) - most} more are in the data, not in the drawing."
    alt = " ".join(_told(sight) for sight in sights)
    picture = sights_sheet(drawn, _UNTIL_S, _view_px(sights[0].path_px), size)
    return Shown("before-after", "One person before and after", alt, caption, _table(sights), picture)


@cache
def _people() -> tuple[EventTable, EventTable]:
    """Return the people as they typed, and as they pointed."""
    streams = Streams(0, ("before and after",))
    typed = generate(TruthSettings(n_people=_N_PEOPLE, n_sessions=2, n_keystrokes=60, n_letters=12), streams)
    moved = PointerSettings(n_people=_N_PEOPLE, n_sessions=2, n_strokes=8)
    return typed, generate_pointer(moved, streams)


@cache
def _sight(strategy: str, label: str) -> Sight:
    """Return what a strategy leaves to see of the first person."""
    nothing = np.empty((0, 2))
    try:
        typed, moved = (_released(table, strategy) for table in _people())
    except ReidError as error:
        return Sight(label, (), nothing, nothing, drawable(f"not drawn: {error}", 70))
    path, clicks = _path(moved)
    return Sight(label, _keys(typed), path, clicks)


def _released(people: EventTable, strategy: str) -> pl.DataFrame:
    """Return the first session of the first person, as it is released."""
    raw = people.frame
    first = raw.filter(pl.col("subject_id") == raw["subject_id"][0])
    if strategy != RAW:
        release = (
            parse_strategy(strategy).fit([people]).apply(people, Streams(0, ("before and after", strategy)))
        )
        frame = release.events.frame
        first = frame.filter(pl.col("subject_id") == first["subject_id"][0])
    return first.filter(pl.col("session_id") == first["session_id"][0]) if first.height else first


def _keys(frame: pl.DataFrame) -> tuple[Key, ...]:
    """Return the keys that begin within the clock, which starts with the first press."""
    event = pl.col("event").cast(pl.String)
    down = frame.filter(event == "key_down").unique("press", keep="first", maintain_order=True)
    up = frame.filter(event == "key_up").unique("press", keep="first").select("press", up_us="time_us")
    both = down.join(up, on="press", how="left", maintain_order="left")
    if not both.height:
        return ()
    begin = both["time_us"][0]
    found = []
    for time_us, key, up_us in both.select("time_us", pl.col("key").cast(pl.String), "up_us").iter_rows():
        at = (time_us - begin) / _US_PER_S
        if at < _UNTIL_S:
            found.append(Key(_sign(key), at, None if up_us is None else (up_us - begin) / _US_PER_S))
    return tuple(found)


def _sign(key: str | None) -> str:
    """Return one character for what is known of a key."""
    if key is None:
        return "?"
    return _SIGNS.get(key, key[-1].lower() if key.startswith("Key") else "\N{BLACK SMALL SQUARE}")


def _path(frame: pl.DataFrame) -> tuple[FloatArray, FloatArray]:
    """Return the reports of the pointer up to its first clicks, and where these are, in pixels."""
    placed = frame.filter(pl.col("x_px").is_not_null() & pl.col("y_px").is_not_null())
    is_click = (placed["event"].cast(pl.String) == "button_down").to_numpy()
    before = np.cumsum(is_click) - is_click < _N_CLICKS
    xy = placed.select("x_px", "y_px").to_numpy().astype(np.float64)
    return xy[before], xy[before & is_click]


def _view_px(path: FloatArray) -> FloatArray:
    """Return the corners of what is shown: the raw path and some room, twice as wide as high."""
    low, high = path.min(axis=0), path.max(axis=0)
    middle = (low + high) / 2
    half = max((high - low)[0] / 2, (high - low)[1], 50.0) * np.array([1.0, 0.5]) * 1.15
    return np.array([middle - half, middle + half])


def _told(sight: Sight) -> str:
    """Return in a sentence what is to be seen."""
    if sight.note:
        return f"{plain(sight.label)}: {sight.note}."
    holds = [1000 * (key.up_s - key.down_s) for key in sight.keys if key.up_s is not None]
    held = f", held {np.median(holds):.0f} ms in the middle" if holds else ""
    known = sum(key.sign.isalpha() for key in sight.keys)
    return (
        f"{plain(sight.label)}: {len(sight.keys)} keys in {_UNTIL_S:g} seconds{held}, {known} of them "
        f"legible "
        f"letters; {len(sight.path_px)} reports of the pointer up to {len(sight.clicks_px)} clicks."
    )


def _table(sights: Sequence[Sight]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for sight in sights:
        rows += [(sight.label, "key", one.sign, one.down_s, one.up_s, None, None) for one in sight.keys]
        rows += [(sight.label, "report", None, None, None, *map(float, one)) for one in sight.path_px]
        rows += [(sight.label, "click", None, None, None, *map(float, one)) for one in sight.clicks_px]
    return Table(("strategy", "what", "key", "down_s", "up_s", "x_px", "y_px"), tuple(rows))
