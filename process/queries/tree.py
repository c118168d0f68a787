"""What serves what, as a drawing: a cycle's objectives below what they serve; teams where they are many."""

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import fmean
from typing import NamedTuple

from django.db.models import Q

from metrics.stats import driver_tree
from process.formulas import grades, okrs
from process.models import Alignment, AlignmentKind, KeyResult, Level, Objective
from prodops import memory
from prodops.clock import company_day
from prodops.models.fields import STRICT_FETCH

from .grading import grades_shown
from .objectives import objective_standings
from .standings import standings

FULL = 80  # objectives up to which each has a box of its own
BOXES = 240  # that one can look at
RANK = {Level.COMPANY: 0, Level.TEAM: 1, Level.PERSONAL: 2}


class Stand(NamedTuple):
    """How one objective stands, small enough to be remembered for a whole company."""

    pk: int
    title: str
    team_id: int
    team: str
    owner: str
    level: str
    cycle_id: int
    cycle: str
    percent: int | None
    pace: str
    results: int
    over: str  # "abandoned" or ""
    grade: float | None = None  # in hundredths, once its cycle is graded and all that counts has its grade
    band: str = ""


@dataclass(slots=True)
class Node:
    """A box: one objective, or those of a team (or of several) together."""

    key: int
    title: str
    about: str
    percent: int | None
    pace: str
    level: str = ""
    objective: int | None = None
    query: str = ""  # where a box that stands for many leads
    hidden: int = 0  # boxes that are folded away below it
    folded: bool = False
    below: bool = False
    over: str = ""
    grade: float | None = None
    band: str = ""


@dataclass(slots=True)
class Tree:
    nodes: dict[int, Node]
    drawing: driver_tree.Drawing
    kinds: dict[tuple[int, int], str]
    objectives: int
    aligned: int
    more: int = 0
    summarised: bool = False
    loose: list[Stand] = field(default_factory=list)  # of teams, serving nothing


def _stands(cycle, *, at):
    """({pk: Stand}, [(child, parent, kind)]) of a cycle and of what its objectives serve or are served by."""
    pairs = Alignment.objects.filter(Q(child__cycle=cycle) | Q(parent__cycle=cycle)).order_by("pk")
    links = list(pairs.values_list("child", "parent", "kind"))
    ids = {pk for child, parent, _ in links for pk in (child, parent)}
    wanted = Objective.objects.filter(Q(cycle=cycle) | Q(pk__in=ids)).filter(archived_at=None)
    ordered = wanted.for_list().order_by("team__name", "team_id", "position", "pk")
    found = {}
    listed = list(ordered)
    came = grades_shown(listed)
    for one in objective_standings(listed, at=at, known=_results(listed, at=at)):
        row = one.objective
        graded = came.get(row.pk)
        found[row.pk] = Stand(
            row.pk,
            row.title,
            row.team_id,
            row.team.name,
            row.owner.name,
            row.level,
            row.cycle_id,
            str(row.cycle),
            one.percent,
            str(one.pace or ""),
            len(one.key_results),
            "abandoned" if row.abandoned_at else "",
            graded and graded.shown,
            str((graded and graded.band) or ""),
        )
    kept = [link for link in links if link[0] in found and link[1] in found]
    return found, kept


def _results(objectives, *, at):
    """The standings of their key results, which share the objectives at hand: for a whole company, loading
    each one's objective, team, cycle and owner anew would take most of the time."""
    by_pk = {one.pk: one for one in objectives}
    rows = KeyResult.objects.filter(objective__in=by_pk).order_by("objective_id", "position", "pk")
    found = list(rows.select_related("kpi__count_version", "kpi_version").fetch_mode(STRICT_FETCH))
    for row in found:
        row.objective = by_pk[row.objective_id]
    return standings(found, at=at)


def stands(cycle, *, at):
    """`_stands`, remembered until somebody does something or the day ends."""
    key = f"okr-tree:{cycle.pk}:{company_day(at)}"
    return memory.remembered(key, lambda: _stands(cycle, at=at))


def tree(cycle, *, at, of=None, team=None, level="", folded=(), known=None):
    """The `Tree` of a cycle: below `of` one objective, of one `team` with what that serves, of one `level`.

    `folded` are the keys of boxes whose branches are hidden; `known` is what `stands` gave, where the caller
    has it. Few queries, whatever its size.
    """
    known, links = known or stands(cycle, at=at)
    below: dict[int, list] = defaultdict(list)
    above: dict[int, list] = defaultdict(list)
    for child, parent, _ in links:
        if child not in below[parent]:
            below[parent].append(child)
            above[child].append(parent)
    own = [one for one in known.values() if one.cycle_id == cycle.pk]
    ours = [one for one in own if one.level != Level.COMPANY and not one.over]
    loose = [one for one in ours if not above[one.pk]]
    shown = set(known)
    if of is not None:
        shown = _reached([of], below)
    if team is not None:
        mine = [pk for pk in shown if known[pk].team_id == team]
        shown &= _reached(mine, above)
    if level:
        shown = {pk for pk in shown if known[pk].level == level}
    order = sorted(shown, key=lambda pk: (known[pk].cycle_id == cycle.pk, RANK[known[pk].level]))
    kinds = {(parent, child): kind for child, parent, kind in reversed(links)}
    if len(shown) > FULL:
        made, edges = _summary(order, known, below, above, of)
    else:
        made = {pk: _node(known[pk], cycle) for pk in order}
        edges = [(parent, child) for parent in order for child in below[parent] if child in shown]
        made, edges = _fold(made, edges, set(folded))
    keys = list(made)[:BOXES]
    return Tree(
        nodes=made,
        drawing=driver_tree.draw(keys, edges),
        kinds=kinds,
        objectives=len(own),
        aligned=len(ours) - len(loose),
        more=len(made) - len(keys),
        summarised=len(shown) > FULL,
        loose=loose,
    )


def _reached(starts, edges):
    """`starts` and all that is reached from them along `edges`."""
    found, waiting = set(starts), list(starts)
    while waiting:
        for key in edges[waiting.pop()]:
            if key not in found:
                found.add(key)
                waiting.append(key)
    return found


def _node(one, cycle):
    about = one.team if one.cycle_id == cycle.pk else f"{one.team} · {one.cycle}"
    return _one(one, about)


def _summary(order, known, below, above, of):
    """Few boxes for many objectives: those at the top, and one a team for what is below one of them."""
    shown = set(order)
    if of is not None:
        groups = defaultdict(list)
        for pk in order:
            if pk != of:
                groups[known[pk].team_id].append(known[pk])
        made = {of: _top(known[of])}
        for team, those in groups.items():
            made[-team] = _group(-team, those[0].team, those, f"of={of}&team={team}")
        return made, [(of, -team) for team in groups]
    tops = [pk for pk in order if not any(parent in shown for parent in above[pk])]
    tops = [pk for pk in tops if below[pk] or known[pk].level == Level.COMPANY]
    made, edges = {}, []
    for pk in tops:
        those = [known[one] for one in sorted(_reached([pk], below) & shown) if one != pk]
        made[pk] = _top(known[pk])
        if those:
            teams = {one.team_id for one in those}
            name = f"{len(teams)} teams" if len(teams) > 1 else those[0].team
            made[-pk] = _group(-pk, name, those, f"of={pk}")
            edges.append((pk, -pk))
    return made, edges


def _top(one):
    return _one(one, one.team)


def _one(one, about):
    said = {"over": one.over, "grade": one.grade, "band": one.band}
    return Node(one.pk, one.title, about, one.percent, one.pace, one.level, one.pk, **said)


def _group(key, name, those, query):
    """Several objectives as one box: the mean of their progress, how many are at risk and, once they are
    graded, the mean of their grades."""
    shares = [one.percent for one in those if one.percent is not None]
    risky = sum(one.pace == okrs.Pace.AT_RISK for one in those)
    about = f"{len(those)} objectives" if len(those) > 1 else "1 objective"
    about += f", {risky} at risk" if risky else ""
    mean = round(sum(shares) / len(shares)) if shares else None
    came = [one.grade for one in those if one.grade is not None and not one.over]
    grade = fmean(came) if came else None
    band = "" if grade is None else str(grades.band(grade))
    shown = None if grade is None else grades.in_hundredths(grade)
    if came and len(came) < len(those):
        about += f", {len(came)} graded"
    return Node(key, name, about, mean, "", "group", query=query, grade=shown, band=band)


def _fold(made, edges, folded):
    """Without the branches below `folded` boxes, unless they hang on another one too."""
    below = defaultdict(list)
    for parent, child in edges:
        below[parent].append(child)
        made[parent].below = True
    folded &= set(made)
    if not folded:
        return made, edges
    roots = set(made) - {child for _, child in edges}
    open_ = defaultdict(list, {key: those for key, those in below.items() if key not in folded})
    seen = _reached(sorted(roots), open_)
    for key in folded & seen:
        made[key].folded = True
        made[key].hidden = len(_reached([key], below) - seen)
    kept = {key: node for key, node in made.items() if key in seen}
    return kept, [(a, b) for a, b in edges if a in kept and b in kept and a not in folded]


def way_of(kind):
    """The words on an edge."""
    return AlignmentKind(kind).label.lower() if kind else ""
