import datetime as dt

import pytest
from django.urls import reverse

from coordination.models import Claim, Request
from coordination.services import claims
from tests.factories.prodops import UserFactory

pytestmark = pytest.mark.django_db


def names(user, at):
    rows = Request.objects.with_claims_of_others(user, at).order_by("pk")
    return [one.claimed_by_name for one in rows]


def test_whoever_opens_it_first_is_on_it_until_they_go_on_or_ten_minutes_pass(make, pm, now):
    first, second, ida = make(), make(), UserFactory(name="Ida Brandt")
    assert claims.claim(first, by=ida, at=now)
    assert not claims.claim(first, by=pm, at=now)
    assert (names(pm, now), names(ida, now)) == (["Ida Brandt", None], [None, None])
    claims.claim(second, by=ida, at=now)
    assert claims.claim(first, by=pm, at=now)
    later = now + claims.LASTS
    assert names(pm, later) == [None, None]
    assert claims.claim(second, by=pm, at=later)
    assert not Claim.objects.filter(user=ida).exists()


def test_opening_it_again_keeps_since_when_and_taking_over_is_possible(make, pm, now):
    request, ida = make(), UserFactory()
    claims.claim(request, by=ida, at=now)
    claims.claim(request, by=ida, at=now + dt.timedelta(minutes=8))
    assert not claims.claim(request, by=pm, at=now + dt.timedelta(minutes=11))
    assert Claim.objects.get().since == now
    assert claims.claim(request, by=pm, at=now + dt.timedelta(minutes=12), over=True)
    assert Claim.objects.get().user == pm


def test_of_two_who_open_triage_at_once_each_gets_another_request(make, pm, now, as_, monkeypatch):
    first, second, ida = make(), make(), UserFactory(name="Ida Brandt")
    claim = claims.claim

    def ida_is_quicker(request, *, by, at, over=False):
        """She claims what is offered first between the list's being read and the person's claim."""
        if not Claim.objects.filter(user=ida).exists():
            claim(request, by=ida, at=at)
        return claim(request, by=by, at=at, over=over)

    monkeypatch.setattr(claims, "claim", ida_is_quicker)
    page = as_(pm).get(reverse("coordination:triage"), {"scope": "all"})
    his, hers = Claim.objects.get(user=pm).request, Claim.objects.get(user=ida).request
    assert {his, hers} == {first, second}
    assert f'data-item="{his.pk}"' in page.text
    assert "Ida Brandt is on it" in page.text
