"""The fixed password of Carnegie Mellon University, typed 400 times by each of 51 people."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Final

import numpy as np
import polars as pl

from reid.errors import SourceError
from reid.events.archive import Member, Source
from reid.events.formats.protocol import Published, counted, with_rows
from reid.events.keys import KEY
from reid.events.schema import EVENT
from reid.events.table import EventTable
from reid.typing import Progress, silent

#: Name in the headings, physical key and what it produced, in the order of typing ``.tie5Roanl`` and Return.
_KEYS: Final = (
    ("period", "Period", "."),
    ("t", "KeyT", "t"),
    ("i", "KeyI", "i"),
    ("e", "KeyE", "e"),
    ("five", "Digit5", "5"),
    ("Shift.r", "KeyR", "R"),
    ("o", "KeyO", "o"),
    ("a", "KeyA", "a"),
    ("n", "KeyN", "n"),
    ("l", "KeyL", "l"),
    ("Return", "Enter", None),
)
_NAMES: Final = tuple(name for name, _, _ in _KEYS)
_PAIRS: Final = tuple(f"{first}.{second}" for first, second in pairwise(_NAMES))
_WHO: Final = ("subject", "sessionIndex", "rep")
_TIMES: Final = (
    *(
        name
        for key, pair in zip(_NAMES, _PAIRS, strict=False)
        for name in (f"H.{key}", f"DD.{pair}", f"UD.{pair}")
    ),
    f"H.{_NAMES[-1]}",
)
_BOM: Final = b"\xef\xbb\xbf"
_HEADING: Final = ",".join((*_WHO, *_TIMES)).encode()

_PAUSE_US: Final = 1_000_000  # from the last event of a repetition to the first of the next
_RESOLUTION_US: Final = 100  # times are published with four decimals
_LONGEST_S: Final = 3600.0
_GALLERY, _IMPOSTOR = 200, 5  # repetitions in Killourhy & Maxion's protocol


@dataclass(frozen=True, slots=True)
class Cmu:
    """CMU strong password: `.tie5Roanl` and Return, 51 people, 8 sessions of 50 repetitions, hold and DD.

    References
    ----------
    .. [1] Killourhy, Maxion (2009). Comparing Anomaly-Detection Algorithms for Keystroke Dynamics.
       DSN 2009.
    """

    name: ClassVar[str] = "cmu"

    def recognises(self, source: Source) -> bool:
        """Say whether a file of the source has CMU's heading."""
        return len(source.members) <= 16 and _member(source) is not None  # noqa: PLR2004  it is one file or few

    def parts(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:
        """Rebuild presses and releases from hold and down-down times, exact to the microsecond.

        A repetition is a trial that begins 1 s after the last event of the one before; trials are
        numbered from 0 within a person, in the published order. Up-down times follow from the other two and
        are only checked: a repetition that contradicts itself is left out.

        Raises
        ------
        SourceError
            No file has CMU's heading.
        """
        member = _member(source)
        if member is None:
            must = "hold DSL-StrongPasswordData.csv with its 34 columns"
            raise SourceError.of(source.path.name, must=must, found="no such heading")
        progress("reading", 0, 1)
        yield from with_rows([_table(source.read(member), member.ordinal, source.place(member))])
        progress("reading", 1, 1)

    def claimed(self, source: Source, progress: Progress = silent) -> Iterator[EventTable]:  # noqa: ARG002
        """Give nothing: the list compares the people of the source with each other."""
        yield from ()

    def published(self, source: Source, events: EventTable, progress: Progress = silent) -> Published:  # noqa: ARG002
        """Return Killourhy and Maxion's list.

        Gallery: first 200 repetitions of each person; probes: the person's own other repetitions, and the
        first 5 of each other person.
        """
        trials = events.frame.select("subject_id", "session_id", "trial").unique(maintain_order=True)
        trials = trials.with_columns(place=pl.col("trial").rank("ordinal").over("subject_id"))
        columns = ("subject_id", "session_id", "trial")
        gallery = trials.filter(pl.col("place") <= _GALLERY).select(
            *columns, role=pl.lit("gallery"), claimed_id=pl.lit(None, dtype=pl.String),
            genuine=pl.lit(None, dtype=pl.Boolean),
        )  # fmt: skip
        own = trials.filter(pl.col("place") > _GALLERY).select(
            *columns, role=pl.lit("probe"), claimed_id="subject_id", genuine=pl.lit(value=True)
        )
        people = trials.select(pl.col("subject_id").unique(maintain_order=True).alias("claimed_id"))
        others = people.join(
            trials.filter(pl.col("place") <= _IMPOSTOR), how="cross", maintain_order="left_right"
        )
        others = others.filter(pl.col("claimed_id") != pl.col("subject_id")).select(
            *columns, "claimed_id", role=pl.lit("probe"), genuine=pl.lit(value=False)
        )
        order = ("role", "subject_id", "session_id", "trial", "claimed_id", "genuine")
        return Published(events, pl.concat([part.select(order) for part in (gallery, own, others)]))


def _member(source: Source) -> Member | None:
    for member in source.members:
        if _is_heading(source.head(member).partition(b"\n")[0]):
            return member
    return None


def _is_heading(line: bytes) -> bool:
    return line.removeprefix(_BOM).replace(b'"', b"").strip() == _HEADING


def _table(content: bytes, file: int, place: str) -> EventTable:
    # A column beyond the last shows rows with cells too many.
    body = _HEADING + b",beyond\n" + content.partition(b"\n")[2]
    try:
        text = pl.read_csv(body, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True)
    except pl.exceptions.PolarsError:
        raise SourceError.of(place, must="be a CSV file", found="rows that do not parse") from None
    rows = text.select(
        pl.col("subject").alias("subject_id"),
        pl.col("sessionIndex").alias("session_id"),
        pl.col("sessionIndex").cast(pl.UInt32, strict=False).alias("session_order"),
        pl.lit(file, dtype=pl.UInt32).alias("file"),
        pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"),
        pl.col(_TIMES).cast(pl.Float64, strict=False),
        pl.col("beyond").is_not_null().alias("broken"),
    )
    readable = pl.all_horizontal(pl.col(_TIMES).abs().is_between(0, _LONGEST_S).fill_null(value=False))
    who = pl.any_horizontal(pl.col("subject_id", "session_order").is_null())
    rows = rows.with_columns(
        fault=pl.when("broken")
        .then(pl.lit("unreadable_row"))
        .when(who)
        .then(pl.lit("missing_value"))
        .when(~readable)
        .then(pl.lit("unreadable_time")),
        trial=pl.int_range(pl.len(), dtype=pl.UInt32).over("subject_id"),
    )
    micro = {
        name: (1e6 * rows[name].fill_null(0).fill_nan(0).clip(-_LONGEST_S, _LONGEST_S))
        .round()
        .to_numpy()
        .astype(np.int64)
        for name in _TIMES
    }
    hold = np.column_stack([micro[f"H.{name}"] for name in _NAMES])
    dd = np.column_stack([micro[f"DD.{pair}"] for pair in _PAIRS])
    ud = np.column_stack([micro[f"UD.{pair}"] for pair in _PAIRS])
    contradicts = (np.abs(dd - hold[:, :-1] - ud) > _RESOLUTION_US).any(axis=1) | (dd < 0).any(axis=1)
    fault = (
        pl.when(pl.col("fault").is_not_null()).then("fault")
        .when(pl.Series((hold < 0).any(axis=1))).then(pl.lit("release_before_press"))
        .when(pl.Series(contradicts)).then(pl.lit("unreadable_time"))
    )  # fmt: skip
    rows = rows.with_columns(fault=fault)
    good = rows["fault"].is_null().to_numpy()
    frame = _events(rows.filter(pl.Series(good)), hold[good], dd[good])
    return EventTable.from_frame(frame, quality=counted(rows), may_be_empty=True)


def _events(rows: pl.DataFrame, hold: np.ndarray, dd: np.ndarray) -> pl.DataFrame:
    """Return two events per key and repetition, in order of time."""
    n_rows, n_keys = hold.shape
    down = np.column_stack([np.zeros(n_rows, dtype=np.int64), np.cumsum(dd, axis=1)])
    up = down + hold
    lasts = pl.Series("lasts", up.max(axis=1, initial=0))
    session = ("subject_id", "session_id")
    starts = rows.select(*session, lasts + _PAUSE_US).with_columns(
        start=(pl.col("lasts").cum_sum() - pl.col("lasts")).over(session),
        repetition=pl.int_range(pl.len(), dtype=pl.Int64).over(session),
    )
    start = starts["start"].to_numpy()[:, None]
    press = starts["repetition"].to_numpy()[:, None] * n_keys + np.arange(n_keys)
    keys = pl.Series([key for _, key, _ in _KEYS], dtype=KEY)
    chars = pl.Series([char for _, _, char in _KEYS], dtype=pl.String)
    which = np.tile(np.arange(n_keys), n_rows)
    halves = [
        rows[np.repeat(np.arange(n_rows), n_keys)].select(
            *session, "session_order", "trial", "file", "row",
            pl.col("session_order").alias("sitting"),
            pl.Series("time_us", (times + start).ravel()),
            pl.Series("press", press.ravel(), dtype=pl.UInt32),
            pl.lit(event, dtype=EVENT).alias("event"),
            keys[which].alias("key"),
            chars[which].alias("char"),
        )
        for times, event in ((down, "key_down"), (up, "key_up"))
    ]  # fmt: skip
    # At equal times a release comes before the next press and after its own.
    return pl.concat(halves).sort("subject_id", "session_order", "time_us", "press", "event")
