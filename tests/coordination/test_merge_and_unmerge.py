"""Whatever is joined and taken out again, in any order, counts, states and clocks are right."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.models import Clock, Request, State, Voice
from coordination.services import clocks, decisions, inbox, voices
from prodops.models import Event, Notification, Role
from tests.factories.coordination import RequestFactory, SlaPolicyFactory, VoiceFactory
from tests.factories.prodops import CustomerAccountFactory, UserFactory

pytestmark = pytest.mark.django_db
MANY = 4
STEPS = st.lists(st.tuples(st.integers(0, MANY - 1), st.integers(0, MANY)), min_size=1, max_size=9)


class Undone(Exception):
    pass


@settings(
    max_examples=max(settings.default.max_examples // 4, 4),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_any_sequence_of_merges_and_unmerges_counts_each_voter_once(pm, now, steps):
    try:
        with transaction.atomic():
            _follow(pm, now, steps)
            raise Undone
    except Undone:
        pass


def _follow(pm, now, steps):
    accounts = CustomerAccountFactory.create_batch(4)
    requests = RequestFactory.create_batch(MANY)
    asked = {}
    for place, one in enumerate(requests):
        mine = {accounts[place % 4], accounts[(place * 3 + 1) % 4]}
        asked[one.pk] = {account.pk for account in mine}
        for account in mine:
            VoiceFactory(request=one, account=account)
    into: dict[int, int] = {}  # the model: who was joined with whom, directly
    for first, second in steps:
        one = Request.objects.get(pk=requests[first].pk)
        if second == MANY:
            if one.pk in into:
                decisions.unmerge(one, by=pm, at=now)
                del into[one.pk]
        else:
            _merge(one, Request.objects.get(pk=requests[second].pk), into, pm, now)
        _agree(requests, asked, into)
    for pk in list(into):
        decisions.unmerge(Request.objects.get(pk=pk), by=pm, at=now)
        del into[pk]
    _agree(requests, asked, into)


def _root(pk, into):
    while pk in into:
        pk = into[pk]
    return pk


def _merge(one, target, into, pm, now):
    if one.pk in into:
        with pytest.raises(decisions.CannotDecide):
            decisions.merge(one, into=target, by=pm, at=now)
    elif _root(target.pk, into) == one.pk:
        with pytest.raises(decisions.WouldCircle):
            decisions.merge(one, into=target, by=pm, at=now)
    else:
        decisions.merge(one, into=target, by=pm, at=now)
        into[one.pk] = target.pk


def _agree(requests, asked, into):
    held = Request.objects.in_bulk([one.pk for one in requests])
    for pk, one in held.items():
        root = _root(pk, into)
        assert one.state == (State.MERGED if pk in into else State.NEW)
        assert (one.merged_into_id, one.root_id) == ((into[pk], root) if pk in into else (None, None))
        counted = set(asked[pk])
        if pk not in into:
            counted.update(*(asked[other] for other in held if _root(other, into) == pk))
        assert one.accounts_count == len(counted)
    assert Voice.objects.count() == sum(len(mine) for mine in asked.values())


def test_taken_out_again_it_is_put_off_and_measured_as_it_was(make, pm, now):
    SlaPolicyFactory()
    request, other = make(), make()
    clocks.start([request], at=now)
    inbox.snooze(request, until=now + timedelta(days=9), by=pm, at=now, wake_on="account")
    decisions.merge(request, into=other, by=pm, at=now + timedelta(hours=1))
    assert not Clock.objects.filter(request=request, met_at=None).exists()
    decisions.unmerge(Request.objects.get(pk=request.pk), by=pm, at=now + timedelta(hours=2))
    back = Request.objects.get(pk=request.pk)
    assert (back.snoozed_until, back.snoozed_for) == (now + timedelta(days=9), "account")
    assert Clock.objects.filter(request=request, met_at=None).count() == 2


def test_those_who_asked_in_several_hear_once_and_of_nothing_that_is_ours(
    as_, make, pm, now, code, django_capture_on_commit_callbacks
):
    asker = UserFactory(role=Role.SUBMITTER)
    root, first, second = make(problem="Only for the root's team"), make(), make()
    for one in (root, first, second):
        voices.add(one, account=CustomerAccountFactory(), by=asker, at=now)
    decisions.merge(first, into=root, by=pm, at=now)
    decisions.merge(second, into=Request.objects.get(pk=first.pk), by=pm, at=now)
    Notification.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        decisions.decline(
            Request.objects.get(pk=root.pk),
            code=code,
            revisit=decisions.Revisit(accounts=77),
            by=pm,
            at=now,
        )
    assert Notification.objects.filter(recipient=asker).count() == 1
    assert Event.objects.get(verb="request.declined").data["revisit"] == {"accounts": "77"}
    for one in (root, first, second):
        page = as_(asker).get(one.get_absolute_url()).text
        assert code.words in page
        assert "at 77 accounts" not in page
        assert "Only for the root's team" not in page
    assert "at 77 accounts" in as_(pm).get(root.get_absolute_url()).text
