"""Taking values into a KPI's series: staged, confirmed, typed by hand, undone."""

import hashlib
from typing import NamedTuple

from django.db import transaction

from metrics.formats import series_csv, tables
from metrics.models import ImportState, Point, Restatement, SeriesImport, SourceKind, Watch
from prodops import activity, jobs

BY_HAND = "By hand"
BATCH = 5_000


class NotStaged(Exception):
    """The import has been confirmed or thrown away already."""


class Unanswered(Exception):
    """The file can be read in two ways and nobody has said which is meant."""


class NothingToImport(Exception):
    """No row of the file can be taken."""


class Overtaken(Exception):
    """A later import has changed some of the values since."""


class Counts(NamedTuple):
    new: int
    changed: int
    same: int


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


def compare(kpi, values):
    """Counts of what importing `values` ({period: value}) would do."""
    held = _held_values(kpi, values)
    new = sum(period not in held for period in values)
    same = sum(held.get(period) == value for period, value in values.items())
    return Counts(new, len(values) - new - same, same)


@transaction.atomic
def confirm(load, *, layout, subject, by, at):
    """Take the staged file's good rows into the series; gives the counts. Twice gives nothing new."""
    load = SeriesImport.objects.select_for_update().get(pk=load.pk)
    if load.state != ImportState.STAGED:
        raise NotStaged("This file has been imported already.")
    if layout.questions:
        raise Unanswered("Say first how the dates and numbers of this file are meant.")
    reading = series_csv.read(tables.read_table(load.text), layout, subject)
    if not reading.values:
        raise NothingToImport("No row of this file can be imported.")
    counts = _take(load.kpi, reading.values, load=load, at=at)
    load.new, load.changed, load.same = counts
    load.rejected, load.text, load.state, load.at = len(reading.faults), "", ImportState.DONE, at
    load.save()
    _tell(load, counts, by, at)
    return counts


@transaction.atomic
def set_value(kpi, *, period, value, by, at):
    """Add or correct one value by hand; gives the counts."""
    load = SeriesImport.objects.create(
        kpi=kpi, by=by, at=at, source_kind=SourceKind.HAND, file_name=BY_HAND, state=ImportState.DONE
    )
    counts = _take(kpi, {period: value}, load=load, at=at)
    if counts.same:
        load.delete()
        return counts
    load.new, load.changed, load.same = counts
    load.save()
    _tell(load, counts, by, at)
    return counts


@transaction.atomic
def undo(load, *, by, at):
    """Take an import back: its new values go, its changed ones are what they were before."""
    kpi = load.kpi
    watch = _locked_watch(kpi)
    if not SeriesImport.objects.filter(pk=load.pk, state=ImportState.DONE).update(
        state=ImportState.UNDONE, undone_by=by, undone_at=at
    ):
        raise NotStaged("This import has been undone already.")
    changed = list(Restatement.objects.filter(load=load))
    mine = Point.objects.filter(load=load)
    if mine.count() != load.new + load.changed:
        raise Overtaken("Later imports changed some of these values. Undo those first.")
    earliest = mine.order_by("period").values_list("period", flat=True).first()
    mine.exclude(period__in=[one.period for one in changed]).delete()
    restored = [
        Point(
            kpi=kpi,
            version_id=one.version_id,
            period=one.period,
            value=one.before,
            load_id=one.before_load_id,
            loaded_at=at,
        )
        for one in changed
    ]
    _upsert(restored)
    _touch(watch, earliest)
    activity.record("series.undone", on=kpi, by=by, at=at, data={"import": load.pk, "file": load.file_name})
    jobs.enqueue("metrics.tasks.check_kpi", kpi_id=kpi.pk)


def _take(kpi, values, *, load, at):
    """Write what differs and remember what was changed. Imports of one KPI wait for each other."""
    watch = _locked_watch(kpi)
    held = _held_values(kpi, values, with_load=True)
    fresh = {period: value for period, value in values.items() if period not in held}
    changed = {
        period: value for period, value in values.items() if period in held and held[period][0] != value
    }
    rows = [
        Point(kpi=kpi, version_id=kpi.count_version_id, period=period, value=value, load=load, loaded_at=at)
        for period, value in sorted((fresh | changed).items())
    ]
    _upsert(rows)
    Restatement.objects.bulk_create(
        (
            Restatement(
                kpi=kpi,
                load=load,
                version_id=kpi.count_version_id,
                period=period,
                before=held[period][0],
                before_load_id=held[period][1],
                after=value,
            )
            for period, value in changed.items()
        ),
        batch_size=BATCH,
    )
    if rows:
        _touch(watch, rows[0].period)
    return Counts(len(fresh), len(changed), len(values) - len(rows))


def _upsert(rows):
    Point.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["kpi", "slice", "period", "version"],
        update_fields=["value", "load", "loaded_at", "expected", "low", "high"],
    )


def _held_values(kpi, values, *, with_load=False):
    """{period: value}, or with (value, import id), of what the series holds between the values' ends."""
    if not values:
        return {}
    between = kpi.points.main().filter(period__range=(min(values), max(values)))
    if with_load:
        return {
            period: (value, load) for period, value, load in between.values_list("period", "value", "load_id")
        }
    return dict(between.values_list("period", "value"))


def _locked_watch(kpi):
    """The KPI's watch, locked: imports and checks of one KPI come one after the other."""
    Watch.objects.bulk_create([Watch(kpi=kpi)], ignore_conflicts=True)
    return Watch.objects.select_for_update().get(kpi=kpi)


def _touch(watch, earliest):
    """Values from `earliest` on are not what they were: what the checks remember may no longer hold."""
    if earliest is not None and watch.checked_to is not None and earliest <= watch.checked_to:
        Watch.objects.filter(pk=watch.pk).update(changed=True)


def _tell(load, counts, by, at):
    data = {"import": load.pk, "file": load.file_name, **counts._asdict(), "rejected": load.rejected}
    activity.record("series.imported", on=load.kpi, by=by, at=at, data=data)
    jobs.enqueue("metrics.tasks.check_kpi", kpi_id=load.kpi_id)
