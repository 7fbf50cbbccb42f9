"""Which input of a release is which of the raw log."""

import numpy as np
import polars as pl
import pytest

from reid.errors import ParameterError
from reid.events.table import EventTable
from reid.utility.inputs import BUTTON, KEY, SYMBOL, WHEEL
from tests.utility.logs import click, key, log, nothing_of, office, pair, point, press, released_as


def wheel(time_ms: float, dy: float) -> dict[str, object]:
    return point(time_ms, 5, 5, "wheel", wheel_dx=0.0, wheel_dy=dy)


def test_repeats_and_turns_in_one_direction_are_one_input() -> None:
    raw = log(
        [
            key(0, "+", "KeyA"),
            key(500, "+", "KeyA"),
            key(530, "-", "KeyA"),
            point(600, 1, 1),
            wheel(700, 1),
            point(710, 2, 2),
            wheel(720, 2),
            wheel(730, -1),
            click(800, 3, 3),
        ]
    )
    inputs = pair(raw, raw).raw_inputs
    assert inputs.kind.tolist() == [KEY, WHEEL, WHEEL, BUTTON]
    names = ("letter", "wheel down", "wheel up", "left button")
    assert inputs.symbol.tolist() == [SYMBOL[name] for name in names]
    assert inputs.hold_us[0] == 530_000
    np.testing.assert_array_equal(inputs.gap_us, [np.nan, 700_000, 30_000, 70_000])


def test_a_lost_input_is_found_by_what_stands_around_it() -> None:
    raw = log([*press(0, "KeyA"), *press(100, "Space"), *press(200, "Digit1"), *press(300, "Backspace")])
    fewer = raw.with_frame(raw.frame.filter(pl.col("key") != "Digit1"))
    logs = pair(raw, fewer)
    assert logs.released_of_raw().tolist() == [0, 1, -1, 2]


def test_masked_keys_are_matched_by_their_place() -> None:
    raw = log([*press(0, "KeyA"), *press(100, "Space"), click(200, 3, 3)])
    assert pair(raw, released_as(raw, "drop-keys")).released_of_raw().tolist() == [0, 1, 2]


def test_sessions_in_another_order_are_brought_into_that_of_the_raw_log() -> None:
    raw = log(press(0, "KeyA"), [*press(0, "KeyB"), *press(900, "KeyC")])
    order = pl.DataFrame({"subject_id": "p", "session_id": ["s0", "s1"], "session_order": [1, 0]})
    turned = EventTable.from_frame(raw.frame, order)
    assert turned.sessions["session_id"].to_list() == ["s1", "s0"]
    logs = pair(raw, turned)
    assert logs.released_inputs.session.tolist() == logs.raw_inputs.session.tolist() == [0, 1, 1]
    assert logs.released_of_raw().tolist() == [0, 1, 2]


def test_a_release_under_other_names_is_refused() -> None:
    raw = log(press(0, "KeyA"))
    with pytest.raises(ParameterError, match="1 of 1 that are not"):
        pair(raw, log(press(0, "KeyA"), subject="q"))


def test_an_empty_release_has_no_inputs() -> None:
    raw = office(1)
    logs = pair(raw, nothing_of(raw))
    assert logs.released_inputs.row.size == 0
    assert (logs.released_of_raw() == -1).all()
