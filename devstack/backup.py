"""`make backup` and `make restore`: the embedded database and the uploads, in one folder."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

from .console import Problem, say
from .postgres import programs
from .services import VAR, InUse, environment, servers

DUMP, MEDIA = "prodops.dump", "media.tar.gz"


def backup() -> int:
    """Write a new folder under var/backups; the database may be in use meanwhile."""
    folder = VAR / "backups" / f"{dt.datetime.now():%Y-%m-%d-%H%M%S}"  # noqa: DTZ005  (a name for people here)
    folder.mkdir(parents=True)
    with environment("dev") as env:
        url = env.get("DATABASE_URL") or os.environ["DATABASE_URL"]
        _run("pg_dump", "--format=custom", f"--file={folder / DUMP}", f"--dbname={url}")
    with tarfile.open(folder / MEDIA, "w:gz") as archive:
        if (VAR / "media").exists():
            archive.add(VAR / "media", "media")
    say(f"Kept in {folder}: the database and the uploads.")
    return 0


def restore(where: str) -> int:
    """Put a backup in the place of what is there. Prodops must not be running."""
    folder = Path(where).expanduser().resolve()
    if not (folder / DUMP).exists():
        raise Problem(f"{folder} holds no {DUMP}. Say which: make restore FROM=var/backups/...")
    try:
        with servers("dev", durable=True) as env:
            url = env.get("DATABASE_URL") or os.environ["DATABASE_URL"]
            dump = str(folder / DUMP)
            words = ["--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error"]
            _run("pg_restore", *words, f"--dbname={url}", dump)
    except InUse:
        raise Problem("Prodops runs from this folder: stop it before restoring.") from None
    with tarfile.open(folder / MEDIA) as archive:
        shutil.rmtree(VAR / "media", ignore_errors=True)
        archive.extractall(VAR, filter="data")
    say(f"Restored from {folder}.")
    return 0


def _run(program: str, *words: str) -> None:
    done = subprocess.run([str(programs() / program), *words], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise Problem(f"{program} failed: {lines[0] if lines else 'it said nothing'}")
