"""Whose turn it is."""

import datetime as dt
from typing import NamedTuple

from coordination.models import Rotation, RotationMember, RotationTurn, monday_of
from prodops.models import Away, User

WEEKS = 8  # that a rotation's page looks ahead


class Duty(NamedTuple):
    """Who looks after the inbox; `instead_of` is whose week it is, where that person is away."""

    rotation: Rotation
    user: User
    instead_of: User | None


class Week(NamedTuple):
    """One week of a rotation: whose turn it is; `taken` says that somebody took it out of order, `away`
    on how many of its working days that person is away."""

    monday: dt.date
    user: User | None
    taken: bool
    away: int


def on_duty(day):
    """The `Duty` of the rotation that looks after the inbox, or None: without one, or with all away."""
    rotation = Rotation.objects.filter(inbox=True).first()
    if rotation is None:
        return None
    order = _order(rotation)
    turn = RotationTurn.objects.filter(rotation=rotation, week=monday_of(day)).select_related("user").first()
    if not order and turn is None:
        return None
    place = _place(rotation, monday_of(day), len(order)) if order else 0
    whose = turn.user if turn else order[place]
    others = order[place:] + order[:place]
    away = set(Away.objects.on(day).values_list("user", flat=True))
    for user in [whose, *others]:
        if user.is_active and user.pk not in away:
            return Duty(rotation, user, whose if user != whose else None)
    return None


def weeks_of(rotation, *, day, number=WEEKS):
    """[Week] from the week of `day` on."""
    first = monday_of(day)
    order = _order(rotation)
    taken = {turn.week: turn.user for turn in rotation.turns.filter(week__gte=first).select_related("user")}
    last = first + dt.timedelta(7 * number)
    periods = list(Away.objects.filter(last_day__gte=first, first_day__lt=last))
    weeks = []
    for count in range(number):
        monday = first + dt.timedelta(7 * count)
        user = taken.get(monday) or (order[_place(rotation, monday, len(order))] if order else None)
        days = [monday + dt.timedelta(n) for n in range(5)]
        mine = [one for one in periods if user and one.user_id == user.pk]
        away = sum(any(one.first_day <= day <= one.last_day for one in mine) for day in days)
        weeks.append(Week(monday, user, monday in taken, away))
    return weeks


def _order(rotation):
    members = RotationMember.objects.filter(rotation=rotation).select_related("user").order_by("position")
    return [member.user for member in members]


def _place(rotation, monday, size):
    return (monday - rotation.first_week).days // 7 % size
