"""What research shows at accounts, studies and sessions: sessions, results, raw recordings."""

from prodops import panels
from prodops.access import Can, allowed
from research.models import Session, Survey
from research.models.policy import edits
from research.panels.showing import SHOWN, first, panel
from research.queries import results, retention


def _account_sessions(request, account):
    if not allowed(request.user, Can.RESEARCH_READ):
        return None
    sessions = Session.objects.visible_to(request.user).filter(participant__account=account)
    shown = list(sessions.for_list().order_by("-held_on", "-pk")[: SHOWN + 1])
    if not shown:
        return None
    return panel("research-sessions", "Research sessions", "sessions", first(shown, account=account))


def _study_results(request, study):
    """Surveys and usability results of a study, and where one begins with them."""
    surveys = list(
        Survey.objects.filter(session__study=study).select_related("session").order_by("-pk")[:SHOWN]
    )
    tasks = results.number_of_tasks(study)
    may_edit = edits(request.user, study.team_id)
    if not surveys and not tasks and not may_edit:
        return None
    context = {"study": study, "surveys": surveys, "tasks": tasks, "may_edit": may_edit}
    return panel("research-results", "Surveys and usability tests", "results", context)


def _session_results(request, session):
    """The survey that a session is, or its results at the tasks of a usability test. Needs `with_texts`."""
    survey = Survey.objects.filter(session=session).first() if session.has_survey else None
    tasks = 0 if survey else session.tasks_given
    if survey is None and not tasks:
        return None
    context = {
        "session": session,
        "survey": survey,
        "tasks": tasks,
        "noted": 0 if survey else session.task_results.count(),
        "may_edit": edits(request.user, session.study.team_id),
    }
    return panel("research-session-results", "Results", "session_results", context)


def _retention(request, study):
    """How long the study's raw recordings stay, where it has any or a rule of its own."""
    if not hasattr(study, "kept_number"):
        return None  # not on its own page
    standing, kept = retention.summary_of(study)
    if not kept.number and not standing.own and not standing.held:
        return None
    first = kept.first_announced + retention.NOTICE if kept.first_announced else None
    context = {"study": study, "kept": kept, "standing": standing, "first_day": first}
    return panel("research-retention", "Raw recordings", "retention", context)


panels.register("research.session", "research-session-results", _session_results, order=10)
panels.register("research.study", "research-results", _study_results, order=10)
panels.register("research.study", "research-retention", _retention, order=80)
panels.register("prodops.customeraccount", "research-sessions", _account_sessions, order=20)
