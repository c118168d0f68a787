"""Whom a request concerns and how much revenue that is: distinct accounts over all that was joined."""

from collections import defaultdict
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Q
from django.db.models.functions import Coalesce

from coordination.models import Voice


class Impact(NamedTuple):
    """`arr` and `stake` are [(currency, amount)], largest first; accounts without ARR are counted apart."""

    accounts: int
    arr: list[tuple[str, Decimal]]
    stake: list[tuple[str, Decimal]]
    unknown_arr: int


NOTHING = Impact(0, [], [], 0)


def impact_of(requests):
    """{request id: Impact} for a page of requests, in one query."""
    ids = [request.pk for request in requests]
    rows = (
        Voice.objects.filter(Q(request__in=ids) | Q(request__root__in=ids))
        .annotate(counted_in=Coalesce("request__root_id", "request_id"))
        .order_by()
        .values_list(
            "counted_in",
            "request_id",
            "account_id",
            "account__arr",
            "account__currency",
            "revenue",
            "currency",
        )
    )
    voices = defaultdict(list)
    for root, request, *voice in rows:
        for pk in {root, request} & set(ids):
            voices[pk].append(voice)
    return {pk: _sum(voices[pk]) if pk in voices else NOTHING for pk in ids}


def _sum(voices):
    """Each account once: its ARR, and the largest amount that anybody stated for it."""
    arr: dict[str, Decimal] = defaultdict(Decimal)
    stake: dict[tuple[int, str], Decimal] = {}
    accounts: dict[int, tuple[Decimal | None, str]] = {}
    for account, account_arr, account_currency, revenue, currency in voices:
        accounts[account] = (account_arr, account_currency)
        if revenue is not None and revenue > stake.get((account, currency), 0):
            stake[account, currency] = revenue
    for amount, currency in accounts.values():
        if amount is not None:
            arr[currency] += amount
    at_stake: dict[str, Decimal] = defaultdict(Decimal)
    for (_, currency), revenue in stake.items():
        at_stake[currency] += revenue
    unknown = sum(amount is None for amount, _ in accounts.values())
    return Impact(len(accounts), _largest_first(arr), _largest_first(at_stake), unknown)


def _largest_first(amounts):
    return sorted(amounts.items(), key=lambda pair: (-pair[1], pair[0]))
