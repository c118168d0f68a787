"""Who would read words that go out, and what in them should give pause."""

from typing import NamedTuple

from django.db.models import CharField, F, Func, Q, Value
from django.db.models.functions import Lower

from coordination.matching import blocked
from coordination.models import BlockedTerm, MailStop, Request, Source, Voice
from prodops.models import CustomerAccount, User


class Recipient(NamedTuple):
    """A colleague (`user`) or an author outside (`email`), and the request they asked for."""

    user: User | None
    email: str
    name: str
    request: Request
    wants_none: bool = False  # said so by the link in a mail

    @property
    def who(self):
        return self.user.pk if self.user else self.email


class Preview(NamedTuple):
    recipients: list[Recipient]
    findings: list[blocked.Finding]

    @property
    def reached(self):
        return [one for one in self.recipients if not one.wants_none]

    @property
    def outside(self):
        return sum(1 for one in self.reached if one.user is None)


def tree_of(requests):
    """The requests, those they were joined with, and all that was joined with these."""
    roots = {one.root_id or one.pk for one in requests}
    found = Request.objects.filter(Q(pk__in=roots) | Q(root__in=roots))
    return list(found.select_related("submitter", "channel").order_by("pk"))


def recipients(requests, *, owners=False):
    """[Recipient] of a tree's requests, each person once: who sent one, who added an account to one, and
    with `owners` who looks after the accounts.

    What came in by a channel was asked by its author, not by the channel's owner under whom it runs.
    """
    found: dict[int | str, Recipient] = {}
    outside = [one for one in requests if one.author_email]
    for one in requests:
        if not one.author_email:
            _meet(found, one.submitter, one)
    asking = Voice.objects.filter(request__in=requests).select_related("added_by", "account__owner")
    by_pk = {one.pk: one for one in requests}
    voices = list(asking.order_by("pk"))
    for voice in voices:
        if voice.source != Source.CHANNEL or not by_pk[voice.request_id].author_email:
            _meet(found, voice.added_by, by_pk[voice.request_id])
    addresses = {one.author_email.strip().lower() for one in outside}
    here = User.objects.active().annotate(low=Lower("email")).filter(low__in=addresses)
    colleagues = {person.low: person for person in here}
    stopped = MailStop.objects.annotate(low=Lower("email")).filter(low__in=addresses)
    stops = set(stopped.values_list("low", flat=True))
    for one in outside:
        email = one.author_email.strip().lower()
        if email in colleagues:
            _meet(found, colleagues[email], one)
        elif email not in found:
            found[email] = Recipient(None, email, one.author_name or email, one, email in stops)
    if owners:
        for voice in voices:
            if voice.account.owner:
                _meet(found, voice.account.owner, by_pk[voice.request_id])
    return list(found.values())


def _meet(found, person, request):
    if person.is_active and person.pk not in found:
        found[person.pk] = Recipient(person, "", person.name, request)


def findings_in(words, requests, people):
    """[Finding] in words for these `people` about these requests.

    A customer who asked alone may be named; where several asked, each would read of the others.
    """
    tokens = blocked.tokens(words)
    asked = set(Voice.objects.filter(request__in=requests).values_list("account_id", flat=True))
    first = Lower(Func(F("name"), Value(" "), Value(1), function="split_part", output_field=CharField()))
    accounts = CustomerAccount.objects.annotate(first=first)
    named = accounts.filter(Q(first__in=tokens) | Q(domain__in=tokens)).order_by("name", "pk")
    alone = CustomerAccount.objects.filter(pk__in=asked).first() if len(asked) == 1 else None
    customers = [
        text
        for one in named
        if one != alone
        for text in (one.name, one.domain if one.domain in tokens else "")
        if text
    ]
    colleagues = []
    if any(one.user is None for one in people):
        there = User.objects.active().annotate(first=first).filter(first__in=tokens)
        colleagues = [name for name in there.values_list("name", flat=True) if " " in name.strip()]
    internal = dict(BlockedTerm.objects.values_list("term", "instead"))
    return blocked.find(
        words,
        customers=customers,
        asked=alone.name if alone else "",
        internal=internal,
        colleagues=colleagues,
    )


def preview(words, requests, *, owners=False, told=()):
    """Who would read `words` about these requests, and what was found in them.

    `told` are those (see `Recipient.who`) who heard of it already.
    """
    tree = tree_of(requests)
    people = [one for one in recipients(tree, owners=owners) if one.who not in told]
    return Preview(people, findings_in(words, tree, people))
