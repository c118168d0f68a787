"""Checking series: what is unusual, what is late; each said once, however often the checks run."""

import datetime as dt
import math

from django.db import transaction

from metrics.models import Flag, FlagKind, FlagState, Kpi, KpiStatus, Point, Watch
from metrics.stats import anomalies, following, periods
from prodops import activity

# Younger flags ask somebody; older ones are history, marked on the chart.
ASKS_FOR = {
    periods.HOUR: dt.timedelta(days=3),
    periods.DAY: dt.timedelta(days=14),
    periods.WEEK: dt.timedelta(days=42),
    periods.MONTH: dt.timedelta(days=100),
}
TAKEN_BACK = "The values were corrected, and are no longer unusual."
ARRIVED = "The value has arrived."


@transaction.atomic
def check(kpi_id, *, at):
    """Judge the points of one KPI that have not been judged, and whether the next is late.

    Gives the flags that are new and open. Killed half-way it leaves nothing; run again it finds no more.
    """
    watch = Watch.objects.select_for_update().filter(kpi_id=kpi_id).select_related("kpi").first()
    if watch is None:
        if not Kpi.objects.filter(pk=kpi_id).exists():
            return []  # gone while the job waited
        Watch.objects.bulk_create([Watch(kpi_id=kpi_id)], ignore_conflicts=True)
        watch = Watch.objects.select_for_update().select_related("kpi").get(kpi_id=kpi_id)
    if watch.kpi.status == KpiStatus.DEPRECATED:
        return []
    afresh, points = _unseen(watch, at)
    followed = None
    if points or watch.changed:
        state = anomalies.State() if afresh else anomalies.State.from_bytes(bytes(watch.memory))
        followed = following.follow(state, *_columns(points))
    return _close(watch, points, followed, afresh=afresh, at=at)


@transaction.atomic
def check_first(kpis, *, at):
    """The same for several KPIs of which nothing has been judged yet, at a small part of the cost.

    Gives the flags that are new and open, of all of them.
    """
    locked = Watch.objects.select_for_update(of=("self",)).select_related("kpi")
    watches = list(locked.filter(kpi__in=kpis, checked_to=None).exclude(kpi__status=KpiStatus.DEPRECATED))
    unseen = [_unseen(watch, at)[1] for watch in watches]
    judged = following.follow_many([_columns(points) for points in unseen])
    return [
        flag
        for watch, points, followed in zip(watches, unseen, judged, strict=True)
        for flag in _close(watch, points, followed, afresh=True, at=at)
    ]


def _unseen(watch, at):
    """(whether all is judged anew, the points to judge): from the first one where an older one changed."""
    kpi = watch.kpi
    # A period that has not ended is still filling up.
    ended = kpi.points.main().filter(period__lt=kpi.period_of(at))
    afresh = watch.changed or watch.checked_to is None
    return afresh, list(ended.series() if afresh else ended.filter(period__gt=watch.checked_to).series())


def _columns(points):
    return [period for period, _ in points], [value for _, value in points]


def _close(watch, points, followed, *, afresh, at):
    """Keep what was found, look whether the next point is late, and tell of what is new."""
    kpi = watch.kpi
    raised = _learn(watch, points, followed, afresh=afresh, at=at) if followed else []
    raised += _look_for_late(kpi, at)
    Watch.objects.filter(pk=watch.pk).update(checked_at=at)
    if raised:
        flags = [{"flag": flag.pk, "kind": flag.kind, "period": flag.period.isoformat()} for flag in raised]
        kinds = ", ".join(
            f"{flag.get_kind_display().lower()} of {kpi.show_period(flag.period)}" for flag in raised
        )
        said = f"a flag: {kinds}" if len(flags) == 1 else f"{len(flags)} flags: {kinds}"
        activity.record("flag.raised", on=kpi, by=None, at=at, data={"flags": flags, "said": said})
    return raised


def _learn(watch, points, followed, *, afresh, at):
    """Keep the bands, what the next point is judged with, and the flags."""
    kpi, (whens, _) = watch.kpi, _columns(points)
    Point.objects.write_expected(kpi, whens, followed.expected)
    Watch.objects.filter(pk=watch.pk).update(
        memory=followed.state.to_bytes(), checked_to=whens[-1] if whens else None, changed=False
    )
    seen = dict(enumerate(points, start=followed.state.count - len(points)))
    return _keep(kpi, _incidents(kpi, followed.flags, seen), afresh=afresh, at=at)


def _incidents(kpi, found, seen):
    """{(period, kind): fields} of what was found, one for each incident.

    What an earlier spike or dip grew into takes that one's place and period: one flag, not two.
    """
    incidents: dict[tuple, dict] = {}
    for flag in found:
        period, value = _point(kpi, flag.index, seen)
        fields = {"value": value, "score": flag.score, **_band(flag)}
        if flag.upgrades is not None:
            period, _ = _point(kpi, flag.upgrades, seen)
            for kind in (FlagKind.SPIKE, FlagKind.DIP):
                fields = incidents.pop((period, kind), fields)
            fields["grew"] = True
        if flag.kind == FlagKind.MISSING:
            period, fields["value"] = _first_gap_before(kpi, period), None
        incidents[period, FlagKind(flag.kind)] = fields
    return incidents


def _point(kpi, index, seen):
    """(period, value) of the series' `index`-th point; those before the ones just seen have not changed."""
    return seen[index] if index in seen else kpi.points.main().series()[index]


def _first_gap_before(kpi, period):
    last = (
        kpi.points.main()
        .filter(period__lt=period)
        .order_by("-period")
        .values_list("period", flat=True)
        .first()
    )
    return periods.next_period(last, kpi.grain) if last else period


def _band(flag):
    band = {"expected": flag.expected, "low": flag.low, "high": flag.high}
    return {name: value if math.isfinite(value) else None for name, value in band.items()}


def _keep(kpi, incidents, *, afresh, at):
    """Bring the flags in line with what was found: raise, let grow, withdraw. Gives those newly open."""
    held = {(flag.period, flag.kind): flag for flag in kpi.flags.exclude(kind=FlagKind.LATE)}
    known_late = set(
        kpi.flags.filter(kind=FlagKind.LATE)
        .exclude(state=FlagState.WITHDRAWN)
        .values_list("period", flat=True)
    )
    fresh, again = [], []
    for (period, kind), fields in incidents.items():
        grew = fields.pop("grew", False)
        if (period, kind) in held:
            again += _again(held[period, kind], kpi, fields, at)
        elif grew and (smaller := _smaller(held, period)):
            again += _let_grow(smaller, kind, fields)
        elif not (kind == FlagKind.MISSING and period in known_late):
            state = _state(kpi, period, at)
            fresh.append(Flag(kpi=kpi, period=period, kind=kind, raised_at=at, state=state, **fields))
    if afresh:
        _withdraw(held, incidents)
    return [flag for flag in Flag.objects.bulk_create(fresh) + again if flag.state == FlagState.NEW]


def _state(kpi, period, at):
    return FlagState.NEW if period >= at - ASKS_FOR[kpi.grain] else FlagState.PAST


def _again(flag, kpi, fields, at):
    """A flag that the checks had withdrawn is found once more."""
    if flag.state != FlagState.WITHDRAWN:
        return []
    flag.state, flag.reason = _state(kpi, flag.period, at), ""
    for name, value in fields.items():
        setattr(flag, name, value)
    flag.save()
    return [flag]


def _smaller(held, period):
    return held.get((period, FlagKind.SPIKE)) or held.get((period, FlagKind.DIP))


def _let_grow(flag, kind, fields):
    """The spike or dip lasts: the same flag says so, and asks again where it had been dismissed."""
    asks_again = flag.state == FlagState.DISMISSED
    flag.kind, flag.score = kind, max(flag.score, fields["score"])
    if asks_again:
        flag.state, flag.answered_by, flag.answered_at, flag.reason = FlagState.NEW, None, None, ""
    flag.save()
    return [flag] if asks_again else []


def _withdraw(held, incidents):
    """Nobody has answered it and a full check no longer finds it: the values have been corrected."""
    gone = [
        flag.pk
        for key, flag in held.items()
        if key not in incidents and flag.state in (FlagState.NEW, FlagState.PAST)
    ]
    Flag.objects.filter(pk__in=gone).update(state=FlagState.WITHDRAWN, reason=TAKEN_BACK)


def _look_for_late(kpi, at):
    """Flag the first period whose value is overdue; a value that has arrived takes its flag back."""
    last = kpi.points.main().order_by("-period").values_list("period", flat=True).first()
    if last is None:
        return []
    _settle_late(kpi, last)
    if at <= kpi.due_after(last):
        return []
    period = periods.next_period(last, kpi.grain)
    flag, created = Flag.objects.get_or_create(
        kpi=kpi, period=period, kind=FlagKind.LATE, defaults={"raised_at": at, "score": 1}
    )
    return [flag] if created else []


def _settle_late(kpi, last):
    """What was late has come, or never will: a later value is there and this one still is not."""
    for flag in kpi.flags.open().filter(kind=FlagKind.LATE, period__lte=last):
        if kpi.points.main().filter(period=flag.period).exists():
            Flag.objects.filter(pk=flag.pk).update(state=FlagState.WITHDRAWN, reason=ARRIVED)
        elif not kpi.flags.filter(kind=FlagKind.MISSING, period=flag.period).exists():
            Flag.objects.filter(pk=flag.pk).update(kind=FlagKind.MISSING)
