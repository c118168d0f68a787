from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from metrics.forms.tokens import TokenForm
from metrics.models import ApiToken
from metrics.services import tokens
from prodops.access import Can, access
from prodops.http import paginate, render_page

TEMPLATE = "metrics/token_list.html"


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
@never_cache
def token_list(request):
    """The tokens, and the form that makes one. The secret stands on the answer and nowhere else."""
    now = timezone.now()
    form = TokenForm(request.POST or None, editor=request.user, at=now)
    if request.method == "POST" and form.is_valid():
        token, secret = tokens.make(**form.cleaned_data, by=request.user, at=now)
        return _page(request, TokenForm(editor=request.user, at=now), fresh=(token, secret), at=now)
    return _page(request, form, at=now, status=422 if form.errors else 200)


@access(Can.KPI_EDIT)
@require_POST
@never_cache
def token_rotate(request, pk):
    token = get_object_or_404(ApiToken.objects.editable_by(request.user), pk=pk)
    now = timezone.now()
    grace = {} if request.POST.get("keep") else {"grace": None}
    try:
        secret = tokens.rotate(token, by=request.user, at=now, **grace)
    except tokens.NotAlive as error:
        messages.warning(request, str(error))
        return redirect("metrics:token_list")
    return _page(request, TokenForm(editor=request.user, at=now), fresh=(token, secret), at=now)


@access(Can.KPI_EDIT)
@require_POST
def token_revoke(request, pk):
    token = get_object_or_404(ApiToken.objects.editable_by(request.user), pk=pk)
    try:
        tokens.revoke(token, by=request.user, at=timezone.now())
    except tokens.NotAlive as error:
        messages.info(request, str(error))
    else:
        messages.success(request, f"“{token}” is revoked: whoever holds it is refused from now on.")
    return redirect("metrics:token_list")


def _page(request, form, *, at, fresh=None, status=200):
    mine = ApiToken.objects.editable_by(request.user).distinct().order_by("revoked_at", "-at", "-pk")
    context = {"form": form, "page": paginate(request, mine.for_list()), "fresh": fresh, "now": at}
    return render_page(request, TEMPLATE, context, status=status)
