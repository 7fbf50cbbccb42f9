"""The recordings that are measured: real ones where they are, else the samples of the project."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import reid
from reid.events.table import EventTable

SAMPLES = Path(__file__).parents[2] / "data_samples"
REAL = {
    "Aalto": "aalto/Keystrokes.zip",
    "Balabit": "balabit/Mouse-Dynamics-Challenge-master.zip",
    "SapiMouse": "sapimouse/sapimouse.zip",
}
INSTEAD = {"Aalto": "keyboard.parquet", "Balabit": "pointer.parquet", "SapiMouse": "pointer.parquet"}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a recording lies, and what its figures are named after."""

    name: str
    path: Path

    def events(self) -> EventTable:
        """Return its events, read once in a run."""
        return _read(self.path)


def source(name: str) -> Source:
    """Return a recording by its publisher's name (a key of :data:`REAL`), or the sample in its place."""
    folder = os.environ.get("REID_DATA_DIR")
    path = Path(folder) / REAL[name] if folder else None
    if path is not None and path.exists():
        return Source(name, path)
    return Source(f"sample for {name}", SAMPLES / INSTEAD[name])


@cache
def _read(path: Path) -> EventTable:
    return reid.read_events(path)
