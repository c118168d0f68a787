import pytest

from prodops.models import SearchEntry
from research.models import Highlight
from research.services import highlights, placing
from tests.factories.research import CueFactory, HighlightFactory, InsightFactory, SessionFactory, TagFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def highlight():
    session = SessionFactory()
    return HighlightFactory(session=session, tagged=[TagFactory(), TagFactory()])


def test_a_deleted_highlight_can_be_brought_back_as_it_was(highlight, now):
    before = (highlight.pk, highlight.quote, highlight.created_by, highlight.created_at)
    tags = set(highlight.tags.all())
    event = highlights.delete(highlight, by=highlight.created_by, at=now)
    assert not Highlight.objects.exists()
    assert not SearchEntry.objects.filter(kind="highlight").exists()
    back = highlights.restore(event, by=highlight.created_by, at=now)
    back.refresh_from_db()
    assert (back.pk, back.quote, back.created_by, back.created_at) == before
    assert set(back.tags.all()) == tags
    assert SearchEntry.objects.filter(kind="highlight").count() == 1


def test_it_comes_back_once(highlight, now):
    event = highlights.delete(highlight, by=highlight.created_by, at=now)
    highlights.restore(event, by=highlight.created_by, at=now)
    with pytest.raises(highlights.Gone):
        highlights.restore(event, by=highlight.created_by, at=now)


def test_evidence_of_an_insight_stays(highlight, now):
    InsightFactory(evidence=[highlight])
    with pytest.raises(highlights.Cited, match="1 insight stands"):
        highlights.delete(highlight, by=highlight.created_by, at=now)
    assert Highlight.objects.exists()


def test_retagging_leaves_what_others_added(highlight, now):
    first, second = highlight.tags.order_by("pk")
    theirs = TagFactory()
    highlights.retag(highlight, add=[theirs], by=highlight.created_by, at=now)
    highlights.retag(highlight, remove=[first], new_tags=["Brand new"], by=highlight.created_by, at=now)
    assert {tag.name for tag in highlight.tags.all()} == {second.name, theirs.name, "Brand new"}


@pytest.fixture
def lost(highlight, now):
    """Its words were taken out of the turn, which was left as it is."""
    Highlight.objects.filter(pk=highlight.pk).update(orphaned_at=now)
    highlight.refresh_from_db()
    return highlight


def test_it_does_not_come_back_to_a_turn_that_is_gone(lost, now):
    mine = {"by": lost.created_by, "at": now}
    event = highlights.delete(lost, **mine)
    lost.start_cue.delete()
    with pytest.raises(highlights.Gone, match="not here any more"):
        highlights.restore(event, **mine)


def test_it_does_not_move_back_to_a_turn_that_is_gone(lost, now):
    mine = {"by": lost.created_by, "at": now}
    old, session = lost.start_cue, lost.session
    turn = CueFactory(session=session, position=old.position + 1)
    place = {"start_cue": turn.pk, "start": 0, "end_cue": turn.pk, "end": len(turn.text)}
    event = placing.move(lost, quote=turn.text, **place, **mine)
    old.delete()
    with pytest.raises(placing.Gone, match="not here any more"):
        placing.undo(event, **mine)
