"""The day of a session: who came and who did not, said by hand; who stands in; who looks on; notes."""

from django.db import IntegrityError, transaction
from django.db.models import F

from prodops import activity, search
from research.formats.documents import paragraphs
from research.models import Booking, BookingState, PartKind, Recruit, RecruitState, Seat, Session

from . import booking_mails, bookings, cues, parts, recruits
from .bookings import Refused

NOTES = "Notes of the day"


@transaction.atomic
def held(booking, *, by, at):
    """The session took place."""
    booking = _begun(booking, at)
    bookings.end(booking, BookingState.HELD, by=by, at=at)
    booking_mails.silence(booking, at=at)
    recruits.finish(booking.recruit, came=True, by=by, at=at)
    activity.record("booking.held", on=booking, by=by, at=at)
    return booking


@transaction.atomic
def guest_missed(booking, *, by, at):
    """The participant did not come, and had not cancelled."""
    booking = _begun(booking, at)
    bookings.end(booking, BookingState.GUEST_MISSED, by=by, at=at)
    booking_mails.silence(booking, at=at)
    bookings.drop_session(booking, by=by, at=at)
    recruits.finish(booking.recruit, came=False, by=by, at=at)
    activity.record("booking.guest_missed", on=booking, by=by, at=at)
    return booking


@transaction.atomic
def host_missed(booking, *, hosts, by, at):
    """These hosts (ids) did not come: the participant may book again, and it is no absence of theirs.

    Raises `Refused` for somebody who does not hold the session: whoever was stood in for has missed nothing.
    """
    booking = _begun(booking, at)
    if not hosts or booking.seats.filter(live=True, host__in=hosts).count() != len(set(hosts)):
        raise Refused("Say which of its hosts did not come.")
    bookings.end(booking, BookingState.HOST_MISSED, by=by, at=at)
    booking.seats.filter(live=True, host__in=hosts).update(missed=True)
    booking_mails.silence(booking, at=at)
    bookings.drop_session(booking, by=by, at=at)
    recruits.unbook(booking.recruit, by=by, at=at)
    activity.record("booking.host_missed", on=booking, by=by, at=at, data={"hosts": sorted(hosts)})
    return booking


@transaction.atomic
def reopen(booking, *, by, at):
    """Take back what was said of how it went. Not of a cancelled one: the mails are out."""
    recruit = Recruit.objects.select_for_update(of=("self",)).get(pk=booking.recruit_id)
    said = [BookingState.HELD, BookingState.GUEST_MISSED, BookingState.HOST_MISSED]
    try:
        with transaction.atomic():
            won = Booking.objects.filter(pk=booking.pk, state__in=said).update(
                state=BookingState.BOOKED, ended_at=None, ended_by=None, because=""
            )
    except IntegrityError as error:
        raise Refused("The participant has booked another time since.") from error
    if not won:
        raise Refused("Nothing was said of this session that could be taken back.")
    booking = _fresh(booking)
    booking.seats.filter(missed=True).update(missed=False)
    if booking.session is None:
        host = booking.seats.filter(live=True).select_related("host").order_by("pk").first().host
        bookings.open_session(booking, host, by=by, at=at)
    if recruit.state != RecruitState.BOOKED:
        recruits.move(recruit, RecruitState.BOOKED, by=by, at=at, session=booking.session)
    activity.record("booking.reopened", on=booking, by=by, at=at)
    return booking


@transaction.atomic
def substitute(booking, *, out, into, by, at):
    """Let `into` hold the session in place of `out` (users); everybody is told. Raises `Refused`.

    Who steps in may be booked outside their hours, but not twice at once. Nobody has missed anything.
    """
    Recruit.objects.select_for_update(of=("self",)).get(pk=booking.recruit_id)
    booking = bookings.still_open(booking)
    if not into.is_active:
        raise Refused(f"{into.name} does not work here any more.")
    seat = booking.seats.filter(live=True, host=out).first()
    if seat is None:
        raise Refused(f"{out.name} does not hold this session.")
    try:
        with transaction.atomic():
            Seat.objects.filter(pk=seat.pk, live=True).update(live=False, left_to=into)
            bookings.seat(booking, [into])
    except IntegrityError as error:
        raise Refused(f"{into.name} has another session at that time.") from error
    Booking.objects.filter(pk=booking.pk).update(sequence=F("sequence") + 1)
    booking = _fresh(booking)
    if booking.session and booking.session.moderator_id == out.pk:
        Session.objects.filter(pk=booking.session_id).update(moderator=into)
        search.index(
            Session.objects.select_related("study", "participant__account").get(pk=booking.session_id)
        )
    if booking.starts_at > at:
        booking_mails.announce(booking, at=at, hosts=bookings.hosts_of(booking))
        booking_mails.call_off(booking, at=at, hosts=[out], guest=False)
    activity.record(
        "booking.substituted", on=booking, by=by, at=at, data={"out": out.name, "into": into.name}
    )
    return booking


@transaction.atomic
def observe(booking, person, *, by, at):
    """Put somebody on the list of those who look on; twice is once."""
    if not booking.observers.filter(pk=person.pk).exists():
        booking.observers.add(person)
        activity.record("booking.observer_added", on=booking, by=by, at=at, data={"name": person.name})


@transaction.atomic
def stop_observing(booking, person, *, by, at):
    if booking.observers.filter(pk=person.pk).exists():
        booking.observers.remove(person)
        activity.record("booking.observer_removed", on=booking, by=by, at=at, data={"name": person.name})


def notes_of(booking):
    """The session's notes that were taken on its day, or None."""
    if booking.session_id is None:
        return None
    return booking.session.parts.filter(kind=PartKind.NOTES, title=NOTES).order_by("position").first()


@transaction.atomic
def write_notes(booking, text, *, version, by, at):
    """Keep what was noted as the session's notes: a new text of it, or the next version of that.

    `version` is what the writer had before them (0: none). Raises `Refused` without a session or words,
    `conflicts.Conflict` where somebody else has saved meanwhile.
    """
    if booking.session is None:
        raise Refused("This booking has no session that notes could be of.")
    Session.objects.select_for_update().get(pk=booking.session_id)
    part = notes_of(booking)
    said = paragraphs(text)
    if part is None:
        return parts.add(booking.session, kind=PartKind.NOTES, title=NOTES, paragraphs=said, by=by, at=at)
    cues.rewrite_part(part, said, title=NOTES, version=version, by=by, at=at)
    part.refresh_from_db()
    return part


def _fresh(booking):
    return Booking.objects.select_related("study", "recruit__participant", "session").get(pk=booking.pk)


def _begun(booking, at):
    Recruit.objects.select_for_update(of=("self",)).get(pk=booking.recruit_id)
    booking = bookings.still_open(booking)
    if at < booking.starts_at:
        raise Refused("This session has not begun yet. To call it off, cancel it.")
    return booking
