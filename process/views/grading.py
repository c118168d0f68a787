from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from process import queries
from process.forms.grading import GradeForm, RetrospectiveForm
from process.models import CycleState, KeyResult, Objective, Retrospective
from process.services import grading
from process.views.cycles import cycle_of
from prodops.access import Can, access, allowed
from prodops.http import render_page


@access(Can.OKR_CHECK_IN)
@require_http_methods(["GET", "POST"])
def grades(request, slug):
    """A team's key results on one screen, graded at once: all rows or, where one is wrong, none."""
    cycle = cycle_of(request, slug)
    teams = queries.teams_with_grades(cycle)
    team = _team(request, teams)
    now = timezone.now()
    rows = KeyResult.objects.visible_to(request.user).for_list().filter(objective__cycle=cycle)
    theirs = rows.filter(objective__team=team.pk if team else None, objective__archived_at=None)
    ordered = theirs.filter(objective__abandoned_at=None).order_by(
        "objective__position", "objective_id", "guardrail", "position", "pk"
    )
    entries = [GradeForm(row=row) for row in queries.graded(ordered, at=now)]
    mine = set(queries.gradable_by(request.user).filter(objective__cycle=cycle).values_list("pk", flat=True))
    status = 200
    if request.method == "POST":
        # A key result that came since the page was drawn has no fields in it: it waits
        entries = [
            GradeForm(request.POST, row=form.row)
            for form in entries
            if form.row.key_result.pk in mine and f"{form.prefix}-value" in request.POST
        ]
        if _save(request, entries, now):
            return redirect(f"{request.path}?team={team.slug}" if team else request.path)
        status = 422
    context = _context(cycle, teams, team, entries, mine)
    return render_page(request, "process/grades.html", context, status=status)


def _team(request, teams):
    """The team asked for, else the first of the person's own, else the first there is."""
    wanted = [one for one in teams if one.slug == request.GET.get("team")]
    own = [one for one in teams if one.pk in request.user.team_ids]
    return next(iter([*wanted, *own, *teams]), None)


def _save(request, entries, now):
    if not all([form.is_valid() for form in entries]):
        return False
    given = [
        (form.row.key_result, form.cleaned_data["value"], form.cleaned_data["why"])
        for form in entries
        if form.to_save
    ]
    try:
        grading.grade_all(given, by=request.user, at=now)
    except (grading.NotGrading, grading.Blocked, grading.SayWhy) as error:
        messages.error(request, str(error))
        return False
    number = len(given)
    if not given:
        messages.info(request, "Nothing was changed.")
        return True
    messages.success(request, f"Graded {number} key result{'' if number == 1 else 's'}.")
    return True


def _context(cycle, teams, team, entries, mine):
    objectives = list(
        {form.row.key_result.objective_id: form.row.key_result.objective for form in entries}.values()
    )
    came = queries.objective_grades(objectives)
    told = {one.objective_id: one for one in Retrospective.objects.filter(objective__in=objectives)}
    groups = [
        (
            objective,
            came[objective.pk],
            told.get(objective.pk),
            [form for form in entries if form.row.key_result.objective_id == objective.pk],
        )
        for objective in objectives
    ]
    writable = [form for form in entries if form.row.key_result.pk in mine]
    waiting = [form for form in writable if form.row.grade is None and not form.row.blocked]
    if waiting and not waiting[0].is_bound:
        waiting[0].take_focus()
    return {
        "cycle": cycle,
        "grading": cycle.state == CycleState.GRADING,
        "due": queries.grading_due(cycle),
        "teams": teams,
        "team": team,
        "groups": groups,
        "mine": mine,
        "entries": entries,
        "writable": writable,
        "late": queries.late_with_grading(cycle) if cycle.state == CycleState.GRADING else [],
    }


@access(Can.OKR_READ)
@require_GET
def retrospective(request, pk):
    """What an objective taught."""
    objective = get_object_or_404(Objective.objects.visible_to(request.user).for_list(), pk=pk)
    mine = Objective.objects.editable_by(request.user).filter(pk=pk)
    context = {
        "objective": objective,
        "told": Retrospective.objects.for_list().filter(objective=objective).first(),
        "came": queries.objective_grades([objective])[objective.pk],
        "editable": grading.tells(objective.cycle) and allowed(request.user, Can.OKR_EDIT) and mine.exists(),
    }
    return render_page(request, "process/retrospective.html", context)


@access(Can.OKR_EDIT)
@require_http_methods(["GET", "POST"])
def retrospective_write(request, pk):
    objective = get_object_or_404(Objective.objects.editable_by(request.user).for_list(), pk=pk)
    told = Retrospective.objects.for_list().filter(objective=objective).first()
    came = queries.objective_grades([objective])[objective.pk]
    form = RetrospectiveForm(request.POST or None, told=told, missed=came.missed)
    theirs = None
    if request.method == "POST" and form.is_valid():
        words = {"postmortem": told.postmortem if told else ""} | form.cleaned_data
        try:
            grading.retrospect(objective, **words, by=request.user, at=timezone.now())
        except grading.NotGrading as error:
            form.add_error(None, str(error))
        except grading.ChangedMeanwhile as error:
            form.add_error(None, str(error))
            theirs = error.theirs
            form.data = {**request.POST.dict(), "version": theirs.version}
        else:
            messages.success(request, "Saved: the team's next draft begins with what you learned.")
            return redirect("process:retrospective", pk)
    context = {"objective": objective, "form": form, "came": came, "theirs": theirs}
    return render_page(request, "process/retrospective_form.html", context)


@access(Can.OKR_READ)
@require_GET
def objective_story(request, pk):
    """An objective over the cycles it was carried through."""
    objective = get_object_or_404(Objective.objects.visible_to(request.user).for_list(), pk=pk)
    context = {"objective": objective, "chapters": queries.story_of(objective)}
    return render_page(request, "process/objective_story.html", context)
