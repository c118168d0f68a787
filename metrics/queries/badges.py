"""Accurate, up to date, accessible: what of a dashboard is so, and why or why not."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, Subquery

from metrics.models import AccessKind, Incident, Kpi, KpiStatus, LinkState, Point
from metrics.queries.quarantine import quarantine


@dataclass(frozen=True, slots=True)
class Badge:
    """`given` with the grounds for it, or not given with what is missing: `reasons`, in words."""

    name: str
    given: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a KPI decides about the badges of what shows it."""

    kpi: Kpi
    last: dt.datetime | None
    incidents: int
    quarantine: object | None

    def late(self, at):
        return self.last is not None and self.kpi.due_after(self.last) < at


@dataclass(slots=True)
class _Reasons:
    missing: list = field(default_factory=list)

    def add(self, kpis, one, many):
        """A sentence about some KPIs: by name where they are few."""
        if not kpis:
            return
        names = ", ".join(kpi.name for kpi in kpis[:3])
        more = f" and {len(kpis) - 3} more" if len(kpis) > 3 else ""
        self.missing.append(f"{one if len(kpis) == 1 else many}: {names}{more}")


def facts(kpi_ids, *, at):
    """{KPI id: `Facts`} in two queries."""
    ids = set(kpi_ids)
    if not ids:
        return {}
    last = Point.objects.main().filter(kpi=OuterRef("pk")).order_by("-period").values("period")[:1]
    incidents = Incident.objects.open().filter(kpi=OuterRef("pk")).order_by().values("kpi")
    number = incidents.annotate(number=Count("pk")).values("number")
    kpis = Kpi.objects.filter(pk__in=ids).annotate(last=Subquery(last), open_incidents=Subquery(number))
    held = quarantine(ids, at=at)
    return {
        kpi.pk: Facts(kpi, kpi.last, kpi.open_incidents or 0, held.get(kpi.pk))  # type: ignore[attr-defined]
        for kpi in kpis
    }


def badges(dashboard, of_kpis, *, at):
    """The three badges of a dashboard that shows the KPIs of these `Facts`."""
    return (
        _accurate(dashboard, of_kpis, at),
        _up_to_date(of_kpis, at),
        _accessible(dashboard, at),
    )


def _accurate(dashboard, of_kpis, at):
    """All its KPIs are approved and verified, none has an open incident, and nobody warns of it."""
    if not of_kpis:
        return Badge("Accurate", False, ("It names no KPI, so nothing can be said of its numbers",))
    today = at.date()
    reasons = _Reasons([f"Called stale: {dashboard.stale_reason}"] if dashboard.stale_at else [])
    reasons.add(
        [one.kpi for one in of_kpis if one.quarantine], "Not for decisions now", "Not for decisions now"
    )
    reasons.add(
        [one.kpi for one in of_kpis if one.incidents and not one.quarantine],
        "An incident is open",
        "Incidents are open",
    )
    unapproved = [one.kpi for one in of_kpis if one.kpi.status != KpiStatus.APPROVED]
    reasons.add(unapproved, "The definition is not approved", "Definitions are not approved")
    unverified = [
        one.kpi
        for one in of_kpis
        if one.kpi.status == KpiStatus.APPROVED
        and (one.kpi.verified_until is None or one.kpi.verified_until < today)
    ]
    reasons.add(unverified, "The definition is not verified", "Definitions are not verified")
    if reasons.missing:
        return Badge("Accurate", False, tuple(reasons.missing))
    number = "Its KPI is" if len(of_kpis) == 1 else f"All {len(of_kpis)} KPIs are"
    return Badge("Accurate", True, (f"{number} approved and verified", "No incident is open"))


def _up_to_date(of_kpis, at):
    """Every KPI on it has the values that were due by now."""
    if not of_kpis:
        return Badge("Up to date", False, ("It names no KPI, so nobody knows how fresh it is",))
    reasons = _Reasons()
    reasons.add([one.kpi for one in of_kpis if one.last is None], "No value yet", "No values yet")
    reasons.add([one.kpi for one in of_kpis if one.late(at)], "A value is overdue", "Values are overdue")
    if reasons.missing:
        return Badge("Up to date", False, tuple(reasons.missing))
    return Badge("Up to date", True, ("Every value that was due has arrived",))


def _accessible(dashboard, at):
    """Its audience is let in, its link answers, its owner is here, and it says how to ask for access."""
    missing, grounds = [], []
    if dashboard.is_board:
        if dashboard.roles or dashboard.team_ids:
            grounds.append("Shared beyond its own team")
        else:
            missing.append("It is shared with nobody beyond its team")
    else:
        if not (dashboard.roles or dashboard.team_ids or dashboard.audience):
            missing.append("It does not say for whom it is")
        if dashboard.link_state == LinkState.ANSWERS:
            grounds.append("Its link answers")
        elif dashboard.link_state == LinkState.BROKEN:
            missing.append(f"Its link does not work: {dashboard.link_words}")
        else:
            missing.append("Nobody knows whether its link works: " + (dashboard.link_words or "not checked"))
    if dashboard.owner is None:
        missing.append("Nobody owns it")
    elif not dashboard.owner.is_active:
        missing.append(f"Its owner {dashboard.owner.name} is no longer here")
    if dashboard.access == AccessKind.EVERYBODY:
        grounds.append("Everybody has access")
    elif dashboard.how_to_ask:
        grounds.append("It says how to ask for access")
    else:
        missing.append("It does not say how to ask for access")
    return Badge("Accessible", not missing, tuple(missing or grounds))
