"""Verbs of review meetings: begin, discuss, decide, promise, tick off, end."""

from django.db import transaction

from process import queries
from process.models import AgendaItem, Decision, ReviewAction, ReviewMeeting
from prodops import activity


class NothingToReview(Exception):
    """There are no objectives to go through."""


class Ended(Exception):
    """The meeting is over; its minutes stand."""


@transaction.atomic
def begin(cycle, team, *, by, at):
    """A review meeting of `cycle`, of `team` or (None) everybody; its agenda is put in order now."""
    found = queries.agenda(cycle, team, at=at)
    if not found:
        raise NothingToReview(f"There are no objectives to review in {cycle}.")
    meeting = ReviewMeeting.objects.create(cycle=cycle, team=team, begun_at=at, begun_by=by)
    AgendaItem.objects.bulk_create(
        AgendaItem(
            meeting=meeting,
            number=number,
            objective=standing.objective,
            title=standing.objective.title,
            why=risks.words,
        )
        for number, (standing, risks) in enumerate(found, start=1)
    )
    activity.record("review_meeting.begun", on=meeting, by=by, at=at)
    return meeting


def _open(meeting_id):
    """The meeting, held against being ended meanwhile; raises `Ended`."""
    meeting = ReviewMeeting.objects.select_for_update().get(pk=meeting_id)
    if not meeting.open:
        raise Ended("This meeting is over: go on with it to add to its minutes.")
    return meeting


@transaction.atomic
def discuss(item, *, by, at):
    """Tick `item` off the agenda, and keep how its objective stands now for the minutes."""
    meeting = _open(item.meeting_id)
    item.stood = _words(item, at)
    won = AgendaItem.objects.filter(pk=item.pk, discussed_at=None).update(discussed_at=at, stood=item.stood)
    item.refresh_from_db()
    if won:
        activity.record("review_meeting.discussed", on=meeting, by=by, at=at, data={"title": item.title})


def _words(item, at):
    if item.objective is None:
        return ""
    [standing] = queries.objective_standings([item.objective], at=at)
    if standing.share is None:
        return ""
    pace = {"early": "too early to say", "on_track": "on track", "behind": "behind", "at_risk": "at risk"}
    said = [one.confidence for one in standing.counted if one.confidence is not None]
    sure = f", confidence {min(said)}" + (f" to {max(said)}" if min(said) < max(said) else "") if said else ""
    return f"{standing.percent} %, {pace[standing.pace]}{sure}"


@transaction.atomic
def decide(item, *, text, by, at):
    """Put a decision about the item's objective into the minutes."""
    meeting = _open(item.meeting_id)
    decision = Decision.objects.create(item=item, text=text, by=by, at=at)
    activity.record("review_meeting.decided", on=meeting, by=by, at=at, data={"text": text[:200]})
    if item.objective:
        activity.record("objective.decided", on=item.objective, by=by, at=at, data={"text": text[:200]})
    return decision


@transaction.atomic
def promise(item, *, text, owner, due_on, by, at):
    """Put an action into the minutes: `owner` does it until the day `due_on`, and is told."""
    meeting = _open(item.meeting_id)
    action = ReviewAction.objects.create(item=item, text=text, owner=owner, due_on=due_on, by=by, at=at)
    data = {"text": text[:200], "action": action.pk, "owner": owner.name}
    activity.record("review_meeting.promised", on=meeting, by=by, at=at, data=data)
    return action


@transaction.atomic
def strike(thing, *, by, at):
    """Take a decision or an action out of the minutes of a meeting that is still on."""
    meeting = _open(thing.item.meeting_id)
    activity.record("review_meeting.struck", on=meeting, by=by, at=at, data={"text": thing.text[:200]})
    thing.delete()


@transaction.atomic
def tick(action, *, done, by, at):
    """Say that an action is done, or that it is not; twice the same changes nothing."""
    signed = {"done_at": at, "done_by": by} if done else {"done_at": None, "done_by": None}
    rows = ReviewAction.objects.filter(pk=action.pk, done_at__isnull=done)
    if rows.update(**signed):
        verb = "review_meeting.done" if done else "review_meeting.undone"
        activity.record(verb, on=action.item.meeting, by=by, at=at, data={"text": action.text[:200]})


@transaction.atomic
def end(meeting, *, by, at):
    """End the meeting: its minutes stand."""
    if ReviewMeeting.objects.filter(pk=meeting.pk, ended_at=None).update(ended_at=at, ended_by=by):
        activity.record("review_meeting.ended", on=meeting, by=by, at=at)
    meeting.refresh_from_db()


@transaction.atomic
def go_on(meeting, *, by, at):
    """Take an ended meeting up again."""
    ended = ReviewMeeting.objects.filter(pk=meeting.pk, ended_at__isnull=False)
    if ended.update(ended_at=None, ended_by=None):
        activity.record("review_meeting.resumed", on=meeting, by=by, at=at)
    meeting.refresh_from_db()
