import datetime as dt

import pytest

from prodops import demo
from prodops.demo import company
from research.demo import build
from research.models import Cue, Highlight, Insight, InsightEvidence, Session, Study, Tag, TagGroup

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = demo.World(today=dt.date(2026, 11, 23), say=lambda text: None)
    company.build(world)
    build(world)
    return world


def test_the_demo_company_has_a_year_of_research(world):
    assert Study.objects.count() == len(world.studies) == 13
    assert Session.objects.count() == len(world.sessions) == 61
    assert Cue.objects.count() == 1930
    assert Highlight.objects.count() == 476
    assert (TagGroup.objects.count(), Tag.objects.count()) == (8, 40)
    assert Insight.objects.count() == len(world.insights) == 28
    assert InsightEvidence.objects.count() > 80


def test_every_tag_says_when_to_use_it_and_is_used(world):
    for tag in Tag.objects.all():
        assert "Example:" in tag.guideline
        assert tag.highlights.exists(), tag
