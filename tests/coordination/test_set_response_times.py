import datetime as dt

import pytest
from django.urls import reverse

from coordination import queries
from coordination.models import BusinessCalendar, Clock, ClockKind, Request, SlaPolicy
from coordination.services import clocks, decisions, inbox, reminders, request_comments, requests, sla
from prodops.models import Event, Notification
from tests.factories.coordination import SlaPolicyFactory
from tests.factories.prodops import UserFactory

pytestmark = pytest.mark.django_db
FRIDAY = dt.datetime(2026, 11, 20, 16, 30, tzinfo=dt.UTC)
MONDAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
WEEK = {f"day{number}": "9-12, 13-17" for number in range(5)}


def send(seller, area, at=FRIDAY):
    return requests.submit(by=seller, at=at, title="Dates bounce", problem="Daily.", area=area)


def test_product_ops_write_hours_and_a_policy_and_see_what_that_means(as_, ops, pm):
    hours = {**WEEK, "name": "Office", "zone": "Europe/Berlin", "country": "DE", "closed": "2026-12-24 Eve"}
    preview = as_(ops).get(reverse("coordination:calendar_preview"), hours, headers={"HX-Request": "true"})
    assert "Open 35 h a week" in preview.text
    assert "is due on Monday" in preview.text
    as_(ops).post(reverse("coordination:calendar_new"), hours)
    calendar = BusinessCalendar.objects.get()
    assert calendar.words == "Monday to Friday 09:00–12:00, 13:00–17:00"
    assert calendar.closed == [["2026-12-24", "Eve"]]
    policy = {
        "name": "Big ones",
        "tiers": ["gold"],
        "calendar": calendar.pk,
        "response_minutes": "1:30",
        "decision_minutes": "",
        "warn_minutes": "30 min",
        "escalate_minutes": "2 h",
    }
    example = as_(ops).get(reverse("coordination:sla_example"), policy, headers={"HX-Request": "true"})
    assert "Fri" in example.text
    assert "Mon" in example.text
    as_(ops).post(reverse("coordination:sla_new"), policy)
    assert SlaPolicy.objects.get().response_minutes == 90
    page = as_(pm).get(reverse("coordination:sla_list")).text
    assert "Tier Gold" in page
    assert "1 h 30 min" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({f"day{number}": "" for number in range(5)}, "nothing would ever be due"),
        ({"day2": "22-6"}, "A period over midnight is two"),
        ({"day2": "9-12, 11-13"}, "overlap"),
        ({"closed": "Christmas"}, "begin it with a day"),
    ],
)
def test_hours_that_cannot_be_counted_by_are_refused_with_the_reason(as_, ops, fields, words):
    data = {**WEEK, "name": "Office", "zone": "UTC", **fields}
    page = as_(ops).post(reverse("coordination:calendar_new"), data)
    assert (page.status_code, words in page.text) == (422, True)
    assert words in as_(ops).get(reverse("coordination:calendar_preview"), data).text


def test_only_product_ops_change_response_times(as_, pm, seller):
    policy = SlaPolicyFactory()
    assert as_(pm).get(policy.get_absolute_url()).status_code == 403
    assert as_(pm).post(reverse("coordination:sla_retire", args=[policy.pk])).status_code == 403
    assert as_(seller).get(reverse("coordination:sla_list")).status_code == 403


def test_policies_are_tried_in_an_order_and_retired(ops, seller, area, now):
    first, second = SlaPolicyFactory(position=0), SlaPolicyFactory(position=1)
    sla.raise_policy(second, by=ops, at=now)
    assert list(SlaPolicy.objects.live()) == [second, first]
    sla.retire_policy(second, by=ops, at=now)
    assert send(seller, area).clocks.first().policy == first
    sla.restore_policy(second, by=ops, at=now)
    assert SlaPolicy.objects.live().count() == 2


def test_what_waits_already_is_put_under_the_policies_on_demand(seller, area, make, pm, now):
    waiting, decided = make(), make()
    decisions.accept(decided, by=pm, at=now)
    SlaPolicyFactory()
    assert queries.without_clock() == 1
    for _ in range(2):  # safe to run twice
        sla.apply_to_waiting(at=MONDAY)
    assert set(Clock.objects.values_list("request", flat=True)) == {waiting.pk}
    assert Request.objects.get(pk=waiting.pk).due_at == MONDAY + HOUR


def told():
    return sorted(Notification.objects.values_list("recipient__name", "text"))


def test_each_step_is_told_once_to_those_whom_it_concerns(
    seller, area, pm, ops, django_capture_on_commit_callbacks
):
    SlaPolicyFactory(decision_minutes=None)
    ida = UserFactory(name="Ida Brandt")
    request = send(seller, area)
    inbox.assign(request, area=area, assignee=ida, by=pm, at=FRIDAY)
    Notification.objects.all().delete()

    def run(at):
        with django_capture_on_commit_callbacks(execute=True):
            reminders.remind(at=at)
            reminders.remind(at=at)

    run(FRIDAY + HOUR / 4)
    assert told() == []
    run(MONDAY)
    assert [name for name, _ in told()] == ["Ida Brandt"]
    assert "First response is due Mon 23 Nov" in told()[0][1]
    run(MONDAY + HOUR)
    assert [name for name, _ in told()] == ["Ida Brandt", "Maya Lindqvist"]
    run(MONDAY + 2 * HOUR)
    assert sorted(name for name, _ in told()) == sorted(["Ida Brandt", "Maya Lindqvist", ops.name])
    assert Event.objects.filter(verb__in=reminders.VERBS.values()).count() == 3


def test_after_a_time_without_workers_everybody_hears_once_of_the_gravest(
    seller, area, pm, ops, django_capture_on_commit_callbacks
):
    SlaPolicyFactory(decision_minutes=None)
    send(seller, area)
    with django_capture_on_commit_callbacks(execute=True):
        reminders.remind(at=MONDAY + 8 * HOUR)
    assert [name for name, text in told() if "was due" in text] == sorted([pm.name, ops.name])
    assert not Clock.objects.exclude(next_step_at=None).exists()


def test_a_public_answer_is_the_first_response_and_a_note_among_ourselves_is_none(seller, area, pm):
    SlaPolicyFactory()
    request = send(seller, area)
    request_comments.note(request, "Let us ask them.", by=pm, at=MONDAY)
    assert not Clock.objects.exclude(met_at=None).exists()
    request_comments.answer(request, "We look at it, thank you.", by=pm, at=MONDAY + HOUR / 4, key="k1")
    assert request.clocks.get(kind="response").met_at == MONDAY + HOUR / 4
    assert request.clocks.get(kind="decision").met_at is None


def test_put_off_until_a_reply_it_comes_back_with_it(seller, area, pm, django_capture_on_commit_callbacks):
    SlaPolicyFactory()
    request = send(seller, area)
    inbox.snooze(request, until=MONDAY + 900 * HOUR, by=pm, at=FRIDAY, wake_on="reply")
    assert not Request.objects.waiting(MONDAY).exists()
    with django_capture_on_commit_callbacks(execute=True):
        request_comments.reply(request, "Every day since.", by=seller, at=MONDAY + HOUR)
    assert Request.objects.waiting(MONDAY + HOUR).get() == request
    assert Request.objects.get().due_at == MONDAY + 2 * HOUR
    assert any(text.startswith("Back in your inbox (a reply)") for _, text in told())


def test_the_share_met_by_area_and_month(as_, seller, area, pm):
    SlaPolicyFactory()
    good, late = send(seller, area), send(seller, area)
    clocks.respond([good.pk], at=MONDAY)
    clocks.respond([late.pk], at=MONDAY + 3 * HOUR)
    months, rows = queries.met_by_area(ClockKind.RESPONSE, at=MONDAY + 4 * HOUR)
    assert (months[-1], rows[0].months[-1], rows[0].whole.percent) == (dt.date(2026, 11, 1), (1, 2), 50)
    assert queries.met_by_area(ClockKind.DECISION, at=MONDAY)[1] == []
    for clock in ("response", "decision"):
        assert as_(pm).get(reverse("coordination:sla_report"), {"clock": clock}).status_code == 200
    listed = as_(pm).get(reverse("coordination:request_list"), {"clock": "answered_late"}).text
    assert late.ref in listed
    assert good.ref not in listed
    assert "Met in time" in as_(pm).get(reverse("coordination:sla_report_csv")).getvalue().decode()
