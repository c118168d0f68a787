from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from process.forms import NewTemplateForm, TemplateForm
from process.formulas import texts
from process.models import DocumentTemplate, VersionState
from process.services import templates
from prodops import activity
from prodops.access import Can, access
from prodops.http import render_page

FIRST_DRAFT = "# Title\n\n## First section\n\n*What should the writer answer here?*\n"


def _versions(template):
    return list(template.versions.select_related("written_by", "approved_by").order_by("-number"))


@access(Can.DOCUMENT_READ)
@require_GET
def template_list(request):
    shown = DocumentTemplate.objects.visible_to(request.user).for_list()
    return render_page(request, "process/template_list.html", {"templates": shown})


@access(Can.DOCUMENT_READ)
@require_GET
def template_detail(request, slug):
    """The version in use; beside it, for those who approve, the draft and what it changes."""
    template = get_object_or_404(DocumentTemplate.objects.visible_to(request.user), slug=slug)
    versions = _versions(template)
    current = next((one for one in versions if one.pk == template.current_id), None)
    draft = next((one for one in versions if one.state == VersionState.DRAFT), None)
    changes = texts.around_changes(texts.differences(current.body, draft.body)) if current and draft else []
    context = {
        "template": template,
        "versions": versions,
        "current": current,
        "draft": draft,
        "changes": changes,
        "history": activity.history(template)[:20],
    }
    return render_page(request, "process/template_detail.html", context)


@access(Can.DOCUMENT_READ)
@require_GET
def template_version(request, slug, number):
    """One version as it stood, with what it changed from the one before."""
    template = get_object_or_404(DocumentTemplate.objects.visible_to(request.user), slug=slug)
    versions = _versions(template)
    version = next((one for one in versions if one.number == number), None)
    if version is None:
        version = get_object_or_404(template.versions, number=number)
    before = next((one for one in versions if one.number < number), None)
    changes = texts.around_changes(texts.differences(before.body, version.body)) if before else []
    context = {"template": template, "version": version, "before": before, "changes": changes}
    return render_page(request, "process/template_version.html", context)


@access(Can.TEMPLATE_APPROVE)
@require_http_methods(["GET", "POST"])
def template_create(request):
    form = NewTemplateForm(request.POST or None, initial={"body": FIRST_DRAFT})
    if request.method == "POST" and form.is_valid():
        try:
            template = templates.create(**form.cleaned_data, by=request.user, at=timezone.now())
        except templates.NameTaken as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"“{template}” has a draft. Approve it, and people can use it.")
            return redirect(template)
    return render_page(request, "process/template_form.html", {"form": form, "template": None})


@access(Can.TEMPLATE_APPROVE)
@require_http_methods(["GET", "POST"])
def template_revise(request, slug):
    template = get_object_or_404(DocumentTemplate.objects.visible_to(request.user), slug=slug)
    latest = template.versions.order_by("-number").first()
    initial = {"name": template.name, "purpose": template.purpose, "body": latest.body if latest else ""}
    form = TemplateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            draft = templates.revise(template, **form.cleaned_data, by=request.user, at=timezone.now())
        except templates.NameTaken as error:
            form.add_error("name", str(error))
        else:
            messages.success(request, f"Version {draft.number} is saved as a draft.")
            return redirect(template)
    return render_page(request, "process/template_form.html", {"form": form, "template": template})


@access(Can.TEMPLATE_APPROVE)
@require_POST
def template_approve(request, slug):
    """Approve the draft that the page showed: `version` names it."""
    template = get_object_or_404(DocumentTemplate.objects.visible_to(request.user), slug=slug)
    number = request.POST.get("version", "")
    wanted = template.versions.filter(state=VersionState.DRAFT)
    version = wanted.filter(number=int(number)).first() if number.isdecimal() and len(number) < 9 else None
    if version is None:
        messages.warning(request, "There is no such draft any more. Look at what stands now.")
        return redirect(template)
    try:
        templates.approve(version, by=request.user, at=timezone.now())
    except (templates.NotADraft, templates.NothingChanged) as error:
        messages.info(request, str(error))
    else:
        messages.success(request, f"Version {version.number} is approved; new documents begin from it.")
    return redirect(template)
