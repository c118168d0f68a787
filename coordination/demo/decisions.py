"""What became of Fernway's requests: codes and days to ask again, deals and figures as they were, rates."""

import datetime as dt
from decimal import Decimal

from coordination.models import DeclineReason, Request, State, Voice, requester_state
from prodops.models import Event, ExchangeRate
from prodops.services import rates

CODES = (
    ("too few", "too-few"),
    ("today", "there-is-a-way"),
    ("not fit", "not-a-fit"),
)  # by words of the reason
STAGES = ("Discovery", "Offer sent", "Negotiation", "Closed won")
RATES = {"USD": ("0.92", "0.91", "0.93"), "GBP": ("1.17", "1.16", "1.18"), "CHF": ("1.04", "1.05", "1.06")}


def build(world, by):
    """Call after the requests were written; `by` entered the rates."""
    dice = world.dice("decisions")
    _decline(world)
    _go_on(world, dice)
    _as_then(world, dice)
    _rates(world, by)
    rates.keep_figures(today=world.day(200))


def _decline(world):
    codes = {code.slug: code for code in DeclineReason.objects.all()}
    if not codes:
        return
    rows = list(Request.objects.filter(state=State.DECLINED))
    for place, one in enumerate(rows):
        said = one.decision_reason.casefold()
        slug = next((slug for words, slug in CODES if words in said), "not-now")
        one.decline_code = codes.get(slug, next(iter(codes.values())))
        one.revisit_on = world.today + dt.timedelta(days=20 + 7 * (place % 30))
        if place % 3 == 0:
            one.revisit_accounts = 12
    Request.objects.bulk_update(rows, ["decline_code", "revisit_on", "revisit_accounts"], batch_size=2_000)


def _go_on(world, dice):
    """Of the older accepted ones some are planned, under way or shipped."""
    before = world.moment(40)
    rows = list(Request.objects.filter(state=State.ACCEPTED, decided_at__lt=before).order_by("pk"))
    for one in rows:
        one.state = dice.choice((State.ACCEPTED, State.PLANNED, State.PROGRESS, State.SHIPPED, State.SHIPPED))
        if one.decided_at and one.state in (State.PROGRESS, State.SHIPPED):
            one.changed_at = one.decided_at + dt.timedelta(days=dice.randint(5, 30))
    Request.objects.bulk_update(rows, ["state", "changed_at"], batch_size=2_000)
    moved = [one for one in rows if one.state in (State.PROGRESS, State.SHIPPED)]
    Event.objects.bulk_create([_advanced(one) for one in moved], batch_size=2_000)


def _advanced(one):
    words = requester_state(one.state).label.lower()
    data = {"from": "accepted", "to": State(one.state).label.lower(), "words": words, "reason": ""}
    return Event(
        verb="request.advanced",
        subject_type="coordination.request",
        subject_id=one.pk,
        subject_text=one.title,
        by_id=one.decided_by_id,
        at=one.changed_at,
        data=data,
        delivered_at=one.changed_at,
    )


def _as_then(world, dice):
    """The accounts' figures when they were added, a little below those of today; a deal here and there."""
    voices = list(Voice.objects.filter(tier_then="").select_related("account").order_by("pk"))
    for place, voice in enumerate(voices):
        account = voice.account
        share = Decimal(dice.choice(("1", "1", "0.9", "0.8")))
        voice.arr_then = None if account.arr is None else (account.arr * share).quantize(Decimal("0.01"))
        voice.arr_currency_then = account.currency
        voice.tier_then, voice.segment_then = account.tier, account.segment
        if voice.revenue and place % 2 == 0:
            voice.deal_name = dice.choice(("Renewal", "More seats", "New region", "New site"))
            voice.deal_amount, voice.deal_currency = voice.revenue, voice.currency
            voice.deal_stage = dice.choice(STAGES)
            voice.deal_closes_on = world.today + dt.timedelta(days=dice.randint(-30, 120))
    kept = ["arr_then", "arr_currency_then", "tier_then", "segment_then"]
    deal = ["deal_name", "deal_amount", "deal_currency", "deal_stage", "deal_closes_on"]
    Voice.objects.bulk_update(voices, [*kept, *deal], batch_size=2_000)


def _rates(world, by):
    ExchangeRate.objects.bulk_create(
        [
            ExchangeRate(
                currency=currency,
                on=world.day(days_ago),
                rate=Decimal(rate),
                entered_by=by,
                entered_at=world.moment(days_ago),
            )
            for currency, three in RATES.items()
            for days_ago, rate in zip((270, 150, 30), three, strict=True)
        ],
        ignore_conflicts=True,
    )
