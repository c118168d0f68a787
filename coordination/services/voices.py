"""Adding an account to a request."""

from django.db import transaction

from coordination.formats.incoming import NO_DEAL
from coordination.formats.incoming import fitted_deal as fitted
from coordination.models import Request, Source, State, Voice
from prodops import activity

from . import clocks, impact
from .together import alone_or_beside


def first(
    request,
    *,
    account,
    by,
    at,
    team,
    contact="",
    revenue=None,
    currency="",
    source=Source.FORM,
    deal=None,
    recorded_by=None,
):
    """The voice of whoever sent the request, in the caller's transaction; the request's text is its words.

    The account's figures and its `Deal` are kept as they are now. `recorded_by` wrote it down for `by`.
    """
    stated = _stated(account, revenue, currency, deal)
    Voice.objects.create(
        request=request,
        account=account,
        contact=contact,
        source=source,
        added_by=by,
        recorded_by=recorded_by if recorded_by != by else None,
        team=team,
        added_at=at,
        **_figures(account),
        **stated,
    )
    impact.recount(request.pk)
    request.refresh_from_db(fields=["accounts_count", "arr_total", "stake_total"])


@transaction.atomic
def add(
    request,
    *,
    account,
    by,
    at,
    team=None,
    words="",
    contact="",
    revenue=None,
    currency="",
    source=Source.JOINED,
    deal=None,
    recorded_by=None,
):
    """Add `account` to `request`, or to the one it was joined with. Returns (voice, whether it is new).

    A vote on behalf is the colleague's: `by` is whom it is for, who sees it and hears what is decided,
    and `recorded_by` who wrote it down. The account's figures and its `Deal` are kept as they are now.

    What the same person adds again for the same team goes to the voice they have: new words are put under
    the old ones, and the larger revenue stays. The same words again change nothing. An account that
    somebody else added gets a second voice: theirs stays theirs, and is not shown to other teams.
    """
    alone_or_beside()
    target = request.root if request.state == State.MERGED else request
    target = Request.objects.select_for_update(of=("self",)).get(pk=target.pk)
    if target.root_id:  # joined meanwhile
        target = Request.objects.select_for_update(of=("self",)).get(pk=target.root_id)
    stated = _stated(account, revenue, currency, deal)
    fields = {
        "words": words,
        "contact": contact,
        "recorded_by": recorded_by if recorded_by != by else None,
        **_figures(account),
        **stated,
    }
    known = Voice.objects.of(target).filter(account=account).exists()
    voice, created = Voice.objects.get_or_create(
        request=target,
        account=account,
        added_by=by,
        team=team,
        defaults={**fields, "source": source, "added_at": at},
    )
    if not created and not _extend(voice, words, stated, by, at):
        return voice, False
    data = {"account": account.name, "voice": voice.pk, "known": known}
    if recorded_by and recorded_by != by:
        data["for"] = by.name
    activity.record("request.account_added", on=target, by=recorded_by or by, at=at, data=data)
    impact.recount(target.pk, at=at)
    clocks.start([target], at=at)  # the account's tier may ask for another policy
    return voice, created


def _figures(account):
    """What the account is today, to be kept with the voice."""
    return {
        "arr_then": account.arr,
        "arr_currency_then": account.currency,
        "tier_then": account.tier,
        "segment_then": account.segment,
    }


def _stated(account, revenue, currency, deal):
    """The amounts and the deal as a voice holds them; a deal's is at stake if nothing else is."""
    deal = fitted(deal or NO_DEAL, fallback=account.currency)
    if revenue is None and deal.amount is not None:
        revenue, currency = deal.amount, deal.currency
    return {
        "revenue": revenue,
        "currency": currency or account.currency,
        "deal_name": deal.name,
        "deal_amount": deal.amount,
        "deal_currency": deal.currency if deal.amount is not None else "",
        "deal_stage": deal.stage,
        "deal_closes_on": deal.closes_on,
    }


def _extend(voice, words, stated, by, at):
    """Put new words, a larger revenue and a deal where there was none to a voice; False if nothing is new."""
    changes: dict[str, object] = {}
    revenue, currency = stated["revenue"], stated["currency"]
    if not (voice.deal_name or voice.deal_amount or voice.deal_stage) and (
        stated["deal_name"] or stated["deal_amount"] is not None or stated["deal_stage"]
    ):
        changes |= {name: value for name, value in stated.items() if name.startswith("deal_")}
    if words and words not in voice.words:
        changes["words"] = f"{voice.words}\n\n{by.name}, {at:%Y-%m-%d}: {words}".strip()[:10_000]
    if revenue is not None and currency == (voice.currency or currency) and revenue > (voice.revenue or 0):
        changes |= {"revenue": revenue, "currency": currency}
    if changes:
        Voice.objects.filter(pk=voice.pk).update(**changes)
    return bool(changes)
