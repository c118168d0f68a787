"""A report is read by somebody else before everybody gets it: asked for, agreed with, or sent back."""

from django.db import transaction

from prodops import activity
from research.models import InsightReport, ReportReview, Verdict

from .report_states import Frozen, Refused


@transaction.atomic
def ask(report, reviewers, *, by, at):
    """Ask people to read the draft. Who agreed is asked anew only after a change."""
    report = _held(report)
    people = [person for person in reviewers if person.pk != by.pk]
    if not people:
        raise Refused("Name somebody besides yourself who should read it.")
    rows = [ReportReview(report=report, reviewer=one, asked_by=by, asked_at=at) for one in people]
    ReportReview.objects.bulk_create(rows, ignore_conflicts=True)
    data = {"reviewers": [person.pk for person in people]}
    activity.record("report.review_asked", on=report, by=by, at=at, data=data)


@transaction.atomic
def excuse(report, reviewer_id, *, by, at):
    """Wait no longer for somebody who was asked."""
    report = _held(report)
    if ReportReview.objects.filter(report=report, reviewer=reviewer_id).delete()[0]:
        activity.record("report.reviewer_excused", on=report, by=by, at=at, data={"reviewer": reviewer_id})


@transaction.atomic
def say(report, verdict, *, note="", by, at):
    """A reviewer agrees, or asks for changes, which needs a word on which."""
    verdict, note = Verdict(verdict), " ".join(note.split())[:1000]
    if verdict == Verdict.CHANGES and not note:
        raise Refused("Say what should change.")
    report = _held(report)
    mine = ReportReview.objects.filter(report=report, reviewer=by)
    if not mine.update(verdict=verdict, note=note, said_at=at):
        raise Refused("You were not asked to review this report.")
    data = {"verdict": verdict.value, "note": note}
    activity.record("report.reviewed", on=report, by=by, at=at, data=data)


def _held(report):
    """The draft as it stands, kept so until the transaction ends."""
    report = InsightReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if report.is_published:
        raise Frozen
    if not report.is_draft:
        raise Refused("This report is not built yet.")
    return report


def unread(report):
    """Take back what reviewers said: it was of other words or numbers. In the transaction of the change."""
    said = ReportReview.objects.filter(report=report).exclude(verdict=Verdict.WAITING)
    said.update(verdict=Verdict.WAITING, note="", said_at=None)


def missing(report):
    """What keeps the draft from being published, in words; "" where another agreed and nobody objects."""
    return why_not(set(ReportReview.objects.filter(report=report).values_list("verdict", flat=True)))


def why_not(verdicts):
    """The same of verdicts that are known."""
    if Verdict.CHANGES in verdicts:
        return "A reviewer asks for changes. Make them, and have it read again."
    if Verdict.AGREED not in verdicts:
        return "Somebody else has to read it first and agree. Ask for a review."
    return ""
