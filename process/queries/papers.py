"""A cycle as it is put on paper: its numbers, and team by team every objective with its key results."""

from django.conf import settings

from process.formulas import grades
from process.formulas.okrs import Pace
from process.models import CycleState, Grade, Objective, Retrospective
from prodops import jinja

from .cycles import summary
from .grading import objective_grades
from .objectives import by_team, objective_standings

WORDS = {
    "kind": "Objectives and key results",
    "result": "Key result",
    "way": "From, now, to",
    "progress": "Progress",
    "grade": "Grade",
    "guardrail": "Guardrail",
    "bare": "It has no key results.",
    "empty": "No objective has been written.",
}
PACES = {
    Pace.EARLY: ("Too early to say", "plain"),
    Pace.ON_TRACK: ("On track", "good"),
    Pace.BEHIND: ("Behind", "warn"),
    Pace.AT_RISK: ("At risk", "bad"),
}
TONES = {"red": "bad", "yellow": "warn", "green": "good"}
HOLDING = {True: ("Holding", "good"), False: ("Broken", "bad"), None: ("Not known yet", "plain")}
TOLD = {
    "went_well": "What went well",
    "went_badly": "What did not go well",
    "learned": "What we learned",
    "differently": "What we do differently",
    "postmortem": "Postmortem",
}


def paper(cycle, *, at, team=None):
    """A cycle, or what one team has in it, as `process.formats.papers.pdf` takes it."""
    rows = Objective.objects.filter(cycle=cycle, archived_at=None).for_list()
    if team is not None:
        rows = rows.filter(team=team)
    listed = list(rows.order_by("team__name", "team_id", "position", "pk"))
    shown = objective_standings(listed, at=at)
    whole = summary([one for each in shown for one in each.key_results])
    over = cycle.state in (CycleState.GRADING, CycleState.CLOSED)
    came = objective_grades(listed) if over else {}
    given = _grades(listed) if over else {}
    told = {one.objective_id: one for one in Retrospective.objects.filter(objective__in=listed)}
    period = cycle.period
    return {
        "title": f"{team.name} in {cycle}" if team else f"OKRs of {cycle}",
        "company": settings.COMPANY_NAME,
        "period": f"{jinja.day(period.first_day)} – {jinja.day(period.last_day)}",
        "state": f"{cycle.get_state_display()}, as of {jinja.day(at)}",
        "words": WORDS,
        "facts": _facts(whole, came, over=over),
        "teams": [
            {
                "name": owner.name,
                "objectives": [_objective(one, came, given, told.get(one.objective.pk)) for one in those],
            }
            for owner, those in by_team(shown)
        ],
    }


def _grades(objectives):
    found = Grade.objects.filter(key_result__objective__in=objectives)
    return {one.key_result_id: one for one in found}


def _facts(whole, came, *, over):
    facts = [("objectives", whole.objectives), ("key results", whole.key_results)]
    facts.append(("mean progress", _percent(whole.percent) or "—"))
    if over:
        graded = [one.value for one in came.values() if one.value is not None]
        mean = f"{grades.in_hundredths(sum(graded) / len(graded)):.2f}" if graded else "—"
        facts += [("mean grade", mean), ("objectives graded", len(graded))]
    else:
        facts += [(PACES[pace][0].lower(), whole.paces[pace]) for pace in list(Pace)[1:]]
    return [{"label": label, "value": str(value)} for label, value in facts]


def _percent(number):
    return "" if number is None else f"{number} %".replace("-", "−")


def _graded(value):
    """(the grade in words, the colour of its band) of a grade or None."""
    if value is None:
        return {"grade": "", "band": "plain"}
    band = grades.band(value)
    return {"grade": f"{grades.in_hundredths(value):.2f} {band}", "band": TONES[band]}


def _objective(standing, came, given, told):
    one = standing.objective
    word, tone = PACES[standing.pace] if standing.pace else ("", "plain")
    parts = [one.get_intent_display(), one.get_level_display(), one.owner.name]
    grade = came.get(one.pk)
    return {
        "title": one.title,
        "about": " · ".join(parts),
        "gone": f"Abandoned: {one.abandoned_reason}" if one.abandoned_at else "",
        "share": standing.share or 0.0,
        "shown": _percent(standing.percent),
        "pace": "" if grade else word,
        "tone": tone,
        "why": _lines(one.why),
        "results": [_result(row, given.get(row.key_result.pk)) for row in standing.key_results],
        "told": _told(told) if told else [],
    } | _graded(grade.value if grade else None)


def _told(told):
    return [
        {"label": label, "lines": _lines(getattr(told, name))}
        for name, label in TOLD.items()
        if getattr(told, name)
    ]


def _lines(text):
    return [line.strip() for line in text.splitlines() if line.strip()]


def _result(standing, grade):
    row = standing.key_result
    word, tone = HOLDING[standing.holding] if row.guardrail else PACES[standing.pace]
    about = [row.owner.name]
    if row.kpi:
        about.append(f"follows {row.kpi.name}")
    if standing.checked:
        about.append(f"confidence {standing.checked.confidence}")
    if row.weight != 1:
        about.append(f"weight {row.weight:g}")
    return {
        "title": row.title,
        "about": " · ".join(about),
        "way": _way(standing),
        "guardrail": row.guardrail,
        "share": standing.share,
        "shown": _percent(standing.percent),
        "pace": word,
        "tone": tone,
    } | _graded(grade.value if grade else None)


def _way(standing):
    row = standing.key_result
    now = None if standing.value is None else row.show(standing.value)
    if row.start is not None:
        return " → ".join(filter(None, [row.show(row.start), now, row.show(row.target)]))
    if row.keeps:
        return f"{row.aim}, now {now}" if now else row.aim
    if standing.steps:
        return f"{sum(step.done for step in standing.steps)} of {len(standing.steps)} milestones"
    return row.aim
