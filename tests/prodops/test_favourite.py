from django.urls import reverse

from prodops.models import Favourite, Role
from tests.factories.prodops import CustomerAccountFactory

LABEL = "prodops.customeraccount"


def test_a_star_is_set_once_and_taken_off(as_, submitter):
    account = CustomerAccountFactory(name="Hartmann")
    client, url = as_(submitter), reverse("star", args=[LABEL, account.pk])
    for _ in range(2):
        assert client.post(url, {"on": "1"})["Location"] == account.get_absolute_url()
    assert Favourite.objects.get().title == "Hartmann"
    assert "Hartmann" in client.get("/").text
    response = client.post(url, {"on": ""}, headers={"HX-Request": "true"})
    assert 'aria-pressed="false"' in response.text
    assert not Favourite.objects.exists()


def test_what_one_may_not_see_can_not_be_starred(as_, submitter):
    client = as_(submitter)
    assert client.post(reverse("star", args=[LABEL, 999]), {"on": "1"}).status_code == 404
    assert client.post(reverse("star", args=["prodops.user", submitter.pk]), {"on": "1"}).status_code == 404
    assert not Favourite.objects.exists()


def test_favourites_are_ones_own(as_, member, submitter):
    account = CustomerAccountFactory(name="Hartmann")
    as_(member).post(reverse("star", args=[LABEL, account.pk]), {"on": "1"})
    assert "Hartmann" not in as_(submitter).get("/").text
    assert "Hartmann" in as_(member).get(reverse("palette"), {"q": "hart"}).text


def test_a_role_that_was_taken_away_takes_its_favourites_with_it(as_, member, now):
    Favourite.objects.create(
        user=member, subject_type="research.insight", subject_id=1, title="Hidden insight", url="/x/", at=now
    )
    assert "Hidden insight" in as_(member).get("/").text
    member.role = Role.SUBMITTER
    member.save()
    assert "Hidden insight" not in as_(member).get("/").text
    assert "Hidden insight" not in as_(member).get(reverse("palette"), {"q": "hidden"}).text
