"""A report is read by somebody else before everybody gets it."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from prodops.models import Notification
from research.models import ReportReview
from research.services import report_reviews, reports
from tests.factories.research import InsightReportFactory, ReportSectionFactory
from tests.research.reports import agree

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    return InsightReportFactory()


@pytest.fixture
def section(report):
    return ReportSectionFactory(report=report, title="What stood out", body="Words.")


def test_nobody_publishes_what_nobody_else_has_read(report, ops, now, as_, member):
    with pytest.raises(reports.Refused, match="Somebody else"):
        reports.publish(report, by=ops, at=now)
    report_reviews.ask(report, [member], by=ops, at=now)
    report_reviews.say(report, "changes", note="Name the gaps.", by=member, at=now)
    with pytest.raises(reports.Refused, match="asks for changes"):
        reports.publish(report, by=ops, at=now)
    report_reviews.say(report, "agreed", by=member, at=now)
    as_(ops).post(reverse("research:report_publish", args=[report.pk]))
    report.refresh_from_db()
    assert report.is_published


def test_an_edit_takes_back_what_was_said_of_other_words(report, section, ops, now):
    review = agree(report, at=now)
    reports.edit(section, title="New", body="Other words.", version=1, by=ops, at=now)
    review.refresh_from_db()
    assert (review.verdict, review.said_at) == ("", None)


def test_nobody_reviews_what_they_ask_about_themselves(report, ops, now):
    with pytest.raises(reports.Refused):
        report_reviews.ask(report, [ops], by=ops, at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportReview.objects.create(report=report, reviewer=ops, asked_by=ops, asked_at=now)


def test_a_reviewer_reads_the_draft_and_says_what_they_think(
    report, section, ops, member, submitter, as_, django_capture_on_commit_callbacks
):
    url = report.get_absolute_url()
    assert as_(member).get(url).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        as_(ops).post(reverse("research:report_review_ask", args=[report.pk]), {"reviewer": member.pk})
    assert Notification.objects.filter(recipient=member, url=url).exists()
    page = as_(member).get(url).text
    assert "You were asked to review it" in page
    assert reverse("research:section_edit", args=[section.pk]) not in page
    assert as_(submitter).get(url).status_code == 404
    say = reverse("research:report_review_say", args=[report.pk])
    with django_capture_on_commit_callbacks(execute=True):
        as_(member).post(say, {"verdict": "changes", "note": ""})
        assert ReportReview.objects.get().verdict == ""  # changes need a word on which
        as_(member).post(say, {"verdict": "agreed"})
    assert ReportReview.objects.get().verdict == "agreed"
    assert Notification.objects.filter(recipient=ops, url=url).exists()
    as_(ops).post(reverse("research:report_review_excuse", args=[report.pk, member.pk]))
    assert not ReportReview.objects.exists()
