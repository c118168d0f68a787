import datetime as dt
import threading

import pytest
from django.db import connection, transaction

from coordination.models import Clock, Request, Urgency
from coordination.services import clocks, decisions, inbox, requests, voices
from prodops.models import Tier
from tests.factories.coordination import DeclineReasonFactory, SlaPolicyFactory
from tests.factories.prodops import CustomerAccountFactory, UserFactory

pytestmark = pytest.mark.django_db
FRIDAY = dt.datetime(2026, 11, 20, 16, 30, tzinfo=dt.UTC)
MONDAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def policy(db):
    return SlaPolicyFactory()


@pytest.fixture
def sent(seller, area, policy):
    """A request sent on Friday at half past four."""
    return requests.submit(by=seller, at=FRIDAY, title="Dates bounce", problem="Daily.", area=area)


def dues(request):
    return {one.kind: (one.due_at, one.met_at) for one in request.clocks.all()}


def fresh(request):
    return Request.objects.get(pk=request.pk)


def test_both_clocks_begin_when_it_is_sent_and_the_first_to_run_out_stands_on_the_request(sent):
    assert dues(sent) == {
        "response": (MONDAY + HOUR / 2, None),
        "decision": (MONDAY + 7.5 * HOUR, None),
    }
    assert (fresh(sent).due_at, fresh(sent).due_for) == (MONDAY + HOUR / 2, "response")


def test_without_a_policy_there_is_no_clock(seller, area):
    request = requests.submit(by=seller, at=FRIDAY, title="Dates bounce", problem="Daily.", area=area)
    assert (dues(request), fresh(request).due_at) == ({}, None)


def test_an_answer_meets_the_first_and_a_decision_both(sent, pm):
    clocks.respond([sent.pk], at=FRIDAY + HOUR / 4)
    clocks.respond([sent.pk], at=MONDAY)
    assert dues(sent)["response"][1] == FRIDAY + HOUR / 4
    assert fresh(sent).due_for == "decision"
    decisions.accept(sent, by=pm, at=MONDAY)
    assert dues(sent)["decision"][1] == MONDAY
    assert (fresh(sent).due_at, fresh(sent).due_for) == (None, "")


@pytest.mark.django_db(transaction=True)
def test_an_answer_while_the_clocks_are_set_again_counts(sent, policy, monkeypatch):
    def answer():
        with transaction.atomic():
            clocks.respond([sent.pk], at=MONDAY)
        connection.close()

    other, due = threading.Thread(target=answer), clocks._due

    def due_late(*args):
        if other.ident is None:
            other.start()
            other.join(0.3)
        return due(*args)

    monkeypatch.setattr(clocks, "_due", due_late)
    clocks.follow(policy)
    other.join()
    assert dues(sent)["response"][1] == MONDAY
    assert fresh(sent).due_for == "decision"


@pytest.mark.parametrize("verb", ["accept", "decline", "merge", "assign"])
def test_taking_back_a_verb_puts_it_off_again_and_no_clock_stands_still_for_longer(
    sent, make, pm, area, verb
):
    day = dt.timedelta(days=1)
    inbox.snooze(sent, until=MONDAY + day, by=pm, at=FRIDAY)
    undo = {"assign": inbox.unassign, "merge": decisions.unmerge}.get(verb, decisions.reopen)
    verbs = {
        "accept": lambda: decisions.accept(sent, by=pm, at=MONDAY),
        "decline": lambda: decisions.decline(sent, code=DeclineReasonFactory(), by=pm, at=MONDAY),
        "merge": lambda: decisions.merge(sent, into=make(), by=pm, at=MONDAY),
        "assign": lambda: inbox.assign(sent, area=area, assignee=pm, by=pm, at=MONDAY),
    }
    before = {kind: due for kind, (due, _) in dues(sent).items()}
    verbs[verb]()
    assert fresh(sent).snoozed_until is None
    undo(fresh(sent), by=pm, at=MONDAY)
    assert fresh(sent).snoozed_until == MONDAY + day
    assert {kind: due for kind, (due, _) in dues(sent).items()} == before


@pytest.mark.parametrize("later", [True, False])
def test_whoever_reopens_what_another_decided_has_it_in_the_inbox_with_its_clocks(sent, pm, later):
    inbox.snooze(sent, until=MONDAY + 24 * HOUR, by=pm, at=FRIDAY)
    decisions.accept(sent, by=pm, at=MONDAY)
    by, at = (pm, MONDAY + 24 * HOUR) if later else (UserFactory(), MONDAY + HOUR)
    decisions.reopen(fresh(sent), by=by, at=at)
    assert fresh(sent).snoozed_until is None
    assert dues(sent)["response"] == (at + HOUR, None)


def test_giving_it_to_somebody_answers_nobody(sent, pm, area):
    inbox.assign(sent, area=area, assignee=pm, by=pm, at=FRIDAY)
    assert [met for _, met in dues(sent).values()] == [None, None]


def test_put_off_nothing_is_due_and_back_early_the_rest_is_left(sent, pm):
    inbox.snooze(sent, until=MONDAY + 24 * HOUR, by=pm, at=FRIDAY)
    assert dues(sent)["response"][0] == MONDAY + 25 * HOUR
    inbox.wake(sent, by=pm, at=MONDAY + HOUR)
    assert dues(sent)["response"][0] == MONDAY + 2 * HOUR
    inbox.snooze(sent, until=MONDAY + 5 * HOUR, by=pm, at=MONDAY + HOUR)
    decisions.accept(sent, by=pm, at=MONDAY + 2 * HOUR)
    assert not Clock.objects.missed(MONDAY + 99 * HOUR).exists()


@pytest.mark.parametrize("how", ["reopen", "unmerge"])
def test_a_decision_taken_back_takes_back_what_it_met(sent, pm, make, how):
    clocks.respond([sent.pk], at=FRIDAY + HOUR / 4)
    if how == "unmerge":
        decisions.merge(sent, into=make(), by=pm, at=MONDAY + HOUR)
        decisions.unmerge(sent, by=pm, at=MONDAY + 3 * HOUR)
    else:
        decisions.decline(sent, code=DeclineReasonFactory(), by=pm, at=MONDAY + HOUR)
        decisions.reopen(sent, by=pm, at=MONDAY + 3 * HOUR)
    assert dues(sent) == {
        "response": (MONDAY + HOUR / 2, FRIDAY + HOUR / 4),
        "decision": (MONDAY + 25.5 * HOUR, None),  # two hours later, the last of them on Tuesday
    }
    assert fresh(sent).due_at == MONDAY + 25.5 * HOUR


def test_a_request_decided_before_it_was_joined_keeps_its_clocks(sent, pm, make):
    decisions.accept(sent, by=pm, at=MONDAY)
    decisions.merge(fresh(sent), into=make(), by=pm, at=MONDAY + HOUR, seen="accepted")
    decisions.unmerge(fresh(sent), by=pm, at=MONDAY + 2 * HOUR)
    assert {met for _, met in dues(sent).values()} == {MONDAY}


def test_the_first_policy_that_fits_counts_and_a_bigger_account_may_change_it(seller, area, pm, policy):
    gold = SlaPolicyFactory(tiers=[Tier.GOLD], response_minutes=30, position=0)
    type(policy).objects.filter(pk=policy.pk).update(position=1)
    SlaPolicyFactory(urgencies=[Urgency.BLOCKER], response_minutes=10, position=2)
    small = CustomerAccountFactory(tier=Tier.BRONZE)
    request = requests.submit(
        by=seller,
        at=MONDAY,
        title="Dates",
        problem="Daily.",
        area=area,
        urgency=Urgency.BLOCKER,
        account=small,
    )
    assert request.clocks.get(kind="response").policy == policy
    voices.add(request, account=CustomerAccountFactory(tier=Tier.GOLD), by=pm, at=MONDAY + HOUR / 4)
    clock = request.clocks.get(kind="response")
    assert (clock.policy, clock.due_at) == (gold, MONDAY + HOUR / 2)


def test_what_a_rule_chose_stays(sent, pm, policy):
    strict = SlaPolicyFactory(response_minutes=15, decision_minutes=None, position=9)
    clocks.put_under(sent, strict, at=FRIDAY)
    voices.add(sent, account=CustomerAccountFactory(), by=pm, at=MONDAY)
    assert sent.clocks.get(kind="response").policy == strict
    assert sent.clocks.get(kind="decision").policy == policy


def test_running_clocks_follow_a_changed_calendar(sent, policy):
    calendar = policy.calendar
    calendar.closed = [["2026-11-23", "Company day"]]
    calendar.save()
    policy.response_minutes = 120
    clocks.follow(policy)
    assert fresh(sent).due_at == MONDAY + 25.5 * HOUR
