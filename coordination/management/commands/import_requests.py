"""A file of requests from another tool: each row once, bad rows named, the others not held up by them."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coordination.formats import Unreadable, Wrong, columns_of, drafts, open_table, read_map
from coordination.services import imports
from prodops import meaning
from prodops.models import ProductArea, Role, Team, User
from prodops.services import embedding

SHOWN = 50  # rows that are named one by one
NOBODY = "import@prodops.invalid"  # who asked where nobody is here yet; cannot sign in
AT_ONCE = 2_000  # rows whose meaning is made right away unless told otherwise: half a minute


class Command(BaseCommand):
    help = (
        "Imports a CSV or XLSX file of requests. A row that came before is left alone; nobody is told. Right "
        "afterwards all are found by their words, and by their meaning when the worker has caught up. Ends "
        "with 1 if a row was refused."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--map",
            default="",
            metavar="FIELD=COLUMN,…",
            help="such as title=Summary,body=Description,external_id=Issue_id; usual names are known",
        )
        parser.add_argument("--source", default="import", help="where the external ids are from (import)")
        parser.add_argument("--by", metavar="EMAIL", help="who asked; the first of product ops if left out")
        parser.add_argument(
            "--team", metavar="KEY", help="the team they asked for, the last part of its address"
        )
        parser.add_argument("--area", metavar="KEY", help="the part of the product of rows that name none")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")
        parser.add_argument(
            "--embed",
            action="store_true",
            help=f"work out meanings here and now even of over {AT_ONCE:,} rows",
        )

    def handle(self, *args, file, source, dry_run, embed, **options):
        source = source.strip()
        if not 0 < len(source) <= 40:
            raise CommandError("A source is a word of up to 40 characters, such as jira.")
        sender = imports.Sender(
            _person(options["by"]), _named(Team, options["team"]), _named(ProductArea, options["area"])
        )
        began = time.monotonic()
        counts = self._read(file, options["map"], source, sender, dry_run)
        took = time.monotonic() - began
        rate = f" in {took:.1f} s, {(counts['added'] + counts['here']) / max(took, 0.001):,.0f} rows a second"
        verb = "would be added" if dry_run else "added"
        summary = (
            f"{counts['added']:,} {verb}, {counts['here']:,} already here, "
            f"{counts['refused']:,} refused{rate}."
        )
        self.stdout.write(summary)
        if counts["changed"]:
            self.stdout.write(
                f"{counts['changed']:,} read differently in the file now; what was sent first stays."
            )
        if counts["voices"]:
            verb = "would be added" if dry_run else "were added"
            self.stdout.write(f"{counts['voices']:,} accounts {verb} to requests that were here.")
        if counts["added"] and not dry_run:
            self._settle(embed or counts["added"] <= AT_ONCE)
        if counts["refused"]:
            raise CommandError(f"{counts['refused']:,} rows were refused; all others are dealt with.")

    def _read(self, file, mapped, source, sender, dry_run):
        counts = {"added": 0, "here": 0, "changed": 0, "refused": 0, "warned": 0, "voices": 0}
        try:
            with open_table(file) as rows:
                head = next(rows, None)
                if head is None or head.wrong:
                    raise Unreadable(f"Its first row can't be read: {head.wrong if head else 'it is empty'}")
                said = drafts(rows, columns_of(head.cells, read_map(mapped)))
                for outcome in imports.bring_in(
                    said, source=source, sender=sender, at=timezone.now(), dry_run=dry_run
                ):
                    self._tell(outcome, counts)
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror or error}.") from error
        except (Unreadable, Wrong) as error:
            raise CommandError(f"{file.name}: {error}") from error
        return counts

    def _tell(self, outcome, counts):
        for one in outcome.refused:
            counts["refused"] += 1
            if counts["refused"] <= SHOWN:
                self.stderr.write(f"Line {one.line}: {one.why}")
        for one in outcome.warned:
            counts["warned"] += 1
            if counts["warned"] <= SHOWN:
                self.stdout.write(f"Line {one.line}: {' '.join(one.warnings)}")
        if SHOWN in (counts["refused"], counts["warned"]):
            self.stdout.write("Further rows of the kind are counted, not named.")
        before = counts["added"] + counts["here"]
        counts["added"] += outcome.added
        counts["here"] += outcome.here
        counts["changed"] += len(outcome.changed)
        counts["voices"] += outcome.voices
        after = counts["added"] + counts["here"]
        if before // 20_000 != after // 20_000:
            self.stdout.write(f"  {after:,} rows …")

    def _settle(self, embed):
        began = time.monotonic()
        done = imports.settle(embed=embed)
        self.stdout.write("All are found by their words, with typos repaired.")
        if done:
            self.stdout.write(f"{done:,} meanings were worked out in {time.monotonic() - began:.1f} s.")
        if meaning.model() is None:
            self.stdout.write("They are not found by meaning: the model is switched off or can't be loaded.")
        elif left := embedding.left():
            self.stdout.write(
                f"The worker still has {left:,} meanings to work out (manage.py embed does so now)."
            )


def _person(email):
    """Who asked: whom the command names, else product ops, else an admin, else a person made for it."""
    people = User.objects.active()
    if email:
        if user := people.filter(email__iexact=email).first():
            return user
        raise CommandError(f"Nobody here has the address {email}.")
    for role in (Role.PRODUCT_OPS, Role.ADMIN):
        if user := people.filter(role=role).order_by("pk").first():
            return user
    unknown = {"name": "Import", "role": Role.SUBMITTER, "is_active": False}
    return User.objects.filter(email=NOBODY).first() or User.objects.create_user(NOBODY, **unknown)


def _named(model, slug):
    if not slug:
        return None
    if found := model.objects.filter(slug=slug).first():
        return found
    known = ", ".join(model.objects.order_by("slug").values_list("slug", flat=True)[:20])
    raise CommandError(f"There is no {model._meta.verbose_name} “{slug}”. There are: {known or 'none yet'}.")
