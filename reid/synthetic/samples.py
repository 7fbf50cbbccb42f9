"""The sample logs that come with the program: ``python -m reid.synthetic.samples data_samples``."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from reid.errors import ReidError
from reid.events.parquet import write_events
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic.pointer_truth import PointerSettings, generate_pointer
from reid.synthetic.truth import TruthSettings, generate

KEYBOARD_NAME: Final = "keyboard.parquet"
KEYBOARD_SETTINGS: Final = TruthSettings(
    n_people=40, n_sessions=4, n_keystrokes=240, n_letters=26, identity=0.33
)
POINTER_NAME: Final = "pointer.parquet"
POINTER_SETTINGS: Final = PointerSettings(n_people=40, n_sessions=4, n_strokes=13, identity=1.0)
SAMPLE_SEED: Final = 20261
_READABLE_BY_ALL: Final = 0o644  # event files are private by default; nobody stands behind these


def keyboard_sample() -> EventTable:
    """Make the keyboard log anew: 40 synthetic people with 4 sessions each, always the same."""
    return generate(KEYBOARD_SETTINGS, Streams(SAMPLE_SEED))


def pointer_sample() -> EventTable:
    """Make the pointer log anew: 40 synthetic people with 4 sessions each, always the same."""
    return generate_pointer(POINTER_SETTINGS, Streams(SAMPLE_SEED))


def write_samples(folder: Path) -> tuple[Path, ...]:
    """Write the sample logs into a folder and return their paths.

    Raises
    ------
    OutputError
        A file cannot be written.
    """
    return (
        _write(keyboard_sample(), folder / KEYBOARD_NAME, "truth", asdict(KEYBOARD_SETTINGS)),
        _write(pointer_sample(), folder / POINTER_NAME, "pointer truth", asdict(POINTER_SETTINGS)),
    )


def _write(events: EventTable, path: Path, generator: str, settings: dict[str, Any]) -> Path:
    write_events(events, path, {"synthetic": True, "generator": generator, "seed": SAMPLE_SEED, **settings})
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
