"""What is said about a request. Words for those who asked are looked at once more before they go out."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from coordination import queries
from coordination.forms import CommentForm, SendForm
from coordination.models import Audience, Request, RequestComment
from coordination.services import outgoing, request_comments
from coordination.services.request_comments import CannotSay
from prodops.access import Can, access, allowed
from prodops.http import redirect_to, render_page

PREVIEW = "coordination/outgoing_preview.html"


def _followed(request, pk):
    followed = Request.objects.followed_by(request.user).with_rights_of(request.user).for_list()
    return get_object_or_404(followed, pk=pk)


def _thread(item):
    return f"{item.get_absolute_url()}#thread"


@access(Can.REQUEST_SUBMIT)
@require_POST
def comment_add(request, pk):
    """An internal comment of a member, the reply of one who asked; public words are shown once more."""
    item = _followed(request, pk)
    member = allowed(request.user, Can.REQUEST_TRIAGE)
    form = CommentForm(request.POST if member else {**request.POST.dict(), "audience": Audience.PUBLIC})
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect_to(request, _thread(item))
    body = form.cleaned_data["body"]
    if member and form.cleaned_data["audience"] == Audience.PUBLIC:
        return _preview(request, item, SendForm(initial={"words": body}), body)
    now = timezone.now()
    if member:
        request_comments.note(item, body, by=request.user, at=now, picked=_picked(request))
        messages.success(request, "Your internal comment is added.")
    else:
        request_comments.reply(item, body, by=request.user, at=now)
        messages.success(request, "Your reply is sent to those who decide.")
    return redirect_to(request, _thread(item))


def _picked(request):
    asked = request.POST.getlist("picked")[:50]
    return [int(pk) for pk in asked if pk.isascii() and pk.isdecimal() and len(pk) < 19]


def _preview(request, item, form, words, *, error="", status=200):
    shown = queries.preview(words, [item])
    context = {"item": item, "form": form, "preview": shown, "error": error}
    return render_page(request, PREVIEW, context, status=status)


@access(Can.REQUEST_TRIAGE)
@require_POST
def comment_send(request, pk):
    """The confirmed sending."""
    item = _followed(request, pk)
    form = SendForm(request.POST)
    if not form.is_valid():
        words = request.POST.get("words", "")[:10_000]
        return _preview(request, item, form, words, status=422)
    data = form.cleaned_data
    try:
        comment = request_comments.answer(
            item,
            data["words"],
            by=request.user,
            at=timezone.now(),
            key=data["key"],
            override=data["override"],
        )
    except outgoing.CannotSend as error:
        return _preview(request, item, form, data["words"], error=str(error), status=422)
    told = comment.message.addressees.filter(given_up_at=None).count()
    messages.success(request, f"Sent to {told} {'person' if told == 1 else 'people'}.")
    return redirect(_thread(item))


@access(Can.REQUEST_TRIAGE)
@require_POST
def comment_take_back(request, pk):
    """Delete one's own internal comment."""
    comment = get_object_or_404(RequestComment.objects.select_related("request"), pk=pk)
    try:
        request_comments.delete(comment, by=request.user, at=timezone.now())
        messages.success(request, "Your internal comment is deleted.")
    except CannotSay as error:
        messages.error(request, str(error))
    return redirect(_thread(comment.request))


@access(Can.REQUEST_TRIAGE)
@require_POST
def outgoing_check(request, pk):
    """For a dialog with words for those who asked: who will read them, and what was found in them."""
    item = _followed(request, pk)
    words = next((request.POST[name] for name in ("words", "reason", "note") if name in request.POST), "")
    context = {"item": item, "preview": queries.preview(words[:10_000].replace("\0", ""), [item])}
    return render_page(request, "coordination/outgoing_check.html", context, partial="check")
