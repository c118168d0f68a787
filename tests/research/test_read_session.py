import re

import pytest
from django.urls import reverse

from prodops.models import Role
from research.models import Highlight, Tag
from research.models.insight import InsightQuerySet
from tests.factories.prodops import UserFactory
from tests.factories.research import CueFactory, HighlightFactory, InsightFactory, SessionFactory, TagFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def session(member):
    return SessionFactory(study__team=member.teams.get(), study__lead=member)


def test_overlapping_highlights_are_drawn_one_in_the_other(as_, member, session):
    cue = CueFactory(session=session, text="I gave up & left <early>.")
    outer = HighlightFactory(session=session, start_cue=cue, end_offset=9, tagged=[TagFactory(colour="red")])
    inner = HighlightFactory(session=session, start_cue=cue, start_offset=2, end_offset=16)
    red = outer.tags.get().name
    page = as_(member).get(session.get_absolute_url()).content.decode()
    assert (
        f'<mark class="hl l1 c-red" data-h="{outer.pk}" data-says="highlight, tag {red}">I </mark>'
        f'<mark class="hl l1 c-red" data-h="{outer.pk}" data-ends>'
        f'<mark class="hl l2 c-slate" data-h="{inner.pk}" data-says="highlight">gave up</mark></mark>'
        f'<mark class="hl l1 c-slate" data-h="{inner.pk}" data-ends> &amp; left</mark> &lt;early&gt;.'
    ) in page
    assert f'id="c{cue.pk}"' in page


def test_marking_gives_back_the_turns_it_covers_and_the_side(as_, member, session):
    first, second, third = (CueFactory(session=session) for _ in range(3))
    fields = {"start_cue": first.pk, "start": 2, "end_cue": second.pk, "end": 6}
    fields |= {
        "quote": f"{first.text[2:]}\n{second.text[:6]}",
        "new_tag": "Gave up",
        "tag": TagFactory().slug,
    }
    response = as_(member).post(reverse("research:highlight_create", args=[session.pk]), fields, headers=HTMX)
    page = response.content.decode()
    assert f'id="c{first.pk}"' in page
    assert f'id="c{second.pk}"' in page
    assert f'id="c{third.pk}"' not in page
    assert 'id="side-marks"' in page
    assert "Gave up" in response["HX-Trigger-After-Settle"]
    assert Highlight.objects.get().tags.count() == 2


@pytest.mark.parametrize("field", ["start_cue", "start", "end_cue", "end", "quote"])
def test_nonsense_is_refused_in_words(as_, member, session, field):
    cue = CueFactory(session=session)
    fields = {"start_cue": cue.pk, "start": 2, "end_cue": cue.pk, "end": 9, "quote": "gave up"}
    url = reverse("research:highlight_create", args=[session.pk])
    for wrong in ("", "x", "-1", "9" * 40, "\x00"):
        response = as_(member).post(url, fields | {field: wrong}, headers=HTMX)
        assert response.status_code == 409
        assert response["Content-Type"].startswith("text/plain")
    assert not Highlight.objects.exists()


def test_deleting_offers_to_undo(as_, member, session):
    highlight = HighlightFactory(session=session)
    response = as_(member).post(reverse("research:highlight_delete", args=[highlight.pk]), headers=HTMX)
    assert "Undo" in response.content.decode()
    address = response.content.decode().split('hx-post="')[1].split('"')[0]
    assert as_(member).post(address, headers=HTMX).status_code == 200
    assert Highlight.objects.filter(pk=highlight.pk).exists()


def test_tags_are_changed_without_a_script(as_, member, session):
    kept, dropped, added = (TagFactory() for _ in range(3))
    highlight = HighlightFactory(session=session, tagged=[kept, dropped])
    page = as_(member).get(highlight.get_absolute_url()).content.decode()
    assert f'value="{added.slug}"' in page
    fields = {"before": [kept.slug, dropped.slug], "tag": [kept.slug, added.slug], "new_tag": "Fresh"}
    as_(member).post(reverse("research:highlight_retag", args=[highlight.pk]), fields)
    assert set(highlight.tags.all()) == {kept, added, Tag.objects.get(name="Fresh")}


def undo_of(html):
    """The address that takes it back."""
    return re.search(r'data-undo hx-post="([^"]*)"', html)[1]


def test_a_change_of_tags_is_taken_back(as_, member, session):
    first, second = TagFactory(), TagFactory()
    highlight = HighlightFactory(session=session, tagged=[first])
    url = reverse("research:highlight_retag", args=[highlight.pk])
    fields = {"before": [first.slug], "tag": [second.slug], "new_tag": "Fresh"}
    html = as_(member).post(url, fields, headers=HTMX).content.decode()
    as_(member).post(undo_of(html), headers=HTMX)
    assert list(highlight.tags.all()) == [first]


def test_taking_back_a_tag_on_words_that_were_highlighted_leaves_the_highlight(as_, member, session):
    theirs, mine = TagFactory(), TagFactory()
    highlight = HighlightFactory(session=session, tagged=[theirs])
    place = {"start_cue": highlight.start_cue_id, "start": highlight.start_offset}
    fields = place | {"end_cue": highlight.end_cue_id, "end": highlight.end_offset, "quote": highlight.quote}
    url = reverse("research:highlight_create", args=[session.pk])
    html = as_(member).post(url, fields | {"tag": [mine.slug]}, headers=HTMX).content.decode()
    assert set(highlight.tags.all()) == {theirs, mine}
    as_(member).post(undo_of(html), headers=HTMX)
    assert list(highlight.tags.all()) == [theirs]


def test_everybody_in_research_reads_and_only_the_team_marks(as_, session, people):
    cue = CueFactory(session=session)
    fields = {"start_cue": cue.pk, "start": 2, "end_cue": cue.pk, "end": 9, "quote": "gave up"}
    url = reverse("research:highlight_create", args=[session.pk])
    stranger = UserFactory()
    page = as_(stranger).get(session.get_absolute_url()).content.decode()
    assert "data-highlight data-key" not in page
    assert as_(stranger).post(url, fields).status_code == 404
    assert as_(people[Role.SUBMITTER]).get(session.get_absolute_url()).status_code == 403
    assert as_(people[Role.SUBMITTER]).post(url, fields).status_code == 403


def test_a_tag_that_is_no_text_is_left_out(as_, member, session):
    cue = CueFactory(session=session)
    fields = {"start_cue": cue.pk, "start": 0, "end_cue": cue.pk, "end": 6, "quote": cue.text[:6]}
    url = reverse("research:highlight_create", args=[session.pk])
    response = as_(member).post(url, {**fields, "tag": ["\0", TagFactory().slug]}, headers=HTMX)
    assert response.status_code == 200
    assert Highlight.objects.get().tags.count() == 1


def test_pages_name_only_the_insights_that_their_reader_sees(as_, member, session, monkeypatch):
    highlight = HighlightFactory(session=session)
    insight = InsightFactory(title="Dispatchers give up", evidence=[highlight])
    pages = [session.get_absolute_url(), session.study.get_absolute_url(), highlight.get_absolute_url()]
    shown = [insight.title in as_(member).get(page).content.decode() for page in pages]
    assert shown == [True, True, True]
    monkeypatch.setattr(InsightQuerySet, "visible_to", lambda rows, user: rows.none())
    shown = [insight.title in as_(member).get(page).content.decode() for page in pages]
    assert shown == [False, False, False]
