from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.forms.pulls import PullForm
from metrics.models import Kpi, Pull
from metrics.services import pulls
from prodops.access import Can, access, allowed
from prodops.http import paginate, render_page

SAMPLE = 8


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def pull_write(request, slug):
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user).live(), slug=slug)
    return _write(request, kpi, None)


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def pull_edit(request, pk):
    pull = get_object_or_404(_editable(request), pk=pk)
    return _write(request, pull.kpi, pull)


def _write(request, kpi, pull):
    """Try the query out, then keep it: what is kept has answered as it should at least once."""
    form = PullForm(request.POST or None, editor=request.user, kpi=kpi, pull=pull)
    tried = None
    if request.method == "POST" and form.is_valid():
        asked = {name: form.cleaned_data[name] for name in ("sql", "seconds", "most_rows")}
        now = timezone.now()
        try:
            tried = pulls.try_out(kpi, form.cleaned_data["source"], **asked, at=now)
        except pulls.REFUSALS as error:
            form.add_error("sql", str(error))
        else:
            if tried[1].faults and not tried[1].rows:
                form.add_error("sql", f"No row can be taken; the first one because {tried[1].faults[0][1]}.")
            elif request.POST.get("keep"):
                fields = form.cleaned_data | {"columns": tried[0]}
                kept = pulls.write(kpi, pull=pull, by=request.user, at=now, **fields)
                messages.success(request, "The query is kept and will be asked on its schedule.")
                return redirect("metrics:pull_detail", kept.pk)
    context = {"form": form, "kpi": kpi, "pull": pull, "tried": tried, "sample": SAMPLE}
    return render_page(request, "metrics/pull_form.html", context, status=422 if form.errors else 200)


@access(Can.KPI_READ)
@require_GET
def pull_detail(request, pk):
    """A query, and how it went each time."""
    pull = get_object_or_404(Pull.objects.visible_to(request.user).for_list(), pk=pk)
    may_edit = allowed(request.user, Can.KPI_EDIT) and pull.kpi.is_editable_by(request.user)
    runs = paginate(request, pull.runs.select_related("load").defer("load__text").order_by("-at", "-pk"), 30)
    context = {"pull": pull, "kpi": pull.kpi, "may_edit": may_edit, "page": runs}
    return render_page(request, "metrics/pull_detail.html", context)


@access(Can.KPI_EDIT)
@require_POST
def pull_act(request, pk, act):
    """Have it asked now, let it rest, wake it."""
    pull = get_object_or_404(_editable(request), pk=pk)
    now = timezone.now()
    try:
        if act == "ask":
            pulls.ask_now(pull, at=now)
            messages.success(request, "It is being asked. Look again in a moment.")
        elif act == "rest":
            pulls.rest(pull, by=request.user, at=now)
            messages.success(request, "The query rests.")
        else:
            pulls.wake(pull, by=request.user, at=now)
            messages.success(request, "The query is asked on its schedule again.")
    except pulls.NotReady as error:
        messages.info(request, str(error))
    return redirect("metrics:pull_detail", pull.pk)


def _editable(request):
    editable = Pull.objects.filter(kpi__in=Kpi.objects.editable_by(request.user).live())
    return editable.select_related("kpi", "source")
