import datetime as dt
import io
import json

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from prodops.quarters import Quarter
from research.models import InsightReport, Session
from research.queries import report_material
from research.services import report_pdf, reports
from research.synthesis.markup import tree
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightReportFactory,
    ReportSectionFactory,
    SessionFactory,
    TagFactory,
)
from tests.research.reports import publish

ODD = [
    "#set text(red) $x$ @ref <label> *a* _b_ `c` \\ // \" ' ~ -- [x](y)",
    "🎉 👩‍👩‍👧 ناقل הובלה 運送 ไทย \u202e reversed \u200d",
    "W" * 10_000,
    "word " * 5_000,
    "\x01\x07\x1b control",
    "> > > > > > > > > > > > > > > deep",
    "| a | b |\n|---|---|\n| 1 |",
    "1. one\n2. two\n   - inner\n\n```\ncode\n```\n\n---\n\n![alt](x.png) <b>raw</b>",
    "[run](javascript:alert(1)) [fine](https://example.com/?a=1&b=2)",
]


def text_of(data):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages).split())


@pytest.fixture
def built(ops, now):
    """A report of one session and one tagged quote."""
    session = SessionFactory(held_on=dt.date(2026, 11, 2))
    cue = CueFactory(session=session, text="I gave up after the second error, honestly.")
    HighlightFactory(
        session=session, start_cue=cue, end_offset=len(cue.text), tagged=[TagFactory(name="Errors")]
    )
    report = InsightReportFactory(year=2026, number=4, title="Insight report Q4 2026")
    reports.store(report, report_material.gather(Quarter(2026, 4)), at=now)
    return report


@pytest.mark.django_db
def test_the_pdf_has_the_title_the_words_and_a_quote(built, ops, now, as_, submitter):
    opening = built.sections.get(key="opening")
    reports.edit(opening, title="What stood out", body="It **matters** a lot.", version=1, by=ops, at=now)
    publish(built, by=ops, at=now)
    answer = as_(submitter).get(reverse("research:report_pdf", args=[built.pk]))
    assert answer.headers["Content-Type"] == "application/pdf"
    text = text_of(answer.content)
    for words in ("Insight report Q4 2026", "It matters a lot"):
        assert words in text
    assert "I gave up" not in text  # what customers said word for word is not in the company's version
    reader = PdfReader(io.BytesIO(answer.content))
    assert reader.metadata.title == "Insight report Q4 2026"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.django_db
def test_the_same_report_gives_the_same_bytes_and_is_kept(built, ops, now, monkeypatch):
    publish(built, by=ops, at=now)
    first = report_pdf.of(built)
    with monkeypatch.context() as patch:
        patch.setattr(report_pdf, "pdf", None)  # the kept file answers
        assert report_pdf.of(built) == first
    (kept,) = default_storage.listdir("reports")[1]
    default_storage.delete(f"reports/{kept}")
    assert report_pdf.of(built) == first


@pytest.mark.django_db
def test_what_is_removed_from_research_leaves_the_published_report(built, ops, now, as_, submitter, member):
    publish(built, by=ops, at=now)
    quote = "I gave up after the second error"
    assert quote in text_of(report_pdf.of(built))
    Session.objects.all().delete()
    assert quote not in text_of(report_pdf.of(built))
    assert "removed from research since" in text_of(report_pdf.of(built))
    page = as_(member).get(built.get_absolute_url()).content.decode()
    assert quote not in page
    assert "removed from research since" in page
    assert quote not in as_(submitter).get(built.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_only_those_who_read_research_get_links_into_it(built, ops, now, as_, submitter, member):
    publish(built, by=ops, at=now)
    session = Session.objects.get()
    moment = f"{session.get_absolute_url()}#c"
    assert moment in as_(member).get(built.get_absolute_url()).content.decode()
    assert "/research/sessions/" not in as_(submitter).get(built.get_absolute_url()).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("body", ODD)
def test_no_text_breaks_the_pdf(body):
    report = InsightReportFactory(title=body[:200].replace("\n", " "))
    ReportSectionFactory(report=report, title=body[:200].replace("\n", " "), body=body)
    assert report_pdf.of(InsightReport.objects.get()).startswith(b"%PDF")


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_markdown_becomes_a_tree_of_known_nodes(source):
    kinds = {"text", "p", "strong", "em", "strike", "code", "break", "rule", "heading", "link", "quote"}
    kinds |= {"ul", "ol", "li", "table", "tr", "cell"}

    def check(nodes):
        for node in nodes:
            assert node["k"] in kinds
            check(node.get("c", []))

    check(tree(source))


def test_a_link_that_could_run_is_only_its_text():
    for address in ("ftp://example.com", "//example.com", "file:///etc/passwd"):
        assert '"link"' not in json.dumps(tree(f"[words]({address})"))
