"""Definitions in and out: upload, look, choose, apply, undo; and files in each format."""

import datetime as dt

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.formats import registry
from metrics.forms.exchange import RegistryImportForm
from metrics.models import Kpi, RegistryFormat, RegistryImport, RowState
from metrics.queries.exchange import EXACT, entry_of, for_exchange
from metrics.services import exchange
from prodops.access import Can, access
from prodops.http import paginate, render_page
from prodops.models import Team
from prodops.sheets import xlsx_response

MOST_EXPORTED = 5_000
PREVIEWED = 12_000  # signs of a file that the page shows
FILES = {  # format: (the file's ending, what it is for)
    "prodops": ("yaml", "Everything Prodops knows of a KPI, for another workspace or for version control."),
    "table": ("csv", "Everything, a row a KPI: to look through and correct in a spreadsheet."),
    "dbt_yaml": ("yml", "Semantic models and metrics of the dbt semantic layer (1.6 and later)."),
    "dbt_manifest": ("json", "What dbt parse writes, for tools that read semantic_manifest.json."),
    "osi": ("yaml", "Apache Ossie, formerly Open Semantic Interchange."),
    "lookml": ("lkml", "Views with a measure for each KPI."),
    "metric_hub": ("toml", "Definitions for Mozilla’s metric-hub."),
}


@access(Can.KPI_EDIT)
@require_GET
def registry_import_list(request):
    loads = RegistryImport.objects.visible_to(request.user).for_list()
    return render_page(request, "metrics/registry_import_list.html", {"page": paginate(request, loads, 30)})


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def registry_import_new(request):
    form = RegistryImportForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        load = exchange.stage(
            file_name=data["name"],
            text=data["text"],
            format=data["format"],
            team=data["team"],
            by=request.user,
            at=timezone.now(),
        )
        return redirect(load)
    status = 422 if form.errors else 200
    return render_page(request, "metrics/registry_import_new.html", {"form": form}, status=status)


def _load(request, pk):
    visible = RegistryImport.objects.visible_to(request.user).select_related("by", "team", "job", "undone_by")
    return get_object_or_404(visible, pk=pk)


@access(Can.KPI_EDIT)
@require_GET
def registry_import(request, pk):
    """What the file would change, how far it is, or what became of it."""
    load = _load(request, pk)
    counts = dict.fromkeys(RowState.values, 0) | {
        state: number for state, number in _counted(load.rows, "state")
    }
    states = [state for state in RowState.values if counts[state]]
    state = request.GET.get("state", "")
    state = state if state in states else ""
    rows = load.rows.for_list().order_by("place")
    if state:
        rows = rows.filter(state=state)
    now = timezone.now()
    context = {
        "load": load,
        "counts": counts,
        "results": dict(_counted(load.rows, "result")),
        "chosen": load.rows.filter(chosen=True).count() if load.is_staged else 0,
        "state": state,
        "states": [(one, RowState(one).label, counts[one]) for one in states],
        "page": paginate(request, rows, 50),
        "fields": registry.FIELDS,
        "said": _said,
        "mine": load.by_id == request.user.pk,
        "undoable": exchange.may_undo(load, now),
        "undo_days": exchange.UNDONE_WITHIN // dt.timedelta(days=1),
    }
    return render_page(request, "metrics/registry_import.html", context, partial="state")


def _counted(rows, name):
    return rows.order_by().values_list(name).annotate(Count("pk"))


def _said(value):
    """A value of a file as people read it."""
    if value in (None, "", [], {}):
        return "—"
    if isinstance(value, list):
        return ", ".join(map(_said, value))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_said(one)}" for key, one in value.items())
    return str(value)


def _mine(request, pk):
    return get_object_or_404(
        RegistryImport.objects.filter(by=request.user).select_related("team", "by"), pk=pk
    )


@access(Can.KPI_EDIT)
@require_POST
def registry_import_choose(request, pk):
    """Note which rows of the page are to be applied, or all of a state."""
    load = _mine(request, pk)
    try:
        if whole := request.POST.get("all", ""):
            exchange.choose_all(load, state=whole, chosen=request.POST.get("on") == "1")
        else:
            exchange.choose(load, shown=_ids(request, "shown"), chosen=_ids(request, "chosen"))
    except exchange.NotStaged as error:
        messages.info(request, str(error))
    query = request.META.get("QUERY_STRING", "")[:200]
    return redirect(f"{load.get_absolute_url()}{'?' + query if query else ''}")


def _ids(request, name):
    return [
        int(one)
        for one in request.POST.getlist(name)[:500]
        if one.isascii() and one.isdecimal() and len(one) < 18
    ]


@access(Can.KPI_EDIT)
@require_POST
def registry_import_start(request, pk):
    load = _mine(request, pk)
    try:
        exchange.choose(load, shown=_ids(request, "shown"), chosen=_ids(request, "chosen"))
        exchange.start(load, by=request.user, at=timezone.now())
    except exchange.NotStaged as error:
        messages.info(request, str(error))
    return redirect(load)


@access(Can.KPI_EDIT)
@require_POST
def registry_import_discard(request, pk):
    load = _mine(request, pk)
    try:
        exchange.discard(load)
    except exchange.NotStaged as error:
        messages.info(request, str(error))
        return redirect(load)
    messages.info(request, "Nothing was changed, and the file is forgotten.")
    return redirect("metrics:registry_import_new")


@access(Can.KPI_EDIT)
@require_POST
def registry_import_undo(request, pk):
    load = _load(request, pk)
    try:
        exchange.undo(load, by=request.user, at=timezone.now())
    except exchange.NotUndoable as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{load}” is undone. What has been worked on since is kept, and marked.")
    return redirect(load)


def _exported(request, format):
    """The KPIs asked for, as entries; and the team they are of, or None.

    Our own formats hold also what is out of use, with its successor, and what each KPI has meant before.
    """
    whole = format in (*EXACT, "xlsx")
    kpis = Kpi.objects.visible_to(request.user)
    kpis = kpis if whole else kpis.live()
    wanted = request.GET.get("team", "")
    team = None
    if wanted.isascii() and wanted.isdecimal() and len(wanted) < 10:
        team = Team.objects.filter(pk=int(wanted)).first()
    if team is not None:
        kpis = kpis.filter(team=team)
    wanted = for_exchange(kpis.order_by("slug"), history=whole)
    return [entry_of(kpi) for kpi in wanted[:MOST_EXPORTED]], team


@access(Can.KPI_READ)
@require_GET
def registry_export(request):
    """What a file of each format would hold, before one downloads it."""
    format = request.GET.get("format", "prodops")
    format = format if format in FILES else "prodops"
    entries, team = _exported(request, format)
    writing = registry.write(format, entries)
    context = {
        "formats": [(key, RegistryFormat(key).label, words) for key, (_, words) in FILES.items()],
        "format": format,
        "label": RegistryFormat(format).label,
        "about": FILES[format][1],
        "team": team,
        "teams": Team.objects.order_by("name"),
        "total": len(entries),
        "held": len(entries) - len(writing.left_out),
        "left_out": writing.left_out,
        "text": writing.text[:PREVIEWED],
        "more": len(writing.text) > PREVIEWED,
    }
    return render_page(request, "metrics/registry_export.html", context, partial="shown")


@access(Can.KPI_READ)
@require_GET
def registry_download(request, format):
    """The registry as a file."""
    if format != "xlsx" and format not in FILES:
        raise Http404("There is no such format.")
    entries, team = _exported(request, format)
    name = f"kpis-{team.slug if team and hasattr(team, 'slug') else 'all'}"
    if format == "xlsx":
        return xlsx_response(name, registry.HEADER, registry.rows_of(entries))
    response = HttpResponse(registry.write(format, entries).text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.{FILES[format][0]}"'
    return response
