"""Starting and ending child processes so that none outlives its supervisor."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


def die_with_parent(sig: int = signal.SIGTERM) -> Callable[[], None]:
    """A preexec_fn: a SIGKILLed supervisor takes its children along (Linux only)."""

    def ask() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(1, sig)

    return ask


def end(process: subprocess.Popen[str], *, ask: int = signal.SIGTERM, grace: float = 10) -> bool:
    """End the process: politely, after `grace` seconds with its whole group by force. False if forced."""
    if process.poll() is not None:
        return True
    process.send_signal(ask)
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False
    return True


def end_orphan(pid: int, name: str, *, ask: int, grace: float = 20) -> None:
    """End a server that a killed supervisor left behind, if `pid` still is one called `name`."""
    deadline = time.monotonic() + grace
    while runs(pid, name):
        late = time.monotonic() > deadline
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL if late else ask)
        time.sleep(0.2)
        if time.monotonic() > deadline + 5:
            return


def runs(pid: int, name: str) -> bool:
    """Whether process `pid` is alive and its command line names `name` (a pid may be used again)."""
    line = Path(f"/proc/{pid}/cmdline")
    try:
        if not Path("/proc/self").exists():
            os.kill(pid, 0)
            return True
        return name.encode() in line.read_bytes().split(b"\0", 1)[0]
    except OSError:
        return False


def pid_in(file: Path) -> int | None:
    """The number in the first line of a pid file, if there is one."""
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
