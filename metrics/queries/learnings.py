"""What speaks for a learning and against it."""

from dataclasses import dataclass
from typing import Any

from metrics.models import LearningExperiment, LearningInsight, Stance
from prodops.access import Can, allowed
from research.models import Insight


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece: an experiment or an insight (the other is None), with the link that says how it bears."""

    kind: str
    link: Any
    experiment: object | None = None
    insight: object | None = None


@dataclass(frozen=True, slots=True)
class Sides:
    """Evidence for and against; `hidden` counts insights that the person may not read."""

    supporting: list
    contradicting: list
    hidden: int


def evidence_of(learning, user):
    """All that bears on a learning as far as `user` may read it, in three queries."""
    pieces = [
        Evidence("experiment", link, experiment=link.experiment)
        for link in LearningExperiment.objects.filter(learning=learning).select_related("experiment", "by")
    ]
    links = list(LearningInsight.objects.filter(learning=learning).select_related("by"))
    seen = {}
    if links and allowed(user, Can.RESEARCH_READ):
        wanted = Insight.objects.visible_to(user).filter(pk__in=[link.insight_id for link in links])
        seen = {one.pk: one for one in wanted}
    shown = [link for link in links if link.insight_id in seen]
    pieces += [Evidence("insight", link, insight=seen[link.insight_id]) for link in shown]
    return Sides(
        supporting=[one for one in pieces if one.link.stance == Stance.SUPPORTS],
        contradicting=[one for one in pieces if one.link.stance == Stance.CONTRADICTS],
        hidden=len(links) - len(shown),
    )
