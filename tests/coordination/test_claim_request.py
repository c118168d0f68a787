import datetime as dt

import pytest

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
