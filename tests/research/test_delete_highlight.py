import pytest

from prodops.models import SearchEntry
from research.models import Highlight, SecondTagging
from research.services import highlights, placing, taggings
from tests.factories.prodops import UserFactory
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


def test_a_deleted_highlight_comes_back_with_all_who_tagged_it(highlight, now):
    colleague = UserFactory()
    highlights.retag(highlight, add=highlight.tags.all(), by=colleague, at=now)
    event = highlights.delete(highlight, by=highlight.created_by, at=now)
    back = highlights.restore(event, by=highlight.created_by, at=now)
    assert {one.by for given in back.taggings.all() for one in given.seconds.all()} == {colleague}


def test_taking_back_a_change_of_tags_leaves_the_highlight_and_what_others_gave(highlight, now):
    me, colleague = highlight.created_by, UserFactory()
    first, second = highlight.tags.order_by("pk")
    event = highlights.retag(highlight, remove=[first], add=[second], new_tags=["Mine"], by=colleague, at=now)
    mine = highlight.tags.get(name="Mine")
    assert {row.by for row in SecondTagging.objects.all()} == {colleague}
    highlights.retag(highlight, add=[mine], by=me, at=now)
    taggings.undo(event, by=colleague, at=now)
    assert set(highlight.tags.all()) == {first, second, mine}
    assert highlight.taggings.get(tag=mine).created_by == me  # who gave it too
    assert not SecondTagging.objects.exists()
    highlights.delete(highlight, by=me, at=now)
    with pytest.raises(taggings.Gone):
        taggings.undo(event, by=colleague, at=now)


def test_who_tags_alone_sees_and_deletes_only_what_they_marked(as_, member, team, now):
    """Two coders mark the same words with the same tag; the second one blind."""
    theirs, ours = TagFactory(name="Theirs alone"), TagFactory(name="Ours")
    session = SessionFactory(study__team=team)
    shared = HighlightFactory(session=session, tagged=[theirs, ours])
    other = HighlightFactory(session=session, tagged=[theirs])
    client, url = as_(member), session.get_absolute_url()
    client.post(f"/research/studies/{session.study.slug}/alone/", {"alone": "1"})
    page = client.get(url).content.decode()
    assert "on your own" in page
    assert "<mark" not in page
    assert "Theirs alone" not in page
    place = {"start_cue": shared.start_cue_id, "end_cue": shared.end_cue_id, "quote": shared.quote}
    place |= {"start": shared.start_offset, "end": shared.end_offset, "tag": ours.slug}
    client.post(f"/research/sessions/{session.pk}/highlights/", place)
    page = client.get(url).content.decode()
    assert page.count("<mark") == 1
    assert "Theirs alone" not in page
    card = client.get(shared.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert "Ours" in card
    assert "Theirs alone" not in card
    assert [one.by for one in shared.taggings.get(tag=ours).seconds.all()] == [member]
    client.post(f"/research/highlights/{shared.pk}/tags/", {"before": ours.slug})
    assert not SecondTagging.objects.exists()
    assert set(shared.tags.all()) == {theirs, ours}
    client.post(f"/research/sessions/{session.pk}/highlights/", place)
    client.post(f"/research/highlights/{shared.pk}/delete/")
    assert set(Highlight.objects.all()) == {shared, other}
    assert "<mark" not in client.get(url).content.decode()
    client.post(f"/research/studies/{session.study.slug}/alone/", {"alone": "0"})
    assert client.get(url).content.decode().count("<mark") == 2


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
