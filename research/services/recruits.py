"""How one recruit gets on: every change of state goes through `move`."""

from django.db import transaction

from prodops import activity
from research.models import RECRUIT_MOVES, Recruit, RecruitState


class NotPossible(Exception):
    """What is asked for does not follow from where the recruit is; the words say what to do."""


@transaction.atomic
def move(recruit, to, *, by, at, because="", **fields):
    """Bring the recruit into state `to` and set `fields` with it; raises `NotPossible`.

    Who comes second of two at once is refused. `by` is None where the participant did it.
    """
    to = RecruitState(to)
    came_from = [state for state, following in RECRUIT_MOVES.items() if to in following]
    won = Recruit.objects.filter(pk=recruit.pk, state__in=came_from).update(
        state=to, because=because[:300], changed_at=at, **fields
    )
    recruit.refresh_from_db()
    if not won:
        raise NotPossible(
            f"{recruit.participant} is at “{recruit.get_state_display()}”: "
            f"“{to.label}” does not follow from it."
        )
    data = {"recruit": recruit.pk, "because": because[:300]}
    activity.record(f"recruit.{to}", on=recruit.study, by=by, at=at, data=data)


def book(recruit, session, *, by, at):
    """They have booked `session`; a booking that was there is replaced."""
    if recruit.state == RecruitState.BOOKED:
        Recruit.objects.filter(pk=recruit.pk).update(session=session, changed_at=at)
        recruit.refresh_from_db()
        return
    move(recruit, RecruitState.BOOKED, by=by, at=at, session=session)


def unbook(recruit, *, by, at):
    """The booking is cancelled: they keep their place and may book again."""
    move(recruit, RecruitState.SCREENED, by=by, at=at, session=None)


def finish(recruit, *, came, by, at):
    """The session's time has come: they were there, or not. Can be said the other way round later."""
    move(recruit, RecruitState.DONE if came else RecruitState.NO_SHOW, by=by, at=at)
