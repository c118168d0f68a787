"""A transcript comes in: what is wrong with it is said in the form, what is malformed is shown first."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from prodops.access import Can, access
from prodops.http import render_page
from research.formats.transcripts import TranscriptError
from research.forms.transcripts import TranscriptForm
from research.models import Session
from research.services import sessions

SHOWN_WARNINGS = 4


def transcribed(form, take):
    """What `take()` gives, which reads the form's transcript; None where the form says why it could not."""
    try:
        return take()
    except TranscriptError as error:
        form.add_error(form.source_field, str(error))
    except sessions.Malformed as error:
        form.show_as_read(error.transcript)
    except sessions.AlreadyHere as error:
        known = error.session
        words = format_html(
            'This transcript is in the study already: <a href="{}">{}</a>.',
            known.get_absolute_url(),
            known.title,
        )
        form.add_error(form.source_field, words)
    return None


def warn(request, warnings):
    """Say what was read with a doubt, the first of it."""
    for warning in warnings[:SHOWN_WARNINGS]:
        messages.warning(request, str(warning))
    if len(warnings) > SHOWN_WARNINGS:
        messages.warning(request, f"And {len(warnings) - SHOWN_WARNINGS} more like these.")


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def session_transcript(request, pk):
    """Give a session its transcript, which came without one."""
    session = get_object_or_404(Session.objects.editable_by(request.user).select_related("study"), pk=pk)
    if session.cues.filter(part=None).exists():
        messages.info(request, "This session has a transcript.")
        return redirect(session)
    form = TranscriptForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data, filename = form.source

        def fill():
            by, at = request.user, timezone.now()
            return sessions.fill(session, data=data, filename=filename, by=by, at=at)

        warnings = transcribed(form, fill)
        if warnings is not None:
            messages.success(request, "The transcript is in. Select some words and press t to tag them.")
            warn(request, warnings)
            return redirect(session)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "session": session}
    return render_page(request, "research/session_transcript.html", context, status=status)
