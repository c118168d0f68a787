"""The demo company as `manage.py demo` builds it: loaded once for all tests of this file."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models import Count
from django.test import override_settings

from coordination.models import FileImportRow, MailIn, Request, State, Voice
from prodops import search
from prodops.models import Event, SearchEntry
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
TODAY = dt.date(2026, 11, 23)
BOOKED = 3  # sessions: two to come, and one that nobody has said yet how it went
MEASURED, IN_ANSWERS = 9, 12  # sessions: a survey and eight unmoderated tests; highlights in answers
NOTES, IN_NOTES = 6, 2  # paragraphs of notes, highlights in them


@pytest.fixture(scope="module")
def media_root(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, media_root):
    """The company, in a transaction around those of the tests."""
    settings = override_settings(MEDIA_ROOT=media_root, MEANING=False)
    with django_db_blocker.unblock(), settings, transaction.atomic():
        call_command("demo", today=TODAY, verbosity=0, stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def company_loaded(loaded, settings, media_root):
    settings.MEDIA_ROOT = media_root


def test_the_demo_company_has_a_year_of_research(company_loaded):
    assert Study.objects.count() == 15
    assert Session.objects.count() == 61 + MEASURED + BOOKED
    assert Cue.objects.filter(part=None).count() == 1930
    assert 60 < SurveyAnswer.objects.filter(cue__isnull=False).count() < 90
    assert Highlight.objects.count() == 476 + IN_NOTES + IN_ANSWERS
    assert Highlight.objects.to_review().count() == 2
    assert (TaskResult.objects.count(), SusAnswers.objects.count()) == (5 * 8, 8)
    assert (TagGroup.objects.count(), Tag.objects.live().filter(study=None).count()) == (8, 40)
    assert Insight.objects.count() == 28
    assert InsightEvidence.objects.count() > 80


def test_every_tag_says_when_to_use_it_and_is_used(company_loaded):
    for tag in Tag.objects.live():
        assert "Example:" in tag.guideline
        assert tag.highlights.exists(), tag


def test_its_taxonomy_has_a_history(company_loaded):
    merged = Tag.objects.get(name="Import error")
    assert merged.merged_into.slug == "import-failure"
    assert Tag.objects.get(slug="time-saved").redirects.get().name == "Hours saved"
    assert TagSuggestion.objects.exists()
    assert SecondTagging.objects.exists()
    assert QueryTag.objects.get().name == "Spreadsheets again"
    assert Tag.objects.get(study__isnull=False, merged_into=None).highlights.exists()


def test_everything_in_it_is_found(company_loaded):
    found = dict(SearchEntry.objects.values_list("kind").annotate(number=Count("pk")))
    assert found["cue"] == Cue.objects.count()
    assert found["highlight"] == 476 + IN_NOTES + IN_ANSWERS - 1  # one has lost its place
    assert (found["session"], found["study"]) == (61 + MEASURED + BOOKED, 15)
    assert (found["insight"], found["tag"]) == (28, 41)


def test_it_is_found_as_the_services_would_have_written_it(company_loaded):
    """COPY writes the very rows that indexing the things themselves writes."""
    fields = ["kind", "object_id", "title", "body", "url", "context", "capability", "happened_at"]
    before = list(SearchEntry.objects.order_by("kind", "object_id").values_list(*fields))
    search.index_many(Cue.objects.select_related("session__study")[:200])
    search.index_many(Session.objects.select_related("study", "participant__account"))
    search.index_many(Highlight.objects.select_related("session__study").prefetch_related("tags"))
    after = list(SearchEntry.objects.order_by("kind", "object_id").values_list(*fields))
    for old, new in zip(before, after, strict=True):
        assert (old[:3], old[4:], sorted(old[3])) == (new[:3], new[4:], sorted(new[3]))


def test_some_sessions_have_a_placeholder_to_play(company_loaded):
    for recording in Recording.objects.ready():
        with media_store.path_of(recording.file).open("rb") as file:
            assert media.sniff(file.read(64)) == media.FLAC
            file.seek(0)
            length = media.duration_ms(file, recording.media_type)
        assert abs(length - recording.session.duration_ms) < 3_000
        assert recording.size < 1_000_000
    assert Recording.objects.count() == 4


def test_the_demo_company_has_a_year_of_requests(company_loaded):
    by_mail = MailIn.objects.filter(request__isnull=False).values("request")
    by_file = FileImportRow.objects.values("request")
    # beside what visitors of the widget wrote, and what came by mail and file
    requests = Request.objects.filter(survey_answer=None).exclude(pk__in=by_mail).exclude(pk__in=by_file)
    assert requests.count() == 150
    assert requests.filter(state=State.NEW).count() == 22
    assert requests.filter(state=State.MERGED).exclude(root=None).count() == 25
    assert not requests.filter(accounts_count=0).exists()
    assert Voice.objects.values("account").distinct().count() >= 50
    assert SearchEntry.objects.filter(kind="request").count() == Request.objects.count()
    late = requests.filter(
        decided_at__gt=requests.latest("submitted_at").submitted_at + dt.timedelta(days=30)
    )
    assert not late.exists()
    assert Event.objects.filter(verb="request.submitted", delivered_at=None).count() == 0
