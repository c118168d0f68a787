"""A file with an experiment's plan and results in, its read-out as JSON out."""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from metrics.formats import experiments


class Command(BaseCommand):
    help = (
        "Prints the read-out of an experiment as JSON: per KPI and variant the absolute and the relative "
        "effect with interval and p, the sample ratio, health checks and a recommendation. Ends with 1, and "
        "says why, if the file cannot be read. The file's format: docs/guide/experiments-pipelines.md."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE.json", help="a file, or - for what is piped in")
        parser.add_argument("--indent", type=int, default=2, help="spaces of each level; 0 for one line")

    def handle(self, *args, file, indent, **options):
        try:
            document = experiments.load(_bytes(file))
            answer = experiments.readout(document)
        except experiments.Unreadable as error:
            raise CommandError(f"{file}: {error}") from error
        self.stdout.write(json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=indent or None))


def _bytes(file):
    if file == "-":
        return sys.stdin.buffer.read(experiments.LARGEST + 1)
    path = Path(file)
    try:
        if path.is_dir():
            raise CommandError(f"{file} is a folder. Name the file in it.")
        with path.open("rb") as stream:
            return stream.read(experiments.LARGEST + 1)
    except FileNotFoundError as error:
        raise CommandError(f"There is no file {file}.") from error
    except (OSError, ValueError) as error:
        raise CommandError(f"{file} cannot be read ({getattr(error, 'strerror', None) or error}).") from error
