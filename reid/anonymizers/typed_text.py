"""What was typed, rebuilt from the presses of a log: kept in memory to look for secrets, never shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import polars as pl

from reid.anonymizers.keyboard_layouts import ENDS_A_LINE, N_LEVELS, characters
from reid.anonymizers.pointing import PointerRows
from reid.anonymizers.rewriting import press_numbers
from reid.events.keys import CLASS_OF_KEY, KEYS
from reid.events.table import EventTable
from reid.typing import BoolArray, IntArray

_LONGEST_VERSION: Final = 100  # characters before those deleted that are looked at; no secret is longer
_BACK, _END = "\b", "\n"  # what a press does where it does not write
_KIND_OF_KEY: Final = {key: CLASS_OF_KEY.get(key, key) for key in KEYS}
_IS_MODIFIER: Final = np.array([_KIND_OF_KEY[key] == "modifier" for key in KEYS])
_IS_SHIFT: Final = np.array([key.startswith("Shift") for key in KEYS])
_IS_ALTGR: Final = np.array([key == "AltRight" for key in KEYS])
_IS_ALT: Final = np.array([key == "AltLeft" for key in KEYS])
_IS_COMMAND: Final = np.array([key.startswith(("Control", "Meta")) for key in KEYS])
_EFFECT: Final = pl.Series(
    [_BACK if key == "Backspace" else _END if key in ENDS_A_LINE else None for key in KEYS], dtype=pl.String
)
_UNRELEASED_ROWS: Final = 3  # a modifier whose release is missing counts as held for the next row or two


@dataclass(frozen=True, slots=True)
class Version:
    """A text as it once stood between two ends of a line, with the presses that wrote it.

    Presses are counted by rows on which a key goes down, auto-repeats included. What was typed between the
    press of a character and that of the next one (corrections, modifiers) belongs to the place between them.
    """

    text: str
    written_by: tuple[int, ...]  #: number of the press of each character
    start: int  #: first press that can have written at its begin
    stop: int  #: first press that has nothing to do with its end any more
    is_final: bool  #: nothing of it was deleted later

    def presses(self, first: int, stop: int) -> tuple[int, int]:
        """Return the range of presses behind the characters ``first .. stop - 1``, corrections included."""
        begin = self.written_by[first - 1] + 1 if first else self.start
        end = self.written_by[stop] if stop < len(self.written_by) else self.stop
        return begin, end


@dataclass(frozen=True, slots=True, eq=False)
class TypedLog:
    """The lines typed in a table."""

    row: IntArray  #: row of each press in the table: (n_presses,)
    letter: list[str]  #: what each press does; empty where it changes nothing
    line: IntArray  #: rises where a line ends without a key, as at a click: (n_presses,)

    @classmethod
    def of(cls, part: EventTable, layout: str) -> "TypedLog":
        """Rebuild the lines of a table.

        Where the source names the character of a press, that counts; else what the key gives on the layout
        with the modifiers that are down. A shortcut, a click, a key that moves the cursor, Enter, Tab and the
        border of a trial, task or session end a line, since what comes next may stand elsewhere.
        """
        frame = part.frame
        is_down = (frame["event"] == "key_down").to_numpy()
        row = np.flatnonzero(is_down)
        key = frame["key"].to_physical().fill_null(0).to_numpy().astype(np.int64)
        held = _held(part, key, np.array(is_down))
        pointer = PointerRows.of(frame)
        ends = pointer.is_pointer & ~pointer.is_move
        # Only presses tell of a border: a move in between may have no label, and a release that of its press.
        labels = frame.select(pl.struct("trial", "task").gather(row).rle_id()).to_series().to_numpy()
        ends[row] |= np.diff(labels, prepend=0) != 0
        ends[part.session_bounds()[:-1]] = True
        held_then = {name: at[row] for name, at in held.items()}
        return cls(
            row, _letters(frame, row, key[row], held_then, layout), np.cumsum(ends, dtype=np.int64)[row]
        )

    def versions(self) -> Iterator[Version]:
        """Give each line as it stood before each run of corrections and in the end."""
        text: list[str] = []
        by: list[int] = []
        start, line, n = 0, -1, len(self.letter)
        lines = self.line.tolist()
        for press in range(n + 1):
            letter = self.letter[press] if press < n else _END
            is_over = press == n or lines[press] != line
            if is_over or letter == _END:
                if text:
                    yield Version("".join(text), tuple(by), start, press, is_final=True)
                text, by = [], []
                start = press if is_over and letter != _END else press + 1
                line = lines[press] if press < n else line
                if letter == _END:
                    continue
            if letter == _BACK:
                if text and not (press and self.letter[press - 1] == _BACK):
                    yield self._corrected(text, by, start, press)
                if text:
                    text.pop()
                    by.pop()
            elif letter:
                text.append(letter)
                by.append(press)

    def _corrected(self, text: list[str], by: list[int], start: int, press: int) -> Version:
        """Return the end of a line before a run of corrections, which belong to what they delete."""
        stop = press
        while (
            stop < len(self.letter)
            and self.letter[stop] in {_BACK, ""}
            and self.line[stop] == self.line[press]
        ):
            stop += 1
        cut = max(0, len(text) - self.letter[press:stop].count(_BACK) - _LONGEST_VERSION)
        begin = by[cut - 1] + 1 if cut else start
        return Version("".join(text[cut:]), tuple(by[cut:]), begin, stop, is_final=False)


@cache
def _table(layout: str) -> pl.Series:
    """Return what each key writes at each level, levels side by side: (n_keys * N_LEVELS,)."""
    levels = zip(*characters(layout), strict=True)
    return pl.Series([char for of_key in levels for char in of_key], dtype=pl.String)


def _letters(
    frame: pl.DataFrame, row: IntArray, key: IntArray, held: dict[str, BoolArray], layout: str
) -> list[str]:
    level = np.where(held["altgr"], 2, held["shift"].astype(np.int64))
    of_key = _table(layout).gather(key * N_LEVELS + level)
    char = frame["char"].gather(row)
    shortcut = (
        (held["command"] | held["alt"] & char.is_null().to_numpy()) & ~held["altgr"] & ~_IS_MODIFIER[key]
    )
    told = pl.DataFrame({"char": char, "of_key": of_key, "effect": _EFFECT.gather(key)}).select(
        pl.when(pl.Series(_IS_MODIFIER[key]))
        .then(pl.lit(""))
        .when(pl.col("effect").is_not_null())
        .then("effect")
        .when(pl.Series(shortcut))
        .then(pl.lit(_END))
        .when(pl.col("char").str.contains(r"^[^\pC\n]$"))
        .then("char")
        .otherwise("of_key")
    )
    return told.to_series().fill_null("").to_list()


def _held(part: EventTable, key: IntArray, is_down: BoolArray) -> dict[str, BoolArray]:
    """Return on which rows modifiers are down: bool arrays of shape (n_events,)."""
    frame, bounds = part.frame, part.session_bounds()
    is_up = (frame["event"] == "key_up").to_numpy()
    session = np.repeat(np.arange(bounds.size - 1), np.diff(bounds))
    press = press_numbers(frame)
    press += session * (int(press.max(initial=0)) + 1)
    held = {}
    for name, wanted in {
        "shift": _IS_SHIFT,
        "altgr": _IS_ALTGR,
        "alt": _IS_ALT,
        "command": _IS_COMMAND,
    }.items():
        rows = np.flatnonzero(wanted[key] & is_down)
        presses, first = np.unique(press[rows], return_index=True)
        starts = rows[first]
        stops = np.minimum(starts + _UNRELEASED_ROWS, bounds[1:][session[starts]])
        ups = np.flatnonzero(wanted[key] & is_up)
        stops[np.searchsorted(presses, press[ups])] = ups  # every release has its press
        change = np.zeros(frame.height + 1, dtype=np.int64)
        np.add.at(change, starts, 1)
        np.add.at(change, stops, -1)
        held[name] = np.cumsum(change[:-1]) > 0
    return held
