"""The words of ours that customers should not read; product ops keep the list."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from coordination.forms import TermForm
from coordination.models import BlockedTerm
from coordination.services import terms
from prodops.access import Can, access
from prodops.http import paginate, render_page


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def term_list(request):
    """GET: the list. POST: one more."""
    form = TermForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        term, new = terms.add(by=request.user, at=timezone.now(), **form.cleaned_data)
        words = (
            "stops what goes out from now on" if new else "was in the list; what to say instead is changed"
        )
        messages.success(request, f"“{term.term}” {words}.")
        return redirect("coordination:term_list")
    page = paginate(request, BlockedTerm.objects.visible_to(request.user).for_list().order_by("term", "pk"))
    context = {"form": form, "page": page}
    return render_page(request, "coordination/term_list.html", context, status=422 if form.errors else 200)


@access(Can.CHANNEL_MANAGE)
@require_POST
def term_remove(request, pk):
    term = get_object_or_404(BlockedTerm.objects.editable_by(request.user), pk=pk)
    terms.remove(term, by=request.user, at=timezone.now())
    messages.success(request, f"“{term.term}” may be written again.")
    return redirect("coordination:term_list")
