"""Templates of experiments."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.forms.experiments import TemplateForm
from metrics.models import ExperimentTemplate
from metrics.services import experiments
from prodops.access import Can, access
from prodops.http import paginate, render_page


@access(Can.EXPERIMENT_READ)
@require_GET
def template_list(request):
    rows = ExperimentTemplate.objects.visible_to(request.user).in_use().for_list()
    return render_page(request, "metrics/experiment_templates.html", {"page": paginate(request, rows)})


@access(Can.EXPERIMENT_RUN)
@require_http_methods(["GET", "POST"])
def template_new(request):
    return _edit(request, None)


@access(Can.EXPERIMENT_RUN)
@require_http_methods(["GET", "POST"])
def template_edit(request, pk):
    rows = ExperimentTemplate.objects.visible_to(request.user).in_use()
    return _edit(request, get_object_or_404(rows, pk=pk))


def _edit(request, template):
    form = TemplateForm(request.POST or None, template=template)
    if request.method == "POST" and form.is_valid():
        try:
            experiments.save_template(template, **form.said(), by=request.user, at=timezone.now())
        except experiments.NotPossible as error:
            form.add_error("name", str(error))
        else:
            messages.success(
                request, "The template is saved. Experiments made from it before stay as they are."
            )
            return redirect("metrics:experiment_templates")
    context = {"form": form, "template": template}
    status = 422 if form.errors else 200
    return render_page(request, "metrics/experiment_template_form.html", context, status=status)


@access(Can.EXPERIMENT_RUN)
@require_POST
def template_retire(request, pk):
    template = get_object_or_404(ExperimentTemplate.objects.visible_to(request.user), pk=pk)
    experiments.retire(template, by=request.user, at=timezone.now())
    messages.success(request, f"“{template}” is offered no more.")
    return redirect("metrics:experiment_templates")
