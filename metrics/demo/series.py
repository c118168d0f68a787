"""The series' part of the demo: parts of two KPIs, what happened on their charts, values put right later."""

import datetime as dt

from metrics.models import Annotation, AnnotationKind, ImportState, Kpi, SeriesImport, SourceKind
from metrics.services import ingest
from metrics.services.ingest import Row

DAYS = 120  # of parts
# KPI, dimension, and of each part its share of the whole (a count) or its distance from it (a rate)
PARTS = (
    ("weekly-active-dispatchers", "country", {"DE": 0.44, "FR": 0.27, "NL": 0.18, "PL": 0.11}),
    ("import-success-first-try", "file_type", {"PDF": -4.5, "XLSX": 0.8, "CSV": 3.1}),
)
ANNOTATIONS = (  # (KPI or None for all, kind, days ago, days it lasted, text)
    ("import-success-first-try", AnnotationKind.LAUNCH, 61, 0, "New importer for everybody"),
    ("weekly-active-dispatchers", AnnotationKind.CAMPAIGN, 47, 13, "Autumn campaign in Germany"),
    ("support-tickets-per-100-accounts", AnnotationKind.OTHER, 33, 0, "Help centre rewritten"),
    (None, AnnotationKind.HOLIDAY, 23, 0, "All Saints’ Day in most markets"),
    (None, AnnotationKind.LAUNCH, 75, 0, "Fernway 4.0"),
)
CORRECTED = (("import-success-first-try", (8, 9, 10), -0.3), ("activation-day-7", (6,), 0.4))


def build(world):
    """Call before the checks look at the series."""
    for slug, dimension, parts in PARTS:
        _parts(world.kpis[slug], dimension, parts, world)
    by = world.people["tomas"]
    Annotation.objects.bulk_create(
        Annotation(
            kpi=world.kpis[slug] if slug else None,
            kind=kind,
            starts=world.day(ago),
            ends=world.day(ago - lasted) if lasted else None,
            text=text,
            by=world.kpis[slug].owner if slug else by,
            at=world.moment(max(ago - lasted, 1), 11),
        )
        for slug, kind, ago, lasted, text in ANNOTATIONS
    )
    for slug, days, by_how_much in CORRECTED:
        _correct(world.kpis[slug], days, by_how_much, world)


def _parts(kpi, dimension, parts, world):
    if dimension not in kpi.dimensions:
        kpi.dimensions = [*kpi.dimensions, dimension]
        Kpi.objects.filter(pk=kpi.pk).update(dimensions=kpi.dimensions)
    dice = world.dice(f"metrics:parts:{kpi.slug}")
    rows = []
    for period, value in kpi.points.main().series(since=_midnight(world.day(DAYS))):
        left = value
        for number, (name, size) in enumerate(parts.items(), start=1):
            if abs(size) < 1 and sum(parts.values()) == 1:  # shares: together the whole
                part = left if number == len(parts) else round(value * size * dice.uniform(0.97, 1.03))
                left -= part
            else:
                part = round(value + size + dice.gauss(0, 0.6), 2)
            rows.append(Row(period, float(part), ((dimension, name),)))
    _take(kpi, rows, f"{kpi.slug} by {dimension}.csv", SourceKind.FILE, world.moment(0, 0, 11), world)


def _correct(kpi, days_ago, by_how_much, world):
    held = dict(kpi.points.main().values_list("period", "value"))
    whens = [when for ago in days_ago if (when := _midnight(world.day(ago))) in held]
    rows = [Row(when, round(held[when] + by_how_much, 2)) for when in whens]
    _take(kpi, rows, "Late events", SourceKind.API, world.moment(0, 0, 12), world)


def _take(kpi, rows, said, kind, at, world):
    load = SeriesImport.objects.create(
        kpi=kpi, by=world.people["tomas"], at=at, source_kind=kind, file_name=said, state=ImportState.DONE
    )
    load.new, load.changed, load.same = ingest.take(load, rows, at=at)
    load.save()


def _midnight(day):
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
