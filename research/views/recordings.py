"""Uploading a recording by the chunk, and what its row says of it. The uploader speaks JSON."""

import base64
import binascii
import json

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from prodops.access import Can, access
from research.models import Recording, Session
from research.services import media_store, recordings


def whole_number(text):
    """A whole number as a header or a field gives it, or None."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def status_of(recording, status=200):
    response = JsonResponse(
        {
            "pk": recording.pk,
            "name": recording.name,
            "state": recording.state,
            "size": recording.size,
            "offset": recording.received,
            "chunk": settings.RECORDING_CHUNK_BYTES,
            "url": recording.upload_url,
            "page": recording.get_absolute_url(),
        },
        status=status,
    )
    response["Upload-Offset"] = str(recording.received)
    response["Upload-Length"] = str(recording.size)
    response["Cache-Control"] = "no-store"
    return response


def refusal(error):
    """The answer to an upload that can't go on: what happened, in words, and where to go on."""
    statuses = {
        recordings.WrongOffset: 409,
        recordings.NotMedia: 415,
        recordings.Damaged: 460,
        recordings.Gone: 410,
        media_store.NoRoom: 507,
        media_store.CutOff: 400,
    }
    words = str(error) or "The connection broke before the chunk was whole. Send it again."
    response = JsonResponse({"error": words}, status=statuses.get(type(error), 422))
    if isinstance(error, recordings.WrongOffset):
        response["Upload-Offset"] = str(error.offset)
    response["Cache-Control"] = "no-store"
    return response


TROUBLE = (
    recordings.Refused,
    recordings.WrongOffset,
    recordings.Damaged,
    recordings.Gone,
    media_store.NoRoom,
    media_store.CutOff,
)


def asked(request):
    """The fields of an upload's request, as a form or as JSON; ({} for anything else)."""
    if request.content_type == "application/json":
        try:
            said = json.loads(request.body[:10_000] or b"{}")
        except ValueError:
            return {}
        return {key: str(value) for key, value in said.items()} if isinstance(said, dict) else {}
    return request.POST.dict()


@access(Can.RESEARCH_EDIT)
@require_POST
def recording_create(request, pk):
    """Begin, or take up again, the upload of a file into a session: its name and size."""
    session = get_object_or_404(Session.objects.editable_by(request.user), pk=pk)
    said = asked(request)
    try:
        recording = recordings.begin(
            session,
            name=said.get("name", ""),
            size=whole_number(said.get("size", "")) or 0,
            by=request.user,
            at=timezone.now(),
        )
    except TROUBLE as error:
        return refusal(error)
    return status_of(recording, 200 if recording.received else 201)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "HEAD", "PUT", "DELETE"])
def recording_upload(request, pk):
    """How much has come (GET, HEAD), the next chunk (PUT with `Upload-Offset`), or never mind (DELETE)."""
    mine = Recording.objects.editable_by(request.user)
    recording = get_object_or_404(mine, pk=pk)
    if request.method == "DELETE":
        recordings.abandon(recording)
        return HttpResponse(status=204)
    if request.method != "PUT":
        return status_of(recording)
    offset = whole_number(request.headers.get("Upload-Offset", ""))
    length = whole_number(request.headers.get("Content-Length", ""))
    if offset is None or length is None:
        return refusal(recordings.Refused("A chunk needs the headers Upload-Offset and Content-Length."))
    try:
        digest = _digest(request.headers.get("Content-Digest", ""))
        row = recordings.receive(
            recording, request, offset=offset, length=length, digest=digest, at=timezone.now()
        )
    except TROUBLE as error:
        return refusal(error)
    except UnreadablePostError:
        return refusal(media_store.CutOff())
    return status_of(row)


def _digest(header):
    """The bytes of `sha-256=:…:` (RFC 9530); None where the header is not there."""
    if not header:
        return None
    name, _, value = header.strip().partition("=")
    try:
        if name.lower() != "sha-256":
            raise ValueError
        return base64.b64decode(value.strip(":"), validate=True)
    except (ValueError, binascii.Error):
        raise recordings.Refused("Content-Digest is not a sha-256 digest.") from None


@access(Can.RESEARCH_EDIT)
@require_POST
def recording_finish(request, pk):
    """All bytes are sent: check them, and show the recording."""
    recording = get_object_or_404(Recording.objects.editable_by(request.user), pk=pk)
    try:
        row = recordings.finish(
            recording, sha256=asked(request).get("sha256", ""), by=request.user, at=timezone.now()
        )
    except TROUBLE as error:
        return refusal(error)
    return status_of(row)


@access(Can.RESEARCH_EDIT)
@require_POST
def recording_delete(request, pk):
    editable = Recording.objects.editable_by(request.user).select_related("session")
    recording = get_object_or_404(editable, pk=pk)
    because = request.POST.get("because", "").strip()[:200] or "Deleted by hand"
    if recordings.delete(recording, because=because, by=request.user, at=timezone.now()):
        messages.success(request, f"{recording.name} is deleted. The transcript and its highlights stay.")
    else:
        messages.info(request, f"{recording.name} is no longer here.")
    return redirect(recording.session)


@access(Can.RESEARCH_EDIT)
@require_POST
def recording_align(request, pk):
    """Where in the recording the transcript begins, in seconds."""
    editable = Recording.objects.editable_by(request.user).select_related("session")
    recording = get_object_or_404(editable, pk=pk)
    try:
        seconds = float(request.POST.get("seconds", "").replace(",", "."))
    except ValueError:
        seconds = float("nan")
    if not -86_400 <= seconds <= 86_400:
        messages.error(request, "Give the seconds as a number, such as 4 or -2.5.")
    else:
        recordings.align(recording, offset_ms=round(seconds * 1000), by=request.user, at=timezone.now())
        messages.success(request, "The transcript is lined up with the recording.")
    return redirect(recording)
