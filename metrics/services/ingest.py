"""Writing values into a KPI's series: what differs, what it was before, and what a new version governs."""

from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from metrics import queries
from metrics.formats import series_csv
from metrics.models import Slice, Watch
from metrics.models.slices import slice_key, slice_label
from prodops.clock import company_zone

MOST_SLICES = 2_000  # of one KPI: a dimension with more values is no dimension but an identifier


class TooManySlices(Exception):
    """A dimension has so many values that it names single things rather than parts."""


class UnknownVersion(Exception):
    """The KPI has no version of that number which could have values."""


class Row(NamedTuple):
    """One value. `dims`: ((dimension, value), …), empty for the whole. `version`: a number, or None for
    the version that governs the period."""

    period: object
    value: float
    dims: tuple = ()
    version: int | None = None


class Counts(NamedTuple):
    new: int
    changed: int
    same: int


# What is held is found by the index on the period; an empty slice counts as 0, as a plain comparison of
# nulls finds nothing and one that does cannot be hashed.
_INCOMING = """
WITH incoming AS (
  SELECT to_timestamp(i.seconds) AS period, value, slice_id, version_id, beside
  FROM unnest(%(seconds)s::bigint[], %(values)s::float8[], %(slices)s::bigint[],
              %(versions)s::bigint[], %(besides)s::boolean[])
    AS i (seconds, value, slice_id, version_id, beside)
), held AS MATERIALIZED (
  SELECT i.*, p.id, p.value AS before, p.load_id AS before_load_id
  FROM incoming i
  LEFT JOIN metrics_point p ON p.kpi_id = %(kpi)s AND p.period BETWEEN %(first)s AND %(last)s
    AND p.period = i.period AND p.version_id = i.version_id
    AND coalesce(p.slice_id, 0) = coalesce(i.slice_id, 0)
)"""
_COUNT = """
SELECT count(*) FILTER (WHERE id IS NULL), count(*) FILTER (WHERE before <> value),
       count(*) FILTER (WHERE before = value)
FROM held
"""
_CHANGE = """
, changed AS (
  UPDATE metrics_point p
  SET value = h.value, load_id = %(load)s, loaded_at = %(at)s, expected = NULL, low = NULL, high = NULL
  FROM held h WHERE p.id = h.id AND h.before <> h.value
  RETURNING h.period, h.slice_id, h.version_id, h.beside, h.before, h.before_load_id, h.value
), noted AS (
  INSERT INTO metrics_restatement
    (kpi_id, load_id, version_id, slice_id, period, before, before_load_id, after)
  SELECT %(kpi)s, %(load)s, version_id, slice_id, period, before, before_load_id, value FROM changed
), fresh AS (
  INSERT INTO metrics_point (kpi_id, version_id, slice_id, beside, period, value, load_id, loaded_at)
  SELECT %(kpi)s, version_id, slice_id, beside, period, value, %(load)s, %(at)s
  FROM held WHERE id IS NULL ORDER BY slice_id NULLS FIRST, period
  RETURNING period, slice_id, beside
)
SELECT (SELECT count(*) FROM fresh), (SELECT count(*) FROM changed),
       least((SELECT min(period) FROM fresh WHERE slice_id IS NULL AND NOT beside),
             (SELECT min(period) FROM changed WHERE slice_id IS NULL AND NOT beside))
"""


def compare(kpi, rows: Iterable[Row]):
    """Counts of what writing `rows` would do. Nothing is written; a part not seen before is new."""
    rows = list(rows)
    if not rows:
        return Counts(0, 0, 0)
    known = _known_slices(kpi)
    arguments = _arguments(kpi, rows, {dims: known.get(_key(dims), -1) for dims in _parts(rows)})
    with connection.cursor() as cursor:
        cursor.execute(_INCOMING + _COUNT, arguments)
        return Counts(*cursor.fetchone())


def take(load, rows: Iterable[Row], *, at):
    """Write what differs and remember what it was before; gives the counts. Inside the verb's transaction.

    Rows are unique by (version, dimensions, period). Imports of one KPI wait for each other.
    """
    rows, kpi = list(rows), load.kpi
    if not rows:
        return Counts(0, 0, 0)
    watch = locked_watch(kpi)
    arguments = _arguments(kpi, rows, _slices(kpi, _parts(rows)))
    with connection.cursor() as cursor:
        cursor.execute(_INCOMING + _CHANGE, {**arguments, "load": load.pk, "at": at})
        new, changed, earliest = cursor.fetchone()
    touch(watch, earliest)
    return Counts(new, changed, len(rows) - new - changed)


def regovern(kpi):
    """After a version has begun: say of each value anew whether it is the series' or stands beside it."""
    watch = locked_watch(kpi)
    chain = queries.governing(kpi)
    arguments = {
        "kpi": kpi.pk,
        "since": list(chain.since[1:]),
        "ids": list(chain.ids[1:]),
        "first": chain.ids[0],
    }
    moved = []
    with connection.cursor() as cursor:
        # Beside first, so that no period has two values that are the series'.
        for beside, differs in ((True, "<>"), (False, "=")):
            cursor.execute(
                "UPDATE metrics_point p SET beside = %(beside)s"  # noqa: S608  (ours, both of them)
                " WHERE p.kpi_id = %(kpi)s AND p.beside <> %(beside)s"
                f" AND p.version_id {differs} coalesce("
                " (SELECT g.id FROM unnest(%(since)s::timestamptz[], %(ids)s::bigint[]) AS g (since, id)"
                "  WHERE g.since <= p.period ORDER BY g.since DESC LIMIT 1), %(first)s)"
                " RETURNING p.period",
                {**arguments, "beside": beside},
            )
            moved += [period for (period,) in cursor.fetchall()]
    touch(watch, min(moved, default=None))
    return len(moved)


def locked_watch(kpi):
    """The KPI's watch, locked: imports and checks of one KPI come one after the other."""
    Watch.objects.bulk_create([Watch(kpi=kpi)], ignore_conflicts=True)
    return Watch.objects.select_for_update().get(kpi=kpi)


def touch(watch, earliest):
    """Values from `earliest` on are not what they were: what the checks remember may no longer hold."""
    if earliest is not None and watch.checked_to is not None and earliest <= watch.checked_to:
        Watch.objects.filter(pk=watch.pk).update(changed=True)


def _arguments(kpi, rows, slices):
    chain = queries.governing(kpi)
    given = [None if row.version is None else _version(chain, row.version) for row in rows]
    governs = [chain.of(row.period) for row in rows]
    versions = [ours or theirs for ours, theirs in zip(given, governs, strict=True)]
    whens = [row.period for row in rows]
    besides = [ours != theirs for ours, theirs in zip(versions, governs, strict=True)]
    return {
        "kpi": kpi.pk,
        "seconds": _array(round(when.timestamp()) for when in whens),
        "values": _array(repr(row.value) for row in rows),
        "slices": _array(slices[row.dims] if row.dims else "NULL" for row in rows),
        "versions": _array(versions),
        "besides": _array(besides),
        "first": min(whens),
        "last": max(whens),
    }


def _array(numbers):
    """An array as PostgreSQL writes it, at a tenth of what adapting each number costs."""
    return "{" + ",".join(map(str, numbers)) + "}"


def _version(chain, number):
    try:
        return chain.takes[number]
    except KeyError:
        raise UnknownVersion(
            f"There is no version {number} that could have values. Take one of {_listed(chain.takes)}."
        ) from None


def _listed(numbers):
    return ", ".join(map(str, sorted(numbers)))


def _parts(rows):
    return {row.dims for row in rows if row.dims}


def _key(dims):
    return slice_key(dict(dims))


def _known_slices(kpi):
    return dict(kpi.slices.values_list("key", "pk"))


def _slices(kpi, parts):
    """{dims: slice id} of `parts`; those not seen before are made. The KPI's watch is locked."""
    if not parts:
        return {}
    known = _known_slices(kpi)
    missing = {_key(dims): dims for dims in sorted(parts) if _key(dims) not in known}
    if len(known) + len(missing) > MOST_SLICES:
        raise TooManySlices(
            f"With these there would be {len(known) + len(missing):,} parts; {MOST_SLICES:,} is the most. "
            "Leave out the dimension that names single things."
        )
    made = Slice.objects.bulk_create(
        Slice(kpi=kpi, values=dict(dims), key=key, label=slice_label(dict(dims)))
        for key, dims in missing.items()
    )
    known |= {one.key: one.pk for one in made}
    return {dims: known[_key(dims)] for dims in parts}


def subject(kpi, at):
    """What the readers of files and calls have to know of a KPI."""
    return series_csv.Subject(
        grain=kpi.grain,
        unit=kpi.unit,
        until=kpi.period_of(at),
        week_starts_on=settings.WEEK_STARTS_ON,
        names=(kpi.slug, kpi.name),
        dimensions=tuple(kpi.dimensions),
        zone=company_zone(),
    )
