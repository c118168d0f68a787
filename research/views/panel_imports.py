"""Bringing a list of people into the panel: columns, words, a dry run, and the way back."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops.access import Can, access
from prodops.http import paginate, render_page
from research.forms.panel import ListForm
from research.models import PanelImport, PanelImportState
from research.services import panel_imports

SHOWN = 100
MOST_FILE = 20 * 1024 * 1024


@access(Can.PANEL_EDIT)
@require_http_methods(["GET", "POST"])
def panel_import_list(request):
    """The lists that came in, and the next one."""
    form = ListForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > MOST_FILE:
                raise panel_imports.Refused("The file is larger than 20 MB. Split it.")
            load = panel_imports.stage(file.read(), file.name, by=request.user, at=timezone.now())
        except panel_imports.Refused as error:
            form.add_error("file", str(error))
        else:
            return redirect("research:panel_import", load.pk)
    page = paginate(request, PanelImport.objects.visible_to(request.user).for_list().order_by("-at", "-pk"))
    context = {"form": form, "page": page}
    return render_page(
        request, "research/panel_import_list.html", context, status=422 if form.errors else 200
    )


def _load(request, pk):
    return get_object_or_404(PanelImport.objects.visible_to(request.user).for_list(), pk=pk)


@access(Can.PANEL_EDIT)
@require_GET
def panel_import(request, pk):
    """The dry run: what each column is, which words are not known, what would become of each row."""
    load = _load(request, pk)
    context = {"load": load, "staged": load.state == PanelImportState.STAGED}
    if context["staged"]:
        plan = panel_imports.plan(load)
        labels = panel_imports.labels()
        heads = [str(one) for one in load.rows[0]]
        context |= {
            "plan": plan,
            "counts": plan.counts,
            "lines": sorted(plan.lines, key=lambda line: line.what != "left out")[:SHOWN],
            "more": max(0, len(plan.lines) - SHOWN),
            "labels": labels,
            "columns": [
                (str(place), head, load.mapping.get(str(place), ""), _example(load, place))
                for place, head in enumerate(heads)
            ],
            "unknown": [
                (field, labels[field], panel_imports.options(field), list(words.items())[:40])
                for field, words in plan.unknown.items()
            ],
        }
    return render_page(request, "research/panel_import.html", context)


def _example(load, place):
    return next((str(row[place + 1])[:60] for row in load.rows[1:20] if str(row[place + 1]).strip()), "")


@access(Can.PANEL_EDIT)
@require_POST
def panel_import_columns(request, pk):
    """Take what the columns are, and what unknown words mean: `word:<field>` and `means:<field>` in pairs."""
    load = _load(request, pk)
    if load.state != PanelImportState.STAGED:
        messages.info(request, "This list was taken in or discarded already.")
        return redirect("research:panel_import", pk)
    columns = range(len(load.rows[0]))
    mapping = {str(place): request.POST.get(f"column:{place}", "") for place in columns}
    if not any(mapping.values()):
        mapping = dict(load.mapping)
    values: dict = {}
    for field in panel_imports.labels():
        words, means = request.POST.getlist(f"word:{field}"), request.POST.getlist(f"means:{field}")
        for word, value in zip(words, means, strict=False):
            if value and "\0" not in word:
                values.setdefault(field, {})[word] = "" if value == "unknown!" else value
    try:
        panel_imports.map_columns(
            load,
            {place: field for place, field in mapping.items() if field},
            values=values,
            by=request.user,
            at=timezone.now(),
        )
    except panel_imports.Refused as error:
        messages.error(request, str(error))
    return redirect("research:panel_import", pk)


@access(Can.PANEL_EDIT)
@require_POST
def panel_import_confirm(request, pk):
    load = _load(request, pk)
    try:
        done = panel_imports.confirm(load, by=request.user, at=timezone.now())
    except panel_imports.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            f"{len(done.made)} people are new, {len(done.changed)} were filled in. You can undo this.",
        )
    return redirect("research:panel_import", pk)


@access(Can.PANEL_EDIT)
@require_POST
def panel_import_discard(request, pk):
    try:
        panel_imports.discard(_load(request, pk), at=timezone.now())
        messages.success(request, "Discarded. Nothing of the list is kept.")
    except panel_imports.Refused as error:
        messages.error(request, str(error))
    return redirect("research:panel_import_list")


@access(Can.PANEL_EDIT)
@require_POST
def panel_import_undo(request, pk):
    try:
        gone, stayed = panel_imports.undo(_load(request, pk), by=request.user, at=timezone.now())
    except panel_imports.Refused as error:
        messages.error(request, str(error))
    else:
        words = f"{gone} people are out of the panel again."
        messages.success(
            request, words + (f" {stayed} stay, since something hangs on them." if stayed else "")
        )
    return redirect("research:panel_import", pk)
