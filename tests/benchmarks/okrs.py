"""A large cycle: 200 teams with 4 objectives of 4 key results each, below five of the company."""

from django.utils import timezone

from process.models import Alignment, CycleState, KeyResult, Level, Objective, OkrCycle
from prodops.models import Role, Team, User

TEAMS, EACH, TOPS = 200, 4, 5
YEAR = 2040


def fill():
    """The cycle, built where it is missing."""
    # not of the person who is measured: each page counts what waits for them
    by, now = User.objects.filter(role=Role.MEMBER).order_by("pk").first(), timezone.now()
    signed = {"state": CycleState.ACTIVE, "activated_at": now, "activated_by": by}
    cycle, made = OkrCycle.objects.get_or_create(year=YEAR, number=1, defaults=signed)
    if not made:
        return cycle
    slugs = [f"bench-team-{n}" for n in range(TEAMS)]
    Team.objects.bulk_create((Team(slug=slug, name=slug) for slug in slugs), ignore_conflicts=True)
    teams = list(Team.objects.filter(slug__in=slugs).order_by("pk"))
    about = {"cycle": cycle, "owner": by, "created_at": now}
    tops = Objective.objects.bulk_create(
        Objective(team=teams[0], title=f"The company's number {n}", level=Level.COMPANY, **about)
        for n in range(TOPS)
    )
    ours = Objective.objects.bulk_create(
        Objective(team=team, title=f"{team} is better at {n}", position=n, **about)
        for team in teams
        for n in range(EACH)
    )
    KeyResult.objects.bulk_create(
        KeyResult(
            **{"objective": one, "owner": by, "title": f"Result {n}", "start": 0.0, "target": 100.0},
            **{"current": float(one.pk * 7 % 101), "position": n},
        )
        for one in (*tops, *ours)
        for n in range(EACH)
    )
    Alignment.objects.bulk_create(
        Alignment(child=one, parent=tops[place % TOPS], by=by, at=now) for place, one in enumerate(ours)
    )
    return cycle
