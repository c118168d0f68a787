"""The driver tree, and its edges on the KPIs' pages."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from metrics.models import Kpi
from metrics.panels.exchange import DriverForm
from metrics.queries import drivers as reads
from metrics.services import drivers
from prodops.access import Can, access
from prodops.http import csv_response, render_page

KEYS = [
    ("+ −", "Draw the tree larger or smaller"),
    ("0", "As large as fits"),
    ("arrow keys", "Go along the tree"),
]


@access(Can.KPI_READ)
@require_GET
def driver_tree(request):
    """The tree from the north star to the inputs, or below `?of=` one KPI."""
    root = None
    if wanted := request.GET.get("of", "").replace("\0", "")[:80]:
        root = Kpi.objects.visible_to(request.user).live().filter(slug=wanted).first()
        if root is None:
            raise Http404("No KPI in use has this address.")
    tree = reads.tree(request.user, at=timezone.now(), root=root)
    if request.GET.get("format") == "csv":
        return csv_response("driver-tree", ["KPI", "Driver", "Value", "Change", "Note"], _rows(tree))
    context = {"tree": tree, "root": root, "page_keys": KEYS, "now": timezone.now()}
    return render_page(request, "metrics/driver_tree.html", context)


def _rows(tree):
    for line in tree.drawing.lines:
        parent, child = tree.kpis[line.parent], tree.kpis[line.child]
        one = tree.figures[child.pk]
        change = child.show_change(one.before, one.value) if one.before is not None else ""
        yield parent.name, child.name, one.value, change, tree.notes.get((parent.pk, child.pk), "")


def _kpi(request, slug):
    return get_object_or_404(Kpi.objects.editable_by(request.user).select_related("count_version"), slug=slug)


@access(Can.KPI_EDIT)
@require_POST
def driver_add(request, slug):
    """Add a driver to a KPI."""
    kpi = _kpi(request, slug)
    form = DriverForm(request.POST, user=request.user)
    if not form.is_valid():
        messages.error(request, " ".join(str(words) for errors in form.errors.values() for words in errors))
        return redirect(f"{kpi.get_absolute_url()}#panel-drivers")
    child = form.cleaned_data["child"]
    try:
        drivers.add(kpi, child, note=form.cleaned_data["note"], by=request.user, at=timezone.now())
    except (drivers.Circle, drivers.Refused) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"“{child}” is a driver of “{kpi}” now.")
    return redirect(f"{kpi.get_absolute_url()}#panel-drivers")


@access(Can.KPI_EDIT)
@require_POST
def driver_remove(request, slug, pk):
    """Take a driver away from a KPI."""
    kpi = _kpi(request, slug)
    edge = get_object_or_404(kpi.driver_edges.select_related("parent", "child"), pk=pk)
    drivers.remove(edge, by=request.user, at=timezone.now())
    messages.success(request, f"“{edge.child}” is no driver of “{kpi}” any more.")
    return redirect(f"{kpi.get_absolute_url()}#panel-drivers")


@access(Can.KPI_EDIT)
@require_POST
def driver_follow(request, slug):
    """Take the KPIs of the formula as drivers."""
    kpi = _kpi(request, slug)
    slugs = sorted(set(reads.inputs_of(kpi).values()))
    added, refused = drivers.follow_formula(kpi, slugs, by=request.user, at=timezone.now())
    if refused:
        messages.error(request, " ".join(refused))
    if added:
        messages.success(request, f"Added from the formula: {', '.join(edge.child.name for edge in added)}.")
    elif not refused:
        messages.info(request, "All KPIs of the formula are drivers already.")
    return redirect(f"{kpi.get_absolute_url()}#panel-drivers")
