"""How many planted secrets does ``redact`` take out of real typing, and how much else?

    python experiments/redact_recall.py LOG.parquet [--each N] [--seed S] [--without-char] [--layout NAME]

LOG is an event table of free text as ``reid convert`` writes it. For every kind of secret, N made-up ones
are typed into texts of random people, each before a word, one in four with a mistake and its correction.
Prints for each kind how many were taken out whole (every press), and how many runs of presses are taken out
of the texts as they were, per 1,000 words. Shows no text. --without-char: characters are rebuilt from keys.
"""

import argparse
import string
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import polars as pl

import reid
from reid.anonymizers import Redact
from reid.anonymizers.keyboard_layouts import characters
from reid.anonymizers.redact import ReadyRedact
from reid.anonymizers.secret_patterns import passes_iban_check, passes_luhn
from reid.anonymizers.typed_text import TypedLog
from reid.events.keys import KEYS
from reid.events.table import EventTable
from reid.seeding import Streams

SIGNS = "!@#$%^&*?_-+=."
GAP_US = 120_000
LABELS = ("subject_id", "session_id", "trial", "task")
LEET = str.maketrans({"a": "@", "e": "3", "i": "1", "o": "0", "s": "$"})
TLDS = ("com", "org", "net", "de", "co.uk")


def drawn(rng: np.random.Generator, letters: str, size: int) -> str:
    return "".join(rng.choice(list(letters), size))


def random_password(rng: np.random.Generator, _: list[str]) -> str:
    every = string.ascii_letters + string.digits + SIGNS
    while True:
        text = drawn(rng, every, int(rng.integers(8, 15)))
        if any(c.isdigit() for c in text) and any(c.isalpha() for c in text):
            return text


def word_and_number(rng: np.random.Generator, words: list[str]) -> str:
    number = drawn(rng, string.digits, int(rng.integers(2, 5)))
    return str(rng.choice(words)).capitalize() + number + str(rng.choice(["", "!", "#", "$"]))


def leet_word(rng: np.random.Generator, words: list[str]) -> str:
    while True:
        word = str(rng.choice(words)).capitalize()
        if sum(letter in "aeios" for letter in word) > 1:
            return word.translate(LEET) + drawn(rng, string.digits, int(rng.integers(0, 3)))


def random_letters(rng: np.random.Generator, _: list[str]) -> str:
    return drawn(rng, string.ascii_lowercase, int(rng.integers(8, 15)))


def two_words(rng: np.random.Generator, words: list[str]) -> str:
    return "-".join(map(str, rng.choice(words, 3)))


def marked_token(rng: np.random.Generator, _: list[str]) -> str:
    letters = string.ascii_letters + string.digits
    return str(rng.choice(["ghp_", "sk-", "AKIA", "glpat-", "xoxb-"])) + drawn(rng, letters, 24)


def bare_token(rng: np.random.Generator, _: list[str]) -> str:
    if rng.random() < 0.5:
        return drawn(rng, "0123456789abcdef", 32)
    return drawn(rng, string.ascii_letters + string.digits + "-_", int(rng.integers(20, 41)))


def card(rng: np.random.Generator, _: list[str]) -> str:
    begin, size = (("4", 16), ("51", 16), ("34", 15), ("6011", 16))[rng.integers(4)]
    body = begin + drawn(rng, string.digits, size - len(begin) - 1)
    number = next(body + check for check in string.digits if passes_luhn(body + check))
    return " ".join(number[at : at + 4] for at in range(0, size, 4)) if rng.random() < 0.5 else number


def iban(rng: np.random.Generator, _: list[str]) -> str:
    country, body = (("DE", drawn(rng, string.digits, 18)), ("GB", "WEST" + drawn(rng, string.digits, 14)))[
        rng.integers(2)
    ]
    compact = next(
        text for check in range(100) for text in [f"{country}{check:02}{body}"] if passes_iban_check(text)
    )
    return (
        " ".join(compact[at : at + 4] for at in range(0, len(compact), 4)) if rng.random() < 0.5 else compact
    )


def email(rng: np.random.Generator, words: list[str]) -> str:
    name, family, place = rng.choice(words, 3)
    return f"{name}{rng.choice(['.', '_', ''])}{family}@{place}.{rng.choice(TLDS)}"


KINDS: dict[str, Callable[[np.random.Generator, list[str]], str]] = {
    "password: random, mixed": random_password,
    "password: word and number": word_and_number,
    "password: word with signs": leet_word,
    "password: random letters": random_letters,
    "password: three words": two_words,
    "token with its maker's mark": marked_token,
    "token without": bare_token,
    "card number": card,
    "IBAN": iban,
    "e-mail address": email,
}


def key_of() -> dict[str, tuple[str, bool]]:
    """Return the key of each character on a US keyboard, and whether it takes Shift."""
    found: dict[str, tuple[str, bool]] = {}
    for shifted, level in enumerate(characters("us")[:2]):
        for key, char in zip(KEYS, level, strict=True):
            if char and key != "whitespace" and not key.startswith("Numpad"):
                found.setdefault(char, (key, bool(shifted)))
    return found


KEY_OF = key_of()


def strokes(text: str, rng: np.random.Generator) -> Iterator[tuple[str, str, int, str | None]]:
    """Give event, key, number of the press and character of a text that is typed, a space after it."""
    mistake = int(rng.integers(1, len(text))) if rng.random() < 0.25 else -1
    typed: list[str | None] = [*text[:mistake], "x", None, *text[mistake:]] if mistake > 0 else list(text)
    press = 0
    for char in [*typed, " "]:
        key, shifted = ("Backspace", False) if char is None else KEY_OF[char]
        if shifted:
            yield "key_down", "ShiftLeft", press, None
        yield "key_down", key, press + 1, char
        yield "key_up", key, press + 1, None
        if shifted:
            yield "key_up", "ShiftLeft", press, None
        press += 2


def places(part: EventTable) -> np.ndarray:
    """Return rows after which a word can be typed: a space goes down, and the next press a letter."""
    log = TypedLog.of(part, "us")
    return np.array(
        [
            log.row[press]
            for press in range(len(log.letter) - 1)
            if log.letter[press] == " "
            and log.letter[press + 1].isalpha()
            and log.line[press] == log.line[press + 1]
        ]
    )


def planted(
    events: EventTable, secrets: list[str], rng: np.random.Generator
) -> tuple[EventTable, list[tuple[str, list[int]]]]:
    """Return the log with the secrets typed into it, and person and presses of each."""
    frame = events.frame.with_row_index("at").with_columns(at=pl.col("at").cast(pl.Float64))
    where = np.sort(rng.choice(places(events), len(secrets), replace=False))
    order = rng.permutation(len(secrets))
    next_press = int(frame["press"].max() or 0) + 1  # type: ignore[call-overload]
    added, lengths, who = [], np.zeros(frame.height + 1, dtype=np.int64), [("", [0])] * len(secrets)
    for row, number in zip(where, order, strict=True):
        of_row = frame.row(int(row), named=True)
        labels = tuple(of_row[name] for name in LABELS)  # else the secret would stand in a line of its own
        rows = list(strokes(secrets[number], rng))
        start_us = of_row["time_us"]
        for place, (event, key, press, char) in enumerate(rows):
            added.append(
                (
                    row + (place + 1) / (len(rows) + 1), *labels,
                    start_us + GAP_US // 2 * (place + 1), event, key, next_press + press, char,
                )
            )  # fmt: skip
        presses = sorted({press for _, _, press, _ in rows})
        of_secret = presses[:-1]  # all but the space
        who[number] = (of_row["subject_id"], [next_press + press for press in of_secret])
        next_press += max(presses) + 1
        lengths[row + 1] += GAP_US // 2 * (len(rows) + 1)
    shift_us = np.cumsum(lengths)
    names = ["at", *LABELS, "time_us", "event", "key", "press", "char"]
    new = pl.DataFrame(added, schema=names, orient="row").cast({name: frame.schema[name] for name in names})
    together = pl.concat([frame, new], how="diagonal").sort("at")
    before = shift_us[np.floor(together["at"].to_numpy()).astype(np.int64)]
    firsts = np.repeat(shift_us[events.session_bounds()[:-1]], np.diff(events.session_bounds()))
    of_session = pl.Series(firsts)[np.floor(together["at"].to_numpy()).astype(np.int64)]
    moved = together.with_columns(time_us=pl.col("time_us") + pl.Series(before) - of_session)
    return EventTable.from_frame(moved.drop("at"), events.sessions, repeats=True), who


def n_words(events: EventTable, layout: str) -> int:
    versions = TypedLog.of(events, layout).versions()
    return sum(len(version.text.split()) for version in versions if version.is_final)


def taken_out(ready: ReadyRedact, events: EventTable, who: list[tuple[str, list[int]]]) -> list[bool]:
    frame = ready.apply(events, Streams(0)).events.frame
    told = frame.filter(pl.col("press").is_not_null(), pl.col("key") != "Unidentified")
    left = set(told.select("subject_id", "press").unique().iter_rows())
    return [all((subject, press) not in left for press in presses) for subject, presses in who]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("log", type=Path)
    parser.add_argument("--each", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--without-char", action="store_true")
    parser.add_argument("--layout", default="us")
    arguments = parser.parse_args()
    events = reid.read_events(arguments.log)
    strategy = Redact(layout=arguments.layout)
    rng = np.random.default_rng(arguments.seed)
    words = [word for word in sorted(strategy.fit([events]).words.shared) if len(word) > 4 and word.isascii()]
    secrets = {kind: [make(rng, words) for _ in range(arguments.each)] for kind, make in KINDS.items()}
    log, who = planted(events, [secret for made in secrets.values() for secret in made], rng)
    if arguments.without_char:
        no_char = pl.lit(None, dtype=pl.String).alias("char")
        events, log = (one.with_frame(one.frame.with_columns(no_char)) for one in (events, log))
    found = taken_out(strategy.fit([log]), log, who)
    for place, kind in enumerate(secrets):
        hits = sum(found[place * arguments.each : (place + 1) * arguments.each])
        print(f"{kind:30s} {hits:5d} of {arguments.each} taken out whole: {hits / arguments.each:.3f}")
    release, count = strategy.fit([events]).apply(events, Streams(0)), n_words(events, arguments.layout)
    lost = (release.events.frame["key"] == "Unidentified").sum() - (
        events.frame["key"] == "Unidentified"
    ).sum()
    alarms = 1000 * release.redacted / count
    share = lost / events.frame["key"].count()
    print(f"{count} words as they were: {alarms:.2f} false alarms per 1,000 words, {share:.4f} of key events")


if __name__ == "__main__":
    main()
