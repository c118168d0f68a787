"""Texts of a session beside its transcript: notes, documents, answers."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops.access import Can, access
from prodops.http import render_page
from research.formats.cues import TranscriptError
from research.formats.documents import paragraphs
from research.forms.texts import DocumentForm, NotesForm
from research.models import Accessed, Part, PartKind, Session
from research.queries.texts import part_text, with_texts
from research.services import access_log, conflicts, cues, parts
from research.views.sessions import session_page

SHOWN_WARNINGS = 4


@access(Can.RESEARCH_READ)
@require_GET
def part_detail(request, pk):
    part = get_object_or_404(Part.objects.visible_to(request.user).select_related("created_by"), pk=pk)
    session = with_texts(Session.objects.visible_to(request.user).for_list()).get(pk=part.session_id)
    return session_page(request, session, part=part)


def _session(request, pk):
    return get_object_or_404(Session.objects.editable_by(request.user).select_related("study"), pk=pk)


def _editor(request, form, session, part, *, status=200, theirs=None):
    context = {"form": form, "session": session, "part": part, "theirs": theirs}
    return render_page(request, "research/notes_form.html", context, status=status)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def notes_create(request, pk):
    session = _session(request, pk)
    form = NotesForm(request.POST or None, initial={"title": "Notes", "version": 0})
    if request.method == "POST" and form.is_valid():
        try:
            part = parts.add(
                session,
                kind=PartKind.NOTES,
                title=form.cleaned_data["title"],
                paragraphs=paragraphs(form.cleaned_data["text"]),
                by=request.user,
                at=timezone.now(),
            )
        except cues.Refused as error:
            form.add_error("text", str(error))
        else:
            messages.success(request, "The notes are in. Select some words and press t to tag them.")
            return redirect(part)
    return _editor(request, form, session, None, status=422 if request.method == "POST" else 200)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def document_create(request, pk):
    session = _session(request, pk)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["document"]
        try:
            part, warnings = parts.upload(
                session,
                title=form.cleaned_data["title"],
                data=upload.read(),
                filename=upload.name,
                by=request.user,
                at=timezone.now(),
            )
        except TranscriptError as error:
            form.add_error("document", str(error))
        else:
            messages.success(request, f"{part.title} is in. Select some words and press t to tag them.")
            for warning in warnings[:SHOWN_WARNINGS]:
                messages.warning(request, str(warning))
            return redirect(part)
    context = {"form": form, "session": session}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "research/document_form.html", context, status=status)


def _editable(request, pk):
    rows = Part.objects.editable_by(request.user).select_related("session__study")
    return get_object_or_404(rows, pk=pk)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def part_edit(request, pk):
    """Edit a text as a whole. A save begun on an older version answers 409 with both texts."""
    part = _editable(request, pk)
    initial = {"title": part.title, "version": part.version}
    if request.method == "GET":
        form = NotesForm(initial={**initial, "text": part_text(part)})
        return _editor(request, form, part.session, part)
    form = NotesForm(request.POST)
    theirs, status = None, 422
    if form.is_valid():
        try:
            outcome = cues.rewrite_part(
                part,
                paragraphs(form.cleaned_data["text"]),
                title=form.cleaned_data["title"],
                version=form.cleaned_data["version"],
                by=request.user,
                at=timezone.now(),
            )
        except conflicts.Conflict as conflict:
            theirs, status = part_text(conflict.current), 409
            form.data = {**request.POST.dict(), "version": conflict.current.version}
        except cues.Refused as error:
            form.add_error("text", str(error))
        else:
            _say(request, outcome)
            return redirect(part)
    return _editor(request, form, part.session, part, status=status, theirs=theirs)


def _say(request, outcome):
    waiting = len(outcome.reworded) + len(outcome.lost)
    if waiting:
        noun = "highlight waits" if waiting == 1 else "highlights wait"
        messages.warning(request, f"Saved. {waiting} {noun} for review, because the words changed.")
    else:
        messages.success(request, "Saved. Every highlight is on its words.")


@access(Can.RESEARCH_EDIT)
@require_POST
def part_delete(request, pk):
    part = _editable(request, pk)
    try:
        parts.delete(part, by=request.user, at=timezone.now())
    except parts.Cited as error:
        messages.error(request, str(error))
        return redirect(part)
    messages.success(request, f"{part.title} is deleted.")
    return redirect(part.session)


@access(Can.RESEARCH_READ)
@require_GET
def part_source(request, pk):
    """The document as it was uploaded, to download."""
    readable = Part.objects.visible_to(request.user).select_related("session__study")
    part = get_object_or_404(readable, pk=pk)
    if not part.source:
        raise Http404("This text has no file.")
    try:
        file = part.source.open("rb")
    except FileNotFoundError:
        raise Http404("The file of this text is not in the store.") from None
    access_log.sessions(request.user, Accessed.DOWNLOADED, [part.session], at=timezone.now())
    return FileResponse(
        file,
        as_attachment=True,
        filename=part.source_name or "document.txt",
        content_type="application/octet-stream",
    )
