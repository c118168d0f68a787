"""Splitting, promoting, moving, retiring and tagging in bulk: each with its preview and its way back."""

import pytest

from prodops.models import Role
from research.models import HighlightTag, PastTagging, Tag, TagRedirect, TagState
from research.queries import tagging
from research.services import highlights, tags, taxonomy
from tests.factories.prodops import UserFactory
from tests.factories.research import (
    HighlightFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
    TagGroupFactory,
    make_editor,
)

pytestmark = pytest.mark.django_db


def tagged():
    return set(HighlightTag.objects.values_list("highlight", "tag__name"))


def test_a_tag_splits_and_comes_together_again(ops, now):
    tag = TagFactory(name="Import")
    one, two, three, four = (HighlightFactory(tagged=[tag]) for _ in range(4))
    known = TagFactory(name="Old import")
    before = tagged()
    parts = [("Slow import", [one.pk, two.pk]), ("Old import", [two.pk, three.pk]), ("Import", [four.pk])]
    change = taxonomy.split(tag, parts, retire=True, by=ops, at=now)
    assert tagged() == {
        (one.pk, "Slow import"),
        (two.pk, "Slow import"),
        (two.pk, "Old import"),
        (three.pk, "Old import"),
        (four.pk, "Import"),
    }
    assert Tag.objects.get(name="Slow import").group == tag.group
    assert change.counts["highlights"] == 3
    taxonomy.undo(change, by=ops, at=now)
    assert tagged() == before
    assert tagging.named("Slow import") == tag
    assert Tag.objects.get(pk=known.pk).state == TagState.USED


def test_a_tag_split_to_the_last_highlight_retires_if_so_wished(ops, now):
    tag = TagFactory()
    texts = [HighlightFactory(tagged=[tag]) for _ in range(2)]
    parts = [("One", [texts[0].pk]), ("Two", [texts[1].pk])]
    change = taxonomy.split(tag, parts, retire=True, by=ops, at=now)
    tag.refresh_from_db()
    assert tag.state == TagState.RETIRED
    highlights.retag(texts[0], remove=[Tag.objects.get(name="One")], by=ops, at=now)
    new = HighlightFactory(tagged=[Tag.objects.get(name="Two")])
    taxonomy.undo(change, by=ops, at=now)
    assert tagged() == {(texts[1].pk, tag.name), (new.pk, "Two")}  # what was done by hand stays
    assert Tag.objects.get(name="Two").state == TagState.USED
    with pytest.raises(taxonomy.Refused, match="two tags"):
        taxonomy.split(tag, [("One", []), ("one ", [])], retire=False, by=ops, at=now)


def test_a_studys_tag_becomes_the_workspaces_and_back(ops, now):
    study = StudyFactory()
    above = TagFactory(study=study)
    tag = TagFactory(study=study, parent=above, group=above.group, name="Gut feeling")
    change = taxonomy.promote(tag, by=ops, at=now)
    tag.refresh_from_db()
    assert (tag.study, tag.parent) == (None, None)
    elsewhere = HighlightFactory(tagged=[tag])
    with pytest.raises(taxonomy.Refused, match="1 highlights of other studies"):
        taxonomy.undo(change, by=ops, at=now)
    elsewhere.taggings.all().delete()
    taxonomy.undo(change, by=ops, at=now)
    tag.refresh_from_db()
    assert (tag.study, tag.parent) == (study, above)


def test_a_name_that_the_workspace_has_is_merged_rather_than_promoted(ops, now):
    TagFactory(name="Price")
    with pytest.raises(taxonomy.Refused, match="Merge this one"):
        taxonomy.promote(TagFactory(name="price", study=StudyFactory()), by=ops, at=now)


def test_what_stands_under_a_tag_moves_with_it(ops, now):
    top, group = TagFactory(), TagGroupFactory()
    low = TagFactory(parent=top, group=top.group)
    change = taxonomy.move([top], group=group, by=ops, at=now)
    low.refresh_from_db()
    assert (low.group, low.parent) == (group, top)
    with pytest.raises(taxonomy.Refused, match="under itself"):
        taxonomy.move([top], parent=low, by=ops, at=now)
    taxonomy.undo(change, by=ops, at=now)
    low.refresh_from_db()
    assert low.group != group


def test_a_retired_tag_keeps_its_highlights_and_is_offered_no_more(ops, now):
    tag = TagFactory()
    HighlightFactory(tagged=[tag])
    change = taxonomy.retire([tag], by=ops, at=now)
    assert tag.taggings.count() == 1
    assert not Tag.objects.usable_in(None).exists()
    with pytest.raises(taxonomy.Refused):
        taxonomy.retire([tag], by=ops, at=now)
    taxonomy.undo(change, by=ops, at=now)
    again = taxonomy.retire([tag], by=ops, at=now)
    taxonomy.revive([tag], by=ops, at=now)
    assert Tag.objects.get().state == TagState.USED
    assert again.words == f"retired {tag.name}"


def test_renaming_can_be_taken_back_and_both_names_lead_to_it(ops, now):
    tag = TagFactory(name="Old")
    change = taxonomy.rename(tag, "New", by=ops, at=now)
    taxonomy.undo(change, by=ops, at=now)
    assert Tag.objects.get().name == "Old"
    assert set(TagRedirect.objects.values_list("name", flat=True)) == {"Old", "New"}
    assert tagging.named("new") == tag


def test_tagging_in_bulk_adds_where_it_lacks_and_takes_off_what_it_added(ops, now):
    tag = TagFactory()
    has, lacks = HighlightFactory(tagged=[tag]), HighlightFactory()
    before = tagged()
    change = taxonomy.tag_all([has.pk, lacks.pk], tag, "tagged in bulk", by=ops, at=now)
    assert change.counts["highlights"] == 1
    assert tag.taggings.count() == 2
    taxonomy.undo(change, by=ops, at=now)
    assert tagged() == before
    assert PastTagging.objects.get().highlight_id == lacks.pk


def test_who_changes_which_tags(people, now):
    study = StudyFactory()
    editor, owner, keeper = UserFactory(), UserFactory(), UserFactory()
    make_editor(editor, study.team)
    locked = TagGroupFactory(locked=True, owner=keeper)
    own = TagFactory(study=study)
    owned, shut = TagFactory(owner=owner), TagFactory(owner=owner, group=locked)
    shut_own = TagFactory(study=study, group=locked)

    def mine(user):
        return set(Tag.objects.editable_by(user))

    assert mine(people[Role.PRODUCT_OPS]) == {own, owned, shut, shut_own}
    assert mine(editor) == {own}
    assert mine(owner) == {owned}
    assert mine(keeper) == {shut, shut_own}
    assert mine(people[Role.SUBMITTER]) == set()


def test_tagging_with_a_tag_merged_a_moment_ago_uses_what_it_became(ops, now):
    stale, into = TagFactory(), TagFactory()
    highlight = HighlightFactory(session=SessionFactory())
    taxonomy.merge([stale], into, by=ops, at=now)
    highlights.retag(highlight, add=[stale], by=ops, at=now)
    assert highlight.tags.get() == into


def test_a_tag_made_on_purpose_may_bear_a_name_that_another_had(ops, now):
    tag = TagFactory(name="Import")
    taxonomy.rename(tag, "Import failure", by=ops, at=now)
    made = tags.create("Import", by=ops, at=now, anew=True)
    assert made != tag
    assert tagging.named("import") == made
