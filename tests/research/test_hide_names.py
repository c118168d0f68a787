"""What belongs to a restricted study is not named to others, nor told by what it narrows."""

import pytest
from django.urls import reverse

from prodops import search
from research.models import Tag
from research.services import taxonomy
from tests.factories.prodops import TeamFactory, UserFactory
from tests.factories.research import (
    HighlightFactory,
    InsightFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
)

pytestmark = pytest.mark.django_db
NAME = "Layoffs at Contoso"


@pytest.fixture
def outsider(db):
    return UserFactory(editor_of=TeamFactory())


@pytest.fixture
def merged(team, ops, now):
    """A restricted study's tags merged into a workspace tag: (the tag, what was done)."""
    study = StudyFactory(team=team, lead=ops, visibility="named")
    session = SessionFactory(study=study)
    first, other = TagFactory(name=NAME, study=study), TagFactory(name="Contoso pay", study=study)
    HighlightFactory(session=session, tagged=[first])
    taxonomy.rename(first, f"{NAME} in May", by=ops, at=now)
    taxonomy.merge([other], first, by=ops, at=now)
    morale = TagFactory(name="Morale")
    change = taxonomy.merge([Tag.objects.get(pk=first.pk)], morale, by=ops, at=now)
    return Tag.objects.get(pk=morale.pk), change


def pages_of(tag, change):
    return [
        reverse("research:tag_palette"),
        reverse("research:change_list"),
        reverse("research:change_detail", args=[change.pk]),
        reverse("research:tag_history", args=[tag.slug]),
        reverse("research:tag_edit", args=[tag.slug]),
        reverse("research:tag_detail", args=[tag.slug]),
        reverse("research:tag_list"),
        reverse("research:tag_csv"),
        reverse("home"),
    ]


def shown(client, url):
    response = client.get(url)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode()


def test_merged_tags_of_a_restricted_study_are_named_only_to_its_readers(as_, ops, outsider, merged, now):
    tag, change = merged
    Tag.objects.filter(pk=tag.pk).update(owner=outsider)
    client = as_(outsider)
    for url in pages_of(tag, change):
        assert "Contoso" not in shown(client, url), url
    assert client.get(reverse("research:change_detail", args=[change.pk])).status_code == 404
    assert client.post(reverse("research:change_undo", args=[change.pk])).status_code == 404
    reader = as_(ops)
    for name in ("change_list", "tag_palette"):
        assert NAME in shown(reader, reverse(f"research:{name}")), name
    assert NAME in shown(reader, reverse("research:tag_history", args=[tag.slug]))


def test_nor_when_it_is_taken_back_or_kept_apart(as_, ops, outsider, merged, now):
    tag, change = merged
    Tag.objects.filter(pk=tag.pk).update(owner=outsider)
    other = TagFactory(name="Contoso fears", study=StudyFactory(lead=ops, visibility="named"))
    taxonomy.keep_apart(tag, other, by=ops, at=now)
    taxonomy.undo(change, by=ops, at=now)
    for url in pages_of(tag, change):
        assert "Contoso" not in shown(as_(outsider), url), url


def test_nor_to_whom_a_later_change_is_in_the_way(outsider, team, ops, now):
    tag = TagFactory(name="Morale")
    earlier = taxonomy.merge([TagFactory(name="Mood")], tag, by=ops, at=now)
    study = StudyFactory(team=team, lead=ops, visibility="named")
    taxonomy.merge([TagFactory(name=NAME, study=study)], tag, by=ops, at=now)
    with pytest.raises(taxonomy.Refused) as refused:
        taxonomy.undo(earlier, by=outsider, at=now)
    assert "Contoso" not in str(refused.value)


def test_an_open_studys_tag_is_not_named_in_a_workspace_tags_history(as_, ops, outsider, now):
    """The study may be closed later."""
    study, tag = StudyFactory(lead=ops), TagFactory(name="Morale", owner=outsider)
    change = taxonomy.merge([TagFactory(name=NAME, study=study)], tag, by=ops, at=now)
    url = reverse("research:change_list")
    assert NAME in shown(as_(outsider), url)
    type(study).objects.filter(pk=study.pk).update(visibility="named")
    for url in pages_of(tag, change):
        assert "Contoso" not in shown(as_(outsider), url), url


def test_a_change_counts_for_each_what_they_may_read(as_, ops, outsider, team, now):
    hidden, seen = StudyFactory(team=team, lead=ops, visibility="named"), StudyFactory()
    old, into = TagFactory(), TagFactory()
    for study in (hidden, hidden, seen):
        HighlightFactory(session=SessionFactory(study=study), tagged=[old])
    change = taxonomy.merge([old], into, by=ops, at=now)
    for user, number in ((ops, "3 highlights"), (outsider, "1 highlight")):
        client = as_(user)
        assert f"· {number}<" in shown(client, reverse("research:change_list"))
        assert f"· {number}<" in shown(client, reverse("research:tag_history", args=[into.slug]))
        assert f",{number[0]},,," in shown(client, reverse("research:change_list") + "?format=csv")
        detail = shown(client, reverse("research:change_detail", args=[change.pk]))
        assert f"<dt>Highlights</dt><dd>{number[0]}</dd>" in " ".join(detail.split())


def test_a_facets_value_that_is_not_seen_narrows_nothing_down(as_, team, ops, outsider):
    """Or it would tell which insights stand on a restricted study."""
    study = StudyFactory(team=team, lead=ops, visibility="named")
    quote = HighlightFactory(session=SessionFactory(study=study))
    insight = InsightFactory(evidence=[quote], published=True, title="Carriers leave us")
    for thing in (study, insight):
        search.index(thing)
    url = reverse("search")
    asked = {"q": "carriers", "study": study.pk}
    assert insight.get_absolute_url() in as_(ops).get(url, asked).text
    assert insight.get_absolute_url() in as_(outsider).get(url, {"q": "carriers"}).text
    assert insight.get_absolute_url() not in as_(outsider).get(url, asked).text
    assert insight.get_absolute_url() not in as_(outsider).get(url, {"study": study.pk}).text
