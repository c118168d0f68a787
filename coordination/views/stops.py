"""The link in our mails by which an author outside asks for no more of them."""

from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from coordination.services import outgoing
from prodops.access import access
from prodops.http import render_page


@access(None)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def mail_stop(request, token):
    """Following the link changes nothing, since mail programs follow links by themselves; their
    unsubscribe button and the page's send a POST."""
    email = outgoing.address_of(token)
    if email is None:
        return render_page(request, "coordination/mail_stop.html", {"email": "", "done": ""}, status=404)
    done = ""
    if request.method == "POST":
        if request.POST.get("again"):
            outgoing.allow_mail(email)
            done = "again"
        else:
            outgoing.stop_mail(email, at=timezone.now())
            done = "stopped"
    return render_page(request, "coordination/mail_stop.html", {"email": email, "done": done})
