"""The app's jobs."""

from datetime import timedelta
from functools import partial

from celery import shared_task
from django.utils import timezone

from coordination.models import RoutingRun
from coordination.services import (
    deliveries,
    drafts,
    file_imports,
    impact,
    mail_in,
    mailboxes,
    outgoing,
    promises,
    reminders,
    revisits,
    rule_runs,
    sla,
)
from prodops import jobs
from prodops.clock import company_day
from prodops.jobs import Progress


@shared_task
def recount_impact(**_):
    """Count every request's accounts and amounts again, since the accounts' ARR changes without us, and
    ask declined questions again whose day or threshold is reached."""
    impact.recount_all()
    revisits.ask(at=timezone.now())


STOPPED = "Stopped. What was done so far stands on the run's page"


@shared_task
def apply_rules(*, job_id, **_):
    """Apply rules to the past. Killed, a second run goes on where the first was."""
    _work_on_rules(job_id, rule_runs.run)


@shared_task
def undo_rules(*, job_id, **_):
    """Put back what a run changed. Safe to run twice."""
    _work_on_rules(job_id, rule_runs.undo)


def _work_on_rules(job_id, work):
    progress = Progress(job_id)
    job = progress.claim()
    if job is None:
        return
    runs = RoutingRun.objects.select_related("rule", "asked_by", "undone_by")
    run = runs.get(pk=job.arguments["run"])
    try:
        work(run, progress, at=timezone.now())
    except jobs.Cancelled:
        progress.fail(STOPPED)
    except rule_runs.RunRefused as error:
        progress.fail(str(error))
    else:
        progress.finish(url=run.get_absolute_url())


@shared_task
def mail_message(*, message_id, **_):
    """Mail a message to its addressees outside; each once."""
    outgoing.mail(message_id, at=timezone.now())


@shared_task
def mail_late(**_):
    """Mail what a dead broker or a mail server that was down left behind."""
    now = timezone.now()
    for message_id in outgoing.unmailed(before=now - timedelta(minutes=2)):
        outgoing.mail(message_id, at=now)


@shared_task
def import_file(*, job_id, **_):
    """Take a file of requests in. Run twice it writes nothing twice."""
    jobs.run(job_id, partial(file_imports.work, at=timezone.now()))


@shared_task
def sweep_files(**_):
    """Forget files of requests that nobody went on with, of imports long done and of drafts put away."""
    file_imports.sweep(at=timezone.now())
    drafts.sweep(at=timezone.now())


@shared_task
def remind_of_clocks(**_):
    """Warn of clocks that run out and escalate those that have; each step once."""
    reminders.remind(at=timezone.now())


@shared_task
def follow_policy(*, policy_id, **_):
    """Set the running clocks of a changed policy or calendar again."""
    sla.follow(policy_id)


@shared_task
def apply_policies(**_):
    """Put all that waits under the policies as they are now."""
    sla.apply_to_waiting(at=timezone.now())


@shared_task
def take_delivery(*, delivery_id, **_):
    """Read what a webhook was sent and take in what it asks for."""
    deliveries.work(delivery_id, at=timezone.now())


@shared_task
def sweep_deliveries(**_):
    """Take up what a dead broker or a killed worker left behind, and what is to be tried again."""
    for delivery_id in deliveries.take_up(at=timezone.now()):
        take_delivery.delay(delivery_id=delivery_id)


@shared_task
def empty_old_deliveries(**_):
    """Let the bytes of old deliveries go."""
    deliveries.let_go(at=timezone.now())


@shared_task
def poll_mailboxes(**_):
    """Have the mailboxes whose time has come looked into, each by a worker of its own."""
    for pk in mailboxes.due(at=timezone.now()):
        poll_mailbox.delay(mailbox_id=pk)


@shared_task
def poll_mailbox(*, mailbox_id, **_):
    """Fetch what is new in one mailbox. Run twice it fetches nothing twice."""
    mailboxes.poll(mailbox_id, at=timezone.now())


@shared_task
def sweep_mail(**_):
    """Try mail again that a killed worker or a passing fault left behind."""
    now = timezone.now()
    for pk in mail_in.left_behind(at=now):
        mail_in.take_up(pk, at=now)


@shared_task
def watch_promises(**_):
    """Warn of promises whose day is near or past."""
    now = timezone.now()
    promises.warn_of_days(today=company_day(now), at=now)
