"""Adding an account to a request."""

from django.db import transaction

from coordination.models import Request, Source, State, Voice
from prodops import activity

from . import clocks, impact


def first(request, *, account, by, at, team, contact="", revenue=None, currency="", source=Source.FORM):
    """The voice of whoever sent the request, in the caller's transaction; the request's text is its words."""
    Voice.objects.create(
        request=request,
        account=account,
        contact=contact,
        revenue=revenue,
        currency=currency or account.currency,
        source=source,
        added_by=by,
        team=team,
        added_at=at,
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
):
    """Add `account` to `request`, or to the one it was joined with. Returns (voice, whether it is new).

    What the same person adds again for the same team goes to the voice they have: new words are put under
    the old ones, and the larger revenue stays. The same words again change nothing. An account that
    somebody else added gets a second voice: theirs stays theirs, and is not shown to other teams.
    """
    target = request.root if request.state == State.MERGED else request
    target = Request.objects.select_for_update(of=("self",)).get(pk=target.pk)
    fields = {
        "words": words,
        "contact": contact,
        "revenue": revenue,
        "currency": currency or account.currency,
    }
    known = Voice.objects.of(target).filter(account=account).exists()
    voice, created = Voice.objects.get_or_create(
        request=target,
        account=account,
        added_by=by,
        team=team,
        defaults={**fields, "source": source, "added_at": at},
    )
    if not created and not _extend(voice, words, revenue, fields["currency"], by, at):
        return voice, False
    impact.recount(target.pk)
    clocks.start([target], at=at)  # the account's tier may ask for another policy
    data = {"account": account.name, "voice": voice.pk, "known": known}
    activity.record("request.account_added", on=target, by=by, at=at, data=data)
    return voice, created


def _extend(voice, words, revenue, currency, by, at):
    """Put new words and a larger revenue to a voice; False if they say nothing new."""
    changes = {}
    if words and words not in voice.words:
        changes["words"] = f"{voice.words}\n\n{by.name}, {at:%Y-%m-%d}: {words}".strip()[:10_000]
    if revenue is not None and currency == (voice.currency or currency) and revenue > (voice.revenue or 0):
        changes |= {"revenue": revenue, "currency": currency}
    if changes:
        Voice.objects.filter(pk=voice.pk).update(**changes)
    return bool(changes)
