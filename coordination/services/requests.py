"""Sending a request."""

from django.db import transaction

from coordination.models import Request
from prodops import activity, search

from . import voices


@transaction.atomic
def submit(*, by, at, team=None, account=None, revenue=None, currency="", contact="", key=None, **text):
    """Write down a request and, if an account is given, its first voice.

    `text` are the request's own fields (title, problem, affected, workaround, urgency, area,
    evidence_url). `key` names the form that was filled in: sent a second time, it gives the request
    that the first sending made.
    """
    if key:
        request, created = Request.objects.get_or_create(
            key=key,
            defaults={"submitter": by, "submitter_team": team, "submitted_at": at, "changed_at": at, **text},
        )
        if not created:
            return request
    else:
        request = Request.objects.create(
            submitter=by, submitter_team=team, submitted_at=at, changed_at=at, **text
        )
    activity.record("request.submitted", on=request, by=by, at=at)
    if account:
        voices.first(
            request,
            account=account,
            by=by,
            at=at,
            team=team,
            contact=contact,
            revenue=revenue,
            currency=currency,
        )
    search.index(request)
    return request
