"""Comments and files under a thing. Whoever sees the thing sees them; each person edits their own."""

import json

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops import queries, subjects
from prodops.access import Can, access
from prodops.disclosure import disclosed
from prodops.http import render_block, render_page, wants_partial
from prodops.models import Attachment, Comment
from prodops.services import attachments, comments
from prodops.talk import Talk

TEMPLATE = "prodops/talk.html"


def _answer(request, talk, said="", *, status=200):
    """The thread again: swapped in, or shown on the thing's own page."""
    if wants_partial(request):
        response = render_block(request, TEMPLATE, "talk", {"talk": talk}, status=status)
        if said:
            response["HX-Trigger"] = json.dumps({"announce": said})
        return response
    if status != 200:
        return render_page(request, TEMPLATE, {"talk": talk}, status=status)
    if said:
        messages.success(request, said)
    return HttpResponseRedirect(f"{talk.subject.get_absolute_url()}#talk")


def _picked(request):
    return [
        int(pk)
        for pk in request.POST.getlist("picked")[:50]
        if pk.isascii() and pk.isdecimal() and len(pk) < 19
    ]


@access(Can.COMMENT)
@require_GET
def talk_thread(request, label, pk):
    """The whole talk, with the comments that the thing's page leaves out."""
    talk = Talk(request.user, subjects.load(label, pk, request.user), everything=True)
    return render_page(request, TEMPLATE, {"talk": talk}, partial="talk")


@access(Can.COMMENT)
@require_GET
def talk_history(request, label, pk):
    """What happened to the thing, once somebody opens it; without scripts the whole talk shows it."""
    talk = Talk(request.user, subjects.load(label, pk, request.user), everything=True)
    if wants_partial(request):
        return render_block(request, TEMPLATE, "history", {"talk": talk, "history_only": True})
    return render_page(request, TEMPLATE, {"talk": talk})


@access(Can.COMMENT)
@require_POST
def comment_add(request, label, pk):
    subject = subjects.load(label, pk, request.user)
    if not subjects.takes_comments(label):
        raise Http404("Comments are written on its own page.")
    body = request.POST.get("body", "")
    try:
        comments.add(subject, body, by=request.user, at=timezone.now(), picked=_picked(request))
    except (comments.EmptyComment, comments.TooLong) as error:
        return _answer(request, Talk(request.user, subject, error=str(error), body=body), status=422)
    return _answer(request, Talk(request.user, subject), "Your comment is added.")


def _own_comment(request, pk):
    """The person's own comment and what it is about, if they may still see that."""
    comment = get_object_or_404(Comment.objects.editable_by(request.user), pk=pk)
    return comment, subjects.load(comment.subject_type, comment.subject_id, request.user)


@access(Can.COMMENT)
@require_http_methods(["GET", "POST"])
def comment_edit(request, pk):
    comment, subject = _own_comment(request, pk)
    body, error = comment.body, ""
    if request.method == "POST":
        body = request.POST.get("body", "")
        try:
            comments.edit(comment, subject, body, by=request.user, at=timezone.now(), picked=_picked(request))
        except (comments.EmptyComment, comments.TooLong) as problem:
            error = str(problem)
        except comments.Gone as problem:
            raise Http404(str(problem)) from problem
        else:
            return _answer(request, Talk(request.user, subject), "Your comment is changed.")
    context = {"comment": comment, "subject": subject, "body": body, "error": error}
    template = "prodops/comment_edit.html"
    response = render_page(request, template, context, partial="form", status=422 if error else 200)
    if error and wants_partial(request):  # the form stays where it is; only a saved edit swaps the thread
        response["HX-Retarget"], response["HX-Reswap"] = f"#comment-{comment.pk}", "innerHTML"
    return response


@access(Can.COMMENT)
@require_POST
def comment_delete(request, pk):
    comment, subject = _own_comment(request, pk)
    comments.delete(comment, subject, by=request.user, at=timezone.now())
    return _answer(request, Talk(request.user, subject), "Your comment is deleted.")


@access(Can.COMMENT)
@require_POST
def attachment_add(request, label, pk):
    subject = subjects.load(label, pk, request.user)
    try:
        added = attachments.add(subject, request.FILES.getlist("files"), by=request.user, at=timezone.now())
    except attachments.Refused as error:
        return _answer(request, Talk(request.user, subject, file_error=str(error)), status=422)
    words = "The file is attached." if len(added) == 1 else f"{len(added)} files are attached."
    return _answer(request, Talk(request.user, subject), words)


@access(Can.USE_WORKSPACE)
@require_GET
def attachment_download(request, pk):
    """The file as a download, never as a page: whatever is in it, it can't run here."""
    attachment = get_object_or_404(Attachment, pk=pk)
    subjects.load(attachment.subject_type, attachment.subject_id, request.user)
    try:
        content = attachment.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("The file is no longer in the store.") from error
    response = FileResponse(
        content, as_attachment=True, filename=attachment.name, content_type=attachment.content_type
    )
    things = [(attachment.subject_type, attachment.subject_id)]
    disclosed(request.user, "downloaded", things, at=timezone.now())
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@access(Can.COMMENT)
@require_POST
def attachment_delete(request, pk):
    attachment = get_object_or_404(Attachment.objects.editable_by(request.user), pk=pk)
    subject = subjects.load(attachment.subject_type, attachment.subject_id, request.user)
    attachments.delete(attachment, subject, by=request.user, at=timezone.now())
    return _answer(request, Talk(request.user, subject), "The file is removed.")


@access(Can.COMMENT)
@require_GET
def mention_suggest(request):
    """People whose name begins like what follows an "@", as JSON for the mention picker."""
    people = queries.people_named(request.GET.get("q", "")[:60].replace("\0", ""))
    return JsonResponse(
        {"people": [{"id": one.pk, "name": one.name, "title": one.job_title} for one in people]}
    )
