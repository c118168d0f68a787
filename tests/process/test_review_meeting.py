import datetime as dt

import pytest

from process import queries
from process.models import Decision, ReviewAction, ReviewMeeting
from process.services import meetings
from prodops.models import Event, Notification
from tests.factories.process import CheckInFactory, KeyResultFactory, ObjectiveFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(cycle, key_result, member, now):
    """A review of two objectives, that with falling confidence first."""
    other = ObjectiveFactory(cycle=cycle, team=key_result.objective.team, title="Calm", position=0)
    for row, confidences in ((key_result, (7, 5)), (KeyResultFactory(objective=other), (5, 7))):
        for weeks, confidence in zip((1, 0), confidences, strict=True):
            CheckInFactory(key_result=row, at=now - dt.timedelta(weeks=weeks), confidence=confidence)
        row.current = 59
        row.save()
    return meetings.begin(cycle, None, by=member, at=now)


def test_the_agenda_is_put_in_order_by_risk(meeting, cycle):
    assert [one.title for one in meeting.items.all()] == ["Imports that work", "Calm"]
    assert "1 with falling confidence" in meeting.items.first().why


def test_there_is_nothing_to_review_in_an_empty_cycle(as_, cycle, ops, now):
    with pytest.raises(meetings.NothingToReview):
        meetings.begin(cycle, None, by=ops, at=now)
    page = as_(ops).post(f"{cycle.get_absolute_url()}review/", {"team": ""})
    assert "no objectives to review" in page.text


def test_a_meeting_from_begin_to_minutes(
    as_, cycle, key_result, member, ops, django_capture_on_commit_callbacks
):
    client = as_(member)
    page = client.post(f"{cycle.get_absolute_url()}review/", {"team": key_result.objective.team_id})
    meeting = ReviewMeeting.objects.get()
    screen = f"{meeting.get_absolute_url()}1/"
    assert page.headers["Location"] == screen
    assert "First tries from 40 % to 60 %" in client.get(screen).text
    assert client.post(f"{screen}decide/", {"text": ""}).status_code == 422
    client.post(f"{screen}decide/", {"text": "The target stands"})
    promise = {"text": "Call them", "owner": ops.pk, "due_on": "2026-12-01"}
    assert client.post(f"{screen}promise/", promise | {"due_on": "soon"}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{screen}promise/", promise)
    assert "Call them" in Notification.objects.get(recipient=ops).text
    recorded = client.get(screen, headers={"HX-Request": "true"}).text
    assert "The target stands" in recorded
    assert "<html" not in recorded
    assert client.post(f"{screen}discuss/").headers["Location"] == meeting.get_absolute_url()
    client.post(f"{meeting.get_absolute_url()}end/")
    minutes = client.get(meeting.get_absolute_url()).text
    assert "The target stands" in minutes
    assert "Call them" in minutes
    assert "0 %, " in minutes
    client.post(f"{screen}decide/", {"text": "Too late"})
    assert Decision.objects.count() == 1


def test_a_meeting_is_gone_on_with_where_it_stopped(as_, meeting, member, now):
    first = meeting.items.first()
    page = as_(member).post(f"{meeting.get_absolute_url()}1/discuss/")
    assert page.headers["Location"] == f"{meeting.get_absolute_url()}2/"
    first.refresh_from_db()
    assert first.stood.startswith("95 %, ")
    assert first.stood.endswith(", confidence 5")
    assert f'href="{meeting.get_absolute_url()}2/"' in as_(member).get(meeting.get_absolute_url()).text
    meetings.discuss(first, by=member, at=now)
    assert Event.objects.filter(verb="review_meeting.discussed").count() == 1
    meetings.end(meeting, by=member, at=now)
    with pytest.raises(meetings.Ended):
        meetings.discuss(meeting.items.last(), by=member, at=now)
    as_(member).post(f"{meeting.get_absolute_url()}go-on/")
    assert ReviewMeeting.objects.get().open


def _action(meeting, owner, now):
    due = queries.company_day(now)
    return meetings.promise(
        meeting.items.first(), text="Call them", owner=owner, due_on=due, by=owner, at=now
    )


def test_an_action_waits_on_its_owners_home_page_until_it_is_ticked(as_, meeting, submitter, ops, now):
    action = _action(meeting, submitter, now)
    assert "Call them" in as_(submitter).get("/").text
    tick = f"/process/okrs/actions/{action.pk}/tick/"
    assert as_(submitter).post(tick, {"done": "1", "next": "/"}).headers["Location"] == "/"
    assert "My actions from reviews" not in as_(submitter).get("/").text
    as_(submitter).post(tick, {"done": "1"})
    assert Event.objects.filter(verb="review_meeting.done").count() == 1
    as_(submitter).post(tick, {"done": ""})
    assert not ReviewAction.objects.get().done_at


def test_nobody_ticks_what_is_not_theirs(as_, meeting, ops, submitter, now):
    action = _action(meeting, ops, now)
    assert as_(submitter).post(f"/process/okrs/actions/{action.pk}/tick/", {"done": "1"}).status_code == 404


def test_what_was_misheard_is_struck_while_the_meeting_is_on(as_, meeting, member, now):
    decision = meetings.decide(meeting.items.first(), text="Wrong", by=member, at=now)
    as_(member).post(f"/process/okrs/decisions/{decision.pk}/strike/")
    assert not Decision.objects.exists()
    action = _action(meeting, member, now)
    meetings.end(meeting, by=member, at=now)
    as_(member).post(f"/process/okrs/actions/{action.pk}/strike/")
    assert ReviewAction.objects.exists()


def test_minutes_outlive_the_objective(as_, meeting, member):
    meeting.items.first().objective.key_results.first().check_ins.all().delete()
    meeting.items.first().objective.key_results.all().delete()
    meeting.items.first().objective.delete()
    assert "Imports that work" in as_(member).get(meeting.get_absolute_url()).text
    assert "was removed since" in as_(member).get(f"{meeting.get_absolute_url()}1/").text
