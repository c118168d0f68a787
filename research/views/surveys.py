from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET

from prodops import panels
from prodops.access import Can, access
from prodops.http import csv_response, paginate, render_page
from prodops.talk import talk_about
from research import queries
from research.models import (
    Accessed,
    QuestionKind,
    Survey,
    SurveyAnswer,
    SurveyImportState,
    SurveyQuestion,
    SurveyResponse,
)
from research.models.policy import edits
from research.queries import results
from research.services import access_log
from research.services.survey_imports import UNDONE_WITHIN
from research.views.sessions import page_of

MOST_EXPORTED = 20_000
IMPORTS_SHOWN = 5


def _survey(request, pk):
    visible = Survey.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("session__study__team"), pk=pk)


@access(Can.RESEARCH_READ)
@require_GET
def survey_detail(request, pk):
    """The results, question by question."""
    survey = _survey(request, pk)
    session = survey.session
    access_log.sessions(request.user, Accessed.READ, [session], at=timezone.now())
    imports = list(survey.imports.exclude(state=SurveyImportState.STAGED).for_list()[:IMPORTS_SHOWN])
    newest = next((one for one in imports if one.state == SurveyImportState.DONE), None)
    may_edit = edits(request.user, session.study.team_id)
    found = results.question_results(survey.pk)
    context = {
        "survey": survey,
        "session": session,
        "results": found,
        "respondents": max((one.n + one.skipped for one in found), default=0),
        "imports": imports,
        "undoable": newest if may_edit and newest and timezone.now() - newest.at <= UNDONE_WITHIN else None,
        "may_edit": may_edit,
        "insights": queries.insights_citing(session, request.user),
        "panels": panels.render("research.survey", request, survey),
        "talk": talk_about(request, session),
    }
    return render_page(request, "research/survey_detail.html", context)


@access(Can.RESEARCH_READ)
@require_GET
def survey_results_csv(request, pk):
    """The results as one row for each answer of each question, and segment."""
    survey = _survey(request, pk)
    access_log.sessions(request.user, Accessed.EXPORTED, [survey.session], at=timezone.now())
    header = ["Question", "Kind", "Segment", "Answered", "Answer", "Number", "Share"]
    return csv_response("survey-results", header, _result_rows(results.question_results(survey.pk)))


def _result_rows(found):
    for one in found:
        kind = one.question.get_kind_display()
        groups = [("Everybody", one.n, one.bars), *((row.segment, row.n, row.bars) for row in one.segments)]
        for segment, n, bars in groups:
            for bar in bars:
                yield [one.question.text, kind, segment, n, bar.label, bar.number, f"{bar.share:.4f}"]
            if not bars:
                yield [one.question.text, kind, segment, n, "", "", ""]


@access(Can.RESEARCH_READ)
@require_GET
def survey_csv(request, pk):
    """The answers, one row a respondent. Who answered stands as a number: keys may be e-mail addresses."""
    survey = _survey(request, pk)
    access_log.sessions(request.user, Accessed.EXPORTED, [survey.session], at=timezone.now())
    questions = list(survey.questions.order_by("position", "pk"))
    header = ["Respondent", "Date", "Segment", *(question.text for question in questions)]
    return csv_response("survey-answers", header, _answer_rows(survey, questions))


def _answer_rows(survey, questions):
    scales = {one.pk: results.labels_of(one) for one in questions if one.kind in results.SCALED}
    rows = survey.responses.order_by("number").values_list(
        "pk", "number", "submitted_on", "segment", "participant__account__segment"
    )[:MOST_EXPORTED]
    answers: dict[int, dict] = {}
    said = SurveyAnswer.objects.filter(response__survey=survey)
    for response, question, number, choices, words in said.values_list(
        "response", "question", "number", "choices", "cue__text"
    ).iterator(chunk_size=5_000):
        if number is not None:
            value = scales.get(question, {}).get(number, f"{number:g}")
        else:
            value = words if words is not None else "; ".join(choices)
        answers.setdefault(response, {})[question] = value
    for pk, number, day, segment, account in rows:
        own = answers.get(pk, {})
        cells = [own.get(question.pk, "") for question in questions]
        yield [f"Respondent {number}", day, results.segment_of(segment, account), *cells]


@access(Can.RESEARCH_READ)
@require_GET
def survey_answers(request, pk):
    """What people wrote to an open question: read and tagged as a transcript is."""
    visible = SurveyQuestion.objects.visible_to(request.user).filter(kind=QuestionKind.OPEN)
    question = get_object_or_404(visible.select_related("survey__session__study__team"), pk=pk)
    session = question.survey.session
    access_log.sessions(request.user, Accessed.READ, [session], at=timezone.now())
    answers = SurveyAnswer.objects.filter(question=question).select_related("response", "cue")
    segments = _segments(question)
    chosen = request.GET.get("segment", "")
    if chosen in segments:
        answers = answers.filter(response__segment=chosen)
    page = paginate(request, answers.order_by("cue__position"), 50)
    context = page_of(request, session)
    positions = {answer.cue.position for answer in page}
    context |= {
        "question": question,
        "page": page,
        "segments": segments,
        "chosen": chosen if chosen in segments else "",
        "turns": queries.transcript(session, context["highlights"], only=positions),
        "insights": [] if context["alone"] else queries.insights_citing(session, request.user),
        "page_keys": [
            ("j k", "Next and previous answer"),
            ("t", "Highlight the selection or the answer, and tag it"),
            ("r", "The same with the tags used last"),
            ("Enter", "Open the highlight of the answer"),
        ],
    }
    return render_page(request, "research/survey_answers.html", context)


def _segments(question):
    """The file's own segments of those who answered."""
    said = SurveyResponse.objects.filter(answers__question=question).exclude(segment="")
    return list(said.order_by("segment").values_list("segment", flat=True).distinct()[:40])
