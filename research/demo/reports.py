"""The insight reports of the demo company's year, by the real builder; the running quarter's is a draft."""

import datetime as dt

from django.conf import settings

from prodops import search
from prodops.models import Role
from prodops.quarters import Quarter
from research.models import Audience, InsightReport, ReportReview, ReportState, ReportSubscription
from research.queries import report_material, report_untagged
from research.services import report_themes, reports

QUARTERS = 5  # the running one, the three before, and the same quarter a year ago
RUNNING = "The quarter is still running: *the numbers are as of today*. The words come when it is over."
THIN = "Few insights came out of this quarter. Read the themes below as **leads to follow**, not as findings."
TAKE = "What we take into planning from this quarter’s research:"


def build(world):
    """Build and, but for the running quarter, publish; returns how many."""
    ops = next(person for person in world.people.values() if person.role == Role.PRODUCT_OPS)
    quarter = Quarter.of(world.today, settings.FISCAL_YEAR_START_MONTH)
    for back in range(QUARTERS):
        _report(world, quarter, back, ops)
        quarter = quarter.previous
    return QUARTERS


def _report(world, quarter, back, ops):
    running = world.today in quarter
    at = dt.datetime.combine(
        world.day(1) if running else quarter.next.first_day + dt.timedelta(days=6), dt.time(9), tzinfo=dt.UTC
    )
    report = InsightReport.objects.create(
        year=quarter.year,
        number=quarter.number,
        title=reports.title_of(quarter),
        created_by=ops,
        created_at=at,
    )
    reports.store(report, report_material.gather(quarter), at=at)
    if running:
        _in_progress(world, report, quarter, ops, at)
    report.sections.filter(key="opening").update(body=RUNNING if running else _opening(report))
    if not running:
        published = at + dt.timedelta(days=2)
        InsightReport.objects.filter(pk=report.pk).update(
            state=ReportState.PUBLISHED, published_at=published, published_by=ops
        )
        report.refresh_from_db()
    search.index(report)


def _in_progress(world, report, quarter, ops, at):
    """The draft has suggested themes to decide, and a reviewer who has not answered yet."""
    # by words: nobody waits for vectors when the company is built
    report_themes.renew(report, report_untagged.found(quarter, plain=True))
    reviewer = next(person for person in world.people.values() if person.role == Role.MEMBER)
    ReportReview.objects.create(report=report, reviewer=reviewer, asked_by=ops, asked_at=at)
    ReportSubscription.objects.create(user=reviewer, audience=Audience.LEADERSHIP, since=at)


def _opening(report):
    """Commentary that is true of whatever the quarter holds on the day the demo is built."""
    claims = [one["title"] for one in report.sections.get(key="insights").data["insights"]][:4]
    return "\n".join([TAKE, "", *(f"- {claim}." for claim in claims)]) if len(claims) > 1 else THIN
