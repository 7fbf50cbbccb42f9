"""Documents say the same in every format, and nothing that others wrote is more than text in any of them."""

import io
import json
import re
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from reid.errors import OutputError, ParameterError, SourceError, UnknownNameError
from reid.evaluation.audit import audit
from reid.events.parquet import write_events
from reid.events.reading import read_source
from reid.made_with import code_mark
from reid.reports.document.audit import audit_document
from reid.reports.document.blocks import Document, Drawn, Heading, Paragraph, Table
from reid.reports.document.declared import Declared
from reid.reports.document.evidence import EVIDENCE, verify
from reid.reports.document.filing import Wish, write_report
from reid.reports.document.html import as_html
from reid.reports.document.markdown import as_markdown
from reid.reports.document.pdf import as_pdf
from reid.reports.drawings import figures
from reid.reports.page import write_audit
from reid.seeding import Streams
from reid.study.run import run_study
from reid.synthetic.truth import generate
from tests.cli.conftest import Run, run_reid
from tests.reports.report_examples import EXAMPLES, HOSTILE, report
from tests.study.studies import PEOPLE, declared

__all__ = ["run_reid"]  # a fixture

pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
HAS_TYPST = find_spec("typst") is not None
TYPST = pytest.mark.skipif(not HAS_TYPST, reason="Typst is not installed")
FORMATS = ("html", "md", "pdf") if HAS_TYPST else ("html", "md")
FORMULA = re.compile(r"^[=+@-]")


class Shown(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.told: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:  # noqa: ARG002  as the base class has it
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.told.append(data)


def words(document: Document) -> list[str]:
    """Return the texts of headings, paragraphs and cells."""
    found: list[str] = []
    for block in document.flat():
        if isinstance(block, Heading | Paragraph):
            found.append(block.text)
        elif isinstance(block, Table):
            found += [cell.text for group in block.groups for row in group.rows for cell in row.cells]
    return found


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b\u00ad\u2010-]+", "", text)


@pytest.fixture(scope="module")
def hostile() -> Document:
    return audit_document(EXAMPLES["hostile"], figures(EXAMPLES["hostile"])[:2])


@pytest.fixture(scope="module")
def pdf(hostile: Document) -> Any:
    pytest.importorskip("typst", reason="Typst is not installed")
    return pypdf.PdfReader(io.BytesIO(as_pdf(hostile)))


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_part_stands_in_order_and_every_anchor_once(name: str) -> None:
    document = audit_document(EXAMPLES[name], ())
    headings = [block for block in document.flat() if isinstance(block, Heading)]
    parts = [block.text for block in headings if block.level == 2]
    assert parts == [
        "What weakens this answer", "What was not tested", "Who could attack, and what they learn",
        "What each protection leaves and costs", "Whom it does not protect", "Recommendation",
        "Three questions of data-protection law", "Measured, declared, combined", "How to read this",
        "Methods", "Limits", "References", "How to reproduce this",
    ]  # fmt: skip
    anchors = [block.anchor for block in headings]
    assert len(set(anchors)) == len(anchors)
    for _, table in document.tables():
        widths = {len(row.cells) for group in table.groups for row in group.rows}
        assert widths <= {len(table.columns)}


def test_html_and_markdown_hold_every_word(hostile: Document) -> None:
    html = squeezed("".join(Shown(as_html(hostile)).told))
    markdown = as_markdown(hostile)
    plain = re.sub(r"\\(?=[^\w\s])", "", markdown)
    for name, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        plain = plain.replace(name, sign)
    for text in words(hostile):
        assert squeezed(text) in html
        assert squeezed(text) in squeezed(plain)


def test_in_html_and_markdown_hostile_text_is_neither_tag_nor_link(hostile: Document) -> None:
    assert Shown(as_html(hostile)).tags <= {
        "html", "head", "meta", "title", "style", "script", "body", "main", "nav", "h1", "h2", "h3", "p",
        "strong", "bdi", "span", "div", "ul", "ol", "li", "dl", "dt", "dd",
        "a", "figure", "img", "figcaption", "table",
        "caption", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    told = as_markdown(
        Document("a [b](http://c)", "", (Paragraph("# <img src=x> www.d.e `f` _g_ x@y.z $h$"),))
    )
    assert "<" not in told
    assert not re.search(r"(?<!\\)[`\[\]_$@]", told)
    assert "http:/" not in told
    assert "www.d" not in told
    assert "<" not in as_markdown(hostile)


def test_the_pdf_is_tagged_has_a_language_bookmarks_and_its_fonts(pdf: Any) -> None:
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert pdf.metadata.title == "Re-identification risk of a log"
    assert b"pdfuaid" in pdf.xmp_metadata.stream.get_data()
    bookmarks = [mark.title for mark in pdf.outline if not isinstance(mark, list)]
    assert "Recommendation" in bookmarks
    assert "/CreationDate" not in (pdf.metadata or {})
    fonts = [font.get_object() for page in pdf.pages for font in page["/Resources"].get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        (inner,) = font["/DescendantFonts"]
        assert {"/FontFile2", "/FontFile3"} & set(inner.get_object()["/FontDescriptor"])
    assert "/JavaScript" not in str(root)


def test_every_figure_of_the_pdf_has_its_words(pdf: Any, hostile: Document) -> None:
    found: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for each in node:
                walk(each)
        elif isinstance(node, dict):
            if node.get("/S") == "/Figure":
                found.append(str(node.get("/Alt", "")))
            if "/K" in node:
                walk(node["/K"])

    walk(pdf.trailer["/Root"]["/StructTreeRoot"])
    told = [block.alt for block in hostile.flat() if isinstance(block, Drawn)]
    assert len(found) == len(told) == 2
    assert all(len(alt) > 20 for alt in found)


def test_the_text_of_the_pdf_can_be_taken_out_and_hostile_text_is_in_it(pdf: Any) -> None:
    text = squeezed("".join(page.extract_text() for page in pdf.pages))
    assert squeezed('<script>alert("x")</script>') in text
    assert "Whatweakensthisanswer" in text
    assert "\u202e" not in text


@TYPST
def test_a_pdf_is_the_same_bytes_twice_on_either_paper() -> None:
    document = audit_document(EXAMPLES["one"], ())
    once, again = as_pdf(document), as_pdf(document)
    assert once == again
    sizes = {}
    for paper in ("a4", "letter"):
        box = pypdf.PdfReader(io.BytesIO(as_pdf(document, paper))).pages[0].mediabox
        sizes[paper] = (round(box.width), round(box.height))
    assert sizes == {"a4": (595, 842), "letter": (612, 792)}
    with pytest.raises(UnknownNameError, match="paper"):
        as_pdf(document, "a5")


@TYPST
def test_text_is_no_typst_and_reads_no_file() -> None:
    tried = '#read("/etc/hostname") #image("x") $x$ *b* _i_ @label <l> #panic()'
    told = pypdf.PdfReader(io.BytesIO(as_pdf(Document("t", "", (Paragraph(tried),)))))
    assert squeezed(tried) in squeezed(told.pages[0].extract_text())


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filed")
    write_audit(EXAMPLES["hostile"], {}, folder)
    write_report(folder, Wish(formats=FORMATS))
    return folder


def test_no_cell_of_a_figures_data_is_a_formula(tmp_path: Path) -> None:
    made = report()
    made["headline"] = {**made["headline"], "strategy": '=cmd|" /C calc"!A0'}
    write_audit(made, {}, tmp_path)
    write_report(tmp_path, Wish(formats=("md",)))
    tables = list((tmp_path / "figures").glob("*.csv"))
    assert tables
    for path in tables:
        for cell in re.split(r"[,\n]", path.read_text()):
            if FORMULA.match(cell.strip('"')):
                float(cell)  # a number
    assert any("'=cmd" in path.read_text() for path in tables)


def test_an_audit_made_anew_takes_the_documents_of_the_one_before_with_it(tmp_path: Path) -> None:
    write_audit(report(), {}, tmp_path)
    (tmp_path / "report.md").write_text("somebody's own")
    write_audit(report(), {}, tmp_path)
    assert (tmp_path / "report.md").read_text() == "somebody's own"
    audited = {path for path in tmp_path.rglob("*") if path.is_file()} - {tmp_path / "report.md"}
    write_report(tmp_path, Wish(formats=("html", "md")))
    write_audit(report(), {}, tmp_path)
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == audited


def test_the_tables_of_a_study_are_among_its_evidence(tmp_path: Path) -> None:
    run_study(declared(tmp_path, strategies=["key-classes"]), tmp_path / "study")
    write_report(tmp_path / "study", Wish(formats=("md",)))
    assert verify(tmp_path / "study", code_mark()).holds
    (tmp_path / "study" / "results.parquet").write_bytes(b"other")
    assert verify(tmp_path / "study", code_mark()).differing == ("results.parquet",)


def test_evidence_tells_which_file_is_not_as_it_was_written(
    filed: Path, tmp_path: Path, run_reid: Run
) -> None:
    for path in filed.rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(filed)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    assert verify(tmp_path, code_mark()).holds
    assert not verify(tmp_path, "another").same_code
    assert run_reid("report", tmp_path, "--verify").code == 0
    (tmp_path / "report.md").write_text("changed")
    (tmp_path / "figures" / "risk.png").unlink()
    found = verify(tmp_path, code_mark())
    assert found.differing == ("report.md",)
    assert found.missing == ("figures/risk.png",)
    outcome = run_reid("report", tmp_path, "--verify")
    assert outcome.code == 1
    assert "Differs: report.md" in outcome.out
    evidence = json.loads((tmp_path / EVIDENCE).read_text())
    assert evidence["numbers"]["report"]["headline"]["n_people"] == 1000
    assert {row[1] for table in evidence["tables"] for row in table["rows"]} >= {"raw log"}
    evidence["written"]["../outside"] = "sha256:0"
    (tmp_path / EVIDENCE).write_text(json.dumps(evidence))
    with pytest.raises(SourceError, match="must name files of its folder"):
        verify(tmp_path, code_mark())


def test_one_figure_alone_can_be_had_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    write_audit(EXAMPLES["one"], {}, tmp_path)
    written = write_report(tmp_path, Wish(only="risk", size="slide"))
    assert {path.name for path in written} == {"risk.svg", "risk.png", "risk.pdf", "risk.csv"}
    assert not (tmp_path / EVIDENCE).exists()
    with pytest.raises(UnknownNameError, match="Unknown figure 'risc'"):
        write_report(tmp_path, Wish(only="risc"))
    with pytest.raises(UnknownNameError, match="format"):
        Wish(formats=("docx",))
    with pytest.raises((SourceError, OutputError)):
        write_report(tmp_path / "none", Wish())


def test_why_an_attacker_was_not_tried_is_told_once_for_all_logs() -> None:
    why = "a lazy attacker must have other people to learn from; found the closed set."
    made = report(["time-grid(step_ms=16)", "drop-release"])
    tried = made["headline"]["rank_1"]
    for block in made["results"]:
        rungs = {
            name: {
                "attacker": "x",
                "auc": None,
                "eer": None,
                "rank_1": rate,
                "sentence": "learns",
                "why_none": no,
            }
            for name, rate, no in (("informed", tried, None), ("lazy", None, why))
        }
        block["threats"] = {"rungs": rungs, "risk": {"threat": "informed", "rank_1": tried}}
    told = " ".join(words(audit_document(made, ())))
    assert told.count(why.rstrip(".")) == 1
    assert "informed of the protection" in told


def test_what_was_declared_is_told_apart_from_what_was_measured() -> None:
    told = " ".join(words(audit_document(EXAMPLES["one"], (), Declared(0.1, 50))))
    assert "somebody attacks has a probability of 10 %" in told
    assert "recordings of 50 people shall be released" in told
    rate = {"value": 0.5, "low": 0.4, "high": 0.6}
    assert "at least 5.0 % (4.0\u20136.0)" in Declared(0.1).combined(rate, "x")
    assert "20 to 30 of 50 people" in Declared(people=50).combined(rate, "x")
    for wrong in (0.0, 1.5, float("nan")):
        with pytest.raises(ParameterError, match="--attack-likelihood"):
            Declared(wrong)


def test_nothing_typed_no_pseudonym_and_no_place_of_a_machine_is_in_any_file(tmp_path: Path) -> None:
    folder = tmp_path / "SECRETPLACE"
    study = declared(folder, strategies=["time-grid(step_ms=100)"], releases=1)
    source = folder / "people.parquet"
    log = generate(PEOPLE, Streams(1))
    names = ("subject_id", "session_id")
    secret = [pl.concat_str(pl.lit("SECRETNAME"), pl.col(name).cast(pl.String)).alias(name) for name in names]
    renamed = type(log).from_frame(log.frame.with_columns(*secret, char=pl.lit("\u0416")))
    write_events(renamed, source)
    run_study(study, folder / "out")
    found = audit(read_source(source), regime="closed-set", attackers=("scaled-manhattan",), adequacy="none")
    write_audit(found.report, found.run, folder / "audit")
    written = [
        path for name in ("out", "audit") for path in write_report(folder / name, Wish(formats=FORMATS))
    ]
    assert len(written) > 20
    for path in written:
        content = path.read_bytes()
        texts = [content.decode("utf-8", errors="ignore")]
        if path.suffix == ".pdf":
            texts.append("".join(page.extract_text() for page in pypdf.PdfReader(path).pages))
        for text in texts:
            assert "SECRET" not in text
            assert str(tmp_path) not in text
            assert HOSTILE not in text
        if path.suffix in {".html", ".md", ".csv", ".json"}:
            assert "\u0416" not in texts[0]
