"""Planted leaks: whether the channel that gives people away is found and named.

Everybody types and points by one law, so there is nothing to find. Then one feature of one channel is made to
carry who it is, and the log is taken apart by channel. Found means that people are named beyond chance;
attributed, that the right channel is named as the one that carries it. With nothing planted, none may be.
Run as ``python experiments/planted_leak.py``.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np
import polars as pl

from reid.evaluation.channels import verdict_of
from reid.evaluation.settings import SplitSettings
from reid.evaluation.splits import People, make_split
from reid.events.table import EventTable
from reid.seeding import Streams
from reid.synthetic.pointer_truth import PointerSettings, generate_pointer
from reid.synthetic.truth import TruthSettings, generate
from reid.typing import FloatArray

N_BACKGROUND, N_ENROLLED, N_SESSIONS, N_KEYSTROKES, N_STROKES = 36, 12, 4, 600, 30
N_PEOPLE = N_BACKGROUND + N_ENROLLED
SESSION: Final = ["subject_id", "session_id"]
KEY = "KeyE"  # the letter that everybody types most

Rows = pl.DataFrame
Plant = Callable[[Rows, FloatArray, np.random.Generator], Rows]


def typing(streams: Streams) -> Rows:
    """Return people who all type alike: a pause now and then, signs on the keys, times in milliseconds."""
    settings = TruthSettings(
        n_people=N_PEOPLE, n_sessions=N_SESSIONS, n_keystrokes=N_KEYSTROKES, n_letters=4, identity=0.0
    )
    rows = generate(settings, streams.under("typing")).frame
    is_down = pl.col("event").cast(pl.String) == "key_down"
    letter = pl.col("key").cast(pl.String).str.strip_prefix("Key").str.to_lowercase()
    rows = rows.with_columns(char=pl.when(is_down & (letter.str.len_chars() == 1)).then(letter))
    pausing = streams("pauses").random(rows.height) < 1 / 40
    length_us = 3e6 * np.exp(0.3 * streams("length of pauses").standard_normal(rows.height))
    before = rows.select(is_down & (pl.col("press") > 0)).to_series().to_numpy() & pausing
    return in_milliseconds(delayed(rows, np.where(before, length_us, 0.0)))


def pointing(streams: Streams) -> Rows:
    """Return people who all point alike; times in milliseconds."""
    settings = PointerSettings(n_people=N_PEOPLE, n_sessions=N_SESSIONS, n_strokes=N_STROKES, identity=0.0)
    return in_milliseconds(generate_pointer(settings, streams.under("pointing")).frame)


def in_milliseconds(rows: Rows) -> Rows:
    """Return the rows with times on the clock of a browser."""
    return rows.with_columns(time_us=pl.col("time_us") // 1000 * 1000)


def delayed(rows: Rows, by_us: FloatArray) -> Rows:
    """Return the rows with each, and all after it in its session, so much later; no key is held longer."""
    later = pl.Series("later", by_us).round().cast(pl.Int64)
    summed = rows.with_columns(later).with_columns(pl.col("later").cum_sum().over(SESSION))
    of_press = pl.col("later").first().over(*SESSION, "press")
    whole = pl.when(pl.col("press").is_not_null()).then(of_press).otherwise("later")
    moved = summed.with_columns(time_us=pl.col("time_us") + whole).drop("later")
    return moved.sort(*SESSION, "time_us", maintain_order=True)


def mask(rows: Rows, where: pl.Expr) -> np.ndarray:
    """Return where an expression is true: bool, (n_rows,)."""
    return rows.select(where.fill_null(value=False)).to_series().to_numpy()


def of_kind(event: str) -> pl.Expr:
    """Match an event."""
    return pl.col("event").cast(pl.String) == event


def plant_hold(rows: Rows, trait: FloatArray, _: np.random.Generator) -> Rows:
    """Hold one letter longer or shorter."""
    press = [*SESSION, "press"]
    held_us = (pl.col("time_us") - pl.col("time_us").first()).over(press)
    is_it = of_kind("key_up") & (pl.col("key").cast(pl.String) == KEY)
    longer = (held_us * pl.Series(np.expm1(trait))).round().cast(pl.Int64)
    moved = rows.with_columns(time_us=pl.col("time_us") + pl.when(is_it).then(longer).otherwise(0))
    return in_milliseconds(moved).sort(*SESSION, "time_us", maintain_order=True)


def plant_flight(rows: Rows, trait: FloatArray, _: np.random.Generator) -> Rows:
    """Be slower or faster from one key to the next after one letter."""
    before = pl.col("key").cast(pl.String).shift().over(SESSION)
    downs = rows.with_row_index("row").filter(of_kind("key_down"))
    downs = downs.with_columns(before=before, step=pl.col("time_us").diff().over(SESSION))
    chosen = downs.filter((pl.col("before") == KEY) & (pl.col("step") < 280_000))  # no pause, and none after
    factor = np.zeros(rows.height)
    at = chosen["row"].to_numpy()
    factor[at] = chosen["step"].to_numpy() * np.expm1(0.5 * (trait[at] - 1))
    return in_milliseconds(delayed(rows, factor))


def plant_content(rows: Rows, trait: FloatArray, rng: np.random.Generator) -> Rows:
    """Type another letter in place of one, now and then."""
    others = rows.select(pl.col("press") + 10_000 * pl.struct(SESSION).rank("dense")).to_series().to_numpy()
    chance = rng.random(int(others.max()) + 1)[others]
    swapped = pl.Series(chance < (1 + trait) / 2) & (pl.col("key").cast(pl.String) == KEY)
    return rows.with_columns(
        key=pl.when(swapped).then(pl.lit("KeyX")).otherwise(pl.col("key").cast(pl.String)),
        char=pl.when(swapped & of_kind("key_down")).then(pl.lit("x")).otherwise(pl.col("char")),
    )


def plant_layout(rows: Rows, trait: FloatArray, rng: np.random.Generator) -> Rows:
    """Have another sign on one key, now and then."""
    swapped = pl.Series(rng.random(rows.height) < (1 + trait) / 2) & (pl.col("char") == KEY[-1].lower())
    return rows.with_columns(char=pl.when(swapped).then(pl.lit("é")).otherwise(pl.col("char")))


def plant_pauses(rows: Rows, trait: FloatArray, _: np.random.Generator) -> Rows:
    """Rest longer or shorter, of what is a pause anyway."""
    step_us = rows["time_us"].diff().fill_null(0).to_numpy()
    pause = (step_us > 2e6) & mask(rows, of_kind("key_down") & (pl.col("press") > 0))
    return in_milliseconds(delayed(rows, np.where(pause, step_us * np.expm1(1.5 * (trait + 1)), 0.0)))


def plant_clock(rows: Rows, trait: FloatArray, rng: np.random.Generator) -> Rows:
    """Have a clock that is at times finer than a millisecond, by too little to change any time by much."""
    finer = rng.random(rows.height) < (1 + trait) / 2
    return rows.with_columns(
        time_us=pl.col("time_us") + pl.Series(np.where(finer, rng.integers(1, 40, rows.height), 0))
    )


def plant_path(rows: Rows, trait: FloatArray, rng: np.random.Generator) -> Rows:
    """Tremble more or less."""
    off_px = np.where(mask(rows, of_kind("move")), rng.choice([-1.0, 1.0], rows.height), 0.0)
    return rows.with_columns(y_px=pl.col("y_px") + pl.Series(off_px * 1.5 * (1 + trait)).cast(pl.Float32))


def plant_click(rows: Rows, trait: FloatArray, _: np.random.Generator) -> Rows:
    """Press the button longer or shorter."""
    pressed_us = rows["time_us"].diff().fill_null(0).to_numpy()
    ends = mask(rows, of_kind("button_up"))
    return in_milliseconds(delayed(rows, np.where(ends, pressed_us * np.expm1(trait), 0.0)))


def plant_rests(rows: Rows, trait: FloatArray, _: np.random.Generator) -> Rows:
    """Rest longer or shorter between two strokes of the pointer."""
    rested_us = rows["time_us"].diff().fill_null(0).to_numpy()
    begins = mask(rows, of_kind("move") & (of_kind("button_up").shift()).over(SESSION))
    return in_milliseconds(delayed(rows, np.where(begins, rested_us * np.expm1(1.5 * (trait + 1)), 0.0)))


#: What is planted: the people, the channel that is to be named, and how.
PLANTS: Final[dict[str, tuple[Callable[[Streams], Rows], str, Plant]]] = {
    "hold of a letter": (typing, "hold", plant_hold),
    "flight after a letter": (typing, "flight", plant_flight),
    "letter typed": (typing, "content", plant_content),
    "length of pauses": (typing, "schedule", plant_pauses),
    "clock of the keys": (typing, "device", plant_clock),
    "sign on a key": (typing, "layout", plant_layout),
    "tremor": (pointing, "path", plant_path),
    "length of clicks": (pointing, "click", plant_click),
    "rests of the pointer": (pointing, "schedule", plant_rests),
    "clock of the pointer": (pointing, "device", plant_clock),
}


def planted(name: str, seed: int, *, leaks: bool) -> EventTable:
    """Return people who are all alike, or alike but for what is planted under this name."""
    people, _, plant = PLANTS[name]
    streams = Streams(seed, ("planted leak", name))
    rows = people(streams)
    if leaks:
        sides = [np.linspace(-1, 1, n) for n in (N_BACKGROUND, N_ENROLLED)]
        traits = np.concatenate([streams("traits", n).permutation(side) for n, side in enumerate(sides)])
        of_row = rows["subject_id"].rank("dense").to_numpy().astype(np.int64) - 1
        rows = plant(rows, traits[of_row], streams("planting"))
    sessions = rows.select(SESSION).unique(maintain_order=True)
    order = pl.int_range(pl.len(), dtype=pl.UInt32).over("subject_id")
    sessions = sessions.with_columns(session_order=order, sitting=order)
    return EventTable.from_frame(rows, sessions)


def judged(name: str, seed: int, *, leaks: bool) -> dict[str, Any]:
    """Return what taking such a log apart says."""
    events = planted(name, seed, leaks=leaks)
    people = People(events.subjects[:N_BACKGROUND], events.subjects[N_BACKGROUND:])
    split = make_split(events, people, SplitSettings())
    return verdict_of(events, split)


def series(first: int, n_seeds: int, *, leaks: bool) -> Iterator[tuple[int, str, str | None]]:
    """Give the seed, what was planted and the channel that was named, the plants in turn."""
    for seed in range(first, first + n_seeds):
        name = list(PLANTS)[seed % len(PLANTS)]
        yield seed, name, judged(name, seed, leaks=leaks)["attributed_to"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100, help="populations with something planted (100)")
    parser.add_argument("--controls", type=int, help="as many without (as many as with)")
    parser.add_argument("--first-seed", type=int, default=0, help="seed of the first (default 0)")
    arguments = parser.parse_args()
    first = arguments.first_seed
    n_controls = arguments.seeds if arguments.controls is None else arguments.controls
    counts: Counter[tuple[str, str]] = Counter()
    for seed, name, channel in series(first, arguments.seeds, leaks=True):
        counts[name, "planted"] += 1
        counts[name, "found"] += channel is not None
        counts[name, "attributed"] += channel == PLANTS[name][1]
        if channel != PLANTS[name][1]:
            print(f"missed at seed {seed}: {name}, and {channel or 'nothing'} was named", flush=True)
    for _, name, channel in series(first, n_controls, leaks=False):
        counts[name, "controls"] += 1
        counts[name, "by chance"] += channel is not None
    columns = ("planted", "found", "attributed", "controls", "by chance")
    print(f"{'':<24}{'channel':<10}" + "".join(f"{word:>12}" for word in columns))
    for name, (_, channel, _) in PLANTS.items():
        print(f"{name:<24}{channel:<10}" + "".join(f"{counts[name, word]:>12}" for word in columns))
    totals = [sum(counts[name, word] for name in PLANTS) for word in columns]
    print(f"{'all':<34}" + "".join(f"{total:>12}" for total in totals))


if __name__ == "__main__":
    main()
