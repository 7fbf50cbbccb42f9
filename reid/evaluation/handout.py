"""Who is background, gallery and probe, as a list that an outside attacker can work from."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from reid.errors import OutputError
from reid.evaluation.background import with_background
from reid.evaluation.modality import BOTH, of_modality
from reid.evaluation.overlap import require_other_recordings
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import Split, make_split
from reid.events.reading import ReadSource
from reid.events.table import EventTable
from reid.samples.table import SampleTable
from reid.storage import whole_file

#: Columns of a handed out split: one row per run of events that belongs to a sample. ``sample`` numbers the
#: samples of a person in a role from 0, in time. Events are numbered from 0 within their session, among
#: those that the attackers may look at; times are those of the session's clock; both ends are included.
HANDOUT: Final = (
    "role",
    "subject_id",
    "sample",
    "session_id",
    "trial",
    "first_event",
    "last_event",
    "first_us",
    "last_us",
)
_SUFFIXES: Final = (".csv", ".parquet")


@dataclass(frozen=True, slots=True, eq=False)
class Handout:
    """A split as a list, and what an attacker has to score."""

    regime: str
    rows: (
        pl.DataFrame
    )  #: see :data:`HANDOUT`; roles ``train`` (not in the closed set), ``gallery``, ``probe``
    n_people: int  #: enrolled
    n_probes: int

    def write(self, path: Path) -> None:
        """Write the list as CSV or Parquet, by the ending of the name, readable by the owner only.

        Raises
        ------
        OutputError
            The name ends otherwise, or the file cannot be written.
        """
        require_list_name(path)
        with whole_file(path, private=True) as partial:
            if path.suffix == ".csv":
                self.rows.write_csv(partial)
            else:
                self.rows.write_parquet(partial)


def hand_out(
    source: EventTable | ReadSource,
    *,
    regime: str | None = None,
    background: int | None = None,
    background_from: EventTable | ReadSource | None = None,
    gallery_sessions: int | None = None,
    probe_sessions: int = 1,
    sample: str = "session",
    modality: str = BOTH,
    seed: int = 0,
) -> Handout:
    """Divide a log as an audit with the same settings would; see :func:`reid.evaluation.audit.audit`.

    People of another log stand under ``train`` by their names there after ``background/``.

    Raises
    ------
    ReidError
        A setting makes no sense, or there are too few people or sessions.
    """
    settings = SplitSettings(
        regime=regime,
        background=background,
        gallery_sessions=gallery_sessions,
        probe_sessions=probe_sessions,
        sample=sample,
        seed=seed,
    )
    events = of_modality(source.events if isinstance(source, ReadSource) else source, modality)
    events, people = with_background(events, background_from, settings)
    split = make_split(events, people, settings)
    require_other_recordings(split.gallery, split.probes)
    return Handout(split.regime, _rows(split), len(split.gallery), len(split.probes))


def require_list_name(path: Path) -> None:
    """Refuse a name that ends in neither ``.csv`` nor ``.parquet``.

    Raises
    ------
    OutputError
        It does not.
    """
    if path.suffix not in _SUFFIXES:
        found = path.suffix or "none"
        raise OutputError(f"-o must end in .csv or .parquet; found the ending {found}. Choose another name.")


def runs_of(samples: SampleTable) -> pl.DataFrame:
    """Return the runs of events of which samples are made, in the order of the samples.

    Successive pieces of one session (of one trial, where trials are marked) are one run.

    Returns
    -------
    DataFrame
        ``row`` of the sample, its ``subject_id`` and ``sample`` number within the person, ``session``
        (row in the sessions table), ``session_id``, ``trial``, ``start_row`` and ``stop_row``.
    """
    numbered = samples.frame.with_row_index("row").with_columns(
        sample=pl.int_range(pl.len(), dtype=pl.Int64).over("subject_id")
    )
    single = numbered.explode("pieces")
    placed = samples.pieces.frame.select("session", "trial", "start_row", "stop_row")[single["pieces"]]
    sessions = samples.pieces.events.sessions["session_id"].gather(placed["session"])
    runs = pl.concat([single.drop("pieces"), placed], how="horizontal").with_columns(session_id=sessions)
    same = [pl.col(name).eq_missing(pl.col(name).shift()) for name in ("row", "session", "trial")]
    goes_on = pl.all_horizontal(*same, pl.col("start_row") == pl.col("stop_row").shift())
    began = (~goes_on.fill_null(value=False)).cum_sum().alias("run")
    ends = (pl.col("start_row").first(), pl.col("stop_row").last())
    return runs.group_by(began, maintain_order=True).agg(pl.exclude("start_row", "stop_row").first(), *ends)


def _rows(split: Split) -> pl.DataFrame:
    roles = {"train": split.train} if split.regime == "population" else {}
    roles |= {"gallery": split.gallery, "probe": split.probes}
    runs = pl.concat([runs_of(samples).with_columns(role=pl.lit(role)) for role, samples in roles.items()])
    events = split.gallery.pieces.events
    begins = pl.Series(events.session_bounds()[:-1]).gather(runs["session"])
    time_us = events.frame["time_us"]
    return runs.with_columns(
        first_event=pl.col("start_row") - begins,
        last_event=pl.col("stop_row") - 1 - begins,
        first_us=time_us.gather(runs["start_row"]),
        last_us=time_us.gather(runs["stop_row"] - 1),
    ).select(HANDOUT)
