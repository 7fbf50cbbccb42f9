"""Metrics of utility, by hand."""

import numpy as np
import polars as pl
import pytest

from reid.events.table import EventTable
from reid.utility import METRICS
from reid.utility.agreement import overlap, ratio_agreement, spread_agreement
from reid.utility.distances import distances_of
from reid.utility.paired import PairedLogs
from tests.utility.logs import Row, click, key, log, office, pair, point, press, released_as


def value(name: str, raw: EventTable, released: EventTable) -> float:
    """Return the metric of the one person."""
    return float(METRICS.make(name).values(pair(raw, released))[0])


def typed(*names: str) -> EventTable:
    return log([row for place, name in enumerate(names) for row in press(100 * place, name)])


def clicks(*places: tuple[float, float, float]) -> EventTable:
    return log([click(*place) for place in places])


def way(time_ms: float, *steps: tuple[float, float, float], press_after_ms: float = 100) -> list[Row]:
    """Return moves at these times and places, and a click at the last place."""
    moves = [point(time_ms + at, x, y) for at, x, y in steps]
    at, x, y = steps[-1]
    return [*moves, click(time_ms + at + press_after_ms, x, y)]


def test_text_is_what_stands_after_corrections() -> None:
    raw = typed("KeyA", "KeyX", "Backspace", "KeyB", "KeyC", "KeyD")
    assert value("typed-text", raw, typed("KeyA", "KeyB", "KeyC", "KeyD")) == 1
    assert value("typed-text", raw, typed("KeyA", "KeyB", "KeyC")) == 0.75
    assert value("typed-text", raw, typed("KeyA", "KeyB", "KeyC", "KeyD", "KeyD")) == 0.8
    assert value("typed-text", raw, typed("KeyX", "KeyX", "KeyX", "KeyX")) == 0


def test_characters_count_where_the_release_has_them_else_keys_on_both_sides() -> None:
    raw = log([key(0, "+", "KeyA", char="é"), key(100, "+", "KeyB", char="b")])
    without = raw.with_frame(raw.frame.with_columns(char=pl.lit(None, dtype=pl.String)))
    other = raw.with_frame(raw.frame.with_columns(char=pl.lit("x")))
    assert value("typed-text", raw, raw) == 1
    assert value("typed-text", raw, without) == 1
    assert value("typed-text", raw, other) == 0
    unnamed = log([key(0, "+", "Unidentified", char="é"), key(100, "+", "Unidentified", char="b")])
    nameless = unnamed.with_frame(unnamed.frame.with_columns(char=pl.lit(None, dtype=pl.String)))
    assert value("typed-text", unnamed, nameless) == 0
    assert np.isnan(value("typed-text", nameless, nameless))


def test_a_click_hits_within_half_the_box() -> None:
    raw = clicks((0, 100, 100), (1000, 200, 100), (2000, 300, 100), (3000, 400, 100))
    released = clicks((0, 112, 88), (1000, 213, 100), (2000, 300, 100))
    assert value("click-target", raw, released) == 0.5
    assert value("click-target(box_px=26)", raw, released) == 0.75


def test_clicks_without_a_place_have_no_target_and_a_place_that_is_lost_is_no_hit() -> None:
    nowhere = log([{"time_us": 0, "event": "button_down", "button": "left", "key": None}])
    assert np.isnan(value("click-target", nowhere, nowhere))
    assert value("click-target", clicks((0, 1, 1)), nowhere) == 0


def test_order_counts_by_classes_of_keys() -> None:
    raw = typed("KeyA", "Space", "Digit1", "Backspace")
    assert value("action-order", raw, typed("KeyZ", "Enter", "Digit7", "Delete")) == 1
    assert value("action-order", raw, typed("KeyA", "Digit1", "Space", "Backspace")) == 0.75


def test_time_to_the_next_action_is_told_from_start_to_start() -> None:
    raw = log([*press(0, "KeyA"), *press(300, "KeyB"), *(click(at, 5, 5) for at in (1000, 4000, 6000))])
    # Rhythm within the run of keys is no time to an action.
    other = log([*press(0, "KeyA"), *press(10, "KeyB"), *(click(at, 5, 5) for at in (1000, 4000, 6000))])
    assert value("next-action-delay", raw, other) == 1
    even = log([*press(0, "KeyA"), *press(10, "KeyB"), *(click(at, 5, 5) for at in (1000, 4000, 7000))])
    gaps = np.log1p([1, 3, 2])
    missed = (np.log1p(3) - np.log1p(2)) ** 2
    expected = 1 - missed / ((gaps - gaps.mean()) ** 2).sum()
    assert value("next-action-delay", raw, even) == pytest.approx(expected)


def test_throughput_is_difficulty_over_time() -> None:
    # 72 px to a target of 24 px: 2 bits, in 400 ms; the release needs 500 ms.
    raw = log(way(0, (0, 0, 0), (200, 30, 0), (300, 72, 0)))
    slower = log(way(0, (0, 0, 0), (200, 30, 0), (300, 72, 0), press_after_ms=200))
    assert value("fitts-throughput", raw, slower) == pytest.approx(0.8)


def test_throughput_counts_effective_width() -> None:
    steps = ((0.0, 0.0, 0.0), (200.0, 30.0, 0.0), (300.0, 72.0, 0.0))
    raw = log([*way(0, *steps), *way(1000, *steps)])
    off_px = 5.0
    spread = [
        [
            *way(0, *steps[:2], (300.0, 72.0 + off_px, 0.0)),
            *way(1000, *steps[:2], (300.0, 72.0 - off_px, 0.0)),
        ]
    ]
    width_px = np.hypot(24, 4.133 * off_px)
    bits = np.mean(np.log2(np.array([77, 67]) / width_px + 1))
    assert value("fitts-throughput", raw, log(*spread)) == pytest.approx(bits / 2)


def test_a_movement_begins_after_a_rest() -> None:
    late = log([point(0, 500, 500), *way(2000, (0, 0, 0), (200, 30, 0), (300, 72, 0))])
    alone = log(way(2000, (0, 0, 0), (200, 30, 0), (300, 72, 0)))
    assert value("fitts-throughput", late, alone) == 1


def test_straightened_paths_lose_path_efficiency() -> None:
    bends = (10.0, 30.0, 50.0)
    raw = log(
        [row for n, by in enumerate(bends) for row in way(2000 * n, (0, 0, 0), (99, 50, by), (200, 100, 0))]
    )
    straight = log(
        [row for n, _ in enumerate(bends) for row in way(2000 * n, (0, 0, 0), (99, 50, 0), (200, 100, 0))]
    )
    assert value("path-efficiency", raw, straight) == 0
    one_less = raw.with_frame(raw.frame.filter(pl.col("time_us") < 4_000_000))
    assert 0 < value("path-efficiency", raw, one_less) <= 2 / 3


def test_hesitation_is_the_time_from_the_last_move_to_the_click() -> None:
    def waits(*waits_ms: float) -> EventTable:
        return log(
            [row for n, ms in enumerate(waits_ms) for row in way(9000 * n, (0, 0, 0), press_after_ms=ms)]
        )

    raw = waits(9, 99, 999)  # 1, 2 and 3 on a log scale
    assert value("hesitation", raw, waits(99, 99, 99)) == pytest.approx(0)
    assert value("hesitation", raw, waits(9, 99, 99)) == pytest.approx(0.5)
    assert value("hesitation", raw, waits(9, 999, 99)) == 1  # the same distribution
    assert np.isnan(value("hesitation", clicks((0, 1, 1)), clicks((0, 1, 1))))


def test_pauses_are_counted_by_length() -> None:
    def gaps(*gaps_ms: float) -> EventTable:
        return log([point(at, n, n) for n, at in enumerate(np.cumsum([0, *gaps_ms]).tolist())])

    raw = gaps(100, 300, 300, 700)
    assert value("pause-structure", raw, gaps(10, 210, 490, 990)) == 1
    assert value("pause-structure", raw, gaps(300, 700)) == pytest.approx(2 / 3)
    assert value("pause-structure", raw, gaps(300, 300, 700, 2500)) == pytest.approx(3 / 4)
    assert np.isnan(value("pause-structure", gaps(10, 10), gaps(10, 10)))


def test_speed_counts_presses_in_active_time() -> None:
    raw = log([*press(0, "KeyA"), *press(1000, "KeyB"), *press(9000, "KeyC"), *press(10_000, "KeyD")])
    twice = log([*press(0, "KeyA"), *press(500, "KeyB"), *press(9000, "KeyC"), *press(9500, "KeyD")])
    assert value("input-speed", raw, twice) == 0.5


def _speeds(*gaps_ms: float) -> EventTable:
    people = [log([*press(0, "KeyA"), *press(gap, "KeyB")], subject=f"p{n}") for n, gap in enumerate(gaps_ms)]
    return EventTable.concat(people)


def test_order_by_speed_is_kept_lost_or_turned_round() -> None:
    metric = METRICS.make("speed-order")
    raw = _speeds(100, 200, 300)
    assert metric.values(PairedLogs.of(raw, _speeds(60, 70, 900))).tolist() == [1, 1, 1]
    assert metric.values(PairedLogs.of(raw, _speeds(100, 100, 100))).tolist() == [0, 0, 0]
    assert metric.values(PairedLogs.of(raw, _speeds(200, 100, 300))).tolist() == [0, 0, 1]


def test_groups_have_the_mean_speed_of_their_people() -> None:
    raw = _speeds(100, 200, 300, 400)
    of_group = pl.Series("group", ["a", "a", "b", "b"])
    grouped = EventTable(raw.frame, raw.sessions.with_columns(of_group))
    swapped = _speeds(200, 100, 300, 400)
    values = METRICS.make("group-speed").values(PairedLogs.of(grouped, swapped))
    np.testing.assert_allclose(values, np.ones(4))
    assert np.isnan(METRICS.make("group-speed").values(PairedLogs.of(raw, swapped))).all()


def test_corrections_are_a_share_of_keys_that_are_known() -> None:
    raw = typed("KeyA", "Backspace", "KeyB", "KeyC")
    assert value("corrections", raw, typed("KeyA", "Backspace", "KeyB", "Delete")) == 0.5
    assert value("corrections", raw, released_as(raw, "key-classes")) == 1
    assert value("corrections", raw, released_as(raw, "drop-keys")) == 0


def test_a_break_is_not_active_time() -> None:
    raw = log([point(at, n, n) for n, at in enumerate((0, 10_000, 60_000, 70_000))])
    shorter = log([point(at, n, n) for n, at in enumerate((0, 10_000, 60_000))])
    assert value("active-time", raw, shorter) == 0.5
    assert value("active-time(break_s=60)", raw, shorter) == pytest.approx(60 / 70)


def _steps(*steps: tuple[float, str]) -> EventTable:
    return log([row for at, task in steps for row in press(at, "KeyA", task=task)])


def test_steps_are_found_again_under_other_names() -> None:
    raw = _steps((0, "a"), (1000, "b"), (2000, "a"), (4000, "c"), (5000, "c"))
    same = _steps((0, "z"), (1000, "y"), (2000, "z"), (4000, "x"), (5000, "x"))
    assert value("step-order", raw, same) == 1
    assert value("step-duration", raw, same) == 1


def test_steps_in_another_order_and_of_other_lengths() -> None:
    raw = _steps((0, "a"), (1000, "b"), (1500, "b"), (3000, "c"))
    merged = _steps((0, "a"), (1000, "b"), (2000, "b"), (3000, "b"))
    assert value("step-order", raw, merged) == pytest.approx(2 / 3)
    raw = _steps((0, "a"), (1000, "b"), (2000, "c"), (3000, "c"))
    later = _steps((0, "a"), (1000, "b"), (2500, "c"), (3000, "c"))
    assert value("step-order", raw, later) == 1
    assert value("step-duration", raw, later) == pytest.approx(2.5 / 3.5)


def test_one_step_has_no_order() -> None:
    raw = typed("KeyA", "KeyB")
    assert np.isnan(value("step-order", raw, raw))
    assert np.isnan(value("step-duration", raw, raw))


def test_without_tasks_steps_are_kinds_of_inputs() -> None:
    raw = log([*press(0, "KeyA"), click(500, 5, 5), *press(1000, "KeyB")])
    fewer = log([*press(0, "KeyA"), *press(1000, "KeyB")])
    assert value("step-order", raw, raw) == 1
    assert value("step-order", raw, fewer) == pytest.approx(1 / 3)


def test_fields_are_recognised_after_learning_on_a_release_that_keeps_them() -> None:
    raw = office()
    metric = METRICS.make("activity-recognition")
    shuffled = raw.frame.with_columns(task=pl.col("task").shuffle(seed=1))
    lost = metric.values(PairedLogs.of(raw, raw.with_frame(shuffled))).mean()
    kept = metric.values(PairedLogs.of(raw, released_as(raw, "time-jitter(bound_ms=5)"))).mean()
    assert kept > 0.8
    assert lost < 0.4


@pytest.mark.parametrize("released", [0.0, 3.0])
def test_a_ratio_of_nothing(released: float) -> None:
    kept = ratio_agreement(np.array([0.0, np.nan]), np.array([released, released]))
    np.testing.assert_array_equal(kept, [float(released == 0), np.nan])


def test_distributions_without_spread_agree_or_not() -> None:
    same = np.array([2.0, 2.0])
    assert spread_agreement(same, same) == 1
    assert spread_agreement(same, np.array([2.0])) == 0.5
    assert spread_agreement(same, np.array([2.0, 3.0])) == 0
    assert np.isnan(spread_agreement(np.array([]), same))


def test_nothing_overlaps_with_something_by_nothing() -> None:
    found = overlap(np.array([[1.0, 0.0], [0.0, 0.0]]), np.array([[0.0, 1.0], [0.0, 1.0]]))
    np.testing.assert_array_equal(found, [0, np.nan])


def test_distances_are_in_milliseconds() -> None:
    raw = log([row for n in range(30) for row in press(200 * n, "KeyA")])
    slower = log([row for n in range(30) for row in press(230 * n, "KeyA")])
    found = {each.name: each.value_ms for each in distances_of(pair(raw, slower))}
    assert found["wasserstein of letter-letter"] == pytest.approx(30)
    assert found["quantile 0.5 of dd"] == pytest.approx(30)
    assert found["quantile 0.9 of hold"] == 0
    assert distances_of(pair(typed("KeyA"), typed("KeyA"))) == ()
