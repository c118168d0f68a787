"""Why requests are declined: the codes that product ops manages."""

from django.contrib import messages
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from coordination.forms import DeclineReasonForm
from coordination.models import DeclineReason, Request
from coordination.services import reasons
from coordination.views import managed
from prodops.access import Can, access
from prodops.http import paginate, render_page


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def reason_list(request):
    """The codes, how many requests stand declined for each, and the form that adds one."""
    form = DeclineReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = reasons.save(form.save(commit=False), by=request.user, at=timezone.now())
        messages.success(request, f"“{reason}” can be declined for now.")
        return redirect("coordination:reason_list")
    declined = Request.objects.filter(decline_code=OuterRef("pk"), state="declined").order_by()
    number = declined.values("decline_code").annotate(n=Count("pk")).values("n")
    rows = DeclineReason.objects.visible_to(request.user).for_list()
    rows = rows.annotate(requests=Coalesce(Subquery(number, output_field=IntegerField()), 0))
    context = {"form": form, "page": paginate(request, rows)}
    return render_page(request, "coordination/reason_list.html", context, status=422 if form.errors else 200)


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def reason_edit(request, slug):
    reason = get_object_or_404(DeclineReason.objects.editable_by(request.user), slug=slug)
    name = reason.name
    form = DeclineReasonForm(request.POST or None, instance=reason)
    if request.method == "POST" and form.is_valid():
        reasons.save(form.save(commit=False), by=request.user, at=timezone.now())
        messages.success(request, f"“{reason}” is saved.")
        return redirect("coordination:reason_list")
    context = {"form": form, "name": name}
    return render_page(request, "coordination/reason_edit.html", context, status=422 if form.errors else 200)


@access(Can.CHANNEL_MANAGE)
@require_POST
def reason_retire(request, slug):
    return _act(request, slug, reasons.retire, "is not offered any more; requests keep it.")


@access(Can.CHANNEL_MANAGE)
@require_POST
def reason_restore(request, slug):
    return _act(request, slug, reasons.restore, "is offered again.")


def _act(request, slug, verb, said):
    rows, back = DeclineReason.objects, "coordination:reason_list"
    return managed.act(request, rows, slug, verb, said, refused=reasons.NotNow, back=back)
