"""Somebody takes their consent back: what was theirs is out of sight at once, and can be deleted for good."""

from collections import defaultdict

from django.db import connection, transaction
from django.db.models import F, Q

from prodops import activity, jobs
from prodops.models import Event, Favourite, SearchEntry
from research.models import (
    Booking,
    BookingState,
    Cue,
    Highlight,
    Insight,
    InsightEvidence,
    Recording,
    Recruit,
    RecruitState,
    Session,
    Signature,
    SurveyChange,
    SurveyResponse,
    TagSuggestion,
    Withdrawal,
)
from research.queries.consent import answered_by, reach, touched_insights
from research.queries.redactions import sections_quoting

from . import bookings, recordings, recruits, sessions
from .redaction_copies import forget_pdf, messages

INSTEAD = "A quote that was withdrawn"
BECAUSE = "Took back their consent"
# Whoever stands there is on the way to a session that is not to be; what was held stays as it was
_ON_THE_WAY = (
    RecruitState.PICKED,
    RecruitState.INVITED,
    RecruitState.ANSWERED,
    RecruitState.SCREENED,
    RecruitState.SCREENED_OUT,
    RecruitState.NO_SHOW,
    RecruitState.WITHHELD,
)


class Refused(Exception):
    """It can't be done; the words say why."""


@transaction.atomic
def withdraw(participant, study=None, *, because="", by, at):
    """Take back all consent of `participant` for `study`, or for every study; returns the `Withdrawal`.

    In this one transaction their sessions leave every list, page, count, export and the search index, with
    recordings, transcripts and highlights, and so does what they answered in surveys of many; reports keep a
    mark where a quote stood, published ones too. What they have booked is called off. Insights stay, and are
    listed: their owners are told to read them again. Nothing is deleted yet.
    """
    called_off = _call_off(participant, study, by=by, at=at)
    found = reach(participant, study)
    held = Session.every.select_for_update().filter(pk__in=found["sessions"], withdrawn_at=None)
    whole = [one.pk for one in held.order_by("pk")]
    answers = list(answered_by(participant, study).select_related("survey__session__study"))
    asked = list(touched_insights(whole, answers))
    apart, quotes = _set_apart(answers, by=by, at=at)
    ids = whole + apart
    quotes += Highlight.every.filter(session__in=ids).exclude(pk__in=[one.pk for one in quotes])
    insights = list(Insight.objects.filter(_cites(asked, quotes)).order_by("title", "pk"))
    reports = _reports([one.pk for one in quotes], at=at)
    entries = _leave_index(ids, quotes)
    _untold(ids, quotes)
    Session.every.filter(pk__in=ids).update(withdrawn_at=at)
    SurveyResponse.objects.filter(survey__session__in=whole).update(withdrawn_at=at)
    Highlight.every.filter(pk__in=[one.pk for one in quotes]).update(withdrawn=True)
    TagSuggestion.objects.filter(cue__session__in=ids).delete()
    signed = Signature.objects.standing().filter(participant=participant)
    (signed if study is None else signed.filter(study=study)).update(withdrawn_at=at)
    done = Withdrawal.objects.create(
        participant=participant,
        study=study,
        because=because.strip()[:300],
        session_ids=ids,
        response_ids=[one.pk for one in answers],
        insight_ids=[one.pk for one in insights],
        report_ids=reports,
        counts={
            "sessions": len(whole),
            "answers": len(answers),
            "bookings": called_off,
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


def _cites(insights, quotes):
    """The condition of those insights, and of whatever else stands on one of the quotes."""
    on = InsightEvidence.objects.filter(highlight__in=[one.pk for one in quotes]).values("insight")
    return Q(pk__in=[one.pk for one in insights]) | Q(pk__in=on)


def _call_off(participant, study, *, by, at):
    """Cancel what they have booked and not begun, and end their recruiting; returns how many bookings."""
    mine = Recruit.objects.filter(participant=participant).select_related("study", "participant")
    if study is not None:
        mine = mine.filter(study=study)
    list(mine.select_for_update(of=("self",)).order_by("pk"))  # whoever books meanwhile comes before or after
    coming = Booking.objects.filter(recruit__in=mine, state=BookingState.BOOKED, starts_at__gt=at)
    number = 0
    for booking in coming.select_related("recruit").order_by("pk"):
        bookings.cancel(booking, by=by, at=at, because=BECAUSE)
        number += 1
    for recruit in mine.filter(state__in=_ON_THE_WAY).order_by("pk"):
        recruits.move(recruit, RecruitState.DECLINED, by=by, at=at, because=BECAUSE)
    return number


def _set_apart(answers, *, by, at):
    """Take `SurveyResponse`s out of surveys that others answered too.

    What they chose is no longer counted; their words go, with the quotes of them, into a session of their own
    that nobody sees. Returns (ids of these sessions, quotes that began or ended among others' words).
    """
    by_session: dict[Session, list] = defaultdict(list)
    for one in answers:
        by_session[one.survey.session].append(one)
    apart, mixed = [], []
    for session, theirs in by_session.items():
        keys = [one.key for one in theirs]
        SurveyChange.objects.filter(load__survey__session=session, key__in=keys).delete()
        SurveyResponse.objects.filter(pk__in=[one.pk for one in theirs]).update(withdrawn_at=at)
        words = Cue.objects.filter(session=session, answer__response__in=theirs)
        places = {one.pk: one.position for one in words}
        if not places:
            continue
        inside, across = _quotes_on(session, places)
        for quote in across:
            quote.orphaned_at = at  # of others' words they were never to be quoted alone
        Highlight.every.bulk_update(across, ["orphaned_at"])
        hidden = Session.every.create(
            study=session.study,
            title="Answers whose consent was taken back",
            kind=session.kind,
            held_on=session.held_on,
            withdrawn_at=at,
            created_by=by or session.created_by,
            created_at=at,
        )
        Cue.objects.filter(pk__in=places).update(session=hidden, part=None)
        Highlight.every.filter(pk__in=[one.pk for one in inside]).update(session=hidden)
        apart.append(hidden.pk)
        mixed += across
    return apart, mixed


def _quotes_on(session, places):
    """(quotes of nothing but these cues, quotes that run on into others' words); `places` is {cue: position}.

    A quote of several cues has all between its ends.
    """
    taken = set(places.values())
    inside, across = [], []
    marks = Highlight.every.filter(session=session, start_cue__position__lte=max(taken))
    marks = marks.filter(end_cue__position__gte=min(taken))
    for quote in marks.annotate(first=F("start_cue__position"), last=F("end_cue__position")):
        covered = set(
            Cue.objects.filter(session=session, position__range=(quote.first, quote.last)).values_list(
                "position", flat=True
            )
        )
        if covered <= taken:
            inside.append(quote)
        elif covered & taken:
            across.append(quote)
    return inside, across


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
    ends = Q(start_cue__session__in=ids) | Q(end_cue__session__in=ids)
    quotes = Highlight.every.filter(Q(session__in=ids) | ends, withdrawn=True)
    InsightEvidence.objects.filter(Q(highlight__in=quotes) | Q(question__survey__session__in=ids)).delete()
    quotes.delete()
    for recording in Recording.objects.ready().filter(session__in=ids).select_related("session"):
        recordings.delete(recording, because="Consent was withdrawn", by=by, at=at)
    for session in Session.every.filter(pk__in=ids).order_by("pk"):
        sessions.delete(session, by=by, at=at)
    SurveyResponse.every.filter(pk__in=withdrawal.response_ids).delete()
    withdrawal.refresh_from_db()
    activity.record(
        "participant.erased", on=withdrawal.participant, by=by, at=at, data={"withdrawal": withdrawal.pk}
    )
