"""Who sees a study."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from prodops.access import Can, access
from prodops.http import render_page
from research.forms import ReaderForm, VisibilityForm
from research.models import Study
from research.models.policy import edits
from research.queries.readers import who_would_see
from research.services import sharing
from research.views.access import may_see


def _study(request, slug):
    return get_object_or_404(Study.objects.editable_by(request.user).for_list(), slug=slug)


@access(Can.RESEARCH_READ)
@require_http_methods(["GET", "POST"])
def study_sharing(request, slug):
    """Who sees the study, by name; its editors change that here."""
    if request.method == "POST":
        return _set_visibility(request, slug)
    study = get_object_or_404(Study.objects.visible_to(request.user).for_list(), slug=slug)
    return _page(request, study, ReaderForm(known=[study.lead_id, *study.reader_ids]))


def _page(request, study, form, status=200):
    named = study.reader_rows.select_related("user", "added_by")
    context = {
        "study": study,
        "choices": who_would_see(study),
        "named": named,
        "form": form,
        "may_edit": edits(request.user, study.team_id),
        "may_see_access": may_see(request.user, study),
    }
    return render_page(request, "research/study_sharing.html", context, status=status)


def _set_visibility(request, slug):
    study = _study(request, slug)
    form = VisibilityForm(request.POST)
    if form.is_valid():
        said = "Saved. It holds from now on, in search as well."
        _do(request, said, sharing.set_visibility, study, form.cleaned_data["visibility"])
    else:
        messages.error(request, "Choose who shall see the study.")
    return redirect("research:study_sharing", slug)


def _do(request, said, verb, study, what):
    try:
        verb(study, what, by=request.user, at=timezone.now())
    except sharing.LockedOut as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)


@access(Can.RESEARCH_EDIT)
@require_POST
def reader_add(request, slug):
    study = _study(request, slug)
    form = ReaderForm(request.POST, known=[study.lead_id, *study.reader_ids])
    if not form.is_valid():
        return _page(request, study, form, status=422)
    person = form.cleaned_data["person"]
    _do(request, f"{person.name} sees it now.", sharing.add_reader, study, person)
    return redirect("research:study_sharing", slug)


@access(Can.RESEARCH_EDIT)
@require_POST
def reader_remove(request, slug, pk):
    study = _study(request, slug)
    _do(request, "They are no longer named on this study.", sharing.remove_reader, study, pk)
    return redirect("research:study_sharing", slug)
