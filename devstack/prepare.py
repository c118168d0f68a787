"""Brings the database and the static files up to date; run as a process of its own by `up`."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from .services import ROOT, VAR


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prodops.settings")
    import django

    django.setup()
    _migrate()
    _collect_static()
    _build_demo()


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    unknown = executor.loader.applied_migrations.keys() - executor.loader.disk_migrations.keys()
    if unknown:
        raise SystemExit(
            f"The data in {VAR.name}/ were made by another state of the code: {len(unknown)} of its"
            " migrations are not here. Check that state out again, or start over with `make reset`."
        )
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print(f"Applying {len(plan)} migrations.", flush=True)
        call_command("migrate", interactive=False, verbosity=0)


def _collect_static() -> None:
    """Hash and compress what `make` has built; skipped where nothing changed, or the finders serve it."""
    from django.conf import settings
    from django.core.management import call_command

    built, stamp = ROOT / "build" / ".stamp", Path(settings.STATIC_ROOT) / ".stamp"
    wanted = f"{built.stat().st_mtime_ns if built.exists() else 0} {sys.prefix}"
    if settings.DEBUG or (stamp.exists() and stamp.read_text() == wanted):
        return
    shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted)


def _build_demo() -> None:
    from django.core.management import call_command

    from prodops.demo import company
    from prodops.models import Team

    if not Team.objects.exists():
        print("Building the demo company, once.", flush=True)
        call_command("demo")
    signs = [
        {"email": email, "name": name, "role": role, "password": company.PASSWORD}
        for email, name, role in company.sign_ins()
    ]
    (VAR / "sign-ins.json").write_text(json.dumps(signs, default=str))


if __name__ == "__main__":
    main()
