"""Samples of the pages about times: hours, a study's booking, booked sessions, participants' pages."""

import datetime as dt

from django.utils import timezone

from prodops.models import Role
from research.models import Booking
from tests.factories.research import RecruitFactory, StudyFactory
from tests.factories.scheduling import booked, scheduling_of


def _scheduling(people, **fields):
    """Of a host of its own, who has no other sessions."""
    study = StudyFactory(team=people[Role.MEMBER].teams.get())
    return scheduling_of(study, **fields)


def _study(people):
    return {"slug": _scheduling(people).study.slug}


def _token(people, booking=False):
    recruit = RecruitFactory(study=_scheduling(people).study)
    if booking:
        booked(recruit)
    return {"token": recruit.token}


def _bookings(people, n, **fields):
    scheduling = _scheduling(people)
    now = timezone.now()
    return [
        booked(
            RecruitFactory(study=scheduling.study), starts_at=now + dt.timedelta(hours=3 * number), **fields
        )
        for number in range(1, n + 1)
    ]


def _booking(people):
    return {"pk": _bookings(people, 1)[0].pk}


def _over(people):
    (booking,) = _bookings(people, 1)
    at = timezone.now() - dt.timedelta(hours=2)
    Booking.objects.filter(pk=booking.pk).update(starts_at=at, ends_at=at + dt.timedelta(hours=1))
    return {"pk": booking.pk}


def _held(people):
    from research.services import attendance

    pk = _over(people)["pk"]
    booking = Booking.objects.select_related("recruit").get(pk=pk)
    attendance.held(booking, by=people[Role.PRODUCT_OPS], at=timezone.now())
    return {"pk": pk}


def _slot(people):
    scheduling = _scheduling(people, offer="slots")
    return {"pk": scheduling.slots.create(starts_at=timezone.now() + dt.timedelta(days=2)).pk}


def _observer(people):
    pk = _booking(people)["pk"]
    Booking.objects.get(pk=pk).observers.add(people[Role.MEMBER])
    return {"pk": pk, "user_pk": people[Role.MEMBER].pk}


SAMPLES = {
    "research:book": _token,
    "research:book_move": lambda people: _token(people, booking=True),
    "research:book_cancel": lambda people: _token(people, booking=True),
    "research:book_ics": lambda people: _token(people, booking=True),
    "research:study_scheduling": _study,
    "research:study_scheduling_edit": _study,
    "research:slots_add": _study,
    "research:slot_remove": _slot,
    "research:booking_detail": _booking,
    "research:booking_notes": _booking,
    "research:booking_held": _over,
    "research:booking_missed": _over,
    "research:booking_reopen": _held,
    "research:booking_cancel": _booking,
    "research:booking_move": _booking,
    "research:booking_substitute": _booking,
    "research:observer_add": _booking,
    "research:observer_remove": _observer,
}
LISTS = {"research:booking_list": _bookings}
