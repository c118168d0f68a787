"""What of a study is measured, and who may read it, as the tables of an export: see `formats.measured`."""

from collections import defaultdict

from prodops.models import CustomField
from research.formats import measured as out
from research.formats import names
from research.models import (
    Cue,
    Session,
    StudyReader,
    Survey,
    SurveyAnswer,
    SurveyQuestion,
    SurveyResponse,
    SusAnswers,
    TaskResult,
    UsabilityTask,
)

SUBJECTS = ("research.study", "research.session", "research.insight")


def tables(study):
    """{file: its rows}, in an order that does not depend on primary keys; without the empty ones."""
    found = {
        out.FIELDS: _fields(study),
        out.READERS: _readers(study),
        **_surveys(study),
        out.TASKS: [
            out.row(one.position, one.title, one.criterion)
            for one in UsabilityTask.objects.filter(study=study)
        ],
        out.RESULTS: _results(study),
        out.SUS: [
            out.row(one.session.guid, one.session.title, *one.items)
            for one in SusAnswers.objects.filter(session__study=study)
            .select_related("session")
            .order_by("session__guid")
        ],
    }
    return {name: rows for name, rows in found.items() if rows}


def _fields(study):
    """The fields that the study or its sessions have values in."""
    used = {(SUBJECTS[0], key) for key in study.properties}
    for values in (
        Session.objects.filter(study=study).exclude(properties={}).values_list("properties", flat=True)
    ):
        used |= {(SUBJECTS[1], key) for key in values}
    rows = CustomField.objects.filter(subject__in=SUBJECTS[:2]).order_by("subject", "position", "key")
    return [
        out.row(
            one.subject,
            one.key,
            one.name,
            one.kind,
            one.help_text,
            [{"key": key, "name": name} for key, name in one.option_names.items()],
            "yes" if one.required else "",
        )
        for one in rows
        if (one.subject, one.key) in used
    ]


def _readers(study):
    rows = StudyReader.objects.filter(study=study).select_related("user")
    return sorted(out.row(names.of_person(one.user.email), one.user.name) for one in rows)


def _results(study):
    rows = TaskResult.objects.filter(task__study=study).select_related("session", "task")
    return [
        out.row(
            *(one.session.guid, one.session.title, one.task.position),
            *(one.outcome, one.seconds, one.errors, one.seq),
        )
        for one in rows.order_by("session__guid", "task__position")
    ]


def _surveys(study):
    mine = {"survey__session__study": study, "survey__session__withdrawn_at": None}
    surveys = (
        Survey.objects.filter(session__study=study, session__withdrawn_at=None)
        .select_related("session")
        .order_by("session__guid")
    )
    questions = SurveyQuestion.objects.filter(**mine).select_related("survey__session", "part")
    responses = SurveyResponse.objects.filter(**mine).select_related("survey__session", "participant")
    return {
        out.SURVEYS: [
            out.row(one.session.guid, one.session.title, one.columns, one.fingerprint) for one in surveys
        ],
        out.QUESTIONS: [
            out.row(
                *(one.survey.session.guid, one.header, one.position, one.text, one.kind, one.labels),
                one.part.guid if one.part else "",
            )
            for one in questions.order_by("survey__session__guid", "position", "header")
        ],
        out.RESPONDENTS: [
            out.row(
                *(one.survey.session.guid, one.number, one.key, one.digest, one.submitted_on, one.segment),
                one.participant.guid if one.participant else "",
            )
            for one in responses.order_by("survey__session__guid", "number")
        ],
        out.ANSWERS: _answers(study),
    }


def _answers(study):
    rows = SurveyAnswer.objects.filter(response__survey__session__study=study).select_related(
        "response__survey__session", "question", "cue"
    )
    sessions = {one.response.survey.session_id for one in rows}
    turns: dict[int, int] = {}
    counted: dict[int, int] = defaultdict(int)
    for pk, session in (
        Cue.objects.filter(session__in=sessions).order_by("session", "position").values_list("pk", "session")
    ):
        counted[session] += 1
        turns[pk] = counted[session]
    return [
        out.row(
            *(one.response.survey.session.guid, one.response.number, one.question.header),
            *(one.number, one.choices or "", turns[one.cue_id] if one.cue_id else ""),
        )
        for one in sorted(
            rows,
            key=lambda one: (
                str(one.response.survey.session.guid),
                one.response.number,
                one.question.position,
                one.question.header,
            ),
        )
    ]
