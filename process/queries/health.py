"""How the practice of OKRs itself is: by team and over cycles, never by person."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain, repeat

from django.conf import settings
from django.db.models import Count, Exists, F, Max, OuterRef, Q

from process.formulas import grades, okrs
from process.models import CheckIn, CycleState, Intent, KeyResult, OkrCycle, Source
from prodops.clock import company_day
from prodops.models import Team

GONE_BY = (CycleState.ACTIVE, CycleState.GRADING, CycleState.CLOSED)
CYCLES = 8
FEWEST_PEOPLE = 2  # a figure of one person's confidence would be a figure about that person


@dataclass
class Part:
    """How many of how many."""

    done: int = 0
    of: int = 0

    @property
    def share(self):
        return self.done / self.of if self.of else None

    @property
    def percent(self):
        return None if self.share is None else round(self.share * 100)

    def count(self, hit):
        self.done += bool(hit)
        self.of += 1


@dataclass
class Health:
    """The figures of a cycle, or of one team in it.

    `pairs` counts (confidence, whether it was reached) of weekly check-ins on graded key results.
    """

    bound: Part = field(default_factory=Part)
    fresh: Part = field(default_factory=Part)
    on_time: Part = field(default_factory=Part)
    pairs: dict[tuple[int, bool], int] = field(default_factory=dict)
    people: set[int] = field(default_factory=set)

    @property
    def said(self):
        return sum(self.pairs.values())

    @property
    def too_few(self):
        """There would be a score, but it would be one person's."""
        return bool(self.pairs) and len(self.people) < FEWEST_PEOPLE

    @property
    def brier(self):
        if not self.pairs or self.too_few:
            return None
        return grades.brier(chain.from_iterable(repeat(pair, number) for pair, number in self.pairs.items()))


def _of(key, cycles, at):
    """{key: `Health`} of key results of `cycles`; `key` is the column they are gathered by."""
    found: dict[int, Health] = defaultdict(Health)
    by_cycle = {cycle.pk: cycle for cycle in cycles}
    counted = Q(guardrail=False, objective__abandoned_at=None, objective__archived_at=None)
    rows = KeyResult.objects.filter(counted, objective__cycle__in=by_cycle).annotate(
        where=F(key), last=Max("check_ins__week")
    )
    for where, cycle, source, last, on_time in rows.order_by().values_list(
        "where", "objective__cycle", "source", "last", "grade__on_time"
    ):
        health = found[where]
        health.bound.count(source == Source.KPI)
        health.fresh.count(last is not None and last >= _fresh_from(by_cycle[cycle], at))
        if by_cycle[cycle].state == CycleState.CLOSED or (
            by_cycle[cycle].state == CycleState.GRADING and on_time is not None
        ):
            health.on_time.count(on_time)
    _add_confidence(found, key, by_cycle)
    return found


def _fresh_from(cycle, at):
    """A check-in of this week or a later one is fresh: the week before the one of today or the last day."""
    on = min(company_day(at), cycle.period.last_day)
    return okrs.week_of(on, settings.WEEK_STARTS_ON) - dt.timedelta(days=7)


def _add_confidence(found, key, cycles):
    later = CheckIn.objects.filter(key_result=OuterRef("key_result"), week=OuterRef("week")).filter(
        Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    )
    weekly = CheckIn.objects.filter(
        ~Exists(later),
        key_result__guardrail=False,
        key_result__grade__isnull=False,
        key_result__objective__cycle__in=cycles,
        key_result__objective__abandoned_at=None,
        key_result__objective__archived_at=None,
    ).order_by()
    for where, said, grade, intent, who, number in (
        weekly.annotate(where=F(f"key_result__{key}"))
        .values_list("where", "confidence", "key_result__grade__value", "key_result__objective__intent", "by")
        .annotate(number=Count("pk"))
    ):
        pair = (said, grades.reached(grade, committed=intent == Intent.COMMITTED))
        found[where].pairs[pair] = found[where].pairs.get(pair, 0) + number
        found[where].people.add(who)


def health_of_cycles(*, at):
    """[(cycle, its `Health`)] of the last cycles that were active, oldest first."""
    gone_by = OkrCycle.objects.filter(state__in=GONE_BY)
    newest = sorted(gone_by, key=lambda one: (one.period.last_day, one.number is None))[-CYCLES:]
    found = _of("objective__cycle", newest, at)
    return [(one, found.get(one.pk, Health())) for one in newest]


def health_of_teams(cycle, *, at):
    """[(team, its `Health`)] in a cycle, by name."""
    found = _of("objective__team", [cycle], at)
    return [(team, found[team.pk]) for team in Team.objects.filter(pk__in=found).order_by("name")]
