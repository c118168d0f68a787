"""Reads of the catalogue of dashboards."""

from dataclasses import dataclass

from django.db.models import Count, Q

from metrics.models import Dashboard, DashboardState, Kpi
from metrics.queries.badges import badges, facts


@dataclass(frozen=True, slots=True)
class Facets:
    """What all dashboards in use are, for the filters and the head of the list."""

    tools: list
    teams: list
    owners: list
    total: int
    boards: int
    broken: int


def facets(dashboards):
    """Tools, teams and owners of what is in use, and how many, in one query."""
    rows = list(
        dashboards.filter(state=DashboardState.ACTIVE)
        .order_by()
        .values("tool", "team_id", "team__name", "owner_id", "owner__name")
        .annotate(
            total=Count("pk"),
            boards=Count("pk", filter=Q(kind="board")),
            broken=Count("pk", filter=Q(link_state="broken")),
        )
    )
    return Facets(
        tools=sorted({(row["tool"], row["tool"]) for row in rows}, key=lambda one: one[1].lower()),
        teams=sorted({(row["team_id"], row["team__name"]) for row in rows}, key=lambda one: one[1]),
        owners=sorted(
            {(row["owner_id"], row["owner__name"]) for row in rows if row["owner_id"]},
            key=lambda one: one[1],
        ),
        total=sum(row["total"] for row in rows),
        boards=sum(row["boards"] for row in rows),
        broken=sum(row["broken"] for row in rows),
    )


def badges_of(dashboards, *, at):
    """{dashboard id: (accurate, up to date, accessible)} of rows loaded `with_kpis`, in two queries."""
    rows = list(dashboards)
    known = facts({pk for row in rows for pk in row.kpi_ids}, at=at)
    return {row.pk: badges(row, [known[pk] for pk in row.kpi_ids if pk in known], at=at) for row in rows}


def kpi_names(dashboards):
    """{KPI id: name} of all that the rows show."""
    ids = {pk for row in dashboards for pk in row.kpi_ids}
    return dict(Kpi.objects.filter(pk__in=ids).values_list("pk", "name"))


def reasons_to_clean_up(dashboard, *, at, unused_since):
    """Why a row of the clean-up stands there, in words; `with_use` has loaded it."""
    reasons = []
    if dashboard.is_broken:
        reasons.append(f"Its link is broken: {dashboard.link_words}")
    if dashboard.owner is None:
        reasons.append("Nobody owns it")
    elif not dashboard.owner.is_active:
        reasons.append(f"Its owner {dashboard.owner.name} is no longer here")
    last = dashboard.last_used
    if dashboard.added_at <= unused_since and (last is None or last <= unused_since.date()):
        reasons.append("Nobody has opened it in 90 days" if last else "Nobody has ever opened it")
    return [*reasons, *dashboard.stale_reasons(at)]


def shown_on(kpi, user):
    """The dashboards in use that show the KPI and that the person may see."""
    return list(Dashboard.objects.visible_to(user).active().showing(kpi).for_list().order_by("name", "pk"))
