"""Samples of the insight report's addresses beside its page: reviews, versions, suggested themes."""

from django.utils import timezone

from research.models import ReportReview, ThemeSuggestion
from tests.factories.prodops import UserFactory
from tests.factories.research import InsightReportFactory, ReportSectionFactory


def _draft(people):
    return {"pk": InsightReportFactory().pk}


def _section(people):
    return {"pk": ReportSectionFactory().pk}


def _reviewed(people):
    report = InsightReportFactory()
    review = ReportReview.objects.create(
        report=report, reviewer=UserFactory(), asked_by=UserFactory(), asked_at=timezone.now()
    )
    return {"pk": report.pk, "reviewer": review.reviewer_id}


def _theme(people):
    suggestion = ThemeSuggestion.objects.create(
        report=InsightReportFactory(), key="a", label="Waiting", sentences=4, people=3
    )
    return {"pk": suggestion.pk}


REPORT_SAMPLES = {
    "research:report_pptx": lambda people: {"pk": InsightReportFactory(published=True).pk},
    "research:report_review_ask": _draft,
    "research:report_review_say": lambda people: {"pk": InsightReportFactory(published=True).pk},
    "research:report_review_excuse": _reviewed,
    "research:report_themes": _draft,
    "research:theme_accept": _theme,
    "research:theme_reject": _theme,
    "research:section_audience": _section,
}
