"""Insights: written from highlights, changed, published."""

from django.db import transaction
from django.db.models import Max

from prodops import activity, search
from research.models import EvidenceKind, Insight, InsightEvidence, InsightStatus
from research.queries import survey_result, task_result

from . import conflicts, insight_states


class AlreadyPublished(Exception):
    """Publishing happens once."""


class NotReviewed(Exception):
    """Somebody who was asked to read it has not agreed to it."""


class NothingToStandOn(Exception):
    """An insight without evidence is an opinion."""


@transaction.atomic
def create(*, title, highlights, by, at, **fields):
    """Write a draft that stands on `highlights`, in that order."""
    insight = Insight.objects.create(title=title, created_by=by, created_at=at, updated_at=at, **fields)
    _cite(insight, highlights, EvidenceKind.SUPPORTS)
    search.index(insight)
    activity.record("insight.created", on=insight, by=by, at=at, data={"evidence": len(highlights)})
    return insight


@transaction.atomic
def edit(insight, *, version, by, at, **fields):
    """Change an insight that is still at `version`; raises `conflicts.Conflict` otherwise.

    What reviewers said of it was of other words, and is taken back.
    """
    before = Insight.objects.get(pk=insight.pk)
    insight = conflicts.save_version(insight, version=version, updated_at=at, **fields)
    if (before.title, before.body) != (insight.title, insight.body):
        insight_states.unread(insight)
    search.index(insight)
    activity.record("insight.edited", on=insight, by=by, at=at)
    return insight


@transaction.atomic
def publish(insight, *, by, at):
    """Make the insight citable; raises `AlreadyPublished`, `NothingToStandOn` or `NotReviewed`.

    Whoever changes it at the same moment comes before, and is read, or after.
    """
    insight_states.held(insight)
    if not insight.evidence.exists():
        raise NothingToStandOn("Add at least one highlight as evidence before publishing.")
    if left := insight_states.waiting_for(insight):
        names = " and ".join(person.name for person in left)
        raise NotReviewed(f"It waits for {names} to agree. Take a name off if you need not wait.")
    draft = Insight.objects.filter(pk=insight.pk, status__in=[InsightStatus.DRAFT, InsightStatus.IN_REVIEW])
    won = draft.update(status=InsightStatus.PUBLISHED, published_at=at, published_by=by, updated_at=at)
    insight.refresh_from_db()
    if not won:
        raise AlreadyPublished("This insight is already published.")
    search.index(insight)
    activity.record("insight.published", on=insight, by=by, at=at)


@transaction.atomic
def cite(insight, highlights, *, by, at, kind=EvidenceKind.SUPPORTS):
    """Add highlights to the evidence; those it has already stay as they are."""
    insight_states.held(insight)
    added = _cite(insight, highlights, kind)
    _changed(insight, by=by, at=at, data={"added": added}, other=bool(added))


def _cite(insight, highlights, kind):
    last = insight.evidence.aggregate(last=Max("position"))["last"]
    first = 0 if last is None else last + 1
    rows = [
        InsightEvidence(insight=insight, highlight=highlight, position=first + index, kind=kind)
        for index, highlight in enumerate(highlights)
    ]
    return _add(insight, rows)


def _add(insight, rows):
    """Write evidence that it has not got yet; returns how many pieces that is."""
    before = insight.evidence.count()
    InsightEvidence.objects.bulk_create(rows, ignore_conflicts=True)
    return insight.evidence.count() - before


@transaction.atomic
def cite_result(insight, *, question=None, task=None, by, at, kind=EvidenceKind.SUPPORTS):
    """Add what a survey question or a usability task came to, as it reads now; once each."""
    insight_states.held(insight)
    reading = (survey_result(question) if question else task_result(task)).sentence[:300]
    last = insight.evidence.aggregate(last=Max("position"))["last"]
    row = InsightEvidence(
        insight=insight,
        question=question,
        task=task,
        reading=reading,
        position=0 if last is None else last + 1,
        kind=kind,
    )
    added = _add(insight, [row])
    data = {"question": question.pk} if question else {"task": task.pk}
    _changed(insight, by=by, at=at, data={"added": added, **data}, other=bool(added))


@transaction.atomic
def weigh(evidence, *, kind, by, at):
    """Say whether a piece of evidence supports, contradicts or gives context."""
    insight_states.held(evidence.insight)
    other = InsightEvidence.objects.filter(pk=evidence.pk).exclude(kind=kind).update(kind=kind)
    data = {"highlight": evidence.highlight_id, "kind": kind}
    _changed(evidence.insight, by=by, at=at, data=data, other=bool(other))


@transaction.atomic
def drop(evidence, *, by, at):
    """Take a piece of evidence away; the highlight itself stays."""
    insight = evidence.insight
    insight_states.held(insight)
    data = {"removed": evidence.highlight_id}
    evidence.delete()
    _changed(insight, by=by, at=at, data=data)


def _changed(insight, *, by, at, data, other=True):
    """Note a change of the evidence. Where it is `other` evidence than reviewers read, they read it anew."""
    if other and not insight.published_at:
        insight_states.unread(insight)
    Insight.objects.filter(pk=insight.pk).update(updated_at=at)
    search.index(insight)
    activity.record("insight.evidence_changed", on=insight, by=by, at=at, data=data)
