"""What ``redact`` takes out of typed text, and what it leaves."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.anonymizers import Redact, Release
from reid.anonymizers.anonymizing import anonymize
from reid.anonymizers.secret_patterns import passes_iban_check, passes_luhn, secrets_in
from reid.anonymizers.typed_text import TypedLog
from reid.anonymizers.word_likeness import WordLikeness
from reid.events.schema import EVENT
from reid.events.table import EventTable
from reid.seeding import Streams
from tests.anonymizers.writing import BACK, CLICK, ENTER, LEFT, presses_left, text_of, written

NO_WORDS = WordLikeness.learnt_from([])


def redacted(log: EventTable, **settings: object) -> Release:
    strategy = Redact(**settings)  # type: ignore[arg-type]
    return strategy.fit([log]).apply(log, Streams(0))


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("my login is hunter2! as ever", "hunter2!"),
        ("write to some.body+x@mail.example.org, please", "some.body+x@mail.example.org"),
        ("pay with 4111 1111 1111 1111 now", "4111 1111 1111 1111"),
        ("pay with 378282246310005 now", "378282246310005"),
        ("to DE89 3704 0044 0532 0130 00 today", "DE89 3704 0044 0532 0130 00"),
        ("use ghp_abcdefghijklmnopqrst there", "ghp_abcdefghijklmnopqrst"),
        ("at 0123456789abcdef0123456789abcdef it broke", "0123456789abcdef0123456789abcdef"),
        ("try P@$$word and so on", "P@$$word"),
        ("try qx$!pt and so on", "qx$!pt"),
        ("try Us$2xYz and so on", "Us$2xYz"),
        # The begins of these pass their checks, too.
        ("to GB50 WEST 0000 0000 0000 38 today", "GB50 WEST 0000 0000 0000 38"),
        ("pay with 4111 1111 1111 1111 003 now", "4111 1111 1111 1111 003"),
    ],
)
@pytest.mark.parametrize("with_char", [True, False])
def test_a_secret_is_taken_out_whole_and_the_rest_stays(text: str, secret: str, with_char: bool) -> None:
    log = written(text, with_char=with_char)
    release = redacted(log)
    assert release.redacted == 1
    before, after = text.split(secret)
    left = presses_left(release.events)
    whole = presses_left(log)
    changed = [was != now for was, now in zip(whole, left, strict=True)]
    n_secret = len(secret) + sum("Shift" in key for key in presses_left(written(secret)))
    n_before = len(presses_left(written(before)))
    assert changed == [n_before <= n < n_before + n_secret for n in range(len(whole))]
    assert {left[n] for n in range(len(left)) if changed[n]} == {"Unidentified"}
    if with_char:
        assert text_of(release.events).replace(".", "").startswith(before.replace(".", ""))
        assert after.replace(".", "") in text_of(release.events).replace(".", "")
    untouched = ["time_us", "event", "press"]
    assert release.events.frame.select(untouched).equals(log.frame.select(untouched))


def test_of_two_accounts_in_a_row_both_are_found() -> None:
    account = "DE89 3704 0044 0532 0130 00"
    found = secrets_in(f"{account} to {account} and {account} {account}", NO_WORDS, 6)
    assert [(one.kind, one.start) for one in found] == [("iban", at) for at in (0, 31, 63, 91)]


def test_a_secret_is_found_however_much_after_it_was_deleted_with_it() -> None:
    log = written(f"to 4111 1111 1111 1111 {'and so on ' * 15}{BACK * 160} now")
    left = presses_left(redacted(log).events)
    assert [n for n, key in enumerate(left) if key == "Unidentified"] == list(range(3, 22))


@pytest.mark.parametrize(
    "text",
    [
        "In the 1990s the 3rd of 24/7, COVID-19 and e.g. MP3 cost US$20,000.50 (or 50%).",
        "see https://www.example.org/some-page/other_page?x=12 or www.example.org",
        "US$20million or A$5K, $3bn and $20M; (sic), 'so', 5-10; it was...\"well\"",
        "call 0123 456789 at 10:30, page 12-15, don't and/or whatever...however",
        "4111 1111 1111 1112 is no card, DE88 3704 0044 0532 0130 00 no account",
    ],
)
def test_prose_and_numbers_stay(text: str) -> None:
    log = written(text)
    release = redacted(log)
    assert release.redacted == 0
    assert release.events.frame.equals(log.frame)


def test_corrections_belong_to_the_secret_that_they_made() -> None:
    log = written(f"is hux{BACK}nter2x{BACK}! now")
    assert set(presses_left(redacted(log).events)[3:-4]) == {"Unidentified"}
    assert presses_left(redacted(log).events)[:3] == ["KeyI", "KeyS", "Space"]


def test_a_secret_that_was_deleted_again_is_taken_out_with_its_deletion() -> None:
    log = written(f"is hunter2{7 * BACK}this")
    left = presses_left(redacted(log).events)
    assert left == ["KeyI", "KeyS", "Space", *14 * ["Unidentified"], "KeyT", "KeyH", "KeyI", "KeyS"]


@pytest.mark.parametrize("end", [ENTER, LEFT, CLICK, "\t"])
def test_a_line_ends_where_the_cursor_may_have_moved(end: str) -> None:
    parts = redacted(written(f"hunt{end}er22 it"))
    assert parts.redacted == 0 or end not in {ENTER, LEFT, CLICK, "\t"}
    whole = redacted(written(f"see{end}hunter22{end}it"))
    assert whole.redacted == 1
    left = presses_left(whole.events)
    assert left[:3] == ["KeyS", "KeyE", "KeyE"]
    assert left[-2:] == ["KeyI", "KeyT"]
    assert left.count("Unidentified") == 8


def test_a_line_goes_on_where_only_the_pointer_has_another_task() -> None:
    keys = written("pay 4111 1111 1111 1111 now", with_char=False)
    form = keys.frame.with_columns(task=pl.lit("form"))
    moved = form[10:11].with_columns(
        event=pl.lit("move", EVENT), key=None, press=None, x_px=pl.lit(5.0), y_px=pl.lit(5.0), task=None
    )
    together = pl.concat([form, moved], how="vertical_relaxed").sort("time_us", maintain_order=True)
    assert redacted(EventTable.from_frame(together)).redacted == 1
    half = (
        pl.when(pl.col("time_us") < keys.frame["time_us"][20]).then(pl.lit("form")).otherwise(pl.lit("text"))
    )
    assert redacted(EventTable.from_frame(keys.frame.with_columns(task=half))).redacted == 0


def test_another_layout_gives_other_characters() -> None:
    mail = "an jemand@example.org heute"
    log = written(mail, layout="de", with_char=False)
    assert redacted(log, layout="de").redacted == 1
    assert "AltRight" in presses_left(log)
    assert (
        presses_left(redacted(log, layout="de").events).count("Unidentified") == len("jemand@example.org") + 1
    )
    french = written("mot de passe azerty123 ici", layout="fr", with_char=False)
    assert redacted(french, layout="fr").redacted == 1


def test_classes_may_stay() -> None:
    left = presses_left(redacted(written("is hunter2! now"), classes=True).events)
    assert left[3:-4] == [*6 * ["letter"], "digit", "modifier", "digit"]


def test_every_row_of_a_press_of_a_secret_loses_key_and_character() -> None:
    log = written("is hunter2! now")
    found = redacted(log).events.frame
    secret = found.filter(pl.col("key").cast(pl.String) == "Unidentified")
    assert secret["char"].null_count() == secret.height
    assert secret["press"].n_unique() * 2 == secret.height


def test_shortcuts_write_nothing() -> None:
    rows = {
        "subject_id": "s",
        "session_id": "1",
        "time_us": range(10),
        "event": ["key_down", "key_down", "key_up", "key_up", *3 * ["key_down", "key_up"]],
        "key": [*["ControlLeft", "KeyC", "KeyC", "ControlLeft"], *2 * ["KeyA"], *2 * ["KeyB"], *2 * ["KeyC"]],
    }
    log = EventTable.from_frame(pl.DataFrame(rows))
    assert [version.text for version in TypedLog.of(log, "us").versions()] == ["abc"]


def test_words_of_several_people_are_no_secrets_and_passwords_of_one_teach_nothing() -> None:
    syllables = ("ba", "de", "lo", "mi", "nu", "ta", "ser", "kin")
    words = [a + b + c for a in syllables for b in syllables for c in syllables]
    people = [frozenset(words) for _ in range(3)]
    learnt = WordLikeness.learnt_from([*people, frozenset({"xqzjvkwp"})])
    assert learnt.threshold > WordLikeness.learnt_from([]).threshold
    assert all(learnt.is_word(word) for word in words)
    assert learnt.is_word("minulobade")
    assert not learnt.is_word("xqzjvkwp")
    assert [one.kind for one in secrets_in("balota xqzjvkwp tadelo", learnt, 6)] == ["password"]


def test_a_release_counts_what_was_taken_out_of_all_its_parts() -> None:
    logs = [written("is hunter2! and x4yz9q8", subject=name) for name in ("one", "two")]
    assert anonymize(iter(logs), "redact | drop-keys", seed=1).redacted == 4


digits = st.text("0123456789", min_size=12, max_size=18)


@settings(max_examples=100, deadline=None)
@given(digits, st.sampled_from("0123456789"))
def test_one_check_digit_in_ten_passes_and_a_wrong_digit_never_does(body: str, other: str) -> None:
    checks = [check for check in "0123456789" if passes_luhn(body + check)]
    assert len(checks) == 1
    changed = other + body[1:]
    assert passes_luhn(changed + checks[0]) == (other == body[0])


@settings(max_examples=100, deadline=None)
@given(st.text("0123456789", min_size=11, max_size=30), st.integers(0, 40))
def test_swapped_neighbours_fail_the_check_of_an_account(body: str, place: int) -> None:
    account = next(
        text for check in range(2, 99) for text in [f"GB{check:02}{body}"] if passes_iban_check(text)
    )
    at = 4 + place % (len(body) - 1)
    swapped = account[:at] + account[at + 1] + account[at] + account[at + 2 :]
    assert passes_iban_check(swapped) == (swapped == account)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "7", " ", BACK, ENTER, "@", "."]), max_size=40))
def test_the_last_version_of_each_line_is_what_an_editor_would_hold(strokes: list[str]) -> None:
    lines, line = [], ""
    for stroke in [*strokes, ENTER]:
        if stroke == ENTER:
            lines.append(line)
            line = ""
        else:
            line = line[:-1] if stroke == BACK else line + stroke
    log = TypedLog.of(written("".join(["x", ENTER, *strokes])), "us")
    found = [version.text for version in log.versions() if version.is_final]
    assert found == ["x", *(text for text in lines if text)]
