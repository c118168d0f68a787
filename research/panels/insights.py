"""What research shows of its insights and reports: at areas, on the home and the search page."""

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from prodops import panels
from prodops.access import Can, allowed
from prodops.quarters import Quarter
from research import queries
from research.models import Insight, InsightReport, InsightReview, InsightStatus, Study, Verdict
from research.panels.showing import SHOWN, first, panel

NEAR_END, OVERDUE = 14, 45  # days before and after a quarter ends in which its report is on the home page


def _area_research(request, area):
    if not allowed(request.user, Can.RESEARCH_READ):
        return None
    insights = list(
        Insight.objects.visible_to(request.user)
        .filter(area=area)
        .for_list()
        .order_by("-updated_at", "-pk")[: SHOWN + 1]
    )
    studies = list(
        Study.objects.visible_to(request.user)
        .filter(area=area)
        .for_list()
        .order_by("-created_at", "-pk")[: SHOWN + 1]
    )
    if not insights and not studies:
        return None
    context = {"insights": insights[:SHOWN], "studies": studies[:SHOWN], "area": area}
    return panel("research-area", "Research", "area", context)


def _same_sources(request, insight):
    """Other insights on the same highlights: agreeing, or about to contradict each other."""
    shared = (
        Insight.objects.visible_to(request.user)
        .filter(evidence__highlight__evidence__insight=insight)
        .exclude(pk=insight.pk)
        .distinct()
    )
    rows = list(shared.for_list().order_by("-updated_at", "-pk")[: SHOWN + 1])
    if not rows:
        return None
    return panel("research-shared", "Also standing on this evidence", "insights", first(rows))


def _asks_for(user):
    """The condition of insights that wait for the person: to finish, to review, to look at again."""
    overdue = Q(status=InsightStatus.PUBLISHED, review_by__lt=timezone.localdate())
    asked = InsightReview.objects.filter(reviewer=user, verdict=Verdict.WAITING).values("insight")
    mine = Q(owner=user) & (Q(status__in=[InsightStatus.DRAFT, InsightStatus.IN_REVIEW]) | overdue)
    return mine | Q(status=InsightStatus.IN_REVIEW, pk__in=asked)


def _home(request, subject):
    if not allowed(request.user, Can.RESEARCH_EDIT):
        return None
    studies = list(
        Study.objects.visible_to(request.user)
        .filter(lead=request.user)
        .for_list()
        .order_by("-created_at", "-pk")[:4]
    )
    drafts = list(
        Insight.objects.visible_to(request.user)
        .filter(_asks_for(request.user))
        .for_list()
        .order_by("-updated_at", "-pk")[:4]
    )
    if not studies and not drafts:
        return None
    counts = queries.study_counts(studies)
    context = {"studies": studies, "drafts": drafts, "counts": counts, "today": timezone.localdate()}
    return panel("research-mine", "My studies and drafts", "mine", context)


def _report_due(request, subject):
    """For those who run reports: what the report of the quarter that ends, or has just ended, lacks."""
    if not allowed(request.user, Can.REPORT_RUN):
        return None
    today = timezone.localdate()
    quarter = Quarter.of(today, settings.FISCAL_YEAR_START_MONTH)
    if (quarter.last_day - today).days > NEAR_END:
        quarter = quarter.previous
        if (today - quarter.last_day).days > OVERDUE:
            return None
    known = InsightReport.objects.of(quarter).for_list().order_by("-edition").first()
    if known is not None and known.is_published:
        return None
    return panel(
        "report-due", f"Insight report {quarter}", "report_due", {"quarter": quarter, "report": known}
    )


def _ask(request, found):
    """On the search page: the same words as a question."""
    if not allowed(request.user, Can.RESEARCH_READ):
        return None
    return panel("research-ask", "Do we already know this?", "ask", {"text": found.text})


panels.register("search", "research-ask", _ask, order=10)
panels.register("home", "report-due", _report_due, order=15)
panels.register("prodops.productarea", "research-area", _area_research, order=20)
panels.register("research.insight", "research-shared", _same_sources, order=90)
panels.register("home", "research-mine", _home, order=40)
