"""A release that somebody else made, put beside the raw log by the key that says who is who."""

from pathlib import Path
from typing import Final

import polars as pl

from reid.errors import SourceError
from reid.events.schema import SESSION
from reid.events.table import EventTable

GIVEN: Final = "the release given"  #: what its block is called
#: Columns of the key, as ``reid anonymize --key`` writes it.
KEY_COLUMNS: Final = ("released_subject_id", "released_session_id", *SESSION)
_FILE: Final = "the key"


def read_key(path: Path) -> pl.DataFrame:
    """Read which released person and session is which of the raw log: String columns of ``KEY_COLUMNS``.

    Raises
    ------
    SourceError
        The file is no Parquet file, lacks a column, or names a session twice.
    """
    advice = "Name the file that `reid anonymize --key` wrote."
    try:
        key = pl.read_parquet(path, columns=list(KEY_COLUMNS)).cast(pl.String)
    except OSError as error:
        found = error.strerror or "no file"
        raise SourceError.of(_FILE, must="be readable", found=found, advice=advice) from None
    except pl.exceptions.PolarsError:
        must = f"be Parquet with the columns {', '.join(KEY_COLUMNS)}"
        raise SourceError.of(_FILE, must=must, found="another file", advice=advice) from None
    for side in (KEY_COLUMNS[:2], KEY_COLUMNS[2:]):
        if (
            key.select(side).is_duplicated().any()
            or key.select(pl.any_horizontal(pl.col(side).is_null().any())).item()
        ):
            raise SourceError.of(
                _FILE, must="name each session once", found="one twice, or none", advice=advice
            )
    return key


def named_as_raw(released: EventTable, raw: EventTable, key: pl.DataFrame) -> EventTable:
    """Return a release under the names of the raw log.

    Parameters
    ----------
    released, raw : EventTable
        The two logs.
    key : DataFrame
        As from :func:`read_key`.

    Raises
    ------
    SourceError
        The key does not fit both logs.
    """
    held = released.sessions.select(
        pl.col("subject_id").alias(KEY_COLUMNS[0]), pl.col("session_id").alias(KEY_COLUMNS[1])
    )
    missing = held.join(key, on=list(KEY_COLUMNS[:2]), how="anti").height
    if missing:
        found = f"{missing} of {held.height} that it does not"
        raise SourceError.of(_FILE, must="name every session of the release", found=found)
    strange = (
        key.join(held, on=list(KEY_COLUMNS[:2]), how="semi").join(raw.sessions, on=SESSION, how="anti").height
    )
    if strange:
        must, found = "name sessions of the raw log", f"{strange} that it does not hold"
        raise SourceError.of(_FILE, must=must, found=found, advice="Name the log that was released as --raw.")

    def renamed(frame: pl.DataFrame) -> pl.DataFrame:
        named = frame.rename(dict(zip(SESSION, KEY_COLUMNS[:2], strict=True)))
        return named.join(key, on=list(KEY_COLUMNS[:2]), how="left", maintain_order="left").select(
            frame.columns
        )

    return EventTable.from_frame(renamed(released.frame), renamed(released.sessions), repeats=True)
