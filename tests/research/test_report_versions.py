"""What each version of a report leaves out, who may read it, and the forms in which it travels."""

import datetime as dt
import io
import zipfile

import pytest
from django.core import mail
from django.urls import reverse
from pptx import Presentation

from prodops.models import Notification, SearchEntry
from prodops.quarters import Quarter
from research.models import Audience, ReportMailing, ReportSubscription, Session
from research.queries import report_material, report_versions
from research.services import report_mail, report_slides, reports
from research.synthesis import audiences
from tests.factories.prodops import CustomerAccountFactory
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightReportFactory,
    ParticipantFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
)
from tests.research.reports import publish

pytestmark = pytest.mark.django_db
QUOTE = "I gave up after the second error, honestly."


@pytest.fixture
def report(ops, now):
    """Six interviewees said "Errors", two of them "Rare"; every second is of a small business."""
    errors, rare = TagFactory(name="Errors"), TagFactory(name="Rare")
    study = StudyFactory(method="interview")
    for n in range(6):
        account = CustomerAccountFactory(segment=("small", "mid")[n % 2])
        person = ParticipantFactory(account=account)
        session = SessionFactory(study=study, participant=person, held_on=dt.date(2026, 11, 2))
        cue = CueFactory(session=session, text=QUOTE, speaker=person.name)
        tagged = [errors, rare] if n < 2 else [errors]
        HighlightFactory(session=session, start_cue=cue, end_offset=len(cue.text), tagged=tagged)
    report = InsightReportFactory(year=2026, number=4, title="Insight report Q4 2026")
    reports.store(report, report_material.gather(Quarter(2026, 4)), at=now)
    return report


def kinds(report, audience):
    return {part.kind for part in report_versions.parts(report, audience)}


def test_each_version_leaves_out_what_it_says(report):
    internal, leadership, company = (report_versions.parts(report, one) for one in Audience)
    assert {"method", "coverage", "together", "reuse"} <= {part.kind for part in internal}
    assert not {"method", "together"} & {part.kind for part in leadership}
    assert not {"coverage", "reuse", "method"} & {part.kind for part in company}
    theme = {name: next(p for p in found if p.title == "Errors").data for name, found in
             (("i", internal), ("l", leadership), ("c", company))}  # fmt: skip
    assert (len(theme["i"]["quotes"]), len(theme["l"]["quotes"]), theme["c"]["quotes"]) == (3, 1, [])
    assert theme["i"]["segments"]
    assert theme["l"]["segments"] == theme["c"]["segments"] == []
    assert "Rare" in {part.title for part in internal}
    assert "Rare" not in {part.title for part in company}  # two people could be guessed
    for one in audiences.VERSIONS.values():
        assert bool(one.leaves_out) == (one.quotes < 3)


def test_shares_by_segment_say_when_they_are_of_too_few(report):
    errors = report.sections.get(title="Errors").data
    small = next(one for one in errors["segments"] if one["key"] == "small")
    assert (small["hits"], small["of"], small["few"]) == (3, 3, True)
    assert errors["kinds"][0]["few"] is False
    assert errors["methods"][0]["label"] == "Interview"


def test_an_editor_keeps_a_section_from_a_version(report, ops, now, as_):
    section = report.sections.get(key="summary")
    url = reverse("research:section_audience", args=[section.pk])
    as_(ops).post(url, {"kept": ["company", "nobody"]})
    section.refresh_from_db()
    assert section.kept_from == ["company"]
    assert "summary" not in kinds(report, Audience.COMPANY)
    assert "summary" in kinds(report, Audience.LEADERSHIP)


def test_who_does_not_read_research_reads_the_company_s_version(report, ops, now, as_, submitter, member):
    publish(report, by=ops, at=now)
    url = report.get_absolute_url()
    assert QUOTE not in as_(submitter).get(url).text
    assert QUOTE in as_(member).get(url).text
    for name in ("report_detail", "report_pdf", "report_pptx", "report_csv"):
        address = reverse(f"research:{name}", args=[report.pk])
        assert as_(submitter).get(address, {"for": "internal"}).status_code == 403
        assert as_(submitter).get(address).status_code == 200
    answer = as_(submitter).get(reverse("research:report_csv", args=[report.pk]))
    assert b"Rare" not in b"".join(answer.streaming_content)
    assert "Rare" not in SearchEntry.objects.get(kind="report", object_id=report.pk).body.split("\n")


def test_the_slides_say_the_same_and_have_the_same_bytes(report, ops, now):
    publish(report, by=ops, at=now)
    first = report_slides.of(report, Audience.INTERNAL)
    assert first == report_slides.of(report, Audience.INTERNAL)
    deck = Presentation(io.BytesIO(first))
    words = "\n".join(
        shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame
    )
    assert "Insight report Q4 2026" in words
    assert QUOTE in words
    assert any(shape.has_table for slide in deck.slides for shape in slide.shapes)
    assert {info.date_time for info in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {
        (1980, 1, 1, 0, 0, 0)
    }
    Session.objects.update(withdrawn_at=now)
    assert QUOTE not in "".join(
        shape.text_frame.text
        for slide in Presentation(io.BytesIO(report_slides.of(report, Audience.INTERNAL))).slides
        for shape in slide.shapes
        if shape.has_text_frame
    )


def test_what_a_participant_took_back_is_counted_no_more_and_marked_where_it_stood(
    report, ops, now, as_, member
):
    publish(report, by=ops, at=now)
    Session.objects.update(withdrawn_at=now)
    page = as_(member).get(report.get_absolute_url()).text
    assert QUOTE not in page
    assert "took back their" in page
    again = report_material.gather(Quarter(2026, 4))
    assert (again.now.total.sessions, again.quotes) == (0, {})


def test_subscribers_get_it_once_in_their_version(
    report, ops, member, submitter, now, as_, django_capture_on_commit_callbacks
):
    url = reverse("research:report_subscribe")
    as_(member).post(url, {"audience": "internal"})
    as_(submitter).post(url, {"audience": "internal"})  # which a submitter does not read
    assert not ReportSubscription.objects.filter(user=submitter).exists()
    as_(submitter).post(url, {"audience": "company"})
    with django_capture_on_commit_callbacks(execute=True):
        publish(report, by=ops, at=now)
    sent = {message.to[0]: message for message in mail.outbox if "Version:" in message.body}
    assert set(sent) == {member.email, submitter.email}
    assert "Rare" in sent[member.email].body
    assert "Rare" not in sent[submitter.email].body
    assert ReportMailing.objects.filter(mailed_at=None).count() == 0
    assert report_mail.send(report, at=now) == 0
    assert len([one for one in mail.outbox if "Version:" in one.body]) == 2
    assert not Notification.objects.filter(recipient=member, mailed_at=None).exists()
    as_(member).post(url, {"audience": ""})
    assert not ReportSubscription.objects.filter(user=member).exists()
