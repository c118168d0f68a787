"""Personal data that was removed is nowhere any more: not in the database, not in a file."""

import io
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from pypdf import PdfReader

from prodops import activity, search
from prodops import queries as finding
from prodops.models import Event, Favourite, Notification, Role, SearchEntry, SearchLexeme
from prodops.services import vocabulary
from research.models import Choice, Cue, Highlight, InsightReport, Part, Redaction, RedactionChoice
from research.queries import redactions as reading
from research.services import highlights, redactions, report_pdf
from tests.factories.prodops import NotificationFactory, UserFactory
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightFactory,
    InsightReportFactory,
    ReportSectionFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
)
from tests.research.reports import publish

pytestmark = pytest.mark.django_db
MAIL, PHONE, NAME = "qwertzina@northwind.example", "+44 20 7946 0958", "Zebediah"
SECRETS = (MAIL, "qwertzina", PHONE, "7946 0958", NAME)
TEXT = f"Write to {MAIL} or call {PHONE}, and ask for {NAME}'s list of loads."


def everywhere(needle):
    """Where in the database the text stands: every text, JSON and array column of every table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND (data_type IN ('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'tsvector'))"
        )
        places = cursor.fetchall()
        found = []
        for table, column in places:
            cursor.execute(
                f'SELECT 1 FROM "{table}" WHERE position(lower(%s) in lower("{column}"::text)) > 0 LIMIT 1',
                [needle],
            )
            found += [f"{table}.{column}"] * len(cursor.fetchall())
    return found


def files_holding(needle):
    root = settings.MEDIA_ROOT
    return [str(path) for path in root.rglob("*") if path.is_file() and needle.encode() in path.read_bytes()]


@pytest.fixture
def study(team):
    return StudyFactory(team=team)


@pytest.fixture
def session(study):
    """Two turns of the transcript, a part with one, a file for each, and the secrets in all."""
    session = SessionFactory(study=study, source_name="call.docx", title="A call")
    session.source.save("call.docx", ContentFile(TEXT.encode()))
    part = Part.objects.create(
        session=session,
        kind="notes",
        title="Notes",
        position=0,
        created_by=study.lead,
        created_at=study.created_at,
    )
    part.source.save("notes.pdf", ContentFile(TEXT.encode()))
    cues = [
        CueFactory(session=session, position=0, speaker="Dana Whitlock", text=TEXT),
        CueFactory(session=session, position=1, speaker="Dana Whitlock", text=f"{NAME} is often away."),
        CueFactory(session=session, position=2, part=part, text=f"Mail of {NAME}: {MAIL}"),
    ]
    search.index(session)
    search.index_many(cues)
    return session


def mark(cue, words, *tags, by=None):
    start = cue.text.index(words)
    quote = HighlightFactory(
        session=cue.session, start_cue=cue, start_offset=start, end_offset=start + len(words), tagged=tags
    )
    search.index(quote)
    return quote


def redact(study, *kinds, by, at, session=None, words=""):
    found = [one for one in reading.scan(study, session) if one.kind in kinds]
    redactions.decide(study, found, Choice.REMOVE, by=by, at=at)
    if words:
        redactions.decide_words(study, words, session=session, by=by, at=at)
    return redactions.confirm(study, session=session, by=by, at=at)


def test_removed_words_are_nowhere(study, session, member, team, now, django_capture_on_commit_callbacks):
    first, second, noted = session.cues.order_by("position")
    whole = mark(first, TEXT, TagFactory())
    inside = mark(first, PHONE)
    two = HighlightFactory(
        session=session,
        start_cue=first,
        start_offset=TEXT.index("ask"),
        end_cue=second,
        end_offset=8,
        quote=f"{TEXT[TEXT.index('ask') :]}\n{NAME}",
    )
    deleted = mark(noted, f"Mail of {NAME}: {MAIL}")
    undo = highlights.delete(deleted, by=member, at=now)
    insight = InsightFactory(evidence=[whole, inside], team=team)
    event = activity.record("comment.added", on=whole, by=member, at=now, data={"comment": 0})
    NotificationFactory(recipient=member, event=event, text=f"Ann commented on “{whole}”")
    Favourite.objects.create(
        user=member, subject_type="research.highlight", subject_id=whole.pk, title=str(whole), url="/", at=now
    )
    section = ReportSectionFactory(kind="tag", data={"quotes": [quoted(whole)], "colour": "violet"})
    vocabulary.refresh()
    assert SearchLexeme.objects.filter(lexeme="zebediah").exists()
    assert all(everywhere(secret) for secret in SECRETS)

    with django_capture_on_commit_callbacks(execute=True):
        done = redact(study, "email", "phone", by=member, at=now, words=NAME)

    for secret in SECRETS:
        assert everywhere(secret) == []
        assert files_holding(secret) == []
    assert done.counts == {"email": 2, "phone": 1, "words": 3}
    assert done.insight_ids == [insight.pk]
    new = TEXT.replace(MAIL, "[e-mail removed]").replace(PHONE, "[phone number removed]")
    new = new.replace(NAME, "[words removed]")
    first.refresh_from_db()
    assert first.text == new
    for one in (whole, inside, two):
        one.refresh_from_db()
        assert one.orphaned_at is None
    assert whole.quote == new
    assert inside.quote == "[phone number removed]"
    assert two.quote == "ask for [words removed]'s list of loads.\n[words removed]"
    section.refresh_from_db()
    assert section.data["quotes"][0]["text"] == new
    assert (
        highlights.restore(Event.objects.get(pk=undo.pk), by=member, at=now).quote
        == "Mail of [words removed]: [e-mail removed]"
    )
    session.refresh_from_db()
    assert session.source_name == "call.vtt"
    assert new in session.source.read().decode().replace("\n", " ").replace("&#39;", "'")
    told = Notification.objects.get(recipient=insight.owner)
    assert insight.title in told.text


def quoted(highlight):
    return {
        "highlight": highlight.pk,
        "session": highlight.session_id,
        "cue": highlight.start_cue_id,
        "text": highlight.quote,
        "cut": False,
        "role": "Dispatcher",
        "segment": "",
        "method": "Interview",
        "day": "2026-11-12",
    }


def test_it_is_found_by_nobody_from_that_moment_on(study, session, member, now):
    assert finding.search("qwertzina@northwind.example", user=member).hits()
    redact(study, "email", by=member, at=now)
    assert not finding.search("qwertzina@northwind.example", user=member).hits()
    assert not SearchEntry.objects.filter(body__contains=MAIL).exists()


def test_a_published_report_says_that_a_quote_was_redacted(
    as_, study, session, member, submitter, now, django_capture_on_commit_callbacks
):
    quote = mark(session.cues.order_by("position")[0], TEXT)
    report = InsightReportFactory(fingerprint="as published")
    data = {
        **{
            "quotes": [quoted(quote)],
            "colour": "violet",
            "sentence": "Three people said so.",
            "change": "steady",
        },
        **{"kinds": [], "segments": [], "methods": [], "contradicted": [], "guideline": ""},
        "now": dict.fromkeys(("sessions", "studies", "highlights", "own"), 1),
        "before": dict.fromkeys(("sessions", "studies", "highlights", "own"), 1),
        "quarters": {"now": "Q3", "before": "Q2", "first": "2026-07-01", "last": "2026-09-30"},
        "slug": "late",
    }
    ReportSectionFactory(report=report, kind="tag", data=data)
    publish(report, by=member, at=now)
    assert TEXT[:30] in as_(member).get(report.get_absolute_url()).text
    report_pdf.of(report)
    with django_capture_on_commit_callbacks():
        pass
    with django_capture_on_commit_callbacks(execute=True):
        redact(study, "email", "phone", by=member, at=now)
    page = as_(member).get(report.get_absolute_url()).text
    assert "[e-mail removed]" in page
    assert f"a quote was redacted on {now:%-d %b %Y}" in page
    assert MAIL not in page
    report = InsightReport.objects.get(pk=report.pk)
    assert report.fingerprint == "as published"
    assert "a quote was redacted on" in "".join(page.extract_text() for page in pages_of(report))
    assert len(default_storage.listdir("reports")[1]) == 3  # one a version: those of the old words are gone


def pages_of(report):
    return PdfReader(io.BytesIO(report_pdf.of(report))).pages


def test_a_published_report_is_frozen_all_the_same(study, session, now):
    from django.db import IntegrityError, transaction

    section = ReportSectionFactory()
    publish(section.report, by=study.lead, at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(section).objects.filter(pk=section.pk).update(data={"quotes": []})
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('prodops.redacting', 'on', true)")
    with pytest.raises(IntegrityError), transaction.atomic():
        type(section).objects.filter(pk=section.pk).update(body="Something else", data={})


def test_two_highlights_of_the_same_removed_words_keep_their_tags(study, session, member, now):
    cue = session.cues.order_by("position")[0]
    start = TEXT.index(PHONE)
    ids = [
        HighlightFactory(
            session=session,
            start_cue=cue,
            start_offset=start + a,
            end_offset=start + b,
            tagged=[TagFactory()],
        ).pk
        for a, b in ((0, 6), (4, 10), (7, len(PHONE)))
    ]
    redact(study, "phone", by=member, at=now)
    rows = Highlight.objects.filter(pk__in=ids)
    assert {one.quote for one in rows} == {"[phone number removed]"}
    assert [one.orphaned_at is None for one in rows.order_by("pk")] == [True, False, False]
    assert all(one.tags.count() == 1 for one in rows)


def test_of_two_who_decide_on_the_same_words_at_once_the_later_counts(study, session, member, now):
    found = reading.scan(study)[:1]
    redactions.decide(study, found, Choice.REMOVE, by=member, at=now)
    with patch.object(RedactionChoice.objects, "filter") as nothing:  # the first is not seen yet
        nothing.return_value = RedactionChoice.objects.none()
        redactions.decide(study, found, Choice.KEEP, by=study.lead, at=now)
    [choice] = RedactionChoice.objects.all()
    assert (choice.choice, choice.by) == (Choice.KEEP, study.lead)


def test_what_may_stay_is_not_suggested_again(study, session, member, now):
    found = reading.scan(study)
    assert {one.kind for one in found} == {"email", "phone"}
    redactions.decide(study, [one for one in found if one.kind == "email"], Choice.KEEP, by=member, at=now)
    assert {one.kind for one in reading.scan(study) if not one.choice} == {"phone"}
    redact(study, "phone", by=member, at=now)
    assert [one.choice for one in reading.scan(study)] == ["keep", "keep"]
    Cue.objects.filter(position=2).update(text=f"Now: {MAIL}, was in the mail.")
    assert {one.choice for one in reading.scan(study)} == {"keep"}


def test_a_choice_whose_words_have_changed_removes_nothing_else(study, session, member, now):
    redactions.decide(study, reading.scan(study), Choice.REMOVE, by=member, at=now)
    Cue.objects.filter(session=session).update(text="x" * 200)
    with pytest.raises(redactions.NothingChosen):
        redactions.confirm(study, by=member, at=now)
    assert not Cue.objects.filter(text__contains="removed").exists()


def test_names_of_the_studys_people_are_suggested(study, session):
    CueFactory(session=session, position=9, text="I told Dana about Whitlock's truck.", speaker="Jo")
    names = [(one.said, one.reason) for one in reading.scan(study) if one.kind == "name"]
    assert [said for said, _ in names] == ["Dana", "Whitlock"]
    assert names[0][1] == "Dana Whitlock speaks in the study"


def test_the_page_decides_previews_and_confirms(as_, people, study, session, member, team):
    quote = mark(session.cues.order_by("position")[0], TEXT)
    insight = InsightFactory(evidence=[quote], team=team, title="Phones are answered")
    client = as_(member)
    url = reverse("research:redaction", args=[study.slug])
    page = client.get(url).text
    assert MAIL in page
    assert "Nothing is chosen yet" in page
    choose = reverse("research:redaction_choose", args=[study.slug])
    page = client.post(choose, {"kind": "email", "choice": "remove"}, headers={"HX-Request": "true"}).text
    assert "2 spans" in page
    assert insight.title in page
    key = next(one.key for one in reading.scan(study) if one.kind == "phone")
    client.post(choose, {"span": key, "choice": "keep", "session": session.pk})
    client.post(choose, {"span": key, "choice": "", "session": session.pk})
    assert RedactionChoice.objects.filter(choice="keep").count() == 0
    words = reverse("research:redaction_words", args=[study.slug])
    assert client.post(words, {"words": "nobody said this"}).status_code == 422
    client.post(words, {"words": NAME})
    answer = client.post(reverse("research:redaction_confirm", args=[study.slug]))
    page = client.get(answer.url).text
    assert insight.title in page
    assert Redaction.objects.get().number == 5
    assert not Cue.objects.filter(text__contains=NAME).exists()
    for role in (Role.SUBMITTER,):
        assert as_(people[role]).post(choose).status_code == 403
    assert as_(UserFactory()).get(url).status_code == 404
