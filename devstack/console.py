"""What the stack tells its user, and how it is asked to stop."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading

COLORS = {"web": 32, "worker": 33, "beat": 35, "assets": 36}
_write = threading.Lock()
_signals: list[int] = []


class Problem(Exception):
    """Something the user can mend; its text is one clear line."""


class Stopped(Exception):
    """The user asked to stop before everything was up."""


def say(text: str, *, who: str = "") -> None:
    prefix = ""
    if who:
        prefix = f"{who:>6} | "
        if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
            prefix = f"\x1b[{COLORS.get(who, 37)}m{prefix}\x1b[0m"
    with _write, contextlib.suppress(OSError, ValueError):  # the terminal may be gone already
        sys.stdout.write(f"{prefix}{text}\n")
        sys.stdout.flush()


def listen() -> None:
    """From here on a signal only counts: nothing can interrupt an orderly stop."""
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, lambda signum, _: _signals.append(signum))


def asked() -> int:
    """How often the user has asked to stop."""
    return len(_signals)


def stop_if_asked() -> None:
    if _signals:
        raise Stopped
