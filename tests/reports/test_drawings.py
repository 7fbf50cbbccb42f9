"""Figures as readers get them: with words, data and files at both sizes, harmless whatever the names are."""

import io
from functools import cache
from types import MappingProxyType
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.image import imread
from matplotlib.text import Text

from reid.errors import UnknownNameError
from reid.figures.style import SIZES, look
from reid.metrics.estimate import Estimate
from reid.reports.before_after import before_after_shown
from reid.reports.drawings import AUDIT_FIGURES, Shown, figures
from reid.reports.tradeoffs import comparison_looks, frontier_shown, sweeps_shown
from reid.study.exposure import CellByPerson, Comparison
from reid.study.frontier import frontier_of
from reid.typing import FloatArray
from tests.reports.report_examples import EXAMPLES, HOSTILE, Report, by_channel, report

DRAWN = ("several", "by channel", "by amount", "declared", "hostile")
CASES = [(name, size) for name in DRAWN for size in SIZES]
N_PEOPLE = 60


@cache
def drawn(name: str, size: str) -> tuple[Shown, ...]:
    return figures(EXAMPLES[name], size)


def with_threats(rungs: dict[str, float]) -> Report:
    made = report(("time-grid(step_ms=100)",))
    told = {
        rung: {
            "knowledge": rung, "effort": "fixed", "attacker": "fusion", "why_none": None, "auc": None,
            "eer": None, "sentence": "knows so much",
            "rank_1": {"value": value, "low": value - 0.05, "high": value + 0.05},
        }
        for rung, value in rungs.items()
    }  # fmt: skip
    threats = {"rungs": told, "risk": None}
    return {**made, "headline": {**made["headline"], "threats": threats}}


def cell(
    number: int, strategy: str, rates: FloatArray, worth: float, swept: float | None = None
) -> CellByPerson:
    person = np.arange(N_PEOPLE)
    value = float(rates.mean())
    return CellByPerson(
        cell=number, strategy=strategy, declared="time-grid(step_ms=[16, 100, 250])" if swept else strategy,
        swept=swept, claims="", weakened_by="", trustworthy=True, person=person,
        rungs=MappingProxyType({"informed": rates}), measured=Estimate(value, value, value),
        valued=person, worth=np.full(N_PEOPLE, worth),
    )  # fmt: skip


def compared() -> Comparison:
    ever, never = np.ones(N_PEOPLE), np.zeros(N_PEOPLE)
    steps = [(16.0, ever, 1.0), (100.0, never, 0.9), (250.0, np.repeat([1.0, 0.0], N_PEOPLE // 2), 0.5)]
    cells = [cell(1, "none", ever, 1.0)]
    cells += [
        cell(number, f"time-grid(step_ms={step:g})", rates, worth, step)
        for number, (step, rates, worth) in enumerate(steps, 2)
    ]
    return Comparison("log", "informed", 0, "training", 50, N_PEOPLE, tuple(cells))


@pytest.mark.parametrize(("name", "size"), CASES)
def test_no_word_is_smaller_than_8_pt_or_runs_off_its_sheet(name: str, size: str) -> None:
    for shown in drawn(name, size):
        sheet = shown.picture.sheet
        renderer = FigureCanvasAgg(sheet).get_renderer()
        sheet.draw(renderer)
        for text in sheet.findobj(Text):
            if not text.get_text() or not text.get_visible():
                continue
            box = text.get_window_extent(renderer)
            assert text.get_fontsize() >= 8
            assert box.x0 >= -1, (shown.name, text.get_text())
            assert box.x1 <= sheet.bbox.x1 + 1, (shown.name, text.get_text())
            assert box.y0 >= -1, (shown.name, text.get_text())
            assert box.y1 <= sheet.bbox.y1 + 1, (shown.name, text.get_text())


@pytest.mark.parametrize(("name", "size"), CASES)
def test_svg_is_sound_needs_nothing_and_bears_its_own_words(name: str, size: str) -> None:
    for shown in drawn(name, size):
        root = ET.fromstring(shown.picture.svg)  # noqa: S314  our own bytes
        assert root.get("role") == "img"
        assert root[0].text == shown.title
        assert root[1].tag.endswith("desc")
        assert not [part for part in root.iter() if part.tag.endswith(("script", "image", "foreignObject"))]
        for hidden in ("\u202e", "\u200b"):
            assert hidden not in shown.picture.svg.decode() + shown.alt + shown.caption + shown.table.csv()
        assert len(shown.alt) < 100_000


@pytest.mark.parametrize("size", SIZES)
def test_slides_are_16_to_9_and_columns_fit_a_page(size: str) -> None:
    for shown in drawn("several", size):
        height, width = imread(io.BytesIO(shown.picture.png)).shape[:2]
        if size == "slide":
            assert (width, height) == (1920, 1080)
        else:
            assert width == 1360  # 172.7 mm at 200 dots an inch
            assert height <= 9.7 * 200


def test_pdf_embeds_its_letters_and_is_the_same_twice() -> None:
    (risk, *_) = figures(EXAMPLES["several"])
    pdf = risk.picture.pdf
    assert pdf.startswith(b"%PDF")
    assert b"/FontFile2" in pdf
    assert b"/CIDFontType2" in pdf
    assert b"CreationDate" not in pdf
    assert pdf == risk.picture.pdf == figures(EXAMPLES["several"])[0].picture.pdf


def test_figures_are_named_and_left_out_where_there_is_no_data() -> None:
    names = [shown.name for shown in drawn("by channel", "column")]
    assert names == ["risk", "threats", "curves", "who", "channels", "before-after"]
    assert set(names) <= set(AUDIT_FIGURES)
    assert [shown.name for shown in drawn("declared", "column")] == ["risk", "curves"]


def test_an_unknown_size_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="column"):
        figures(EXAMPLES["none"], "poster")


def test_threats_tell_each_attacker_in_table_and_words() -> None:
    made = with_threats({"informed": 0.5, "adaptive": 0.75, "ignorant": 0.25})
    (threats,) = [one for one in figures(made) if one.name == "threats"]
    told = [row for row in threats.table.rows if str(row[0]).startswith("By what")]
    assert [(row[1], row[3]) for row in told if row[3] is not None] == [
        ("ignorant", 0.25), ("informed", 0.5), ("adaptive", 0.75)
    ]  # fmt: skip
    assert "time-grid(step_ms=100), adaptive: 75.0 % (70.0\u201380.0)" in threats.alt
    assert "knows so much" in threats.caption


def test_who_tells_persons_by_number_and_channel() -> None:
    (who,) = [one for one in figures(by_channel()) if one.name == "who"]
    assert ("time-grid(step_ms=100)", "alone suffices", 1, "hold", 1.0, None, None) in who.table.rows
    assert "of the people are named by every probe of theirs" in who.alt


@pytest.mark.parametrize("size", SIZES.values(), ids=str)
def test_frontier_and_sweep_hold_the_numbers_of_the_study(size: object) -> None:
    found = compared()
    looks = comparison_looks(found, look)
    frontier = frontier_of(found)
    shown = frontier_shown(found, frontier, "training", looks, "frontier-1-1", size)  # type: ignore[arg-type]
    assert [row[:2] for row in shown.table.rows] == [
        ("raw log", 1.0), ("time-grid(step_ms=16)", 1.0), ("time-grid(step_ms=100)", 0.0),
        ("time-grid(step_ms=250)", 0.5),
    ]  # fmt: skip
    assert [row[4] for row in shown.table.rows] == [1.0, 1.0, 0.9, 0.5]
    (sweep,) = sweeps_shown(found, looks, "1", size)  # type: ignore[arg-type]
    assert sweep.name == "sweep-1-1"
    assert [row[:2] for row in sweep.table.rows if row[4] == "swept"] == [
        (16.0, 1.0),
        (100.0, 0.0),
        (250.0, 0.5),
    ]
    assert ("change from 100", 250.0) in [(row[4], row[0]) for row in sweep.table.rows]
    assert "Not monotone: from 100 to 250 it changes by +50 points" in sweep.alt
    ax = sweep.picture.sheet.axes[0]
    assert ax.get_xlabel() == "step (milliseconds)"
    assert any("turns back: +50 points" in text.get_text() for text in ax.texts)


def test_before_and_after_show_the_same_person_with_and_without_a_strategy() -> None:
    shown = before_after_shown(["none", "time-grid(step_ms=100)", "drop-keys", HOSTILE], SIZES["column"])
    assert shown is not None
    rows = [row for row in shown.table.rows if row[1] == "key"]
    raw = [row for row in rows if row[0] == "raw log"]
    on_grid = [row for row in rows if row[0] == "time-grid(step_ms=100)"]
    assert len(raw) > 5
    steps = np.array([[row[3], row[4]] for row in on_grid], dtype=float) / 0.1
    np.testing.assert_allclose(steps, steps.round(), atol=1e-6)
    assert {row[2] for row in rows if row[0] == "drop-keys"} == {"?"}
    assert "not drawn" in shown.alt
    assert "synthetic" in shown.caption
    lanes = [ax for ax in shown.picture.sheet.axes if ax.patches]
    assert [bar.get_x() for bar in lanes[0].patches] == [row[3] for row in raw]  # type: ignore[attr-defined]


def test_before_and_after_needs_a_strategy() -> None:
    assert before_after_shown(["none"], SIZES["column"]) is None
