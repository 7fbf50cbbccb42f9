"""A small study, and what the tests of a study share."""

from pathlib import Path
from typing import Any

from reid.events.parquet import write_events
from reid.seeding import Streams
from reid.study.declaration import Study
from reid.synthetic.truth import TruthSettings, generate

PEOPLE = TruthSettings(n_people=12, n_sessions=4, n_keystrokes=60, n_letters=8, identity=0.6)
STRATEGIES = ["time-grid(step_ms=[50, 400])", "delay-mix(bound_ms=100)"]


def source_in(folder: Path, seed: int = 1) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "people.parquet"
    write_events(generate(PEOPLE, Streams(seed)), path)
    return path


def declared(folder: Path, **changes: Any) -> Study:
    source_in(folder)
    told: dict[str, Any] = {
        "inputs": [{"source": "people.parquet", "regime": "closed-set"}],
        "strategies": STRATEGIES,
        "attackers": ["scaled-manhattan"],
        "purposes": ["productivity"],
        "adequacy": "none",
        "releases": 2,
    }
    return Study.checked(told | changes, folder)


def tables(out: Path) -> list[bytes]:
    return [(out / name).read_bytes() for name in ("results.parquet", "people.parquet")]
