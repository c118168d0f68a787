"""`make run` and `make dev`: servers, database, demo company, then web, worker and beat until Ctrl-C."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from urllib.parse import urlsplit

from . import console
from .console import Problem, Stopped, say
from .processes import die_with_parent
from .services import ROOT, VAR, InUse, servers
from .supervisor import Supervisor


def up(*, reload: bool) -> int:
    """Run until the user stops it; 0 if that is how it ended."""
    began = time.monotonic()
    console.listen()
    port = _port()
    for name, check in (("DATABASE_URL", _check_database), ("REDIS_URL", _check_broker)):
        if name in os.environ:
            check(os.environ[name])
    try:
        _check_port(port)
        with servers("dev", durable=True) as extra:
            env = {**os.environ, **extra, "PYTHONUNBUFFERED": "1", "PORT": str(port)}
            env.setdefault("PYTHONWARNINGS", "ignore::UserWarning:celery.platforms")  # "you are root"
            if reload:
                env |= {"DEBUG": "1", "WEB_PRELOAD": "0"}
            _prepare(env)
            return _serve(port, env, began, reload=reload)
    except InUse as taken:
        state = taken.state
        who = f"process {state.get('pid', 'unknown')}, port {state.get('port', 'unknown')}"
        raise Problem(f"Prodops already runs from this folder ({who}): stop it first.") from None
    except Stopped:
        say("Stopped before everything was up; nothing was lost.")
        return 130


def _serve(port: int, env: dict[str, str], began: float, *, reload: bool) -> int:
    supervisor = Supervisor(port, env, reload=reload)
    changed = threading.Event()
    if reload:
        threading.Thread(target=_watch, args=(changed,), daemon=True).start()
    announced = False
    supervisor.start("assets", "web")  # the workers start when the pages answer: a person waits for those
    try:
        while not console.asked():
            time.sleep(0.1)
            if not announced and supervisor.answers():
                announced = True
                supervisor.start("worker", "beat")
                say(_welcome(port, env, time.monotonic() - began))
            if ended := [name for name in supervisor.ended() if not supervisor.revive(name)]:
                say(f"{', '.join(ended)} ended by itself; stopping the rest. The lines above say why.")
                break
            if changed.is_set():
                changed.clear()
                say("Python files have changed: loading them.")
                supervisor.renew_code()
        if console.asked():
            say("Stopping: beat, worker, web, then the servers. Ctrl-C again ends them at once.")
    finally:
        supervisor.stop_all()
    stopped = bool(console.asked())
    if stopped:
        say("Stopped; everything is kept.")
    return 0 if stopped else 1


def _welcome(port: int, env: dict[str, str], took: float) -> str:
    lines = ["", f"  Prodops is ready after {took:.1f} s:  http://127.0.0.1:{port}", ""]
    if env.get("PRODOPS_EMBEDDED") == "1":
        signs = json.loads((VAR / "sign-ins.json").read_text())
        lines += [f"  {one['email']:20} {one['name']:16} {one['role']}" for one in signs]
        lines += ["", f"  The password of each is: {signs[0]['password']}"]
    else:
        lines.append("  DATABASE_URL is your own: no sign-in with a known password was made there.")
        lines.append("  Make yourself an admin:  .venv/bin/python manage.py createsuperuser")
    return "\n".join([*lines, "", "  Ctrl-C stops everything and keeps the data.", ""])


def _watch(changed: threading.Event) -> None:
    from watchfiles import PythonFilter, watch

    folders = [ROOT / name for name in ("prodops", "research", "metrics", "process", "coordination")]
    for _ in watch(*folders, watch_filter=PythonFilter()):
        changed.set()


def _port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Problem(f"PORT is a number from 1 to 65535, not {text!r}.")
    return int(text)


def _check_port(port: int) -> None:
    """Wait a little: a web server whose supervisor was killed a moment ago may still be going down."""
    deadline = time.monotonic() + 2
    while not _is_free(port):
        console.stop_if_asked()
        if time.monotonic() > deadline:
            other = 8010 if port != 8010 else 8020
            raise Problem(f"Port {port} is taken. Try: PORT={other} make run")
        time.sleep(0.2)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Problem(f"Port {port} is reserved for root. Try: PORT=8010 make run") from None
        except OSError:
            return False
        return True


def _check_database(url: str) -> None:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    try:
        known = conninfo_to_dict(url)
        with psycopg.connect(make_conninfo("", **{"connect_timeout": 4, **known})) as connection:
            version = connection.info.server_version // 10_000
            row = connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'").fetchone()
    except psycopg.Error as error:
        reason = " ".join(str(error).split()).removeprefix("connection failed: ")
        raise Problem(f"The database that DATABASE_URL names does not answer: {reason}") from None
    if version < 15 or not row:
        lacks = f"is version {version}; 15 is the oldest that works" if version < 15 else "lacks pgvector"
        raise Problem(f"The database that DATABASE_URL names {lacks}.")


def _check_broker(url: str) -> None:
    import redis

    try:
        redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3).ping()
    except (redis.RedisError, ValueError) as error:
        where = urlsplit(url).hostname or "it"
        raise Problem(f"The broker that REDIS_URL names ({where}) does not answer: {error}") from None


def _prepare(env: dict[str, str]) -> None:
    """Migrations, static files and the demo company, in one process that Ctrl-C cannot tear."""
    log = VAR / "prepare.log"
    with log.open("w") as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "devstack.prepare"],
            env=env,
            cwd=ROOT,
            stderr=errors,
            start_new_session=True,
            preexec_fn=die_with_parent(),
        )
        while child.poll() is None:
            if console.asked():
                child.terminate()  # every step is a transaction: what is half done is undone
                child.wait()
                raise Stopped
            time.sleep(0.05)
    if child.returncode:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
        raise Problem(
            f"Getting ready failed: {lines[-1] if lines else 'no reason given'} (the whole is in {log})"
        )
