"""The page in a real browser: accessible, silent on the network, and complete without scripts."""

import shutil
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from reid.reports.document.audit import audit_document
from reid.reports.document.html import as_html
from tests.reports.report_examples import EXAMPLES

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
axe = pytest.importorskip("axe_playwright_python", reason="axe-core is not installed")
CHROMIUM = shutil.which("chromium")
if CHROMIUM is None:
    pytest.skip("Chromium is not installed", allow_module_level=True)

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    written = {}
    for name in ("several", "by channel", "hostile", "declared"):
        written[name] = folder / f"{name.replace(' ', '-')}.html"
        document = audit_document(EXAMPLES[name], ())
        written[name].write_text(as_html(document), encoding="utf-8")
    return written


@pytest.mark.parametrize("name", ["several", "by channel", "hostile", "declared"])
def test_a_page_asks_for_nothing_and_runs_nothing_that_it_should_not(
    browser: Any, pages: dict[str, Path], name: str
) -> None:
    page = browser.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(pages[name].as_uri())
    page.close()
    assert errors == []
    assert [url for url in asked if not url.startswith("data:")] == [pages[name].as_uri()]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["several", "by channel", "hostile", "declared"])
def test_axe_finds_no_violation(browser: Any, pages: dict[str, Path], name: str) -> None:
    context = browser.new_context(bypass_csp=True)  # axe is a script of its own
    page = context.new_page()
    page.goto(pages[name].as_uri())
    page.evaluate(resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    context.close()
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found["violations"]] == []
    assert len(found["passes"]) > 15


def test_lines_are_sorted_logs_are_hidden_and_people_are_counted(
    browser: Any, pages: dict[str, Path]
) -> None:
    page = browser.new_page()
    page.goto(pages["several"].as_uri())
    button = page.locator("table.sortable thead button", has_text="rank-1").first
    table = page.locator("table.sortable").first
    first = "document.querySelector('table.sortable tbody tr th').textContent"
    button.click()
    assert page.evaluate(first) == "time-jitter(bound_ms=125)"
    assert table.locator("th[aria-sort=ascending]").count() == 1
    button.click()
    assert page.evaluate(first) == "raw log"
    assert table.locator("th[aria-sort]").count() == 1
    before = page.locator("tr:visible").count()
    page.get_by_label("time-grid(step_ms=16)").first.uncheck()
    assert page.locator("tr:visible").count() < before
    slider = page.get_by_role("slider")
    slider.fill("1000")
    assert (
        "Among 1,000 people, at first guess: raw log: about 87 in 100"
        in page.locator("output").text_content()
    )
    page.close()


def test_without_scripts_the_page_says_the_same(browser: Any, pages: dict[str, Path]) -> None:
    told = []
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(pages["several"].as_uri())
        told.append(" ".join(page.locator("main").inner_text().split()))
        assert page.locator("fieldset").count() == (2 if scripts else 0)
        context.close()
    assert set(told[1].split()) <= set(told[0].split())
    for part in ("What weakens this answer", "Recommendation", "How to reproduce this"):
        assert part in told[1]
