from datetime import timedelta

import pytest

from prodops import activity
from prodops.models import Event
from prodops.services import delivery

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch):
    """What a subscriber of "team.danced" was told."""
    told = []
    monkeypatch.setitem(activity._subscribers, "team.danced", [told.append])
    return told


def test_an_event_nobody_listens_to_is_history_at_once(team, member, now):
    event = activity.record("team.unheard", on=team, by=member, at=now)
    assert event.delivered_at == now
    assert delivery.overdue(at=now + timedelta(hours=1)) == []


def test_an_event_is_delivered_after_commit(team, member, now, heard, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        event = activity.record("team.danced", on=team, by=member, at=now)
        assert heard == []
    assert heard == [event]
    assert Event.objects.get().delivered_at is not None


def test_the_sweep_finds_what_no_broker_took_and_delivers_it_once(team, member, now, heard):
    event = activity.record("team.danced", on=team, by=member, at=now)
    assert delivery.overdue(at=now) == [], "its own delivery comes first"
    assert delivery.overdue(at=now + timedelta(minutes=1)) == [event.pk]
    delivery.deliver(event.pk, at=now)
    delivery.deliver(event.pk, at=now)
    assert heard == [event]


def test_a_failing_subscriber_is_tried_again_later_and_its_words_are_kept(team, member, now, monkeypatch):
    def broken(event):
        raise RuntimeError("no floor")

    monkeypatch.setitem(activity._subscribers, "team.danced", [broken])
    event = activity.record("team.danced", on=team, by=member, at=now)
    delivery.deliver(event.pk, at=now)
    event.refresh_from_db()
    assert (event.attempts, event.delivered_at) == (1, None)
    assert "no floor" in event.error
    assert event.next_try_at > now


def test_what_is_brought_in_with_its_past_tells_nobody_of_it(team, member, now, heard):
    with activity.told_already(before=now):
        activity.record("team.danced", on=team, by=member, at=now - timedelta(days=30))
        recent = activity.record("team.danced", on=team, by=member, at=now)
    assert delivery.overdue(at=now + timedelta(hours=1)) == [recent.pk]
