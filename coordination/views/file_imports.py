"""The wizard for files of requests: upload, columns and preview, the result, undo; and the export back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coordination import queries
from coordination.filters import RequestFilter
from coordination.formats import FIELDS, PRESETS, Unreadable, Wrong, by_preset
from coordination.forms.files import ColumnsForm, FileUploadForm, PresetForm
from coordination.models import Channel, ChannelKind, FileImport, LoadState, Request
from coordination.services import channels, file_imports
from coordination.views import channel_kinds
from prodops.access import Can, access
from prodops.http import csv_response, paginate, render_page, wants_partial

FAULTS_SHOWN = 100
SHOWN = 5


def _section(channel, user, at):
    """On the page of a channel of files: its last imports and the way to the next."""
    loads = FileImport.objects.visible_to(user).filter(channel=channel).for_list()
    return {"loads": list(loads[:SHOWN])}


channel_kinds.register(ChannelKind.FILE, "coordination/_channel_files.html", _section)


@access(Can.CHANNEL_MANAGE)
@require_GET
def import_list(request):
    """All files that came, newest first."""
    page = paginate(request, FileImport.objects.visible_to(request.user).for_list())
    return render_page(request, "coordination/import_list.html", {"page": page}, partial="rows")


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def import_new(request):
    """Choose the file and its channel; `?channel=` names one."""
    doors = {door.slug: door for door in Channel.objects.open().filter(kind=ChannelKind.FILE)}
    initial = {"channel": doors.get(request.GET.get("channel", ""))}
    form = FileUploadForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        now, by = timezone.now(), request.user
        channel = form.cleaned_data.get("channel")
        try:
            if channel is None:
                name = form.cleaned_data["name"]
                channel = channels.open_channel(name=name, kind=ChannelKind.FILE, owner=by, by=by, at=now)
            load = file_imports.stage(form.cleaned_data["file"], channel=channel, by=by, at=now)
        except Unreadable as error:
            form.add_error("file", str(error))
        else:
            return redirect(load)
    context = {"form": form}
    return render_page(request, "coordination/import_new.html", context, status=422 if form.errors else 200)


def _load(request, pk):
    """The import; one whose worker was lost or cancelled is ended first, so that people can go on."""
    loads = FileImport.objects.editable_by(request.user).for_list()
    load = get_object_or_404(loads, pk=pk)
    if load.state == LoadState.RUNNING and file_imports.wind_up(load, at=timezone.now()):
        return get_object_or_404(loads, pk=pk)
    return load


def _staged(request, pk):
    loads = FileImport.objects.editable_by(request.user).filter(state=LoadState.STAGED)
    return get_object_or_404(loads.for_list(), pk=pk)


@access(Can.CHANNEL_MANAGE)
@require_GET
def import_detail(request, pk):
    """What the import would do, or what it did."""
    load = _load(request, pk)
    if load.state == LoadState.STAGED:
        return _preview(request, load, ColumnsForm(load=load))
    now = timezone.now()
    context = {"load": load, "may_undo": load.may_undo(now), "now": now}
    return render_page(request, "coordination/import_done.html", context)


def _preview(request, load, form, status=200):
    problem, found = "", None
    try:
        found = file_imports.look(load, at=timezone.now())
    except (Wrong, Unreadable) as error:
        problem = str(error)
    context = {
        "load": load,
        "form": form,
        "found": found,
        "problem": problem,
        "faults": found["refused"][:FAULTS_SHOWN] if found else [],
        "changed": [(one, [FIELDS[name].label for name in names]) for one, names in found["changed"][:SHOWN]]
        if found
        else [],
        "looked_at": file_imports.LOOKED_AT,
        "presets": PRESETS,
    }
    return render_page(request, "coordination/import_preview.html", context, partial="preview", status=status)


@access(Can.CHANNEL_MANAGE)
@require_POST
def import_columns(request, pk):
    """Keep which column is which; the page shows what the import would do then."""
    load = _staged(request, pk)
    preset = PresetForm(request.POST)
    if "preset" in request.POST and preset.is_valid():
        key = preset.cleaned_data["preset"]
        mapping = {field: load.header[place] for field, place in by_preset(load.header, key).items()}
        kept = {"mapping": mapping, "date_order": load.date_order, "preset": key}
    else:
        form = ColumnsForm(request.POST, load=load)
        if not form.is_valid():
            return _preview(request, load, form, status=422)
        kept = {"mapping": form.cleaned_data["mapping"], "date_order": form.cleaned_data["date_order"]}
    try:
        file_imports.settle(load, **kept)
    except file_imports.NotStaged as error:  # confirmed in another tab meanwhile
        messages.info(request, str(error))
        return redirect(load)
    if wants_partial(request):
        return _preview(request, load, ColumnsForm(load=load))
    return redirect(load)


@access(Can.CHANNEL_MANAGE)
@require_POST
def import_confirm(request, pk):
    load = _load(request, pk)
    try:
        job = file_imports.confirm(load, by=request.user, at=timezone.now())
    except (file_imports.NotStaged, Wrong, Unreadable) as error:  # a double click, or Back and again
        messages.info(request, str(error))
        return redirect(load)
    return redirect(job or load)


@access(Can.CHANNEL_MANAGE)
@require_POST
def import_discard(request, pk):
    file_imports.discard(_staged(request, pk))
    messages.info(request, "Nothing was imported.")
    return redirect("coordination:import_list")


@access(Can.CHANNEL_MANAGE)
@require_POST
def import_undo(request, pk):
    load = _load(request, pk)
    try:
        stays = file_imports.undo(load, by=request.user, at=timezone.now())
    except file_imports.NotUndone as error:
        messages.warning(request, str(error))
        return redirect(load)
    if stays:
        messages.warning(request, f"Undone but for {len(stays):,}: see below which stay and why.")
    else:
        messages.success(request, "Undone: nothing of this file is here any more.")
    return redirect(load)


@access(Can.CHANNEL_MANAGE)
@require_GET
def import_refused(request, pk):
    """Every row that could not be taken with all its columns and why: to mend and upload again."""
    load = _load(request, pk)
    try:
        rows = file_imports.refused(load, at=timezone.now())
    except (Wrong, Unreadable) as error:
        messages.warning(request, str(error))
        return redirect(load)
    return csv_response(f"refused-{load.pk}", ["Line", "Why", *load.header], rows)


@access(Can.CHANNEL_MANAGE)
@require_GET
def request_export(request):
    """The filtered requests with all they have: it imports again without a difference."""
    visible = Request.objects.visible_to(request.user).for_list()
    found = RequestFilter(request.GET, visible).qs
    return csv_response("requests-whole", queries.OWN_HEADER, queries.own_rows(found))
