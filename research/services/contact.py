"""Who is not to be asked, and exceptions from cooling down: each with who said so and why."""

from django.db import IntegrityError, transaction

from prodops import activity
from prodops.clock import company_day
from research.models import FINAL, Bar, ContactBar, ContactOverride
from research.queries.panel import contacts


class Refused(Exception):
    """It can't be done; the words say why."""


@transaction.atomic
def bar(participant, kind, *, because, until=None, by, at):
    """Say that somebody is not to be asked. `until` (the last day) is for `DO_NOT_CONTACT` alone."""
    because = because.strip()[:300]
    if not because:
        raise Refused("Say why, so that the next person knows.")
    if until is not None and (kind != Bar.DO_NOT_CONTACT or until < company_day(at)):
        raise Refused("Only “do not contact” ends by itself, and on a day that lies ahead.")
    try:
        with transaction.atomic():
            row = ContactBar.objects.create(
                participant=participant, kind=kind, because=because, until=until, by=by, at=at
            )
    except IntegrityError:
        _renew(participant, kind, because=because, until=until, by=by, at=at)
        row = ContactBar.objects.get(participant=participant, kind=kind, lifted_at=None)
    data = {"kind": Bar(kind).label.lower()}
    activity.record("participant.barred", on=participant, by=by, at=at, data=data)
    return row


def _renew(participant, kind, **fields):
    """One that has run out, or says something else now, is written anew."""
    ContactBar.objects.filter(participant=participant, kind=kind, lifted_at=None).update(**fields)


@transaction.atomic
def lift(row, *, because, by, at):
    """Let somebody be asked again, with the reason: an opt-out only since they said so themselves."""
    because = because.strip()[:300]
    if not because:
        raise Refused("Say why they may be asked again.")
    won = ContactBar.objects.filter(pk=row.pk, lifted_at=None).update(
        lifted_at=at, lifted_by=by, lifted_because=because
    )
    if not won:
        raise Refused("This was lifted already.")
    data = {"kind": Bar(row.kind).label.lower()}
    activity.record("participant.unbarred", on=row.participant, by=by, at=at, data=data)


@transaction.atomic
def override(participant, study, *, because, by, at):
    """Let `study` ask somebody who cools down or is not to be contacted. Raises `Refused` for a blocklisted
    person, for one who opted out, and without a reason."""
    because = because.strip()[:300]
    if not because:
        raise Refused("Say why this study may ask them now.")
    standing = contacts([participant.pk], at=at)[participant.pk]
    if standing.state in FINAL:
        raise Refused(f"{standing.state.label}: no exception is made to that.")
    row, made = ContactOverride.objects.get_or_create(
        participant=participant, study=study, defaults={"because": because, "by": by, "at": at}
    )
    if made:
        data = {"study": study.pk, "because": because}
        activity.record("participant.override", on=participant, by=by, at=at, data=data)
    return row
