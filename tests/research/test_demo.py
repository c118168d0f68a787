import datetime as dt

import pytest
from django.db.models import Count

from prodops import demo, search
from prodops.demo import company
from prodops.models import SearchEntry
from research.demo import build
from research.formats import media
from research.models import (
    Cue,
    Highlight,
    Insight,
    InsightEvidence,
    QueryTag,
    Recording,
    SecondTagging,
    Session,
    Study,
    SurveyAnswer,
    SusAnswers,
    Tag,
    TagGroup,
    TagSuggestion,
    TaskResult,
)
from research.services import media_store

pytestmark = pytest.mark.django_db
MEASURED, IN_ANSWERS = 9, 12  # sessions: a survey and eight unmoderated tests; highlights in answers
NOTES, IN_NOTES = 6, 2  # paragraphs of notes, highlights in them


@pytest.fixture
def world():
    world = demo.World(today=dt.date(2026, 11, 23), say=lambda text: None)
    company.build(world)
    build(world)
    return world


def test_the_demo_company_has_a_year_of_research(world):
    assert Study.objects.count() == len(world.studies) == 15
    assert Session.objects.count() == len(world.sessions) == 61 + MEASURED
    assert Cue.objects.filter(part=None).count() == 1930
    assert 60 < SurveyAnswer.objects.filter(cue__isnull=False).count() < 90
    assert Highlight.objects.count() == 476 + IN_NOTES + IN_ANSWERS
    assert Highlight.objects.to_review().count() == 2
    assert (TaskResult.objects.count(), SusAnswers.objects.count()) == (5 * 8, 8)
    assert (TagGroup.objects.count(), Tag.objects.live().filter(study=None).count()) == (8, 40)
    assert Insight.objects.count() == len(world.insights) == 28
    assert InsightEvidence.objects.count() > 80


def test_every_tag_says_when_to_use_it_and_is_used(world):
    for tag in Tag.objects.live():
        assert "Example:" in tag.guideline
        assert tag.highlights.exists(), tag


def test_its_taxonomy_has_a_history(world):
    merged = Tag.objects.get(name="Import error")
    assert merged.merged_into == world.tags["import-failure"]
    assert Tag.objects.get(slug="time-saved").redirects.get().name == "Hours saved"
    assert TagSuggestion.objects.exists()
    assert SecondTagging.objects.exists()
    assert QueryTag.objects.get().name == "Spreadsheets again"
    assert Tag.objects.get(study__isnull=False, merged_into=None).highlights.exists()


def test_everything_in_it_is_found(world):
    found = dict(SearchEntry.objects.values_list("kind").annotate(number=Count("pk")))
    assert found["cue"] == Cue.objects.count()
    assert found["highlight"] == 476 + IN_NOTES + IN_ANSWERS - 1  # one has lost its place
    assert (found["session"], found["study"]) == (61 + MEASURED, 15)
    assert (found["insight"], found["tag"]) == (28, 41)


def test_it_is_found_as_the_services_would_have_written_it(world):
    """COPY writes the very rows that indexing the things themselves writes."""
    fields = ["kind", "object_id", "title", "body", "url", "context", "capability", "happened_at"]
    before = list(SearchEntry.objects.order_by("kind", "object_id").values_list(*fields))
    search.index_many(Cue.objects.select_related("session__study")[:200])
    search.index_many(Session.objects.select_related("study", "participant__account"))
    search.index_many(Highlight.objects.select_related("session__study").prefetch_related("tags"))
    after = list(SearchEntry.objects.order_by("kind", "object_id").values_list(*fields))
    for old, new in zip(before, after, strict=True):
        assert (old[:3], old[4:], sorted(old[3])) == (new[:3], new[4:], sorted(new[3]))


def test_it_can_be_had_several_times_over():
    world = demo.World(today=dt.date(2026, 11, 23), scale=3, say=lambda text: None)
    company.build(world)
    build(world)
    assert Session.objects.count() == 3 * 61 + MEASURED
    assert Highlight.objects.count() == 3 * 476 + IN_NOTES + IN_ANSWERS
    assert Study.objects.count() == 3 * 13 + 2
    assert SearchEntry.objects.filter(kind="cue").count() == Cue.objects.count()
    assert Cue.objects.filter(part=None).count() == 3 * 1930


def test_some_sessions_have_a_placeholder_to_play(world):
    for recording in Recording.objects.ready():
        with media_store.path_of(recording.file).open("rb") as file:
            assert media.sniff(file.read(64)) == media.FLAC
            file.seek(0)
            length = media.duration_ms(file, recording.media_type)
        assert abs(length - recording.session.duration_ms) < 3_000
        assert recording.size < 1_000_000
    assert Recording.objects.count() == 4
