"""Taking values into a KPI's series: staged, confirmed, typed by hand, undone."""

import hashlib

from django.db import connection, transaction

from metrics.formats import series_csv, tables
from metrics.models import ImportState, Point, SeriesImport, SourceKind
from metrics.services import ingest
from metrics.services.ingest import Counts, Row
from prodops import activity, jobs

__all__ = [
    "Counts",
    "NotStaged",
    "NothingToImport",
    "Overtaken",
    "Row",
    "Unanswered",
    "bring_in",
    "confirm",
    "discard",
    "rows_of",
    "set_value",
    "stage",
    "undo",
]

BY_HAND = "By hand"
_FORGET = """
DELETE FROM metrics_point p WHERE p.load_id = %(load)s AND NOT EXISTS (
  SELECT FROM metrics_restatement r WHERE r.load_id = %(load)s AND r.period = p.period
    AND r.version_id = p.version_id AND coalesce(r.slice_id, 0) = coalesce(p.slice_id, 0))
"""
_GIVE_BACK = """
UPDATE metrics_point p SET value = r.before, load_id = r.before_load_id, loaded_at = %(at)s,
  expected = NULL, low = NULL, high = NULL
FROM metrics_restatement r
WHERE p.load_id = %(load)s AND r.load_id = %(load)s AND r.period = p.period
  AND r.version_id = p.version_id AND coalesce(r.slice_id, 0) = coalesce(p.slice_id, 0)
"""


class NotStaged(Exception):
    """The import has been confirmed or thrown away already."""


class Unanswered(Exception):
    """The file can be read in two ways and nobody has said which is meant."""


class NothingToImport(Exception):
    """No row of the file can be taken."""


class Overtaken(Exception):
    """A later import has changed some of the values since."""


@transaction.atomic
def stage(kpi, *, file_name, text, by, at):
    """Keep an upload (its text) until somebody has seen the preview, in place of one that waited before."""
    SeriesImport.objects.staged_by(by).filter(kpi=kpi).delete()
    digest = hashlib.sha256(text.encode()).hexdigest()
    return SeriesImport.objects.create(
        kpi=kpi, by=by, at=at, file_name=file_name[:200], sha256=digest, text=text
    )


def discard(load):
    """Throw away what was only staged."""
    SeriesImport.objects.filter(pk=load.pk, state=ImportState.STAGED).delete()


def rows_of(reading, version=None):
    """The rows of a file, those of the whole before those of its parts."""
    whole = [Row(period, value, (), version) for period, value in reading.values.items()]
    return whole + [Row(period, value, dims, version) for (dims, period), value in reading.parts.items()]


@transaction.atomic
def confirm(load, *, layout, subject, by, at, version=None):
    """Take the staged file's good rows into the series; gives the counts. Twice gives nothing new.

    `version`: the number of the one by which all of them were counted, or None for that of each period.
    """
    load = SeriesImport.objects.select_for_update(of=("self",)).select_related("kpi").get(pk=load.pk)
    if load.state != ImportState.STAGED:
        raise NotStaged("This file has been imported already.")
    if layout.questions:
        raise Unanswered("Say first how the dates and numbers of this file are meant.")
    reading = series_csv.read(tables.read_table(load.text), layout, subject)
    rows = rows_of(reading, version)
    if not rows:
        raise NothingToImport("No row of this file can be imported.")
    counts = ingest.take(load, rows, at=at)
    load.new, load.changed, load.same = counts
    load.rejected, load.text, load.state, load.at = len(reading.faults), "", ImportState.DONE, at
    load.save()
    _tell(load, counts, by, at)
    return counts


@transaction.atomic
def set_value(kpi, *, period, value, by, at, dims=(), version=None):
    """Add or correct one value by hand; gives the counts."""
    row = Row(period, value, dims, version)
    return bring_in(kpi, [row], source_kind=SourceKind.HAND, said=BY_HAND, by=by, at=at)[1]


@transaction.atomic
def bring_in(kpi, rows, *, source_kind, said, by, at, rejected=0):
    """Take rows from outside into the series at once; gives (import, counts).

    `said` names where they come from. What brings nothing new leaves no import behind: (None, counts).
    """
    load = SeriesImport.objects.create(
        kpi=kpi, by=by, at=at, source_kind=source_kind, file_name=said[:200], state=ImportState.DONE
    )
    counts = ingest.take(load, rows, at=at)
    if not counts.new and not counts.changed:
        load.delete()
        return None, counts
    load.new, load.changed, load.same = counts
    load.rejected = rejected
    load.save()
    _tell(load, counts, by, at)
    return load, counts


@transaction.atomic
def undo(load, *, by, at):
    """Take an import back: its new values go, its changed ones are what they were before."""
    kpi = load.kpi
    watch = ingest.locked_watch(kpi)
    if not SeriesImport.objects.filter(pk=load.pk, state=ImportState.DONE).update(
        state=ImportState.UNDONE, undone_by=by, undone_at=at
    ):
        raise NotStaged("This import has been undone already.")
    mine = Point.objects.filter(load=load)
    if mine.count() != load.new + load.changed:
        raise Overtaken("Later imports changed some of these values. Undo those first.")
    earliest = mine.main().order_by("period").values_list("period", flat=True).first()
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, {"load": load.pk})
        cursor.execute(_GIVE_BACK, {"load": load.pk, "at": at})
    ingest.touch(watch, earliest)
    activity.record("series.undone", on=kpi, by=by, at=at, data={"import": load.pk, "file": load.file_name})
    jobs.enqueue("metrics.tasks.check_kpi", kpi_id=kpi.pk)


def _tell(load, counts, by, at):
    data = {"import": load.pk, "file": load.file_name, **counts._asdict(), "rejected": load.rejected}
    activity.record("series.imported", on=load.kpi, by=by, at=at, data=data)
    jobs.enqueue("metrics.tasks.check_kpi", kpi_id=load.kpi_id)
