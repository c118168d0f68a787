from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from coordination.models import Request, State
from coordination.services import decisions, impact, revisits, voices
from coordination.services.revisits import Revisit
from coordination.tasks import recount_impact
from prodops.models import Event, ExchangeRate, Notification
from tests.factories.coordination import RequestFactory, VoiceFactory
from tests.factories.prodops import CustomerAccountFactory

pytestmark = pytest.mark.django_db


def fresh(request):
    return Request.objects.get(pk=request.pk)


def test_enough_accounts_ask_the_question_again_and_both_sides_hear_what_is_theirs(
    as_, make, pm, now, code, stranger, seller, django_capture_on_commit_callbacks
):
    request = make()
    decisions.decline(request, code=code, revisit=Revisit(accounts=3), by=pm, at=now)
    voices.add(request, account=CustomerAccountFactory(), by=stranger, at=now)
    assert fresh(request).state == State.DECLINED
    with django_capture_on_commit_callbacks(execute=True):
        voices.add(request, account=CustomerAccountFactory(), by=stranger, at=now)
    request = fresh(request)
    why = "3 accounts ask for it; you wanted 3."
    assert (request.state, request.revisited_why, request.decline_code) == (State.NEW, why, None)
    told = {one.recipient: one.text for one in Notification.objects.filter(event__verb="request.revisited")}
    assert told[pm] == f"Decide again: {request.title}. {why}"
    assert told[seller] == told[stranger] == f"Being looked at again: {request.title}"
    assert why in as_(pm).get(request.get_triage_url()).text
    assert "you wanted" not in as_(seller).get(request.get_absolute_url()).text
    decisions.accept(request, by=pm, at=now)
    assert fresh(request).revisited_why == ""


def test_arr_that_grew_and_a_day_that_came_do_too(make, pm, now, code):
    by_day, by_arr, neither = make(), make(), make()
    account = by_arr.voices.get().account
    day = (now + timedelta(days=10)).date()
    decisions.decline(by_day, code=code, revisit=Revisit(on=day), by=pm, at=now)
    decisions.decline(by_arr, code=code, revisit=Revisit(arr=Decimal(50_000)), by=pm, at=now)
    decisions.decline(neither, code=code, by=pm, at=now)
    type(account).objects.filter(pk=account.pk).update(arr=Decimal(20_000), currency="USD")
    ExchangeRate.objects.create(currency="USD", on=day, rate=3, entered_by=pm, entered_at=now)
    impact.recount_all()
    assert revisits.ask(at=now + timedelta(days=10)) == 2
    assert revisits.ask(at=now + timedelta(days=10)) == 0
    assert fresh(by_arr).revisited_why == "EUR 60,000 of ARR ask for it; you wanted 50,000."
    assert fresh(by_day).revisited_why.startswith("Its day came")
    assert fresh(neither).state == State.DECLINED
    Request.objects.filter(pk=neither.pk).update(revisit_on=(timezone.now() - timedelta(days=1)).date())
    recount_impact()  # the nightly task
    assert fresh(neither).state == State.NEW


def test_a_merge_counts_and_what_is_reached_already_is_refused(make, pm, now, code):
    request, other = make(), make()
    with pytest.raises(decisions.CannotDecide, match="It has 1 already"):
        decisions.decline(fresh(request), code=code, revisit=Revisit(accounts=1), by=pm, at=now)
    with pytest.raises(decisions.CannotDecide, match="lies ahead"):
        decisions.decline(request, code=code, revisit=Revisit(on=now.date()), by=pm, at=now)
    decisions.decline(request, code=code, revisit=Revisit(accounts=2), by=pm, at=now)
    decisions.merge(other, into=request, by=pm, at=now)
    assert fresh(request).state == State.NEW
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True))[-2:] == [
        "request.merged",
        "request.revisited",
    ]


def test_a_part_of_a_customer_is_counted_with_it(make, pm, now):
    request = RequestFactory()
    group = CustomerAccountFactory(arr=Decimal(90_000), currency="EUR")
    part = CustomerAccountFactory(arr=Decimal(10_000), currency="EUR", parent=group)
    below = CustomerAccountFactory(arr=None, currency="EUR", parent=part)
    VoiceFactory(request=request, account=below, revenue=None)
    VoiceFactory(request=request, account=part)
    request = fresh(request)
    assert (request.accounts_count, request.arr_total, request.stake_total) == (1, 10_000, 1_000)
    VoiceFactory(request=request, account=group, revenue=None)
    request = fresh(request)
    assert (request.accounts_count, request.arr_total, request.stake_total) == (1, 90_000, 1_000)
    type(group).objects.filter(pk=group.pk).update(parent=below)  # a circle that nobody should have made
    impact.recount(request.pk)
    assert fresh(request).accounts_count == 1
    assert type(group).objects.ancestors_of([below.pk])[below.pk] == [part.pk, group.pk]
