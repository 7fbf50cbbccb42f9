"""Session replays that rrweb records on web pages: moves, clicks, scrolls and the text of fields."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import polars as pl

from reid.errors import SourceError
from reid.events.archive import Source
from reid.events.formats.layout import SessionFiles, in_parts, required, session_files
from reid.events.formats.protocol import counted, with_rows
from reid.events.formats.rrweb_reading import ROW_COLUMNS, Replay, documents
from reid.events.formats.rrweb_writing import replay_events
from reid.events.formats.session_folders import sessions_of, sessions_table
from reid.events.quality import Quality
from reid.events.schema import EVENT_COLUMNS
from reid.events.table import EventTable
from reid.typing import Progress, silent

_SUFFIXES: Final = frozenset({".json", ".jsonl", ".ndjson"})
_HEAD_BYTES: Final = 2**16
_UNIX_FROM_US: Final = 315_532_800_000_000  # 1980: a clock that counts from then on counts from 1970
#: How an event begins, whichever its fields come first; and what only an event of rrweb has in its data.
_START: Final = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:\[\s*|\{\s*\"events\"\s*:\s*\[\s*)?\{\s*\"(?:type|data|timestamp|delay)\"\s*:"
)
_KIND: Final = re.compile(rb"\"type\"\s*:\s*[0-8]\b")
_DATA: Final = re.compile(
    rb"\"data\"\s*:\s*\{(?:\s*\}|\s*\"(?:href|node|source|width|height|positions|tag|initialOffset)\"\s*:)"
)


@dataclass(frozen=True, slots=True)
class Rrweb:
    """rrweb session replays of web pages: PERSON/SESSION.json, or a folder of one file a stretch.

    References
    ----------
    .. [1] rrweb, https://github.com/rrweb-io/rrweb, packages/types and packages/rrweb/src/record/observer.ts.
    """

    name: ClassVar[str] = "rrweb"
    left_behind: ClassVar[str] = "the pages: their content, addresses and changes; the text of fields; focus"

    def recognises(self, source: Source) -> bool:
        """Say whether the first recording begins as a list or lines of rrweb's events."""
        try:
            sessions = session_files(source, _SUFFIXES)
        except SourceError:
            return False
        head = source.head(sessions[0].members[0], _HEAD_BYTES) if sessions else b""
        return all(pattern.search(head) for pattern in (_START, _KIND, _DATA))

    def parts(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        """Read the source as parts of whole people.

        Time 0 is a session's first event, of whatever kind. Positions are within the window, those over an
        inner frame of a page within that frame, as rrweb records them; the window's size is taken for the
        screen's.

        - Mouse, touch and drag moves are moves, at their own times. A press of a mouse or a touch is
          ``button_down`` and ``button_up``. Which button it was, rrweb does not record: ``left`` where a
          click came of it, ``right`` where a menu did, else null. Clicks themselves are no rows.
        - A scroll is a ``wheel`` row by as many pixels as the page moved, however that came about, where the
          pointer was last (before its first event: where it is first).
        - A change of a text field is a ``key_down`` without release: see
          :meth:`Fields.typed <reid.events.formats.rrweb_fields.Fields.typed>`. What a program changed, where
          rrweb tells so, is left out.

        Raises
        ------
        SourceError
            There is no recording, or one holds no event of rrweb.
        """
        sessions = required(session_files(source, _SUFFIXES), source, "PERSON/SESSION.json")
        yield from with_rows(_table(source, chosen) for chosen in in_parts(sessions, progress))

    def write(self, events: EventTable, folder: Path) -> None:
        """Write ``SUBJECT/SESSION.json``; see :func:`~reid.events.formats.rrweb_writing.replay_events`.

        Raises
        ------
        EventError
            A label is too long.
        """
        for about, session in sessions_of(events):
            place = folder / about["subject_id"]
            place.mkdir(exist_ok=True)
            with (place / f"{about['session_id']}.json").open("w", encoding="utf-8", newline="\n") as file:
                between = "[\n"
                for event in replay_events(session, about):
                    file.write(between + json.dumps(event, allow_nan=False, separators=(",", ":")))
                    between = ",\n"
                file.write("\n]\n")


def _table(source: Source, sessions: list[SessionFiles]) -> EventTable:
    """Return the events of some sessions."""
    frames: list[pl.DataFrame] = []
    abouts: list[dict[str, Any]] = []
    quality = Quality()
    for each in sessions:
        replay = _replay(source, each)
        rows = _frame(replay)
        quality = quality.plus(counted(rows))
        begin_us = (replay.start_us or 0) - replay.stated_us
        good = rows.filter(pl.col("fault").is_null()).sort("time_us", maintain_order=True)
        names = {"subject_id": each.subject_id, "session_id": each.session_id}
        frames.append(_where_the_pointer_was(good).with_columns(
            pl.col("time_us") - begin_us, **{name: pl.lit(of) for name, of in names.items()}
        ))  # fmt: skip
        width, height = replay.screen or (None, None)
        start_us = begin_us if begin_us >= _UNIX_FROM_US else None
        abouts.append({**names, "start_us": start_us, "screen_w": width, "screen_h": height})
    return EventTable.from_frame(
        pl.concat(frames).drop("fault"),
        sessions_table(source, abouts, "start_us"),
        quality=quality,
        may_be_empty=True,
        repeats=True,
    )


def _replay(source: Source, session: SessionFiles) -> Replay:
    """Return a session's events, fed in the order of its files."""
    replay = Replay()
    for member in session.members:
        text = source.read(member).decode("utf-8", "replace")
        for row, (event, sound) in enumerate(documents(text)):
            replay.feed(member.ordinal, row, event, sound=sound)
    if replay.start_us is None:
        must = "hold events of rrweb, with type, data and timestamp"
        raise SourceError.of(source.place(session.members[0]), must=must, found="none")
    return replay


def _frame(replay: Replay) -> pl.DataFrame:
    columns = {name: [row[name] for row in replay.rows] for name in ROW_COLUMNS}
    types = {**EVENT_COLUMNS, "file": pl.UInt32, "row": pl.UInt32, "fault": pl.String}
    return pl.DataFrame(columns, schema={name: types[name] for name in ROW_COLUMNS}, strict=False)


def _where_the_pointer_was(rows: pl.DataFrame) -> pl.DataFrame:
    """Place the scrolls that tell no place of their own."""
    is_wheel = pl.col("event") == "wheel"
    return rows.with_columns(
        pl.when(is_wheel)
        .then(pl.coalesce(name, pl.col(name).forward_fill(), pl.col(name).backward_fill()))
        .otherwise(name)
        .alias(name)
        for name in ("x_px", "y_px")
    )
