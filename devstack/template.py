"""A migrated, empty database that test databases are copied from: migrating happens once for all workers.

The embedded server keeps it between runs, under a name that holds a hash of every migration.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

from .console import Problem
from .services import ROOT

APPS = ("prodops", "research", "metrics", "process", "coordination")


def migrated_template() -> str:
    """The template's name, made where it is missing.

    Empty on a server of somebody's own, where we leave no databases behind, and where migrations do not
    run, which the tests will say.
    """
    if os.environ.get("PRODOPS_EMBEDDED") != "1":
        return ""
    import psycopg
    from psycopg import sql
    from psycopg.conninfo import make_conninfo

    name = f"template_{_fingerprint()}"
    url = os.environ["DATABASE_URL"]
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            known = connection.execute(
                "SELECT datname FROM pg_database WHERE datname ~ '^template_'"
            ).fetchall()
            if (name,) in known:
                return name
            building = f"building_{os.getpid()}"
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
            env = {**os.environ, "DATABASE_URL": make_conninfo(url, dbname=building), "DB_POOL": "0"}
            words = [sys.executable, "manage.py", "migrate", "--verbosity", "0", "--skip-checks"]
            made = subprocess.run(words, env=env, cwd=ROOT, capture_output=True, check=False)
            if made.returncode:
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(building)))
                return ""
            for old, *_ in known:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(old)))
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(rename.format(sql.Identifier(building), sql.Identifier(name)))
    except psycopg.OperationalError as error:
        raise Problem(f"The tests' database does not answer: {' '.join(str(error).split())}") from None
    return name


def _fingerprint() -> str:
    """Of whatever decides what migrating makes."""
    digest = hashlib.sha256((ROOT / "requirements-dev.lock").read_bytes())
    for app in APPS:
        for file in sorted((ROOT / app / "migrations").glob("*.py")):
            digest.update(f"{app}/{file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]
