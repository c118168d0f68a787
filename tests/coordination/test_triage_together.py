import re

import pytest
from django.urls import reverse

from coordination.models import Claim, Request, State
from coordination.services import claims, decisions
from tests.factories.coordination import SlaPolicyFactory
from tests.factories.prodops import ProductAreaFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def post(client, name, *requests, **fields):
    data = {"pk": [one.pk for one in requests], **fields}
    return client.post(reverse(f"coordination:{name}"), data, headers=HTMX).text


def states():
    return list(Request.objects.order_by("pk").values_list("state", flat=True))


def test_opening_a_request_tells_the_others_and_the_inbox_opens_one_that_is_free(as_, make, pm, now, ops):
    first, second = make(), make()
    ops.name = "Ida Brandt"
    ops.save()
    as_(ops).get(first.get_triage_url())
    page = as_(pm).get(reverse("coordination:triage")).text
    assert f'data-item="{second.pk}"' in page
    assert "Ida Brandt is on it" in page
    opened = as_(pm).get(first.get_triage_url()).text
    assert "you may both do the same" in opened
    taken = as_(pm).post(reverse("coordination:triage_take", args=[first.pk]), headers=HTMX).text
    assert "Ida Brandt is on it" not in taken
    assert Claim.objects.get(request=first).user == pm


def test_every_verb_on_several_can_be_undone(as_, make, pm, now):
    one, two, into = make(), make(), make()
    client, elsewhere = as_(pm), ProductAreaFactory(name="Elsewhere", owner=UserFactory())
    page = post(client, "bulk_merge", one, two, into, into=into.pk)
    assert f"2 requests merged into {into.ref}." in page
    assert states() == [State.MERGED, State.MERGED, State.NEW]
    post(client, "bulk_unmerge", one, two)
    assert "2 requests given to Elsewhere." in post(client, "bulk_assign", one, two, area=elsewhere.pk)
    assert Request.objects.filter(area=elsewhere).count() == 2
    assert "2 requests back where they were." in post(client, "bulk_unassign", one, two)
    assert "was not given away by you last" in post(client, "bulk_unassign", into)
    post(client, "bulk_snooze", one, two, until="account")
    assert Request.objects.filter(snoozed_for="account").count() == 2
    assert "2 requests back in the inbox." in post(client, "bulk_wake", one, two)
    assert states() == [State.NEW] * 3


def test_each_row_that_failed_says_why(as_, make, pm, now, ops):
    fine, decided, foreign = make(), make(), make(area=None)
    decisions.accept(decided, by=ops, at=now)
    page = post(as_(pm), "bulk_assign", fine, decided, foreign, area=ProductAreaFactory().pk)
    assert "1 request given to" in page
    assert f"<li>{foreign.ref} is not yours to decide.</li>" in page
    assert f"{ops.name} was quicker" in page


def test_the_dialogs_of_several_offer_the_ticked_ones_and_what_the_search_finds(as_, make, pm):
    one, two, other = make(), make(), make(title="Quite another thing")
    ticks = {"pk": [one.pk, two.pk]}
    offered = as_(pm).get(reverse("coordination:bulk_merge"), ticks, headers=HTMX).text
    assert one.ref in offered
    assert two.ref in offered
    found = as_(pm).get(reverse("coordination:bulk_merge"), {**ticks, "find": other.ref}, headers=HTMX).text
    assert other.ref in found
    assert "Give 2 requests" in as_(pm).get(reverse("coordination:bulk_assign"), ticks, headers=HTMX).text
    nothing = as_(pm).get(reverse("coordination:bulk_merge"), headers=HTMX).text
    assert "Tick the requests first." in nothing


def test_what_is_due_first_stands_first_and_overdue_is_a_filter(as_, make, pm, seller, area, now):
    from datetime import timedelta

    from coordination.services import requests

    plain = make(title="Without a clock")
    SlaPolicyFactory()
    timed = requests.submit(by=seller, at=now - timedelta(days=20), title="Late one", problem="x", area=area)
    inbox = reverse("coordination:triage")
    rows = as_(pm).get(inbox, {"sort": "due"}).text
    assert rows.index(f'data-row="{timed.pk}"') < rows.index(f'data-row="{plain.pk}"')
    overdue = as_(pm).get(inbox, {"clock": "overdue"}).text
    assert "Answer overdue" in " ".join(overdue.split())
    assert f'data-row="{plain.pk}"' not in overdue


def test_a_decided_request_is_claimed_by_nobody(as_, make, pm, now):
    request = make()
    decisions.accept(request, by=pm, at=now)
    as_(pm).get(request.get_triage_url())
    assert not Claim.objects.exists()
    assert claims.claim(request, by=pm, at=now)


def test_a_long_inbox_has_the_rows_of_a_short_one_in_their_order(as_, make, pm, monkeypatch):
    for number in range(3):
        make(stake_total=number % 2)
    inbox = reverse("coordination:triage")

    def rows():
        return re.findall(r'data-row="(\d+)"', as_(pm).get(inbox).text)

    short = rows()
    monkeypatch.setattr("prodops.http.DRESSED_APART_FROM", 0)
    assert rows() == short
    assert len(short) == 3
