"""What tests of the insight report share."""

from research.models import ReportReview, Verdict
from research.services import reports
from tests.factories.prodops import UserFactory


def agree(report, *, at, reviewer=None):
    """Somebody other than its editors has read the draft and agreed."""
    asked_by = UserFactory()
    return ReportReview.objects.create(
        report=report,
        reviewer=reviewer or UserFactory(),
        asked_by=asked_by,
        asked_at=at,
        verdict=Verdict.AGREED,
        said_at=at,
    )


def publish(report, *, by, at):
    """Publish a report that somebody agreed with."""
    agree(report, at=at)
    reports.publish(report, by=by, at=at)
