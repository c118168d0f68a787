from decimal import Decimal

import pytest

from coordination import queries
from coordination.models import Request, State, Voice
from coordination.services import decisions
from prodops.models import Notification, Role
from tests.factories.coordination import VoiceFactory
from tests.factories.prodops import CustomerAccountFactory, UserFactory

pytestmark = pytest.mark.django_db


def fresh(*requests):
    return [Request.objects.get(pk=one.pk) for one in requests]


def test_both_keep_their_text_and_accounts_and_each_account_counts_once(make, pm, now, seller):
    target, other = make(), make(title="Another wording")
    shared = CustomerAccountFactory(arr=Decimal(5_000), currency="GBP")
    for request in (target, other):
        VoiceFactory(request=request, account=shared, added_by=seller, currency="GBP")
    decisions.merge(other, into=target, by=pm, at=now)
    target, other = fresh(target, other)
    assert (other.state, other.root, other.title) == (State.MERGED, target, "Another wording")
    assert (target.accounts_count, other.accounts_count) == (3, 2)
    impact = queries.impact_of([target])[target.pk]
    assert impact.accounts == 3
    assert impact.arr == [("EUR", Decimal(24_000)), ("GBP", Decimal(5_000))]
    assert impact.stake == [("EUR", Decimal(2_000)), ("GBP", Decimal(1_000))]
    assert Voice.objects.of(target).count() == 4


def test_merging_into_a_merged_one_follows_to_the_root_and_chains_come_along(make, pm, now):
    first, second, third = make(), make(), make()
    decisions.merge(second, into=first, by=pm, at=now)
    decisions.merge(third, into=Request.objects.get(pk=second.pk), by=pm, at=now)
    assert fresh(third)[0].root == first
    top = make()
    decisions.merge(Request.objects.get(pk=first.pk), into=top, by=pm, at=now)
    assert [one.root for one in fresh(first, second, third)] == [top, top, top]
    assert fresh(top)[0].accounts_count == 4


def test_a_request_is_never_joined_with_itself(make, pm, now):
    first, second = make(), make()
    decisions.merge(second, into=first, by=pm, at=now)
    for into in (first, second):
        with pytest.raises(decisions.WouldCircle):
            decisions.merge(Request.objects.get(pk=first.pk), into=into, by=pm, at=now)


def test_taken_out_again_it_is_what_it_was_and_brings_its_own(make, pm, now):
    top, middle, low = make(), make(), make()
    decisions.accept(middle, by=pm, at=now, note="Gladly.")
    decisions.merge(low, into=middle, by=pm, at=now)
    decisions.merge(Request.objects.get(pk=middle.pk), into=top, by=pm, at=now, seen=State.ACCEPTED)
    assert fresh(top)[0].accounts_count == 3
    middle = Request.objects.get(pk=middle.pk)
    decisions.unmerge(middle, by=pm, at=now)
    top, middle, low = fresh(top, middle, low)
    assert (middle.state, middle.decision_reason, middle.root) == (State.ACCEPTED, "Gladly.", None)
    assert (low.root, top.accounts_count, middle.accounts_count) == (middle, 1, 2)
    decisions.unmerge(low, by=pm, at=now)
    assert (low.state, low.decided_at) == (State.NEW, None)


def test_those_who_were_joined_earlier_are_told_of_the_next_merge(
    make, pm, now, django_capture_on_commit_callbacks
):
    asker = UserFactory(role=Role.SUBMITTER)
    top, middle, low = make(), make(), make(submitter=asker, submitter_team=None)
    decisions.merge(low, into=middle, by=pm, at=now)
    with django_capture_on_commit_callbacks(execute=True):
        decisions.merge(middle, into=top, by=pm, at=now)
    told = Notification.objects.get(recipient=asker)
    assert top.title in told.text
    assert told.url == low.get_absolute_url()
