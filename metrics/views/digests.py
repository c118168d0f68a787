"""A board by mail each week: ask for it, see it beforehand, have it no more."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.models import Dashboard, DigestSubscription
from metrics.queries import digests as reads
from metrics.services import digests
from prodops.access import Can, access
from prodops.http import render_page
from prodops.models import MailPreference


def _board(request, pk):
    return get_object_or_404(Dashboard.objects.visible_to(request.user).boards(), pk=pk)


@access(Can.KPI_READ)
@require_GET
def digest(request, pk):
    """What comes by mail on Mondays, as it would be now."""
    board = _board(request, pk)
    mine = DigestSubscription.objects.filter(dashboard=board, user=request.user).first()
    context = {"board": board, "digest": reads.digest(board, at=timezone.now()), "mine": mine}
    return render_page(request, "metrics/board_digest.html", context)


@access(Can.KPI_READ)
@require_GET
def digest_picture(request, pk):
    board = _board(request, pk)
    response = HttpResponse(reads.png(reads.digest(board, at=timezone.now())), content_type="image/png")
    response["Cache-Control"] = "private, max-age=60"
    return response


@access(Can.KPI_READ)
@require_POST
def digest_subscribe(request, pk):
    board = _board(request, pk)
    if digests.subscribe(board, by=request.user, at=timezone.now()):
        if request.user.mail_preference == MailPreference.OFF:
            messages.warning(
                request,
                "Noted, but your preferences say no mail at all: nothing is sent until you change them.",
            )
        else:
            messages.success(request, "You have it by mail from next Monday on.")
    return redirect(board)


@access(Can.KPI_READ)
@require_POST
def digest_unsubscribe(request, pk):
    board = _board(request, pk)
    if digests.unsubscribe(board, by=request.user, at=timezone.now()):
        messages.success(request, "You have it by mail no more.")
    return redirect(board)


@access(None)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def digest_stop(request, token):
    """The link in the mail, which works without signing in. Following it changes nothing, since mail
    programs follow links by themselves; their unsubscribe button and the page's send a POST."""
    try:
        board, user = digests.named_by(token)
    except digests.NotASubscription as error:
        return render_page(request, "metrics/digest_stop.html", {"said": str(error)}, status=404)
    if request.method == "POST":
        digests.unsubscribe(board, by=user, at=timezone.now())
        return render_page(request, "metrics/digest_stop.html", {"said": "", "done": True, "board": board})
    return render_page(request, "metrics/digest_stop.html", {"said": "", "done": False, "board": board})
