"""Review meetings: the agenda by risk, a screen, the minutes, the actions that wait."""

import datetime as dt

from django.db.models import Count, Prefetch, Q

from process.formulas import agendas, okrs
from process.models import CheckIn, Decision, Objective, ReviewAction, ReviewMeeting
from prodops.memory import remembered

from .objectives import objective_standings
from .standings import week_at

LOOKED_BACK = dt.timedelta(days=63)  # for the confidence before the last


def agenda(cycle, team, *, at):
    """[(`ObjectiveStanding`, its `Risks`)] of a cycle's objectives (of `team`, if any), the gravest first."""
    objectives = Objective.objects.for_list().filter(cycle=cycle, abandoned_at=None, archived_at=None)
    if team is not None:
        objectives = objectives.filter(team=team)
    shown = objective_standings(objectives.order_by("team__name", "position", "pk"), at=at)
    falling = _falling([one.key_result.pk for standing in shown for one in standing.key_results], at)
    found = [(one, risks(one, falling)) for one in shown]
    return [found[place] for place in agendas.order([(risk, one.share) for one, risk in found])]


def risks(standing, falling):
    """The `Risks` of an `ObjectiveStanding`; `falling` are the ids of key results with falling confidence."""
    count = standing.counted
    return agendas.Risks(
        at_risk=sum(one.pace == okrs.Pace.AT_RISK for one in count),
        disagreeing=sum(bool(one.disagreement) for one in count),
        stale=sum(one.stale for one in count),
        falling=sum(one.key_result.pk in falling for one in count),
        broken=len(standing.broken),
    )


def _falling(key_results, at):
    """Those of the key results whose last confidence is below the one of the week before."""
    said = CheckIn.objects.filter(key_result__in=key_results, week__gte=week_at(at) - LOOKED_BACK)
    weekly: dict[int, dict] = {}
    for pk, week, confidence in said.order_by("week", "at", "pk").values_list(
        "key_result_id", "week", "confidence"
    ):
        weekly.setdefault(pk, {})[week] = confidence
    return {pk for pk, weeks in weekly.items() if agendas.falls(weeks.values())}


def meetings_with_counts():
    """Review meetings for a list, each with how many items, decisions and actions it has."""
    return ReviewMeeting.objects.annotate(
        items_count=Count("items", distinct=True),
        discussed_count=Count("items", filter=Q(items__discussed_at__isnull=False), distinct=True),
        decisions_count=Count("items__decisions", distinct=True),
        actions_count=Count("items__actions", distinct=True),
        undone_count=Count(
            "items__actions",
            filter=Q(items__actions__isnull=False, items__actions__done_at=None),
            distinct=True,
        ),
    )


def minutes(meeting):
    """The items of a meeting in order, each with its objective, decisions and actions loaded."""
    return list(
        meeting.items.select_related("objective__team", "objective__owner").prefetch_related(
            Prefetch("decisions", Decision.objects.select_related("by")),
            Prefetch("actions", ReviewAction.objects.select_related("owner")),
        )
    )


def owing():
    """The ids of those who promised something in review meetings and have not done it yet."""
    owners = ReviewAction.objects.undone().values_list("owner", flat=True)
    return remembered("process.owing", lambda: set(owners.order_by().distinct()))


def my_actions(user):
    """What a person promised in review meetings and has not done yet, the most pressing first."""
    return ReviewAction.objects.visible_to(user).undone().filter(owner=user).for_list()
