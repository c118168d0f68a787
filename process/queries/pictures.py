"""What the chart of a key result shows, by its kind and its source, and the table behind it."""

import datetime as dt
from statistics import fmean

from django.conf import settings

from process.formulas import charts, okrs
from process.formulas.charts import Spot
from process.models import Kind
from prodops.clock import company_day

from .keeping import Told
from .readings import points_of


def pictures(standings, said, *, at):
    """{key result id: `Picture`} of the standings of one cycle.

    `said` are their check-ins by key result id. At most one query, for those that follow a KPI.
    """
    if not standings:
        return {}
    cycle = standings[0].key_result.objective.cycle
    first, until = cycle.period.first_day, min(company_day(at), cycle.period.last_day)
    roots = {one.key_result.pk: _root(one) for one in standings}
    pairs = {(row.kpi_id, row.kpi_version_id) for row in roots.values() if row.kpi_id}
    points = points_of(pairs, first=first, until=until)
    return {
        one.key_result.pk: _picture(
            one,
            _spots(one, roots[one.key_result.pk], points, said.get(one.key_result.pk, [])),
            today=company_day(at),
        )
        for one in standings
    }


def _root(standing):
    return standing.followed.key_result if standing.followed else standing.key_result


def _spots(standing, root, points, said):
    row = standing.key_result
    if row.keeps:
        return [
            Spot(slot.since, slot.value, str(slot.told), slot.told == Told.OTHER)
            for slot in standing.slots
            if slot.value is not None
        ]
    if row.kind == Kind.MILESTONES and standing.thing is None and standing.steps:
        return _done(standing.steps, row.objective.cycle.period.first_day)
    if root.kpi_id:
        weekly = _weekly(points[root.kpi_id, root.kpi_version_id], root, standing.doubts)
        if weekly:
            return weekly
    last_of_week = {one.week: one for one in reversed(said)}
    return sorted(Spot(company_day(one.at), one.value) for one in last_of_week.values())


def _done(steps, first):
    """The percent of the milestones that was done from each day on, by their weights."""
    whole = sum(step.weight for step in steps)
    spots, share = [Spot(first, 0.0)], 0.0
    for step in sorted((step for step in steps if step.done), key=lambda step: step.done_at):
        share += step.weight
        spots.append(Spot(max(company_day(step.done_at), first), 100 * share / whole))
    return spots


def _weekly(points, root, doubts):
    """The mean of each week's values: those in doubt apart, another definition's a run of their own."""
    weeks: dict[tuple, list] = {}
    for period, value, version in points:
        day = period.astimezone(dt.UTC).date()
        told = Told.DOUBT if any(doubt.covers(day) for doubt in doubts) else ""
        key = (okrs.week_of(day, settings.WEEK_STARTS_ON), version > root.kpi_version_id, str(told))
        weeks.setdefault(key, []).append((day, value))
    return [
        Spot(those[-1][0], fmean(value for _, value in those), "other" if newer and not told else told, newer)
        for (_, newer, told), those in weeks.items()
    ]


def _picture(standing, spots, *, today):
    row, period = standing.key_result, standing.key_result.objective.cycle.period
    even, marks = None, [bound for bound in (row.low, row.high) if bound is not None]
    if row.kind == Kind.MILESTONES:
        even, marks = (0.0, 100.0), [0.0, 100.0]
        spots = (
            [*spots, Spot(min(today, period.last_day), standing.value)] if spots and standing.live else spots
        )
    elif row.kind == Kind.ORDINAL:
        even, marks = (row.start, row.target), [float(place) for place in range(len(row.levels))]
    elif not row.keeps:
        even, marks = (row.start, row.target), [row.start, row.target]
    changed = standing.changed
    return charts.picture(
        spots,
        first=period.first_day,
        last=period.last_day,
        today=today,
        marks=marks,
        even=even,
        low=row.low,
        high=row.high,
        steps=row.kind in (Kind.MILESTONES, Kind.ORDINAL),
        doubts=[(doubt.since, doubt.upto) for doubt in standing.doubts],
        breaks=[changed.since] if changed and changed.since else [],
    )
