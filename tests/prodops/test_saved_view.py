import pytest
from django.urls import reverse

from prodops.models import SavedFilter
from prodops.services import saved_views as views

HX = {"HX-Request": "true"}


@pytest.fixture
def save(as_, member):
    def post(client=None, headers=None, **fields):
        data = {"page": "account_list", "name": "Gold", "query": "tier=gold&q=&page=3"} | fields
        return (client or as_(member)).post(reverse("saved_view_save"), data, headers=headers or {})

    return post


def test_a_view_keeps_what_filters_and_nothing_else(save):
    assert save()["Location"] == "/customers/?tier=gold"
    assert SavedFilter.objects.get().query == "tier=gold"


def test_a_name_that_is_taken_gets_the_new_filters(save):
    save()
    assert "Gold" in save(query="tier=gold&segment=mid", headers=HX).text
    assert SavedFilter.objects.get().query == "tier=gold&segment=mid"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": " "}, "Give the view a name"),
        ({"name": "x" * 81}, "80 characters"),
        ({"query": "q=" + "x" * 2000}, "too many"),
    ],
)
def test_what_can_not_be_kept_is_said(save, fields, words):
    response = save(headers=HX, **fields)
    assert response.status_code == 422
    assert words in response.text
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    "page", ["", "no_such", "account_detail", "//evil.test", "admin:nothing", "https://evil.test"]
)
def test_a_list_that_does_not_exist_is_not_found(save, as_, member, page):
    assert save(page=page).status_code == 404
    if page and "/" not in page:
        assert as_(member).get(reverse("saved_views", args=[page])).status_code == 404


def test_there_is_an_end_to_views(save, member, monkeypatch):
    monkeypatch.setattr(views, "MOST", 1)
    save()
    assert save(name="Another", headers=HX).status_code == 422
    assert save(query="tier=silver").status_code == 302


def test_views_are_ones_own(save, as_, member, ops):
    save(headers=HX)
    view = SavedFilter.objects.get()
    client = as_(ops)
    assert "Gold" not in client.get(reverse("saved_views", args=["account_list"])).text
    assert client.post(reverse("saved_view_delete", args=[view.pk])).status_code == 404
    client = as_(member)
    assert "Gold" in client.get(reverse("saved_views", args=["account_list"])).text
    assert client.post(reverse("saved_view_delete", args=[view.pk]), headers=HX).status_code == 200
    assert not SavedFilter.objects.exists()


def test_each_list_offers_its_views(as_, member):
    assert reverse("saved_views", args=["account_list"]) in as_(member).get(reverse("account_list")).text
