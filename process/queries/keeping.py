"""The periods of key results that keep to a level: which are due, which kept to it, which do not count."""

import datetime as dt
from enum import StrEnum
from typing import NamedTuple

from django.conf import settings

from metrics.models import Grain
from metrics.stats import periods
from process.formulas import okrs
from process.models import CheckIn
from prodops.clock import company_day, company_zone

from .readings import points_of

A_WEEK = dt.timedelta(days=7)


class Told(StrEnum):
    MET = "met"
    MISSED = "missed"
    MISSING = "missing"
    DOUBT = "doubt"  # an open incident or a hold: left out
    OTHER = "other"  # counted by another definition: left out


class Slot(NamedTuple):
    """A period that is due: its first day, its value, and what that says of the level."""

    since: dt.date
    value: float | None
    told: Told

    @property
    def counts(self):
        return self.told in (Told.MET, Told.MISSED, Told.MISSING)


def keeping_of(slots, low, high):
    """The periods that count, held against the bounds."""
    return okrs.keeping((slot.value for slot in slots if slot.counts), low, high)


def slots(key_results, *, roots, known, at):
    """{key result id: its `Slot`s} of key results that keep to a level, in two queries at most.

    `roots` says whose values each goes by (its own, or those of the one it follows); `known` are the
    `Reading`s of those that follow a KPI.
    """
    by_kpi = [row for row in key_results if roots[row.pk].kpi_id]
    by_word = [row for row in key_results if not roots[row.pk].kpi_id]
    return _of_kpis(by_kpi, roots, known, at) | _of_check_ins(by_word, roots, at)


def _told(value, row):
    if value is None:
        return Told.MISSING
    return Told.MET if okrs.kept(value, row.low, row.high) else Told.MISSED


def _of_check_ins(rows, roots, at):
    """Weeks of the cycle that are over; one that goes on counts as soon as somebody has said something."""
    if not rows:
        return {}
    said = CheckIn.objects.filter(key_result__in={roots[row.pk].pk for row in rows})
    values: dict[int, dict] = {}
    for pk, week, value in said.order_by("week", "at", "pk").values_list("key_result", "week", "value"):
        values.setdefault(pk, {})[week] = value
    today, found = company_day(at), {}
    for row in rows:
        period, mine = row.objective.cycle.period, values.get(roots[row.pk].pk, {})
        weeks = okrs.weeks_of(period.first_day, period.last_day, settings.WEEK_STARTS_ON)
        due = [week for week in weeks if week + A_WEEK <= today or week in mine]
        found[row.pk] = [Slot(week, mine.get(week), _told(mine.get(week), row)) for week in due]
    return found


def _of_kpis(rows, roots, known, at):
    """The KPI's own periods, each due once its value is; without one by then it is missing."""
    today = company_day(at)
    groups: dict[tuple, list] = {}
    for row in rows:
        period = row.objective.cycle.period
        groups.setdefault((period.first_day, min(today, period.last_day)), []).append(row)
    found = {}
    for (first, until), those in groups.items():
        pairs = {(roots[row.pk].kpi_id, roots[row.pk].kpi_version_id) for row in those}
        points = points_of(pairs, first=first, until=until)
        for row in those:
            root = roots[row.pk]
            there = {period: one for period, *one in points[root.kpi_id, root.kpi_version_id]}
            due = _due(root.kpi, first, until, there, at)
            reading = known.get(root.pk)
            doubts = reading.suspicions if reading else ()
            found[row.pk] = [_slot(period, there.get(period), row, root, doubts) for period in due]
    return found


def _due(kpi, first, until, there, at):
    """The KPI's periods that begin in these days and whose value is there or overdue."""
    period = periods.start_of(periods.midnight(first), kpi.grain, settings.WEEK_STARTS_ON)
    if kpi.grain == Grain.WEEK and period.date() + dt.timedelta(days=3) < first:
        period += A_WEEK
    elif kpi.grain == Grain.MONTH and period.date() < first:
        period = periods.next_period(period, kpi.grain)
    end, zone = periods.midnight(until + dt.timedelta(days=1)), company_zone()
    grace, due = dt.timedelta(hours=kpi.freshness_hours), []
    while period < end:
        after = periods.next_period(period, kpi.grain)
        if period in there or periods.moment_of(after, kpi.grain, zone) + grace <= at:
            due.append(period)
        period = after
    return due


def _slot(period, point, row, root, doubts):
    day = period.astimezone(dt.UTC).date()
    value, version = point or (None, root.kpi_version_id)
    if any(doubt.covers(day) for doubt in doubts):
        return Slot(day, value, Told.DOUBT)
    if version > root.kpi_version_id:
        return Slot(day, value, Told.OTHER)
    return Slot(day, value, _told(value, row))
