"""Somebody takes their consent back: what was theirs is out of sight at once, and can be deleted for good."""

from django.db import connection, transaction
from django.db.models import Q

from prodops import activity, jobs
from prodops.models import Event, Favourite, SearchEntry
from research.models import (
    Cue,
    Highlight,
    InsightEvidence,
    Recording,
    Session,
    Signature,
    TagSuggestion,
    Withdrawal,
)
from research.queries.consent import reach, touched_insights
from research.queries.redactions import sections_quoting

from . import recordings, sessions
from .redaction_copies import forget_pdf, messages

INSTEAD = "A quote that was withdrawn"


class Refused(Exception):
    """It can't be done; the words say why."""


@transaction.atomic
def withdraw(participant, study=None, *, because="", by, at):
    """Take back all consent of `participant` for `study`, or for every study; returns the `Withdrawal`.

    In this one transaction their sessions leave every list, page, count, export and the search index, with
    recordings, transcripts and highlights; reports keep a mark where a quote stood, published ones too.
    Insights stay, and are listed: their owners are told to read them again. Nothing is deleted yet.
    """
    found = reach(participant, study)
    held = Session.every.select_for_update().filter(pk__in=found["sessions"], withdrawn_at=None)
    ids = [one.pk for one in held.order_by("pk")]
    quotes = list(Highlight.every.filter(session__in=ids))
    insights = list(touched_insights(ids))
    reports = _reports([one.pk for one in quotes], at=at)
    entries = _leave_index(ids, quotes)
    _untold(ids, quotes)
    Session.every.filter(pk__in=ids).update(withdrawn_at=at)
    Highlight.every.filter(session__in=ids).update(withdrawn=True)
    TagSuggestion.objects.filter(cue__session__in=ids).delete()
    signed = Signature.objects.standing().filter(participant=participant)
    (signed if study is None else signed.filter(study=study)).update(withdrawn_at=at)
    done = Withdrawal.objects.create(
        participant=participant,
        study=study,
        because=because.strip()[:300],
        session_ids=ids,
        insight_ids=[one.pk for one in insights],
        report_ids=reports,
        counts={
            "sessions": len(ids),
            "recordings": found["recordings"],
            "highlights": len(quotes),
            "entries": entries,
        },
        by=by,
        at=at,
    )
    activity.record("participant.withdrew", on=participant, by=by, at=at, data={"withdrawal": done.pk})
    for insight in insights:
        activity.record("insight.source_withdrawn", on=insight, by=by, at=at, data={"withdrawal": done.pk})
    return done


def _leave_index(ids, quotes):
    """Take the sessions, their turns and quotes out of the index; returns how many entries went."""
    cues = Cue.objects.filter(session__in=ids).values("pk")
    theirs = SearchEntry.objects.filter(
        Q(kind="session", object_id__in=ids)
        | Q(kind="cue", object_id__in=cues)
        | Q(kind="highlight", object_id__in=[one.pk for one in quotes])
    )
    return theirs.delete()[0]


def _reports(highlight_ids, *, at):
    """Take the quotes out of reports, published or not; returns the reports' ids."""
    gone, touched = set(highlight_ids), {}
    with connection.cursor() as cursor:  # a published report is frozen but for what has to leave it
        cursor.execute("SELECT set_config('prodops.redacting', 'on', true)")
    for section in sections_quoting(highlight_ids).select_related("report"):
        for quote in section.data["quotes"]:
            if quote["highlight"] in gone:
                quote |= {"text": "", "cut": False, "withdrawn": f"{at:%Y-%m-%d}"}
        section.save(update_fields=["data"])
        touched[section.report_id] = section.report
    for report in touched.values():
        forget_pdf(report)
        if report.is_published:
            jobs.enqueue("research.tasks.typeset_report", report_id=report.pk)
    return sorted(touched)


def _untold(ids, quotes):
    """History, notifications and mails repeat the first words of quotes: they say what became of them."""
    about = Q(subject_type="research.highlight", subject_id__in=[one.pk for one in quotes])
    events = Event.objects.filter(about)
    titles = {str(one): INSTEAD for one in quotes}
    messages(titles, events)
    events.update(subject_text=INSTEAD)
    things = [(Session, ids), (Highlight, [one.pk for one in quotes])]
    for model, pks in things:
        Favourite.objects.filter(subject_type=model._meta.label_lower, subject_id__in=pks).delete()


@transaction.atomic
def erase(withdrawal, *, by, at):
    """Delete for good what a withdrawal took out of sight: recordings' files, sessions, quotes.

    Insights lose that evidence. It can't be undone. Raises `Refused` if it was done already.
    """
    won = Withdrawal.objects.filter(pk=withdrawal.pk, erased_at=None).update(erased_at=at, erased_by=by)
    if not won:
        raise Refused("This was deleted already.")
    ids = withdrawal.session_ids
    InsightEvidence.objects.filter(
        Q(highlight__session__in=ids) | Q(question__survey__session__in=ids)
    ).delete()
    for recording in Recording.objects.ready().filter(session__in=ids).select_related("session"):
        recordings.delete(recording, because="Consent was withdrawn", by=by, at=at)
    for session in Session.every.filter(pk__in=ids).order_by("pk"):
        sessions.delete(session, by=by, at=at)
    withdrawal.refresh_from_db()
    activity.record(
        "participant.erased", on=withdrawal.participant, by=by, at=at, data={"withdrawal": withdrawal.pk}
    )
