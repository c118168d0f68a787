"""What a file of objectives would bring to a cycle: what is new, here already, or left out and why."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Prefetch

from metrics.models import Kpi
from process import formats
from process.formats.fitting import fitted
from process.formats.own import AGREED
from process.models import KeyResult, Objective
from process.queries import exchange
from prodops.models import Team, User


@dataclass(slots=True)
class Outcome:
    """What a file brings: (what it says, its `Objective` or None, team, owner) each, and what is left out."""

    new: list = field(default_factory=list)
    here: list = field(default_factory=list)  # (what it says, the objective that is here, what differs)
    left: list = field(default_factory=list)
    people: list = field(default_factory=list)  # names nobody here has
    teams: list = field(default_factory=list)
    results: int = 0
    check_ins: int = 0
    grades: int = 0
    lessons: int = 0


def look(load):
    """What an import would bring, an `Outcome`; nothing is written. Raises `formats.Unreadable`."""
    plan = formats.read(load.text, load.shape, load.columns, load.cycle.slug)
    found = Outcome(left=list(plan.left))
    whose = Known(load, plan)
    found.people, found.teams = whose.strangers, whose.unknown_teams
    here = _here(load.cycle)
    for said in plan.objectives:
        _leave_elsewhere(said, load.cycle, found)
        team, owner = whose.team(said.team), whose.person(said.owner)
        same = here[team.pk, key_of(said.title)]
        if same:
            found.here.append((said, same[0], _differences(said, same.pop(0), owner, whose)))
            continue
        found.new.append((said, team, owner))
        found.results += len(said.key_results)
        found.lessons += said.told is not None
        for row in said.key_results:
            if why := fitted(row.fields, steps=len(row.milestones))[1]:
                found.left.append(formats.Left(row.line, row.title[:80], why))
                found.results -= 1
                continue
            found.check_ins += len(row.check_ins)
            found.grades += row.graded is not None
            if row.kpi and row.kpi not in whose.kpis:
                why = f"no KPI is called “{row.kpi[:60]}”: its values are typed."
                found.left.append(formats.Left(row.line, row.title[:80], why))
    found.left.sort(key=lambda one: one.line)
    return found


def _leave_elsewhere(said, cycle, found):
    """What became of an objective in another cycle is not said of this one: only what it is comes in."""
    if not said.cycle or said.cycle == cycle.slug:
        return
    lived = said.told is not None or any(row.check_ins or row.graded for row in said.key_results)
    if lived:
        why = f"its check-ins, grades and what it taught are of {said.cycle} and stay there."
        found.left.append(formats.Left(said.line, said.title[:80], why))
    said.told = None
    for row in said.key_results:
        row.check_ins, row.graded = [], None
        for name in AGREED:
            row.fields.pop(name, None)


class Known:
    """Who and what is known here of those a plan names."""

    def __init__(self, load, plan):
        self.load = load
        named = set(plan.people()) | {step.done_by for step in _steps(plan) if step.done_by}
        named |= {str(one.fields.get("abandoned_by", "")) for one in plan.objectives}
        by_id = User.objects.in_bulk([pk for pk in load.people.values() if pk])
        chosen = {name: by_id[pk] for name, pk in load.people.items() if pk in by_id}
        lower = {name.casefold() for name in named}
        people: dict[str, list[User]] = defaultdict(list)
        everybody = list(User.objects.order_by("pk"))
        self.signers = {one.email.casefold(): one for one in everybody}
        for one in (one for one in everybody if one.is_active):
            for word in {one.email.casefold(), one.name.casefold()} & lower:
                people[word].append(one)
        self.people = {word: found[0] for word, found in people.items() if len(found) == 1}
        self.people |= {name.casefold(): one for name, one in chosen.items()}
        self.strangers = [name for name in plan.people() if name.casefold() not in people]
        teams = {word.casefold(): team for team in Team.objects.all() for word in (team.slug, team.name)}
        self.unknown_teams = [name for name in plan.teams() if name.casefold() not in teams]
        by_team = {team.pk: team for team in teams.values()}
        teams |= {name.casefold(): by_team[pk] for name, pk in load.teams.items() if pk in by_team}
        self.teams = teams
        slugs = {row.kpi for one in plan.objectives for row in one.key_results if row.kpi}
        self.kpis = {kpi.slug: kpi for kpi in Kpi.objects.live().filter(slug__in=slugs)} if slugs else {}

    def person(self, name):
        return self.people.get(name.casefold(), self.load.owner)

    def signer(self, name):
        """Who said something then, whether or not they are still here."""
        return self.signers.get(name.casefold()) or self.person(name)

    def team(self, name):
        return self.teams.get(name.casefold(), self.load.team)


def _steps(plan):
    return [step for one in plan.objectives for row in one.key_results for step in row.milestones]


def key_of(title):
    """What an objective or a key result is known by beside others of its team."""
    return " ".join(title.split()).casefold()


def _here(cycle):
    """{(team id, title): its objectives in order} of the cycle."""
    here = defaultdict(list)
    results = KeyResult.objects.select_related("kpi", "grade__by")
    results = results.prefetch_related(Prefetch("check_ins", exchange.SAID))
    rows = Objective.objects.filter(cycle=cycle).select_related("owner", "retrospective__by")
    rows = rows.prefetch_related(Prefetch("key_results", results.order_by("position", "pk")))
    for one in rows.order_by("position", "pk"):
        here[one.team_id, key_of(one.title)].append(one)
    return here


def _differences(said, one, owner, whose):
    """What the file says otherwise of an objective that is here, in words."""
    found = [name for name in ("level", "intent", "why", "learned") if _other(said.fields, one, name)]
    if said.owner and said.owner.casefold() in whose.people and owner.pk != one.owner_id:
        found.append("owner")
    rows = {key_of(row.title): row for row in one.key_results.all()}
    told, lives = exchange.life_of(one)
    if said.told and not _same(said.told, told, whose):
        found.append("what it taught")
    for each in said.key_results:
        row = rows.pop(key_of(each.title), None)
        fields, why = fitted(each.fields, steps=len(each.milestones))
        if why:
            continue
        if row is None:
            found.append(f"key result “{each.title}” is not here")
        elif odd := [name for name in fields if _other(fields, row, name)]:
            found.append(f"{', '.join(odd)} of “{each.title}”")
        if row is not None:
            graded, check_ins = lives[row.pk]
            found += _lived_otherwise(each, graded, check_ins, whose)
    found += [f"key result “{row.title}” is not in the file" for row in rows.values()]
    return found


def _other(said, row, name):
    if name not in said or name == "current":  # a value moves on; the file's was that of its day
        return False
    return said[name] != getattr(row, name)


def _lived_otherwise(said, graded, check_ins, whose):
    """What a file says otherwise of what became of a key result."""
    if said.graded and not _same(said.graded, graded, whose):
        yield f"the grade of “{said.title}”"
    missing = [one for one in said.check_ins if not any(_same(one, other, whose) for other in check_ins)]
    if missing:
        many = "1 check-in" if len(missing) == 1 else f"{len(missing)} check-ins"
        yield f"{many} of “{said.title}”, not here"


def _same(said, here, whose):
    """Whether a file says the same as what is here; who it was is known by name or address."""
    if here is None:
        return False
    mine = {**said.fields, "by": whose.signer(str(said.fields.get("by", ""))).email}
    return mine == here.fields
