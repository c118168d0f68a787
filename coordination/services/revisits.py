"""Asking a declined question again: when its day comes, or when enough ask for it."""

import logging
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from coordination.models import Request, State
from prodops import activity, search
from prodops.clock import company_day

from . import clocks
from .together import alone_or_beside

log = logging.getLogger(__name__)


class Revisit(NamedTuple):
    """What makes a declined question be asked again: whichever comes first.

    `on` is a day, `accounts` a number of accounts, `arr` an amount in the company's currency.
    """

    on: object = None
    accounts: int | None = None
    arr: object = None


UNDECLINED = {"decline_code": None, "revisit_on": None, "revisit_accounts": None, "revisit_arr": None}


@transaction.atomic
def ask(*, at, among=None):
    """Put declined requests whose day or threshold is reached back into the inbox. Returns how many.

    `among` are ids to look at, all where it is None. Safe to run twice, and beside itself.
    """
    alone_or_beside()
    today = company_day(at)
    crossed = (
        Q(revisit_on__lte=today)
        | Q(revisit_accounts__isnull=False, accounts_count__gte=F("revisit_accounts"))
        | Q(revisit_arr__isnull=False, arr_sure__gte=F("revisit_arr"))
    )
    due = Request.objects.filter(crossed, state=State.DECLINED)
    if among is not None:
        due = due.filter(pk__in=among)
    rows = list(due.select_for_update(of=("self",)).select_related("decline_code").order_by("pk"))
    return sum(_asked(request, today, at) for request in rows)


def _asked(request, today, at):
    """Whether it was asked; what fails with one request keeps no other from its day."""
    try:
        with transaction.atomic():
            _ask(request, today, at)
    except Exception:
        log.exception("%s was not asked again", request.ref)
        return False
    return True


def _ask(request, today, at):
    why = reason_to_ask(request, today)
    was = {
        "why": why,
        "reason": request.decision_reason,
        "code": request.decline_code.name if request.decline_code else "",
        "declined_at": request.decided_at.isoformat(),
    }
    undecided = {"decided_by": None, "decided_at": None, "decision_reason": "", **UNDECLINED}
    Request.objects.filter(pk=request.pk).update(
        state=State.NEW, changed_at=at, revisited_at=at, revisited_why=why, **undecided
    )
    Request.objects.filter(root=request.pk).update(changed_at=at)
    clocks.take_back(request, decided_at=request.decided_at, at=at)
    request.reload()
    activity.record("request.revisited", on=request, by=None, at=at, data=was)
    search.index(request)


def reason_to_ask(request, today):
    """Why its question is asked again, in words for the deciders."""
    parts = []
    if request.revisit_accounts is not None and request.accounts_count >= request.revisit_accounts:
        parts.append(f"{request.accounts_count} accounts ask for it; you wanted {request.revisit_accounts}")
    if request.revisit_arr is not None and request.arr_sure >= request.revisit_arr:
        currency = settings.DEFAULT_CURRENCY
        parts.append(
            f"{currency} {request.arr_sure:,.0f} of ARR ask for it; you wanted {request.revisit_arr:,.0f}"
        )
    if request.revisit_on is not None and request.revisit_on <= today:
        parts.append(f"its day came, {request.revisit_on:%d %B %Y}")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."
