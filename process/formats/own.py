"""Our own shape of a plan, as records of words: what CSV and Markdown write, and read back the same."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping

from . import lives
from .plans import TITLE, KeyResultSaid, Left, MilestoneSaid, ObjectiveSaid, Plan, Unreadable, cut

MARK = "<!-- prodops okrs 1 -->"
TYPE = "prodops type"
OBJECTIVE, KEY_RESULT, MILESTONE = "objective", "key result", "milestone"
TEXTS = ("level", "intent", "why", "learned", "abandoned_reason", "abandoned_at", "abandoned_by")
AGREED = ("agreed_start", "agreed_target", "agreed_low", "agreed_high")
NUMBERS = ("start", "target", "stretch", "low", "high", "weight", "current", *AGREED)
MOST = 50_000  # rows of a file of ours
WORDS = ("kind", "unit")
COLUMNS = (
    *(TYPE, "id", "title", "cycle", "team", "owner", "serves", *TEXTS),
    *(*WORDS, *NUMBERS, "levels", "guardrail", "kpi", "follows"),
    *("due_on", "done_at", "done_by"),
    *lives.COLUMNS,
)


def records(plan: Plan) -> Iterator[dict[str, object]]:
    """One for each objective, key result, milestone, grade and so on, in order; only what is said."""
    for one in plan.objectives:
        said: dict[str, object] = {TYPE: OBJECTIVE, "id": one.id, "title": one.title}
        said |= {"cycle": one.cycle, "team": one.team, "owner": one.owner}
        said["serves"] = "\n".join(f"{kind} {ref}" for kind, ref in one.serves)
        yield _filled(said | one.fields)
        if one.told:
            yield {TYPE: lives.RETROSPECTIVE} | lives.record(lives.RETROSPECTIVE, one.told)
        for row in one.key_results:
            fields = dict(row.fields)
            if levels := fields.pop("levels", None):
                fields["levels"] = json.dumps(levels, ensure_ascii=False)
            if fields.pop("guardrail", False):
                fields["guardrail"] = "yes"
            about = {TYPE: KEY_RESULT, "id": row.id, "title": row.title, "owner": row.owner}
            yield _filled(about | {"kpi": row.kpi, "follows": row.follows} | fields)
            for step in row.milestones:
                shape = {TYPE: MILESTONE, "title": step.title, "weight": step.weight}
                yield _filled(
                    shape | {"due_on": step.due_on, "done_at": step.done_at, "done_by": step.done_by}
                )
            if row.graded:
                yield {TYPE: lives.GRADE} | lives.record(lives.GRADE, row.graded)
            for each in row.check_ins:
                yield {TYPE: lives.CHECK_IN} | lives.record(lives.CHECK_IN, each)


def _filled(said: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in said.items() if value not in (None, "")}


def plan_of(said: Iterable[tuple[int, Mapping[str, str]]]) -> Plan:
    """The plan that (line, record) tell; what does not fit is left with why."""
    plan = Plan()
    for count, (line, record) in enumerate(said):
        if count >= MOST:
            raise Unreadable(f"There are more than {MOST:,} rows. Export one team at a time.")
        kind, title = record.get(TYPE, ""), cut(record.get("title", ""), TITLE)
        if kind in lives.SHAPES:
            _live(kind, line, record, plan)
        elif not title:
            plan.left.append(Left(line, "", "it has no title."))
        elif kind == OBJECTIVE:
            plan.objectives.append(_objective(line, title, record))
        elif not plan.objectives:
            plan.left.append(Left(line, title[:80], "no objective stands above it."))
        elif kind == KEY_RESULT:
            plan.objectives[-1].key_results.append(_key_result(line, title, record, plan))
        elif kind == MILESTONE and plan.objectives[-1].key_results:
            plan.objectives[-1].key_results[-1].milestones.append(_milestone(line, title, record, plan))
        elif kind == MILESTONE:
            plan.left.append(Left(line, title[:80], "no key result stands above it."))
        else:
            plan.left.append(Left(line, title[:80], f"“{kind[:40]}” is neither objective nor key result."))
    return plan


def _live(kind: str, line: int, record: Mapping[str, str], plan: Plan) -> None:
    """A check-in, a grade or a retrospective, of what stands above it."""
    objective = plan.objectives[-1] if plan.objectives else None
    row = objective.key_results[-1] if objective and objective.key_results else None
    if objective is None or (row is None and kind != lives.RETROSPECTIVE):
        plan.left.append(Left(line, kind, "nothing stands above it that it could be about."))
    elif said := lives.lived(kind, line, record, plan, number):
        if kind == lives.RETROSPECTIVE:
            objective.told = said
        elif row is not None and kind == lives.GRADE:
            row.graded = said
        elif row is not None:
            row.check_ins.append(said)


def _objective(line: int, title: str, record: Mapping[str, str]) -> ObjectiveSaid:
    made = ObjectiveSaid(line, title, record.get("id", ""), record.get("team", ""), record.get("owner", ""))
    made.cycle = record.get("cycle", "")
    made.fields |= {name: record[name] for name in TEXTS if record.get(name)}
    for each in record.get("serves", "").splitlines():
        kind, _, ref = each.partition(" ")
        if ref:
            made.serves.append((kind, ref))
    return made


def _key_result(line: int, title: str, record: Mapping[str, str], plan: Plan) -> KeyResultSaid:
    made = KeyResultSaid(line, title, record.get("id", ""), record.get("owner", ""))
    made.kpi, made.follows = record.get("kpi", ""), record.get("follows", "")
    made.fields |= {name: record[name] for name in WORDS if record.get(name)}
    for name in NUMBERS:
        if text := record.get(name, ""):
            value = number(text)
            if value is None:
                plan.left.append(Left(line, title[:80], f"its {name} “{text[:40]}” is no number."))
            else:
                made.fields[name] = value
    if levels := record.get("levels", ""):
        try:
            told = json.loads(levels)
        except (ValueError, RecursionError):
            told = None
        if isinstance(told, list) and all(isinstance(one, str) for one in told):
            made.fields["levels"] = told
        else:
            plan.left.append(Left(line, title[:80], "its levels are no list of words."))
    if record.get("guardrail", "").casefold() in ("yes", "true", "1"):
        made.fields["guardrail"] = True
    return made


def _milestone(line: int, title: str, record: Mapping[str, str], plan: Plan) -> MilestoneSaid:
    weight = number(record.get("weight", "")) if record.get("weight") else 1.0
    if weight is None or weight <= 0:
        plan.left.append(Left(line, title[:80], "its weight is no number above zero; 1 is taken."))
        weight = 1.0
    return MilestoneSaid(
        line, title, weight, record.get("due_on", ""), record.get("done_at", ""), record.get("done_by", "")
    )


def number(text: str) -> float | None:
    """ "1,234.5", "62 %", "€ 1.2m" as a number; None for what is none."""
    said = text.strip().strip("$€£%").strip().replace("\u2212", "-").replace("\u00a0", "").replace(" ", "")
    if "," in said and "." not in said and len(said) - said.rindex(",") != 4:
        said = said.replace(",", ".")
    try:
        value = float(said.replace(",", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
