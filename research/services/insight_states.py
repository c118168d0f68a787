"""What becomes of an insight: review, publication, a better one in its place, or withdrawal."""

from django.db import transaction

from prodops import activity, search
from research.models import Insight, InsightReview, InsightStatus, Verdict
from research.models.insight import MOVES


class Refused(Exception):
    """The insight can't go there; the words say why and what to do."""


def _move(insight, to, *, at, since=None, **fields):
    """Move it in one conditional update: whoever comes second is told, not overruled."""
    froms = [state for state, goals in MOVES.items() if to in goals]
    here = Insight.objects.filter(pk=insight.pk, status__in=[since] if since else froms)
    won = here.update(status=to, updated_at=at, **fields)
    insight.refresh_from_db()
    if not won:
        raise Refused(f"This insight is {insight.get_status_display().lower()} by now. Look at it again.")
    search.index(insight)


@transaction.atomic
def submit(insight, reviewers, *, by, at):
    """Ask people to read a draft before it is published. Of those asked before only these stay asked."""
    people = [person for person in reviewers if person.pk != insight.owner_id]
    if not people:
        raise Refused("Name at least one person besides the owner who should read it.")
    if not insight.evidence.exists():
        raise Refused("Add evidence before you ask somebody to review it.")
    _move(insight, InsightStatus.IN_REVIEW, at=at, since=InsightStatus.DRAFT)
    InsightReview.objects.filter(insight=insight).exclude(reviewer__in=people).delete()
    InsightReview.objects.bulk_create(
        [InsightReview(insight=insight, reviewer=person) for person in people], ignore_conflicts=True
    )
    data = {"reviewers": [person.pk for person in people]}
    activity.record("insight.submitted", on=insight, by=by, at=at, data=data)


@transaction.atomic
def excuse(insight, reviewer, *, by, at):
    """Wait no longer for somebody who was asked to read it."""
    held(insight)
    if insight.published_at:
        raise Refused("This insight is published by now. Look at it again.")
    if not InsightReview.objects.filter(insight=insight, reviewer=reviewer).delete()[0]:
        raise Refused(f"{reviewer.name} is not asked to review this insight.")
    data = {"reviewer": reviewer.pk, "name": reviewer.name}
    activity.record("insight.reviewer_excused", on=insight, by=by, at=at, data=data)


def held(insight):
    """Keep its words, evidence and reviews as they are until the transaction ends, and read it anew."""
    Insight.objects.select_for_update(no_key=True).only("pk").get(pk=insight.pk)
    insight.refresh_from_db()


@transaction.atomic
def say(insight, verdict, *, note="", by, at):
    """A reviewer agrees, or asks for changes, which needs a word on which."""
    verdict, note = Verdict(verdict), " ".join(note.split())[:1000]
    if verdict == Verdict.CHANGES and not note:
        raise Refused("Say what should change.")
    held(insight)
    if insight.status != InsightStatus.IN_REVIEW:
        raise Refused("This insight is not in review.")
    mine = InsightReview.objects.filter(insight=insight, reviewer=by)
    if not mine.update(verdict=verdict, note=note, said_at=at):
        raise Refused("You were not asked to review this insight.")
    activity.record(
        "insight.reviewed", on=insight, by=by, at=at, data={"verdict": verdict.value, "note": note}
    )


@transaction.atomic
def withdraw(insight, *, by, at):
    """Take an insight out of review, back to a draft; who was asked stays known."""
    _move(insight, InsightStatus.DRAFT, at=at, since=InsightStatus.IN_REVIEW)
    activity.record("insight.taken_back", on=insight, by=by, at=at)


def unread(insight):
    """Take back what reviewers said: it was of other words or evidence. In the transaction of the change."""
    said = InsightReview.objects.filter(insight=insight).exclude(verdict=Verdict.WAITING)
    said.update(verdict=Verdict.WAITING, note="", said_at=None)


def waiting_for(insight):
    """The reviewers of an insight who have not agreed to it; who has left us is not waited for."""
    left = insight.reviews.filter(reviewer__is_active=True).exclude(verdict=Verdict.AGREED)
    return [review.reviewer for review in left.select_related("reviewer")]


@transaction.atomic
def supersede(insight, successor, *, by, at):
    """Let a better insight stand in the place of this one, wherever it is cited."""
    if successor.pk == insight.pk or successor.status != InsightStatus.PUBLISHED:
        raise Refused("Choose another insight that is published.")
    _move(insight, InsightStatus.SUPERSEDED, at=at, superseded_by=successor, ended_at=at, ended_by=by)
    data = {"by": successor.pk, "title": successor.title}
    activity.record("insight.superseded", on=insight, by=by, at=at, data=data)


@transaction.atomic
def retract(insight, reason, *, by, at):
    """Say that what was published does not hold, and why."""
    reason = reason.strip()
    if not reason:
        raise Refused("Say why it does not hold: whoever relied on it will read that.")
    _move(
        insight,
        InsightStatus.RETRACTED,
        at=at,
        retraction=reason,
        superseded_by=None,
        ended_at=at,
        ended_by=by,
    )
    activity.record("insight.retracted", on=insight, by=by, at=at, data={"reason": reason[:500]})


@transaction.atomic
def reinstate(insight, *, by, at):
    """Undo a supersession: the insight stands again."""
    fields = {"superseded_by": None, "ended_at": None, "ended_by": None}
    _move(insight, InsightStatus.PUBLISHED, at=at, since=InsightStatus.SUPERSEDED, **fields)
    activity.record("insight.reinstated", on=insight, by=by, at=at)


@transaction.atomic
def reopen(insight, *, by, at):
    """Make a draft of a retracted insight, to be put right and published anew."""
    fields = {
        "retraction": "",
        "ended_at": None,
        "ended_by": None,
        "published_at": None,
        "published_by": None,
    }
    _move(insight, InsightStatus.DRAFT, at=at, since=InsightStatus.RETRACTED, **fields)
    unread(insight)
    activity.record("insight.reopened", on=insight, by=by, at=at)


@transaction.atomic
def confirm(insight, review_by, *, by, at):
    """Say that a published insight still holds, and when to look at it again (a day, or None: never)."""
    won = Insight.objects.filter(pk=insight.pk, status=InsightStatus.PUBLISHED).update(
        review_by=review_by, updated_at=at
    )
    if not won:
        raise Refused("Only a published insight is confirmed.")
    insight.refresh_from_db()
    data = {"until": review_by.isoformat() if review_by else ""}
    activity.record("insight.confirmed", on=insight, by=by, at=at, data=data)
