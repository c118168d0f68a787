"""Participants: known again by name within their account."""

from typing import Any, NamedTuple

from django.db import IntegrityError, transaction

from prodops import activity
from research.models import Participant


class Person(NamedTuple):
    """Who took part, as somebody typed it."""

    name: str
    account: Any = None
    role: str = ""
    email: str = ""


def known_or_new(person):
    """The account's participant of that name, or a new one; None for no name.

    What is blank of a known one is filled in.
    """
    if not person.name:
        return None
    name, account, role, email = person
    found = Participant.objects.filter(name__iexact=name, account=account).first()
    if found is None:
        try:
            with transaction.atomic():
                return Participant.objects.create(name=name, account=account, role=role, email=email)
        except IntegrityError:  # somebody was quicker
            found = Participant.objects.get(name__iexact=name, account=account)
    missing = {
        field: value
        for field, value in (("role", role), ("email", email))
        if value and not getattr(found, field)
    }
    if missing:
        for field, value in missing.items():
            setattr(found, field, value)
        found.save(update_fields=list(missing))
    return found


@transaction.atomic
def reach(participant, *, email, phone, by, at):
    """Change how a participant can be reached. The event says that it was changed, not to what."""
    if (email, phone) != (participant.email, participant.phone):
        Participant.objects.filter(pk=participant.pk).update(email=email, phone=phone)
        activity.record("participant.contact_changed", on=participant, by=by, at=at)
