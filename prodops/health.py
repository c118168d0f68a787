"""Is everything there that the product needs? Every answer comes within seconds, whatever is down."""

from datetime import timedelta
from functools import cache

import psycopg
import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from prodops.models import Heartbeat

WORKER_SILENCE = timedelta(seconds=90)
PATIENCE = 2  # seconds


def checks(*, at):
    """{name: {"ok": bool, "detail": words}} of database, migrations, broker and worker."""
    results = {"database": _database()}
    asked = {"migrations": _migrations, "worker": lambda: _worker(at)}
    for name, check in asked.items():
        results[name] = check() if results["database"]["ok"] else _result(False, "not known: no database")
    results["broker"] = _broker()
    return results


def _result(ok, detail):
    return {"ok": ok, "detail": detail}


def _database():
    """Asked by a connection of its own: one of the pool would be waited for ten seconds."""
    params = connection.get_connection_params()
    known = {key: params[key] for key in ("dbname", "user", "password", "host", "port") if params.get(key)}
    try:
        with psycopg.connect(**known, connect_timeout=PATIENCE) as probe:
            probe.execute("SELECT 1")
        return _result(True, "answers")
    except psycopg.Error as error:
        return _result(False, f"does not answer: {type(error).__name__}")


@cache
def _shipped():
    """{migration: the migrations it replaces} of this version of the code; read once a process."""
    loader = MigrationLoader(None)
    return {key: tuple(migration.replaces) for key, migration in loader.disk_migrations.items()}


def _migrations():
    try:
        applied = set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError as error:
        return _result(False, f"cannot be read: {type(error).__name__}")
    replaced = {old for key, olds in _shipped().items() if key in applied for old in olds}
    missing = [
        key
        for key, olds in _shipped().items()
        if key not in applied and key not in replaced and not (olds and applied.issuperset(olds))
    ]
    return _result(not missing, f"{len(missing)} not applied" if missing else "all applied")


def _broker():
    try:
        client = redis.Redis.from_url(
            settings.CELERY_BROKER_URL, socket_connect_timeout=1, socket_timeout=1, retry=None
        )
        with client:
            client.ping()
        return _result(True, "answers")
    except redis.RedisError as error:
        return _result(False, f"does not answer: {type(error).__name__}")


def _worker(at):
    try:
        beat = Heartbeat.objects.filter(name="worker").first()
    except DatabaseError as error:
        return _result(False, f"cannot be asked: {type(error).__name__}")
    if beat is None:
        return _result(False, "no worker has answered yet")
    silent = at - beat.at
    seconds = round(silent.total_seconds())
    return _result(silent < WORKER_SILENCE, f"answered {seconds} s ago")
