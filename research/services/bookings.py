"""Booking a time, moving and cancelling it: by the participant with their link, or by whoever runs the study.

Whatever changes a host's time first locks the recruit and then the hosts, in the order of their ids; so two
who want the last time come one after the other, and the second is told that it is gone. The constraint on
`Seat` stands behind that for whatever does not come this way.
"""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F

from prodops import activity, search
from prodops.models import User
from research.clocks.slots import Mode, chosen, nearest
from research.models import Availability, Booking, BookingState, Recruit, Scheduling, Seat, Session, kind_of
from research.queries import scheduling as times

from . import booking_mails, recruits, sessions

OFFERED = 3  # other times beside a message that one is gone
AROUND = 14  # days on either side in which those are looked for


class Refused(Exception):
    """It cannot be done, and trying again is no use; the words say what to do instead."""


class Gone(Refused):
    """The time was taken while it was being looked at. `instead` are the next free `Slot`s."""

    def __init__(self, words, instead):
        super().__init__(words)
        self.instead = instead


def book(recruit, *, start, zone, at):
    """Book `start` (an aware instant) for the recruit, who reads it in `zone`. Gives the booking.

    Raises `Gone` where the time is not free any more, `Refused` where the recruit may not book.
    """
    try:
        with transaction.atomic():
            recruit = _locked(recruit)
            scheduling = _open_scheduling(recruit)
            if not recruit.may_book:
                raise Refused("This link does not book a session any more. Answer the mail it came with.")
            if times.open_booking(recruit):
                raise Refused("You have booked a session already. Move or cancel that one.")
            slot = _slot(scheduling, start, at=at)
            return _create(recruit, scheduling, slot, zone, at=at)
    except IntegrityError as error:
        raise _gone(recruit, start, at) from error


def move(booking, *, start, at, by=None, zone=None):
    """Move a booking to another free time. Participants (`by` None) within the study's rules.

    Raises `Gone` where the time is not free any more, `Refused` where it may not be moved.
    """
    try:
        with transaction.atomic():
            recruit = _locked(booking.recruit)
            booking = still_open(booking)
            scheduling = _open_scheduling(recruit) if by is None else _scheduling(recruit)
            if why := why_not_move(booking, scheduling, at=at) if by is None else None:
                raise Refused(why)
            slot = _slot(scheduling, start, at=at, moving=booking, staff=by is not None)
            return _moved(booking, scheduling, slot, zone, by=by, at=at)
    except IntegrityError as error:
        raise _gone(booking.recruit, start, at, moving=booking, staff=by is not None) from error


def why_not_move(booking, scheduling, *, at):
    """Why the participant may not move it themselves; "" where they may."""
    if at >= booking.starts_at:
        return "This session has begun; it cannot be moved any more."
    if booking.moves >= scheduling.most_moves:
        often = {0: "", 1: "once "}.get(booking.moves, f"{booking.moves} times ")
        return (
            f"You have moved this session {often}already. You can still cancel it."
            if often
            else ("This session cannot be moved. You can cancel it.")
        )
    if at > booking.starts_at - dt.timedelta(hours=scheduling.change_hours):
        return (
            f"It is less than {scheduling.change_hours} hours to the session: too late to move it. "
            "You can still cancel it."
        )
    return ""


@transaction.atomic
def cancel(booking, *, at, by=None, because=""):
    """Call a booking off before it begins. Its recruit may book again; its session goes if it is empty.

    Raises `Refused` once it has begun (for the participant) or is over.
    """
    recruit = _locked(booking.recruit)
    booking = still_open(booking)
    if by is None and at >= booking.starts_at:
        raise Refused("This session has begun; it cannot be cancelled any more.")
    hosts = hosts_of(booking)
    booking.sequence += 1
    end(booking, BookingState.CANCELLED, by=by, at=at, because=because)
    booking.seats.filter(live=True).update(live=False)
    booking_mails.call_off(booking, at=at, hosts=hosts)
    drop_session(booking, by=by, at=at)
    recruits.unbook(recruit, by=by, at=at)
    activity.record("booking.cancelled", on=booking, by=by, at=at, data={"because": because[:300]})
    return booking


def drop_session(booking, *, by, at):
    """The session of a booking that did not take place, unless something is in it already."""
    session = booking.session
    if session is None or has_matter(session):
        return
    sessions.delete(session, by=by, at=at)
    booking.session = None


def has_matter(session):
    return session.cues.exists() or session.parts.exists() or session.recordings.exists()


def open_session(booking, host, *, by, at):
    """The research session that a booking is of; it moves with it."""
    recruit = booking.recruit
    kind = kind_of(booking.study.method)
    session = Session(
        study=booking.study,
        title=f"{kind.label} with {recruit.participant.name}"[:200],
        kind=kind,
        held_on=_day(booking, host),
        participant=recruit.participant,
        moderator=host,
        created_by=by or host,
        created_at=at,
    )
    session.save()
    search.index(session)
    activity.record("session.booked", on=session, by=by, at=at)
    booking.session = session
    Booking.objects.filter(pk=booking.pk).update(session=session)
    return session


def _day(booking, host):
    availability = Availability.objects.filter(host=host).first()
    return booking.starts_at.astimezone(times.zone_of(host, availability)).date()


def _locked(recruit):
    return (
        Recruit.objects.select_for_update(of=("self",))
        .select_related("study", "participant")
        .get(pk=recruit.pk)
    )


def still_open(booking):
    booking = Booking.objects.select_related("study", "recruit__participant", "session").get(pk=booking.pk)
    if booking.state != BookingState.BOOKED:
        raise Refused(f"This session is no longer to come: {booking.get_state_display().lower()}.")
    return booking


def _scheduling(recruit):
    scheduling = Scheduling.objects.filter(study=recruit.study_id).first()
    if scheduling is None:
        raise Refused("No times are offered for this study yet. You hear from us.")
    return scheduling


def _open_scheduling(recruit):
    scheduling = _scheduling(recruit)
    if not scheduling.is_open:
        raise Refused("No more times can be booked online. Answer the mail you had from us.")
    return scheduling


def _slot(scheduling, start, *, at, moving=None, staff=False):
    """The free slot that starts then, its hosts locked; raises `Gone`."""
    ids = sorted(scheduling.hosts.values_list("pk", flat=True))
    # no_key: rows elsewhere may go on pointing at these people meanwhile
    hosts = list(User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    day = start.astimezone(dt.UTC).date()
    near = (day - dt.timedelta(days=2), day + dt.timedelta(days=2))
    found = times.free(
        scheduling, now=at, first=near[0], last=near[1], moving=moving, staff=staff, hosts=hosts
    )
    slot = next((one for one in found if one.start == start), None)
    if slot is None:
        raise _none_free(scheduling, start, at, moving, staff)
    return slot


def _gone(recruit, start, at, moving=None, staff=False):
    return _none_free(_scheduling(recruit), start, at, moving, staff)


def _none_free(scheduling, start, at, moving, staff):
    day, around = start.astimezone(dt.UTC).date(), dt.timedelta(days=AROUND)
    found = times.free(
        scheduling, now=at, first=day - around, last=day + around, moving=moving, staff=staff
    ) or times.free(scheduling, now=at, moving=moving)
    return Gone("Somebody else has just taken this time.", nearest(found, start, OFFERED))


def _create(recruit, scheduling, slot, zone, *, at):
    hosts = _chosen(slot, scheduling)
    booking = Booking.objects.create(
        study=recruit.study,
        recruit=recruit,
        starts_at=slot.start,
        ends_at=slot.end,
        zone=zone,
        place=scheduling.place,
        booked_at=at,
    )
    seat(booking, hosts)
    session = open_session(booking, hosts[0], by=None, at=at)
    recruits.book(recruit, session, by=None, at=at)
    booking_mails.announce(booking, at=at, hosts=hosts)
    activity.record("booking.made", on=booking, by=None, at=at)
    return booking


def _moved(booking, scheduling, slot, zone, *, by, at):
    before = hosts_of(booking)
    hosts = _chosen(slot, scheduling, before)
    booking.seats.filter(live=True).update(live=False)
    seat_for = Booking.objects.filter(pk=booking.pk, state=BookingState.BOOKED)
    fields = {"starts_at": slot.start, "ends_at": slot.end, "sequence": F("sequence") + 1}
    if by is None:
        fields["moves"] = F("moves") + 1
    if zone:
        fields["zone"] = zone
    was = booking.starts_at
    seat_for.update(**fields)
    booking.refresh_from_db()
    seat(booking, hosts)
    if booking.session:
        Session.objects.filter(pk=booking.session_id).update(
            held_on=_day(booking, hosts[0]), moderator=hosts[0]
        )
        search.index(
            Session.objects.select_related("study", "participant__account").get(pk=booking.session_id)
        )
    booking_mails.announce(booking, at=at, hosts=hosts)
    if gone := [host for host in before if host not in hosts]:
        booking_mails.call_off(booking, at=at, hosts=gone, guest=False)
    activity.record(
        "booking.moved",
        on=booking,
        by=by,
        at=at,
        data={"from": was.isoformat(), "to": slot.start.isoformat()},
    )
    return booking


def _chosen(slot, scheduling, before=()):
    """The hosts of the new time; whoever had it in turn keeps it if they can."""
    kept = [host.pk for host in before if host.pk in slot.hosts]
    mode = Mode(scheduling.mode)
    keys = kept[:1] if kept and mode != Mode.TOGETHER else chosen(slot, mode)
    people = User.objects.in_bulk(keys)
    return [people[key] for key in keys]


def seat(booking, hosts):
    """Take the hosts' time, buffers and all; IntegrityError where one of them has it no longer."""
    rules = {row.host_id: row for row in Availability.objects.filter(host__in=hosts)}
    for host in hosts:
        Seat.objects.create(booking=booking, host=host, during=taken_by(booking, rules.get(host.pk)))


def taken_by(booking, availability):
    before = dt.timedelta(minutes=availability.before_minutes if availability else 0)
    after = dt.timedelta(minutes=availability.after_minutes if availability else 0)
    return DateTimeTZRange(booking.starts_at - before, booking.ends_at + after, "[)")


def hosts_of(booking):
    return [one.host for one in booking.seats.filter(live=True).select_related("host").order_by("pk")]


def end(booking, state, *, by, at, because=""):
    """From booked to `state`, once."""
    fields = {
        "state": state,
        "ended_at": at,
        "ended_by": by,
        "because": because[:300],
        "sequence": booking.sequence,
    }
    won = Booking.objects.filter(pk=booking.pk, state=BookingState.BOOKED).update(**fields)
    if not won:
        raise Refused("Somebody else has just said how this session ended.")
    booking.refresh_from_db()
