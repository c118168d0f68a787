"""What a cycle's gates ask: the computed lines of a checklist, and who has to do something for them."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Exists, OuterRef
from django.urls import reverse

from process.models import (
    Alignment,
    CheckIn,
    CycleGate,
    CycleState,
    GateItem,
    KeyResult,
    Kind,
    Level,
    Objective,
    OkrCycle,
)
from prodops.clock import company_day
from prodops.models import Level as MemberLevel
from prodops.models import Membership, Team, User

from .grading import missing_postmortems, to_grade
from .standings import week_at


@dataclass(frozen=True)
class Missing:
    """One thing that a gate still waits for, and the people who can mend it."""

    what: str
    people: tuple[User, ...] = ()
    team: Team | None = None
    url: str = ""


@dataclass(frozen=True)
class Check:
    """A computed line of a checklist: met where nothing is missing."""

    title: str
    missing: list[Missing] = field(default_factory=list)

    @property
    def met(self):
        return not self.missing


class Facts:
    """What the checks of a cycle read; each is loaded once, and only where a check asks for it."""

    def __init__(self, cycle, *, at):
        self.cycle, self.at = cycle, at

    @cached_property
    def objectives(self):
        rows = Objective.objects.counted().filter(cycle=self.cycle).for_list()
        counted = rows.annotate(results=Count("key_results"))
        return list(counted.order_by("team__name", "team_id", "position", "pk"))

    @cached_property
    def key_results(self):
        said = CheckIn.objects.filter(
            key_result=OuterRef("pk"), week__gte=week_at(self.at) - dt.timedelta(days=7)
        )
        rows = KeyResult.objects.counted().filter(objective__cycle=self.cycle).for_list()
        known = rows.annotate(steps=Count("milestones"), fresh=Exists(said))
        return list(known.order_by("objective__team__name", "objective_id", "position", "pk"))

    @cached_property
    def teams(self):
        return list(Team.objects.order_by("name"))

    @cached_property
    def leads(self):
        """{team id: its leads}."""
        found: dict[int, list[User]] = {}
        leading = Membership.objects.filter(level=MemberLevel.LEAD, user__is_active=True)
        for one in leading.select_related("user").order_by("user__name"):
            found.setdefault(one.team_id, []).append(one.user)
        return found

    @cached_property
    def aligned(self):
        """The ids of objectives that serve another."""
        return set(Alignment.objects.filter(child__cycle=self.cycle).values_list("child_id", flat=True))

    @cached_property
    def company_level(self):
        """There is a company objective to align to, in this cycle or in its year's."""
        company = Objective.objects.counted().filter(level=Level.COMPANY)
        year = OkrCycle.objects.filter(year=self.cycle.year, number=None)
        return company.filter(cycle=self.cycle).exists() or company.filter(cycle__in=year).exists()


def _of(objective, what):
    return Missing(what, (objective.owner,), objective.team, objective.get_absolute_url())


def _has_objectives(facts):
    if facts.cycle.number is None:
        company = any(one.level == Level.COMPANY for one in facts.objectives)
        lacking = [] if company else [Missing("There is no objective of the company yet.")]
        return Check("The company has an objective", lacking)
    writing = {one.team_id for one in facts.objectives}
    lacking = [
        Missing(
            f"{team} has no objective.", tuple(facts.leads.get(team.pk, ())), team, team.get_absolute_url()
        )
        for team in facts.teams
        if team.pk not in writing
    ]
    if not facts.objectives and not lacking:
        lacking = [Missing("The cycle has no objective yet.")]
    return Check("Every team has an objective", lacking)


def _has_key_results(facts):
    bare = [one for one in facts.objectives if not one.results]
    return Check(
        "Every objective has a key result", [_of(one, f"“{one}” has no key result.") for one in bare]
    )


def _can_be_measured(facts):
    """The database sees to targets and bounds; a list of milestones can still be empty."""
    empty = [one for one in facts.key_results if one.kind == Kind.MILESTONES and not one.steps]
    return Check(
        "Every key result can be measured",
        [
            Missing(f"“{one}” lists no milestone.", (one.owner,), one.objective.team, one.get_absolute_url())
            for one in empty
        ],
    )


def _reviewed(facts):
    waiting = [one for one in facts.objectives if one.reviewed_at is None]
    return Check(
        "Every objective is reviewed", [_of(one, f"Nobody has reviewed “{one}”.") for one in waiting]
    )


def _aligned(facts):
    title = "Every objective is aligned"
    if not facts.company_level:
        return Check(title)
    loose = [one for one in facts.objectives if one.level != Level.COMPANY and one.pk not in facts.aligned]
    return Check(title, [_of(one, f"“{one}” is aligned to nothing.") for one in loose])


def _over(facts):
    last = facts.cycle.period.last_day
    lacking = [] if company_day(facts.at) > last else [Missing(f"{facts.cycle} runs until {last:%-d %B %Y}.")]
    return Check("Its last day is over", lacking)


def _fresh(facts):
    silent = [one for one in facts.key_results if not one.fresh]
    return Check(
        "Every key result has a check-in of this week or last",
        [
            Missing(
                f"“{one}” has no fresh check-in.", (one.owner,), one.objective.team, one.get_absolute_url()
            )
            for one in silent
        ],
    )


def _graded(facts):
    rows = to_grade().filter(objective__cycle=facts.cycle, grade=None)
    waiting = rows.select_related("owner", "objective__team").order_by("objective__team__name", "pk")
    url = reverse("process:grades", args=[facts.cycle.slug])
    return Check(
        "Every key result is graded",
        [Missing(f"“{one}” has no grade.", (one.owner,), one.objective.team, url) for one in waiting],
    )


def _explained(facts):
    missed = missing_postmortems(facts.cycle)
    return Check(
        "Every missed commitment has a postmortem",
        [
            Missing(
                f"“{one}” was committed and missed: it needs a postmortem.",
                (one.owner,),
                one.team,
                reverse("process:retrospective_write", args=[one.pk]),
            )
            for one in missed
        ],
    )


# state: what the way out of it asks, each a function of `Facts` that gives a `Check`
CHECKS = {
    CycleState.DRAFT: [_has_objectives, _has_key_results, _can_be_measured],
    CycleState.REVIEW: [_reviewed, _has_key_results],
    CycleState.ALIGN: [_reviewed, _aligned, _has_key_results, _can_be_measured],
    CycleState.ACTIVE: [_over, _fresh],
    CycleState.GRADING: [_graded, _explained],
    CycleState.CLOSED: [],
}


@dataclass(frozen=True)
class Gate:
    """The way out of a cycle's state: when, who, and the checklist, computed and by hand."""

    state: str
    label: str
    due_on: dt.date | None
    owner: User | None
    checks: list[Check]
    items: list[GateItem]

    @property
    def unmet(self):
        """In words, each line of the checklist that is open."""
        return [one.title for one in self.checks if not one.met] + [
            one.text for one in self.items if one.ticked_at is None
        ]

    @property
    def met(self):
        return not self.unmet

    @property
    def missing(self):
        return [one for check in self.checks for one in check.missing]

    @property
    def met_count(self):
        return len(self.checks) + len(self.items) - len(self.unmet)

    @property
    def count(self):
        return len(self.checks) + len(self.items)


def plans(cycle):
    """{state: its `CycleGate` with the owner and the items loaded} of a cycle, in two queries."""
    rows = CycleGate.objects.filter(cycle=cycle).select_related("owner").prefetch_related("items__ticked_by")
    return {row.state: row for row in rows}


def plan(cycle):
    """The `CycleGate` of the state a cycle is in, with its owner, or None."""
    return CycleGate.objects.filter(cycle=cycle, state=cycle.state).select_related("owner").first()


def gate(cycle, *, at, planned=None):
    """The gate a cycle stands before, as it is at `at`. `planned` are its `plans` where they are known."""
    state = CycleState(cycle.state)
    row = (plans(cycle) if planned is None else planned).get(state)
    facts = Facts(cycle, at=at)
    return Gate(
        state=state,
        label=state.label,
        due_on=row.due_on if row else None,
        owner=row.owner if row else None,
        checks=[check(facts) for check in CHECKS[state]],
        items=list(row.items.all()) if row else [],
    )


@dataclass(frozen=True)
class Late:
    """A person for whom a gate waits, with what each thing is and whose team it concerns."""

    person: User
    missing: list[Missing]


def late_people(missing):
    """`Late` of everybody who has to mend something, who has most to mend first."""
    people = {one.pk: one for row in missing for one in row.people}
    counts = Counter(one.pk for row in missing for one in row.people)
    ordered = sorted(counts, key=lambda pk: (-counts[pk], people[pk].name))
    return [
        Late(people[pk], [row for row in missing if any(one.pk == pk for one in row.people)])
        for pk in ordered
    ]


def late_teams(missing):
    """[(team, what it is late with)] by name; things of no team come last, with None."""
    by_team: dict[int | None, list[Missing]] = {}
    teams = {row.team.pk: row.team for row in missing if row.team}
    for row in missing:
        by_team.setdefault(row.team.pk if row.team else None, []).append(row)
    ordered = sorted(by_team, key=lambda pk: (pk is None, teams[pk].name if pk in teams else ""))
    return [(teams.get(pk), by_team[pk]) for pk in ordered]
