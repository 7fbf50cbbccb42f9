"""Events of the table to the events of an rrweb session replay: a blank page on which somebody acts."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import polars as pl

from reid.errors import EventError
from reid.events.formats.actions import FURTHER, further_of
from reid.events.formats.rrweb_reading import (
    CLICK,
    CONTEXT_MENU,
    CUSTOM,
    FULL_SNAPSHOT,
    FURTHER_FIELD,
    INCREMENTAL,
    INPUT,
    INTERACTION,
    META,
    MOUSE_DOWN,
    MOUSE_MOVE,
    MOUSE_UP,
    SCROLL,
)

_BATCH_US: Final = 500_000  # rrweb's own
_DOCUMENT, _HTML, _HEAD, _BODY, _FIELD = range(1, 6)  # ids of the nodes of the page
_LONGEST_TEXT: Final = 64  # of masks in the field; then it is as if it were empty again
_ERASES: Final = frozenset({"editing", "Backspace", "Delete"})
_MASK: Final = "*"
_DEFAULT_SIZE: Final = (1024, 768)

Event = dict[str, Any]


def replay_events(session: pl.DataFrame, about: Mapping[str, Any]) -> Iterator[Event]:
    """Pass on the events of a replay of one session.

    A blank page with one field stands for the page that was recorded. Keys that go down are inputs of masks
    into that field, keys that come up custom events, which players pass over. What rrweb has no field for
    stands in ``reid``.

    Parameters
    ----------
    session : DataFrame
        Rows of one session of the event table.
    about : mapping
        Its row of the sessions table.

    Raises
    ------
    EventError
        A label is too long.
    """
    begin_us = about["start_us"] or 0
    yield from _page(begin_us, min(int(session["time_us"][0]), 0), about)
    player = _Player(begin_us)
    for row in session.iter_rows(named=True):
        yield from player.play(row)
    yield from player.rest()


def _page(begin_us: int, first_us: int, about: Mapping[str, Any]) -> Iterator[Event]:
    """Pass on the size of the window and a page as blank as players allow, no later than any event."""
    timestamp = _ms(begin_us + first_us)
    known = about["screen_w"] is not None and about["screen_h"] is not None
    width, height = (about["screen_w"], about["screen_h"]) if known else _DEFAULT_SIZE
    further: Event = {} if known else {"size": "unknown"}
    further |= {"time_us": first_us} if first_us else {}
    data = {"href": "about:blank", "width": width, "height": height}
    data |= {FURTHER_FIELD: further} if further else {}
    yield {"type": META, "data": data, "timestamp": timestamp}
    field = _element("input", _FIELD, [], type="text")
    html = _element("html", _HTML, [_element("head", _HEAD, []), _element("body", _BODY, [field])])
    page = {"type": 0, "childNodes": [html], "id": _DOCUMENT}
    data = {"node": page, "initialOffset": {"left": 0, "top": 0}}
    yield {"type": FULL_SNAPSHOT, "data": data, "timestamp": timestamp}


def _element(tag: str, number: int, beneath: list[Event], **attributes: str) -> Event:
    return {"type": 2, "tagName": tag, "attributes": attributes, "childNodes": beneath, "id": number}


class _Player:
    """Plays rows one after the other; holds back moves until their batch is full."""

    def __init__(self, begin_us: int) -> None:
        self._begin_us = begin_us
        self._moves: list[tuple[int, Event]] = []
        self._scrolled = [0.0, 0.0]
        self._length = 0
        self._left_is_down = False

    def play(self, row: Mapping[str, Any]) -> Iterator[Event]:
        """Pass on the events of a row, after those of the moves before it."""
        if row["event"] != "move":
            yield from self.rest()
            yield from self._action(row)
            return
        if self._moves and row["time_us"] - self._moves[0][0] >= _BATCH_US:
            yield from self.rest()
        said = {"x_px": row["x_px"], "y_px": row["y_px"]}
        self._moves.append((row["time_us"], {**_place(row), "id": _BODY, **_untold(row, said)}))

    def rest(self) -> Iterator[Event]:
        """Pass on the moves that are held back, as one event at the time of the last."""
        if not self._moves:
            return
        last_us = self._moves[-1][0]
        positions = [{**each, "timeOffset": _ms(time_us - last_us)} for time_us, each in self._moves]
        self._moves = []
        yield self._incremental(last_us, source=MOUSE_MOVE, positions=positions)

    def _action(self, row: Mapping[str, Any]) -> Iterator[Event]:
        time_us, event = row["time_us"], row["event"]
        if event == "wheel":
            yield self._scroll(row)
        elif event == "key_down":
            self._length = (
                max(self._length - 1, 0) if row["key"] in _ERASES else self._length % _LONGEST_TEXT + 1
            )
            told = _untold(row, {}) or {FURTHER_FIELD: {}}
            yield self._incremental(
                time_us, source=INPUT, text=_MASK * self._length, isChecked=False, id=_FIELD, **told
            )
        elif event == "key_up":
            payload = {"event": event, **_untold(row, {}).get(FURTHER_FIELD, {})}
            data = {"tag": FURTHER_FIELD, "payload": payload}
            yield {"type": CUSTOM, "data": data, "timestamp": _ms(self._begin_us + time_us)}
        else:
            yield from self._button(row)

    def _button(self, row: Mapping[str, Any]) -> Iterator[Event]:
        """Pass on a press or a release, and the click or the menu that comes of it."""
        is_down = row["event"] == "button_down"
        told = _untold(row, {"x_px": row["x_px"], "y_px": row["y_px"]}) or {FURTHER_FIELD: {}}
        yield self._interaction(row, MOUSE_DOWN if is_down else MOUSE_UP, told)
        if is_down and row["button"] == "right":
            yield self._interaction(row, CONTEXT_MENU, {})
        if row["button"] == "left":
            if not is_down and self._left_is_down:
                yield self._interaction(row, CLICK, {})
            self._left_is_down = is_down

    def _interaction(self, row: Mapping[str, Any], kind: int, told: Event) -> Event:
        return self._incremental(
            row["time_us"], source=INTERACTION, type=kind, id=_BODY, **_place(row), **told
        )

    def _scroll(self, row: Mapping[str, Any]) -> Event:
        for axis, name in enumerate(("wheel_dx", "wheel_dy")):
            self._scrolled[axis] += row[name] or 0.0
        left, top = self._scrolled
        told = {FURTHER_FIELD: {name: row[name] for name in ("wheel_dx", "wheel_dy", "x_px", "y_px")}}
        told[FURTHER_FIELD] |= _untold(row, dict(told[FURTHER_FIELD])).get(FURTHER_FIELD, {})
        return self._incremental(row["time_us"], source=SCROLL, id=_DOCUMENT, x=left, y=top, **told)

    def _incremental(self, time_us: int, **data: Any) -> Event:
        return {"type": INCREMENTAL, "data": data, "timestamp": _ms(self._begin_us + time_us)}


def _untold(row: Mapping[str, Any], said: Mapping[str, Any]) -> Event:
    """Return the further fields of a row: what is known of it and not said elsewhere."""
    further = {name: row[name] for name in FURTHER if row[name] is not None and name not in said}
    if further_of(further)[1]:
        advice = "Write an event table with -o FILE.parquet."
        must, found = "be numbers that JSON has and short labels", "others"
        raise EventError.of("Values of events", must=must, found=found, advice=advice)
    return {FURTHER_FIELD: further} if further else {}


def _place(row: Mapping[str, Any]) -> Event:
    if row["x_px"] is None or row["y_px"] is None:
        return {}
    return {"x": _plain(row["x_px"]), "y": _plain(row["y_px"])}


def _plain(number: float) -> float | int:
    return int(number) if number == int(number) else number


def _ms(time_us: int) -> float | int:
    return time_us // 1000 if time_us % 1000 == 0 else time_us / 1000
