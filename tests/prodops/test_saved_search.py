import pytest
from django.urls import reverse

from prodops.models import Notification, SavedFilter
from prodops.services import saved_searches, vocabulary
from prodops.tasks import tell_of_new_hits
from tests.factories.prodops import TeamFactory
from tests.prodops.test_search import entry

pytestmark = pytest.mark.django_db


def told(user):
    return list(Notification.objects.filter(recipient=user).order_by("pk").values_list("text", flat=True))


@pytest.fixture
def fuel(member):
    entry("Fuel surcharge, known before")
    vocabulary.refresh()
    view = SavedFilter.objects.create(user=member, page="search", name="Fuel", query="q=fuel+surcharge")
    saved_searches.ring(view, on=True)
    return view


def test_what_is_new_is_told_once_and_only_what_one_may_see(fuel, member):
    tell_of_new_hits()
    assert told(member) == []
    entry("Fuel surcharge in June", kind="kpi")
    entry("The surcharge for fuel", kind="kpi")
    entry("Fuel without the other word", kind="kpi")
    entry("Fuel surcharge of others", kind="kpi", team_ids=[TeamFactory().pk])
    for _ in range(3):
        tell_of_new_hits()
    assert told(member) == ["2 new results for “Fuel”: 2 KPIs"]
    entry("Fuel surcharge in July", kind="kpi")
    for _ in range(3):
        tell_of_new_hits()
    assert len(told(member)) == 2
    fuel.refresh_from_db()
    assert fuel.told == []


def test_what_was_written_while_it_looked_is_told_the_next_time(fuel, member):
    late = entry("Fuel surcharge, written slowly", kind="kpi")
    key = late.pk
    late.delete()  # not committed yet when the check looks
    entry("Fuel surcharge, written quickly", kind="kpi")
    tell_of_new_hits()
    late.pk, late.object_id = key, 999
    late.save(force_insert=True)
    tell_of_new_hits()
    assert told(member) == ["1 new result for “Fuel”: 1 KPIs"] * 2


def test_facets_and_signs_count(member, now):
    query = "q=fuel+-june&method=diary"
    view = SavedFilter.objects.create(user=member, page="search", name="Diaries", query=query)
    saved_searches.ring(view, on=True)
    entry("Fuel in June", kind="kpi", facets=["method:diary"])
    entry("Fuel in July", kind="kpi", facets=["method:diary"])
    entry("Fuel in July", kind="kpi", facets=["method:survey"])
    tell_of_new_hits()
    assert told(member) == ["1 new result for “Diaries”: 1 KPIs"]


def test_the_bell_is_rung_and_silenced_on_the_page(fuel, member, ops, as_):
    client = as_(member)
    assert "Fuel" in client.get(reverse("saved_views", args=["search"])).text
    url = reverse("saved_view_bell", args=[fuel.pk])
    client.post(url, {"on": ""})
    fuel.refresh_from_db()
    assert not fuel.bell
    entry("Fuel surcharge in June")
    tell_of_new_hits()
    assert told(member) == []
    assert as_(ops).post(url, {"on": "1"}).status_code == 404
    other = SavedFilter.objects.create(user=ops, page="account_list", name="x", query="q=a")
    assert as_(ops).post(reverse("saved_view_bell", args=[other.pk]), {"on": "1"}).status_code == 404
