from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from metrics.filters.annotations import AnnotationFilter
from metrics.forms.annotations import AnnotationForm
from metrics.models import Annotation, Kpi
from metrics.services import annotations
from prodops.access import Can, access, allowed
from prodops.http import next_url, paginate, render_page

FIELDS = ("kind", "text", "starts", "ends")


@access(Can.KPI_READ)
@require_http_methods(["GET", "POST"])
def annotation_list(request):
    """Everything that stands on charts; product ops adds here what concerns all KPIs."""
    may_add = allowed(request.user, Can.KPI_APPROVE)
    adding = request.method == "POST" and may_add
    form = AnnotationForm(request.POST if adding else None)
    if adding and form.is_valid():
        annotations.add(kpi=None, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, "It stands on the charts of all KPIs now.")
        return redirect("metrics:annotation_list")
    visible = Annotation.objects.visible_to(request.user).for_list()
    found = AnnotationFilter(request.GET, visible.order_by("-starts", "-pk"))
    page = paginate(request, found.qs)
    mine = {one.pk for one in page if one.is_editable_by(request.user)}
    context = {"found": found, "page": page, "form": form, "may_add": may_add, "mine": mine}
    status = 422 if form.errors else 200
    return render_page(request, "metrics/annotation_list.html", context, partial="rows", status=status)


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def annotation_add(request, slug):
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user), slug=slug)
    form = AnnotationForm(request.POST or None, may_everywhere=request.user.runs_product_ops)
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        everywhere = fields.pop("everywhere", False)
        annotations.add(kpi=None if everywhere else kpi, **fields, by=request.user, at=timezone.now())
        messages.success(request, "It stands on the chart now.")
        return redirect(kpi)
    context = {"form": form, "kpi": kpi, "annotation": None}
    status = 422 if form.errors else 200
    return render_page(request, "metrics/annotation_form.html", context, status=status)


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def annotation_edit(request, pk):
    annotation = get_object_or_404(_editable(request), pk=pk)
    initial = {name: getattr(annotation, name) for name in FIELDS}
    form = AnnotationForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        changed = annotations.edit(annotation, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, "It is saved." if changed else "Nothing was different.")
        return redirect(_back(request, annotation))
    context = {"form": form, "kpi": annotation.kpi, "annotation": annotation}
    status = 422 if form.errors else 200
    return render_page(request, "metrics/annotation_form.html", context, status=status)


@access(Can.KPI_EDIT)
@require_POST
def annotation_remove(request, pk):
    annotation = get_object_or_404(_editable(request), pk=pk)
    back = _back(request, annotation)
    annotations.remove(annotation, by=request.user, at=timezone.now())
    messages.success(request, f"“{annotation}” is off the charts.")
    return redirect(back)


def _editable(request):
    return Annotation.objects.editable_by(request.user).select_related("kpi").distinct()


def _back(request, annotation):
    if annotation.kpi_id:
        return next_url(request, annotation.kpi.get_absolute_url())
    return next_url(request, annotation.get_absolute_url())
