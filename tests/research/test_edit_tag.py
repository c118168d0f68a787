import pytest
from django.urls import reverse

from prodops import search
from prodops.models import Role, SearchEntry
from research.models import Tag, TagGroup
from research.services import taxonomy
from tests.factories.research import HighlightFactory, SessionFactory, TagFactory, TagGroupFactory

pytestmark = pytest.mark.django_db


def test_a_renamed_tag_keeps_its_address_and_its_highlights_are_found(member, now):
    tag = TagFactory(name="Import failure", slug="import-failure")
    highlight = HighlightFactory(tagged=[tag])
    search.index(highlight)
    taxonomy.edit(tag, name="Failed import", by=member, at=now)
    assert Tag.objects.get(slug="import-failure").name == "Failed import"
    assert SearchEntry.objects.get(kind="highlight", object_id=highlight.pk).body == "Failed import"


def test_its_history_is_kept_field_by_field(member, now):
    tag = TagFactory(name="Before")
    taxonomy.edit(tag, name="After", by=member, at=now)
    history = Tag.pgh_event_model.objects.filter(pgh_obj=tag).order_by("pgh_id")
    assert [event.name for event in history] == ["Before", "After"]


def test_a_name_stands_once(member, now):
    TagFactory(name="Delight")
    with pytest.raises(taxonomy.Refused):
        taxonomy.edit(TagFactory(name="Joy"), name="delight", by=member, at=now)


def test_product_ops_sort_the_taxonomy_and_members_do_not(as_, people):
    group = TagGroupFactory(name="Import")
    fields = {"name": "Slow import", "group": group.pk, "colour": "teal", "guideline": "When it takes long."}
    url = reverse("research:tag_create")
    assert as_(people[Role.MEMBER]).post(url, fields).status_code == 403
    assert as_(people[Role.PRODUCT_OPS]).post(url, fields).status_code == 302
    assert Tag.objects.get().group == group
    as_(people[Role.PRODUCT_OPS]).post(reverse("research:group_create"), {"name": "Money", "position": 3})
    assert TagGroup.objects.filter(slug="money", position=3).exists()
    again = as_(people[Role.PRODUCT_OPS]).post(
        reverse("research:group_create"), {"name": "money", "position": 3}
    )
    assert again.status_code == 422


def test_a_tags_page_lists_its_highlights_with_filters_and_csv(as_, member):
    tag = TagFactory()
    mine = SessionFactory()
    HighlightFactory(session=mine, tagged=[tag])
    HighlightFactory(session=SessionFactory(), tagged=[tag], end_offset=10)
    client = as_(member)
    page = client.get(tag.get_absolute_url(), {"study": mine.study.slug}).content.decode()
    assert "1 highlight<" in page.replace("</span>", "<")
    csv = client.get(tag.get_absolute_url(), {"format": "csv"})
    assert b"".join(csv.streaming_content).count(b"\r\n") == 3
