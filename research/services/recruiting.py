"""What a study looks for: its terms, its screener, its quotas, and when it looks no more."""

from django.db import transaction
from django.db.models import F, Max

from prodops import activity
from prodops.models import Segment
from research.models import Quota, Recruiting, ScreenerQuestion

MOST_QUESTIONS = 30


class Refused(Exception):
    """It can't be done like that; the words say why and what to do."""


class ChangedMeanwhile(Refused):
    """Somebody else saved first."""


@transaction.atomic
def set_up(study, fields, *, version, by, at):
    """Say what the study looks for; `version` is that of the terms as they were read, 0 for none.

    Raises `ChangedMeanwhile` where somebody else has saved since.
    """
    if version:
        mine = Recruiting.objects.filter(study=study, version=version)
        if not mine.update(**fields, version=F("version") + 1):
            raise ChangedMeanwhile("Somebody else changed this while you wrote. Look at theirs first.")
        recruiting = Recruiting.objects.get(study=study)
    else:
        recruiting, new = Recruiting.objects.get_or_create(study=study, defaults=fields)
        if not new:
            raise ChangedMeanwhile("Somebody else set this up while you wrote. Look at theirs first.")
    activity.record("recruiting.set_up", on=study, by=by, at=at)
    return recruiting


@transaction.atomic
def set_quotas(study, places, *, by, at):
    """Set the places of each segment: {segment: number, or None for no quota}."""
    for segment, number in places.items():
        if number is None:
            Quota.objects.filter(study=study, segment=segment).delete()
        else:
            Quota.objects.update_or_create(study=study, segment=Segment(segment), defaults={"wanted": number})
    said = ", ".join(f"{Segment(one).label} {n}" for one, n in places.items() if n is not None)
    activity.record("recruiting.quotas_set", on=study, by=by, at=at, data={"words": said or "none"})


@transaction.atomic
def close(study, *, by, at):
    """Nobody further is let in: links say so, and nothing more is sent. Who has booked keeps their time."""
    if Recruiting.objects.filter(study=study, closed_at=None).update(closed_at=at):
        activity.record("recruiting.closed", on=study, by=by, at=at)


@transaction.atomic
def reopen(study, *, by, at):
    if Recruiting.objects.filter(study=study, closed_at__isnull=False).update(closed_at=None):
        activity.record("recruiting.reopened", on=study, by=by, at=at)


@transaction.atomic
def save_question(study, question, fields, *, by, at):
    """Add a question to the screener's end (`question` None), or change one.

    Answers that were given stay as they were judged then.
    """
    if question is None:
        have = ScreenerQuestion.objects.select_for_update().filter(study=study)
        if have.count() >= MOST_QUESTIONS:
            raise Refused(f"A screener has at most {MOST_QUESTIONS} questions; nobody answers more.")
        last = have.order_by().aggregate(last=Max("position"))["last"]
        position = 0 if last is None else last + 1
        question = ScreenerQuestion.objects.create(study=study, position=position, **fields)
    else:
        for name, value in fields.items():
            setattr(question, name, value)
        question.save()
    activity.record("recruiting.question_saved", on=study, by=by, at=at, data={"text": question.text[:120]})
    return question


@transaction.atomic
def remove_question(question, *, by, at):
    """Ask it no more."""
    text, study = question.text, question.study
    question.delete()
    activity.record("recruiting.question_removed", on=study, by=by, at=at, data={"text": text[:120]})


@transaction.atomic
def raise_question(question, *, by, at):
    """Ask it one place earlier; the first stays the first."""
    rows = ScreenerQuestion.objects.select_for_update().filter(study=question.study_id)
    before = rows.filter(position__lt=question.position).order_by("-position").first()
    if before is not None:
        first, second = before.position, question.position
        ScreenerQuestion.objects.filter(pk=before.pk).update(position=second)
        ScreenerQuestion.objects.filter(pk=question.pk).update(position=first)
        activity.record("recruiting.question_moved", on=question.study, by=by, at=at)
