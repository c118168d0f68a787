"""Whom a request concerns and how much revenue that is: distinct accounts over all that was joined."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from django.db.models.functions import Coalesce

from coordination.matching import counted_with
from coordination.models import Voice
from prodops.models import CustomerAccount
from prodops.money import Rates


class Impact(NamedTuple):
    """`arr` and `stake` are [(currency, amount)], largest first; accounts without ARR are counted apart."""

    accounts: int
    arr: list[tuple[str, Decimal]]
    stake: list[tuple[str, Decimal]]
    unknown_arr: int


NOTHING = Impact(0, [], [], 0)


def impact_of(requests):
    """{request id: Impact} for a page of requests: one query, or two if accounts are parts of others."""
    ids = [request.pk for request in requests]
    rows = list(
        Voice.objects.in_trees_of(ids)
        .annotate(counted_in=Coalesce("request__root_id", "request_id"))
        .order_by()
        .values_list(
            "counted_in",
            "request_id",
            "account_id",
            "account__parent_id",
            "account__arr",
            "account__currency",
            "revenue",
            "currency",
        )
    )
    parts = {account for _, _, account, parent, *_ in rows if parent}
    ancestors = CustomerAccount.objects.ancestors_of(parts) if parts else {}
    voices, wanted = defaultdict(list), set(ids)
    for root, request, account, _, *voice in rows:
        for pk in {root, request} & wanted:
            voices[pk].append((account, *voice))
    rates = _Rates()
    return {pk: _sum(voices[pk], ancestors, rates) if pk in voices else NOTHING for pk in ids}


class _Rates:
    """Compares amounts; the rates are read only where two currencies were stated for one account."""

    @cached_property
    def _rates(self):
        return Rates(dt.date.max)  # the latest, as RECOUNT takes them

    def is_more(self, one, other):
        """Whether `one`, (currency, amount), is more; what has no rate is less than what has."""
        if one[0] == other[0]:
            return one[1] > other[1]
        here = [self._rates.convert(amount, currency) for currency, amount in (one, other)]
        return here[0] is not None and (here[1] is None or here[0] > here[1])


def _sum(voices, ancestors, rates):
    """Each customer once: its ARR, and the largest amount that anybody stated for it, in any currency.

    A part of one that asks too is counted with it; its own amount only where that one's is not known.
    """
    stake: dict[int, tuple[str, Decimal]] = {}
    accounts: dict[int, tuple[Decimal | None, str]] = {}
    for account, account_arr, account_currency, revenue, currency in voices:
        accounts[account] = (account_arr, account_currency)
        if revenue is not None and (
            account not in stake or rates.is_more((currency, revenue), stake[account])
        ):
            stake[account] = currency, revenue
    parts = counted_with(accounts, ancestors)
    with_arr = counted_with([pk for pk, (amount, _) in accounts.items() if amount is not None], ancestors)
    with_stake = counted_with(stake, ancestors)
    arr: dict[str, Decimal] = defaultdict(Decimal)
    for pk, (amount, currency) in accounts.items():
        if amount is not None and pk not in with_arr:
            arr[currency] += amount
    at_stake: dict[str, Decimal] = defaultdict(Decimal)
    for pk, (currency, revenue) in stake.items():
        if revenue and pk not in with_stake:
            at_stake[currency] += revenue
    unknown = sum(amount is None and pk not in parts for pk, (amount, _) in accounts.items())
    return Impact(len(accounts) - len(parts), _largest_first(arr), _largest_first(at_stake), unknown)


def _largest_first(amounts):
    return sorted(amounts.items(), key=lambda pair: (-pair[1], pair[0]))
