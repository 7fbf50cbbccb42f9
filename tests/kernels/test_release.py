import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.kernels.release import numbered_by_appearance, releases_after_presses

Row = tuple[int, str, int]  # time, "+" down, "-" up or "." pointer, press


@st.composite
def sessions(draw: st.DrawFn) -> list[list[Row]]:
    found = []
    for _ in range(draw(st.integers(1, 3))):
        rows: list[Row] = []
        time_us, down, n_presses = 0, [], 0
        for what in draw(st.lists(st.sampled_from("+-.r"), min_size=1, max_size=25)):
            time_us += draw(st.sampled_from([0, 1, 3, 10]))
            if what == "+":
                down.append(n_presses)
                rows.append((time_us, "+", n_presses))
                n_presses += 1
            elif what == "." or not down:
                rows.append((time_us, ".", 0))
            else:
                number = down[draw(st.integers(0, len(down) - 1))]
                if what == "-":
                    down.remove(number)
                rows.append((time_us, "+" if what == "r" else "-", number))
        found.append(rows)
    return found


def naive_release(session: list[Row], lag_us: int) -> list[tuple[int, int]]:
    """Sort by time; releases first, in the order of the last downs of their presses."""
    keyed = []
    for row, (time_us, sign, press) in enumerate(session):
        if sign == "-":
            last = max(place for place, (_, s, p) in enumerate(session) if s == "+" and p == press)
            keyed.append((session[last][0] + lag_us, 0, last, row))
        else:
            keyed.append((time_us, 1, row, row))
    return [(row, time_us) for time_us, _, _, row in sorted(keyed)]


def arrays(case: list[list[Row]]) -> tuple[np.ndarray, ...]:
    rows = [row for session in case for row in session]
    sign = np.array([row[1] for row in rows])
    bounds = np.cumsum([0, *map(len, case)])
    return (
        np.array([row[0] for row in rows]),
        np.array([row[2] for row in rows]),
        sign == "+",
        sign == "-",
        bounds,
    )


@settings(max_examples=200, deadline=None)
@given(sessions(), st.integers(1, 12))
def test_releases_after_presses_agree_with_the_oracle(case: list[list[Row]], lag_us: int) -> None:
    time_us, press, is_down, is_up, bounds = arrays(case)
    order, released_us, beside = releases_after_presses(time_us, press, is_down, is_up, bounds, lag_us)
    expected = [
        (start + row, time)
        for start, session in zip(bounds, case, strict=False)
        for row, time in naive_release(session, lag_us)
    ]
    assert list(zip(order.tolist(), released_us.tolist(), strict=True)) == expected
    assert (beside == order)[~is_up[order]].all()
    assert (released_us - time_us[beside] == np.where(is_up[order], lag_us, 0)).all()
    assert (press[beside] == press[order]).all()


def test_old_release_times_leave_no_trace_under_rollover() -> None:
    one = [[(0, "+", 0), (5, "+", 1), (60, "-", 0), (100, "-", 1)]]
    other = [[(0, "+", 0), (5, "+", 1), (70, "-", 1), (300, "-", 0)]]
    found = []
    for case in (one, other):
        time_us, press, *rest = arrays(case)
        order, released_us, _ = releases_after_presses(time_us, press, *rest, 10)
        found.append((press[order].tolist(), released_us.tolist()))
    assert found[0] == found[1] == ([0, 1, 0, 1], [0, 5, 10, 15])


@settings(max_examples=100, deadline=None)
@given(sessions())
def test_presses_are_numbered_by_first_appearance(case: list[list[Row]]) -> None:
    _, press, is_down, is_up, bounds = arrays(case)
    expected = []
    for session in case:
        seen: list[int] = []
        for _, sign, number in session:
            if sign != "." and number not in seen:
                seen.append(number)
            expected.append(seen.index(number) if sign != "." else 0)
    assert numbered_by_appearance(press + 3, is_down | is_up, bounds).tolist() == expected
