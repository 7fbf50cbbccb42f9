"""The files of KMT: one card of a payment form each, typed into it ten times by its owner, ten by others."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import polars as pl

from reid.errors import SourceError
from reid.events.archive import Member, Source
from reid.events.codes import codes_of
from reid.events.formats.actions import number_of
from reid.events.formats.protocol import counted
from reid.events.keys import KEY, UNIDENTIFIED
from reid.events.quality import Note, Quality
from reid.events.schema import BUTTON, EVENT, PRESS_KEY, SESSION
from reid.events.table import EventTable

_PATH: Final = re.compile(r"(?:^|/)raw_kmt_user_([^/]+)\.json$")
_HALVES: Final = MappingProxyType({"true_data": True, "false_data": False})
_LISTS: Final = ("key_events", "mouse_events")
_TALLY: Final = "false_enters"

_EVENT_OF_WORD: Final = MappingProxyType({
    "pressed": "key_down", "released": "key_up", "movement": "move",
    "left press": "button_down", "middle press": "button_down", "right press": "button_down",
    "left release": "button_up", "middle release": "button_up", "right release": "button_up",
    "scrollup press": "wheel", "scrolldown press": "wheel", "scrollleft press": "wheel",
    "scrollright press": "wheel",
})  # fmt: skip
_WHEEL_RELEASES: Final = (
    "scrollup release",
    "scrolldown release",
    "scrollleft release",
    "scrollright release",
)
_NOTCHES: Final = MappingProxyType({
    "scrollup press": (0.0, -1.0), "scrolldown press": (0.0, 1.0), "scrollleft press": (-1.0, 0.0),
    "scrollright press": (1.0, 0.0),
})  # fmt: skip
_TASK_OF_BOX: Final = MappingProxyType({
    "Name": "name", "Card No": "card-number", "CVC": "cvc", "Exp m": "expiry-month", "Exp y": "expiry-year",
})  # fmt: skip
#: Words of the recorder that are no names of keys elsewhere; ``#`` and ``\`` as on the British keyboards
#: of its makers, which alone have a key that gives ``#`` without shift beside Enter.
_CODE_OF_WORD: Final = MappingProxyType({
    **codes_of("name"), **{f"numpad{digit}": f"Numpad{digit}" for digit in range(10)},
    "numpadadd": "NumpadAdd", "numpadsubstract": "NumpadSubtract", "numpadsubtract": "NumpadSubtract",
    "numpadmultiply": "NumpadMultiply", "numpaddivide": "NumpadDivide", "numpaddecimal": "NumpadDecimal",
    "numpadenter": "NumpadEnter", "capslock": "CapsLock", "lshift": "ShiftLeft", "rshift": "ShiftRight",
    "lctrl": "ControlLeft", "rctrl": "ControlRight", "lalt": "AltLeft", "ralt": "AltRight",
    "lwin": "MetaLeft", "rwin": "MetaRight", "#": "Backslash", "\\": "IntlBackslash",
})  # fmt: skip
_KEY_WORDS: Final = ("pressed", "released")
_BUTTON_OF_WORD: Final = MappingProxyType({
    f"{button} {way}": button for button in ("left", "middle", "right") for way in ("press", "release")
})  # fmt: skip
#: Cells of an item besides its position: how they are called there, and of which type they are.
_CELLS: Final = MappingProxyType({
    "word": ("Event", str, pl.String), "key": ("Key", str, pl.String), "box": ("Input Box", str, pl.String),
    "changed": ("Text Changed", bool, pl.Boolean), "stamp": ("Timestamp", str, pl.String),
    "epoch": ("Epoch", str, pl.String), "movement": ("Movement ID", int, pl.Int64),
})  # fmt: skip
_NOWHERE: Final = (None, None)
_MOST: Final = 2**63
_EARLIEST_S, _LATEST_S = 946_684_800.0, 4_102_444_800.0  # years 2000 to 2100


@dataclass(frozen=True, slots=True)
class Card:
    """One entry of a card into the form."""

    owner: str  #: number in the file's name
    entry: str  #: name of the entry in the file, such as ``test_1``
    is_own: bool  #: the owner typed it

    @property
    def session_id(self) -> str:
        """Return a name that no other entry of any person has."""
        number = self.entry.removeprefix("test_")
        return number if self.is_own else f"{self.owner}-{number}"


def card_files(source: Source) -> dict[str, Member]:
    """Return the files of a source by the number of the card's owner, in the order of the source.

    Raises
    ------
    SourceError
        Two files are of one owner.
    """
    found: dict[str, Member] = {}
    for member in source.members:
        match = _PATH.search(member.name)
        if match is None:
            continue
        if match[1] in found:
            raise SourceError.of(source.path.name, must="hold one file an owner", found="two of one")
        found[match[1]] = member
    return found


def cards_in(
    source: Source, member: Member, owner: str
) -> Iterator[tuple[Card, int, tuple[list[Any], list[Any]]]]:
    """Return each entry of a file, the row of its first item in the file, its keys and its pointer.

    Rows are counted from 0 through all lists of the file in their order.

    Raises
    ------
    SourceError
        The file is no JSON of this kind.
    """
    try:
        document = json.loads(source.read(member))
    except (ValueError, RecursionError):
        raise SourceError.of(source.place(member), must="be JSON", found="other content") from None
    must = "hold true_data and false_data, each with entries of key_events and mouse_events"
    row = 0
    for half, is_own in _HALVES.items():
        entries = document.get(half) if isinstance(document, dict) else None
        if not isinstance(entries, dict):
            raise SourceError.of(source.place(member), must=must, found=f"no {half}")
        sessions = {Card(owner, name, is_own=is_own).session_id for name in entries}
        if len(sessions) < len(entries) or not all(map(_is_said, entries)):
            found = "names that are alike or no text"
            raise SourceError.of(source.place(member), must="name each entry apart", found=found)
        for name, entry in entries.items():
            lists = tuple(entry.get(kind) if isinstance(entry, dict) else None for kind in _LISTS)
            keys, moves = lists
            if not isinstance(keys, list) or not isinstance(moves, list):
                raise SourceError.of(source.place(member), must=must, found="an entry without them")
            yield Card(owner, name, is_own=is_own), row, (keys, moves)
            row += len(keys) + len(moves)


@dataclass(slots=True)
class CardRows:
    """Rows of the entries of some people, gathered and then made a table.

    The clock is ``Epoch``, seconds of UTC. Keys are words for places on a British keyboard. A notch of
    the wheel is ``wheel_dy`` 1 down and -1 up, ``wheel_dx`` 1 right and -1 left; its release, which the
    recorder writes too, is noted and is no event. Notches of one poll look alike, so a duplicate is only
    a row like the one before. ``{"false_enters": n}`` is noted and is no row. Where both lists have an
    event at one time the key comes first.
    """

    heads: list[tuple[str, str, str, int]] = field(default_factory=list)  # person, session, group, file
    frames: list[pl.DataFrame] = field(default_factory=list)
    tallies: list[tuple[int, int]] = field(default_factory=list)  # file and row of each

    def add(
        self, subject_id: str, card: Card, file: int, first_row: int, lists: tuple[list[Any], list[Any]]
    ) -> None:
        """Take up the items of one entry."""
        number = len(self.heads)
        self.heads.append((subject_id, card.session_id, "own" if card.is_own else "foreign", file))
        for is_pointer, items in enumerate(lists):
            rows = np.arange(first_row, first_row + len(items), dtype=np.uint32)
            first_row += len(items)
            is_tally = np.array(
                [isinstance(item, dict) and item.keys() == {_TALLY} for item in items], dtype=bool
            )
            self.tallies += [(file, row) for row in rows[is_tally].tolist()]
            events = [item for item, tally in zip(items, is_tally, strict=True) if not tally]
            self.frames.append(_columns(events, is_pointer=bool(is_pointer)).with_columns(
                pl.Series("row", rows[~is_tally]), entry=pl.lit(number, dtype=pl.UInt32),
                is_pointer=pl.lit(bool(is_pointer)),
            ))  # fmt: skip

    def table(self) -> EventTable:
        """Return the events, with the faults among the rows counted."""
        sessions = pl.DataFrame(
            self.heads,
            schema={"subject_id": pl.String, "session_id": pl.String, "group": pl.String, "file": pl.UInt32},
            orient="row",
        ).with_row_index("entry")
        rows = pl.concat([_columns([], is_pointer=True).with_columns(
            row=pl.lit(0, dtype=pl.UInt32), entry=pl.lit(0, dtype=pl.UInt32), is_pointer=pl.lit(value=True)
        ).clear(), *self.frames])  # fmt: skip
        rows = rows.join(sessions, on="entry", how="left", maintain_order="left").with_columns(
            event=_replaced("word", _EVENT_OF_WORD).cast(EVENT),
            clock_s=pl.col("epoch").cast(pl.Float64, strict=False),
        )
        rows = rows.with_columns(fault=_fault())
        quality = counted(rows)
        halves = rows.filter(pl.col("fault").is_null() & pl.col("word").is_in(_WHEEL_RELEASES))
        good = rows.filter(pl.col("fault").is_null() & pl.col("event").is_not_null())
        good = good.sort("entry", "clock_s", "is_pointer", maintain_order=True)
        good = good.with_columns(clock_us=(1e6 * pl.col("clock_s")).round().cast(pl.Int64))
        good = good.with_columns(start_us=pl.col("clock_us").first().over("entry"))
        notes = (
            *_note("tally", self.tallies),
            *_note("wheel_release", halves.select("file", "row").rows()),
            *_note("overlapping_session", _overlapping(good)),
        )
        frame = good.select(
            *SESSION, "event", "x_px", "y_px", "start_us", "group", "file", "row",
            time_us=pl.col("clock_us") - pl.col("start_us"),
            key=_key(),
            button=_replaced("word", _BUTTON_OF_WORD).cast(BUTTON),
            wheel_dx=_notches(0), wheel_dy=_notches(1),
            task=_replaced("box", _TASK_OF_BOX),
            **{PRESS_KEY: pl.col("key").rank("dense")},
        )  # fmt: skip
        quality = quality.plus(Quality(notes=notes))
        return EventTable.from_frame(frame, quality=quality, may_be_empty=True, repeats=True)


def _columns(items: Sequence[Any], *, is_pointer: bool) -> pl.DataFrame:
    """Return the cells of the items of one list: null where absent or of another type."""
    cells: list[dict[str, Any]] = [item if isinstance(item, dict) else {} for item in items]
    columns: dict[str, pl.Series] = {"broken": pl.Series([not cell for cell in cells], dtype=pl.Boolean)}
    for name, (heading, kind, dtype) in _CELLS.items():
        values = (cell.get(heading) for cell in cells)
        columns[name] = pl.Series(
            [each if type(each) is kind and _is_said(each) else None for each in values], dtype=dtype
        )
    places = [_place(cell.get("Coordinates")) if is_pointer else _NOWHERE for cell in cells]
    for axis, name in enumerate(("x_px", "y_px")):
        columns[name] = pl.Series([place[axis] for place in places], dtype=pl.Float64)
    return pl.DataFrame(columns)


def _is_said(value: object) -> bool:
    """Say whether a column can hold a value of JSON: no half of a letter, no number beyond 64 bits."""
    if isinstance(value, str):
        return not any("\ud800" <= letter <= "\udfff" for letter in value)
    return not isinstance(value, int) or abs(value) < _MOST


def _place(coordinates: object) -> tuple[float | None, float | None]:
    match coordinates:
        case [x_px, y_px]:
            return number_of(x_px), number_of(y_px)
        case _:
            return _NOWHERE


def _fault() -> pl.Expr:
    """Return the first thing that is wrong with a row, else null; its list tells which events it may be."""
    in_range = pl.col("clock_s").is_between(_EARLIEST_S, _LATEST_S)
    of_list = pl.col("word").is_in(_KEY_WORDS) != pl.col("is_pointer")
    known = of_list & (pl.col("event").is_not_null() | pl.col("word").is_in(_WHEEL_RELEASES))
    somewhere = pl.all_horizontal(pl.col("x_px", "y_px").is_finite().fill_null(value=False))
    cells = ("entry", "is_pointer", *_CELLS, "x_px", "y_px")
    repeats = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in cells)
    latest_s = pl.when(in_range).then("clock_s").cum_max().over("entry", "is_pointer")
    return (
        pl.when("broken").then(pl.lit("unreadable_row"))
        .when(~in_range.fill_null(value=False)).then(pl.lit("unreadable_time"))
        .when(pl.col("word").is_null()).then(pl.lit("missing_value"))
        .when(~known).then(pl.lit("unknown_event"))
        .when(pl.when("is_pointer").then(~somewhere).otherwise(pl.col("key").is_null()))
        .then(pl.lit("missing_value"))
        .when(repeats).then(pl.lit("duplicate_row"))
        .when(pl.col("clock_s") < latest_s).then(pl.lit("clock_back"))
    )  # fmt: skip


def _overlapping(rows: pl.DataFrame) -> list[tuple[int, int]]:
    """Return file and first row of each session that begins before an earlier one of its person ended."""
    spans = rows.group_by("entry", maintain_order=True).agg(
        pl.col("subject_id", "file").first(), pl.col("row").min(),
        begin=pl.col("clock_us").min(), end=pl.col("clock_us").max(),
    ).sort("subject_id", "begin")  # fmt: skip
    ended = pl.col("end").cum_max().shift().over("subject_id")
    return spans.filter(pl.col("begin") < ended).select("file", "row").sort("file", "row").rows()


def _note(kind: str, places: Sequence[tuple[int, int]]) -> tuple[Note, ...]:
    return (Note(kind, len(places), *min(places)),) if places else ()


def _replaced(column: str, words: Mapping[str, Any], default: str | None = None) -> pl.Expr:
    return pl.col(column).replace_strict(dict(words), default=default, return_dtype=pl.String)


def _key() -> pl.Expr:
    code = _replaced("key", _CODE_OF_WORD, UNIDENTIFIED)
    return pl.when(pl.col("key").is_not_null()).then(code).cast(KEY)


def _notches(axis: int) -> pl.Expr:
    turned = {word: turn[axis] for word, turn in _NOTCHES.items()}
    return pl.col("word").replace_strict(turned, default=None, return_dtype=pl.Float32)
