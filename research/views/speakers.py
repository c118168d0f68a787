"""Who speaks in a session: said once, for all its turns."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from prodops.access import Can, access
from prodops.http import render_page
from research.forms.texts import SpeakersForm
from research.models import Session
from research.queries.texts import speakers_of
from research.services import speakers


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def session_speakers(request, pk):
    rows = Session.objects.editable_by(request.user).select_related(
        "study", "participant__account", "moderator"
    )
    session = get_object_or_404(rows, pk=pk)
    form = SpeakersForm(request.POST or None, rows=speakers_of(session))
    if request.method == "POST" and form.is_valid():
        speakers.map_all(session, form.chosen(session.participant), by=request.user, at=timezone.now())
        messages.success(request, "Saved. Quotes are now told apart by who says them.")
        return redirect(session)
    context = {"form": form, "session": session}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "research/session_speakers.html", context, status=status)
