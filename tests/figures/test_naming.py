import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from reid.figures.naming import Named, name_right, placed, spread
from reid.figures.style import look


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_spread_heights_keep_their_order_do_not_overlap_and_stay_inside(
    wanted: list[float], seed: int
) -> None:
    middles = np.sort(np.array(wanted))
    tall = np.random.default_rng(seed).uniform(2, 8, middles.size)
    found = spread(middles, tall, -5.0, 105.0)
    assert (np.diff(found) >= (tall[1:] + tall[:-1]) / 2 - 1e-9).all()
    assert found[0] - tall[0] / 2 >= -5 - 1e-9
    assert found[-1] + tall[-1] / 2 <= 105 + 1e-9


def test_heights_that_are_apart_stay_where_they_are() -> None:
    np.testing.assert_array_equal(spread(np.array([10.0, 50, 90]), np.full(3, 5.0), 0, 100), [10, 50, 90])


def test_names_of_points_that_coincide_do_not_overlap_and_stay_on_the_sheet() -> None:
    points, boxes, size = np.full((5, 2), 100.0), np.tile([80.0, 12.0], (5, 1)), np.array([300.0, 200.0])
    at = placed(points, boxes, np.empty((0, 4)), size)
    assert (at >= 0).all()
    assert (at + boxes <= size).all()
    for one in range(5):
        for other in range(one):
            apart = (at[one] >= at[other] + boxes[other]) | (at[other] >= at[one] + boxes[one])
            assert apart.any()


def test_a_name_at_the_right_bears_the_sign_of_its_curve_and_a_line_to_its_end() -> None:
    ax = Figure(figsize=(5, 3)).add_axes((0.1, 0.1, 0.5, 0.8))
    ax.set(xlim=(0, 10), ylim=(0, 100))
    name_right(ax, [Named(10, 40, "one", look(0)), Named(10, 41, "two", look(1))], 10)
    signs = [line for line in ax.get_lines() if line.get_label() == "_sign"]
    leaders = [line for line in ax.get_lines() if line.get_label() == "_leader"]
    assert [sign.get_marker() for sign in signs] == [look(0).marker, look(1).marker]
    np.testing.assert_allclose([leader.get_ydata()[0] for leader in leaders], [0.40, 0.41])
    np.testing.assert_allclose(
        [leader.get_ydata()[-1] for leader in leaders], [text.get_position()[1] for text in ax.texts]
    )
