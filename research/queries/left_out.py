"""What of a study its export does not carry, and how much of it there is."""

from django.db.models import Count, Q, Subquery, Value

from research.models import (
    HighlightTag,
    InsightEvidence,
    Recording,
    Session,
    Study,
    StudyReader,
    Survey,
    SusAnswers,
    Tag,
    TagState,
    TaskResult,
    UsabilityTask,
)

ALWAYS = ("recordings",)  # the others the ZIP carries, a REFI-QDA project does not
WORDS = {
    "recordings": "Recordings",
    "surveys": "Surveys, with their answers in figures",
    "tasks": "Usability tasks",
    "results": "Results of usability tasks",
    "sus": "SUS questionnaires",
    "evidence": "Evidence that is the result of a survey or a task",
    "readers": "People named as readers",
    "retired": "Retired or merged tags, which come as tags in use",
}


def left_out(study, *, refi=False):
    """{what, in words: how many} of what the study has and its ZIP leaves out, or with `refi` a project."""
    sessions = Session.objects.filter(study=study).values("pk")
    used = HighlightTag.objects.filter(highlight__session__study=study).values("tag")
    founded = InsightEvidence.objects.filter(highlight__session__study=study).values("insight")
    rows = {
        "recordings": Recording.objects.filter(session__in=sessions, deleted_at=None),
        "surveys": Survey.objects.filter(session__in=sessions),
        "tasks": UsabilityTask.objects.filter(study=study),
        "results": TaskResult.objects.filter(session__in=sessions),
        "sus": SusAnswers.objects.filter(session__in=sessions),
        "evidence": InsightEvidence.objects.filter(
            Q(question__survey__session__study=study) | Q(task__study=study), insight__in=founded
        ),
        "readers": StudyReader.objects.filter(study=study),
        "retired": Tag.objects.filter(Q(study=study) | Q(pk__in=used)).exclude(state=TagState.USED),
    }
    counted = [Subquery(_number(found)) for found in rows.values()]
    numbers = Study.objects.filter(pk=study.pk).order_by().values_list(*counted).get()
    return {
        WORDS[key]: number
        for key, number in zip(rows, numbers, strict=True)
        if number and (refi or key in ALWAYS)
    }


def _number(rows):
    return rows.order_by().annotate(_all=Value(1)).values("_all").annotate(n=Count("pk")).values("n")


def told_by(bundle):
    """What the export itself says that it left out; only what an export says is believed."""
    said = bundle.study.fields.get("left_out") if bundle.study else None
    known = set(WORDS.values())
    return {
        what: number
        for what, number in (said.items() if isinstance(said, dict) else ())
        if what in known and isinstance(number, int) and 0 < number < 10**9
    }
