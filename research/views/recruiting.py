"""The recruiting of a study: its board, its terms, its quotas and its screener."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops.access import Can, access
from prodops.http import csv_response, render_page
from prodops.models import Segment
from research.forms.recruiting import QuestionForm, QuotaForm, RecruitingForm
from research.models import Accessed, InvitationBatch, Recruit, ScreenerQuestion, Study
from research.models.policy import edits
from research.queries import recruit_board
from research.queries import recruiting as reads
from research.services import access_log, inviting, recruiting
from research.views.naming import recruit_name_of

HEADER = ["participant", "role", "account", "segment", "state", "since", "invited", "answered", "because"]


def editable(request, slug):
    """The study with its `recruiting`, for somebody who may change it."""
    studies = Study.objects.editable_by(request.user).select_related("recruiting", "lead")
    return get_object_or_404(studies, slug=slug)


def has_recruiting(study):
    return getattr(study, "recruiting", None) is not None


@access(Can.RESEARCH_READ)
@require_GET
def recruiting_board(request, slug):
    """Who is where: picked, invited, screened, booked, done; with what is late or missing."""
    now = timezone.now()
    studies = Study.objects.visible_to(request.user).select_related("recruiting")
    study = get_object_or_404(studies, slug=slug)
    may_edit = edits(request.user, study.team_id)
    if not has_recruiting(study):
        return render_page(request, "research/recruiting_none.html", {"study": study, "may_edit": may_edit})
    access_log.study(request.user, Accessed.READ, study, at=now)
    known = reads.tally(study)
    columns, out = recruit_board.board(study, known, at=now)
    context = {
        "study": study,
        "recruiting": study.recruiting,
        "places": recruit_board.places_of(study, known),
        "columns": columns,
        "out": out,
        "clearances": recruit_board.clearances(study),
        "batches": InvitationBatch.objects.filter(study=study).select_related("created_by")[:5],
        "name_of": recruit_name_of(request.user),
        "segments": dict(Segment.choices),
        "may_edit": may_edit,
    }
    return render_page(request, "research/recruiting_board.html", context, partial="board")


@access(Can.RESEARCH_READ)
@require_GET
def recruiting_csv(request, slug):
    """Every recruit of the study and where they are."""
    study = get_object_or_404(Study.objects.visible_to(request.user), slug=slug)
    access_log.study(request.user, Accessed.EXPORTED, study, at=timezone.now())
    naming = recruit_name_of(request.user)
    rows = (
        [
            naming(one),
            one.participant.role,
            one.participant.account.name if one.participant.account else "",
            one.get_segment_display(),
            one.get_state_display(),
            one.changed_at,
            one.invited_at,
            one.answered_at,
            one.because,
        ]
        for one in Recruit.objects.filter(study=study).for_list().order_by("pk")
    )
    return csv_response("recruits", HEADER, rows)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def recruiting_setup(request, slug):
    """What the study looks for and what those who are invited read."""
    study = editable(request, slug)
    held = getattr(study, "recruiting", None)
    names = [name for name in RecruitingForm.base_fields]
    initial = {name: getattr(held, name) for name in names} if held else {"version": 0}
    form = RecruitingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            recruiting.set_up(
                study,
                form.terms(),
                version=form.cleaned_data["version"] or 0,
                by=request.user,
                at=timezone.now(),
            )
        except recruiting.ChangedMeanwhile as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Saved.")
            return redirect("research:recruiting_screener" if not held else "research:recruiting_board", slug)
    context = {"study": study, "form": form, "held": held}
    return render_page(request, "research/recruiting_setup.html", context, status=422 if form.errors else 200)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def recruiting_quotas(request, slug):
    """The places of each segment; empty is no quota."""
    study = editable(request, slug)
    if not has_recruiting(study):
        return redirect("research:recruiting_setup", slug)
    bars = reads.bars(study)
    form = QuotaForm(request.POST or None, places={bar.segment: bar.places for bar in bars})
    if request.method == "POST" and form.is_valid():
        recruiting.set_quotas(study, form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, "The quotas are saved. They close by themselves once they are full.")
        return redirect("research:recruiting_board", slug)
    context = {"study": study, "form": form, "places": recruit_board.places_of(study)}
    return render_page(
        request, "research/recruiting_quotas.html", context, status=422 if form.errors else 200
    )


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def recruiting_screener(request, slug):
    """The screener's questions and a form for another."""
    study = editable(request, slug)
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            recruiting.save_question(study, None, form.cleaned_data, by=request.user, at=timezone.now())
        except recruiting.Refused as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The question is added.")
            return redirect("research:recruiting_screener", slug)
    context = {
        "study": study,
        "form": form,
        "questions": list(ScreenerQuestion.objects.filter(study=study).order_by("position")),
        "answered": Recruit.objects.filter(study=study, answered_at__isnull=False).count(),
    }
    status = 422 if form.errors else 200
    return render_page(request, "research/recruiting_screener.html", context, status=status)


def _question(request, pk):
    rows = ScreenerQuestion.objects.filter(study__in=Study.objects.editable_by(request.user))
    return get_object_or_404(rows.select_related("study"), pk=pk)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def question_edit(request, pk):
    question = _question(request, pk)
    form = QuestionForm(request.POST or None, question=question)
    if request.method == "POST" and form.is_valid():
        recruiting.save_question(
            question.study, question, form.cleaned_data, by=request.user, at=timezone.now()
        )
        messages.success(request, "Saved. Answers given before stay as they were judged.")
        return redirect("research:recruiting_screener", question.study.slug)
    context = {"study": question.study, "form": form}
    return render_page(request, "research/question_edit.html", context, status=422 if form.errors else 200)


@access(Can.RESEARCH_EDIT)
@require_POST
def question_remove(request, pk):
    question = _question(request, pk)
    slug = question.study.slug
    recruiting.remove_question(question, by=request.user, at=timezone.now())
    messages.success(request, "The question is gone.")
    return redirect("research:recruiting_screener", slug)


@access(Can.RESEARCH_EDIT)
@require_POST
def question_raise(request, pk):
    """Ask the question one place earlier."""
    question = _question(request, pk)
    recruiting.raise_question(question, by=request.user, at=timezone.now())
    return redirect("research:recruiting_screener", question.study.slug)


@access(Can.RESEARCH_EDIT)
@require_POST
def recruiting_close(request, slug):
    """Let nobody further in, or (`open`) go on."""
    study = editable(request, slug)
    if "open" in request.POST:
        recruiting.reopen(study, by=request.user, at=timezone.now())
        messages.success(request, "Recruiting is open again.")
    else:
        recruiting.close(study, by=request.user, at=timezone.now())
        messages.success(request, "Closed: links say so now, and nothing more is sent.")
    return redirect("research:recruiting_board", slug)


@access(Can.RESEARCH_EDIT)
@require_POST
def recruiting_remind(request, slug):
    """Remind, now, everybody of the study who has not answered or booked and was not mailed today."""
    study, now = editable(request, slug), timezone.now()
    silent = list(reads.to_remind(at=now, by_hand=True).filter(study=study).values_list("pk", flat=True))
    number = inviting.remind(silent, at=now, by=request.user)
    words = f"{number} reminded." if number else "Nobody to remind: all were mailed within the last day."
    messages.success(request, words)
    return redirect("research:recruiting_board", slug)
