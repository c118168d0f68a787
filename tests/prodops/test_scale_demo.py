"""The demo company several times over, as load tests want it."""

import datetime as dt

import pytest

from prodops import demo
from prodops.demo import company
from prodops.models import SearchEntry
from research.demo import build
from research.models import Cue, Highlight, Session, Study
from tests.prodops.test_load_demo import BOOKED, IN_ANSWERS, IN_NOTES, MEASURED


@pytest.mark.django_db
def test_it_can_be_had_several_times_over():
    world = demo.World(today=dt.date(2026, 11, 23), scale=2, say=lambda text: None)
    company.build(world)
    build(world)
    assert Session.objects.count() == 2 * 61 + MEASURED + BOOKED
    assert Highlight.objects.count() == 2 * 476 + IN_NOTES + IN_ANSWERS
    assert Study.objects.count() == 2 * 13 + 2
    assert SearchEntry.objects.filter(kind="cue").count() == Cue.objects.count()
    assert Cue.objects.filter(part=None).count() == 2 * 1930
