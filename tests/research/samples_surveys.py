"""A survey and a usability test for every address that needs one."""

from django.utils import timezone

from prodops.models import Role
from research.models import SurveyQuestion, SusAnswers, TaskResult, UsabilityTask
from research.services import survey_imports
from tests.factories.research import SessionFactory, StudyFactory

ANSWERS = b"""Respondent ID,Submitted,Would you recommend us?,Which parts?,What is missing?,Plan
1,2026-11-01,9,Routes;Billing,A map that says why a route was changed.,Gold
2,2026-11-02,3,Routes,It asks me the same thing twice.,Silver
3,2026-11-03,10,Billing;Routes,,Gold
"""


def _study(people):
    return StudyFactory(team=people[Role.MEMBER].teams.get(), lead=people[Role.PRODUCT_OPS])


def staged(people, data=ANSWERS, study=None, by=Role.PRODUCT_OPS):
    at = timezone.now()
    study = study or _study(people)
    return survey_imports.stage(study, data=data, file_name="answers.csv", by=people[by], at=at)


def survey(people):
    """An imported survey of the member's team."""
    load = staged(people)
    survey_imports.confirm(load, by=people[Role.PRODUCT_OPS], at=timezone.now())
    load.refresh_from_db()
    return load.survey


def _imported(people):
    return survey(people).imports.get()


def _question(people):
    return SurveyQuestion.objects.get(survey=survey(people), kind="open")


def usability_study(people):
    """A study of the member's team with a task, a session that tried it and its SUS."""
    study = _study(people)
    task = UsabilityTask.objects.create(
        study=study, position=0, title="Plan a route", criterion="It is sent."
    )
    session = SessionFactory(study=study)
    TaskResult.objects.create(task=task, session=session, outcome="success", seconds=83, errors=1, seq=6)
    SusAnswers.objects.create(session=session, items=[4, 2] * 5)
    return study


SAMPLES = {
    "research:usability_results": lambda people: {"slug": usability_study(people).slug},
    "research:usability_csv": lambda people: {"slug": usability_study(people).slug},
    "research:usability_tasks": lambda people: {"slug": usability_study(people).slug},
    "research:usability_import": lambda people: {"slug": usability_study(people).slug},
    "research:usability_entry": lambda people: {"pk": usability_study(people).sessions.get().pk},
    "research:task_remove": lambda people: {"pk": usability_study(people).tasks.get().pk},
    "research:survey_upload": lambda people: {"slug": _study(people).slug},
    "research:survey_preview": lambda people: {"pk": staged(people).pk},
    "research:survey_columns": lambda people: {"pk": staged(people).pk},
    "research:survey_faults": lambda people: {"pk": staged(people).pk},
    "research:survey_confirm": lambda people: {"pk": staged(people).pk},
    "research:survey_discard": lambda people: {"pk": staged(people).pk},
    "research:survey_undo": lambda people: {"pk": _imported(people).pk},
    "research:survey_detail": lambda people: {"pk": survey(people).pk},
    "research:survey_results_csv": lambda people: {"pk": survey(people).pk},
    "research:survey_csv": lambda people: {"pk": survey(people).pk},
    "research:survey_answers": lambda people: {"pk": _question(people).pk},
}
