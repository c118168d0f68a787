import datetime as dt

import pytest

from process import tasks
from process.models import CycleState
from process.services import reminders
from prodops.models import Event, Notification
from tests.factories.process import CheckInFactory, KeyResultFactory

pytestmark = pytest.mark.django_db


def _ask(cycle, at, capture):
    with capture(execute=True):
        reminders.ask(cycle, at=at)


def test_late_owners_are_asked_once_a_week(
    cycle, objective, key_result, member, now, django_capture_on_commit_callbacks
):
    KeyResultFactory(objective=objective)
    for _ in range(3):
        _ask(cycle, now, django_capture_on_commit_callbacks)
    told = Notification.objects.get(recipient=member)
    assert told.text.startswith("2 key results of yours wait")
    assert told.url == "/process/okrs/check-in/"
    _ask(cycle, now + dt.timedelta(days=7), django_capture_on_commit_callbacks)
    assert Notification.objects.filter(recipient=member).count() == 2


def test_who_has_checked_in_is_left_alone(cycle, key_result, member, now, django_capture_on_commit_callbacks):
    CheckInFactory(key_result=key_result)
    _ask(cycle, now, django_capture_on_commit_callbacks)
    assert not Event.objects.filter(verb="check_in.due").exists()


def test_nobody_is_asked_outside_an_active_cycle(cycle, key_result, now):
    type(cycle).objects.update(state=CycleState.DRAFT)
    reminders.ask(cycle, at=now)
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("day", "hour", "expected"),
    [(18, 23, False), (19, 8, False), (19, 9, True), (22, 0, True), (23, 12, False)],
)
def test_the_time_to_ask_is_thursday_morning_and_after(day, hour, expected):
    assert reminders.is_time(dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC)) is expected


def test_the_task_runs_twice_and_asks_once(cycle, key_result, monkeypatch, now):
    monkeypatch.setattr(reminders, "is_time", lambda local: True)
    tasks.remind_check_ins()
    tasks.remind_check_ins()
    assert Event.objects.filter(verb="check_in.due").count() == 1
