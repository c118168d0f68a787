"""Published reports by mail, to those who asked for them, in the version that they read."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template import engines
from django.urls import reverse

from prodops import activity
from research.models import Audience, ReportMailing, ReportSubscription
from research.queries import report_versions
from research.synthesis import audiences

from .report_states import Refused

log = logging.getLogger(__name__)
THEMES = 5


@transaction.atomic
def subscribe(audience, *, by, at):
    """Mail the person every report as it is published; asked again it changes the version."""
    if audience not in report_versions.readable(by):
        raise Refused("Your role does not read that version.")
    ReportSubscription.objects.update_or_create(
        user=by, defaults={"audience": audience}, create_defaults={"audience": audience, "since": at}
    )
    activity.record("report.subscribed", on=by, by=by, at=at, data={"audience": str(audience)})


@transaction.atomic
def unsubscribe(*, by, at):
    if ReportSubscription.objects.filter(user=by).delete()[0]:
        activity.record("report.unsubscribed", on=by, by=by, at=at)


def address(report):
    """Note who is to get the published report, once each; their users' ids. A version that somebody's role
    no longer reads becomes the company's."""
    rows = []
    for one in ReportSubscription.objects.filter(user__is_active=True).select_related("user"):
        may = report_versions.readable(one.user)
        audience = one.audience if one.audience in may else Audience.COMPANY
        rows.append(ReportMailing(report=report, user=one.user, audience=audience))
    ReportMailing.objects.bulk_create(rows, ignore_conflicts=True)
    return [row.user_id for row in rows]


def send(report, *, at):
    """Mail it to those who wait; how many are left because the mail server refused them for now.

    A row is marked in the transaction that sends it, so that nobody gets it twice.
    """
    left = 0
    waiting = ReportMailing.objects.filter(report=report, mailed_at=None).order_by("pk")
    for pk in waiting.values_list("pk", flat=True):
        try:
            _send_one(pk, report, at=at)
        except OSError:  # SMTP's exceptions are among them
            log.exception("Report %s was not mailed (%s)", report.pk, pk)
            left += 1
    return left


@transaction.atomic
def _send_one(pk, report, *, at):
    free = ReportMailing.objects.select_for_update(skip_locked=True, of=("self",))
    row = free.filter(pk=pk, mailed_at=None).select_related("user").first()
    if row is None:
        return
    ReportMailing.objects.filter(pk=pk).update(mailed_at=at)
    _message(report, row).send()


def _message(report, row):
    parts = report_versions.parts(report, row.audience)
    by_kind = {part.kind: part for part in parts if part.kind in ("summary", "insights")}
    context = {
        "report": report,
        "user": row.user,
        "version": audiences.VERSIONS[row.audience].label,
        "leaves_out": audiences.leaves_out(row.audience),
        "leads": by_kind["summary"].data["leads"] if "summary" in by_kind else [],
        "themes": [part for part in parts if part.kind == "tag"][:THEMES],
        "insights": by_kind["insights"].data["insights"] if "insights" in by_kind else [],
        "url": f"{settings.BASE_URL}{report.get_absolute_url()}?for={row.audience}",
        "stop": f"{settings.BASE_URL}{reverse('research:report_list')}",
    }
    body = engines["jinja2"].get_template("research/email/report.txt").render(context)
    subject = " ".join(f"{report.title} is published".split())[:200]
    return EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [row.user.email])
