"""Keeping what is typed into a request form: saved as one types, discarded, brought back."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from coordination.services import drafts
from prodops.access import Can, access
from prodops.http import render_block, wants_partial

from .submission import form_asked, typed_in, version_asked

PAGE = "coordination/request_new.html"
MOST_FIELDS, MOST_TEXT = 200, 100_000
CHOSEN = {"urgency", "currency", "team", "area"}  # these are never empty, and say nothing alone


@access(Can.REQUEST_SUBMIT)
@require_POST
def draft_save(request):
    """Keep what is typed so far. Answers with a line that says so, or asks which of two texts stays."""
    keys = [_uuid(request.POST.get(name, "")) for name in ("key", "writer")]
    if None in keys:
        return HttpResponse("This page is too old to save. Reload it.", status=400, content_type="text/plain")
    data = typed_in(request.POST)
    typed = sum(len(value) for values in data.values() for value in values)
    if len(data) > MOST_FIELDS or typed > MOST_TEXT:
        words = "This is too long to keep as a draft. Send it, or keep a copy."
        return HttpResponse(words, status=413, content_type="text/plain")
    filled, now = form_asked(request), timezone.now()
    draft = drafts.running(request.user, filled)
    if draft is None and not _says_something(data):
        return _line(request, None)
    try:
        saved = drafts.save(
            request.user,
            filled,
            version=version_asked(request, filled, draft),
            key=keys[0],
            writer=keys[1],
            seen=_uuid(request.POST.get("seen", "")),
            data=data,
            at=now,
            force=request.POST.get("force") == "1",
        )
    except drafts.Elsewhere as error:
        return _line(request, error.draft, elsewhere=True)
    return _line(request, saved, gone=saved is None)


@access(Can.REQUEST_SUBMIT)
@require_POST
def draft_discard(request):
    """Put the draft away and begin afresh; the message brings it back."""
    filled = form_asked(request)
    gone = drafts.discard(request.user, filled, at=timezone.now())
    return redirect(_address(filled, discarded=1) if gone else _address(filled))


@access(Can.REQUEST_SUBMIT)
@require_POST
def draft_restore(request):
    filled = form_asked(request)
    try:
        drafts.restore(request.user, filled)
    except drafts.Gone as error:
        messages.error(request, str(error))
    return redirect(_address(filled))


def _address(filled, **more):
    query = urlencode(({"form": filled.slug} if filled else {}) | more)
    return reverse("coordination:request_new") + (f"?{query}" if query else "")


def _says_something(data):
    texts = (value for name, values in data.items() if name not in CHOSEN for value in values)
    return any(text.strip() for text in texts)


def _line(request, draft, *, elsewhere=False, gone=False):
    if not wants_partial(request):
        return HttpResponse(status=204)
    context = {"draft": draft, "elsewhere": elsewhere, "gone": gone, "filled": form_asked(request)}
    return render_block(request, PAGE, "saved", context)


def _uuid(text):
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
