"""Probes: alive says that the process answers, ready that a person's work would succeed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone

from prodops import health
from prodops.models import Heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker():
    return Heartbeat.objects.create(name="worker", at=timezone.now())


def failing(client):
    answer = client.get("/readyz")
    checks = answer.json()["checks"]
    wrong = [name for name, check in checks.items() if not check["ok"]]
    assert answer.status_code == (503 if wrong else 200)
    assert answer.json()["ready"] == (not wrong)
    return wrong


def test_alive_asks_nobody(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok"


def test_probes_answer_by_any_address_the_container_has(settings):
    settings.ALLOWED_HOSTS = ["prodops.example.com"]
    client = Client(headers={"host": "10.1.2.3:8000"})
    assert client.get("/healthz").status_code == 200
    assert client.get("/accounts/login/").status_code == 400


def test_ready_when_everything_is_there(client, worker):
    assert failing(client) == []


def test_not_ready_while_the_broker_is_away(client, worker, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert failing(client) == ["broker"]


def test_not_ready_while_a_migration_is_missing(client, worker):
    last = max(name for app, name in health._shipped() if app == "prodops")
    MigrationRecorder(connection).record_unapplied("prodops", last)
    assert failing(client) == ["migrations"]


@pytest.mark.parametrize("silent", [None, 91, 3600])
def test_not_ready_where_no_worker_has_answered_lately(client, silent):
    if silent:
        Heartbeat.objects.create(name="worker", at=timezone.now() - timedelta(seconds=silent))
    assert failing(client) == ["worker"]


def test_a_missing_database_is_said_and_not_waited_for(client, worker, monkeypatch):
    nowhere = {"dbname": "x", "host": "127.0.0.1", "port": 1}
    monkeypatch.setattr(connection, "get_connection_params", lambda: nowhere)
    assert failing(client) == ["database", "migrations", "worker"]
