"""What those who are invited say for themselves: their answers, a no, and that they want no more mail."""

from django.db import transaction

from prodops import activity, jobs
from research.models import (
    Bar,
    Booking,
    BookingState,
    ContactBar,
    Invitation,
    InvitationKind,
    Participant,
    Recruit,
    Recruiting,
    RecruitState,
)
from research.queries import recruiting as reads
from research.synthesis import screening

from . import bookings, recruits


class Closed(Exception):
    """It is too late; the words are for the person who answers."""


def ensure_open(recruit, *, at):
    """Raise `Closed` unless the recruit may still answer."""
    if why := reads.shut(recruit, at=at):
        raise Closed(why)


@transaction.atomic
def answer(recruit, sent, *, at):
    """Take the answers {question's key: [texts]} of an invited person and say whether they fit.

    Returns the `screening.Reading`; with faults in it nothing is kept. Raises `Closed` where all places were
    taken meanwhile: of two for the last place the first gets it.
    """
    recruiting = Recruiting.objects.select_for_update().get(study=recruit.study_id)
    recruit.refresh_from_db()
    if recruit.state != RecruitState.INVITED:
        raise Closed("You have answered already. Thank you.")
    reading = screening.judge(reads.questions(recruit.study_id), sent)
    if reading.faults:
        return reading
    given = [{"question": one.question, "answer": one.said, "fits": one.fits} for one in reading.given]
    fields = {"answers": given, "answered_at": at}
    if not reading.fits:
        because = "; ".join(reading.reasons)
        recruits.move(recruit, RecruitState.SCREENED_OUT, by=None, at=at, because=because, **fields)
        return reading
    ensure_open(recruit, at=at)
    to = RecruitState.ANSWERED if recruiting.by_hand else RecruitState.SCREENED
    recruits.move(recruit, to, by=None, at=at, **fields)
    return reading


def decline(recruit, *, at, because="Said no"):
    """They would rather not."""
    recruits.move(recruit, RecruitState.DECLINED, by=None, at=at, because=because)
    _unsend([recruit.pk], at)


@transaction.atomic
def opt_out(recruit, *, at, keep=False):
    """They want no more such mail: from now on no study asks them, under any entry with this address.

    What waits to be mailed is not mailed, and what they have booked is called off, so that no reminder of it
    goes out either: unless they say that they still come (`keep`).
    """
    person = recruit.participant
    same = Participant.objects.filter(pk=person.pk)
    if person.email:
        same |= Participant.objects.filter(email__iexact=person.email)
    people = list(same.order_by("pk"))
    asked = Recruit.objects.filter(participant__in=people).select_related("study", "participant")
    list(
        asked.select_for_update(of=("self",)).order_by("pk")
    )  # whoever books meanwhile comes before or after
    said = {"at": at, "because": "By a link"}
    new = [
        ContactBar.objects.get_or_create(participant=one, kind=Bar.OPTED_OUT, lifted_at=None, defaults=said)[
            1
        ]
        for one in people
    ]
    if not keep:
        for booking in booked_by(people, at=at):
            bookings.cancel(booking, at=at, because="Opted out")
    over = (RecruitState.BOOKED, RecruitState.DONE, RecruitState.NO_SHOW, RecruitState.DECLINED)
    for waiting in list(asked.exclude(state__in=over).order_by("pk")):
        recruits.move(waiting, RecruitState.DECLINED, by=None, at=at, because="Opted out")
    _unsend(list(asked.values_list("pk", flat=True)), at)
    if any(new):
        data = {"study": recruit.study_id}
        activity.record("participant.opted_out", on=person, by=None, at=at, data=data)


def booked_by(people, *, at):
    """The bookings of these participants that are still to come, as a QuerySet."""
    coming = Booking.objects.filter(recruit__participant__in=people, state=BookingState.BOOKED)
    return coming.filter(starts_at__gt=at).select_related("study", "recruit").order_by("starts_at", "pk")


def _unsend(recruit_ids, at):
    Invitation.objects.to_mail().filter(recruit__in=recruit_ids).update(given_up_at=at)


@transaction.atomic
def admit(recruit, *, by, at):
    """A researcher says that they fit: they get a mail that lets them choose a time."""
    recruits.move(recruit, RecruitState.SCREENED, by=by, at=at)
    ask_again = Invitation.objects.create(recruit=recruit, kind=InvitationKind.ACCEPTED, at=at)
    jobs.enqueue("research.tasks.mail_invitations", ids=[ask_again.pk])


def turn_away(recruit, *, because, by, at):
    """A researcher says that they do not fit, or gives the place to somebody else."""
    recruits.move(recruit, RecruitState.SCREENED_OUT, by=by, at=at, because=because.strip() or "By hand")
