"""Keeping flags in line with what the checks find: raised once, growing, taken back."""

import math
from collections import defaultdict
from dataclasses import dataclass, field

from metrics.models import DETECTED, Cause, Flag, FlagKind, FlagState, KpiVersion
from metrics.services import incidents
from metrics.stats import periods

TAKEN_BACK = "The values were corrected, and are no longer unusual."
EXPLAINED = "It is noted now what happened that day, and with that the value is not unusual."
ARRIVED = "The value has arrived."
BREAK_PERIODS = 10
"""What moves within so many periods of a change of definition is that change."""


@dataclass
class Findings:
    """What the check of one KPI found: {(period, kind): fields}, one for each change.

    `grew` are those that an earlier spike or dip grew into; they stand at that one's period. `afresh`: the
    whole series was judged, so that what is not found any more is gone. `special` are periods of which it is
    known why they are otherwise: what is gone from them was explained.
    """

    found: dict = field(default_factory=dict)
    grew: set = field(default_factory=set)
    afresh: bool = False
    special: frozenset = frozenset()


def findings(flags, point, first_gap, *, afresh, factor, special=()):
    """`Findings` of a detector's flags; `point(index)` gives (period, value), `first_gap(period)` a period.

    What does not reach the KPI's `factor` is not worth a flag.
    """
    findings = Findings(afresh=afresh, special=frozenset(special))
    for flag in flags:
        period, value = point(flag.index)
        fields = {"value": value, "score": flag.score, **_band(flag)}
        kind = FlagKind(flag.kind)
        if flag.upgrades is not None:
            period, _ = point(flag.upgrades)
            for smaller in (FlagKind.SPIKE, FlagKind.DIP):
                fields = findings.found.pop((period, smaller), fields)
            findings.grew.add((period, kind))
        if kind == FlagKind.MISSING:
            period, fields["value"] = first_gap(period), None
        elif fields["score"] < factor:
            continue
        findings.found[period, kind] = fields
    return findings


def _band(flag):
    band = {"expected": flag.expected, "low": flag.low, "high": flag.high}
    return {name: value if math.isfinite(value) else None for name, value in band.items()}


def keep(findings_of, *, asks_since, at):
    """Bring the flags of KPIs in line: `findings_of` is {KPI: Findings}. Gives the flags that ask somebody.

    `asks_since(kpi)` is the period from which on a flag asks; older ones are history. Three queries where
    nothing is found.
    """
    news = {kpi: one for kpi, one in findings_of.items() if one.found or one.afresh}
    if not news:
        return []
    held: dict[int, dict] = defaultdict(dict)
    by_id = {kpi.pk: kpi for kpi in news}
    for flag in Flag.objects.filter(kpi__in=by_id).select_related("incident"):
        flag.kpi = by_id[flag.kpi_id]
        held[flag.kpi_id][flag.period, flag.kind] = flag
    breaks = _breaks([kpi for kpi, one in news.items() if one.found])
    asking = []
    for kpi, one in news.items():
        asking += _keep_one(kpi, one, held[kpi.pk], asks_since(kpi), breaks[kpi.pk], at)
    return asking


def _breaks(kpis):
    """{KPI id: [(first, last period) after a change of what is counted]}."""
    breaks = defaultdict(list)
    by_id = {kpi.pk: kpi for kpi in kpis}
    recounts = KpiVersion.objects.filter(
        kpi__in=by_id, recounts=True, number__gt=1, state__in=("live", "past")
    )
    for kpi_id, day in recounts.values_list("kpi_id", "effective_from"):
        if day is None:
            continue
        first = last = periods.midnight(day)
        for _ in range(BREAK_PERIODS):
            last = periods.next_period(last, by_id[kpi_id].grain)
        breaks[kpi_id].append((first, last))
    return breaks


def _keep_one(kpi, findings, held, asks_since, breaks, at):
    known_late = {
        period
        for (period, kind), flag in held.items()
        if kind == FlagKind.LATE and flag.state != FlagState.WITHDRAWN
    }
    fresh: list[Flag] = []
    past: list[Flag] = []
    for (period, kind), fields in findings.found.items():
        asks = period >= asks_since and not any(first <= period <= last for first, last in breaks)
        if flag := held.get((period, kind)):
            if flag.state != FlagState.WITHDRAWN:
                continue
            for name, value in {**fields, "reason": ""}.items():
                setattr(flag, name, value)
        elif (period, kind) in findings.grew and (smaller := _smaller(held, period)):
            _let_grow(smaller, kind, fields, at=at)
            continue
        elif kind == FlagKind.MISSING and period in known_late:
            continue
        else:
            flag = Flag(kpi=kpi, period=period, kind=kind, raised_at=at, **fields)
        flag.state = FlagState.FOUND if asks else FlagState.PAST
        (fresh if asks else past).append(flag)
    raise_(kpi, fresh, at=at)
    for flag in past:
        flag.incident = None
    _save(past)
    if findings.afresh:
        gone = [
            flag
            for key, flag in held.items()
            if key not in findings.found and flag.kind in DETECTED and flag.state != FlagState.WITHDRAWN
        ]
        explained = [flag for flag in gone if flag.period in findings.special]
        withdraw(explained, EXPLAINED, at=at, cause=Cause.REAL_CHANGE)
        withdraw([flag for flag in gone if flag not in explained], TAKEN_BACK, at=at)
    return fresh


def raise_(kpi, flags, *, at):
    """Save flags that ask somebody, each with its incident, and tell of them."""
    if not flags:
        return
    placed = incidents.place(kpi, flags, at=at)
    _save(flags)
    for incident, those in placed.items():
        incidents.tell(incident, those, at=at)


def withdraw(flags, reason, *, at, cause=Cause.PIPELINE):
    """What was found is no longer there: the flags go, and incidents of which nothing is left.

    `cause` is what such an incident turned out to be.
    """
    if not flags:
        return
    Flag.objects.filter(pk__in=[flag.pk for flag in flags]).update(state=FlagState.WITHDRAWN, reason=reason)
    incidents.settle({flag.incident_id for flag in flags if flag.incident_id}, at=at, cause=cause)


def _save(flags):
    again = [flag for flag in flags if flag.pk is not None]
    Flag.objects.bulk_create([flag for flag in flags if flag.pk is None])
    for flag in again:
        flag.save()


def _smaller(held, period):
    return held.get((period, FlagKind.SPIKE)) or held.get((period, FlagKind.DIP))


def _let_grow(flag, kind, fields, *, at):
    """The spike or dip lasts: the same flag says so, and its incident asks again where it was resolved."""
    flag.kind, flag.score = kind, max(flag.score, fields["score"])
    flag.save()
    if flag.state == FlagState.FOUND:
        incidents.grow(flag, at=at)
