"""Take from the log what an attacker shall not see."""

import polars as pl

from reid.events.keys import KEY, UNIDENTIFIED
from reid.events.table import EventTable


def without_content(events: EventTable) -> EventTable:
    """Replace every key by ``Unidentified`` and drop what was typed; times and presses stay."""
    masked = events.frame.with_columns(
        key=pl.when(pl.col("key").is_not_null()).then(pl.lit(UNIDENTIFIED, dtype=KEY)),
        char=pl.lit(None, pl.String),
    )
    return events.with_frame(masked)
