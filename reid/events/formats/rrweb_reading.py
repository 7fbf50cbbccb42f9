"""From the events of an rrweb session replay to rows of the event table."""

import json
from collections.abc import Iterator
from typing import Any, Final, TypeGuard

from reid.events.formats.actions import LATEST_US, further_of, number_of
from reid.events.formats.rrweb_fields import Fields

#: What a row is made of, as it is read: ``row`` is the ordinal of the event in its file.
ROW_COLUMNS: Final = (
    "file", "row", "fault", "time_us", "event", "key", "press", "char", "x_px", "y_px", "button", "wheel_dx",
    "wheel_dy", "trial", "task",
)  # fmt: skip
FURTHER_FIELD: Final = "reid"  #: holds what rrweb has no field for, and names custom events of ours

FULL_SNAPSHOT: Final = 2
INCREMENTAL: Final = 3
META: Final = 4
CUSTOM: Final = 5
_KINDS: Final = range(9)
MUTATION: Final = 0
MOUSE_MOVE: Final = 1
INTERACTION: Final = 2
SCROLL: Final = 3
INPUT: Final = 5
_MOVES: Final = frozenset({MOUSE_MOVE, 6, 12})  # of the mouse, of a finger, while something is dragged
_SOURCES: Final = range(17)
MOUSE_UP: Final = 0
MOUSE_DOWN: Final = 1
CLICK: Final = 2
CONTEXT_MENU: Final = 3
_DOWN: Final = frozenset({MOUSE_DOWN, 7})  # a touch begins
_UP: Final = frozenset({MOUSE_UP, 9, 10})  # a touch ends or is broken off
_INTERACTIONS: Final = range(11)

_FURTHEST_PX: Final = 2.0**24  # a position is exact up to here; no screen is larger
_MOST_SIZE: Final = 10**6
_DECODER: Final = json.JSONDecoder()

Row = dict[str, Any]


def documents(text: str) -> Iterator[tuple[Any, bool]]:
    """Pass on each event of a replay, and whether its text is sound.

    The events are a list, stand under ``events``, or follow each other as lines. Text that does not parse
    ends a list, while lines go on after it, from there on each for itself.
    """
    place, in_list = _past(text, 0, "\ufeff \t\r\n"), False
    if text[place : place + 1] == "[":
        place, in_list = place + 1, True
    while True:
        place = _past(text, place, ", \t\r\n")
        if place >= len(text) or (in_list and text[place] == "]"):
            if in_list and place >= len(text):
                yield None, False  # the list was cut short between two events
            return
        try:
            document, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            yield None, False
            if not in_list:
                yield from _lines(text, text.find("\n", place))
            return
        yield from _held(document)


def _lines(text: str, place: int) -> Iterator[tuple[Any, bool]]:
    """Pass on the events of the lines from a line break on; -1: there are no more.

    The decoder counts the lines before each error, so over the whole text many errors would take hours.
    """
    while place >= 0:
        begin, place = place + 1, text.find("\n", place + 1)
        line = text[begin : place if place >= 0 else len(text)].strip(", \t\r")
        if not line:
            continue
        try:
            document = _DECODER.decode(line)
        except (ValueError, RecursionError):
            yield None, False
        else:
            yield from _held(document)


def _held(document: Any) -> Iterator[tuple[Any, bool]]:
    held = document.get("events") if isinstance(document, dict) and "type" not in document else None
    for each in held if isinstance(held, list) else [document]:
        yield each, True


def _past(text: str, place: int, passed: str) -> int:
    while place < len(text) and text[place] in passed:
        place += 1
    return place


class Replay:
    """The events of one session, as they are fed in the order of their files.

    Moves are recorded in batches of half a second, each with its offset from the batch's own time; so rows
    are in order only after they are sorted by time.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.start_us: int | None = None  #: time of the first event of any kind
        self.stated_us = 0  #: time of that event in its session, where the replay was written back
        self.screen: tuple[int, int] | None = None  #: size of the page's window, by the first that tells it
        self._latest_us = 0
        self._fields = Fields()
        self._scrolled: dict[int, tuple[float, float]] = {}
        self._last_down: Row | None = None
        self._last_up: tuple[Row, Row | None] | None = None
        self._n_presses = 0

    def feed(self, file: int, row: int, event: object, *, sound: bool) -> None:
        """Take in one event; what is at fault becomes a row with its ``fault``."""
        place = {"file": file, "row": row}
        if not sound or not isinstance(event, dict) or not _is_int(event.get("type")):
            self._fault(place, "unreadable_row")
        elif event["type"] not in _KINDS:
            self._fault(place, "unknown_event")
        elif (time_us := _us(event.get("timestamp"))) is None:
            self._fault(place, "unreadable_time")
        else:
            if self.start_us is None:
                self.start_us = self._latest_us = time_us
            data = event.get("data")
            if isinstance(data, dict):
                self._take(place, event["type"], time_us, data)
            elif event["type"] in {INCREMENTAL, META, FULL_SNAPSHOT}:
                self._fault(place, "unreadable_row")

    def _take(self, place: Row, kind: int, time_us: int, data: Row) -> None:
        if kind == META:
            self._measure(data)
        elif kind == FULL_SNAPSHOT:
            self._look_at(data)
        elif kind == CUSTOM and data.get("tag") == FURTHER_FIELD:
            self._timed(place, time_us, lambda: self._custom(place, time_us, data.get("payload")))
        elif kind == INCREMENTAL:
            self._incremental(place, time_us, data)

    def _timed(self, place: Row, time_us: int, take: Any) -> None:
        """Take in an event of a person, unless the clock ran back before it."""
        if time_us < self._latest_us:
            self._fault(place, "clock_back")
            return
        self._latest_us = time_us
        take()

    def _incremental(self, place: Row, time_us: int, data: Row) -> None:
        source = data.get("source")
        if not _is_int(source) or source not in _SOURCES:
            self._fault(place, "unknown_event" if _is_int(source) else "unreadable_row")
        elif source == MUTATION:
            added = data.get("adds")
            for each in added if isinstance(added, list) else []:
                self._fields.learn(each.get("node") if isinstance(each, dict) else None)
        elif source in _MOVES:
            self._timed(place, time_us, lambda: self._moves(place, time_us, data.get("positions")))
        elif source == INTERACTION:
            self._timed(place, time_us, lambda: self._interaction(place, time_us, data))
        elif source == SCROLL:
            self._timed(place, time_us, lambda: self._scroll(place, time_us, data))
        elif source == INPUT:
            self._timed(place, time_us, lambda: self._input(place, time_us, data))

    def _measure(self, data: Row) -> None:
        width, height = number_of(data.get("width")), number_of(data.get("height"))
        further = data.get(FURTHER_FIELD)
        if isinstance(further, dict):
            stated_us = further.get("time_us", 0)
            self.stated_us = stated_us if _is_int(stated_us) and abs(stated_us) <= LATEST_US else 0
            if further.get("size") == "unknown":
                return
        if self.screen is not None or width is None or height is None:
            return
        if min(width, height) > 0 and max(width, height) < _MOST_SIZE:
            self.screen = (round(width), round(height))

    def _look_at(self, data: Row) -> None:
        self._fields, self._scrolled = Fields(), {}  # of another page perhaps, which counts its nodes anew
        self._fields.learn(data.get("node"))
        node, offset = data.get("node"), data.get("initialOffset")
        if isinstance(node, dict) and isinstance(offset, dict) and _is_int(node.get("id")):
            left, top = number_of(offset.get("left")), number_of(offset.get("top"))
            self._scrolled[node["id"]] = (left or 0.0, top or 0.0)

    def _moves(self, place: Row, time_us: int, positions: object) -> None:
        if not isinstance(positions, list):
            self._fault(place, "unreadable_row")
            return
        for each in positions:
            if not isinstance(each, dict):
                self._fault(place, "unreadable_row")
                continue
            offset_us = _us(each.get("timeOffset"))
            if offset_us is None:
                self._fault(place, "unreadable_time")
                continue
            self._add(place, time_us + offset_us, "move", each, **_position(each))

    def _interaction(self, place: Row, time_us: int, data: Row) -> None:
        kind = data.get("type")
        if not _is_int(kind) or kind not in _INTERACTIONS:
            self._fault(place, "unknown_event" if _is_int(kind) else "unreadable_row")
        elif kind in _DOWN:
            self._last_down = self._add(place, time_us, "button_down", data, **_position(data))
        elif kind in _UP:
            row = self._add(place, time_us, "button_up", data, **_position(data))
            if self._last_down is not None and self._last_down["button"] == "right" and not row["_stated"]:
                row["button"] = "right"
            self._last_up = (row, self._last_down)
        elif kind == CLICK and self._last_up is not None:
            self._tell("left", data, *self._last_up)
        elif kind == CONTEXT_MENU and self._last_down is not None:
            came_up = self._last_up is not None and self._last_up[1] is self._last_down
            self._tell(
                "right", data, self._last_down, self._last_up[0] if came_up and self._last_up else None
            )

    def _tell(self, button: str, data: Row, *rows: Row | None) -> None:
        """Name the button of a press: a click is told of the left one only, a menu comes of the right one.

        Clicks by keys, and by programs, are told with another place than that of the last press.
        """
        told = _position(data)
        press = rows[0]
        if press is None or any(
            told[name] is None or press[name] is None or abs(told[name] - press[name]) >= 1
            for name in ("x_px", "y_px")
        ):
            return
        for row in rows:
            if row is not None and not row["_stated"]:
                row["button"] = button

    def _scroll(self, place: Row, time_us: int, data: Row) -> None:
        number, x, y = data.get("id"), number_of(data.get("x")), number_of(data.get("y"))
        if not _is_int(number) or x is None or y is None:
            self._fault(place, "missing_value")
            return
        left, top = self._scrolled.get(number) or self._fields.scrolled.get(number) or (0.0, 0.0)
        self._scrolled[number] = (x, y)
        self._add(place, time_us, "wheel", data, wheel_dx=x - left, wheel_dy=y - top)

    def _input(self, place: Row, time_us: int, data: Row) -> None:
        number, text = data.get("id"), data.get("text")
        if not _is_int(number) or not isinstance(text, str):
            self._fault(place, "missing_value")
            return
        if FURTHER_FIELD in data:
            self._add(place, time_us, "key_down", data)
            return
        typed = self._fields.typed(number, text)
        if typed is None or data.get("userTriggered") is False:
            return
        key, char = typed
        self._add(place, time_us, "key_down", data, key=key, char=_sayable(char), press=self._n_presses)
        self._n_presses += 1

    def _custom(self, place: Row, time_us: int, payload: object) -> None:
        if not isinstance(payload, dict) or payload.get("event") not in ("key_down", "key_up"):
            self._fault(place, "unreadable_row")
            return
        fields = {name: value for name, value in payload.items() if name != "event"}
        self._add(place, time_us, payload["event"], {FURTHER_FIELD: fields})

    def _add(self, place: Row, time_us: int, event: str, data: Row, **cells: Any) -> Row:
        further, broken = further_of(data.get(FURTHER_FIELD))
        row = {**dict.fromkeys(ROW_COLUMNS), **place, "time_us": time_us, "event": event, **cells}
        row |= {name: value for name, value in (further or {}).items() if name in ROW_COLUMNS[5:]}
        row["_stated"] = further is not None
        row["fault"] = "unreadable_row" if broken else _fault_of(row, self.start_us or 0)
        self.rows.append(row)
        return row

    def _fault(self, place: Row, kind: str) -> None:
        self.rows.append({**dict.fromkeys(ROW_COLUMNS), **place, "fault": kind, "_stated": False})


def _fault_of(row: Row, start_us: int) -> str | None:
    if row["time_us"] < start_us:
        return "unreadable_time"
    if row["event"] in {"key_down", "key_up", "wheel"}:
        return None
    if row["x_px"] is None or row["y_px"] is None:
        return "missing_value" if row["event"] == "move" else None  # the page may keep to itself where it was
    return "off_screen" if max(abs(row["x_px"]), abs(row["y_px"])) > _FURTHEST_PX else None


def _position(data: Row) -> Row:
    return {"x_px": number_of(data.get("x")), "y_px": number_of(data.get("y"))}


def _us(milliseconds: object) -> int | None:
    number = number_of(milliseconds)
    return round(1000 * number) if number is not None and abs(number) <= LATEST_US / 1000 else None


def _is_int(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _sayable(char: str | None) -> str | None:
    """Return a character, None for half of one: no file in UTF-8 can hold it."""
    return None if char is None or "\ud800" <= char <= "\udfff" else char
