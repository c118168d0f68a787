"""Research's jobs."""

from datetime import timedelta
from functools import partial

from celery import shared_task
from django.urls import reverse
from django.utils import timezone

from prodops import jobs
from prodops.clock import company_day
from research.models import Audience, Availability, InsightReport
from research.services import (
    availability,
    booking_mails,
    consent,
    exchange,
    inviting,
    recordings,
    report_mail,
    report_pdf,
    reports,
    retention,
    suggesting,
    survey_imports,
)


@shared_task
def build_report(*, job_id, **_):
    """Build an insight report for somebody who watches its bar. Safe to run twice and to kill."""
    jobs.run(job_id, partial(reports.work, at=timezone.now()), refused=reports.Refused)


@shared_task
def learn_tags(*, job_id, **_):
    """Learn from what was tagged and suggest what else may belong to each tag. Safe to run twice."""
    url = reverse("research:suggestion_list")
    jobs.run(job_id, lambda _, progress: suggesting.work(progress, at=timezone.now(), url=url))


@shared_task
def typeset_report(*, report_id, **_):
    """Make a published report's PDF before anybody asks for it. The file's name is of what it says."""
    report = InsightReport.objects.published().select_related("published_by").filter(pk=report_id).first()
    if report is not None:
        for audience in Audience:
            report_pdf.of(report, audience)


@shared_task(bind=True, max_retries=8)
def mail_report(self, *, report_id, **_):
    """Mail a published report to its subscribers, each once; tried again where the mail server is away."""
    report = InsightReport.objects.published().filter(pk=report_id).first()
    if report is not None and report_mail.send(report, at=timezone.now()):
        raise self.retry(countdown=min(60 * 2**self.request.retries, 6 * 3600))


@shared_task
def sweep_recordings(**_):
    """Forget uploads that nobody goes on with, and files that no row knows."""
    recordings.sweep(at=timezone.now())


@shared_task
def sweep_imports(**_):
    """Once a night: forget files that somebody uploaded to import and left lying for a week."""
    now = timezone.now()
    exchange.sweep(at=now)
    survey_imports.sweep(at=now)


@shared_task
def read_material(*, job_id, **_):
    """Read a large file that somebody uploaded and say what importing it would do. Safe to run twice."""
    jobs.run(job_id, exchange.read, refused=exchange.Unreadable)


@shared_task
def import_material(*, job_id, **_):
    """Import a file that somebody looked at first. What is here already is left alone: safe to run twice."""
    jobs.run(job_id, partial(exchange.work, at=timezone.now()), refused=exchange.Unreadable)


@shared_task
def import_survey(*, job_id, **_):
    """Take a large survey file in for somebody who watches its bar. Safe to run twice and to kill."""
    jobs.run(
        job_id,
        partial(survey_imports.work, at=timezone.now()),
        refused=(survey_imports.Unclear, survey_imports.NotStaged),
    )


@shared_task
def follow_retention(**_):
    """Once a night: announce which raw recordings go soon, delete those whose time has come."""
    now = timezone.now()
    retention.follow(today=company_day(now), at=now)


@shared_task(acks_late=True)
def mail_invitations(*, ids, **_):
    """Mail these invitations, each once. Safe to run twice."""
    inviting.mail(ids, at=timezone.now())


@shared_task
def follow_recruiting(**_):
    """Send batches that are due, remind who is silent, mail what was left behind. Safe to run twice."""
    now = timezone.now()
    inviting.send_due(at=now)
    inviting.remind_due(at=now)
    inviting.mail(inviting.unmailed(before=now - timedelta(minutes=2)), at=now)


@shared_task
def send_booking_mails(**_):
    """Every minute: invitations, changes and reminders that are due. Each goes once, run as it may."""
    for pk in booking_mails.due(at=timezone.now()):
        booking_mails.send(pk, at=timezone.now())


@shared_task
def read_calendars(**_):
    """Every few minutes: the hosts' calendars whose turn it is, each by itself."""
    for pk in availability.to_read(at=timezone.now()):
        jobs.publish("research.tasks.read_calendar", availability_id=pk)


@shared_task
def read_calendar(*, availability_id, **_):
    """Fetch one host's calendar. What goes wrong is shown to them; the last good state stays."""
    row = Availability.objects.filter(pk=availability_id, calendar_url__isnull=False).first()
    if row is not None:
        availability.read_calendar(row, at=timezone.now())


@shared_task(acks_late=True, autoretry_for=(OSError,), retry_backoff=True, max_retries=6)
def mail_signatures(*, signature_ids, **_):
    """Mail people a copy of what they signed. A copy that went is not sent again."""
    consent.mail(signature_ids, at=timezone.now())
