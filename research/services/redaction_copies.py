"""Where words that were removed stand as copies: the index, reports, history, messages, files."""

from pathlib import PurePath
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Q

from prodops import jobs, search
from prodops.models import Event, Favourite, Notification, SearchEntry, SentMail
from research.formats import cues as said
from research.formats.webvtt import to_webvtt
from research.models import (
    Cue,
    Highlight,
    ImportStage,
    Insight,
    MaterialImport,
    Part,
    Session,
    SurveyChange,
    SurveyImport,
    SurveyImportState,
    SurveyResponse,
    TagSuggestion,
)
from research.models.material_import import WAITING
from research.queries.redactions import digest, sections_quoting
from research.synthesis.anchors import quote_of
from research.synthesis.quotes import shorten
from research.synthesis.redacting import Scrubber, shifted

# --- the index --------------------------------------------------------------------------------------------


def _entries(cue_ids, highlight_ids):
    return SearchEntry.objects.filter(
        Q(kind="cue", object_id__in=cue_ids) | Q(kind="highlight", object_id__in=highlight_ids)
    )


def lexemes_of(cue_ids):
    """The words by which these turns are found, as the index has them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT unnest(tsvector_to_array(document)) FROM prodops_searchentry"
            " WHERE kind = 'cue' AND object_id = ANY(%s)",
            [list(cue_ids)],
        )
        return [row[0] for row in cursor.fetchall()]


def index(edits, moved, renamed, known):
    """Write the entries anew; words that stand in no entry any more leave the vocabulary too.

    `renamed` are the ids of the turns whose speaker is called otherwise now.
    """
    changed = Cue.objects.filter(pk__in={*edits, *renamed}).select_related("session__study")
    search.index_many(changed)
    touched = Q(pk__in=[one.highlight.pk for one in moved]) | Q(start_cue__in=renamed)
    quotes = Highlight.objects.anchored().filter(touched)
    search.index_many(quotes.select_related("session__study").prefetch_related("tags"))
    # a vector says something of the words it was made of
    _entries(list(edits), [one.highlight.pk for one in moved]).update(embedding=None, embedded_key=None)
    _forget_words(set(known) - set(lexemes_of({*edits, *renamed})))


def _forget_words(lexemes):
    """Take out of the vocabulary, which repairs typos, what no entry says any more."""
    with connection.cursor() as cursor:
        for lexeme in sorted(lexemes):
            quoted = lexeme.replace("\\", "\\\\").replace("'", "''")
            cursor.execute(
                "DELETE FROM prodops_searchlexeme WHERE lexeme = %s AND NOT EXISTS"
                " (SELECT 1 FROM prodops_searchentry WHERE document @@ %s::tsquery)",
                [lexeme, f"'{quoted}'"],
            )


def suggestions(cues, edits):
    """Tag suggestions keep the words they were made of: they move, or go with the words."""
    for one in TagSuggestion.objects.filter(cue__in=edits):
        some = edits[one.cue_id]
        if any(edit.start < one.end and edit.end > one.start for edit in some):
            one.delete()
            continue
        start = shifted(one.start, some, is_end=False)
        end = start + one.end - one.start
        TagSuggestion.objects.filter(pk=one.pk).update(start=start, end=end, because=[])


# --- insights and reports ---------------------------------------------------------------------------------


def insights_on(moved):
    """The insights that stand on quotes whose words have changed."""
    cited = Insight.objects.filter(evidence__highlight__in=[one.highlight.pk for one in moved])
    return list(cited.distinct().order_by("pk"))


def reports(moved, *, at):
    """Take the words out of quotes in reports, published or not; returns the reports' ids.

    A published report stays as it was but for these quotes, and says so; its fingerprint stays that of what
    was published.
    """
    by_pk = {one.highlight.pk: one.highlight for one in moved}
    touched = {}
    for section in sections_quoting(by_pk).select_related("report"):
        for quote in section.data["quotes"]:
            if quote["highlight"] in by_pk:
                quote["text"], quote["cut"] = shorten(by_pk[quote["highlight"]].quote)
                quote["redacted"] = f"{at:%Y-%m-%d}"
        section.save(update_fields=["data"])
        touched[section.report_id] = section.report
    for report in touched.values():
        forget_pdf(report)
        if report.is_published:
            jobs.enqueue("research.tasks.typeset_report", report_id=report.pk)
    return sorted(touched)


def forget_pdf(report):
    """The PDF was made of the old words; it is made again when somebody asks, or sooner."""
    start = f"{report.quarter.slug}-{report.pk}-"

    def forget():
        if default_storage.exists("reports"):
            for name in default_storage.listdir("reports")[1]:
                if name.startswith(start):
                    default_storage.delete(f"reports/{name}")

    transaction.on_commit(forget, robust=True)


# --- history and messages ---------------------------------------------------------------------------------


class Removed(NamedTuple):
    """What was removed: the turns as they are now ({id: cue}), the edits of each, and the words."""

    cues: dict
    edits: dict
    scrub: Scrubber


def told(session_ids, study, moved, removed):
    """History keeps quotes of deleted highlights and titles; notifications, favourites, mails repeat them."""
    gone = Event.objects.filter(verb="highlight.deleted", data__session__in=session_ids)
    quoted = {*gone.values_list("subject_id", flat=True)}
    quoted |= set(Highlight.objects.filter(session__in=session_ids).values_list("pk", flat=True))
    parts = Part.objects.filter(session__in=session_ids).values("pk")
    about = (
        Q(subject_type="research.highlight", subject_id__in=quoted)
        | Q(subject_type="research.session", subject_id__in=session_ids)
        | Q(subject_type="research.cue", subject_id__in=list(removed.cues))
        | Q(subject_type="research.part", subject_id__in=parts)
        | Q(subject_type="research.study", subject_id=study.pk)
    )
    titles = {one.title_before: str(one.highlight) for one in moved}
    events = Event.objects.filter(about)
    for event in events.iterator():
        data = removed.scrub.json(event.data)
        title = titles.get(event.subject_text) or _title(event, removed.scrub)
        if event.verb == "session.corrected" and _touches(event.data, removed.edits):
            # what stood there before the correction may be the same, misheard: it is not kept to undo with
            data |= {"before": [], "after": [], "highlights": []}
        if event.verb == "highlight.deleted":
            if not event.data.get("place", {}).get("orphaned_at"):
                data |= _anchored(event.data, removed)
            title = data["quote"][:80]
            titles[event.subject_text] = title
        if (data, title) != (event.data, event.subject_text):
            Event.objects.filter(pk=event.pk).update(data=data, subject_text=title)
    messages(titles, events)
    for one in moved:
        Favourite.objects.about(one.highlight).update(title=str(one.highlight)[:200])


def _title(event, scrub):
    """A highlight is called by the beginning of its words, which may end within one of those removed."""
    of_highlight = event.subject_type == "research.highlight"
    return (scrub.excerpt if of_highlight else scrub.text)(event.subject_text)


def _touches(data, edits):
    return any(row[0] in edits for row in [*data.get("before", ()), *data.get("after", ())])


def _anchored(data, removed):
    """A deleted highlight can still be brought back: with the words that stand there now."""
    start_cue, start, end_cue, end = data["anchor"]
    if start_cue not in removed.cues or end_cue not in removed.cues:
        return {}
    first, last = removed.cues[start_cue], removed.cues[end_cue]
    start = shifted(start, removed.edits.get(start_cue, ()), is_end=False)
    end = shifted(end, removed.edits.get(end_cue, ()), is_end=True)
    row = [one for one in removed.cues.values() if one.session_id == first.session_id]
    row = [one for one in row if first.position <= one.position <= last.position]
    try:
        quote = quote_of([one.text for one in sorted(row, key=lambda one: one.position)], start, end)
    except ValueError:  # the text was corrected since: it cannot be brought back anyway
        return {}
    return {"anchor": [start_cue, start, end_cue, end], "quote": quote}


def messages(titles, events):
    """Titles of quotes as they were told: exactly those, so that nothing else in a sentence is touched."""
    changed = {before: now for before, now in titles.items() if before != now and before}
    if not changed:
        return
    for told in Notification.objects.filter(event__in=events):
        text = _swapped(told.text, changed)
        if text != told.text:
            Notification.objects.filter(pk=told.pk).update(text=text[:300])
    either = Q()
    for before in changed:
        either |= Q(body__contains=before) | Q(subject__contains=before)
    for mail in SentMail.objects.filter(either):
        fields = {"body": _swapped(mail.body, changed), "subject": _swapped(mail.subject, changed)[:300]}
        SentMail.objects.filter(pk=mail.pk).update(**fields)


def _swapped(text, changed):
    for before, now in changed.items():
        text = text.replace(before, now)
    return text


# --- imports and files ------------------------------------------------------------------------------------


def imports(session_ids, study, scrub):
    """What imports keep of the files they read: earlier answers, outlines, the files themselves.

    What waits to be imported is discarded: it would bring the words back.
    """
    for change in SurveyChange.objects.filter(load__survey__session__in=session_ids, before__isnull=False):
        SurveyChange.objects.filter(pk=change.pk).update(before=scrub.json(change.before))
    SurveyImport.objects.filter(study=study, state=SurveyImportState.STAGED).delete()
    SurveyImport.objects.filter(study=study).exclude(text="").update(text="")
    waiting = MaterialImport.objects.filter(study=study, stage__in=[*WAITING, ImportStage.RUNNING])
    for upload in waiting:
        MaterialImport.objects.filter(pk=upload.pk).delete()
        _drop(upload.file.storage, upload.file.name)
    for response in SurveyResponse.every.filter(survey__session__in=session_ids, key__in=scrub.pairs):
        SurveyResponse.every.filter(pk=response.pk).update(key=digest(response.key))
    read = MaterialImport.objects.filter(study=study, stage__in=[ImportStage.DONE, ImportStage.UNDONE])
    for upload in read.exclude(file=""):
        fields = {"outline": scrub.json(upload.outline), "choices": scrub.json(upload.choices), "file": ""}
        MaterialImport.objects.filter(pk=upload.pk).update(**fields)
        _drop(upload.file.storage, upload.file.name)


def files(session_ids, edits, *, at, scrub):
    """Write the uploaded files anew from what stands there now; nobody can get at the old ones any more."""
    for session in Session.objects.filter(pk__in=session_ids).exclude(source=""):
        rows = Cue.objects.filter(session=session, part=None).order_by("position")
        cues = [said.Cue(text=c.text, speaker=c.speaker, start_ms=c.start_ms, end_ms=c.end_ms) for c in rows]
        stem = PurePath(session.source_name or "transcript").stem
        name = f"{scrub.text(stem)[:190]}.vtt"
        _replace(session, to_webvtt(cues), ".vtt", name, at=at)
    for part in Part.objects.filter(cues__in=edits).exclude(source="").distinct():
        lines = Cue.objects.filter(part=part).order_by("position").values_list("text", flat=True)
        name = f"{scrub.text(PurePath(part.source_name or 'document').stem)[:190]}.txt"
        _replace(part, "\n\n".join(lines) + "\n", ".txt", name, at=at)


def _replace(thing, text, suffix, name, *, at):
    old, storage = thing.source.name, thing.source.storage
    thing.source.save(
        f"redacted-{thing.pk}-{at:%Y%m%d%H%M%S}{suffix}", ContentFile(text.encode()), save=False
    )
    type(thing).objects.filter(pk=thing.pk).update(source=thing.source.name, source_name=name)
    _drop(storage, old)


def _drop(storage, name):
    if name:
        transaction.on_commit(lambda: storage.delete(name), robust=True)
