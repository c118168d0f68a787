"""Reports tell what participants say from what moderators say."""

import datetime as dt

import pytest

from prodops.quarters import Quarter
from research.queries.report_material import gather
from tests.factories.research import CueFactory, HighlightFactory, SessionFactory, TagFactory

pytestmark = pytest.mark.django_db


def test_a_theme_counts_the_participants_own_words():
    session = SessionFactory(held_on=dt.date(2026, 8, 3), participant__name="Dana Whitlock")
    tag = TagFactory()
    for label, role in (("Speaker 1", "participant"), ("Speaker 2", "moderator"), ("Dana Whitlock", "other")):
        session.speakers.create(label=label, role=role)
        cue = CueFactory(session=session, speaker=label)
        HighlightFactory(session=session, start_cue=cue, tagged=[tag])
    HighlightFactory(session=session, start_cue=CueFactory(session=session, speaker="Tom"), tagged=[tag])
    material = gather(Quarter(2026, 3, 1))
    count = material.now.tag(tag.pk)
    assert (count.highlights, count.own) == (4, 2)
    assert material.now.total.own == 2
    assert {quote["role"] for quote in material.quotes[tag.pk]} >= {"Dispatcher"}
