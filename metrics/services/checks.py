"""Checking series: what is unusual, what is late; each said once, however often the checks run."""

import datetime as dt
from collections import defaultdict

from django.db import transaction

from metrics import queries
from metrics.models import Flag, FlagKind, FlagState, Kpi, KpiStatus, Point, Watch
from metrics.services import flags, incidents, quality
from metrics.stats import anomalies, following, periods, severity

# Younger flags ask somebody; older ones are history, marked on the chart.
ASKS_FOR = {
    periods.HOUR: dt.timedelta(days=3),
    periods.DAY: dt.timedelta(days=14),
    periods.WEEK: dt.timedelta(days=42),
    periods.MONTH: dt.timedelta(days=100),
}


def check(kpi_id, *, at):
    """Judge the points of one KPI that have not been judged, and whether the next is late.

    Gives the flags that are new and ask somebody. Killed half-way it leaves nothing; run again it finds no
    more.
    """
    return check_many([kpi_id], at=at)


@transaction.atomic
def check_many(kpi_ids, *, at, wait=True):
    """The same for many KPIs, in one transaction and at a small part of the cost.

    Without `wait` it leaves out those that somebody imports into or checks just now: they are checked then.
    """
    watches = _locked(kpi_ids, wait)
    if not watches:
        return []
    points = _unseen(watches, at)
    judged = [watch for watch in watches if points[watch.kpi_id] or watch.changed]
    special = queries.special_periods({watch.kpi: points[watch.kpi_id] for watch in judged})
    news = [_news(watch, points[watch.kpi_id], special.get(watch.kpi_id, ())) for watch in judged]
    followed = following.follow(news)
    _remember(judged, news, followed)
    findings = {
        watch.kpi: _findings(watch, points[watch.kpi_id], one, special.get(watch.kpi_id, ()))
        for watch, one in zip(judged, followed, strict=True)
    }
    raised = flags.keep(findings, asks_since=lambda kpi: at - ASKS_FOR[kpi.grain], at=at)
    incidents.extend({watch.kpi_id: points[watch.kpi_id][-1][0] for watch in judged if points[watch.kpi_id]})
    raised += _look_for_late([watch.kpi for watch in watches], at)
    raised += quality.look([watch.kpi for watch in watches], at=at)
    Watch.objects.filter(pk__in=[watch.pk for watch in watches]).update(checked_at=at)
    return raised


def _locked(kpi_ids, wait):
    """The KPIs' watches, locked in order of their keys so that two batches never wait for each other."""
    ids = list(kpi_ids)
    rows = Watch.objects.filter(kpi__in=ids).exclude(kpi__status=KpiStatus.DEPRECATED)
    lock = rows.select_for_update(of=("self",), skip_locked=not wait).select_related("kpi").order_by("pk")
    watches = list(lock)
    if len(watches) < len(ids):
        without = Kpi.objects.live().filter(pk__in=ids, watch=None).values_list("pk", flat=True)
        if Watch.objects.bulk_create([Watch(kpi_id=pk) for pk in without], ignore_conflicts=True):
            return list(lock.all())
    return watches


def _unseen(watches, at):
    """{KPI id: [(period, value)]} to judge: from the first point on where an older one has changed."""
    afresh = [watch.kpi_id for watch in watches if _afresh(watch)]
    going_on = [watch.kpi_id for watch in watches if not _afresh(watch)]
    rows = queries.unseen_points(afresh, going_on)
    # A period that has not ended is still filling up.
    end = {watch.kpi_id: watch.kpi.period_of(at) for watch in watches}
    points = defaultdict(list)
    for kpi_id, period, value in rows:
        if period < end[kpi_id]:
            points[kpi_id].append((period, value))
    return points


def _afresh(watch):
    return watch.changed or watch.checked_to is None


def _news(watch, points, special):
    state = None if _afresh(watch) else anomalies.State.from_bytes(bytes(watch.memory))
    whens = [period for period, _ in points]
    return following.News(state, whens, [value for _, value in points], [when in special for when in whens])


def _remember(watches, news, followed):
    """Keep the bands, as wide as the KPI's factor makes them, and what the next points are judged by."""
    bands, memories = [], []
    for watch, one, after in zip(watches, news, followed, strict=True):
        for when, band in zip(one.timestamps, after.expected, strict=True):
            bands.append((watch.kpi_id, when, *_widened(band, watch.factor)))
        memories.append((watch.pk, after.state.to_bytes(), one.timestamps[-1] if one.timestamps else None))
    Point.objects.write_expected(bands)
    Watch.objects.write_memories(memories)


def _widened(band, factor):
    if band is None:
        return None, None, None
    expected, low, high = band
    return expected, expected - factor * (expected - low), expected + factor * (high - expected)


def _findings(watch, points, followed, special):
    kpi = watch.kpi
    seen = dict(enumerate(points, start=followed.state.count - len(points)))

    def point(index):
        """(period, value) of the series' `index`-th point; those seen before have not changed."""
        return seen[index] if index in seen else kpi.points.main().series()[index]

    def first_gap(period):
        earlier = kpi.points.main().filter(period__lt=period).order_by("-period")
        last = earlier.values_list("period", flat=True).first()
        return periods.next_period(last, kpi.grain) if last else period

    return flags.findings(
        followed.flags, point, first_gap, afresh=_afresh(watch), factor=watch.factor, special=special
    )


def _look_for_late(kpis, at):
    """Flag the first period whose value is overdue; a value that has arrived takes its flag back."""
    last = queries.last_periods([kpi.pk for kpi in kpis])
    by_id = {kpi.pk: kpi for kpi in kpis}
    said: dict[int, dict] = defaultdict(dict)
    for flag in Flag.objects.filter(kpi__in=by_id, kind=FlagKind.LATE).select_related("incident"):
        said[flag.kpi_id][flag.period] = flag
    raised = []
    for kpi in kpis:
        period = last.get(kpi.pk)
        if period is not None:
            _settle_late(kpi, period, said[kpi.pk].values(), at)
        elif kpi.approved_at is None:
            continue  # nobody waits for the values of a draft
        else:
            period = kpi.period_of(kpi.approved_at)  # no data at all is an alarm too
        if at <= kpi.due_after(period):
            continue
        late = periods.next_period(period, kpi.grain)
        held, score = said[kpi.pk].get(late), _lateness(kpi, period, at)
        if held is None:
            raised.append(Flag(kpi=kpi, period=late, kind=FlagKind.LATE, raised_at=at, score=score))
            continue
        held.kpi = kpi
        if held.state == FlagState.WITHDRAWN:
            held.state, held.reason, held.raised_at, held.score = FlagState.FOUND, "", at, score
            raised.append(held)
        elif severity.severity("late", score, None, None) > severity.severity("late", held.score, None, None):
            held.score = score
            held.save(update_fields=["score"])
            if held.incident.is_open:
                incidents.tell(held.incident, [held], at=at)
    for flag in raised:
        flags.raise_(flag.kpi, [flag], at=at)
    return raised


def _lateness(kpi, period, at):
    """How late the value after `period` is, over how late is badly late."""
    hours = (at - kpi.due_after(period)).total_seconds() / 3600
    badly = (kpi.fails_after(period) - kpi.due_after(period)).total_seconds() / 3600
    return hours / max(badly, 1)


def _settle_late(kpi, last, late, at):
    """What was late has come, or never will: a later value is there and this one still is not."""
    for flag in late:
        if flag.state != FlagState.FOUND or flag.period > last:
            continue
        if kpi.points.main().filter(period=flag.period).exists():
            flags.withdraw([flag], flags.ARRIVED, at=at)
        elif not kpi.flags.filter(kind=FlagKind.MISSING, period=flag.period).exists():
            Flag.objects.filter(pk=flag.pk).update(kind=FlagKind.MISSING)
