"""Objectives from files and into files: upload, look, settle, take in, take back; CSV and Markdown."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from process import formats
from process.forms.exchange import OkrSettleForm, OkrUploadForm
from process.models import OkrImport, OkrImportState
from process.queries import exchange
from process.services import agreement, okr_imports
from process.views.cycles import cycle_of
from prodops.access import Can, access
from prodops.http import csv_response, paginate, render_page, wants_partial
from prodops.models import Team

SHOWN = 300  # rows that the preview lists


@access(Can.OKR_RUN)
@require_GET
def okr_import_list(request):
    """All files that came, newest first."""
    loads = OkrImport.objects.visible_to(request.user).for_list().defer("text", "left", "kept_back")
    context = {"page": paginate(request, loads), "now": timezone.now()}
    return render_page(request, "process/okr_import_list.html", context, partial="rows")


@access(Can.OKR_RUN)
@require_http_methods(["GET", "POST"])
def okr_import_new(request):
    form = OkrUploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            load = okr_imports.stage(
                said["cycle"],
                file_name=said["name"],
                text=said["text"],
                team=said["team"],
                owner=said["owner"],
                by=request.user,
                at=timezone.now(),
            )
        except formats.Unreadable as error:
            form.add_error("file" if request.FILES else "pasted", str(error))
        else:
            return redirect(load)
    status = 422 if form.errors else 200
    return render_page(request, "process/okr_import_new.html", {"form": form}, status=status)


def _load(request, pk):
    return get_object_or_404(OkrImport.objects.editable_by(request.user).for_list(), pk=pk)


def _looked(load):
    """(what it would bring, why that cannot be told)"""
    try:
        return okr_imports.look(load), ""
    except formats.Unreadable as error:
        return None, str(error)


def _header(load):
    return formats.header_of(load.text) if load.shape == "table" else []


@access(Can.OKR_RUN)
@require_GET
def okr_import_detail(request, pk):
    """What the file would bring, or what it brought."""
    load = _load(request, pk)
    if load.state == OkrImportState.STAGED:
        found, problem = _looked(load)
        return _preview(request, load, found, problem)
    context = {"load": load, "may_undo": load.may_undo(timezone.now())}
    return render_page(request, "process/okr_import_done.html", context)


def _preview(request, load, found, problem, form=None, why="", status=200):
    form = form or OkrSettleForm(load=load, header=_header(load), found=found)
    context = {"load": load, "found": found, "problem": problem, "form": form, "shown": SHOWN, "why": why}
    return render_page(request, "process/okr_import_preview.html", context, partial="preview", status=status)


@access(Can.OKR_RUN)
@require_POST
def okr_import_settle(request, pk):
    """Keep which column is which and who is who; the page shows what the file would bring then."""
    load = _load(request, pk)
    found, problem = _looked(load)
    form = OkrSettleForm(request.POST, load=load, header=_header(load), found=found)
    if not form.is_valid():
        return _preview(request, load, found, problem, form, status=422)
    said = form.cleaned_data
    try:
        okr_imports.settle(load, columns=said["columns"], people=said["people"], teams=said["teams"])
    except okr_imports.NotStaged as error:  # taken in meanwhile in another tab
        messages.info(request, str(error))
        return redirect(load)
    if wants_partial(request):
        return _preview(request, load, *_looked(load))
    return redirect(load)


@access(Can.OKR_RUN)
@require_POST
def okr_import_confirm(request, pk):
    load = _load(request, pk)
    reason = request.POST.get("reason", "").replace("\0", "")[:500]
    try:
        okr_imports.confirm(load, reason=reason, by=request.user, at=timezone.now())
    except agreement.NeedsReason as error:
        found, problem = _looked(load)
        return _preview(request, load, found, problem, why=str(error), status=422)
    except (okr_imports.NotStaged, formats.Unreadable) as error:  # a double click, or Back and again
        messages.info(request, str(error))
    return redirect(load)


@access(Can.OKR_RUN)
@require_POST
def okr_import_discard(request, pk):
    okr_imports.discard(_load(request, pk))
    messages.info(request, "Nothing was imported.")
    return redirect("process:okr_import_new")


@access(Can.OKR_RUN)
@require_POST
def okr_import_undo(request, pk):
    load = _load(request, pk)
    try:
        stays = okr_imports.undo(load, by=request.user, at=timezone.now())
    except okr_imports.NotUndone as error:
        messages.warning(request, str(error))
    else:
        words = f"Undone but for {len(stays)}: see below which stay and why." if stays else "Undone."
        messages.success(request, words)
    return redirect(load)


@access(Can.OKR_RUN)
@require_GET
def okr_import_left(request, pk):
    """Every line that does not come in, or not whole, and why."""
    load = _load(request, pk)
    rows = load.left
    if load.state == OkrImportState.STAGED:
        found, problem = _looked(load)
        rows = [[one.line, one.text, one.why] for one in found.left] if found else [[0, "", problem]]
    return csv_response(f"left-out-{load.pk}", ["Line", "Text", "Why"], rows)


@access(Can.OKR_READ)
@require_GET
def okr_export(request, slug):
    """A cycle, or by `?team=` one team's part, as CSV or by `?format=md` as Markdown: both come in again
    without a difference."""
    cycle, team = cycle_of(request, slug), None
    if wanted := request.GET.get("team", "").replace("\0", ""):
        team = get_object_or_404(Team.objects.visible_to(request.user), slug=wanted)
    plan = exchange.plan_of(cycle, team)
    name = f"okrs-{cycle.slug}" + (f"-{team.slug}" if team else "")
    if request.GET.get("format") == "md":
        text = formats.to_markdown(plan, f"OKRs {cycle}")
        response = HttpResponse(text, content_type="text/markdown; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}.md"'
        return response
    return csv_response(f"{name}-whole", formats.COLUMNS, formats.to_csv_rows(plan))
