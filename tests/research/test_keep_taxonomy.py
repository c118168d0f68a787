"""What the database holds of the taxonomy, whoever writes: scopes, hierarchy, and what was tagged before."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from prodops.models import Role
from research.models import HighlightTag, PastTagging, SecondTagging, Tag, TagState
from research.queries import tagging
from research.services import highlights, tags, taxonomy
from tests.factories.prodops import UserFactory
from tests.factories.research import HighlightFactory, StudyFactory, TagFactory, TagGroupFactory

pytestmark = pytest.mark.django_db


def refused(change, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        change()


def test_a_name_stands_once_in_the_workspace_and_once_in_each_study():
    study, other = StudyFactory(), StudyFactory()
    TagFactory(name="Price")
    TagFactory(name="Price", study=study)
    TagFactory(name="price", study=other)
    refused(lambda: TagFactory(name="PRICE"), "tag_name_once")
    refused(lambda: TagFactory(name="PRICE", study=study), "tag_name_once")
    assert tagging.named("price", study).study == study
    assert tagging.named("price").study is None


def test_a_tag_never_stands_under_itself_nor_under_another_studys():
    top, middle, low = TagFactory(), TagFactory(), TagFactory()
    Tag.objects.filter(pk=middle.pk).update(parent=top)
    Tag.objects.filter(pk=low.pk).update(parent=middle)
    refused(lambda: Tag.objects.filter(pk=top.pk).update(parent=low), "under itself")
    refused(lambda: Tag.objects.filter(pk=top.pk).update(parent=top), "under itself")
    own = TagFactory(study=StudyFactory(), parent=low)
    refused(lambda: TagFactory(parent=own), "another study")
    refused(lambda: TagFactory(study=StudyFactory(), parent=own), "another study")


def test_a_merged_tag_says_where_it_went():
    tag, target = TagFactory(name="Old words"), TagFactory()
    refused(lambda: Tag.objects.filter(pk=tag.pk).update(state=TagState.MERGED), "tag_merged_pair")
    Tag.objects.filter(pk=tag.pk).update(state=TagState.MERGED, merged_into=target)
    assert tagging.named("old words") == target
    assert tagging.by_slugs([tag.slug, target.slug]) == [target]
    assert tag not in Tag.objects.live()
    TagFactory(name="Old words")  # the name is free again


def test_a_renamed_tag_is_found_by_its_old_name(member, now):
    tag = TagFactory(name="Import failure")
    taxonomy.edit(tag, name="Failed import", by=member, at=now)
    assert tags.create("import  FAILURE", by=member, at=now) == tag


def test_what_is_made_while_tagging_is_the_studys_own(member, now):
    highlight = HighlightFactory()
    highlights.retag(highlight, new_tags=["Gut feeling"], by=member, at=now)
    assert highlight.tags.get().study == highlight.session.study
    assert tagging.by_slugs([highlight.tags.get().slug], StudyFactory()) == []


def test_study_tags_are_seen_by_who_reads_the_study(people):
    tag = TagFactory(study=StudyFactory())
    assert tag in Tag.objects.visible_to(people[Role.MEMBER])
    assert not Tag.objects.visible_to(people[Role.SUBMITTER]).exists()


def test_what_is_taken_off_is_remembered(member, now):
    tag, other = TagFactory(), TagFactory()
    highlight = HighlightFactory(tagged=[tag, other], created_at=now - dt.timedelta(days=9))
    HighlightTag.objects.filter(tag=tag).update(tag=TagFactory())
    gone = PastTagging.objects.get()
    assert (gone.tag, gone.highlight_id, gone.began_at) == (tag, highlight.pk, highlight.created_at)
    highlights.retag(highlight, remove=[other], by=member, at=now)
    assert PastTagging.objects.filter(tag=other, ended_at__gte=gone.began_at).exists()
    HighlightTag.objects.update(since=now)  # nothing moved
    assert PastTagging.objects.count() == 2


def test_the_same_tag_by_a_second_person_counts_once_and_is_remembered(now):
    tag = TagFactory()
    highlight = HighlightFactory(tagged=[tag])
    second = UserFactory()
    for _ in range(2):
        highlights.retag(highlight, add=[tag], by=second, at=now)
    highlights.retag(highlight, add=[tag], by=highlight.created_by, at=now)
    assert highlight.taggings.count() == 1
    assert SecondTagging.objects.get().by == second


def test_groups_may_be_locked():
    assert TagGroupFactory().locked is False
