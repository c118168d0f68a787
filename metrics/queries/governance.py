"""How well KPIs are looked after: five questions, and which KPIs of which team fail them."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from metrics.models import Conflict, ConflictKind, Kpi, KpiStatus, Point
from prodops.clock import company_day

# key: (title, what it means and what to do)
PROBLEMS = {
    "unowned": ("Unowned", "Nobody who still works here answers for it. Give it an owner."),
    "unreviewed": (
        "Unreviewed",
        "Nobody has approved it, its source drifted, or its verification is over. Review or verify it.",
    ),
    "undefined": (
        "Undefined",
        "It is described in words only: neither a typed definition nor SQL says how it is counted.",
    ),
    "duplicated": (
        "Duplicated",
        "Another KPI in use counts the very same. Merge them, or say what differs.",
    ),
    "stale": ("Stale", "It has no values, or its next value is overdue. Import some or see to its source."),
}


def _conditions(at):
    """{problem: condition on KPIs}"""
    today = company_day(at)
    alike = Conflict.objects.open().filter(kind=ConflictKind.SAME_COUNT)
    either = alike.filter(Q(first=OuterRef("pk")) | Q(second=OuterRef("pk")))
    return {
        "unowned": Q(owner=None) | Q(owner__is_active=False),
        "unreviewed": ~Q(status=KpiStatus.APPROVED) | Q(verified_until=None) | Q(verified_until__lt=today),
        "undefined": Q(count_version__definition={}, count_version__sql={}),
        "duplicated": Q(Exists(either)),
        "stale": ~Q(Exists(Point.objects.filter(kpi=OuterRef("pk"))))
        | Q(pk__in=Kpi.objects.stale(at).values("pk")),
    }


def with_problem(kpis, problem, at):
    """Those of `kpis` in use that fail one of the five questions."""
    return kpis.live().filter(_conditions(at)[problem])


@dataclass(frozen=True, slots=True)
class Health:
    """A team's KPIs in use and how many of them have each problem."""

    team_id: int
    team: str
    kpis: int
    counts: dict

    @property
    def score(self):
        """The share of answers that are good, in percent: 100 means no KPI fails any of the five."""
        return (
            round(100 * (1 - sum(self.counts.values()) / (len(PROBLEMS) * self.kpis))) if self.kpis else 100
        )


def by_team(kpis, at):
    """[Health] of the teams that have KPIs, the worst first, in one query; then of all together."""
    flags = {f"is_{name}": Count("pk", filter=condition) for name, condition in _conditions(at).items()}
    rows = kpis.live().order_by().values("team_id", "team__name").annotate(kpis=Count("pk"), **flags)
    teams = [
        Health(row["team_id"], row["team__name"], row["kpis"], {one: row[f"is_{one}"] for one in PROBLEMS})
        for row in rows
    ]
    teams.sort(key=lambda health: (health.score, health.team))
    total = {one: sum(health.counts[one] for health in teams) for one in PROBLEMS}
    return teams, Health(0, "", sum(health.kpis for health in teams), total)
