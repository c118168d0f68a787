"""The accounts that a file names: each gets one voice in its request, whatever is run twice."""

from coordination.formats import Refused
from coordination.formats.incoming import clean
from coordination.models import FileImportRow, Request, Source, Voice
from prodops import activity
from prodops.models.company import Segment, Tier

from . import impact

# What a row says of an account, and where its voice keeps it
KEPT = {
    **{"words": "words", "contact": "contact", "revenue": "revenue", "currency": "currency"},
    **{"deal_name": "deal_name", "deal_amount": "deal_amount", "deal_currency": "deal_currency"},
    **{"deal_stage": "deal_stage", "deal_closes_on": "deal_closes_on", "arr_then": "arr_then"},
    **{"arr_currency_then": "arr_currency_then", "tier_then": "tier_then", "segment_then": "segment_then"},
    **{"added_at": "added_at", "added_as": "source", "recorded_by": "recorded_by_id"},
}


def add(rows, homes, *, book, sender, at, load, dry_run):
    """Add the accounts of `rows`; (how many came to requests that were here before, the rows refused, the
    rows whose account is here and reads differently: [(row, fields)]).

    `homes` is {line: (request, whether it is new)}. A further row of a request whose account nobody here
    knows is refused: the account would be lost. A first row keeps its name as the request's company.
    """
    refused, wanted = [], []
    for row in rows:
        if row.said is None:
            continue
        home, account = homes.get(row.line), book.account(row.said)
        if home is None:
            refused.append(Refused(row.line, "its request, in a row above, was refused."))
        elif account is not None:
            wanted.append((row, *home, account))
        elif row.again:
            named = row.said.account or row.said.account_domain or row.said.account_id or row.said.contact
            refused.append(Refused(row.line, f"there is no account “{named[:80]}”."))
    if not wanted:
        return 0, refused, []
    fresh, changed = _unheard(wanted, book, sender, at, dry_run)
    if not dry_run:
        _write(fresh, load, at)
    return sum(not new for _, new, _ in fresh), refused, changed


def _unheard(wanted, book, sender, at, dry_run):
    """([(row, whether the request is new, voice)] of the accounts that their request has not yet, [(row,
    the fields that differ)] of those that it has).

    One that came by an import is not brought again by another, in whoever's name.
    """
    ids = sorted({request.pk for _, request, new, _ in wanted if request is not None and not new})
    if not dry_run:  # one import at a time gives a request its voices
        list(Request.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    heard: dict[tuple, Voice | None] = {}
    imported: dict[tuple, Voice | None] = {}
    for one in Voice.objects.filter(request__in=ids):
        heard[one.request_id, one.account_id, one.added_by_id, one.team_id] = one
        if one.source == Source.IMPORT:
            imported[one.request_id, one.account_id] = one
    fresh, changed = [], []
    for row, request, new, account in wanted:
        voice = _voice(row, request, account, book, sender, at)
        name = request.pk if request else row.key or row.external_id
        mark = (name, account.pk, voice.added_by_id, voice.team_id)
        named = bool(row.said.added_by)  # our own export says whose voice it is
        if mark in heard or (not named and (name, account.pk) in imported):
            here = heard.get(mark) or imported.get((name, account.pk))
            if here and (differing := _differing(row.said, voice, here, named)):
                changed.append((row, differing))
            continue
        heard[mark] = imported[name, account.pk] = None
        fresh.append((row, new, voice))
    return fresh, changed


def _differing(said, wanted, here, named):
    """The fields that the row says otherwise than the voice; an empty cell of another tool's says nothing."""
    return [
        name
        for name, attribute in KEPT.items()
        if (named or (name != "added_at" and getattr(said, name)))
        and _plain(getattr(wanted, attribute)) != _plain(getattr(here, attribute))
    ]


def _plain(value):
    return clean(value) if isinstance(value, str) else value


def _voice(row, request, account, book, sender, at):
    said, named = row.said, bool(row.said.added_by)
    figures = {}
    if said.tier_then in Tier.values and said.segment_then in Segment.values:  # as our own export has them
        figures = {
            "tier_then": said.tier_then,
            "segment_then": said.segment_then,
            "arr_then": said.arr_then,
            "arr_currency_then": said.arr_currency_then or account.currency,
        }
    asked_at = request.submitted_at if request else at
    return Voice(
        request=request,
        account=account,
        words=said.words,
        contact=said.contact or (row.author_name or row.author_email)[:160] * (not row.again and not named),
        source=said.added_as if said.added_as in Source.values else Source.IMPORT,
        revenue=said.revenue,
        currency=said.currency or (account.currency if said.revenue is not None or not named else ""),
        deal_name=said.deal_name,
        deal_amount=said.deal_amount,
        deal_currency=said.deal_currency or (account.currency if said.deal_amount is not None else ""),
        deal_stage=said.deal_stage,
        deal_closes_on=said.deal_closes_on,
        recorded_by=book.person(said.recorded_by),
        added_by=book.person(said.added_by) or sender.by,
        team=book.team(said.team) if said.added_by else sender.team,
        added_at=min(said.added_at or (at if row.again else asked_at), at),
        **figures,
    )


def _write(fresh, load, at):
    Voice.objects.bulk_create(voice for _, _, voice in fresh)
    late = [(row, voice) for row, new, voice in fresh if not new]
    for _, voice in late:
        data = {"account": voice.account.name, "voice": voice.pk, "known": False}
        told = [(voice.request, voice.added_by, voice.added_at)]
        activity.record_past("request.account_added", told, at=at, data=data)
    if load is not None:
        FileImportRow.objects.bulk_create(
            FileImportRow(load=load, request=voice.request, voice=voice, line=row.line) for row, voice in late
        )
    impact.recount(*{voice.request_id for _, _, voice in fresh})
