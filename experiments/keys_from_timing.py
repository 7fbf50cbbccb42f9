"""How much of what ``drop-keys`` removes can be guessed from timing again?

    python experiments/keys_from_timing.py SOURCE [--people N] [--presses M] [--strategy TEXT] [--seed S]

SOURCE is anything that ``reid inspect`` reads. N people are drawn; trees learn the class of each key (letter,
space and so on) from timing on half of them, with the keys known, and guess on the other half from a release
without keys: how long the key, the two before and the two after it were held, and the latencies between them.
Prints the share guessed right beside that of always guessing the commonest, with an interval over people.
A strategy applied before, such as ``time-grid(step_ms=100)``, shows what is left of the gain.
"""

import argparse
from pathlib import Path

import numpy as np
import polars as pl
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import balanced_accuracy_score

import reid
from reid.anonymizers.strategies import parse_strategy
from reid.events.keys import CLASS_OF_KEY
from reid.events.schema import SESSION
from reid.events.table import EventTable
from reid.seeding import Streams

AROUND = range(-2, 3)
KINDS = {
    "Space": "space",
    "Enter": "enter",
    "Tab": "tab",
}  # told apart, other than in the classes of a release


def presses_of(events: EventTable) -> pl.DataFrame:
    """Return one row per press with its times in its order."""
    keys = events.frame.filter(pl.col("press").is_not_null())
    down, up = (pl.col("time_us").filter(pl.col("event") == word).min() for word in ("key_down", "key_up"))
    each = keys.group_by(*SESSION, "press", maintain_order=True)
    return each.agg(pl.col("key").first().cast(pl.String), down=down, up=up)


def measured(events: EventTable) -> np.ndarray:
    """Return timings around each press, in log milliseconds but for latencies that may be below 0."""
    session = list(SESSION)
    hold, since, gap = (
        pl.col("up") - pl.col("down"),
        pl.col("down").diff(),
        pl.col("down") - pl.col("up").shift(),
    )
    near = presses_of(events).with_columns(hold=hold, since=since.over(session), gap=gap.over(session))
    columns = [
        pl.col(name).shift(-step).over(session).alias(f"{name}{step}")
        for name in ("hold", "since", "gap")
        for step in AROUND
    ]
    found = near.select(columns).cast(pl.Float64).to_numpy() / 1000
    return np.nan_to_num(np.sign(found) * np.log1p(np.abs(found)), nan=-20.0).astype(np.float32)


def kinds_of(events: EventTable) -> np.ndarray:
    words = {key: KINDS.get(key, kind) for key, kind in CLASS_OF_KEY.items()}
    words["Backspace"] = "backspace"
    return presses_of(events)["key"].replace(words).to_numpy().astype(str)


def few(events: EventTable, people: list[str], n_presses: int) -> EventTable:
    """Return these people's sessions up to the one with the given press."""
    part = events.of_people(people)
    so_far = (pl.col("event") == "key_down").cum_sum().over("subject_id")
    counted = part.frame.with_columns(so_far=so_far)  # apart, since one window within another counts anew
    return part.with_frame(counted.filter(pl.col("so_far").first().over(SESSION) <= n_presses))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--presses", type=int, default=300)
    parser.add_argument("--strategy", default="none")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    events = reid.read_events(arguments.source)
    rng = np.random.default_rng(arguments.seed)
    drawn = rng.permutation(list(events.subjects))[: arguments.people].tolist()
    strategy = parse_strategy(f"{arguments.strategy} | drop-keys")
    halves = [few(events, people, arguments.presses) for people in (drawn[::2], drawn[1::2])]
    background, target = (
        (measured(strategy.fit([half]).apply(half, Streams(number)).events), kinds_of(half))
        for number, half in enumerate(halves)
    )
    known, number = np.unique(background[1], return_inverse=True)  # numbers: trees are slow on words
    trees = ExtraTreesClassifier(200, min_samples_leaf=3, random_state=arguments.seed)
    guessed = known[trees.fit(background[0], number).predict(target[0])]
    names, counts = np.unique(background[1], return_counts=True)
    commonest = str(names[counts.argmax()])
    person = presses_of(halves[1])["subject_id"].to_numpy()
    right = np.array(
        [
            [
                np.mean(guessed[person == one] == target[1][person == one]),
                np.mean(target[1][person == one] == commonest),
            ]
            for one in np.unique(person)
        ]
    )
    draws = rng.integers(0, len(right), (2000, len(right)))
    low, high = np.quantile((right[:, 0] - right[:, 1])[draws].mean(axis=1), [0.025, 0.975])
    learnt_from = f"{len(background[1])} presses of {len(drawn[::2])} people learnt"
    print(f"{learnt_from}, {len(person)} of {len(right)} guessed")
    print(f"by timing {right[:, 0].mean():.3f}, always {commonest!r} {right[:, 1].mean():.3f}", end="; ")
    print(f"gain {np.mean(right[:, 0] - right[:, 1]):.3f} ({low:.3f} to {high:.3f})")
    balanced, n_kinds = balanced_accuracy_score(target[1], guessed), len(np.unique(target[1]))
    print(f"mean over {n_kinds} kinds {balanced:.3f}, by chance {1 / n_kinds:.3f}")
    for name in names[np.argsort(-counts)][:5]:
        is_it = target[1] == name
        told = guessed == name
        print(f"  {name:12s} {is_it.mean():.3f} of presses, found {np.mean(told[is_it]):.3f}, ", end="")
        print(f"right where said {np.mean(is_it[told]) if told.any() else float('nan'):.3f}")


if __name__ == "__main__":
    main()
