"""Many transcripts and recordings at once: one list, a result for each file."""

import datetime as dt

from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from prodops.access import Can, access
from prodops.clock import company_day
from prodops.http import render_page
from prodops.jinja import day as day_in_words
from research.formats import media
from research.formats.transcripts import MAX_BYTES, TranscriptError
from research.forms.transcripts import ACCEPT
from research.models import Study
from research.services import intake
from research.views.recordings import TROUBLE, asked, refusal, status_of, whole_number

WORDS = {
    intake.Outcome.ADDED: "Added",
    intake.Outcome.JOINED: "Added to its recording",
    intake.Outcome.HERE: "Already here",
}


def _study(request, slug):
    return get_object_or_404(Study.objects.editable_by(request.user), slug=slug)


def _day(request, modified):
    """The day the file was last changed, as the browser says (ms since 1970); else today."""
    today = company_day(timezone.now())
    if not modified:
        return today
    day = company_day(dt.datetime.fromtimestamp(min(modified, 4 * 10**12) / 1000, dt.UTC))
    return min(day, today)


def _take(request, study, upload, modified=None):
    """(what became of the file, as the list shows it; its HTTP status)."""
    if upload.size > MAX_BYTES:
        words = (
            f"The file has {upload.size / 1024**2:.0f} MB; a transcript has up to {MAX_BYTES // 1024**2} MB."
        )
        return {"name": upload.name, "error": words}, 422
    try:
        taken = intake.transcript(
            study,
            data=upload.read(),
            filename=upload.name,
            day=_day(request, modified),
            by=request.user,
            at=timezone.now(),
        )
    except TranscriptError as error:
        words = str(error)
        return {"name": upload.name, "error": words[:1].upper() + words[1:]}, 422
    return {
        "name": upload.name,
        "outcome": taken.outcome,
        "words": WORDS[taken.outcome],
        "title": taken.title,
        "day": day_in_words(taken.held_on),
        "url": taken.session.get_absolute_url() if taken.session else "",
        "warnings": [str(warning) for warning in taken.warnings[:8]],
    }, 200


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def bulk_upload(request, slug):
    """The page where files are dropped. A form sent without scripts takes transcripts, all in one go."""
    study = _study(request, slug)
    results = []
    if request.method == "POST":
        results = [_take(request, study, upload)[0] for upload in request.FILES.getlist("files")]
    context = {
        "study": study,
        "results": results,
        "sent": request.method == "POST",
        "accept": f"{ACCEPT},audio/*,video/*,{','.join(f'.{ending}' for ending in sorted(media.ENDINGS))}",
        "endings": " ".join(sorted(media.ENDINGS)),
        "most": MAX_BYTES,
    }
    return render_page(request, "research/bulk_upload.html", context)


@access(Can.RESEARCH_EDIT)
@require_POST
def bulk_transcript(request, slug):
    """One transcript of the list."""
    study = _study(request, slug)
    upload = request.FILES.get("file")
    if upload is None:
        return JsonResponse({"error": "No file came with the request. Choose it again."}, status=422)
    said, status = _take(request, study, upload, whole_number(request.POST.get("modified", "")))
    return JsonResponse(said, status=status)


@access(Can.RESEARCH_EDIT)
@require_POST
def bulk_recording(request, slug):
    """The beginning of one recording of the list; its bytes follow in chunks."""
    study = _study(request, slug)
    said = asked(request)
    try:
        recording = intake.recording(
            study,
            name=said.get("name", ""),
            size=whole_number(said.get("size", "")) or 0,
            day=_day(request, whole_number(said.get("modified", ""))),
            by=request.user,
            at=timezone.now(),
        )
    except TROUBLE as error:
        return refusal(error)
    return status_of(recording, 200 if recording.received else 201)
