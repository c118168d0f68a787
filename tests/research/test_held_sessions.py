"""What was booked counts once somebody has said that it took place, and nowhere before."""

import datetime as dt

import pytest
from django.urls import reverse

from prodops.quarters import Quarter
from research.models import Booking, BookingState, EvidenceKind, Session
from research.queries import report_beside, report_material
from research.synthesis.composing import compose
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightFactory,
    RecruitFactory,
    SessionFactory,
    TagFactory,
)
from tests.factories.scheduling import booked

QUARTER = Quarter(2026, 4)
DAY = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


@pytest.fixture
def meeting(db):
    """A booked session of November with a tagged highlight that speaks against an insight; its booking."""
    recruit = RecruitFactory()
    booking = booked(recruit, starts_at=DAY)
    tag = TagFactory(name="Slow export")
    cue = CueFactory(session=booking.session, text="The export takes half an hour.", speaker="")
    highlight = HighlightFactory(
        session=booking.session, start_cue=cue, end_offset=len(cue.text), tagged=[tag]
    )
    insight = InsightFactory(published=True, evidence=[highlight])
    insight.evidence.update(kind=EvidenceKind.CONTRADICTS)
    return booking


def say(booking, state, now):
    ended = None if state == BookingState.BOOKED else now
    Booking.objects.filter(pk=booking.pk).update(state=state, ended_at=ended)


def test_a_session_counts_only_once_it_was_held(meeting, now):
    walk_in = SessionFactory(held_on=DAY.date())  # never booked: whoever adds one has held it
    for state in BookingState:
        say(meeting, state, now)
        held = state == BookingState.HELD
        material = report_material.gather(QUARTER)
        assert material.now.total.sessions == (2 if held else 1)
        assert material.now.total.highlights == int(held)
        assert bool(material.quotes) == held
        assert bool(report_beside.contradicted(QUARTER)) == held
        unsaid = int(state == BookingState.BOOKED)
        scope = report_material.scopes([QUARTER])[QUARTER.slug]
        assert scope == ((2, 1, 2, 0) if held else (1, 0, 1, unsaid))
        assert material.unsaid == unsaid
        found = set(Session.objects.held())
        assert found == ({walk_in, meeting.session} if held else {walk_in})


def test_the_report_says_what_it_left_out(meeting):
    method = compose(report_material.gather(QUARTER))[-1].data
    words = "One booked session is not counted: nobody had said by the time of counting that it took place."
    assert method["paragraphs"][-1] == words


def test_a_list_of_sessions_tells_held_ones_from_booked_ones(meeting, member, as_):
    walk_in = SessionFactory(title="Walked in")
    page = reverse("research:session_list")
    for said, here, gone in (("yes", walk_in, meeting.session), ("no", meeting.session, walk_in)):
        text = as_(member).get(page, {"took_place": said}).text
        assert (here.get_absolute_url() in text, gone.get_absolute_url() in text) == (True, False)
