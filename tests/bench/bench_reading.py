"""Readers beside polars' own scan of the same bytes."""

import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from reid.events.part_writing import write_part_folder
from reid.events.parts import PartFolder
from reid.events.reading import read_events
from tests.bench.harness import Figure, ratio, timed
from tests.bench.sources import source

_TEXT = {"Aalto": ("_keystrokes.txt", "\t"), "Balabit": ("session_", ",")}


def figures(rounds: int) -> Iterator[Figure]:
    """Read the published archives, and a folder of parts made of one of them."""
    for name in ("Aalto", "Balabit"):
        log = source(name)
        events = log.events()
        size = f"{log.name}, {len(events):,} events"
        if log.path.suffix == ".zip":
            works = {"scan": scan_of(log.path, *_TEXT[name]), "read": lambda log=log: read_events(log.path)}
            taken = timed(works, min(rounds, 2))
            yield ratio(f"reading {size} / polars' scan of the same text", taken["read"], taken["scan"])
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "parts"
            write_part_folder([events], folder)
            files = sorted(folder.glob("*.parquet"))
            works = {
                "scan": lambda files=files: [pl.scan_parquet(file).collect() for file in files],
                "read": lambda folder=folder: [part.read() for part in PartFolder.open(folder).parts],
            }
            taken = timed(works, rounds)
        yield ratio(f"parts of {size} / polars' scan of the same files", taken["read"], taken["scan"])


def scan_of(archive: Path, mark: str, separator: str) -> Callable[[], object]:
    """Return the work of reading the members of an archive that hold events, nothing checked."""

    def work() -> int:
        rows = 0
        with zipfile.ZipFile(archive) as members:
            for name in members.namelist():
                if mark in name and not name.endswith("/"):
                    text = io.BytesIO(members.read(name))
                    lazy = pl.scan_csv(
                        text, separator=separator, quote_char=None, infer_schema=False,
                        truncate_ragged_lines=True, encoding="utf8-lossy",
                    )  # fmt: skip
                    rows += lazy.collect().height
        return rows

    return work
