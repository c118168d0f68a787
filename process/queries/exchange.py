"""A cycle as a plan that a file can hold, and where its objectives stand in it."""

from django.db.models import Prefetch

from process.formats import KeyResultSaid, Lived, MilestoneSaid, ObjectiveSaid, Plan
from process.formats.lives import TAUGHT
from process.formats.own import AGREED
from process.models import Alignment, CheckIn, KeyResult, Milestone, Objective

# column of the model: why a file does not hold it
LEFT_OUT = {
    "objective.id": "files number by place",
    "objective.carried_from": "a link to another cycle's objective, made by carrying it forward",
    "objective.archived_at": "archived objectives are left out whole",
    "objective.reviewed_at": "said anew of what comes in",
    "objective.reviewed_by": "said anew of what comes in",
    "objective.position": "the order of the file",
    "objective.created_at": "when it came to be here",
    "key_result.id": "files number by place",
    "key_result.objective": "the objective it stands below",
    "key_result.source": "told by what it follows",
    "key_result.kpi_version": "pinned to what is counted when it comes in",
    "key_result.item_label": "a thing of this workspace, named by its number here: it comes in typed by hand",
    "key_result.item_id": "a thing of this workspace, named by its number here: it comes in typed by hand",
    "key_result.closed_share": "written by closing the cycle",
    "key_result.position": "the order of the file",
    "milestone.id": "files number by place",
    "milestone.key_result": "the key result it stands below",
    "milestone.position": "the order of the file",
    "alignment.id": "one line of what the objective serves",
    "alignment.child": "the objective that says it",
    "alignment.by": "who brings it in",
    "alignment.at": "when it comes in",
    "check_in.id": "one record below its key result",
    "check_in.key_result": "the key result it stands below",
    "grade.id": "one record below its key result",
    "grade.key_result": "the key result it stands below",
    "retrospective.id": "one record below its objective",
    "retrospective.objective": "the objective it stands below",
    "retrospective.version": "counts the edits here",
}
HELD = {
    "objective": {
        *("title", "cycle", "team", "owner", "level", "intent", "why", "learned"),
        *("abandoned_reason", "abandoned_at", "abandoned_by"),
    },
    "key_result": {
        *("title", "owner", "kind", "unit", "start", "target", "stretch", "low", "high", "levels"),
        *("guardrail", "weight", "current", "kpi", "follows", *AGREED),
    },
    "milestone": {"title", "weight", "due_on", "done_at", "done_by"},
    "alignment": {"parent", "key_result", "kind"},
    "check_in": {"week", "value", "by_hand", "confidence", "note", "next", "by", "at"},
    "grade": {"value", "proposed", "proposed_edited", "why", "on_time", "by", "at"},
    "retrospective": {*TAUGHT, "by", "at"},
}
_NUMBERS = ("start", "target", "stretch", "low", "high", "weight", "current", *AGREED)
SAID = CheckIn.objects.select_related("by").order_by("at", "pk")  # the oldest first


def _ordered(cycle):
    rows = Objective.objects.filter(cycle=cycle, archived_at=None)
    return rows.order_by("team__name", "team_id", "position", "pk")


def places(cycle):
    """({objective id: "3"}, {key result id: "3.1"}) as the cycle's file numbers them."""
    listed = _ordered(cycle).values_list("pk", flat=True)
    objectives = {pk: str(place) for place, pk in enumerate(listed, start=1)}
    rows = KeyResult.objects.filter(objective__in=objectives).order_by("objective_id", "position", "pk")
    results: dict[int, str] = {}
    counted: dict[int, int] = {}
    for pk, objective in rows.values_list("pk", "objective"):
        counted[objective] = counted.get(objective, 0) + 1
        results[pk] = f"{objectives[objective]}.{counted[objective]}"
    return objectives, results


def _places_of(listed):
    """The same of all objectives of a cycle in order, with their key results at hand."""
    objectives: dict[int, str] = {}
    results: dict[int, str] = {}
    for place, one in enumerate(listed, start=1):
        objectives[one.pk] = str(place)
        results |= {row.pk: f"{place}.{n}" for n, row in enumerate(one.key_results.all(), start=1)}
    return objectives, results


def plan_of(cycle, team=None):
    """The `Plan` of a cycle, or of what one team has in it: all that `HELD` says, what it serves in other
    cycles too, and what became of it."""
    steps = Prefetch("milestones", Milestone.objects.select_related("done_by").order_by("position", "pk"))
    rows = KeyResult.objects.select_related(
        "owner", "kpi", "objective__cycle", "follows__objective__cycle", "grade__by"
    ).prefetch_related(steps, Prefetch("check_ins", SAID))
    links = Alignment.objects.select_related("parent__cycle").order_by("pk")
    objectives = (
        (_ordered(cycle) if team is None else _ordered(cycle).filter(team=team))
        .select_related("team", "owner", "abandoned_by", "retrospective__by")
        .prefetch_related(
            Prefetch("key_results", rows.order_by("position", "pk")), Prefetch("parent_links", links)
        )
    )
    listed = list(objectives)
    numbered = {cycle.pk: _places_of(listed) if team is None else places(cycle)}
    plan = Plan()

    def ref(at, objective_id, result_id=None):
        if at.pk not in numbered:
            numbered[at.pk] = places(at)
        ones, results = numbered[at.pk]
        place = results.get(result_id) if result_id else ones.get(objective_id)
        return place and (place if at.pk == cycle.pk else f"{at.slug}#{place}")

    for one in listed:
        said = ObjectiveSaid(0, one.title, numbered[cycle.pk][0][one.pk], one.team.name, one.owner.email)
        said.cycle, said.told = cycle.slug, told_of(one)
        said.fields = {
            name: _text(getattr(one, name))
            for name in ("level", "intent", "why", "learned", "abandoned_reason")
            if getattr(one, name)
        }
        if one.abandoned_at:
            said.fields["abandoned_at"] = one.abandoned_at.isoformat()
            said.fields["abandoned_by"] = one.abandoned_by.email
        for link in one.parent_links.all():
            if place := ref(link.parent.cycle, link.parent_id, link.key_result_id):
                said.serves.append((link.kind, place))
        said.key_results = [_result(row, ref) for row in one.key_results.all()]
        plan.objectives.append(said)
    return plan


def _result(row, ref):
    place = ref(row.objective.cycle, row.objective_id, row.pk)
    said = KeyResultSaid(0, row.title, place, row.owner.email, row.kpi.slug if row.kpi else "")
    if row.follows:
        said.follows = ref(row.follows.objective.cycle, row.follows.objective_id, row.follows_id) or ""
    said.fields = {"kind": row.kind, "unit": row.unit}
    said.fields |= {name: getattr(row, name) for name in _NUMBERS if getattr(row, name) is not None}
    if row.levels:
        said.fields["levels"] = list(row.levels)
    if row.guardrail:
        said.fields["guardrail"] = True
    said.milestones = [
        MilestoneSaid(
            0,
            step.title,
            step.weight,
            step.due_on.isoformat() if step.due_on else "",
            step.done_at.isoformat() if step.done_at else "",
            step.done_by.email if step.done_by else "",
        )
        for step in row.milestones.all()
    ]
    said.graded = graded_of(row)
    said.check_ins = [_check_in(one) for one in row.check_ins.all()]
    return said


def _text(text):
    """Lines end one way in files, whatever the browser that they were typed in sent."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _signed(row):
    return {"by": row.by.email, "at": row.at.isoformat()}


def _check_in(row):
    said = {"week": row.week.isoformat(), "value": row.value, "confidence": row.confidence}
    said |= {name: _text(getattr(row, name)) for name in ("note", "next") if getattr(row, name)}
    return Lived(0, said | {"by_hand": row.by_hand} | _signed(row))


def graded_of(row):
    """The grade of a key result as a file says it, or None."""
    grade = getattr(row, "grade", None)
    if grade is None:
        return None
    said = {name: getattr(grade, name) for name in ("value", "proposed", "proposed_edited")}
    said = {name: value for name, value in said.items() if value is not None}
    if grade.why:
        said["why"] = _text(grade.why)
    return Lived(0, said | {"on_time": grade.on_time} | _signed(grade))


def told_of(objective):
    """What an objective taught as a file says it, or None."""
    told = getattr(objective, "retrospective", None)
    if told is None:
        return None
    said = {name: _text(getattr(told, name)) for name in TAUGHT if getattr(told, name)}
    return Lived(0, said | _signed(told))


def life_of(objective):
    """What a file says of what became of an objective that is here: of itself and by key result id."""
    rows = objective.key_results.all()
    said = {row.pk: (graded_of(row), [_check_in(one) for one in row.check_ins.all()]) for row in rows}
    return told_of(objective), said
