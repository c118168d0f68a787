from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from prodops import custom_fields, panels
from prodops.access import Can, access
from prodops.http import csv_response, paginate, render_page
from prodops.talk import talk_about
from research import queries
from research.filters import StudyFilter
from research.forms import StudyForm
from research.models import Accessed, Insight, Session, Study
from research.models.policy import edits
from research.queries import results, retention
from research.services import access_log, conflicts, studies

HEADER = [
    *("Study", "Method", "Area", "Team", "Lead", "Status", "From", "To", "Sessions", "Highlights"),
    *("Question", "Link"),
]


def _found(request):
    visible = Study.objects.visible_to(request.user).for_list()
    return StudyFilter(request.GET, visible.order_by("-created_at", "-pk"))


@access(Can.RESEARCH_READ)
@require_GET
def study_list(request):
    found = _found(request)
    page = paginate(request, found.qs)
    context = {"found": found, "page": page, "counts": queries.study_counts(page.rows)}
    return render_page(request, "research/study_list.html", context, partial="rows")


@access(Can.RESEARCH_READ)
@require_GET
def study_csv(request):
    found = list(_found(request).qs)
    counts = queries.study_counts(found)
    for study in found:
        access_log.study(request.user, Accessed.EXPORTED, study, at=timezone.now())
    typed = custom_fields.Columns("research.study", found)
    rows = ([*_row(request, one, counts.get(one.pk, (0, 0, None))), *typed.cells(one)] for one in found)
    return csv_response("studies", [*HEADER, *typed.header], rows)


def _row(request, study, counts):
    return [
        study.title,
        study.get_method_display(),
        study.area.name if study.area else "",
        study.team.name,
        study.lead.name,
        study.get_status_display(),
        study.started_on,
        study.ended_on,
        counts[0],
        counts[1],
        study.question,
        request.build_absolute_uri(study.get_absolute_url()),
    ]


@access(Can.RESEARCH_READ)
@require_GET
def study_detail(request, slug):
    visible = Study.objects.visible_to(request.user).for_list()
    study = get_object_or_404(results.with_tasks(retention.with_summary(visible)), slug=slug)
    access_log.study(request.user, Accessed.READ, study, at=timezone.now())
    held = Session.objects.visible_to(request.user).filter(study=study)
    page = paginate(request, held.for_list().order_by("-held_on", "-pk"))
    insights = Insight.objects.visible_to(request.user)
    cited = insights.filter(evidence__highlight__session__study=study).distinct()
    context = {
        "study": study,
        "page": page,
        "counts": queries.session_counts(page.rows),
        "insights": cited.for_list().order_by("-updated_at", "-pk")[:8],
        "tags": queries.top_tags(study=study),
        "may_edit": edits(request.user, study.team_id),
        "typed": custom_fields.card(study, may_edit=edits(request.user, study.team_id)),
        "panels": panels.render("research.study", request, study),
        "talk": talk_about(request, study),
    }
    return render_page(request, "research/study_detail.html", context, partial="sessions")


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def study_create(request):
    initial = {"lead": request.user.pk, "started_on": timezone.localdate()}
    form = StudyForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        study = studies.create(**form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, "The study is open. Add its first session.")
        return redirect(study)
    status = 422 if request.method == "POST" else 200
    return render_page(request, "research/study_form.html", {"form": form, "study": None}, status=status)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def study_edit(request, slug):
    study = get_object_or_404(Study.objects.editable_by(request.user), slug=slug)
    version = version_of(request, study)
    form = StudyForm(request.POST or None, user=request.user, instance=study)
    context = {"form": form, "study": study, "version": version, "theirs": None}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                edited = studies.edit(
                    study, version=version, by=request.user, at=timezone.now(), **form.cleaned_data
                )
                messages.success(request, "Saved.")
                return redirect(edited)
            except conflicts.Conflict as conflict:
                context |= {"theirs": conflict.current, "version": conflict.current.version}
                status = 409
    return render_page(request, "research/study_form.html", context, status=status)


def version_of(request, thing):
    """The version that the person began from: as the form says, else the present one."""
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else thing.version
