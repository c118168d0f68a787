"""How objectives stand: their key results rolled up, their guardrails apart."""

from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby

from process.formulas import okrs
from process.models import KeyResult, Objective
from prodops.clock import company_day

from .standings import Standing, standings, time_gone


@dataclass(frozen=True)
class ObjectiveStanding:
    """An objective with its key results' standings, rolled up; guardrails stand apart."""

    objective: Objective
    time: float
    key_results: list[Standing] = field(default_factory=list)

    @property
    def counted(self):
        return [one for one in self.key_results if not one.key_result.guardrail]

    @property
    def guardrails(self):
        return [one for one in self.key_results if one.key_result.guardrail]

    @property
    def broken(self):
        return [one for one in self.guardrails if one.holding is False]

    @cached_property
    def share(self):
        """The weighted mean of the key results without guardrails, 0 to 1; None where nothing is to weigh."""
        try:
            return okrs.rolled_up((one.raw, one.key_result.weight) for one in self.counted)
        except okrs.ZeroWeights:
            return None

    @property
    def percent(self):
        return None if self.share is None else round(self.share * 100)

    @cached_property
    def pace(self):
        if self.share is None:
            return None
        rows = ((one.raw, one.expected, one.key_result.weight) for one in self.counted)
        return okrs.pace_of_objective(rows, self.time)


def objective_standings(objectives, *, at, known=None, said=None):
    """`ObjectiveStanding` of each of `objectives`, in their order.

    `known` are their key results' standings where the caller has them; else three queries find them, two
    where the caller has their check-ins (`said`, see `standings`).
    """
    listed = list(objectives)
    by_objective: dict[int, list[Standing]] = {one.pk: [] for one in listed}
    if known is None:
        rows = KeyResult.objects.filter(objective__in=by_objective).for_list()
        known = standings(rows.order_by("objective_id", "position", "pk"), at=at, said=said)
    for one in known:
        by_objective.get(one.key_result.objective_id, []).append(one)
    today = company_day(at)
    return [ObjectiveStanding(one, time_gone(one.cycle, today), by_objective[one.pk]) for one in listed]


def by_team(objective_standings):
    """[(team, its objectives' standings)] of standings that come in order of teams."""
    groups = groupby(objective_standings, key=lambda one: one.objective.team)
    return [(team, list(those)) for team, those in groups]
