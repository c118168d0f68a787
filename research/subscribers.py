"""Research's reactions to events."""

from prodops import activity, jobs
from prodops.access import Can, capabilities_of
from prodops.models import User
from prodops.notifications import notify
from research.models import Insight, InsightReport


@activity.subscribe("report.published")
def tell_of_report(event):
    """Everybody who may read it is told once; its PDF is made before the first of them asks."""
    report = InsightReport.objects.published().filter(pk=event.subject_id).first()
    if report is None:
        return
    readers = [user for user in User.objects.active() if Can.REPORT_READ in capabilities_of(user)]
    notify(readers, event=event, text=f"{report.title} is published", url=report.get_absolute_url())
    jobs.enqueue("research.tasks.typeset_report", report_id=report.pk)


@activity.subscribe("insight.redacted")
def tell_of_redaction(event):
    """The owner of an insight reads it again when words of its quotes are gone."""
    insight = Insight.objects.select_related("owner").filter(pk=event.subject_id).first()
    if insight is not None:
        text = f"Personal data was removed from quotes under “{insight.title}”. Read it again."
        notify([insight.owner], event=event, text=text, url=insight.get_absolute_url())
