"""What stands on the axes of each figure is what its numbers say: read from the artists, not from pixels."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.testing import assert_allclose

from reid.figures.amounts import AmountPanel, AmountPoint, plot_amounts
from reid.figures.before_after import Key, Sight, plot_keys, plot_path
from reid.figures.channels import ChannelPanel, plot_channels
from reid.figures.cmc import plot_cmc
from reid.figures.det import plot_det
from reid.figures.exposure import Exposed, Found, plot_exposed, plot_found
from reid.figures.frontier import Tradeoff, plot_frontier
from reid.figures.naming import curves_of
from reid.figures.reference import THRESHOLD_NAME, THRESHOLD_TEXT
from reid.figures.risk import Rate
from reid.figures.scale import ScaledRates, plot_scale
from reid.figures.style import RAW_LOOK, look, styled
from reid.figures.sweep import Return, Step, plot_sweep
from reid.figures.threats import plot_attacked
from reid.reports.curves import ErrorPoints, RankPoints

LOW, MIDDLE, HIGH = Rate(0.1, 0.05, 0.2), Rate(0.5, 0.4, 0.6), Rate(0.97, 0.9, 0.99)


def axes() -> Axes:
    with styled():
        return Figure(figsize=(6.8, 4)).add_axes((0.1, 0.15, 0.6, 0.7))


def lines(ax: Axes, label: str) -> list[Line2D]:
    return [line for line in ax.get_lines() if line.get_label() == label]


def data(ax: Axes, n_points: int) -> list[list[tuple[float, float]]]:
    """Return the places of all unlabelled lines of so many points, in the order in which they were drawn."""
    found = []
    for line in curves_of(ax):
        if not str(line.get_label()).startswith(
            ("_chance", "_threshold", "_raw", "_border", "_asked", "_law")
        ):
            x, y = (np.atleast_1d(np.asarray(values, dtype=float)) for values in line.get_data())
            if len(x) == n_points:
                found.append(list(zip(x.tolist(), y.tolist(), strict=True)))
    return found


def texts(ax: Axes) -> str:
    return " ".join(" ".join(text.get_text().split()) for text in ax.texts)


def test_each_attacker_has_number_point_and_interval_in_the_row_of_its_release() -> None:
    ax = axes()
    plot_attacked(
        ax,
        [HIGH, None, LOW],
        [RAW_LOOK, look(0), look(1)],
        strongest=[True, False, False],
        chance=0.02,
        raw=0.97,
    )
    (at_raw, at_low) = data(ax, 1)
    assert [point[0] for point in (*at_raw, *at_low)] == [97, 10]
    assert (round(at_raw[0][1]), round(at_low[0][1])) == (0, 2)
    intervals = [[x for x, _ in line] for line in data(ax, 2)]
    assert_allclose(intervals, [[90, 99], [5, 20]])
    assert {"97 %", "not\ntried", "10 %"} == {text.get_text() for text in ax.texts}
    assert [text.get_text() for text in ax.texts if text.get_fontweight() == "bold"] == ["97 %"]
    for name, x in (("_threshold", 9), ("_chance", 2), ("_raw", 97)):
        assert_allclose(lines(ax, name)[0].get_xdata(), [x, x])


def test_frontier_has_intervals_both_ways_and_fills_what_is_unbeaten() -> None:
    ax = axes()
    points = [
        Tradeoff(label="raw log", risk=HIGH, worth=Rate(1, 1, 1), look=RAW_LOOK, unbeaten=True),
        Tradeoff(label="some | thing", risk=LOW, worth=MIDDLE, look=look(0), unbeaten=False),
    ]
    plot_frontier(ax, points, 0.02, among=50, purpose="training")
    assert_allclose(data(ax, 1), [[(97, 1)], [(10, 0.5)]])
    assert_allclose(
        data(ax, 2), [[(90, 1), (99, 1)], [(97, 1), (97, 1)], [(5, 0.5), (20, 0.5)], [(10, 0.4), (10, 0.6)]]
    )
    fills = [
        line.get_markerfacecolor() for line in curves_of(ax) if len(np.atleast_1d(line.get_xdata())) == 1
    ]
    assert fills[:2] == [RAW_LOOK.color, "white"]
    assert {"raw log", "some | thing", THRESHOLD_TEXT} <= {text.get_text() for text in ax.texts}
    assert "among 50 people (%)" in ax.get_xlabel()


@pytest.mark.parametrize(("values", "scale"), [((16.0, 50.0, 250.0), "log"), ((1.0, 2.0, 3.0), "linear")])
def test_sweep_has_each_value_with_its_interval_and_a_bracket_where_it_turns_back(
    values: tuple[float, ...], scale: str
) -> None:
    ax = axes()
    steps = [Step(value, rate) for value, rate in zip(values, (MIDDLE, LOW, HIGH), strict=True)]
    turn = Return(values[1], values[2], "turns back: +87 points")
    plot_sweep(
        ax, steps, look(0), parameter="step (milliseconds)", raw=HIGH, chance=0.02, among=50, returns=[turn],
        names_em=15,
    )  # fmt: skip
    assert ax.get_xscale() == scale
    assert_allclose(data(ax, 3), [list(zip(values, (50, 10, 97), strict=True))])
    ends = [[y for _, y in line] for line in data(ax, 2)]
    assert_allclose(ends, [[40, 60], [5, 20], [90, 99]])
    for name, y in (("_threshold", 9), ("_chance", 2), ("_raw", 97)):
        assert_allclose(lines(ax, name)[0].get_ydata(), [y, y])
    assert "turns back: +87 points" in texts(ax)
    assert "raw log: 97 % (90\u201399)" in texts(ax)
    (bracket,) = [note for note in ax.texts if getattr(note, "arrow_patch", None) is not None]
    assert (bracket.xy[0], bracket.get_position()[0]) == (values[2], values[1])  # type: ignore[attr-defined]


def test_amounts_are_drawn_with_their_intervals_and_what_they_come_to() -> None:
    points = [
        AmountPoint(units=10, value=0.3, low=0.2, high=0.4, beside=("0.04", "1")),
        AmountPoint(units=484.5, value=0.97, low=0.93, high=0.99, beside=("2", "10")),
    ]
    panel = AmountPanel(
        title="Enrolled", curves={"raw log": points}, unit="keystrokes", beside=("minutes", "sessions")
    )
    ax = axes()
    plot_amounts(ax, panel, {"raw log": RAW_LOOK}, 1 / 200, 15)
    curve, first, last = data(ax, 2)
    assert_allclose(curve, [(10, 30), (484.5, 97)])
    assert_allclose([first, last], [[(10, 20), (10, 40)], [(484.5, 93), (484.5, 99)]])
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["10\n0.04\n1", "484\n2\n10"]
    assert "keystrokes minutes sessions" in texts(ax)
    assert "raw log" in texts(ax)
    assert THRESHOLD_NAME in texts(ax)
    assert_allclose(lines(ax, "_chance")[0].get_ydata(), [0.5, 0.5])


def test_scale_parts_what_is_measured_from_what_is_carried_over_and_marks_the_head_count() -> None:
    people, beyond = np.array([2.0, 10, 50]), np.array([50.0, 100, 500])
    curve = ScaledRates(
        people, np.array([1.0, 0.9, 0.8]), beyond, np.array([0.8, 0.7, 0.5]), np.array([0.8, 0.6, 0.3]),
        np.array([0.8, 0.8, 0.7]), text="raw log: 50 %", asked=500.0, laws={"power": 0.45, "logistic": 0.55},
    )  # fmt: skip
    ax = axes()
    plot_scale(ax, {"raw log": curve}, {"raw log": RAW_LOOK}, 15)
    assert_allclose(data(ax, 3), [[(2, 100), (10, 90), (50, 80)], [(50, 80), (100, 70), (500, 50)]])
    (band,) = ax.collections
    low_and_high = {(float(x), float(y)) for x, y in band.get_paths()[0].vertices}
    assert {(500, 30), (500, 70), (100, 60), (100, 80)} <= {(x, round(y, 6)) for x, y in low_and_high}
    assert [line.get_ydata()[0] for line in lines(ax, "_law")] == [45, pytest.approx(55)]
    assert_allclose(lines(ax, "_asked")[0].get_xdata(), [500, 500])
    (luck,) = lines(ax, "_chance")
    assert_allclose(np.asarray(luck.get_ydata()) * np.asarray(luck.get_xdata()), 100)
    assert {"yours: 500 people", "measured", "carried over by laws", "raw log: 50 %"} <= {
        text.get_text() for text in ax.texts
    }


def test_letters_stand_on_their_own_curves() -> None:
    curves = {"a": RankPoints(np.array([1.0, 10, 100]), np.array([0.5, 0.8, 1.0])),
              "b": RankPoints(np.array([1.0, 10, 100]), np.array([0.1, 0.3, 1.0]))}  # fmt: skip
    looks, tags = {"a": look(0), "b": look(1)}, {"a": "A", "b": "B"}
    ax = axes()
    plot_cmc(ax, curves, looks, 0.01, tags)
    for text in ax.texts:
        if text.get_text() in tags.values():
            x, y = text.get_position()
            of = curves[text.get_text().lower()]
            assert y == pytest.approx(float(100 * np.interp(x, of.rank, of.rate)))
    ax = axes()
    errors = ErrorPoints(np.array([0.01, 0.1, 0.3]), np.array([0.3, 0.1, 0.01]))
    plot_det(ax, {"a": errors}, looks, tags)
    (letter,) = [text for text in ax.texts if text.get_text() == "A"]
    _, curve = ax.get_lines()
    assert letter.get_position() in list(zip(*curve.get_data(), strict=True))


def test_channels_are_bars_with_intervals_and_lines_for_all_of_them() -> None:
    ax = axes()
    panel = ChannelPanel(title="all but", bars={"raw log": [LOW, None, HIGH]}, marked={"raw log": 0.98})
    plot_channels(ax, ["hold", "flight", "device *"], panel, {"raw log": RAW_LOOK}, 0.01)
    assert_allclose([bar.get_width() for bar in ax.patches], [10, 97])  # type: ignore[attr-defined]
    assert_allclose([[x for x, _ in line] for line in data(ax, 2)][:2], [[5, 20], [90, 99]])
    assert "nothing to see" in texts(ax)
    assert_allclose(lines(ax, "_threshold")[0].get_xdata(), [9, 9])


def test_people_found_always_sometimes_and_never_fill_the_bar() -> None:
    ax = axes()
    plot_found(ax, [Found("raw log", MIDDLE, Rate(0.2, 0.1, 0.3), "100 %")])
    widths = [(bar.get_x(), bar.get_width()) for bar in ax.patches]  # type: ignore[attr-defined]
    assert_allclose(widths, [(0, 50), (50, 30), (80, 20)])
    assert_allclose([[x for x, _ in line] for line in data(ax, 2)], [[40, 60], [70, 90]])
    assert {"50 %", "30 %", "20 %", "in every probe", "in some", "in none"} <= {
        text.get_text() for text in ax.texts
    }


def test_who_is_given_away_by_what_is_told_by_shape_and_fill() -> None:
    ax = axes()
    people = [
        Exposed(7, 1.0, (True, False, False), (False, True, False)),
        Exposed(9, 0.5, (False,) * 3, (False,) * 3),
    ]
    plot_exposed(ax, people, ["hold", "flight", "device"])
    signs = {(line.get_xdata()[0], line.get_ydata()[0]): line for line in ax.get_lines()}
    assert [signs[column, 0].get_marker() for column in range(3)] == ["o", "s", "_"]
    assert signs[1, 0].get_markerfacecolor() == "white"
    assert {signs[column, 1].get_marker() for column in range(3)} == {"_"}
    assert [tick.get_text() for tick in ax.get_yticklabels()] == [
        "person 7: named 100 %",
        "person 9: named 50 %",
    ]


def test_keys_are_bars_from_press_to_release_and_a_path_is_where_the_pointer_was() -> None:
    ax = axes()
    plot_keys(ax, [Key("a", 0.0, 0.1), Key("b", 0.3, 0.35), Key("?", 0.5, None)], 2.0)
    spans = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]  # type: ignore[attr-defined]
    assert_allclose(spans, [(0, 0.1), (0.3, 0.35), (0.5, 0.504)])
    assert [text.get_text() for text in ax.texts] == ["a", "b", "?"]
    ax = axes()
    path = np.array([[10.0, 20], [30, 25], [60, 30]])
    plot_path(ax, Sight("raw log", (), path, path[-1:]), np.array([[0.0, 0], [100, 50]]))
    way, dots, clicks = ax.get_lines()
    assert_allclose(np.column_stack(way.get_data()), path)
    assert_allclose(np.column_stack(dots.get_data()), path)
    assert_allclose(np.column_stack(clicks.get_data()), [[60, 30]])
    assert ax.get_ylim() == (50, 0)  # a screen's y points down
