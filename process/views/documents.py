from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from process.filters import DocumentFilter
from process.forms import DocumentForm, NewDocumentForm, ReasonForm
from process.formulas import texts
from process.models import Document, DocumentTemplate
from process.services import documents
from prodops import panels
from prodops.access import Can, access
from prodops.http import paginate, render_page
from prodops.talk import talk_about
from prodops.text import markdown


@access(Can.DOCUMENT_READ)
@require_GET
def document_list(request):
    visible = Document.objects.visible_to(request.user).for_list()
    found = DocumentFilter(request.GET, visible, request=request)
    context = {"found": found, "page": paginate(request, found.qs)}
    return render_page(request, "process/document_list.html", context, partial="rows")


@access(Can.DOCUMENT_READ)
@require_GET
def document_detail(request, pk):
    document = get_object_or_404(Document.objects.visible_to(request.user).for_page(), pk=pk)
    context = {
        "document": document,
        "sections": texts.sections(document.body),
        "editable": Document.objects.editable_by(request.user).filter(pk=pk).exists(),
        "reason_form": ReasonForm(auto_id="reopen_%s"),
        "panels": panels.render("process.document", request, document),
        "talk": talk_about(request, document),
    }
    return render_page(request, "process/document_detail.html", context)


@access(Can.DOCUMENT_EDIT)
@require_GET
def document_new(request):
    """Choose what to write from: only approved templates are offered."""
    usable = DocumentTemplate.objects.visible_to(request.user).usable().for_list()
    return render_page(request, "process/document_new.html", {"templates": usable})


@access(Can.DOCUMENT_EDIT)
@require_http_methods(["GET", "POST"])
def document_create(request, template):
    visible = DocumentTemplate.objects.visible_to(request.user).usable().select_related("current")
    chosen = get_object_or_404(visible, slug=template)
    form = NewDocumentForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        document = documents.create(
            chosen, **form.cleaned_data, owner=request.user, by=request.user, at=timezone.now()
        )
        return redirect("process:document_edit", document.pk)
    return render_page(request, "process/document_create.html", {"form": form, "template": chosen})


@access(Can.DOCUMENT_EDIT)
@require_http_methods(["GET", "POST"])
def document_edit(request, pk):
    """The editor. A save begun on an older version answers 409 with both texts."""
    document = get_object_or_404(Document.objects.editable_by(request.user).for_page(), pk=pk)
    form = DocumentForm(request.POST or None, instance=document, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            documents.edit(document, **form.cleaned_data, by=request.user, at=timezone.now())
        except documents.Stale as stale:
            return _conflict(request, form, stale.document)
        except documents.Frozen as error:
            messages.error(request, str(error))
            return _conflict(request, form, Document.objects.for_page().get(pk=pk))
        messages.success(request, "Saved.")
        return redirect(document)
    if document.frozen and request.method == "GET":
        messages.info(request, "This document is final. Reopen it to edit it.")
        return redirect(document)
    return render_page(request, "process/document_edit.html", {"document": document, "form": form})


def _conflict(request, form, stands):
    """Both texts, what differs, and the person's own in a form that saves on top of what stands now."""
    mine = form.cleaned_data
    typed = form.data.copy()
    typed["version"] = stands.version
    retry = DocumentForm(typed, instance=stands, user=request.user)
    context = {
        "document": stands,
        "form": retry,
        "changes": texts.around_changes(texts.differences(stands.body, mine["body"])),
    }
    return render_page(request, "process/document_conflict.html", context, status=409)


@access(Can.DOCUMENT_EDIT)
@require_POST
def document_preview(request):
    """The text of an editor as it will be read."""
    source = request.POST.get("body", "")[:200_000]
    return HttpResponse(markdown(source) or "<p>Nothing is written yet.</p>")


def _moved(request, pk, verb, words, **extra):
    document = get_object_or_404(Document.objects.editable_by(request.user), pk=pk)
    try:
        verb(document, by=request.user, at=timezone.now(), **extra)
    except documents.NotAllowed as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, words)
    return redirect(document)


@access(Can.DOCUMENT_EDIT)
@require_POST
def document_submit(request, pk):
    return _moved(request, pk, documents.submit, "The document is in review.")


@access(Can.DOCUMENT_EDIT)
@require_POST
def document_withdraw(request, pk):
    return _moved(request, pk, documents.withdraw, "The document is a draft again.")


@access(Can.DOCUMENT_EDIT)
@require_POST
def document_finalise(request, pk):
    return _moved(request, pk, documents.finalise, "The document is final and frozen.")


@access(Can.DOCUMENT_EDIT)
@require_POST
def document_reopen(request, pk):
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return _moved(request, pk, documents.reopen, "The document is a draft again.", reason=reason)
