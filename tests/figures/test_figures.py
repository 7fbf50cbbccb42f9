import re
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy.special import ndtri

from reid.figures.cmc import plot_cmc
from reid.figures.det import LIMITS, plot_det
from reid.figures.labels import drawable, length_em, plain, wrapped
from reid.figures.reference import THRESHOLD_TEXT
from reid.figures.risk import EER, RANK_1, RiskRow, plot_risk, row_looks
from reid.figures.sheets import curves_sheet, risk_sheet
from reid.figures.style import RAW_LOOK, look, styled

RAW = RiskRow(label="raw log", value=0.88, low=0.86, high=0.9, chance=0.001, text="88 %", is_raw=True)
GRID = RiskRow(label="time-grid(step_ms=100)", value=0.55, low=0.52, high=0.58, chance=0.002, text="55 %")
GONE = RiskRow(label="gone", value=None, low=None, high=None, chance=None, text="not measured")


def axes() -> Axes:
    return Figure(figsize=(6, 4)).add_subplot()


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def cmc_points(*rates: float) -> SimpleNamespace:
    return SimpleNamespace(rank=np.arange(1.0, len(rates) + 1), rate=np.array(rates))


def det_points(fmr: list[float], fnmr: list[float]) -> SimpleNamespace:
    return SimpleNamespace(fmr=np.array(fmr), fnmr=np.array(fnmr))


def test_risk_figure_draws_each_value_with_its_own_interval_in_percent() -> None:
    ax = axes()
    plot_risk(ax, [RAW, GRID])
    drawn = [line.get_xdata() for line in ax.get_lines()]
    expected = [[86, 90], [88], [52, 58], [55]]
    assert len(drawn) == len(expected)
    for x, wanted in zip(drawn, expected, strict=True):
        np.testing.assert_allclose(x, wanted)


def test_risk_figure_puts_the_first_row_on_top_and_names_rows_beside_their_points() -> None:
    ax = axes()
    plot_risk(ax, [RAW, GRID])
    (bottom, top), ticks = ax.get_ylim(), ax.get_yticks()
    assert top < ticks[0] < ticks[1] < bottom
    points = [line.get_ydata()[0] for line in ax.get_lines() if len(line.get_xdata()) == 1]
    np.testing.assert_allclose(points, ticks)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["raw log", "time-grid(step_ms=100)"]


def test_risk_figure_marks_chance_of_each_row_and_the_threshold_with_what_it_is() -> None:
    ax = axes()
    plot_risk(ax, [RAW, GRID])
    at = sorted({round(float(path[0][0]), 6) for lines in ax.collections for path in lines.get_segments()})
    assert at == [0.1, 0.2, 9.0]
    assert THRESHOLD_TEXT in texts(ax)
    assert "no threshold in law for telemetry" in THRESHOLD_TEXT
    assert "chance 0.1 %" in texts(ax)


def test_error_rates_are_drawn_without_the_threshold_of_rank_1() -> None:
    ax = axes()
    plot_risk(ax, [RAW], EER)
    assert THRESHOLD_TEXT not in texts(ax)
    assert ax.get_xlabel() == EER.axis


def test_a_row_without_a_value_is_named_and_has_no_point() -> None:
    ax = axes()
    plot_risk(ax, [RAW, GONE])
    assert len(ax.get_lines()) == 2
    assert "not measured" in texts(ax)
    assert "gone" in [tick.get_text() for tick in ax.get_yticklabels()]


def test_cmc_draws_rates_in_percent_and_chance_as_list_length_over_people() -> None:
    ax = axes()
    plot_cmc(ax, {"raw log": cmc_points(0.5, 0.75, 1.0, 1.0)}, {"raw log": RAW_LOOK}, 0.25)
    curve, chance = ax.get_lines()
    np.testing.assert_allclose(curve.get_ydata(), [50, 75, 100, 100])
    np.testing.assert_allclose(chance.get_ydata(), 25 * np.asarray(chance.get_xdata()))
    assert ax.get_xscale() == "log"
    assert "people" in ax.get_xlabel()
    assert "%" in ax.get_ylabel()


def test_cmc_names_the_last_rank_and_keeps_ticks_apart() -> None:
    ax = axes()
    plot_cmc(ax, {"a": cmc_points(*np.linspace(0.1, 1, 44))}, {"a": look(0)}, None)
    ticks = ax.get_xticks()
    assert ticks[-1] == 44
    assert (ticks[1:] / ticks[:-1]).min() >= 1.69


def test_det_is_drawn_on_normal_deviate_axes_and_leaves_out_what_has_no_deviate() -> None:
    ax = axes()
    plot_det(ax, {"a": det_points([0.0, 0.01, 0.1, 1.0], [0.5, 0.2, 0.02, 0.0])}, {"a": look(0)})
    _, curve = ax.get_lines()
    np.testing.assert_allclose(curve.get_xdata(), ndtri([0.01, 0.1]))
    np.testing.assert_allclose(curve.get_ydata(), ndtri([0.2, 0.02]))
    np.testing.assert_allclose(ax.get_xlim(), LIMITS)
    np.testing.assert_allclose(ax.get_ylim(), LIMITS)


def test_det_names_a_curve_that_has_no_point_in_view() -> None:
    ax = axes()
    plot_det(ax, {"perfect": det_points([0.0, 1.0], [0.0, 0.0]), "seen": det_points([0.1], [0.1])},
             {"perfect": look(0), "seen": look(1)})  # fmt: skip
    (note,) = [text for text in texts(ax) if "outside" in text]
    assert "perfect" in note
    assert "seen" not in note


def test_looks_differ_by_more_than_colour_and_are_the_same_in_both_figures() -> None:
    looks = [look(number) for number in range(12)]
    assert len({(one.marker, str(one.dash)) for one in looks}) == 12
    assert RAW_LOOK not in looks
    assert row_looks([GRID, RAW, GONE]) == [look(0), RAW_LOOK, look(1)]


def test_colours_stay_apart_from_the_background_in_grey() -> None:
    grey = [np.dot(to_rgb(look(number).color), [0.299, 0.587, 0.114]) for number in range(6)]
    assert max(grey) < 0.75


@pytest.mark.parametrize("n_rows", [1, 13])
def test_no_text_is_smaller_than_8_pt(n_rows: int) -> None:
    with styled():
        sheet = Figure()
        first, second, third = sheet.subplots(1, 3)
        plot_risk(first, [RAW] + [GRID] * (n_rows - 1))
        plot_cmc(second, {"a": cmc_points(0.5, 1.0)}, {"a": look(0)}, 0.5)
        plot_det(third, {"a": det_points([0.0], [0.0])}, {"a": look(0)})
        sizes = [text.get_fontsize() for text in sheet.findobj(Text) if text.get_text()]
    assert min(sizes) >= 8


def test_labels_of_a_sheet_lie_within_it_and_rows_do_not_overlap() -> None:
    long = "time-grid(step_ms=250) | delay-mix(bound_ms=100) | drop-release | key-classes"
    rows = [
        RAW,
        *(RiskRow(label=long, value=0.1, low=0.0, high=0.2, chance=0.001, text="10.0 % (0.0-20.0)"),) * 4,
    ]
    seen: list[Figure] = []
    with styled(), pytest.MonkeyPatch.context() as patch:
        patch.setattr("reid.figures.sheets.picture", lambda sheet, _: seen.append(sheet))
        risk_sheet(rows)
        sheet = seen[0]
        renderer = FigureCanvasAgg(sheet).get_renderer()
        sheet.draw(renderer)
        boxes = [tick.get_window_extent(renderer) for tick in sheet.axes[0].get_yticklabels()]
        every = [text.get_window_extent(renderer) for text in sheet.findobj(Text) if text.get_text()]
    assert all(upper.y0 > lower.y1 for upper, lower in pairwise(boxes))
    assert all(
        box.x0 >= 0 and box.x1 <= sheet.bbox.x1 and box.y0 >= 0 and box.y1 <= sheet.bbox.y1 for box in every
    )


def test_sheets_are_the_same_bytes_twice_and_bear_no_date() -> None:
    curves = {"raw log": cmc_points(0.5, 1.0)}, {"raw log": det_points([0.1, 0.2], [0.2, 0.1])}
    once, again = (curves_sheet(*curves, {"raw log": RAW_LOOK}, 0.5) for _ in range(2))
    assert once == again
    assert risk_sheet([RAW, GRID]) == risk_sheet([RAW, GRID])
    for drawn in (once, risk_sheet([RAW, GRID])):
        assert b"<metadata>" not in drawn.svg
        assert not re.search(rb"20\d\d-\d\d-\d\d", drawn.svg)
        assert b"matplotlib.org" not in drawn.png


def test_sheets_do_not_depend_on_the_settings_of_the_user() -> None:
    import matplotlib as mpl

    plainly = risk_sheet([RAW, GRID], RANK_1)
    with mpl.rc_context({"font.size": 20, "lines.linewidth": 9, "svg.hashsalt": "other"}):
        assert risk_sheet([RAW, GRID], RANK_1) == plainly


@given(st.text(max_size=300), st.integers(1, 60))
@settings(max_examples=60, deadline=None)
def test_plain_text_is_bounded_encodable_and_without_hidden_characters(text: str, limit: int) -> None:
    shown = plain(text, limit)
    assert len(shown) <= limit
    assert shown == plain(shown, limit)
    shown.encode()
    assert not set(shown) & set("\u202e\u202d\u200b\u2066\n\r\t\0\x1b")


@given(st.text(alphabet=st.characters(), max_size=120))
@settings(max_examples=40, deadline=None)
def test_wrapped_text_keeps_its_letters_and_its_width(text: str) -> None:
    lines = wrapped(text, width_em=9.0).split("\n")
    assert max(length_em(line) for line in lines) <= 9.0
    assert "".join(lines).replace(" ", "") == drawable(text).replace(" ", "")
