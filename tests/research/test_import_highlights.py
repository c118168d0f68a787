"""Highlights in a table: what leaves comes back, and each row says exactly one place or why not."""

import csv
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from research.models import Highlight, MaterialImport
from research.services import exchange
from tests.factories.research import CueFactory, HighlightFactory, SessionFactory, StudyFactory, TagFactory
from tests.research.test_import_project import bring, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(people, member, team):
    return StudyFactory(team=team, lead=member)


@pytest.fixture
def session(study):
    session = SessionFactory(study=study, title="Dana")
    texts = ["I gave up after the second error.", "=Really?  Yes,\nreally.", "I gave up. 😀 Twice."]
    for number, text in enumerate(texts):
        CueFactory(
            session=session,
            position=number,
            start_ms=number * 61_000,
            end_ms=None,
            text=text,
            speaker=f"S{number}",
        )
    return session


def table(*rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def faults(load):
    return [(line, why) for line, why, _ in load.outline["faults"]]


def test_rows_become_highlights_and_the_others_say_why_not(study, session, member, now):
    errors = TagFactory(name="Errors, of any kind")
    data = table(
        ["Quote", "Codes", "Document", "Time", "Comment"],
        ["I gave up", "", "Dana", "", ""],
        ["I gave up", "Errors, of any kind, Gives up", "dana", "2:02", "Sounds tired"],
        ["error. =Really? Yes, really.", "Doubt; Gives up", "Dana", "", ""],
        ["“second error”", "", "Dana", "", ""],
        ["never said", "", "Dana", "", ""],
        ["second", "", "Nobody", "", ""],
        ["", "Doubt", "Dana", "", ""],
    )
    load = bring(data, study, member, now, name="quotes.csv")
    assert faults(load) == [
        (
            2,
            "The words stand there 2 times. Say which by a column with the time, the speaker or the text "
            "before it.",
        ),
        (6, "These words do not stand in “Dana”. A quote must be there word for word."),
        (7, "The study has no session called “Nobody”."),
        (8, "There is no quote in this row."),
    ]
    assert [said(one) for one in Highlight.objects.order_by("start_cue__position", "start_offset")] == [
        ("second error", []),
        ("error.\n=Really?  Yes,\nreally.", ["Doubt", "Gives up"]),
        ("I gave up", ["Errors, of any kind", "Gives up"]),
    ]
    assert errors.taggings.count() == 1
    again = exchange.stage(SimpleUploadedFile("q.csv", data), study=study, by=member, at=now)
    assert again.outline["nothing"]
    exchange.undo(load, by=member, at=now)
    assert not Highlight.objects.exists()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_the_list_exports_comes_in_again_without_a_change(as_, study, session, member, form, now):
    cue = session.cues.get(position=1)
    HighlightFactory(
        session=session, start_cue=cue, start_offset=0, end_offset=9, tagged=[TagFactory(name="=x")]
    )
    answer = as_(member).get(f"/research/highlights/{form}/?study={study.slug}")
    data = b"".join(answer.streaming_content)
    if form == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(data)).active
        assert [sheet["A2"].value, sheet["A2"].data_type, sheet["B2"].data_type] == ["=Really? ", "s", "s"]
    load = exchange.stage(SimpleUploadedFile(f"h.{form}", data), study=study, by=member, at=now)
    assert (load.outline["faulty"], load.outline["nothing"]) == (0, True), load.outline
    Highlight.objects.all().delete()
    bring(data, study, member, now, name=f"h.{form}")
    assert [said(one) for one in Highlight.objects.all()] == [("=Really?", ["=x"])]


def test_columns_can_be_told_where_headers_do_not(as_, study, session, member):
    client = as_(member)
    upload = SimpleUploadedFile("q.csv", table(["A", "B"], ["second error", "Errors"]))
    client.post("/research/imports/new/", {"file": upload, "study": study.pk})
    load = MaterialImport.objects.get()
    assert load.outline["faulty"] == 1
    client.post(f"/research/imports/{load.pk}/columns/", {"column-quote": "0", "column-tags": "1"})
    load.refresh_from_db()
    assert (load.outline["faulty"], load.outline["counts"]["highlights"]) == (0, 1)
    page = client.get(load.get_absolute_url()).content.decode()
    assert '<option value="1" selected>B</option>' in page


def test_a_quote_never_reaches_from_one_text_of_a_session_into_another(study, session, member, now):
    part = session.parts.create(kind="notes", title="Notes", position=1, created_by=member, created_at=now)
    CueFactory(session=session, position=9, part=part, text="She meant it.")
    data = table(["Quote", "Tags"], ["Twice. She meant", "x"], ["She meant it.", "x"])
    load = bring(data, study, member, now, name="q.csv")
    assert len(faults(load)) == 1
    assert [one.quote for one in Highlight.objects.all()] == ["She meant it."]
