import base64
import copy
import hashlib
import json
import re
import stat
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from reid.errors import OutputError
from reid.reports.page import AuditFiles, render_page, steady_numbers, summary, write_audit
from reid.reports.schema import read_report
from reid.reports.view import page_view
from reid.reports.wording import answer
from tests.reports.report_examples import EXAMPLES, STRATEGIES, Report, block, of_a_pointer, report

RUN = {"seconds": {"read": 1.25}}


class Page(HTMLParser):
    """Tags, attributes and text of a page, as a browser would take them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.shown: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.shown.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.shown).split())

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, AuditFiles]:
    return {name: write_audit(made, RUN, tmp_path_factory.mktemp("audit")) for name, made in EXAMPLES.items()}


def page_of(files: AuditFiles) -> Page:
    return Page(files.page.read_text())


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_page_closes_what_it_opens_and_gives_the_answer_first(
    name: str, written: dict[str, AuditFiles]
) -> None:
    page = page_of(written[name])
    assert not page.open
    assert answer(steady_numbers(EXAMPLES[name])) in page.text
    assert page.text.index("What weakens this answer") < page.text.index("The numbers")
    for heading in ("What was not tested", "All attackers", "The data", "The settings", "How to read this"):
        assert heading in page.text


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_page_stands_alone(name: str, written: dict[str, AuditFiles]) -> None:
    text = written[name].page.read_text()
    page = Page(text)
    assert {tag for tag, _ in page.tags}.isdisjoint({"link", "iframe", "form", "object", "base"})
    assert page.all("script") == [{}]
    anchors = {part["id"] for _, part in page.tags if "id" in part}
    assert {str(link["href"]).removeprefix("#") for link in page.all("a")} <= anchors
    assert all(source["src"].startswith("data:image/svg+xml;base64,") for source in page.all("img"))  # type: ignore[union-attr]
    assert "http:" not in text
    assert "https:" not in text
    assert "url(" not in text
    assert not any(
        key.startswith("on") or key == "style" for _, attributes in page.tags for key in attributes
    )


def test_the_policy_allows_nothing_but_its_own_style_and_pictures(written: dict[str, AuditFiles]) -> None:
    text = written["one"].page.read_text()
    (policy,) = [meta["content"] for meta in Page(text).all("meta") if "http-equiv" in meta]
    marks = []
    for tag in ("style", "script"):
        (own,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        marks.append(f"sha256-{base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()}")
    assert policy == (
        f"default-src 'none'; img-src data:; style-src '{marks[0]}'; script-src '{marks[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_pages_have_a_language_and_words_for_each_picture(written: dict[str, AuditFiles]) -> None:
    page = page_of(written["one"])
    assert page.all("html")[0]["lang"] == "en"
    pictures = page.all("img")
    assert len(pictures) == 5
    assert "raw log 87.9 % (85.7\u201389.8); time-grid(step_ms=100) 48.6 %" in str(pictures[0]["alt"])
    assert "CMC and DET" in str(pictures[2]["alt"])


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_page_gives_a_verdict(name: str, written: dict[str, AuditFiles]) -> None:
    assert not re.search(r"\bsafe|\banonymous\b", page_of(written[name]).text, re.IGNORECASE)


def test_hostile_text_stays_text(written: dict[str, AuditFiles]) -> None:
    files = written["hostile"]
    text = files.page.read_text()
    page = Page(text)
    assert text.count("<script") == 1
    assert '<script>alert("x")</script>' in page.text
    assert not set(text) & set("\u202e\u200b\ud800")
    assert "ж" * 401 not in text  # bounded
    for path in files.figures:
        if path.suffix == ".svg":
            tags = {element.tag.partition("}")[2] for element in ET.parse(path).iter()}  # noqa: S314  our own file
            assert tags <= {
                "svg",
                "defs",
                "style",
                "g",
                "path",
                "use",
                "clipPath",
                "rect",
                "pattern",
                "title",
                "desc",
            }
    assert (
        json.loads(files.report.read_text())["headline"]["attacker"]
        == EXAMPLES["hostile"]["headline"]["attacker"]
    )


def test_each_strategy_stands_in_the_tables_with_its_numbers(written: dict[str, AuditFiles]) -> None:
    text = page_of(written["twelve"]).text
    for name in STRATEGIES:
        assert text.count(name) >= 4  # two tables, attackers, claims
    assert "87.9 % (85.7\u201389.8)" in text
    assert "Nothing is proven: its effect was only measured." in text
    assert "Every time is a multiple of the grid's step from the session's start." in text


def test_what_weakens_is_listed_and_its_absence_is_said(
    written: dict[str, AuditFiles], tmp_path: Path
) -> None:
    assert "each is at full strength" in page_of(written["one"]).text
    weak = report(headline=block(weakened_by=["Only 100 of 500 background people were used."]))
    page = page_of(write_audit(weak, RUN, tmp_path))
    assert "Only 100 of 500 background people were used." in page.text
    assert "each is at full strength" not in page.text
    assert summary(weak).endswith(" Weakened by one setting; the page says which.")
    assert summary(report()) == answer(report())


def test_what_weakens_one_release_alone_is_listed_under_its_name(tmp_path: Path) -> None:
    made = copy.deepcopy(EXAMPLES["several"])
    made["results"][2]["weakened_by"] = ["One attacker failed."]
    assert f"Only {STRATEGIES[2]}: One attacker failed." in page_of(write_audit(made, RUN, tmp_path)).text


def test_a_leaky_split_is_warned_of_and_never_in_the_answer(written: dict[str, AuditFiles]) -> None:
    text = page_of(written["leaky"]).text
    assert "Not a result." in text
    assert (
        "A leaky split would have shown a rank-1 of 92.8 % (82.3\u201397.3) (raw log; chance: 1 in 51)"
        in text
    )
    leaky = EXAMPLES["leaky"]["leaky"]
    whole = page_view(EXAMPLES["leaky"] | {"leaky": leaky | {"shared_sessions": 0}})["leaky"]
    assert whole.startswith("A random split would have shown a rank-1 of 92.8 %")
    assert "none leaks" in whole
    cut = page_view(EXAMPLES["leaky"] | {"leaky": leaky | {"shared_sessions": 1234}})["leaky"]
    assert "1,234 sessions stand on both sides" in cut
    assert "92.8" not in answer(EXAMPLES["leaky"])
    assert "leaky split" not in page_of(written["none"]).text


def test_faults_of_the_source_are_counted_with_their_meaning(written: dict[str, AuditFiles]) -> None:
    text = page_of(written["none"]).text
    assert "release before press 6 the release lies before its own press" in text
    assert "7 of 2,194,507 read" in text


@pytest.mark.parametrize(
    ("unit", "nearest", "said"),
    [
        ("session", "session", "Gallery and probe come from different sessions of one sitting"),
        ("trial", "trial", "Gallery and probe come from different trials (repetitions) of the same session"),
        (
            "trial",
            "sitting",
            "Each probe is made of trials (repetitions). Gallery and probe come from different sittings",
        ),
        ("within", "within", "Gallery and probe are two halves of one recording"),
    ],
)
def test_the_page_says_what_in_fact_lies_between_gallery_and_probe(
    unit: str, nearest: str, said: str
) -> None:
    made = report(headline=block(separation=unit, nearest_separation=nearest))
    assert said in Page(render_page(made, [])).text


def test_settings_stand_in_words_and_absent_ones_say_what_held(tmp_path: Path) -> None:
    settings = {
        "gallery_sessions": None, "attackers": [], "without": [], "seed": 7, "quick": True,
        "strategy": "hidden", "strategies": ["first", "second"], "threat": {"knowledge": "informed"},
    }  # fmt: skip
    text = page_of(write_audit(report(settings=settings), RUN, tmp_path)).text
    for said in (
        "sessions enrolled per person the first half", "attackers all", "channels left out none", "seed 7",
        "quick yes", "strategies first; second", "threat: knowledge informed",
    ):  # fmt: skip
        assert said in text
    assert "hidden" not in text  # the list of strategies says it all


def test_declared_comparisons_show_errors_and_no_ranks(written: dict[str, AuditFiles]) -> None:
    page = page_of(written["declared"])
    assert "9.6 % (4.1\u201320.7, sd 6.9)" in page.text
    assert "17.0 % (9.1\u201329.5, sd 9.0)" in page.text  # another attacker, over people
    assert "rank-1 among 2" not in page.text
    assert "EMA" not in str(page.all("img")[0]["alt"])


def test_files_are_byte_identical_between_runs_except_for_the_run_itself(tmp_path: Path) -> None:
    first = write_audit(EXAMPLES["several"], {"seconds": 1}, tmp_path / "a")
    second = write_audit(EXAMPLES["several"], {"seconds": 2}, tmp_path / "b")
    pairs = [(first.report, second.report), (first.page, second.page)]
    pairs += list(zip(first.figures, second.figures, strict=True))
    assert len(pairs) == 12
    assert all(one.read_bytes() == two.read_bytes() for one, two in pairs)
    assert first.run.read_bytes() != second.run.read_bytes()


def test_noise_in_the_last_bits_does_not_reach_the_files(tmp_path: Path) -> None:
    def noisy(value: object) -> object:
        if isinstance(value, float):
            return value * (1 + 1e-15)
        if isinstance(value, dict):
            return {key: noisy(part) for key, part in reversed(value.items())}
        return [noisy(part) for part in value] if isinstance(value, list) else value

    made: Report = noisy(EXAMPLES["one"])  # type: ignore[assignment]
    made["headline"]["attackers"] = dict(made["headline"]["attackers"])
    first, second = write_audit(EXAMPLES["one"], RUN, tmp_path / "a"), write_audit(made, RUN, tmp_path / "b")
    assert first.report.read_bytes() == second.report.read_bytes()
    assert first.page.read_bytes() == second.page.read_bytes()


def test_the_report_is_sorted_json_without_nan(tmp_path: Path) -> None:
    made = report(headline=block(auc=None, eer={"value": float("nan"), "low": 0.0, "high": 1.0}))
    made["headline"]["eer_per_person"] = None
    assert steady_numbers(made)["headline"]["eer"]["value"] is None
    files = write_audit(EXAMPLES["one"], RUN, tmp_path)
    text = files.report.read_text()
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True) + "\n"
    assert read_report(files.report) == steady_numbers(EXAMPLES["one"])


def test_the_run_keeps_its_timings_and_gains_host_and_versions(tmp_path: Path) -> None:
    run = json.loads(write_audit(report(), RUN, tmp_path).run.read_text())
    assert run["seconds"] == {"read": 1.25}
    assert {"platform", "python", "cpus"} <= set(run["host"])
    assert {"reid-risk", "numpy"} <= set(run["versions"])


def test_writing_again_replaces_own_files_and_leaves_others_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    write_audit(EXAMPLES["one"], RUN, tmp_path)
    files = write_audit(EXAMPLES["none"], RUN, tmp_path)
    assert read_report(files.report) == steady_numbers(EXAMPLES["none"])
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {
        "figures", "notes.txt", "report.html", "report.json", "run.json",
    }  # fmt: skip


def test_a_figure_that_this_report_does_not_have_is_not_left_over(tmp_path: Path) -> None:
    write_audit(EXAMPLES["one"], RUN, tmp_path)
    bare = report(headline=block(curves={"cmc": None, "det": None}))
    files = write_audit(bare, RUN, tmp_path)
    left = {f"{name}.{ending}" for name in ("risk", "threats", "who") for ending in ("svg", "png")}
    assert {path.name for path in (tmp_path / "figures").iterdir()} == left
    assert {path.name for path in files.figures} == left


def test_a_report_in_which_nothing_could_be_measured_still_gives_a_page(tmp_path: Path) -> None:
    empty = block(rank_1=0.5) | dict.fromkeys(
        ("rank_1", "rank_10", "eer", "eer_per_person", "auc", "maximum")
    )
    empty["curves"] = {"cmc": None, "det": None}
    files = write_audit(report(headline=empty), RUN, tmp_path)
    assert not files.figures
    assert "no measure could be taken" in page_of(files).text


@pytest.mark.parametrize("taken", ["", "figures"])
def test_a_file_where_a_folder_must_be_is_one_clear_error(tmp_path: Path, taken: str) -> None:
    out = tmp_path / "audit"
    if taken:
        out.mkdir()
    (out / taken if taken else out).write_text("here first")
    with pytest.raises(
        OutputError, match=r"^\w+ must be a folder that can be written; found: a file\."
    ) as caught:
        write_audit(report(), RUN, out)
    assert str(tmp_path) not in str(caught.value)


def test_a_folder_where_a_file_must_be_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()
    with pytest.raises(OutputError, match=r"^report\.json must be a file; found a folder") as caught:
        write_audit(report(), RUN, tmp_path)
    assert "\n" not in str(caught.value)


def test_a_folder_that_nobody_may_write_is_one_clear_error(tmp_path: Path) -> None:
    out = tmp_path / "audit"
    out.mkdir()
    out.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        (out / "probe").touch()
    except PermissionError:
        with pytest.raises(OutputError, match="must be a folder that can be written"):
            write_audit(report(), RUN, out)
    else:
        pytest.skip("this user may write everywhere")
    finally:
        out.chmod(stat.S_IRWXU)


def test_where_one_file_cannot_be_written_the_earlier_audit_stays_as_a_whole(tmp_path: Path) -> None:
    write_audit(report(), RUN, tmp_path)
    (tmp_path / "run.json").unlink()
    (tmp_path / "run.json").mkdir()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(OutputError, match=r"^run\.json"):
        write_audit(report(n_people=7), RUN, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_where_nobody_is_ranked_the_largest_of_all_is_an_auc(written: dict[str, AuditFiles]) -> None:
    assert "Largest of all: scaled-manhattan, an AUC of 0.960" in page_of(written["declared"]).text


def test_how_much_is_the_machine_stands_in_a_table_of_its_own(tmp_path: Path) -> None:
    page = write_audit(of_a_pointer(), {}, tmp_path).page.read_text(encoding="utf-8")
    rows = page.partition('<h3 id="machine">')[2].partition("<h3")[0]
    assert "110 ms apart" in rows
    assert "(4 left aside)" in rows
    assert "nothing is left to see" in rows
    without = write_audit(report(), {}, tmp_path / "keys").page
    assert 'id="machine"' not in without.read_text(encoding="utf-8")
