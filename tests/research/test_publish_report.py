import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.urls import reverse

from prodops.access import Can
from prodops.models import Event, Notification, SearchEntry
from research.models import InsightReport, ReportSection
from research.services import reports
from research.subscribers import tell_of_report
from tests.factories.research import InsightReportFactory, ReportSectionFactory
from tests.research.reports import publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def report():
    return InsightReportFactory()


@pytest.fixture
def section(report):
    return ReportSectionFactory(report=report)


def test_publishing_happens_once(report, ops, now):
    publish(report, by=ops, at=now)
    with pytest.raises(reports.Refused):
        reports.publish(report, by=ops, at=now)
    assert (report.published_by, report.published_at) == (ops, now)
    assert Event.objects.filter(verb="report.published").count() == 1


def test_what_is_not_built_is_not_published(ops, now):
    report = InsightReportFactory(state="building", built_at=None)
    with pytest.raises(reports.Refused):
        reports.publish(report, by=ops, at=now)


def test_a_published_report_takes_no_change(report, section, ops, now):
    publish(report, by=ops, at=now)
    for attempt in (
        lambda: reports.edit(section, title="x", body="x", version=1, by=ops, at=now),
        lambda: reports.move(section, steps=1, by=ops, at=now),
        lambda: reports.show(section, shown=False, by=ops, at=now),
        lambda: reports.remove_text(section, by=ops, at=now),
        lambda: reports.rename(report, title="x", by=ops, at=now),
        lambda: reports.add_text(report, title="x", by=ops, at=now),
        lambda: reports.discard(report, by=ops, at=now),
    ):
        with pytest.raises(reports.Frozen):
            attempt()


def test_the_database_holds_it_frozen_too(report, section, ops, now):
    publish(report, by=ops, at=now)
    for attempt in (
        lambda: InsightReport.objects.update(title="x"),
        lambda: InsightReport.objects.all().delete(),
        lambda: ReportSection.objects.update(body="x"),
        lambda: ReportSection.objects.all().delete(),
        lambda: ReportSectionFactory(report=report),
    ):
        with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            attempt()


def test_readers_get_the_published_report_and_no_draft(report, as_, submitter, member, ops, now):
    for reader in (submitter, member):
        assert as_(reader).get(report.get_absolute_url()).status_code == 404
        assert as_(reader).get(reverse("research:report_csv", args=[report.pk])).status_code == 404
        assert report.title not in as_(reader).get(reverse("research:report_list")).content.decode()
    publish(report, by=ops, at=now)
    for reader in (submitter, member):
        assert report.title in as_(reader).get(report.get_absolute_url()).content.decode()
        assert report.title in as_(reader).get(reverse("research:report_list")).content.decode()


def test_only_product_ops_builds_edits_and_publishes(report, section, as_, submitter, member):
    for reader in (submitter, member):
        for name in ("publish", "rebuild", "cancel", "discard", "rename"):
            assert as_(reader).post(reverse(f"research:report_{name}", args=[report.pk])).status_code == 403
        for name in ("edit", "move", "show", "remove"):
            assert as_(reader).post(reverse(f"research:section_{name}", args=[section.pk])).status_code == 403
        assert as_(reader).get(reverse("research:report_build")).status_code == 403


def test_hidden_and_empty_sections_are_left_out(report, section, as_, submitter, ops, now):
    written = ReportSectionFactory(report=report, title="Told to all", body="Words.")
    ReportSectionFactory(report=report, title="Kept back", body="Words.", hidden=True)
    publish(report, by=ops, at=now)
    page = as_(submitter).get(report.get_absolute_url()).content.decode()
    assert written.title in page
    assert "Kept back" not in page
    assert section.title not in page


def test_everybody_is_told_once_and_the_pdf_is_made(
    report, ops, submitter, member, now, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        publish(report, by=ops, at=now)
    event = Event.objects.get(verb="report.published")
    tell_of_report(event)  # delivered a second time
    told = Notification.objects.filter(event=event)
    assert {one.recipient for one in told} >= {submitter, member}
    assert ops not in {one.recipient for one in told}
    assert {one.url for one in told} == {report.get_absolute_url()}
    assert default_storage.listdir("reports")[1]


def test_everybody_finds_what_is_published_and_only_ops_a_draft(report, ops, now):
    reports.rename(report, title="A year of trust", by=ops, at=now)
    entry = SearchEntry.objects.get(kind="report", object_id=report.pk)
    assert entry.capability == Can.REPORT_RUN
    publish(report, by=ops, at=now)
    entry.refresh_from_db()
    assert entry.capability == Can.REPORT_READ
