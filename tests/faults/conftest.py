"""A whole Prodops of its own to break: database, broker, web and worker as real processes."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from devstack import postgres, valkey
from devstack.processes import die_with_parent
from tests.tunnel import port_to

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAMS = Path(sys.executable).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)


def eventually(check, *, within):
    """The first true value of `check()`, asked again and again for `within` seconds."""
    deadline = time.monotonic() + within
    while not (value := check()):
        assert time.monotonic() < deadline, f"not within {within} s: {check}"
        time.sleep(0.1)
    return value


class House:
    """The processes, each of which a test may kill and start again."""

    def __init__(self, folder):
        self.folder = folder
        self.broker_port, self.web_port = valkey.free_port(), valkey.free_port()
        self.door_port = valkey.free_port()
        self.sockets = self.stack = self.broker = self.web = self.worker = None
        self.closed = threading.Event()
        self.env = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("DJANGO", "TEST_"))},
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "REDIS_URL": f"redis://127.0.0.1:{self.broker_port}",
            "DB_POOL": "1",
            "DB_POOL_TIMEOUT": "8",
            "OUTBOX_GRACE_SECONDS": "0.5",
            "SWEEP_SECONDS": "1",
            "JOB_SILENCE_SECONDS": "2",
            "WEB_WORKERS": "1",
            "WEB_PRELOAD": "0",
            "LOG_LEVEL": "WARNING",
            "DATA_SOURCE_HOSTS": f"127.0.0.1:{self.door_port}",
        }

    def start_database(self):
        self.stack = contextlib.ExitStack()
        self.env["DATABASE_URL"] = self.stack.enter_context(
            postgres.postgres(self.folder / "postgres", durable=False)
        )

    def fill_database(self):
        """The schema: of the test run's migrated database where there is one, else by migrating."""
        if template := os.environ.get("TEST_DATABASE_TEMPLATE"):
            source = make_conninfo(os.environ["DATABASE_URL"], dbname=template)
            dump = [postgres.programs() / "pg_dump", "--no-owner", "-d", source]
            sql = subprocess.run(dump, check=True, capture_output=True).stdout
            load = [postgres.programs() / "psql", "-q", "-o", os.devnull, "-d", self.env["DATABASE_URL"]]
            subprocess.run(load, input=sql, check=True, stderr=subprocess.DEVNULL)
        else:
            migrate = [sys.executable, "manage.py", "migrate", "-v", "0", "--skip-checks"]
            subprocess.run(migrate, env=self.env, cwd=ROOT, check=True)

    def stop_database(self):
        self.stack.close()

    def start_broker(self):
        self.broker = valkey.start(self.folder / "valkey", self.broker_port, durable=True)
        valkey.wait(self.broker, self.broker_port, self.folder / "valkey")

    def start_web(self):
        words = [PROGRAMS / "gunicorn", "--bind", f"127.0.0.1:{self.web_port}", "--log-level", "warning"]
        self.web = self._spawn("web", words)

    def start_worker(self):
        words = [PROGRAMS / "celery", "-A", "prodops", "--quiet", "--skip-checks", "worker", "-c", "2"]
        self.worker = self._spawn("worker", [*words, "-B", "-s", self.folder / "beat", "-l", "warning"])

    def supervise(self):
        """A worker that ends by itself is started again, as `make run` and the containers do."""
        while not self.closed.wait(0.5):
            if self.worker and (self.worker.poll() or 0) > 0:
                self.start_worker()

    def mend(self):
        """What a failed test left dead is alive again: one failure stays one."""
        if self.broker.poll() is not None:
            self.start_broker()
        if self.worker.poll() is not None:
            self.start_worker()

    def _spawn(self, name, words):
        with (self.folder / f"{name}.log").open("a") as log:
            return subprocess.Popen(
                [str(word) for word in words],
                env=self.env,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )

    def kill(self, process):
        """As the kernel does when memory is out: at once, with all its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self):
        self.closed.set()
        for process in (self.worker, self.web, self.broker):
            if process:
                self.kill(process)
        if self.stack:
            self.stack.close()

    def ask(self, path, data=None, *, timeout=15):
        """(status, JSON or text) of a GET, or of a POST of `data`."""
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.web_port}{path}", data=body)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)
        return status, json.loads(text) if text.startswith("{") else text

    def ready(self):
        return self.ask("/readyz")[0] == 200

    def rows(self, sql, *values):
        with psycopg.connect(self.env["DATABASE_URL"], autocommit=True) as connection:
            return connection.execute(sql, values).fetchall()

    @contextlib.contextmanager
    def door(self):
        """The URL of the database by a port, as if it were somebody else's."""
        said = conninfo_to_dict(self.env["DATABASE_URL"])
        socket = f"{said['host']}/.s.PGSQL.{said.get('port') or 5432}"
        with port_to(socket, self.door_port) as port:
            yield f"postgresql://{said['user']}:x@127.0.0.1:{port}/{said['dbname']}?sslmode=disable"

    @contextlib.contextmanager
    def locked(self, table):
        """Nobody else writes to the table meanwhile."""
        with psycopg.connect(self.env["DATABASE_URL"]) as connection:
            connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
            yield

    def effects(self, kind, pk):
        return self.rows('SELECT 1 FROM prodops_sentmail WHERE "to" = %s AND subject = %s', kind, str(pk))

    def sleeps(self):
        return self.rows(
            "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%%' AND state = 'active'"
        )


@pytest.fixture(scope="session")
def whole_house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    (folder / "valkey").mkdir()
    house = House(folder)
    try:
        house.start_database()
        house.start_broker()
        house.fill_database()
        house.start_web()
        house.start_worker()
        threading.Thread(target=house.supervise, daemon=True).start()
        yield house
    finally:
        house.close()


@pytest.fixture
def house(whole_house):
    """Everything up and ready, whatever the test before has broken."""
    whole_house.mend()
    eventually(whole_house.ready, within=60)
    return whole_house
