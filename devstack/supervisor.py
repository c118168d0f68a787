"""Runs the product's processes in the foreground, and stops them in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

from .console import asked, say
from .processes import die_with_parent
from .services import ROOT, VAR

PATIENCE = 20  # seconds a worker may take to end the job in its hands; what it drops is delivered again
REVIVED = ("worker", "beat")
SETTLED = 15  # seconds: what ends sooner would end again
STOPPING = ("assets", "beat", "worker", "web")  # nothing new is scheduled, then worked, then asked for


def commands(port: int, *, reload: bool) -> dict[str, list[str]]:
    """What runs, by name."""
    programs = Path(sys.executable).parent
    celery = [str(programs / "celery"), "--quiet", "-A", "prodops", "--skip-checks"]
    wanted = {
        "web": [str(programs / "gunicorn"), "--bind", f"127.0.0.1:{port}", "--access-logfile", "-"],
        "worker": [*celery, "worker", "--loglevel", "info", "--concurrency", "2", "--without-gossip"],
        "beat": [*celery, "beat", "--loglevel", "warning", "--pidfile=", "-s", str(VAR / "beat-schedule")],
    }
    if reload:
        wanted["assets"] = ["node", "devstack/assets.mjs", "--watch"]
    return wanted


class Supervisor:
    """The processes by name; `run` returns when the user asks to stop or one of them ends for good."""

    def __init__(self, port: int, env: dict[str, str], *, reload: bool = False) -> None:
        self.port = port
        self.env = env
        self.reload = reload
        self.children: dict[str, subprocess.Popen[str]] = {}
        self.started: dict[str, float] = {}
        self.pumps: list[threading.Thread] = []

    def start(self, *names: str) -> None:
        wanted = commands(self.port, reload=self.reload)
        for name in names:
            if name in wanted:
                self.children[name] = self._spawn(name, wanted[name])
                self.started[name] = time.monotonic()

    def _spawn(self, name: str, words: list[str]) -> subprocess.Popen[str]:
        child = subprocess.Popen(
            words,
            env=self.env,
            cwd=ROOT,
            text=True,
            errors="replace",
            # esbuild watches for as long as its input stays open
            stdin=subprocess.PIPE if name == "assets" else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches only us; we stop the children in order
            preexec_fn=die_with_parent(),
        )
        pump = threading.Thread(target=_pump, args=(name, child), daemon=True)
        pump.start()
        self.pumps.append(pump)
        return child

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def ended(self) -> list[str]:
        return [name for name, child in self.children.items() if child.poll() is not None]

    def revive(self, name: str) -> bool:
        """Start again what ended by itself, if it had worked for a while: a lost broker ends a worker."""
        if name not in REVIVED or time.monotonic() - self.started[name] < SETTLED:
            return False
        say(f"{name} ended by itself and is started again. The lines above say why.")
        self.start(name)
        return True

    def renew_code(self) -> None:
        """Python files have changed: gunicorn loads them in new workers, Celery's processes start again."""
        self.children["web"].send_signal(signal.SIGHUP)
        for name in ("beat", "worker"):
            self.stop(name)
        self.start("worker", "beat")

    def stop(self, name: str) -> None:
        """Politely; by force when it takes too long or the user asks once more."""
        child = self.children[name]
        if child.poll() is not None:
            return
        child.terminate()
        already, deadline = asked(), time.monotonic() + PATIENCE
        while child.poll() is None:
            if time.monotonic() > deadline or asked() > max(already, 1):
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
                say(f"{name} was ended by force; what it was doing will be done again.")
                return
            time.sleep(0.05)

    def stop_all(self) -> None:
        for name in STOPPING:
            if name in self.children:
                self.stop(name)
        for pump in self.pumps:
            pump.join(2)


def _pump(name: str, child: subprocess.Popen[str]) -> None:
    assert child.stdout is not None
    for line in child.stdout:
        say(line.rstrip(), who=name)
