"""A database or a cache that is away: a clear page, and never a 500."""

import psycopg
import pytest
import redis
from django.core.cache.backends.redis import RedisCache
from django.db import OperationalError
from psycopg_pool import PoolTimeout

from prodops.services import delivery
from prodops.views import home

pytestmark = pytest.mark.django_db


def outage(cause):
    def raise_it(*args, **kwargs):
        raise OperationalError("gone") from cause

    return raise_it


@pytest.fixture
def guest(as_, member):
    client = as_(member)
    client.raise_request_exception = False
    return client


def test_a_missing_database_is_503_with_words(guest, monkeypatch):
    monkeypatch.setattr(home.panels, "render", outage(PoolTimeout("no connection")))
    answer = guest.get("/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "briefly out of reach" in answer.text


def test_a_page_whose_connection_was_cut_is_asked_for_once_more(guest, monkeypatch):
    calls = []

    def cut_once(*args):
        calls.append(args)
        if len(calls) == 1:
            outage(psycopg.OperationalError("server closed the connection"))()
        return []

    monkeypatch.setattr("prodops.middleware.close_old_connections", lambda: None)
    monkeypatch.setattr(home.panels, "render", cut_once)
    assert guest.get("/").status_code == 200
    assert len(calls) == 2


def test_what_is_no_outage_stays_a_500(guest, monkeypatch):
    def broken(*args):
        raise ValueError("a bug")

    monkeypatch.setattr(home.panels, "render", broken)
    answer = guest.get("/")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text


def test_pages_answer_while_the_cache_is_away(client, monkeypatch):
    def away(*args, **kwargs):
        raise redis.ConnectionError("no cache")

    for name in ("get", "set", "add", "incr", "delete"):
        monkeypatch.setattr(RedisCache, name, away)
    answer = client.post("/accounts/login/", {"login": "a@example.com", "password": "wrong"})
    assert answer.status_code == 200


def test_a_worker_says_that_it_lives_more_than_once(now):
    delivery.beat("worker", at=now)
    delivery.beat("worker", at=now)
