from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from metrics.forms.pulls import SourceForm
from metrics.models import DataSource
from metrics.services import data_sources
from prodops.access import Can, access, allowed
from prodops.http import paginate, render_page


@access(Can.KPI_EDIT)
@sensitive_post_parameters("url")
@require_http_methods(["GET", "POST"])
def source_list(request):
    """The databases, and for those who may the form that connects one."""
    may = allowed(request.user, Can.SOURCE_MANAGE)
    adding = request.method == "POST" and may
    form = SourceForm(request.POST if adding else None)
    if adding and form.is_valid():
        source = data_sources.connect(**form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, f"“{source}” is connected. Now write a query on a KPI’s page.")
        return redirect("metrics:source_list")
    live = DataSource.objects.visible_to(request.user).live().for_list().with_pulls()
    context = {"page": paginate(request, live.order_by("name", "pk")), "form": form, "may": may}
    return render_page(request, "metrics/source_list.html", context, status=422 if form.errors else 200)


@access(Can.SOURCE_MANAGE)
@sensitive_post_parameters("url")
@require_http_methods(["GET", "POST"])
def source_edit(request, pk):
    source = get_object_or_404(DataSource.objects.editable_by(request.user).live(), pk=pk)
    form = SourceForm(request.POST or None, source=source)
    if request.method == "POST" and form.is_valid():
        changed = data_sources.change(source, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, "It is saved." if changed else "Nothing was different.")
        return redirect("metrics:source_list")
    context = {"form": form, "source": source}
    return render_page(request, "metrics/source_form.html", context, status=422 if form.errors else 200)


@access(Can.SOURCE_MANAGE)
@require_POST
def source_retire(request, pk):
    source = get_object_or_404(DataSource.objects.editable_by(request.user).live(), pk=pk)
    try:
        data_sources.retire(source, by=request.user, at=timezone.now())
    except data_sources.AlreadyRetired as error:
        messages.info(request, str(error))
    else:
        messages.success(request, f"“{source}” is disconnected and its password forgotten.")
    return redirect("metrics:source_list")
