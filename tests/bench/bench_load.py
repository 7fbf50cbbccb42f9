"""Synthetic people on their way to disk beside the plain writing of as many random columns."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.harness import Effort, Figure, Times, effort, ratio, run_alone

N_PEOPLE = {Effort.QUICK: 100, Effort.USUAL: 1_500, Effort.SLOW: 10_000}
SESSIONS, KEYS = 15, 54
MOST_TIMES, MOST_MEMORY = 3.0, 1.1
RANDOM = """
import sys
from pathlib import Path
import numpy as np, pyarrow as pa, pyarrow.parquet as pq
from reid.events.row_runs import FILE_SCHEMA
from reid.events.keys import KEYS
from reid.events.parquet import COMPRESSION, COMPRESSION_LEVEL
folder, files, rows = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
rng = np.random.default_rng(0)
words = {"subject_id": [f"s{n}" for n in range(100)], "session_id": [f"t{n}" for n in range(15)],
         "event": ["key_down", "key_up"], "key": list(KEYS), "char": list("abcdefghijklmnopqrstuvwxyz")}
for number in range(files):
    columns = []
    for field in FILE_SCHEMA:
        if field.name in words:
            some = pa.array(words[field.name])
            columns.append(some.take(pa.array(rng.integers(0, len(some), rows))))
        elif field.name in ("time_us", "press"):
            columns.append(pa.array(rng.integers(0, 30_000_000, rows)).cast(field.type))
        else:
            columns.append(pa.nulls(rows, field.type))
    table = pa.Table.from_arrays(columns, schema=FILE_SCHEMA)
    pq.write_table(table, folder / f"{number}.parquet", compression=COMPRESSION,
                   compression_level=COMPRESSION_LEVEL, write_page_checksum=True, row_group_size=rows // 2)
"""


def figures(rounds: int) -> Iterator[Figure]:
    """Make people in a process of its own, and as many random rows in another; start-up is taken off both."""
    n_people = N_PEOPLE[effort()]
    made, random, memory = [], [], []
    for _ in range(min(rounds, 3)):
        with tempfile.TemporaryDirectory() as place:
            few = people(Path(place) / "few", 100)
            many = people(Path(place) / "many", n_people + 100)
            rows = 2 * KEYS * SESSIONS * 102  # of 100 people: repeats and corrections come on top
            started = of_random(Path(place), 0, rows)
            written = of_random(Path(place), n_people // 100, rows)
        made.append(many[0] - few[0])
        random.append(written[0] - started[0])
        memory.append(many[1] / few[1])
    title = f"synthesizing {n_people:,} people / writing as many random rows"
    yield ratio(title, Times(tuple(made)), Times(tuple(random)), limit=MOST_TIMES)
    title = f"memory for {n_people + 100:,} people / for 100"
    yield Figure(title, min(memory), (min(memory), max(memory)), MOST_MEMORY)


def people(folder: Path, n_people: int) -> tuple[float, float]:
    """Return processor seconds and peak memory of making people."""
    asked = ("--people", str(n_people), "--sessions", str(SESSIONS), "--keys", str(KEYS), "--quiet")
    ran = run_alone([sys.executable, "-m", "reid", "synthesize", "-o", str(folder), *asked])
    return ran.processor_s, ran.peak_gb


def of_random(folder: Path, n_files: int, n_rows: int) -> tuple[float, float]:
    """Return processor seconds and peak memory of writing random rows."""
    ran = run_alone([sys.executable, "-c", RANDOM, str(folder), str(n_files), str(n_rows)])
    return ran.processor_s, ran.peak_gb
