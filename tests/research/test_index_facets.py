from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from prodops import search
from prodops.models import SearchEntry
from prodops.searching import counting, sift
from prodops.searching.found import Found
from research.models import Cue, Highlight, Method, Speaker, SpeakerRole
from research.services import insights, speakers, studies
from tests.factories.prodops import CustomerAccountFactory, ProductAreaFactory, UserFactory
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
)

pytestmark = pytest.mark.django_db


def facets(thing, kind):
    return set(SearchEntry.objects.get(kind=kind, object_id=thing.pk).facets)


@pytest.fixture
def said(now):
    study = StudyFactory(method=Method.INTERVIEW)
    session = SessionFactory(study=study, participant__account=CustomerAccountFactory(segment="enterprise"))
    cue = CueFactory(
        session=session,
        speaker="Ana",
        text="The invoice came three weeks late again.",
        start_ms=61_000,
        end_ms=None,
    )
    Speaker.objects.create(session=session, label="Ana", role=SpeakerRole.PARTICIPANT)
    tag = TagFactory()
    highlight = HighlightFactory(session=session, start_cue=cue, tagged=[tag])
    search.index_many(Cue.objects.filter(session=session))
    search.index_many(Highlight.objects.filter(session=session))
    search.index(study)
    return study, session, cue, highlight, tag


def test_what_was_said_is_counted_by_all_that_is_known_of_it(said):
    study, session, cue, highlight, tag = said
    common = {
        *(f"study:{study.pk}", "method:interview", f"owner:{study.lead_id}", f"session:{session.pk}"),
        *("segment:enterprise", "role:participant"),
    }
    assert common <= facets(cue, "cue")
    assert common | {f"tag:{tag.pk}"} <= facets(highlight, "highlight")
    entry = SearchEntry.objects.get(kind="cue", object_id=cue.pk)
    assert entry.moment_ms == 61_000


def test_the_material_follows_its_study(said, member, now):
    study, _, cue, highlight, _ = said
    area, lead = ProductAreaFactory(), UserFactory()
    studies.edit(study, version=1, area=area, lead=lead, method=Method.DIARY, by=member, at=now)
    for thing, kind in ((cue, "cue"), (highlight, "highlight")):
        now_said = facets(thing, kind)
        assert {f"area:{area.pk}", f"owner:{lead.pk}", "method:diary"} <= now_said
        assert "method:interview" not in now_said
    studies.edit(study, version=2, title="Another name", by=member, at=now)
    assert "Another name" in SearchEntry.objects.get(kind="cue", object_id=cue.pk).context


def test_a_speaker_who_is_named_changes_role(said, member, now):
    _, session, cue, highlight, _ = said
    speakers.map_all(session, {"Ana": (SpeakerRole.OBSERVER, None, None)}, by=member, at=now)
    assert "role:observer" in facets(cue, "cue")
    assert "role:observer" in facets(highlight, "highlight")
    assert "role:participant" not in facets(highlight, "highlight")


def test_an_insight_is_found_under_what_its_evidence_comes_from(said, member, now):
    study, _, _, highlight, _ = said
    insight = InsightFactory()
    insights.cite(insight, [highlight], by=member, at=now)
    known = facets(insight, "insight")
    assert {f"study:{study.pk}", "method:interview", "segment:enterprise"} <= known
    insights.drop(insight.evidence.get(), by=member, at=now)
    assert f"study:{study.pk}" not in facets(insight, "insight")


def test_a_turn_is_found_by_its_own_words_not_by_its_sessions_title():
    session = SessionFactory(title="Import review with a bookkeeper")
    said = CueFactory(session=session, text="The import stopped at line 412.", position=0)
    other = CueFactory(session=session, text="And now?", position=1)
    search.index(said, other)
    found = SearchEntry.objects.filter(kind="cue", document="import")
    assert list(found.values_list("object_id", flat=True)) == [said.pk]


def test_an_area_takes_in_what_is_said_of_the_areas_under_it(ops):
    top = ProductAreaFactory(name="Platform")
    middle = ProductAreaFactory(name="Imports", parent=top)
    low, aside = ProductAreaFactory(name="Mapping", parent=middle), ProductAreaFactory(name="Billing")
    search.index(top, middle, low, aside)
    here = [InsightFactory(title=f"Columns, {area}", area=area) for area in (low, middle, aside)]
    search.index(*here)

    def asked(**params):
        found = Found("columns", user=ops, sift=sift.read(QueryDict(urlencode(params))))
        return found, {one.facet.key: one.values for one in counting.count(found, found.hits())[2]}

    assert set(asked(area=top.pk)[0].ids) == _entries(here[:2])
    assert set(asked(area=low.pk)[0].ids) == _entries(here[:1])
    numbers = {value.name: value.number for value in asked()[1]["area"]}
    assert numbers == {"Platform": 2, "Imports": 2, "Mapping": 1, "Billing": 1}


def _entries(things):
    ids = [thing.pk for thing in things]
    return set(SearchEntry.objects.filter(kind="insight", object_id__in=ids).values_list("pk", flat=True))
