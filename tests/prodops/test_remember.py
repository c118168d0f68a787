"""What is remembered for every page is never older than the last thing that happened."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from redis.exceptions import ConnectionError as Unreachable

from prodops import activity, memory
from prodops.models import ProductArea
from tests.factories.prodops import NotificationFactory, ProductAreaFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _remembering(settings, fresh_cache):
    settings.REMEMBER_SECONDS = 60


def test_it_is_computed_once_a_generation(django_capture_on_commit_callbacks):
    asked = []

    def compute():
        asked.append(1)
        return len(asked)

    assert [memory.remembered("a", compute) for _ in range(3)] == [1, 1, 1]
    with django_capture_on_commit_callbacks(execute=True):
        memory.forget()
        assert memory.remembered("a", compute) == 1  # not committed yet
    assert memory.remembered("a", compute) == 2
    cache.delete(memory.GENERATION)
    assert memory.remembered("a", compute) == 3


def test_what_was_computed_before_a_change_is_not_kept_after_it(django_capture_on_commit_callbacks):
    def slow():
        with django_capture_on_commit_callbacks(execute=True):
            memory.forget()  # somebody else's change is committed meanwhile
        return "old"

    assert memory.remembered("a", slow) == "old"
    assert memory.remembered("a", lambda: "new") == "new"


def test_without_a_cache_everything_is_computed(monkeypatch):
    def broken(*args, **kwargs):
        raise Unreachable

    monkeypatch.setattr("django.core.cache.backends.redis.RedisCache.get_many", broken)
    monkeypatch.setattr("django.core.cache.backends.redis.RedisCache.set", broken)
    assert [memory.remembered("a", lambda n=n: n) for n in (1, 2)] == [1, 2]


def test_the_bell_counts_what_is_unread_now(member, as_, django_capture_on_commit_callbacks):
    told = NotificationFactory(recipient=member)
    client = as_(member)
    assert b"unread</span>" in client.get(reverse("home")).content
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("notifications_read"))
    assert b"unread</span>" not in client.get(reverse("home")).content
    assert told.recipient == member


def test_a_new_area_is_offered_at_once(ops, as_, now, django_capture_on_commit_callbacks):
    client, url = as_(ops), reverse("research:study_list")
    client.get(url)
    with django_capture_on_commit_callbacks(execute=True):
        area = ProductAreaFactory(name="Yard planning")
        activity.record("area.created", on=ProductArea.objects.get(pk=area.pk), by=ops, at=now)
    assert "Yard planning" in client.get(url).text
