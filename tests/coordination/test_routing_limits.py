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
    PromiseState,
    Request,
    RequestComment,
    Rotation,
    Routed,
    RoutingRun,
    State,
)
from coordination.services import (
    clocks,
    decisions,
    impact,
    outgoing,
    promises,
    reminders,
    request_comments,
    requests,
    revisits,
    routing,
    rule_runs,
)
from prodops.models import Event, ExchangeRate, JobState, Notification, SearchEntry
from tests.coordination.test_business_time import berlin, weekdays
from tests.factories.coordination import RequestFactory, SlaPolicyFactory, VoiceFactory
from tests.factories.prodops import CustomerAccountFactory, UserFactory
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
    request = make()
    as_(pm).post(
        reverse("coordination:snooze", args=[request.pk]), {"until": "day", "day": "9999-12-31"}, follow=True
    )
    request.refresh_from_db()
    assert request.snoozed_until is None
    start, far = berlin(2026, 11, 20, 16, 30), berlin(2150, 1, 5, 12)  # a Monday
    walked = []

    class Calendar(type(weekdays())):
        def is_open(self, day):
            walked.append(day)
            return super().is_open(day)

    ours = weekdays()
    counted = Calendar(ours.zone, ours.week, "DE")
    assert due(start, 60, counted, [(start, far)]) == berlin(2150, 1, 5, 13)
    assert due(start, 30, counted, [(start + dt.timedelta(hours=1), far)]) == berlin(2026, 11, 20, 17)
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


def test_an_undo_that_was_stopped_is_gone_on_with(make, ops, now):
    run = RoutingRun.objects.create(newest=9, asked_by=ops, asked_at=now, undone_by=ops, undone_at=now)
    Routed.objects.create(request=make(), rule_name="One", run=run, at=now)
    job = rule_runs.start_undo(run, by=ops, at=now)
    with pytest.raises(rule_runs.RunRefused):  # it waits
        rule_runs.start_undo(run, by=ops, at=now)
    type(job).objects.filter(pk=job.pk).update(state=JobState.DONE)
    Routed.objects.update(undone_at=now)
    with pytest.raises(rule_runs.RunRefused):  # nothing is left of it
        rule_runs.start_undo(run, by=ops, at=now)


def test_an_account_has_one_stake_in_whatever_currency(make, ops, now):
    request = make()
    account = request.voices.get().account
    VoiceFactory(request=request, account=account, revenue=11_000, currency="USD")
    ExchangeRate.objects.create(currency="USD", on=now.date(), rate="0.5", entered_by=ops, entered_at=now)
    assert queries.impact_of([request])[request.pk].stake == [("USD", 11_000)]
    impact.recount(request.pk)
    request.refresh_from_db()
    report = queries.impact_report(request, on=now.date(), today=now.date())
    assert request.stake_total == report.stake == 5_500


def test_a_promise_closed_or_warned_of_meanwhile_is_not_warned_of(make, pm, now, monkeypatch):
    told = {"words": "Soon.", "by": pm, "at": now, "made_on": now.date(), "due_on": now.date()}
    one, two = (promises.make(account=CustomerAccountFactory(), **told) for _ in range(2))
    warn = promises.warn

    def while_somebody_closes_the_other(promise, words, *, at):
        warn(promise, words, at=at)
        promises.close(two, state=PromiseState.KEPT, by=pm, at=at)

    monkeypatch.setattr(promises, "warn", while_somebody_closes_the_other)
    assert promises.warn_of_days(today=now.date(), at=now) == 1
    assert list(Event.objects.filter(verb="promise.endangered").values_list("subject_id", flat=True)) == [
        one.pk
    ]


def test_one_question_that_fails_keeps_no_other_from_its_day(make, code, pm, now, monkeypatch):
    day = (now + dt.timedelta(days=1)).date()
    first, second = make(), make()
    for one in (first, second):
        decisions.decline(one, code=code, revisit=revisits.Revisit(on=day), by=pm, at=now)
    taken_back = clocks.take_back

    def take_back(request, **when):
        assert request.pk != first.pk
        taken_back(request, **when)

    monkeypatch.setattr(clocks, "take_back", take_back)
    assert revisits.ask(at=now + dt.timedelta(days=2)) == 1
    assert list(Request.objects.filter(state=State.NEW)) == [second]


def test_a_rule_whose_conditions_cannot_be_read_is_not_saved_as_one_for_everything(as_, ops, area):
    rule = RuleFactory(conditions=[{"kind": "weather", "op": "is", "values": ["rain"]}])
    data = {"name": "Rain", "area": area.pk}
    page = as_(ops).post(rule.get_absolute_url(), data)
    assert page.status_code == 422
    assert "it would match everything" in page.text
    assert as_(ops).post(rule.get_absolute_url(), {**data, "words": "rain"}).status_code == 302


def test_whose_request_was_joined_reads_their_own_title_never_the_others(
    make, stranger, pm, now, django_capture_on_commit_callbacks
):
    root, joined = make(title="As ACME wants it"), make(title="Mine", submitter=stranger)
    decisions.merge(joined, into=root, by=pm, at=now)
    with django_capture_on_commit_callbacks(execute=True):
        decisions.accept(root, by=pm, at=now)
    told = Notification.objects.filter(recipient=stranger, event__verb="request.accepted")
    assert [one.text for one in told] == ["Accepted: Mine"]
