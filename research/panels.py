"""What research adds to the shell and to other pages."""

from prodops import nav
from prodops.access import Can, allowed
from research.models import InsightReport


def _drafts(user):
    """Reports that wait to be finished, for those who can."""
    return InsightReport.objects.live() if allowed(user, Can.REPORT_RUN) else None


nav.register(
    "research",
    nav.Item("Insight reports", "research:report_list", Can.REPORT_READ, waiting=_drafts, key="q"),
)
nav.action(nav.Action("Build an insight report", "research:report_build", Can.REPORT_RUN))
