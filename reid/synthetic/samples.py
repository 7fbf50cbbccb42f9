"""The sample log that comes with the program: ``python -m reid.synthetic.samples data_samples``."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from reid.errors import ReidError
from reid.events.parquet import write_events
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic.truth import TruthSettings, generate

SAMPLE_NAME: Final = "keyboard.parquet"
SAMPLE_SETTINGS: Final = TruthSettings(
    n_people=40, n_sessions=4, n_keystrokes=240, n_letters=26, identity=0.33
)
SAMPLE_SEED: Final = 20261
_READABLE_BY_ALL: Final = 0o644  # event files are private by default; nobody stands behind this one


def sample_events() -> EventTable:
    """Make the sample log anew: 40 synthetic people with 4 sessions each, always the same."""
    return generate(SAMPLE_SETTINGS, Streams(SAMPLE_SEED))


def write_samples(folder: Path) -> Path:
    """Write the sample log into a folder and return its path.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    path = folder / SAMPLE_NAME
    made_by = {"synthetic": True, "generator": "truth", "seed": SAMPLE_SEED, **asdict(SAMPLE_SETTINGS)}
    write_events(sample_events(), path, made_by)
    path.chmod(_READABLE_BY_ALL)
    return path


def main(arguments: Sequence[str]) -> int:
    """Write the samples into the folder that is named; return the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("Usage: python -m reid.synthetic.samples FOLDER\n")
        return 2
    try:
        write_samples(Path(arguments[0]))
    except ReidError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
