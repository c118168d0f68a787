"""The pages about tags, as their users walk them."""

import datetime as dt

import pytest
from django.urls import reverse

from prodops.models import Role
from research.models import HighlightTag, Tag, TagChange, TagState
from research.services import taxonomy
from tests.factories.prodops import UserFactory
from tests.factories.research import (
    HighlightFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
    TagGroupFactory,
)

pytestmark = pytest.mark.django_db


def text(response):
    return " ".join(response.content.decode().split())


def test_the_tree_shows_what_is_thin_unused_retired_and_of_one_study(as_, people):
    group = TagGroupFactory(name="Import")
    top = TagFactory(name="Top", group=group)
    TagFactory(name="Thin one", group=group, parent=top)
    HighlightFactory(tagged=[Tag.objects.get(name="Thin one")])
    TagFactory(name="Of a study", group=group, study=StudyFactory(title="Onboarding"))
    TagFactory(name="Put away", group=group, state=TagState.RETIRED)
    client = as_(people[Role.MEMBER])
    url = reverse("research:tag_list")
    page = text(client.get(url))
    assert page.index(">Top<") < page.index(">Thin one<")
    assert "Put away" not in page
    assert "deep-1" in page
    thin = text(client.get(url, {"show": "thin"}))
    assert ">Thin one<" in thin
    assert ">Top<" in thin  # it shows where the thin one stands
    assert "1 tag<" in thin
    assert "Of a study" not in text(client.get(url, {"scope": "workspace"}))
    assert "Put away" in text(client.get(url, {"show": "retired"}))
    csv = b"".join(client.get(reverse("research:tag_csv"), {"show": "unused"}).streaming_content).decode()
    assert "Top / Thin one" not in csv
    assert "Onboarding" in csv


def test_chosen_tags_are_merged_and_it_is_taken_back(as_, people):
    client = as_(people[Role.PRODUCT_OPS])
    small, big = TagFactory(name="Small"), TagFactory(name="Big")
    both = HighlightFactory(tagged=[small, big])
    HighlightFactory(tagged=[big])
    url = reverse("research:tag_merge")
    preview = text(client.get(url, {"tag": [small.slug, big.slug]}))
    assert "Merge into Big" in preview
    assert "1 of them has both tags and ends with one" in preview
    other = TagFactory(name="Third")
    swapped = client.get(
        url, {"tag": [small.slug, big.slug], "into": other.slug}, headers={"HX-Request": "true"}
    )
    assert "Merge into Third" in text(swapped)
    assert client.post(url, {"tag": [small.slug, big.slug], "into": big.slug}).url == big.get_absolute_url()
    assert list(both.tags.all()) == [big]
    assert client.get(small.get_absolute_url()).url == big.get_absolute_url()
    change = TagChange.objects.get()
    assert "Take it back" in text(client.get(reverse("research:change_detail", args=[change.pk])))
    client.post(reverse("research:change_undo", args=[change.pk]))
    assert set(both.tags.all()) == {small, big}
    assert "Taken back" in text(client.get(reverse("research:change_list")))


def test_workspace_tags_are_not_a_members_to_change(as_, people):
    member = as_(people[Role.MEMBER])
    tag, other = TagFactory(), TagFactory()
    for name in ("merge", "move", "retire"):
        assert member.get(reverse(f"research:tag_{name}"), {"tag": [tag.slug, other.slug]}).status_code == 403
    assert member.get(reverse("research:tag_edit", args=[tag.slug])).status_code == 403
    change = taxonomy.merge([tag], other, by=people[Role.PRODUCT_OPS], at=dt.datetime.now(dt.UTC))
    assert member.post(reverse("research:change_undo", args=[change.pk])).status_code == 403


def test_who_merged_their_studys_tag_takes_it_back(as_, people, team):
    tag, into = TagFactory(study=StudyFactory(team=team)), TagFactory()
    change = taxonomy.merge([tag], into, by=people[Role.MEMBER], at=dt.datetime.now(dt.UTC))
    client = as_(people[Role.MEMBER])
    undo = reverse("research:change_undo", args=[change.pk])
    assert undo in text(client.get(reverse("research:change_detail", args=[change.pk])))
    assert client.post(undo).status_code == 302
    tag.refresh_from_db()
    assert not tag.is_merged


def test_an_editor_makes_and_changes_tags_of_the_studies_of_their_team(as_, people, team):
    study = StudyFactory(team=team)
    group = TagGroupFactory()
    client = as_(people[Role.MEMBER])
    fields = {"name": "Gut feeling", "study": study.slug, "group": group.pk, "colour": "teal"}
    assert client.post(reverse("research:tag_create"), fields).status_code == 302
    tag = Tag.objects.get(name="Gut feeling")
    assert (tag.study, tag.group) == (study, group)
    assert client.post(reverse("research:tag_create"), fields).status_code == 422
    edit = reverse("research:tag_edit", args=[tag.slug])
    parent = TagFactory(group=TagGroupFactory())
    client.post(edit, {**fields, "name": "Instinct", "parent": parent.slug})
    tag.refresh_from_db()
    assert (tag.name, tag.parent, tag.group) == ("Instinct", parent, parent.group)
    assert TagChange.objects.count() == 2
    assert client.get(reverse("research:tag_promote", args=[tag.slug])).status_code == 403
    ops = as_(people[Role.PRODUCT_OPS])
    ops.post(reverse("research:tag_promote", args=[tag.slug]))
    tag.refresh_from_db()
    assert tag.study is None


def test_tags_are_moved_and_retired_from_the_tree(as_, people):
    client = as_(people[Role.PRODUCT_OPS])
    tag, group = TagFactory(), TagGroupFactory()
    client.post(reverse("research:tag_move"), {"tag": tag.slug, "group": group.slug})
    assert client.post(reverse("research:tag_move"), {"tag": tag.slug}).status_code == 422
    assert "no longer be offered" in text(client.get(reverse("research:tag_retire"), {"tag": tag.slug}))
    client.post(reverse("research:tag_retire"), {"tag": tag.slug})
    tag.refresh_from_db()
    assert (tag.group, tag.state) == (group, TagState.RETIRED)
    client.post(reverse("research:tag_retire"), {"tag": tag.slug, "back": "1"})
    tag.refresh_from_db()
    assert tag.state == TagState.USED
    assert client.get(reverse("research:tag_merge")).url == reverse("research:tag_list")


def test_highlights_are_shared_out_by_rule_and_by_hand(as_, people):
    client = as_(people[Role.PRODUCT_OPS])
    tag = TagFactory(name="Import")
    one, two = (HighlightFactory(tagged=[tag]) for _ in range(2))
    url = reverse("research:tag_split", args=[tag.slug])
    names = {"names": "Slow import\nBroken import"}
    rule = {"by": "study", "value": one.session.study.slug, "to": "2"}
    shared = text(client.post(url, {**names, **rule, f"h{two.pk}": "1"}))
    assert f'name="h{one.pk}" value="2" checked' in shared
    assert f'name="h{two.pk}" value="1" checked' in shared
    client.post(url, {**names, f"h{one.pk}": "2", f"h{two.pk}": "", "apply": "1"})
    assert set(HighlightTag.objects.values_list("highlight", "tag__name")) == {
        (one.pk, "Broken import"),
        (two.pk, "Import"),
    }
    assert client.post(url, {"names": "Alone", "apply": "1"}).status_code == 422


def test_a_tags_history_reads_right_as_of_a_day(as_, people, now):
    client = as_(people[Role.MEMBER])
    ops = people[Role.PRODUCT_OPS]
    old, into = TagFactory(name="Slow"), TagFactory(name="Import failure")
    HighlightFactory(tagged=[old], created_at=now - dt.timedelta(days=20))
    taxonomy.merge([old], into, by=ops, at=now - dt.timedelta(days=5))
    taxonomy.rename(into, "Failed import", by=ops, at=now)

    def on(tag, days):
        day = (now - dt.timedelta(days=days)).date().isoformat()
        return text(client.get(reverse("research:tag_history", args=[tag.slug]), {"on": day}))

    assert "1 highlight had this tag" in on(old, 10)
    assert "0 highlights had this tag" in on(old, 1)
    assert "0 highlights had this tag" in on(into, 10)
    assert "Import failure</h2>" in on(into, 10)  # of before it was written down: the first name known
    assert "1 highlight had this tag" in on(into, 1)
    assert "Failed import</h2>" in on(into, 0)
    page = text(client.get(reverse("research:tag_history", args=[into.slug])))
    assert "renamed Import failure to Failed import" in page
    assert "Former names" in page
    assert "Merged into it" in page


def test_the_palette_offers_the_studys_tags_first_with_path_example_and_old_names(as_, people):
    study = StudyFactory()
    group = TagGroupFactory(name="Import")
    top = TagFactory(name="Import trouble", group=group)
    low = TagFactory(name="Import failure", group=group, parent=top, guideline="When it stops.")
    TagFactory(name="Only here", study=study)
    TagFactory(name="Only there", study=StudyFactory())
    HighlightFactory(session=SessionFactory(study=study), tagged=[low])
    taxonomy.rename(low, "Failed import", by=people[Role.PRODUCT_OPS], at=dt.datetime.now(dt.UTC))
    client = as_(people[Role.MEMBER])
    page = text(client.get(reverse("research:tag_palette"), {"study": study.slug}))
    assert page.index("This study") < page.index("Import trouble")
    assert "Only there" not in page
    assert 'data-path="Import / Import trouble"' in page
    assert 'data-formerly="Import failure"' in page
    assert "I gave up after the second error" in page


def test_only_its_owner_and_product_ops_change_a_locked_group(as_, people):
    keeper = UserFactory(role=Role.MEMBER)
    tag = TagFactory(group=TagGroupFactory(locked=True, owner=keeper))
    assert as_(people[Role.MEMBER]).get(reverse("research:tag_edit", args=[tag.slug])).status_code == 403
    assert as_(keeper).get(reverse("research:tag_edit", args=[tag.slug])).status_code == 200
