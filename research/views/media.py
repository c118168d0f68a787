"""Recordings played and downloaded: HTTP ranges of private files, to those allowed, each view on record."""

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_safe

from prodops.access import Can, access
from research.formats import ranges
from research.models import Recording
from research.services import media_store, recordings

MOST_AT_ONCE = 8 * 1024 * 1024


def _playable(request, pk):
    ready = Recording.objects.visible_to(request.user).ready()
    return get_object_or_404(ready, pk=pk)


def _safe(response, recording, *, as_attachment):
    """Headers under which no browser takes the file for a page, and no cache between keeps it."""
    response["Content-Type"] = recording.media_type
    response["Content-Disposition"] = content_disposition_header(as_attachment, recording.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = f'"{recording.sha256}"'
    response["Content-Encoding"] = "identity"  # the bytes are counted: nothing may compress them
    return response


def _span(request, recording):
    """The bytes asked for, or None for all. A range counts only for the version that the asker has."""
    header = request.headers.get("Range", "")
    condition = request.headers.get("If-Range", "")
    if request.method == "HEAD" or not header or (condition and condition != f'"{recording.sha256}"'):
        return None
    return ranges.parse(header, recording.size, most=MOST_AT_ONCE)


@access(Can.RAW_MEDIA)
@require_safe
def recording_media(request, pk):
    """The recording for a player. Its start is written to the activity log."""
    recording = _playable(request, pk)
    if f'"{recording.sha256}"' in request.headers.get("If-None-Match", ""):
        return _safe(HttpResponse(status=304), recording, as_attachment=False)
    try:
        span = _span(request, recording)
    except ranges.Unsatisfiable:
        response = _safe(HttpResponse(status=416), recording, as_attachment=False)
        response["Content-Range"] = f"bytes */{recording.size}"
        return response
    if request.method == "GET":
        recordings.note_view(recording, by=request.user, at=timezone.now())
    return _send(request, recording, span, as_attachment=False)


@access(Can.RAW_MEDIA)
@require_GET
def recording_download(request, pk):
    """The whole file. Each download is written to the activity log."""
    recording = _playable(request, pk)
    response = _send(request, recording, None, as_attachment=True)
    recordings.note_download(recording, by=request.user, at=timezone.now())
    return response


def _send(request, recording, span, *, as_attachment):
    start, stop = span or (0, recording.size)
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse()
    else:
        try:
            content = media_store.blocks(recording.file, start, stop)
        except FileNotFoundError:
            raise Http404("The file of this recording is not in the store.") from None
        response = StreamingHttpResponse(content, status=206 if span else 200)
    response["Content-Length"] = str(stop - start)
    if span:
        response["Content-Range"] = f"bytes {start}-{stop - 1}/{recording.size}"
    return _safe(response, recording, as_attachment=as_attachment)
