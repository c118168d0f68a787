"""Sentences that nobody tagged, in clusters of like meaning: a suggestion becomes a tag or is turned down."""

import datetime as dt

import numpy as np
import pytest
from django.urls import reverse

from prodops.quarters import Quarter
from research.models import Cue, Highlight, HighlightTag, Session, Tag, ThemeState, ThemeSuggestion
from research.queries import report_untagged
from research.services import report_themes
from research.synthesis.clustering import MEANING, WORDS, Said, by_words, clusters
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightReportFactory,
    ParticipantFactory,
    SessionFactory,
    TagFactory,
)

WAITING = [
    "The export of the invoices takes half an hour every Friday afternoon",
    "Every Friday the export of the invoices takes us half an hour or more",
    "We wait half an hour for the export of the invoices, every single Friday",
    "Export of the invoices on Friday takes half an hour, so we go for coffee",
]
OTHERS = [
    "My brother in law bought a boat last summer and sails on the lake",
    "Printers in the warehouse never find the right paper tray for labels",
    "The colour of the new buttons looks fine to me on the large screen",
]


def said():
    return [Said((n, 0, len(text), len(text)), text, n) for n, text in enumerate(WAITING + OTHERS, start=1)]


def test_like_sentences_of_several_people_make_a_cluster():
    (one,) = clusters(said(), by_words([one.text for one in said()]), WORDS)
    assert [cue for cue, *_ in one.members] == [1, 2, 3, 4]
    assert (one.sentences, one.people) == (4, 4)
    assert one.label == "Export, half, friday"


def test_what_one_person_keeps_saying_is_no_theme():
    same = [one._replace(person=1) for one in said()]
    assert clusters(same, by_words([one.text for one in same]), WORDS) == []


def test_vectors_of_meaning_cluster_the_same_way_whenever():
    dice = np.random.default_rng(5)
    middles = dice.normal(size=(2, 32))
    vectors = np.repeat(middles, 5, axis=0) + dice.normal(scale=0.2, size=(10, 32))
    some = [Said((n, 0, 9, 9), f"turn about {'ab'[n // 5]} number", n) for n in range(10)]
    found = clusters(some, vectors, MEANING)
    assert [[cue for cue, *_ in one.members] for one in found] == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]
    assert clusters(some, vectors, MEANING) == found


@pytest.fixture
def report(db):
    for text in WAITING + OTHERS:
        person = ParticipantFactory()
        session = SessionFactory(participant=person, held_on=dt.date(2026, 11, 2))
        CueFactory(session=session, text=text, speaker=person.name)
    return InsightReportFactory(year=2026, number=4)


@pytest.fixture
def suggestion(report):
    found = report_untagged.found(Quarter(2026, 4))
    report_themes.renew(report, found)
    return ThemeSuggestion.objects.get()


def test_accepting_makes_a_tag_of_the_sentences_shown(suggestion, ops, as_):
    page = as_(ops).get(reverse("research:report_themes", args=[suggestion.report_id])).text
    assert WAITING[0] in page
    as_(ops).post(reverse("research:theme_accept", args=[suggestion.pk]), {"name": "Slow export"})
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.tag) == (ThemeState.ACCEPTED, Tag.objects.get(name="Slow export"))
    assert HighlightTag.objects.filter(tag=suggestion.tag).count() == 4
    assert report_untagged.found(Quarter(2026, 4)) == []  # tagged by now
    again = as_(ops).post(reverse("research:theme_accept", args=[suggestion.pk]), {"name": "Twice"})
    assert again.status_code == 302
    assert not Tag.objects.filter(name="Twice").exists()


@pytest.fixture
def in_passing(db):
    """The same, said in the middle of longer turns; something else in each turn is tagged already."""
    tag = TagFactory(name="Start")
    for text in WAITING:
        session = SessionFactory(participant=ParticipantFactory(), held_on=dt.date(2026, 11, 2))
        cue = CueFactory(session=session, text=f"We came to you in spring. {text}. All {text[-9:]} is well!")
        HighlightFactory(session=session, start_cue=cue, end_offset=25, tagged=[tag])
    return InsightReportFactory(year=2026, number=4)


def test_a_theme_is_found_in_the_midst_of_turns(in_passing, ops, as_):
    report_themes.renew(in_passing, report_untagged.found(Quarter(2026, 4)))
    suggestion = ThemeSuggestion.objects.get()
    as_(ops).post(reverse("research:theme_accept", args=[suggestion.pk]), {"name": "Slow export"})
    marked = Highlight.objects.filter(tags__name="Slow export")
    assert {one.quote.rstrip(".") for one in marked} == set(WAITING)
    assert {one.start_offset for one in marked} == {26}


def test_a_corrected_turn_is_shown_no_more(in_passing, ops):
    report_themes.renew(in_passing, report_untagged.found(Quarter(2026, 4)))
    suggestion = ThemeSuggestion.objects.get()
    first = Cue.objects.get(pk=suggestion.spans[0][0])
    Cue.objects.filter(pk=first.pk).update(text=f"Well. {first.text}")
    shown = report_untagged.quotes_of([suggestion], ops)[suggestion.pk]
    assert (len(shown), first.pk in {one.cue.pk for one in shown}) == (3, False)


def test_meaning_decides_where_there_is_a_model(report, monkeypatch):
    """Whole turns that the index knows are not read again."""
    asked = []

    def embed(texts):
        asked.extend(texts)
        return np.array([[1, 0] if "export" in one.lower() else [0, 1] for one in texts], np.float32)

    monkeypatch.setattr(report_untagged.meaning, "model", lambda: True)
    monkeypatch.setattr(report_untagged.meaning, "embed", embed)
    known = {Cue.objects.get(text=WAITING[0]).pk: np.array([1, 0], np.float32)}
    monkeypatch.setattr(report_untagged, "_vectors", lambda keys: known)
    (one,) = report_untagged.found(Quarter(2026, 4))
    texts = Cue.objects.in_bulk([cue for cue, *_ in one.members]).values()
    assert {cue.text for cue in texts} == set(WAITING)
    assert sorted(asked) == sorted(WAITING[1:] + OTHERS)


def test_a_name_that_is_taken_makes_no_second_tag(suggestion, ops, as_):
    TagFactory(name="Slow export")
    as_(ops).post(reverse("research:theme_accept", args=[suggestion.pk]), {"name": "slow EXPORT"})
    suggestion.refresh_from_db()
    assert suggestion.state == ThemeState.OPEN


def test_what_was_turned_down_is_not_suggested_again(suggestion, ops, as_):
    as_(ops).post(reverse("research:theme_reject", args=[suggestion.pk]))
    found = report_untagged.found(Quarter(2026, 4))
    report_themes.renew(suggestion.report, found)
    assert list(ThemeSuggestion.objects.values_list("state", flat=True)) == [ThemeState.REJECTED]


def test_words_that_a_participant_took_back_are_not_shown(suggestion, ops, as_, now):
    Session.objects.update(withdrawn_at=now)
    page = as_(ops).get(reverse("research:report_themes", args=[suggestion.report_id])).text
    assert WAITING[0] not in page
    assert report_untagged.found(Quarter(2026, 4)) == []


def test_who_does_not_run_reports_sees_no_suggestions(suggestion, member, as_):
    assert as_(member).get(reverse("research:report_themes", args=[suggestion.report_id])).status_code == 403
    assert as_(member).post(reverse("research:theme_reject", args=[suggestion.pk])).status_code == 403
