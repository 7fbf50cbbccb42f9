"""Make a release fit to leave the house: new names, new order, nothing of the source beside it."""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from reid.anonymizers.protocol import Anonymizer
from reid.anonymizers.pseudonyms import FreshNames
from reid.anonymizers.release import Release
from reid.anonymizers.rewriting import press_numbers, rewritten
from reid.events.schema import EVENT_COLUMNS, KEY_EVENTS, SESSION_COLUMNS
from reid.events.table import EventTable
from reid.kernels.release import numbered_by_appearance
from reid.seeding import Streams

#: Columns of :attr:`Release.key <reid.anonymizers.release.Release.key>`.
KEY_COLUMNS = ("released_subject_id", "released_session_id", "subject_id", "session_id")


def publish(release: Release, streams: Streams, *, keep_char: bool = False) -> Release:
    """Give people and sessions new random names, and leave behind whatever points back to the source.

    - People and sessions get random names that occur nowhere in the source. People stand in the order of
      the new names, which is random; sessions of a person stay in their order (``session_order``).
    - ``task`` gets random labels, the same for the same task throughout this release.
    - ``press``, ``trial`` and ``sitting`` are counted anew from 0, since their numbers may be the source's.
    - ``start_us``, screen, ``layout`` and ``group`` are dropped: they identify machines, places and people,
      and no attack has tried them.
    - ``char`` is dropped unless asked for. What was typed is content, not behaviour; ``key`` already tells
      the key, and ``char`` adds the text itself.
    - The record of faults is not carried: it counts rows of the source.

    Parameters
    ----------
    release : Release
        A release whose people still bear the names of the source.
    streams : Streams
        Where names come from: :meth:`~reid.seeding.Streams.from_system` for a release that leaves the house.
    keep_char : bool
        Leave the characters in.

    Returns
    -------
    Release
        With ``key``, one row per session, sorted by released names: for the owner only.
    """
    frame, sessions = release.events.frame, release.events.sessions
    labels = frame["task"].drop_nulls().unique().sort()
    texts = [sessions[name] for name in ("subject_id", "session_id", "layout", "group")]
    names = FreshNames(text for column in (*texts, labels) for text in column.drop_nulls().unique())
    key = _new_names(sessions, names, streams)
    of_task = dict(zip(labels, names.draw(streams("task"), labels.len()), strict=True))

    ranked = key.with_row_index("_old").sort("released_subject_id", maintain_order=True)
    order = ranked["_old"].to_numpy().astype(np.int64)
    bounds = release.events.session_bounds()
    lengths = np.diff(bounds)[order]
    starts = np.cumsum(lengths) - lengths
    rows = np.arange(frame.height) + np.repeat(bounds[:-1][order] - starts, lengths)
    new_bounds = np.append(starts, frame.height).astype(np.int64)
    session = pl.Series(np.repeat(np.arange(order.size), lengths))

    behaviour = frame.drop("subject_id", "session_id", *(() if keep_char else ("char",)))
    moved = behaviour[rows]
    is_key = moved["event"].is_in(KEY_EVENTS)
    press = numbered_by_appearance(press_numbers(moved), is_key.to_numpy(writable=True), new_bounds)
    renamed = moved.with_columns(
        ranked["released_subject_id"][session].alias("subject_id"),
        ranked["released_session_id"][session].alias("session_id"),
        pl.Series("press", press).cast(pl.UInt32).zip_with(is_key, pl.Series([None], dtype=pl.UInt32)),
        pl.col("task").replace_strict(of_task, return_dtype=pl.String),
        *(() if keep_char else (pl.lit(None, dtype=pl.String).alias("char"),)),
    )
    if renamed["trial"].null_count() < renamed.height:
        anew = pl.col("trial").rank("dense").over("subject_id", "session_id") - 1
        renamed = renamed.with_columns(anew.cast(pl.UInt32).alias("trial"))
    table = EventTable(renamed, _bare_sessions(sessions[order], ranked))
    return replace(
        release,
        events=rewritten(table, renamed.select(*EVENT_COLUMNS), add_turns=False),
        key=ranked.select(KEY_COLUMNS),
        seeded=release.seeded or not streams.secret,
    )


def _new_names(sessions: pl.DataFrame, names: FreshNames, streams: Streams) -> pl.DataFrame:
    """Return new and old names of each session, each person's drawn from the person's own stream."""
    people = sessions.group_by("subject_id", maintain_order=True).len()
    released: dict[str, list[str]] = {"released_subject_id": [], "released_session_id": []}
    for subject, n_sessions in people.iter_rows():
        person, *own = names.draw(streams("names", subject), 1 + n_sessions)
        released["released_subject_id"] += [person] * n_sessions
        released["released_session_id"] += own
    return pl.DataFrame(released).hstack(sessions.select("subject_id", "session_id"))


def _bare_sessions(sessions: pl.DataFrame, ranked: pl.DataFrame) -> pl.DataFrame:
    """Return the sessions table under new names, with nothing but order and sittings."""
    in_order = (pl.col(name).rank("dense").over("subject_id") - 1 for name in ("session_order", "sitting"))
    bare = sessions.select("subject_id", "session_order", "sitting").with_columns(in_order)
    bare = bare.with_columns(ranked["released_subject_id"].alias("subject_id"))
    bare = bare.with_columns(ranked["released_session_id"].alias("session_id"))
    absent = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in SESSION_COLUMNS.items()]
    bare = bare.with_columns(column for column in absent if column.meta.output_name() not in bare.columns)
    return bare.select(pl.col(name).cast(dtype) for name, dtype in SESSION_COLUMNS.items())


def release_metadata(release: Release, strategy: Anonymizer) -> dict[str, Any]:
    """Return what is written beside a released log: how it was made, but not when, where or from what.

    Returns
    -------
    dict
        ``strategy`` as it is written; ``claims``; ``redacted``, the number of secrets taken out of what was
        typed; ``for_measurement_only``, true where names or noise
        come from a seed; ``reid_version``. JSON types only.
    """
    from importlib.metadata import version  # noqa: PLC0415  reading package metadata takes a while

    return {
        "strategy": str(strategy),
        "claims": [claim.as_dict() for claim in release.claims],
        "redacted": release.redacted,
        "for_measurement_only": release.seeded,
        "reid_version": version("reid-risk"),
    }
