"""Builds the demo company, once; `--scale N` multiplies it for load tests."""

import datetime as dt
import time

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from prodops import activity, demo
from prodops.models import Team
from prodops.services import vocabulary


class Command(BaseCommand):
    help = "Builds the demo company with a year of history. Does nothing where there are teams already."

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument(
            "--scale", type=int, default=1, help="how many times the text and rows (load tests)"
        )
        parser.add_argument("--today", type=dt.date.fromisoformat, help="the company's last day, YYYY-MM-DD")

    def handle(self, *args, seed, scale, today, **options):
        if not 1 <= scale <= 10_000:
            raise CommandError("--scale is a number from 1 to 10,000.")
        if Team.objects.exists():
            self.stdout.write("The demo company is there already; nothing was changed.")
            return
        began = time.monotonic()
        world = demo.World(today=today or timezone.localdate(), seed=seed, scale=scale, say=self.stdout.write)
        # Only the last days reach people: a year of history would fill every inbox at once
        with transaction.atomic(), activity.told_already(before=world.moment(3)):
            for name, (_, build) in demo.parts():
                build(world)
                self.stdout.write(f"  {name}: {time.monotonic() - began:.1f} s")
            vocabulary.refresh()
        self.stdout.write(f"The demo company is built, in {time.monotonic() - began:.1f} s.")
