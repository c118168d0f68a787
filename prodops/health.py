"""Is everything there that the product needs?"""

from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from prodops.models import Heartbeat

WORKER_SILENCE = timedelta(seconds=90)


def checks(*, at):
    """{name: {"ok": bool, "detail": words}} of database, migrations, broker and worker."""
    results = {}
    for name, check in (("database", _database), ("migrations", _migrations), ("broker", _broker)):
        results[name] = check()
    results["worker"] = _worker(at)
    return results


def _result(ok, detail):
    return {"ok": ok, "detail": detail}


def _database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return _result(True, "answers")
    except DatabaseError as error:
        return _result(False, f"does not answer: {type(error).__name__}")


def _migrations():
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return _result(False, f"cannot be read: {type(error).__name__}")
    return _result(not missing, f"{len(missing)} not applied" if missing else "all applied")


def _broker():
    try:
        client = redis.Redis.from_url(settings.CELERY_BROKER_URL, socket_connect_timeout=1, socket_timeout=1)
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
