"""Realistic people as a folder of event tables, part by part, so that memory stays flat."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from reid.errors import ParameterError, SourceError
from reid.events.event_file import read_metadata
from reid.events.parquet import write_events
from reid.seeding import Streams
from reid.storage import whole_folder
from reid.synthetic.realistic import RealisticSettings, generate_realistic_parts
from reid.typing import Progress, silent

PEOPLE_A_PART: Final = 100
NOTE_NAME: Final = "README.md"
_GENERATOR: Final = "realistic"
_NOTE: Final = """\
# Synthetic people

Nobody stands behind these logs: `reid synthesize` drew them from laws fitted to aggregates of real logs.
They look like people to an attack, but no truth is known about them: how well the best possible attack
would do, nobody can say, and what protects them need not protect people. Use them to try the program out and
to load it.

Read the folder like any log: `reid inspect`, `reid audit`. The settings stand in the metadata of each file.
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What lies in a folder of synthetic people."""

    people: int
    sessions: int
    events: int
    files: int


def write_people(
    settings: RealisticSettings,
    folder: Path,
    seed: int = 0,
    *,
    n_people_a_part: int = PEOPLE_A_PART,
    progress: Progress = silent,
) -> Written:
    """Write realistic people, some of them a file, and a note that says what they are.

    The folder is whole or absent; the same seed gives the same bytes, however fast or often it is written.

    Parameters
    ----------
    settings : RealisticSettings
        The population.
    folder : Path
        Where the files shall lie; new, empty, or written by this function.
    seed : int
        Root of all draws.
    n_people_a_part : int
        People per file, at least 1; changes nothing about them.
    progress : Progress
        Told of the people that are made.

    Raises
    ------
    OutputError
        The folder cannot be written, or holds other files.
    ParameterError
        The seed is below 0.
    """
    if seed < 0:
        raise ParameterError.of("seed", must="be at least 0", found=seed)
    people = sessions = events = files = 0
    metadata: dict[str, Any] = {
        "synthetic": True,
        "generator": _GENERATOR,
        "truth": "none is claimed",
        "seed": seed,
        **asdict(settings),
    }
    parts = generate_realistic_parts(settings, Streams(seed), n_people_a_part, progress=progress)
    with whole_folder(folder, replaces=is_synthetic) as partial:
        for number, part in enumerate(parts):
            write_events(part, partial / f"part-{number:05d}.parquet", metadata)
            files += 1
            people, sessions = people + len(part.subjects), sessions + part.sessions.height
            events += len(part)
        (partial / NOTE_NAME).write_text(_NOTE, encoding="utf-8")
    return Written(people, sessions, events, files)


def is_synthetic(folder: Path) -> bool:
    """Say whether a folder holds nothing but what :func:`write_people` wrote."""
    names = sorted(path.name for path in folder.iterdir())
    files = [name for name in names if name != NOTE_NAME]
    if not files or len(files) == len(names):
        return False
    return all(_is_part(folder / name) for name in files)


def _is_part(path: Path) -> bool:
    try:
        return path.is_file() and read_metadata(path).get("generator") == _GENERATOR
    except SourceError:
        return False
