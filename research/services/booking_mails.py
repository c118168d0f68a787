"""Mails about bookings: written down with what they are about, then sent, each once.

A mail's row is claimed in the transaction that sends it, so that two workers never send it both; what a mail
server does not take is tried again. What a row speaks of is kept in it: an invitation that goes out late
still says what it was made for, and a reminder of a time that a booking no longer has is given up.
"""

import datetime as dt
import logging
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.template import engines
from django.urls import reverse

from prodops import jobs
from research.formats.calendars import Invitation, Person, written
from research.models import Availability, BookingMail, BookingMailKind, BookingState
from research.queries.scheduling import zone_named, zone_of

log = logging.getLogger(__name__)
BEFORE = {
    BookingMailKind.DAY_BEFORE: dt.timedelta(hours=24),
    BookingMailKind.HOUR_BEFORE: dt.timedelta(hours=1),
}
GIVE_UP = 12  # tries
BATCH = 200


def announce(booking, *, at, hosts, reminders=True):
    """Have the participant and `hosts` sent the booking as it is now, and reminded of it."""
    _replace(booking, at)
    kinds = [(BookingMailKind.BOOKED, at)]
    if reminders:
        kinds += [(kind, booking.starts_at - before) for kind, before in BEFORE.items()]
    _add(booking, [(kind, due) for kind, due in kinds if due >= at], [None, *hosts])


def call_off(booking, *, at, hosts, guest=True):
    """Have `hosts`, and the participant, sent that the event is cancelled; nobody is reminded of it."""
    if guest:
        _replace(booking, at)
    _add(booking, [(BookingMailKind.CANCELLED, at)], [*([None] if guest else []), *hosts])


def _replace(booking, at):
    """What has not gone out yet speaks of what is over."""
    booking.mails.to_mail().update(given_up_at=at)


def silence(booking, *, at):
    """Remind nobody any more: it was held, or somebody did not come."""
    booking.mails.to_mail().filter(kind__in=list(BEFORE)).update(given_up_at=at)


def _add(booking, kinds, hosts):
    BookingMail.objects.bulk_create(
        [
            BookingMail(
                booking=booking,
                kind=kind,
                host=host,
                starts_at=booking.starts_at,
                ends_at=booking.ends_at,
                sequence=booking.sequence,
                due_at=due,
            )
            for kind, due in kinds
            for host in hosts
        ],
        ignore_conflicts=True,
    )
    jobs.enqueue("research.tasks.send_booking_mails")  # what is due now need not wait for the next turn


def due(*, at):
    """Ids of the mails to send by now, in the order they were written."""
    rows = BookingMail.objects.to_mail().filter(due_at__lte=at).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:BATCH])


def send(pk, *, at):
    """Send one mail, unless somebody else does; one that cannot go now is put off."""
    try:
        _send(pk, at=at)
    except Exception as problem:
        log.exception("The mail %s about a booking was not sent", pk)
        _put_off(pk, problem, at)


@transaction.atomic
def _send(pk, *, at):
    free = BookingMail.objects.to_mail().select_for_update(skip_locked=True, of=("self",))
    row = free.filter(pk=pk, due_at__lte=at).first()
    if row is None:
        return
    row = BookingMail.objects.select_related(
        "host", "booking__study__recruiting", "booking__study__scheduling", "booking__recruit__participant"
    ).get(pk=pk)
    if _is_stale(row, at):
        BookingMail.objects.filter(pk=pk).update(given_up_at=at)
        return
    mail = mail_for(row, at=at)
    if mail is None:
        BookingMail.objects.filter(pk=pk).update(given_up_at=at, fault="There is no address to write to.")
        return
    BookingMail.objects.filter(pk=pk).update(mailed_at=at, fault="")
    mail.send()


def _is_stale(row, at):
    """Whether nobody needs it any more: a reminder of a time that has changed, has come, or comes sooner than
    the next reminder of it."""
    if row.kind not in BEFORE:
        return False
    booking = row.booking
    if booking.state != BookingState.BOOKED or booking.starts_at != row.starts_at:
        return True
    left = row.starts_at - at
    return left <= (
        BEFORE[BookingMailKind.HOUR_BEFORE] if row.kind == BookingMailKind.DAY_BEFORE else dt.timedelta()
    )


def _put_off(pk, problem, at):
    row = BookingMail.objects.to_mail().filter(pk=pk).first()
    if row is None:
        return
    fault = f"{type(problem).__name__}: {problem}"[:300]
    over = row.tries + 1 >= GIVE_UP or isinstance(problem, SMTPRecipientsRefused | ValueError)
    later = at if over else at + dt.timedelta(minutes=min(2 ** (row.tries + 1), 60))
    fields = {"given_up_at": at} if over else {"due_at": later}
    BookingMail.objects.filter(pk=pk).update(tries=F("tries") + 1, fault=fault, **fields)


def public_title(study):
    """What participants know the study by: they never see its own title."""
    recruiting = getattr(study, "recruiting", None)
    return recruiting.public_title if recruiting else f"Conversation with {settings.COMPANY_NAME}"


def link_of(recruit):
    """Where the participant books, moves and cancels."""
    return settings.BASE_URL + reverse("research:book", args=[recruit.token])


def mail_for(row, *, at):
    """The mail of a `BookingMail`, with the event beside the words; None where there is no address."""
    booking, guest = row.booking, row.booking.recruit.participant
    reader = Person(row.host.name, row.host.email) if row.host else Person(guest.name, guest.email)
    if not reader.email:
        return None
    zone = _zone_of(row)
    title = public_title(booking.study)
    if row.host:
        title = f"{title}: {guest.name}"
    context = {
        "row": row,
        "booking": booking,
        "guest": guest,
        "company": settings.COMPANY_NAME,
        "title": title,
        "reader": reader,
        "starts": row.starts_at.astimezone(zone),
        "ends": row.ends_at.astimezone(zone),
        "zone": str(zone).replace("_", " "),
        "hosts": [seat.host for seat in booking.seats.filter(live=True).select_related("host")],
        "link": settings.BASE_URL + booking.get_absolute_url() if row.host else link_of(booking.recruit),
        "note": booking.study.scheduling.guest_note if hasattr(booking.study, "scheduling") else "",
        "cancelled": row.kind == BookingMailKind.CANCELLED,
        "reminder": row.kind in BEFORE,
    }
    body = engines["jinja2"].get_template("research/email/booking.txt").render(context)
    mail = EmailMultiAlternatives(
        " ".join(f"{_SUBJECTS[row.kind]}: {title}, {context['starts']:%a %-d %b %H:%M}".split())[:200],
        body,
        settings.DEFAULT_FROM_EMAIL,
        [reader.email],
        headers={
            "Message-ID": f"<booking-{booking.uid}-{row.pk}@{_domain()}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    if row.kind not in BEFORE:
        event = written(_invitation(row, title=title, words=body, reader=reader, zone=zone, at=at)).decode()
        kind = f"text/calendar; method={'CANCEL' if context['cancelled'] else 'REQUEST'}; charset=utf-8"
        mail.attach_alternative(event, kind)
        mail.attach("cancelled.ics" if context["cancelled"] else "invitation.ics", event, kind)
    return mail


def _invitation(row, *, title, words, reader, zone, at):
    return Invitation(
        uid=f"{row.booking.uid}@{_domain()}",
        sequence=row.sequence,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        zone=zone,
        title=title,
        words=words,
        place=row.booking.place,
        organizer=_organizer(),
        attendee=reader,
        made_at=at,
        cancelled=row.kind == BookingMailKind.CANCELLED,
    )


def event_of(booking, *, at):
    """The booking as an iCalendar file for its participant."""
    guest, study = booking.recruit.participant, booking.study
    row = BookingMail(
        booking=booking,
        kind=BookingMailKind.BOOKED,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        sequence=booking.sequence,
    )
    return written(
        _invitation(
            row,
            title=public_title(study),
            words=link_of(booking.recruit),
            reader=Person(guest.name, guest.email or _organizer().email),
            zone=zone_named(booking.zone),
            at=at,
        )
    )


_SUBJECTS = {
    BookingMailKind.BOOKED: "Booked",
    BookingMailKind.CANCELLED: "Cancelled",
    BookingMailKind.DAY_BEFORE: "Tomorrow",
    BookingMailKind.HOUR_BEFORE: "In one hour",
}


def _zone_of(row):
    if row.host is None:
        return zone_named(row.booking.zone)
    return zone_of(row.host, Availability.objects.filter(host=row.host).first())


def _organizer():
    name, address = settings.DEFAULT_FROM_EMAIL, settings.DEFAULT_FROM_EMAIL
    if "<" in name:
        name, _, address = name.partition("<")
    return Person(name.strip() or settings.COMPANY_NAME, address.rstrip("> ").strip())


def _domain():
    return settings.BASE_URL.partition("://")[2].partition("/")[0].partition(":")[0] or "prodops"
