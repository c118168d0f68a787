"""Where research stands in the navigation, and what of it other pages show."""

from django.utils import timezone

from prodops import custom_fields, nav, subjects
from prodops.access import Can, allowed
from research.models import Booking, BookingState, Incentive, IncentiveState, InsightReport, Seat
from research.panels import insights, showing, studies, times, words
from research.queries import recruit_board

__all__ = ["insights", "showing", "studies", "times", "words"]


def _report_drafts(user):
    """Reports that wait to be finished, for those who can."""
    return InsightReport.objects.live() if allowed(user, Can.REPORT_RUN) else None


def _unsaid(user):
    """Sessions that the person held, or should have, and of which nobody has said how they went."""
    if not allowed(user, Can.RESEARCH_EDIT):
        return None
    over = Booking.objects.filter(state=BookingState.BOOKED, ends_at__lt=timezone.now())
    return over.filter(pk__in=Seat.objects.filter(host=user, live=True).values("booking"))


def _to_approve(user):
    """Incentives that somebody else entered, for those who approve."""
    if not allowed(user, Can.INCENTIVE_APPROVE):
        return None
    return Incentive.objects.filter(state=IncentiveState.DUE).exclude(created_by=user)


nav.register(
    "research",
    nav.Item(
        "Studies",
        "research:study_list",
        Can.RESEARCH_READ,
        key="s",
        under=("../imports/", "../surveys/", "../usability/"),
    ),
    nav.Item(
        "Sessions",
        "research:session_list",
        Can.RESEARCH_READ,
        under=("../texts/", "../cues/", "../recordings/"),
    ),
    nav.Item(
        "Booked sessions",
        "research:booking_list",
        Can.RESEARCH_READ,
        waiting=_unsaid,
        under=("../hours/", "../scheduling/"),
    ),
    nav.Item("Highlights", "research:highlight_list", Can.RESEARCH_READ, key="v"),
    nav.Item("Tags", "research:tag_list", Can.RESEARCH_READ, key="l", under=("../taxonomy/",)),
    nav.Item("Insights", "research:insight_list", Can.RESEARCH_READ, key="i"),
    nav.Item("My customers", "research:clearance_list", Can.ACCOUNT_READ, waiting=recruit_board.asked_of),
    nav.Item("Panel", "research:panel_list", Can.RESEARCH_READ, under=("../participants/",)),
    nav.Item("Consent", "research:consent_list", Can.RESEARCH_READ),
    nav.Item("Incentives", "research:incentive_list", Can.RESEARCH_EDIT, waiting=_to_approve),
    nav.Item("Retention", "research:retention_rules", Can.RETENTION_MANAGE),
    nav.Item("Do we know this?", "research:known", Can.RESEARCH_READ, key="w"),
    nav.Item("Insight reports", "research:report_list", Can.REPORT_READ, waiting=_report_drafts, key="q"),
)
nav.action(
    nav.Action("New study", "research:study_create", Can.RESEARCH_EDIT),
    nav.Action("New session", "research:session_start", Can.RESEARCH_EDIT),
    nav.Action("New insight", "research:insight_create", Can.RESEARCH_EDIT),
    nav.Action("Your hours for sessions", "research:hours", Can.RESEARCH_EDIT),
    nav.Action("Import material", "research:import_new", Can.RESEARCH_EDIT),
    nav.Action("Build an insight report", "research:report_build", Can.REPORT_RUN),
)
for _label in ("study", "session", "highlight", "insight", "tag"):
    subjects.register(f"research.{_label}", Can.RESEARCH_READ)
subjects.register("research.insightreport", Can.REPORT_READ)
custom_fields.register("research.study", "Studies", can_edit=Can.RESEARCH_EDIT)
custom_fields.register("research.session", "Sessions", can_edit=Can.RESEARCH_EDIT)
custom_fields.register("research.insight", "Insights", can_edit=Can.RESEARCH_EDIT)
custom_fields.register("research.participant", "People of the panel", can_edit=Can.PANEL_EDIT)
nav.action(nav.Action("Typed fields", "field_list", Can.STRUCTURE_EDIT))
