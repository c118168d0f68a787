import pytest
from django.db import IntegrityError, transaction

from prodops.models import Event, SearchEntry
from research.models import Highlight, Tag
from research.services import highlights
from tests.factories.prodops import UserFactory
from tests.factories.research import CueFactory, HighlightFactory, SessionFactory, TagFactory

pytestmark = pytest.mark.django_db
EMOJI = "Honestly 🚚🚚, I gave up 👩‍👩‍👧 after the second error."


@pytest.fixture
def session():
    return SessionFactory()


def mark(session, first, start, last, end, quote, now, **kwargs):
    by = kwargs.pop("by", session.created_by)
    return highlights.mark(
        session,
        start_cue=first.pk,
        start=start,
        end_cue=last.pk,
        end=end,
        quote=quote,
        by=by,
        at=now,
        **kwargs,
    )


def test_the_words_between_the_anchors_become_the_quote(session, now):
    cue = CueFactory(session=session)
    made = mark(session, cue, 2, cue, 9, "gave up", now, tagged=[TagFactory(name="Import failure")])
    assert made.quote == "gave up"
    assert [tag.name for tag in made.tags.all()] == ["Import failure"]
    assert Event.objects.filter(verb="highlight.made", subject_id=made.pk).count() == 1
    entry = SearchEntry.objects.get(kind="highlight", object_id=made.pk)
    assert entry.title == "gave up"
    assert entry.url.endswith(f"#c{cue.pk}")


def test_offsets_count_code_points(session, now):
    cue = CueFactory(session=session, text=EMOJI)
    start = EMOJI.index("I gave")
    made = mark(session, cue, start, cue, start + 17, "I gave up 👩‍👩‍👧 a", now)
    assert made.quote == EMOJI[start : start + 17]


def test_a_highlight_may_reach_over_several_turns(session, now):
    cues = [CueFactory(session=session, text=text) for text in ("One two.", "Three.", "Four five.")]
    made = mark(session, cues[0], 4, cues[2], 4, "two.\nThree.\nFour", now)
    assert made.quote == "two.\nThree.\nFour"


def test_white_space_at_the_edges_is_left_out(session, now):
    cue = CueFactory(session=session)
    made = mark(session, cue, 1, cue, 10, " gave up ", now)
    assert (made.start_offset, made.end_offset, made.quote) == (2, 9, "gave up")


def test_other_words_than_those_that_stand_there_are_refused(session, now):
    cue = CueFactory(session=session)
    with pytest.raises(highlights.NotVerbatim):
        mark(session, cue, 2, cue, 9, "gave in", now, new_tags=["Never made"])
    assert not Highlight.objects.exists()
    assert not Tag.objects.exists()


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (5, 5), (9, 2), (0, 10_000), (10_000, 10_001)])
def test_anchors_outside_of_the_words_are_refused(session, now, start, end):
    cue = CueFactory(session=session)
    with pytest.raises(highlights.NotVerbatim):
        mark(session, cue, start, cue, end, "gave up", now)


def test_a_turn_of_another_session_is_refused(session, now):
    cue = CueFactory()
    with pytest.raises(highlights.NotVerbatim):
        mark(session, cue, 2, cue, 9, "gave up", now)


def test_the_same_words_again_add_to_the_tags(session, now):
    cue = CueFactory(session=session)
    first = mark(session, cue, 2, cue, 9, "gave up", now, tagged=[TagFactory(name="A")])
    second = mark(session, cue, 2, cue, 9, "gave up", now, new_tags=["B"], by=UserFactory())
    assert first.pk == second.pk
    assert {tag.name for tag in second.tags.all()} == {"A", "B"}


def test_a_new_tag_is_made_once_whatever_its_capitals(session, now):
    cue = CueFactory(session=session)
    mark(session, cue, 2, cue, 9, "gave up", now, new_tags=["Import failure"])
    mark(session, cue, 10, cue, 15, "after", now, new_tags=["import FAILURE"])
    assert Tag.objects.get().name == "Import failure"
    assert Tag.objects.get().group.name == "Ungrouped"


def test_the_database_itself_refuses_a_quote_that_was_not_said(session):
    cue = CueFactory(session=session)
    for wrong in ({"quote": "I never said that"}, {"end_offset": 500, "quote": cue.text}):
        with pytest.raises(IntegrityError, match="not what the transcript says"), transaction.atomic():
            HighlightFactory(session=session, start_cue=cue, **wrong)
