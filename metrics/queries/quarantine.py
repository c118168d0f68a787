"""Which KPIs' data are not to be decided on, and why."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import DateTimeField, F, IntegerField, Value

from metrics.models import Hold, Incident, Severity, Way
from metrics.stats import periods


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Do not use for decisions: until when (None: until the incident is resolved), and why.

    `incident` is the id of the incident behind it, None where somebody set it by hand. `since` and `upto`
    are the first and last affected periods.
    """

    until: dt.datetime | None
    incident: int | None
    words: str
    since: dt.datetime
    upto: dt.datetime

    def covers(self, first, last):
        """Whether data of the days `first` to `last` have something to do with it."""
        return self.since.date() <= last and first <= self.upto.date()


def quarantine(kpi_ids, *, at):
    """{KPI id: `Quarantine`} of those in quarantine at `at`, in one query; none without ids.

    Of several the gravest incident speaks; by hand comes after incidents.
    """
    ids = {pk for pk in kpi_ids if pk is not None}
    if not ids:
        return {}
    incidents = Incident.objects.grave().filter(kpi__in=ids)
    holds = Hold.objects.in_force(at).filter(kpi__in=ids)
    never, by_hand = Value(None, DateTimeField()), Value(0, IntegerField())
    rows = (
        incidents.order_by()
        .annotate(grain=F("kpi__grain"), ends=never, weight=F("severity"), said=F("way"))
        .values_list("kpi_id", "weight", "pk", "grain", "ends", "said", "window_from", "window_to")
        .union(
            holds.order_by()
            .annotate(grain=F("kpi__grain"), ends=F("until"), weight=by_hand, said=F("reason"))
            .values_list("kpi_id", "weight", "pk", "grain", "ends", "said", "window_from", "window_to"),
            all=True,
        )
    )
    found = {}
    for kpi_id, weight, pk, grain, until, said, since, upto in sorted(rows, key=lambda row: (row[1], row[2])):
        words = _of_incident(weight, said, grain, since, upto) if weight else said
        found[kpi_id] = Quarantine(until, pk if weight else None, words, since, upto)
    return found


def quarantine_of(kpi, incidents, *, at):
    """The same of one KPI whose open incidents are loaded; asks only where it may be held by hand.

    The KPI says so by `is_held` (`KpiQuerySet.with_hold`).
    """
    if kpi.is_held:
        return quarantine([kpi.pk], at=at).get(kpi.pk)
    grave = [incident for incident in incidents if incident.is_grave]
    if not grave:
        return None
    one = max(grave, key=lambda incident: (incident.severity, incident.pk))
    words = _of_incident(one.severity, one.way, kpi.grain, one.window_from, one.window_to)
    return Quarantine(None, one.pk, words, one.window_from, one.window_to)


def _of_incident(severity, way, grain, since, upto):
    first, last = periods.in_words(since, grain), periods.in_words(upto, grain)
    when = first if first == last else f"{first} to {last}"
    return f"{Severity(severity).label} incident: {Way(way).label.lower()}, {when}"
