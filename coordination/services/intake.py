"""Taking in what a channel brings: once each, under the account it names, as nobody has to type it again."""

from dataclasses import replace

from django.db import transaction
from django.db.models.functions import Lower

from coordination.formats.incoming import Incoming, clean, fitted
from coordination.models import Request, RequestTag, RequestType, Source, Urgency
from prodops import activity, search
from prodops.models import CustomerAccount, ProductArea, User

from . import clocks, routing, voices


@transaction.atomic
def take(incoming: Incoming, *, channel, at):
    """Make `incoming` a request of `channel`. Returns (request, whether it is new).

    The same external id again gives the request that came first: its text is never edited. Whoever
    signs in here under the author's address is the submitter, else the channel's owner.
    """
    said = fitted(incoming)
    author = _colleague(said.author_email) if said.proved else None
    bringer = _colleague(said.brought_by) or author
    account, likely = account_of(said), None
    if not said.proved:  # whose domain it is said to be is shown, and counts nowhere
        likely, account = account, None
    fields = {
        "title": said.title,
        "problem": said.body,
        "evidence_url": said.url,
        "language": said.language,
        "urgency": said.urgency if said.urgency in Urgency.values else Urgency.NORMAL,
        "type": _named(RequestType.objects.live(), said.type) or channel.type,
        "area": _named(ProductArea.objects.all(), said.area) or channel.area,
        "author_name": "" if author else said.author_name,
        "author_email": "" if author else said.author_email,
        "company": likely.name if likely else "" if account else said.account_name or said.account_domain,
        "submitter": bringer or channel.owner,
        "submitter_team": channel.team,
        "submitted_at": min(said.sent_at or at, at),
        "changed_at": at,
        "channel": channel,
    }
    if said.external_id:
        request, created = Request.objects.get_or_create(
            source=channel.source, external_id=said.external_id, defaults=fields
        )
        if not created:
            return request, False
    else:
        request = Request.objects.create(source=channel.source, **fields)
    put_tags(request, said.tags)
    activity.record("request.submitted", on=request, by=bringer, at=at, data={"channel": channel.name})
    if account:
        voices.first(
            request,
            account=account,
            by=request.submitter,
            at=at,
            team=channel.team,
            contact=(said.author_name or said.author_email)[:160],
            deal=said.deal,
            source=Source.CHANNEL,
        )
    search.index(request)
    routing.route(request, at=at)
    clocks.start([request], at=at)
    return request, True


def numbered(incoming, number):
    """The same with `number` as its external id, where the other system gave it none."""
    return incoming if clean(incoming.external_id) else replace(incoming, external_id=number)


def account_of(said):
    """The account that an `Incoming` names: by id, by domain (the author's own too), by its one name."""
    if said.account_id:
        found = CustomerAccount.objects.filter(external_ids__contains=[said.account_id]).first()
        if found:
            return found
    for domain in (said.account_domain, said.author_email.rpartition("@")[2]):
        if domain and (found := CustomerAccount.objects.filter(domain__iexact=domain).first()):
            return found
    return _named(CustomerAccount.objects.all(), said.account_name)


def put_tags(request, names):
    """Put these words on the request, making those that are new."""
    if names:
        request.tags.add(*tags_named(names).values())


def tags_named(names):
    """{word in small letters: tag} of these words, making those that are new."""
    known: dict[str, RequestTag | None] = {
        tag.name.casefold(): tag
        for tag in RequestTag.objects.annotate(low=Lower("name")).filter(
            low__in={name.lower() for name in names}
        )
    }
    for name in sorted(names):
        if name.casefold() not in known:
            # Another door may make the same word meanwhile; the database holds it once
            RequestTag.objects.bulk_create([RequestTag(name=name)], ignore_conflicts=True)
            tag = RequestTag.objects.filter(name__iexact=name).first()
            known[name.casefold()] = tag
    return known


def _colleague(email):
    return User.objects.active().filter(email__iexact=email).first() if email else None


def _named(rows, name):
    """The one row of that name, or None where there is none or several."""
    found = list(rows.filter(name__iexact=name)[:2]) if name else []
    return found[0] if len(found) == 1 else None
