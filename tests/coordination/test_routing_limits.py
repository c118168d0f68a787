"""What rules, rotations and clocks do where something they rely on has gone, and where a day is far off."""

import datetime as dt
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.urls import reverse

from coordination import queries
from coordination.clocks import Unusable, due
from coordination.models import (
    Addressee,
    Clock,
    Message,
    MessageKind,
    RequestComment,
    Rotation,
    Routed,
    State,
)
from coordination.services import clocks, outgoing, reminders, request_comments, requests, routing
from prodops.models import Event, SearchEntry
from tests.coordination.test_business_time import berlin, weekdays
from tests.factories.coordination import RequestFactory, SlaPolicyFactory
from tests.factories.prodops import UserFactory
from tests.factories.routing import RuleFactory

pytestmark = pytest.mark.django_db


def submit(seller, area, now, **more):
    return requests.submit(by=seller, at=now, title="Dates bounce", problem="Daily.", area=area, **more)


def test_a_rule_with_response_times_sets_them(seller, area, now):
    rule = RuleFactory(policy=SlaPolicyFactory())
    request = submit(seller, area, now)
    assert Routed.objects.get(request=request).did["policy"][1] == rule.policy.pk
    assert set(request.clocks.values_list("policy", "by_rule")) == {(rule.policy.pk, True)}


def test_what_could_not_be_routed_says_so_in_its_history(make, now, monkeypatch):
    request = make()
    monkeypatch.setattr(queries, "matched", lambda *_: 1 / 0)
    assert routing.route(request, at=now) == []
    assert Event.objects.filter(verb="request.not_routed", subject_id=request.pk).exists()


def test_retired_response_times_are_not_given_and_saving_the_rule_does_not_hide_that(
    as_, ops, seller, area, now
):
    rule = RuleFactory(policy=SlaPolicyFactory(name="Old", retired_at=now), assignee=UserFactory())
    type(rule.assignee).objects.filter(pk=rule.assignee_id).update(is_active=False)
    assert not submit(seller, area, now).clocks.exists()
    rule.refresh_from_db()
    assert "“Old” is retired" in rule.trouble
    assert ["“Old” is retired" in one.why for one in queries.check().idle] == [True]
    data = {"name": rule.name, "policy": rule.policy_id, "assignee": rule.assignee_id}
    assert as_(ops).post(rule.get_absolute_url(), data).status_code == 302
    rule.refresh_from_db()
    assert rule.policy
    assert rule.assignee


def test_the_inbox_goes_over_from_one_rotation_to_another(as_, ops):
    first = Rotation.objects.create(slug="a", name="A", inbox=True, first_week=dt.date(2026, 11, 23))
    url = reverse("coordination:rotation_new")
    assert "It takes over from “A”" in as_(ops).get(url).text
    assert as_(ops).post(url, {"name": "B", "inbox": "on", "place_0": ops.pk}).status_code == 302
    assert Rotation.objects.get(inbox=True).name == "B"
    as_(ops).post(first.get_absolute_url(), {"name": "A", "inbox": "on", "place_0": ops.pk})
    assert Rotation.objects.get(inbox=True).name == "A"


def test_a_rules_answer_is_the_companys_and_no_first_response(seller, area, now, settings):
    RuleFactory(reply="We have got it.", policy=SlaPolicyFactory())
    request = submit(seller, area, now)
    message, comment = Message.objects.get(), RequestComment.objects.get()
    assert (message.kind, message.sent_by, comment.author) == (MessageKind.REPLY, None, None)
    assert comment.author_name == settings.COMPANY_NAME
    assert not request.clocks.exclude(met_at=None).exists()
    request.author_email = "ann@customer.test"
    row = Addressee(message=message, request=request, email="ann@customer.test")
    row.save()
    assert outgoing.mail_for(row).extra_headers["Auto-Submitted"] == "auto-generated"
    message.kind = MessageKind.COMMENT
    assert "Auto-Submitted" not in outgoing.mail_for(row).extra_headers


@pytest.mark.parametrize(
    ("problem", "for_good"),
    [
        (SMTPRecipientsRefused({"a": (550, b"no such")}), True),
        (SMTPRecipientsRefused({"a": (451, b"later")}), False),
        (SMTPDataError(554, b"spam"), True),
        (ValueError("no address"), True),
        (SMTPServerDisconnected("gone"), False),
    ],
)
def test_mail_that_is_refused_is_given_up_and_other_tried_ever_later(now, pm, monkeypatch, problem, for_good):
    request = RequestFactory(author_email="ann@customer.test")
    message = request_comments.answer(request, "We heard you.", by=pm, at=now, key="a").message
    tried = []

    class Letter:
        def send(self):
            tried.append(1)
            raise problem

    monkeypatch.setattr(outgoing, "mail_for", lambda _: Letter())
    row = message.addressees.get(email="ann@customer.test")
    for minutes in (0, 1, 6, 8):  # the second and the fourth come too early
        outgoing.mail(message.pk, at=now + dt.timedelta(minutes=minutes))
    row.refresh_from_db()
    assert (row.given_up_at is not None, row.mailed_at) == (for_good, None)
    assert len(tried) == (1 if for_good else 2)
    outgoing.mail(message.pk, at=now + dt.timedelta(days=3))
    assert outgoing.unmailed(before=now + dt.timedelta(days=9)) == []


@pytest.mark.parametrize("where", ["search", "account"])
def test_whoever_asked_never_reads_that_it_is_planned(as_, seller, make, where):
    request = make(state=State.PLANNED, decided_by=UserFactory())
    if where == "search":
        context = SearchEntry.objects.get(url=request.get_absolute_url()).context
        assert "Planned" not in context
        assert request.requester_words in context
    else:
        page = as_(seller).get(request.voices.get().account.get_absolute_url()).text
        assert request.title in page
        assert "Planned" not in page


def test_a_day_a_thousand_years_off_is_refused_and_a_long_pause_is_leapt_over(as_, pm, make):
    url = reverse("coordination:snooze", args=[make().pk])
    assert "within two years" in as_(pm).post(url, {"until": "day", "day": "9999-12-31"}).text
    start, far = berlin(2026, 11, 20, 16, 30), berlin(2150, 1, 5, 12)  # a Monday
    walked = []

    class Calendar(type(weekdays())):
        def is_open(self, day):
            walked.append(day)
            return super().is_open(day)

    ours = weekdays()
    counted = Calendar(ours.zone, ours.week, "DE")
    assert due(start, 60, counted, [(start, far)]) == berlin(2150, 1, 5, 13)
    assert due(start, 60, counted, [(start + dt.timedelta(hours=1), far)]) == berlin(2026, 11, 20, 17)
    assert due(start, 90, counted, [(start + dt.timedelta(hours=1), far)]) == berlin(2150, 1, 5, 13)
    assert len(walked) < 30
    with pytest.raises(Unusable):
        due(start, 60, ours, [(start, berlin(9999, 12, 30))])


def test_who_has_left_decides_nothing(make, pm):
    gone = UserFactory(is_active=False)
    assert queries.deciders(make(assignee=gone)) == [pm]


def test_one_clock_that_cannot_be_counted_keeps_no_other(seller, area, now, monkeypatch):
    SlaPolicyFactory()
    first, second = submit(seller, area, now), submit(seller, area, now)
    Clock.objects.update(next_step_at=now)
    counted = clocks.next_step

    def next_step(clock, policy, told):
        if clock.request_id == first.pk:
            raise Unusable("Its calendar has no day.")
        return counted(clock, policy, told)

    monkeypatch.setattr(clocks, "next_step", next_step)
    assert reminders.remind(at=now) == 2
    assert set(Clock.objects.filter(told__gt=0).values_list("request", flat=True)) == {second.pk}
