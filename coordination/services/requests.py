"""Sending a request."""

import uuid

from django.db import transaction

from coordination.models import Request, RequestAnswers
from prodops import activity, search

from . import clocks, routing, voices


@transaction.atomic
def submit(
    *,
    by,
    at,
    team=None,
    account=None,
    revenue=None,
    currency="",
    contact="",
    deal=None,
    key=None,
    version=None,
    answers=None,
    **text,
):
    """Write down a request and, if an account is given, its first voice.

    `text` are the request's own fields (title, problem, affected, effect, workaround, urgency, area,
    evidence_url, type). `answers` are those to the own questions of a form's `version`. `key` names the
    page that the form was on: what is sent from it a second time unchanged gives the request that the
    first sending made; what was changed meanwhile is a new one.
    """
    if key:
        named = {**text, "by": by, "team": team, "account": account}
        stated = {"revenue": revenue, "currency": currency, "contact": contact}
        stated |= {"deal": deal, "version": version, "answers": answers}
        request, created = Request.objects.get_or_create(
            key=_key_of(key, named | stated),
            defaults={"submitter": by, "submitter_team": team, "submitted_at": at, "changed_at": at, **text},
        )
        if not created:
            return request
    else:
        request = Request.objects.create(
            submitter=by, submitter_team=team, submitted_at=at, changed_at=at, **text
        )
    if version:
        RequestAnswers.objects.create(request=request, version=version, values=answers or {})
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
            deal=deal,
        )
    search.index(request)
    routing.route(request, at=at)
    clocks.start([request], at=at)
    return request


def _key_of(page, said):
    """One key for the same words sent from the same page, another for other words."""
    parts = [f"{name}={getattr(value, 'pk', value)!r}" for name, value in sorted(said.items())]
    return uuid.uuid5(uuid.UUID(str(page)), "\n".join(parts))
