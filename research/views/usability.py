from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops.access import Can, access
from prodops.http import csv_response, render_page
from research.formats import tables
from research.formats import usability as notes
from research.formats.faults import Fault
from research.forms.usability import ResultsForm, ResultsUploadForm, TasksForm
from research.models import Accessed, Session, Study, SusAnswers, TaskResult, UsabilityTask
from research.models.policy import edits
from research.queries import results
from research.services import access_log, usability
from research.synthesis import phrases
from research.synthesis.usability import Attempt, sus_score

HEADER = ["session", "participant", "task", "outcome", "seconds", "errors", "seq"]
SUS_HEADER = [f"sus{number}" for number in range(1, 11)]
FAULTS_SHOWN = 100


@access(Can.RESEARCH_READ)
@require_GET
def usability_results(request, slug):
    """What the study's tasks and its SUS come to, and what each session has."""
    study = get_object_or_404(Study.objects.visible_to(request.user).for_list(), slug=slug)
    access_log.study(request.user, Accessed.READ, study, at=timezone.now())
    held = Session.objects.filter(study=study).annotate(noted=Count("task_results"))
    sus = dict(SusAnswers.objects.filter(session__study=study).values_list("session", "items"))
    context = {
        "study": study,
        "tasks": results.task_summaries(study.pk),
        "sus": results.sus_of(study.pk),
        "sessions": held.for_list().order_by("held_on", "pk"),
        "scores": {pk: sus_score(items) for pk, items in sus.items()},
        "may_edit": edits(request.user, study.team_id),
        "duration": phrases.duration,
    }
    return render_page(request, "research/usability_results.html", context)


@access(Can.RESEARCH_READ)
@require_GET
def usability_csv(request, slug):
    """Every attempt, in the columns that an import reads."""
    study = get_object_or_404(Study.objects.visible_to(request.user), slug=slug)
    access_log.study(request.user, Accessed.EXPORTED, study, at=timezone.now())
    attempts = TaskResult.objects.filter(task__study=study)
    attempts = attempts.order_by("session__held_on", "session", "task__position")
    sus = dict(SusAnswers.objects.filter(session__study=study).values_list("session", "items"))
    return csv_response("usability-results", HEADER + SUS_HEADER, _csv_rows(attempts, sus, study))


def _csv_rows(attempts, sus, study):
    first = set(sus)
    for one in attempts.select_related("session__participant", "task"):
        person = one.session.participant
        items = sus[one.session_id] if one.session_id in first else [None] * 10
        first.discard(one.session_id)
        yield [
            *(one.session.title, person.name if person else "", one.task.title, one.outcome),
            *(one.seconds, one.errors, one.seq, *items),
        ]
    for session in (
        Session.objects.filter(pk__in=first).select_related("participant").order_by("held_on", "pk")
    ):
        person = session.participant
        yield [session.title, person.name if person else "", "", "", "", "", "", *sus[session.pk]]


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def usability_tasks(request, slug):
    study = get_object_or_404(Study.objects.editable_by(request.user), slug=slug)
    tasks = list(study.tasks.annotate(tried=Count("results")).order_by("position", "pk"))
    form = TasksForm(request.POST or None, tasks=tasks)
    if request.method == "POST" and form.is_valid():
        usability.arrange(study, form.arranged(), by=request.user, at=timezone.now())
        messages.success(request, "The tasks are saved.")
        more = "more" in request.POST
        return redirect("research:usability_tasks" if more else "research:usability_results", study.slug)
    context = {"study": study, "form": form}
    return render_page(request, "research/usability_tasks.html", context, status=422 if form.errors else 200)


@access(Can.RESEARCH_EDIT)
@require_POST
def task_remove(request, pk):
    task = get_object_or_404(UsabilityTask.objects.editable_by(request.user).select_related("study"), pk=pk)
    try:
        usability.remove(task, by=request.user, at=timezone.now())
    except usability.Cited as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{task.title}” is taken away.")
    return redirect("research:usability_tasks", task.study.slug)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def usability_entry(request, pk):
    """A session's grid of results."""
    session = get_object_or_404(
        Session.objects.editable_by(request.user).select_related("study", "participant"), pk=pk
    )
    tasks = list(session.study.tasks.order_by("position", "pk"))
    held = {one.task_id: one for one in TaskResult.objects.filter(session=session)}
    sus = SusAnswers.objects.filter(session=session).values_list("items", flat=True).first()
    given = request.POST if request.method == "POST" else None
    form = ResultsForm(given, tasks=tasks, results=held, sus=sus)
    order = list(session.study.sessions.order_by("held_on", "pk").values_list("pk", flat=True))
    place = order.index(session.pk)
    following = order[place + 1] if place + 1 < len(order) else None
    if request.method == "POST" and form.is_valid():
        usability.record(session, results=form.results, sus=form.sus, by=request.user, at=timezone.now())
        messages.success(request, f"The results of “{session.title}” are saved.")
        if "next" in request.POST and following:
            return redirect("research:usability_entry", following)
        return redirect("research:usability_results", session.study.slug)
    context = {
        "session": session,
        "study": session.study,
        "form": form,
        "place": place + 1,
        "of": len(order),
        "following": following,
    }
    return render_page(request, "research/usability_entry.html", context, status=422 if form.errors else 200)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def usability_import(request, slug):
    """Results of several sessions from a file: all of it, or nothing and what to correct."""
    study = get_object_or_404(Study.objects.editable_by(request.user), slug=slug)
    form = ResultsUploadForm(request.POST or None, request.FILES or None)
    faults = []
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            reading = notes.read(tables.read(upload.read(), upload.name))
        except tables.TableError as error:
            form.add_error("file", str(error))
        else:
            by_session, faults = _placed(study, reading)
            if not faults and by_session:
                usability.record_many(study, by_session, by=request.user, at=timezone.now())
                messages.success(request, f"The results of {len(by_session)} sessions are imported.")
                return redirect("research:usability_results", study.slug)
            if not faults:
                form.add_error("file", "There is no result in the file.")
    context = {"study": study, "form": form, "faults": faults[:FAULTS_SHOWN], "all_faults": len(faults)}
    status = 422 if form.errors or faults else 200
    return render_page(request, "research/usability_import.html", context, status=status)


def _placed(study, reading):
    """({session: ({task: Attempt}, SUS answers or None)}, faults) of what a file holds."""
    faults = list(reading.faults)
    sessions: dict[str, list] = {}
    for session in study.sessions.select_related("participant"):
        names = {session.title.casefold()}
        if session.participant:
            names.add(session.participant.name.casefold())
        for name in names:
            sessions.setdefault(name, []).append(session)
    tasks: dict[str, UsabilityTask] = {}
    for number, task in enumerate(study.tasks.order_by("position", "pk"), start=1):
        tasks |= {task.title.casefold(): task, str(number): task, f"task {number}": task}
    found: dict = {}
    for row in (*reading.attempts, *reading.questionnaires):
        named = sessions.get(row.session.casefold(), [])
        if len(named) != 1:
            some = "More than one session is" if named else "No session of this study is"
            why = f"{some} called that, by its title or participant. Write the title of one."
            faults.append(Fault(row.line, "session", row.session, why))
            continue
        attempts, _ = held = found.get(named[0], ({}, None))
        if isinstance(row, notes.Questionnaire):
            held = (attempts, row.items)
        elif (task := tasks.get(row.task.casefold())) is None:
            why = "The study has no such task. Write its title or number, or add the task first."
            faults.append(Fault(row.line, "task", row.task, why))
            continue
        else:
            attempts[task] = Attempt(row.outcome, row.seconds, row.errors, row.seq)
        found[named[0]] = held
    return found, sorted(faults)
