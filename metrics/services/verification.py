"""Verifying: somebody looked again at a KPI's definition, source and values, and they hold."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from metrics.models import Kpi, KpiStatus
from prodops import activity
from prodops.clock import company_day


class CannotVerify(Exception):
    """Only what was approved, and is not known to have drifted, is verified."""


def verified_until(day):
    """Until when what is verified on `day` counts as such."""
    return day + dt.timedelta(days=settings.KPI_VERIFIED_DAYS)


@transaction.atomic
def verify(kpi, *, by, at):
    """Say that definition, source and values hold; for `KPI_VERIFIED_DAYS`."""
    until = verified_until(company_day(at))
    row = Kpi.objects.filter(pk=kpi.pk, status=KpiStatus.APPROVED)
    if not row.update(verified_by=by, verified_at=at, verified_until=until):
        raise CannotVerify(
            f"“{kpi}” is {kpi.get_status_display().lower()}. Only an approved KPI is verified."
        )
    kpi.verified_by, kpi.verified_at, kpi.verified_until = by, at, until
    activity.record("kpi.verified", on=kpi, by=by, at=at, data={"until": until.isoformat()})
    return until


@transaction.atomic
def verify_many(kpis, *, by, at):
    """Verify those of `kpis` that can be; gives (how many were, how many could not be)."""
    done = [kpi for kpi in kpis if kpi.status == KpiStatus.APPROVED]
    for kpi in done:
        verify(kpi, by=by, at=at)
    return len(done), len(kpis) - len(done)


@transaction.atomic
def remind(*, at):
    """Ask, once for each verification, for those that end soon or have ended; gives how many."""
    soon = company_day(at) + dt.timedelta(days=settings.KPI_VERIFY_NOTICE_DAYS)
    due = Kpi.objects.filter(status=KpiStatus.APPROVED, verified_until__lte=soon)
    unasked = due.filter(Q(reminded_of=None) | ~Q(reminded_of=F("verified_until")))
    rows = list(unasked.select_for_update(skip_locked=True))
    for kpi in rows:
        Kpi.objects.filter(pk=kpi.pk).update(reminded_of=kpi.verified_until)
        data = {"until": f"{kpi.verified_until:%Y-%m-%d}"}
        activity.record("kpi.verification_due", on=kpi, by=None, at=at, data=data)
    return len(rows)
