"""What the chart of a KPI shows: its series, parts and other versions, and what happened meanwhile."""

import datetime as dt
import itertools
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Q

from metrics.models import AnnotationKind, FlagState, Severity, Way
from metrics.queries.governing import Governing, governing
from metrics.stats import periods

PARTS = 6  # lines that an eye keeps apart
FLAGS = 200
_DAY = dt.timedelta(days=1)
# Whole weeks, so that a Monday lies on a Monday.
BACK = {30: 28, 90: 91, 366: 364, 1827: 1820}
_MARKS = """
SELECT 'annotation', id, starts::timestamp AT TIME ZONE 'UTC',
       coalesce(ends, starts)::timestamp AT TIME ZONE 'UTC', kind, text, kpi_id,
       NULL::float8, NULL::float8, NULL::float8, by_id
FROM metrics_annotation
WHERE (kpi_id = %(kpi)s OR kpi_id IS NULL) AND starts <= %(last)s AND coalesce(ends, starts) >= %(first)s
UNION ALL
SELECT 'incident', id, window_from, window_to, way, what, severity, NULL, NULL, NULL, NULL
FROM metrics_incident
WHERE kpi_id = %(kpi)s AND state <> 'resolved' AND window_from <= %(last)s AND window_to >= %(first)s
UNION ALL
SELECT 'target', id, effective_from::timestamp AT TIME ZONE 'UTC', NULL, '', note, NULL, value, low, high,
       NULL
FROM metrics_kpitarget WHERE kpi_id = %(kpi)s AND effective_from <= %(last)s
UNION ALL
SELECT 'flag', f.id, f.period, NULL, f.kind, CASE WHEN i.state <> 'resolved' THEN 'open' ELSE '' END, NULL,
       f.value, f.low, f.high, NULL
FROM metrics_flag f LEFT JOIN metrics_incident i ON i.id = f.incident_id
WHERE f.kpi_id = %(kpi)s AND f.period BETWEEN %(first)s AND %(last)s AND f.state <> %(withdrawn)s
ORDER BY 3, 2
"""


@dataclass(frozen=True, slots=True)
class Span:
    """Something from a day to a day: an annotation or an incident. `number` tells it on the chart."""

    pk: int
    first: dt.datetime
    last: dt.datetime
    label: str
    text: str
    number: int = 0
    everywhere: bool = False
    by_id: int | None = None

    @property
    def in_words(self):
        return f"{self.label}: {self.text}" if self.text else self.label


@dataclass(frozen=True, slots=True)
class Target:
    """What was to be reached from `first` to before `until`."""

    first: dt.datetime
    until: dt.datetime | None
    value: float | None
    low: float | None
    high: float | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A flag as the chart marks it."""

    pk: int
    period: dt.datetime
    kind: str
    is_open: bool
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line beside the main one: values by period. `kind` is "before", "part" or "version"."""

    kind: str
    label: str
    values: dict


@dataclass(slots=True)
class Chart:
    """`rows`: (period, value, expected, low, high), one for each period, None where there is no value."""

    rows: list = field(default_factory=list)
    lines: list = field(default_factory=list)
    annotations: list = field(default_factory=list)
    incidents: list = field(default_factory=list)
    targets: list = field(default_factory=list)
    flags: list = field(default_factory=list)
    breaks: list = field(default_factory=list)  # (moment, number of the version that begins)
    further: int = 0  # parts that are not drawn
    count: int = 0  # periods with a value
    back: int = 0  # days by which the line before is moved


def chart(kpi, *, days, by="", before=False):
    """The newest `days` of a KPI's series (None: all of it), by a dimension, with the time before."""
    last = kpi.points.main().order_by("-period").values_list("period", flat=True).first()
    if last is None:
        return Chart()
    since = last - days * _DAY if days else None
    back = BACK.get(days, 0) if before else 0
    if back and kpi.grain == periods.MONTH:
        back = 365
    parts = {pk: label for pk, label in _parts(kpi, by)} if by else {}
    main, beside, sliced = _points(kpi, since - back * _DAY if since and back else since, list(parts))
    shown = [row for row in main if since is None or row[0] > since]
    if not shown:
        return Chart()
    found = Chart(rows=filled(shown, kpi.grain), count=len(shown), back=back)
    chain = governing(kpi)
    first = shown[0][0]
    if back:
        found.lines.append(_before(kpi, main, shown, back))
    found.breaks = [one for one in chain.breaks if first < one[0] <= last]
    found.lines += _versions(chain, beside, first)
    found.lines += _largest(parts, sliced, first)
    found.further = len([pk for pk in parts if pk in sliced]) - sum(one.kind == "part" for one in found.lines)
    _marks(kpi, found, first, last)
    return found


def filled(rows, grain):
    """The rows with one of None for each period that has no value, so that gaps are seen as gaps."""
    found: list[tuple] = []
    for row in rows:
        if found:
            missing = periods.next_period(found[-1][0], grain)
            while missing < row[0]:
                found.append((missing, None, None, None, None))
                missing = periods.next_period(missing, grain)
        found.append(row)
    return found


def _parts(kpi, dimension):
    return [
        (one.pk, one.values[dimension])
        for one in kpi.slices.filter(values__has_key=dimension)
        if len(one.values) == 1
    ]


def _points(kpi, since, parts):
    """(main rows, [(version, period, value)] of those beside, {part: {period: value}}) in one query."""
    chosen = kpi.points.filter(period__gt=since) if since else kpi.points.all()
    wanted = chosen.filter(Q(slice=None) | Q(slice__in=parts, beside=False) if parts else Q(slice=None))
    columns = ("period", "value", "expected", "low", "high", "slice_id", "beside", "version_id")
    main: list[tuple] = []
    beside: list[tuple] = []
    sliced: dict[int, dict] = {}
    for row in wanted.order_by("period").values_list(*columns):
        if row[5]:
            sliced.setdefault(row[5], {})[row[0]] = row[1]
        elif row[6]:
            beside.append((row[7], row[0], row[1]))
        else:
            main.append(row[:5])
    return main, beside, sliced


def _before(kpi, main, shown, back):
    moved = {}
    for row in main:
        if kpi.grain == periods.MONTH:
            moved[row[0].replace(year=row[0].year + 1)] = row[1]
        else:
            moved[row[0] + back * _DAY] = row[1]
    wanted = {row[0] for row in shown}
    weeks = back // 7
    label = "A year before" if back in (364, 365) else f"{weeks} weeks before"
    return Line("before", label, {when: value for when, value in moved.items() if when in wanted})


def _versions(chain: Governing, beside, first):
    by_version: dict[int, dict] = {}
    for version, period, value in beside:
        if period >= first:
            by_version.setdefault(version, {})[period] = value
    return [
        Line("version", f"Version {chain.numbers[pk]}", values)
        for pk, values in sorted(by_version.items(), key=lambda one: chain.numbers.get(one[0], 0))
        if pk in chain.numbers
    ]


def _largest(parts, sliced, first):
    """The parts with the largest newest values, in the order of their names."""
    shown = {pk: {when: one for when, one in sliced.get(pk, {}).items() if when >= first} for pk in parts}
    newest = {pk: values[max(values)] for pk, values in shown.items() if values}
    chosen = sorted(newest, key=lambda pk: -abs(newest[pk]))[:PARTS]
    return [Line("part", parts[pk], shown[pk]) for pk in sorted(chosen, key=lambda pk: parts[pk])]


def _marks(kpi, found, first, last):
    with connection.cursor() as cursor:
        cursor.execute(
            _MARKS, {"kpi": kpi.pk, "first": first, "last": last, "withdrawn": FlagState.WITHDRAWN}
        )
        rows = cursor.fetchall()
    of: dict[str, list] = {}
    for row in rows:
        of.setdefault(row[0], []).append(row)
    for number, row in enumerate(of.get("annotation", []), start=1):
        label = AnnotationKind(row[4]).label
        found.annotations.append(Span(row[1], row[2], row[3], label, row[5], number, row[6] is None, row[10]))
    for row in of.get("incident", []):
        label = f"{Severity(row[6]).label} incident"
        found.incidents.append(Span(row[1], row[2], row[3], label, row[5] or Way(row[4]).label))
    targets = of.get("target", [])
    for row, following in itertools.zip_longest(targets, targets[1:]):
        until = following and following[2]
        if until is None or until > first:
            found.targets.append(Target(max(row[2], first), until, row[7], row[8], row[9], row[5]))
    found.flags = [
        Mark(row[1], row[2], row[4], row[5] == "open", *row[7:10]) for row in of.get("flag", [])[-FLAGS:]
    ]
