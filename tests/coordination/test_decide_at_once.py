"""Two people who merge or decide at the same time: one of them is told, nobody waits for ever."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from coordination.models import Request, State
from coordination.services import decisions, inbox
from tests.factories.prodops import CustomerAccountFactory, ProductAreaFactory

HTMX = {"HX-Request": "true"}


def at_once(*verbs):
    """Run each in a thread of its own; what they raised, in their order."""
    raised: list[Exception | None] = [None] * len(verbs)
    ready = threading.Barrier(len(verbs))

    def go(place, verb):
        try:
            ready.wait(5)
            verb()
        except Exception as error:
            raised[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    return raised


@pytest.mark.django_db(transaction=True)
def test_merges_and_decisions_at_once_close_no_circle_and_count_once(make, pm, now, code):
    one, two, three, request = make(), make(), make(), make()

    def merge(what, into):
        fresh = Request.objects.get(pk=what.pk)
        return lambda: decisions.merge(fresh, into=into, by=pm, at=now)

    raised = at_once(merge(one, two), merge(two, three), merge(three, one))
    assert [type(error) for error in raised if error] == [decisions.WouldCircle]
    held = Request.objects.in_bulk([one.pk, two.pk, three.pk])
    [root] = [row for row in held.values() if row.state == State.NEW]
    assert {row.root_id for row in held.values()} == {None, root.pk}
    assert root.accounts_count == 3

    raised = at_once(
        merge(request, root),
        lambda: decisions.accept(Request.objects.get(pk=request.pk), by=pm, at=now),
        lambda: decisions.decline(Request.objects.get(pk=request.pk), code=code, by=pm, at=now),
    )
    assert [type(error) for error in raised if error] == [decisions.AlreadyDecided] * 2
    won = (State.MERGED, State.ACCEPTED, State.DECLINED)[raised.index(None)]
    assert Request.objects.get(pk=request.pk).state == won


@pytest.mark.django_db
def test_who_gives_away_what_somebody_gave_away_meanwhile_is_told(as_, make, pm, ops, now):
    request, billing, mine = make(), ProductAreaFactory(name="Billing"), ProductAreaFactory(owner=pm)
    inbox.assign(Request.objects.for_list().get(pk=request.pk), area=billing, assignee=pm, by=ops, at=now)
    url = reverse("coordination:assign", args=[request.pk])
    before, after = now - timedelta(minutes=1), now + timedelta(minutes=1)
    late = as_(pm).post(url, {"area": mine.pk, "seen_at": before.isoformat()}, headers=HTMX).text
    assert f"{ops.name} was quicker with {request.ref} and gave this to Billing." in late
    put_off = {"until": "week", "seen_at": before.isoformat(), "pk": [request.pk]}
    several = as_(pm).post(reverse("coordination:bulk_snooze"), put_off, headers=HTMX).text
    assert f"<li>{ops.name} was quicker" in several
    request.refresh_from_db()
    assert (request.area, request.snoozed_until) == (billing, None)
    as_(pm).post(url, {"area": mine.pk, "seen_at": after.isoformat()}, headers=HTMX)
    request.refresh_from_db()
    assert request.area == mine
    for nonsense in ("yesterday", "2026-01-01", "0001-01-01T00:00:00+14:00"):
        data = {"area": billing.pk, "assignee": pm.pk, "seen_at": nonsense}
        assert as_(pm).post(url, data, headers=HTMX).status_code == 200
    request.refresh_from_db()
    assert request.area == billing


@pytest.mark.django_db
def test_whoever_has_it_open_stays_on_it_and_hears_who_decided(as_, make, pm, ops, now):
    request = make()
    url = reverse("coordination:triage_keep", args=[request.pk])
    assert "data-keep" in as_(pm).post(url, headers=HTMX).text
    assert f"{pm.name} is on it" in as_(ops).post(url, headers=HTMX).text
    decisions.accept(Request.objects.get(pk=request.pk), by=ops, at=now)
    said = as_(pm).post(url, headers=HTMX).text
    assert "It is accepted now." in said
    assert f"{ops.name} was quicker." in said
    assert "data-keep" not in said


@pytest.mark.django_db
def test_words_that_decline_several_are_shown_with_their_readers_and_may_be_let_through(
    as_, make, pm, seller, code
):
    CustomerAccountFactory(name="Hartmann Spedition")
    rows = [make(), make()]
    data = {"pk": [one.pk for one in rows], "reason": "Hartmann Spedition wants it too.", "code": code.slug}
    check = as_(pm).post(reverse("coordination:bulk_check"), data, headers=HTMX).text
    assert "is another customer" in check
    assert seller.name in check
    assert 'name="override"' in check
    decline = reverse("coordination:bulk_decline")
    refused = as_(pm).post(decline, data, headers=HTMX).text
    assert "0 requests declined." in refused
    assert refused.count("is another customer") == 2
    let = data | {"override": "They agreed."}
    assert "2 requests declined." in as_(pm).post(decline, let, headers=HTMX).text
