"""Bringing material in: upload, look at what would happen, start, and take it back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops.access import Can, access, allowed
from prodops.http import paginate, render_page, wants_partial
from prodops.models import Team
from research.formats import highlight_table
from research.forms import MaterialForm
from research.models import ImportKind, MaterialImport, Study
from research.services import exchange

NEW_TAGS_SHOWN = 400


@access(Can.RESEARCH_EDIT)
@require_GET
def import_list(request):
    loads = MaterialImport.objects.visible_to(request.user).for_list().order_by("-at", "-pk")
    return render_page(request, "research/import_list.html", {"page": paginate(request, loads, 30)})


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def import_new(request):
    wanted = Study.objects.editable_by(request.user).filter(
        slug=request.GET.get("study", "").replace("\0", "")
    )
    study = wanted.first()
    form = MaterialForm(
        request.POST or None, request.FILES or None, user=request.user, initial={"study": study and study.pk}
    )
    if request.method == "POST" and form.is_valid():
        load = _staged(request, form)
        if load:
            return redirect(load)
    status = 422 if form.errors else 200
    return render_page(request, "research/import_new.html", {"form": form, "study": study}, status=status)


def _staged(request, form):
    """The import that waits for an answer; or None, with the form saying why not."""
    upload, study = form.cleaned_data["file"], form.cleaned_data["study"]
    try:
        return exchange.stage(upload, study=study, by=request.user, at=timezone.now())
    except exchange.NoStudy as error:
        form.add_error("study", str(error))
    except exchange.Unreadable as error:
        form.add_error("file", str(error))
    return None


def _visible(request, pk):
    visible = MaterialImport.objects.visible_to(request.user)
    return get_object_or_404(visible.select_related("study__team", "by", "job", "undone_by"), pk=pk)


def _editable(request, pk):
    editable = MaterialImport.objects.editable_by(request.user)
    return get_object_or_404(editable.select_related("study__team"), pk=pk)


@access(Can.RESEARCH_EDIT)
@require_GET
def import_detail(request, pk):
    """What the file would do, how far it is, or what it did."""
    load = _visible(request, pk)
    outline = load.outline
    tags = outline.get("tags", [])
    context = {
        "load": load,
        "outline": outline,
        "counts": load.counts if load.is_done else outline.get("counts", {}),
        "same": [tag for tag in tags if tag["state"] == "same"],
        "new_tags": [tag for tag in tags if tag["state"] == "new"][:NEW_TAGS_SHOWN],
        "may_shape": allowed(request.user, Can.TAXONOMY_MANAGE),
        "undoable": exchange.may_undo(load, timezone.now()),
        "undo_days": exchange.UNDONE_WITHIN.days,
        "mine": load.by_id == request.user.pk,
        "teams": _teams(request, load),
        "columns": _columns(load),
        "tabular": load.kind == ImportKind.HIGHLIGHTS,
    }
    response = render_page(request, "research/import_detail.html", context, partial="state")
    if wants_partial(request) and not (load.is_running or load.is_reading):
        response["HX-Refresh"] = "true"  # it was waited for, and is over
    return response


def _columns(load):
    """[(field, its name, the column it is read from or None)] of a table."""
    if load.kind != ImportKind.HIGHLIGHTS:
        return []
    chosen = load.outline.get("columns", {})
    return [(field, words, chosen.get(field)) for field, (words, _) in highlight_table.FIELDS.items()]


@access(Can.RESEARCH_EDIT)
@require_POST
def import_columns(request, pk):
    """Read the table by other columns than its headers say."""
    mine = MaterialImport.objects.editable_by(request.user).filter(
        by=request.user, kind=ImportKind.HIGHLIGHTS
    )
    load = get_object_or_404(mine.select_related("study__team", "by"), pk=pk)
    if not load.is_staged:
        messages.info(request, f"“{load}” has been imported already.")
        return redirect(load)
    width = len(load.outline.get("header", ()))
    columns = {}
    for field in highlight_table.FIELDS:
        wanted = request.POST.get(f"column-{field}", "")
        if wanted.isascii() and wanted.isdecimal() and len(wanted) < 4 and int(wanted) < width:
            columns[field] = int(wanted)
    try:
        exchange.remap(load, columns)
    except (exchange.Unreadable, FileNotFoundError) as error:
        messages.error(request, str(error))
    return redirect(load)


def _teams(request, load):
    """Which teams may take the study that the file would open; first the one of the name in the file."""
    if load.kind != ImportKind.STUDY or load.study is not None:
        return []
    named = load.outline.get("team", "")
    teams = Team.objects.editable_by(request.user)
    return sorted(teams, key=lambda team: (team.name != named, team.name))


def _scope(request, load):
    """Where new tags belong: "study", "workspace", or "file" for what an exported study says of each."""
    if load.kind == ImportKind.CODEBOOK and load.study_id is None:
        return "workspace"
    wanted = request.POST.get("scope", "")
    known = wanted in ("workspace", "file") and allowed(request.user, Can.TAXONOMY_MANAGE)
    return wanted if known else "study"


@access(Can.RESEARCH_EDIT)
@require_POST
def import_start(request, pk):
    load = get_object_or_404(MaterialImport.objects.editable_by(request.user).filter(by=request.user), pk=pk)
    choices = {
        "scope": _scope(request, load),
        "tags": {
            tag["guid"]: "new"
            for tag in load.outline.get("tags", [])
            if tag["state"] == "same" and request.POST.get(f"tag-{tag['guid']}") == "new"
        },
    }
    teams = _teams(request, load)
    if load.kind == ImportKind.STUDY and load.study is None:
        wanted = request.POST.get("team", "")
        team = next((one for one in teams if str(one.pk) == wanted), None)
        if team is None:
            messages.error(request, "Choose the team that shall own the study.")
            return redirect("research:import_detail", pk)
        choices["team"] = team.pk
    try:
        exchange.start(load, choices=choices, by=request.user, at=timezone.now())
    except exchange.NotStaged as error:
        messages.info(request, str(error))
    return redirect("research:import_detail", pk)


@access(Can.RESEARCH_EDIT)
@require_POST
def import_discard(request, pk):
    load = _editable(request, pk)
    try:
        exchange.discard(load)
    except exchange.NotStaged as error:
        messages.info(request, str(error))
        return redirect(load)
    messages.info(request, "Nothing was imported, and the file is forgotten.")
    return redirect("research:import_new")


@access(Can.RESEARCH_EDIT)
@require_POST
def import_undo(request, pk):
    load = _editable(request, pk)
    try:
        exchange.undo(load, by=request.user, at=timezone.now())
    except exchange.Overtaken as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{load}” is undone: what it brought in is gone.")
    return redirect("research:import_detail", pk)
