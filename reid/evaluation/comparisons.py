"""A publisher's own list of comparisons, instead of everybody against everybody."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from reid.errors import SourceError, TooFewError
from reid.evaluation.dividing import pointer_parts
from reid.evaluation.splits import require_disjoint
from reid.events.table import EventTable
from reid.samples.cutting import cut, cut_finer
from reid.samples.table import SampleTable
from reid.typing import BoolArray, IntArray

#: Columns of a declared list: one row per piece of a gallery (``role`` "gallery") and one per comparison
#: ("probe", with the claimed person and whether the claim is true). ``trial`` may be absent or null. So may
#: ``maker_known``: where it is false, ``subject_id`` only says where the sample stands in the events, since
#: nobody knows who made it; the claim is then false.
COLUMNS: Final[dict[str, type[pl.DataType]]] = {
    "role": pl.String,
    "subject_id": pl.String,
    "session_id": pl.String,
    "trial": pl.UInt32,
    "claimed_id": pl.String,
    "genuine": pl.Boolean,
    "maker_known": pl.Boolean,
}
_OPTIONAL: Final = ("trial", "maker_known")
_TRUTH: Final = {"true": True, "false": False, "1": True, "0": False}
_ROLES: Final = ("gallery", "probe")


@dataclass(frozen=True, slots=True, eq=False)
class Comparisons:
    """Who is enrolled with what, and which sample is compared with whom."""

    gallery: SampleTable  #: one sample per claimed person
    probes: SampleTable  #: each sample once
    probe: IntArray  #: row in ``probes`` of each comparison: (n_comparisons,)
    claimed: tuple[str, ...]  #: person of each comparison
    genuine: BoolArray  #: whether the claim is true: (n_comparisons,)
    maker_known: BoolArray  #: whether the probe's ``subject_id`` is who made it: (n_comparisons,)

    @property
    def makers(self) -> tuple[str, ...]:
        """Who made the sample of each comparison; an empty name where nobody knows."""
        subjects = self.probes.subject_ids
        return tuple(
            subjects[row] if known else "" for row, known in zip(self.probe, self.maker_known, strict=True)
        )


def read_list(path: Path) -> pl.DataFrame:
    """Read a declared list from CSV or Parquet.

    Raises
    ------
    SourceError
        The file cannot be read or lacks a column.
    """
    advice = "Write --comparisons published, or the path of a declared list."
    return read_rows(path, "the declared list", COLUMNS, advice)


def read_rows(path: Path, what: str, columns: Iterable[str], advice: str) -> pl.DataFrame:
    """Read a table that a user wrote, from Parquet by that ending and else from CSV, whose cells stay text.

    Raises
    ------
    SourceError
        There is no file, or it does not parse; ``columns`` and ``advice`` say what there should be.
    """
    name = path.name or what
    if not path.is_file():
        raise SourceError.of(name, must="be a file", found="none", advice=advice)
    try:
        return pl.read_parquet(path) if path.suffix == ".parquet" else pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError):
        must = f"be a CSV or Parquet file with the columns {', '.join(columns)}"
        raise SourceError.of(name, must=must, found="one that does not parse") from None


def declared(events: EventTable, listed: pl.DataFrame) -> Comparisons:
    """Find the samples of a declared list in the events.

    Raises
    ------
    SourceError
        A column is missing, a word is unknown, or a sample or a claimed person does not exist.
    TooFewError
        There is no genuine or no impostor comparison, or fewer than two people have a gallery.
    LeakError
        A sample is compared with its own person's gallery, which holds it.
    """
    rows = _typed(listed)
    by_trial = rows["trial"].null_count() < rows.height
    pieces = cut(events, "trial" if by_trial else "session")
    names = events.sessions.select("subject_id", "session_id").with_row_index("session")
    place = pieces.frame.with_row_index("piece").join(names, on=["subject_id", "session"], how="left")
    on = ["subject_id", "session_id", "trial"] if by_trial else ["subject_id", "session_id"]
    found = rows.join(place.select(*on, "piece"), on=on, how="left", maintain_order="left")
    if missing := found["piece"].null_count():
        raise SourceError.of(
            "the declared list", must="name samples of the source", found=f"{missing} rows that do not"
        )
    members = found.filter(role="gallery").group_by("subject_id").agg(pl.col("piece").unique().sort())
    gallery = SampleTable.of_groups(pieces, members.sort("subject_id").iter_rows())
    compared = found.filter(role="probe")
    enrolled = pl.col("claimed_id").is_in(members["subject_id"].implode()).fill_null(value=False)
    unknown = compared.filter(~enrolled).height
    if unknown or compared["genuine"].null_count():
        unsaid = compared["genuine"].null_count()
        flaws = f"{unknown} claims of people without a gallery, {unsaid} that do not say if they are true"
        raise SourceError.of("the declared list", must="claim enrolled people", found=flaws)
    genuine = compared["genuine"].to_numpy().astype(bool)
    maker_known = compared["maker_known"].to_numpy().astype(bool)
    if nobodies := int(np.count_nonzero(genuine & ~maker_known)):
        found_true = f"{nobodies} true ones by somebody not known"
        raise SourceError.of(
            "the declared list", must="hold true claims of known people only", found=found_true
        )
    if genuine.all() or not genuine.any():
        shown = f"{int(genuine.sum())} genuine of {genuine.size}"
        raise TooFewError.of("the declared list", must="hold genuine and impostor comparisons", found=shown)
    if len(gallery) < 2:  # noqa: PLR2004  one person cannot be mistaken for another
        raise TooFewError.of("the declared list", must="enrol at least 2 people", found=len(gallery))
    distinct = compared.select("subject_id", "piece").unique(maintain_order=True)
    probes = SampleTable(pieces, distinct.select("subject_id", pl.concat_list("piece").alias("pieces")))
    number = {piece: row for row, piece in enumerate(distinct["piece"])}
    probe = np.array([number[piece] for piece in compared["piece"]], dtype=np.int64)
    # A sample in its own person's gallery may still be an impostor to others, as in Killourhy & Maxion.
    require_disjoint(gallery, probes.take(np.unique(probe[genuine])), within=True)
    gallery, probes = _in_parts(gallery, probes)
    return Comparisons(gallery, probes, probe, tuple(compared["claimed_id"]), genuine, maker_known)


def without_people(listed: pl.DataFrame, aside: Collection[str]) -> pl.DataFrame:
    """Return a declared list without the galleries of some people and the comparisons that concern them."""
    names = [pl.col(name).cast(pl.String).is_in(list(aside)) for name in ("subject_id", "claimed_id")]
    return listed.filter(~pl.any_horizontal(names).fill_null(value=False))


def _in_parts(*sides: SampleTable) -> Iterator[SampleTable]:
    """Give the same samples, made of finer pieces where sessions of a pointer are long."""
    pieces = sides[0].pieces
    finer, whole = cut_finer(pieces, pointer_parts(pieces))
    parts = np.split(np.arange(len(finer)), np.flatnonzero(np.diff(whole)) + 1)
    for side in sides:
        groups = [
            (subject, [part for piece in members for part in parts[piece].tolist()])
            for subject, members in side.frame.iter_rows()
        ]
        yield SampleTable.of_groups(finer, groups)


def _typed(listed: pl.DataFrame) -> pl.DataFrame:
    needed = [name for name in COLUMNS if name not in _OPTIONAL]
    if absent := [name for name in needed if name not in listed.columns]:
        raise SourceError.of(
            "the declared list", must=f"have the columns {', '.join(needed)}", found=f"no {', '.join(absent)}"
        )
    full = listed.with_columns(
        pl.lit(None, dtype=COLUMNS[name]).alias(name) for name in _OPTIONAL if name not in listed.columns
    )
    n_silent = full["maker_known"].null_count()
    full = full.with_columns(
        pl.col(name).str.to_lowercase().replace_strict(_TRUTH, default=None)
        for name in ("genuine", "maker_known")
        if full.schema[name] == pl.String
    )
    if unclear := full["maker_known"].null_count() - n_silent:
        must = "say true, false or nothing as maker_known"
        raise SourceError.of("the declared list", must=must, found=f"{unclear} other words")
    full = full.with_columns(pl.col("maker_known").fill_null(value=True))
    try:
        rows = full.select(pl.col(name).cast(dtype) for name, dtype in COLUMNS.items())
    except pl.exceptions.PolarsError:
        raise SourceError.of(
            "the declared list", must="have whole numbers as trials", found="other values"
        ) from None
    if unknown := rows.filter(~pl.col("role").is_in(_ROLES) | pl.col("role").is_null()).height:
        raise SourceError.of(
            "the declared list", must="use the roles gallery and probe", found=f"{unknown} rows with others"
        )
    return rows
