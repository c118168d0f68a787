"""All that a request's impact is made of, as of a day: each figure names the rows it adds up."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from itertools import accumulate
from typing import Any, NamedTuple

from coordination.matching import counted_with
from coordination.models import Voice
from prodops.clock import company_day
from prodops.models import AccountFigures, CustomerAccount, Segment, Tier
from prodops.money import Rates

CLOSED = ("closed", "won", "lost")  # words of a stage that is over


class Deal(NamedTuple):
    """A deal as somebody stated it. `here` is in the company's currency."""

    account: CustomerAccount
    name: str
    amount: Decimal | None
    currency: str
    here: Decimal | None
    stage: str
    closes_on: dt.date | None
    open: bool
    stated_by: str
    stated_at: dt.datetime


class Line(NamedTuple):
    """One account in the request. `known` says where its figures are from: "today", "kept" on a day before,
    as "stated" when it was added, or "" where they are not known as of the day. What is None there is not
    known; `arr_here` and `stake_here` are None too where the currency has no rate.
    """

    account: CustomerAccount
    voices: list[Voice]
    first_at: dt.datetime
    arr: Decimal | None
    currency: str
    tier: str
    segment: str
    known: str
    arr_here: Decimal | None
    stake: Decimal | None
    stake_currency: str
    stake_here: Decimal | None
    counted_with: CustomerAccount | None  # the account above it that asks too
    counts_arr: bool
    counts_stake: bool

    @property
    def segment_name(self):
        return dict(Segment.choices).get(self.segment, self.segment)

    @property
    def tier_name(self):
        return dict(Tier.choices).get(self.tier, self.tier)

    @property
    def month(self):
        return f"{company_day(self.first_at):%Y-%m}"

    @property
    def words(self):
        return next((voice.words for voice in self.voices if voice.words), "")


class Figure(NamedTuple):
    """`key` leads to the rows it adds up: `ImpactReport.rows(key)`."""

    key: str
    label: str
    accounts: int
    arr: Decimal


class ImpactReport(NamedTuple):
    on: dt.date
    currency: str
    lines: list[Line]
    deals: list[Deal]
    rates: dict[str, Any]
    missing: list[str]
    accounts: int
    arr: Decimal
    stake: Decimal
    open_deals: int
    deals_total: Decimal
    unknown_arr: int
    segments: list[Figure]
    tiers: list[Figure]
    months: list[Figure]  # accounts new in the month
    growth: list[int]  # accounts by the end of each of those months

    def rows(self, key):
        """The lines behind a figure; all of them for a key that is none."""
        kind, _, value = key.partition("-")
        tests = {
            "accounts": lambda line: line.counted_with is None,
            "arr": lambda line: line.counts_arr,
            "stake": lambda line: line.counts_stake,
            "unknown": lambda line: line.counted_with is None and line.arr is None,
            "segment": lambda line: line.counted_with is None and line.segment == value,
            "tier": lambda line: line.counted_with is None and line.tier == value,
            "month": lambda line: line.counted_with is None and line.month == value,
        }
        return [line for line in self.lines if tests[kind](line)] if kind in tests else self.lines


def impact_report(request, *, on, today):
    """The `ImpactReport` of a request and all that was joined with it, for voices of up to the day `on`."""
    rows = Voice.objects.of(request).for_list().select_related("team").order_by("added_at", "pk")
    voices = [voice for voice in rows if company_day(voice.added_at) <= on]
    by_account: dict[int, list[Voice]] = defaultdict(list)
    for voice in voices:
        by_account[voice.account_id].append(voice)
    ancestors = CustomerAccount.objects.ancestors_of(by_account)
    figures = _figures(by_account, on, today)
    rates = Rates(on)
    stakes = {pk: _stake(mine, rates) for pk, mine in by_account.items()}
    parts = counted_with(by_account, ancestors)
    with_arr = counted_with([pk for pk, one in figures.items() if one[0] is not None], ancestors)
    with_stake = counted_with([pk for pk, one in stakes.items() if one[0] is not None], ancestors)
    lines = [
        Line(
            account=mine[0].account,
            voices=mine,
            first_at=mine[0].added_at,
            arr=figures[pk][0],
            currency=figures[pk][1],
            tier=figures[pk][2],
            segment=figures[pk][3],
            known=figures[pk][4],
            arr_here=rates.convert(figures[pk][0], figures[pk][1]),
            stake=stakes[pk][0],
            stake_currency=stakes[pk][1],
            stake_here=stakes[pk][2],
            counted_with=by_account[parts[pk]][0].account if pk in parts else None,
            counts_arr=figures[pk][0] is not None and pk not in with_arr,
            counts_stake=stakes[pk][0] is not None and pk not in with_stake,
        )
        for pk, mine in by_account.items()
    ]
    lines.sort(key=lambda line: (-(line.arr_here or 0), line.account.name))
    deals = _deals(voices, rates, on)
    alone = [line for line in lines if line.counted_with is None]
    months = _months(alone, on)
    return ImpactReport(
        on=on,
        currency=rates.home,
        lines=lines,
        deals=deals,
        rates=dict(sorted(rates.used.items())),
        missing=sorted(rates.missing),
        accounts=len(alone),
        arr=_total(line.arr_here for line in lines if line.counts_arr),
        stake=_total(line.stake_here for line in lines if line.counts_stake),
        open_deals=sum(deal.open for deal in deals),
        deals_total=_total(deal.here for deal in deals if deal.open),
        unknown_arr=sum(line.arr is None for line in alone),
        segments=_grouped("segment", alone, Segment),
        tiers=_grouped("tier", alone, Tier),
        months=months,
        growth=list(accumulate(month.accounts for month in months)),
    )


def _total(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def _figures(by_account, on, today):
    """{account id: (arr, currency, tier, segment, where from)} as of the day."""
    if on >= today:
        accounts = [mine[0].account for mine in by_account.values()]
        return {one.pk: (one.arr, one.currency, one.tier, one.segment, "today") for one in accounts}
    kept = AccountFigures.objects.filter(account__in=by_account, on__lte=on)
    latest = {one.account_id: one for one in kept.order_by("account_id", "-on").distinct("account_id")}
    found = {}
    for pk, mine in by_account.items():
        if one := latest.get(pk):
            found[pk] = (one.arr, one.currency, one.tier, one.segment, "kept")
            continue
        stated = [voice for voice in mine if voice.figures_kept]
        if stated:
            then = stated[-1]
            found[pk] = (
                *(then.arr_then, then.arr_currency_then, then.tier_then, then.segment_then),
                "stated",
            )
        else:
            found[pk] = (None, mine[0].account.currency, "", "", "")
    return found


def _stake(voices, rates):
    """(amount, currency, in the company's currency): the largest that anybody stated for the account."""
    stated = [
        (voice.revenue, voice.currency, rates.convert(voice.revenue, voice.currency))
        for voice in voices
        if voice.revenue is not None
    ]
    return max(stated, key=lambda one: (one[2] is not None, one[2] or one[0]), default=(None, "", None))


def _deals(voices, rates, on):
    """Each deal once, as it was stated last; those that are over are no open ones."""
    latest: dict[tuple[int, str], Voice] = {}
    for voice in voices:
        if voice.deal_name or voice.deal_amount is not None or voice.deal_stage:
            latest[voice.account_id, voice.deal_name.casefold()] = voice
    deals = [
        Deal(
            account=voice.account,
            name=voice.deal_name,
            amount=voice.deal_amount,
            currency=voice.deal_currency,
            here=rates.convert(voice.deal_amount, voice.deal_currency),
            stage=voice.deal_stage,
            closes_on=voice.deal_closes_on,
            open=_is_open(voice, on),
            stated_by=voice.added_by.name,
            stated_at=voice.added_at,
        )
        for voice in latest.values()
    ]
    return sorted(deals, key=lambda deal: (not deal.open, -(deal.here or 0), deal.account.name))


def _is_open(voice, on):
    over = any(word in voice.deal_stage.casefold().replace("-", " ").split() for word in CLOSED)
    return not over and (voice.deal_closes_on is None or voice.deal_closes_on >= on)


def _grouped(kind, lines, choices):
    labels = {**dict(choices.choices), "": "Not known"}
    accounts, arr = Counter[str](), defaultdict[str, Decimal](Decimal)
    for line in lines:
        value = getattr(line, kind)
        accounts[value] += 1
        if line.counts_arr and line.arr_here is not None:
            arr[value] += line.arr_here
    found = [
        Figure(f"{kind}-{value}", labels.get(value, value), count, arr[value])
        for value, count in accounts.items()
    ]
    return sorted(found, key=lambda one: (-one.accounts, one.label))


def _months(lines, on):
    """Accounts that were new in each month, from the first to that of `on`."""
    if not lines:
        return []
    new, arr = Counter[str](), defaultdict[str, Decimal](Decimal)
    for line in lines:
        new[line.month] += 1
        if line.counts_arr and line.arr_here is not None:
            arr[line.month] += line.arr_here
    year, month = map(int, min(new).split("-"))
    found = []
    while (year, month) <= (on.year, on.month):
        key = f"{year:04}-{month:02}"
        found.append(Figure(f"month-{key}", f"{dt.date(year, month, 1):%b %Y}", new[key], arr[key]))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found
