"""A folder of transcripts into a study: each file reported, a second run adds nothing."""

import datetime as dt
import difflib
import hashlib
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from prodops.clock import company_day
from prodops.models import User
from research.formats import media
from research.formats.transcripts import MAX_BYTES, TranscriptError
from research.models import Study
from research.services import intake

WORDS = {
    intake.Outcome.ADDED: "added",
    intake.Outcome.JOINED: "added to its recording",
    intake.Outcome.HERE: "already here",
}
WOULD = {
    intake.Outcome.ADDED: "would be added",
    intake.Outcome.JOINED: "would be added to its recording",
    intake.Outcome.HERE: "already here",
}


class Command(BaseCommand):
    help = (
        "Imports every transcript of a folder, and of the folders in it, into a study. What is there already "
        "is left alone. Ends with 1 if a file could not be read."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument("--study", required=True, metavar="KEY", help="the last part of its address")
        parser.add_argument("--by", metavar="EMAIL", help="who imports; the study's lead if left out")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")

    def handle(self, *args, folder, study, by, dry_run, **options):
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.")
        self.study = _study(study)
        self.by = _person(by, self.study)
        self.dry_run, self.seen = dry_run, set()
        counts = {"added": 0, "here": 0, "left out": 0, "failed": 0}
        for path in _files(folder):
            counts[self._one(path, path.relative_to(folder))] += 1
        verb = "would be added" if dry_run else "added"
        summary = (
            f"{counts['added']} {verb}, {counts['here']} already here, {counts['left out']} left out, "
            f"{counts['failed']} failed."
        )
        if counts["failed"]:
            raise CommandError(summary)
        self.stdout.write(summary)

    def _one(self, path, name):
        if path.suffix.lower().lstrip(".") in media.ENDINGS:
            self.stdout.write(f"{name}: left out: a recording. Upload it on the study's page.")
            return "left out"
        try:
            taken = self._take(path)
        except (TranscriptError, OSError) as error:
            self.stderr.write(f"{name}: failed: {_reason(error)}")
            return "failed"
        if taken is None:
            self.stdout.write(f"{name}: the same file as one before it")
            return "here"
        words = (WOULD if self.dry_run else WORDS)[taken.outcome]
        self.stdout.write(f"{name}: {words}: “{taken.title}”, {taken.held_on}")
        for warning in taken.warnings:
            self.stdout.write(f"    {warning}")
        return "here" if taken.outcome == intake.Outcome.HERE else "added"

    def _take(self, path):
        stat = path.stat()
        if stat.st_size > MAX_BYTES:  # said before a byte of it is read
            size, most = stat.st_size / 1024**2, MAX_BYTES // 1024**2
            raise TranscriptError(f"the file has {size:,.0f} MB, a transcript up to {most} MB. Split it.")
        data = path.read_bytes()
        digest = hashlib.sha256(data).digest()
        if digest in self.seen:
            return None
        self.seen.add(digest)
        return intake.transcript(
            self.study,
            data=data,
            filename=path.name,
            day=company_day(dt.datetime.fromtimestamp(stat.st_mtime, dt.UTC)),
            by=self.by,
            at=timezone.now(),
            dry_run=self.dry_run,
        )


def _files(folder):
    """Its files in the order of their names; hidden ones, and links that lead elsewhere, are passed over."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not path.is_symlink() and not hidden:
            yield path


def _reason(error):
    return str(error) if isinstance(error, TranscriptError) else f"it can't be read ({error.strerror})."


def _study(key):
    study = Study.objects.select_related("team", "lead").filter(slug=key).first()
    if study is None:
        near = difflib.get_close_matches(key, Study.objects.values_list("slug", flat=True), n=3, cutoff=0.4)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise CommandError(f"There is no study “{key}”.{hint} The key is the last part of its address.")
    return study


def _person(email, study):
    user = User.objects.active().filter(email__iexact=email).first() if email else study.lead
    if user is None:
        raise CommandError(f"Nobody here has the address {email}.")
    if not Study.objects.editable_by(user).filter(pk=study.pk).exists():
        raise CommandError(f"{user} may not add sessions to “{study}”. Name somebody who may with --by.")
    return user
