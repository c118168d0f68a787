"""Merging tags and taking it back: each text counts once, and undoing brings back what was."""

import datetime as dt

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prodops.models import Event, SearchEntry
from research.models import HighlightTag, SecondTagging, Tag, TagChange, TagState
from research.queries import tagging
from research.queries import vocabulary as queries
from research.services import highlights, tags, taxonomy
from tests.factories.prodops import UserFactory
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
)

pytestmark = pytest.mark.django_db


def picture():
    """All that a change to the taxonomy may alter, with the times and people."""
    return (
        set(HighlightTag.objects.values_list("highlight", "tag", "created_by", "created_at")),
        set(SecondTagging.objects.values_list("tagging__highlight", "tagging__tag", "by", "at")),
        set(Tag.objects.values_list("pk", "name", "state", "merged_into", "parent", "group", "study")),
        {
            (kind, pk, body, *sorted(facets))
            for kind, pk, body, facets in SearchEntry.objects.filter(
                kind__in=["tag", "highlight"]
            ).values_list("kind", "object_id", "body", "facets")
        },
    )


def indexed(*things):
    from prodops import search

    search.index_many(things)


def test_a_text_with_both_tags_ends_with_one_and_old_names_lead_to_it(ops, now):
    old, into = TagFactory(name="Slow import"), TagFactory(name="Import failure")
    child = TagFactory(parent=old, group=old.group)
    both, one = HighlightFactory(tagged=[old, into]), HighlightFactory(tagged=[old])
    InsightFactory(evidence=[both, one])
    indexed(old)
    indexed(both, one)
    preview = queries.impact([old], into)
    assert (preview.highlights, preview.studies, preview.insights, preview.both) == (2, 2, 1, 1)
    change = taxonomy.merge([old], into, by=ops, at=now)
    assert change.counts == preview.as_dict()
    assert sorted(HighlightTag.objects.values_list("highlight", "tag")) == sorted(
        [(both.pk, into.pk), (one.pk, into.pk)]
    )
    assert SearchEntry.objects.get(kind="highlight", object_id=one.pk).body == "Import failure"
    assert not SearchEntry.objects.filter(kind="tag", object_id=old.pk).exists()
    assert tags.create("slow IMPORT", by=ops, at=now) == into
    assert tagging.by_slugs([old.slug]) == [into]
    child.refresh_from_db()
    assert (child.parent, child.group) == (into, into.group)
    assert Event.objects.get(verb="tag.merged").subject_id == into.pk


def test_merges_that_make_no_sense_are_refused(ops, now):
    tag, own = TagFactory(), TagFactory(study=StudyFactory())
    with pytest.raises(taxonomy.Refused, match="itself"):
        taxonomy.merge([tag], tag, by=ops, at=now)
    with pytest.raises(taxonomy.Refused, match="workspace tag first"):
        taxonomy.merge([tag], own, by=ops, at=now)
    taxonomy.merge([own], tag, by=ops, at=now)
    with pytest.raises(taxonomy.Refused, match="merged already"):
        taxonomy.merge([own], TagFactory(), by=ops, at=now)


def test_a_tag_merged_into_one_that_stands_under_it(ops, now):
    top = TagFactory()
    middle = TagFactory(parent=top, group=top.group)
    low = TagFactory(parent=middle, group=top.group)
    change = taxonomy.merge([middle, top], low, by=ops, at=now)
    low.refresh_from_db()
    assert low.parent is None
    taxonomy.undo(change, by=ops, at=now)
    low.refresh_from_db()
    assert low.parent == middle


def test_undo_ends_after_thirty_days_and_happens_once(ops, now):
    change = taxonomy.merge([TagFactory()], TagFactory(), by=ops, at=now)
    with pytest.raises(taxonomy.Refused, match="30 days"):
        taxonomy.undo(change, by=ops, at=now + dt.timedelta(days=31))
    taxonomy.undo(change, by=ops, at=now + dt.timedelta(days=29))
    with pytest.raises(taxonomy.Refused):
        taxonomy.undo(TagChange.objects.get(), by=ops, at=now)


def test_the_later_change_is_taken_back_first(ops, now):
    first, second, third = TagFactory(name="A"), TagFactory(name="B"), TagFactory(name="C")
    one = taxonomy.merge([first], second, by=ops, at=now)
    two = taxonomy.merge([second], third, by=ops, at=now)
    assert tagging.current(Tag.objects.get(pk=first.pk)) == third
    with pytest.raises(taxonomy.Refused, match="merged B into C"):
        taxonomy.undo(one, by=ops, at=now)
    taxonomy.undo(two, by=ops, at=now)
    taxonomy.undo(one, by=ops, at=now)
    assert set(Tag.objects.values_list("state", flat=True)) == {TagState.USED}


def test_a_name_taken_meanwhile_keeps_the_merge_from_being_taken_back(ops, now):
    old = TagFactory(name="Price")
    change = taxonomy.merge([old], TagFactory(), by=ops, at=now)
    tags.create("Price", by=ops, at=now, anew=True)
    with pytest.raises(taxonomy.Refused, match="Another tag is called Price"):
        taxonomy.undo(change, by=ops, at=now)
    assert TagChange.objects.get().undone_at is None


TAGS = 4  # 0 and 1 are merged into 2; 3 stands by
tagged = st.frozensets(st.tuples(st.integers(0, 3), st.integers(0, TAGS - 1), st.integers(0, 1)), max_size=10)
by_hand = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove"]), st.integers(0, 3), st.sampled_from([2, 3]), st.integers(0, 1)
    ),
    max_size=8,
)


@pytest.fixture
def ground(ops, now):
    session = SessionFactory()
    return {
        "texts": [HighlightFactory(session=session, start_cue=CueFactory(session=session)) for _ in range(4)],
        "tags": [TagFactory() for _ in range(TAGS)],
        "people": [UserFactory(), UserFactory()],
        "by": ops,
        "at": now,
    }


# the ground is the same for every example: each leaves it as it was
@settings(
    max_examples=settings.default.max_examples // 6,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(tagged=tagged, between=by_hand)
def test_undoing_a_merge_is_as_if_only_what_was_done_by_hand_had_happened(ground, tagged, between):
    """What people took off stays off, what they gave stays; all else is as before, to the second."""
    texts, some, people, by = ground["texts"], ground["tags"], ground["people"], ground["by"]
    with transaction.atomic():
        clock = Clock(ground["at"])
        for text, tag, person in sorted(tagged):
            give(texts[text], some[tag], people[person], clock())
        indexed(*some)
        indexed(*texts)
        before = picture()
        had = set(HighlightTag.objects.values_list("highlight", "tag"))
        change = taxonomy.merge(some[:2], some[2], by=by, at=clock())
        shown = set(HighlightTag.objects.values_list("highlight", "tag"))
        assert shown == {
            (text, some[2].pk if tag in {one.pk for one in some[:2]} else tag) for text, tag in had
        }
        expected = Model(had, {tag.pk for tag in some[:2]}, some[2].pk)
        for what, text, tag, person in between:
            given = {what: [some[tag]]}
            highlights.retag(texts[text], **given, by=people[person], at=clock())
            expected.do(what, texts[text].pk, some[tag].pk)
        taxonomy.undo(TagChange.objects.get(pk=change.pk), by=by, at=clock())
        assert set(HighlightTag.objects.values_list("highlight", "tag")) == expected.undone()
        if not between:
            assert picture() == before
        for entry in SearchEntry.objects.filter(kind="highlight"):
            names = HighlightTag.objects.filter(highlight=entry.object_id).values_list("tag__name", flat=True)
            assert sorted(entry.body.split(", ") if entry.body else []) == sorted(names)
        transaction.set_rollback(True)


def give(text, tag, person, at):
    """As `highlights.retag`, without the index."""
    fields = {"created_by": person, "created_at": at}
    tagging, made = HighlightTag.objects.get_or_create(highlight=text, tag=tag, defaults=fields)
    if not made:
        SecondTagging.objects.create(tagging=tagging, by=person, at=at)


class Clock:
    """A later moment each time."""

    def __init__(self, at):
        self.at = at

    def __call__(self):
        self.at += dt.timedelta(seconds=1)
        return self.at


class Model:
    """What undoing means, in sets: which taggings of the target still are those of the merge."""

    def __init__(self, had, sources, into):
        self.had, self.sources, self.into = had, sources, into
        self.others = {pair for pair in had if pair[1] not in {*sources, into}}
        self.still = {text for text, tag in had if tag in {*sources, into}}  # untouched since the merge
        self.fresh: set[int] = set()  # given by hand since

    def do(self, what, text, tag):
        if tag != self.into:
            (self.others.add if what == "add" else self.others.discard)((text, tag))
        elif what == "remove":
            self.still.discard(text)
            self.fresh.discard(text)
        elif text not in self.still:
            self.fresh.add(text)

    def undone(self):
        back = {
            (text, tag) for text, tag in self.had if text in self.still and tag in {*self.sources, self.into}
        }
        return self.others | back | {(text, self.into) for text in self.fresh}


def test_however_many_highlights_a_merge_takes_the_same_statements(ops, now, django_assert_max_num_queries):
    session = SessionFactory()
    cue = CueFactory(session=session, text="I gave up " * 300)
    old, into = TagFactory(name="Slow"), TagFactory(name="Fast")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO research_highlight (session_id, guid, start_cue_id, start_offset, end_cue_id,"
            " end_offset, quote, created_by_id, created_at) SELECT %s, gen_random_uuid(), %s, n, %s, n + 7,"
            " substring(%s FROM n + 1 FOR 7), %s, now() FROM generate_series(0, 999) n",
            [session.pk, cue.pk, cue.pk, cue.text, ops.pk],
        )
        cursor.execute(
            "INSERT INTO research_highlighttag (highlight_id, tag_id, created_by_id, created_at)"
            " SELECT id, %s, %s, now() FROM research_highlight"
            " UNION ALL SELECT id, %s, %s, now() FROM research_highlight WHERE id %% 10 = 0",
            [old.pk, ops.pk, into.pk, ops.pk],
        )
        cursor.execute(
            "INSERT INTO prodops_searchentry (kind, object_id, title, body, url, context, capability,"
            " wide_capability, happened_at, facets) SELECT 'highlight', id, quote, 'Slow', '/', '',"
            " 'research.read', '', now(), '{}' FROM research_highlight"
        )
    with django_assert_max_num_queries(40):
        change = taxonomy.merge([old], into, by=ops, at=now)
    assert (change.counts["highlights"], change.counts["both"]) == (1_000, 100)
    assert HighlightTag.objects.filter(tag=into).count() == 1_000
    assert SearchEntry.objects.filter(kind="highlight", body="Fast").count() == 1_000
    with django_assert_max_num_queries(40):
        taxonomy.undo(change, by=ops, at=now)
    assert HighlightTag.objects.count() == 1_100


def test_a_parent_that_was_merged_meanwhile_is_what_it_became(ops, now):
    above, quite = TagFactory(), TagFactory()
    tag, into = TagFactory(parent=above, group=above.group), TagFactory()
    under = TagFactory(parent=tag, group=tag.group)
    first = taxonomy.merge([tag], into, by=ops, at=now)
    taxonomy.merge([above], quite, by=ops, at=now)
    taxonomy.undo(first, by=ops, at=now)
    tag.refresh_from_db()
    under.refresh_from_db()
    assert (tag.state, tag.parent, tag.group) == (TagState.USED, quite, quite.group)
    assert under.parent == tag
    lower = TagFactory(parent=tag, group=tag.group)
    moved = taxonomy.move([tag], group=into.group, by=ops, at=now)
    taxonomy.merge([quite], lower, by=ops, at=now)
    taxonomy.undo(moved, by=ops, at=now)  # what the parent became stands under it by now
    tag.refresh_from_db()
    assert tag.parent is None
