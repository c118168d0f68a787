"""Suggestions of what else may belong to a tag: one key to accept, one to reject."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from prodops.access import Can, access
from prodops.http import render_block, render_page, wants_partial
from research.models import Accessed, Tag, TagSuggestion
from research.queries import suggested
from research.services import access_log, suggesting

from .tags import tag_at


@access(Can.RESEARCH_READ)
@require_GET
def suggestion_list(request):
    """How many there are for each tag, and how often the suggestions were right so far."""
    context = {"rows": suggested.by_tag(request.user), "learned_at": suggested.learned_at()}
    return render_page(request, "research/suggestion_list.html", context)


@access(Can.RESEARCH_EDIT)
@require_POST
def suggestion_learn(request):
    """Learn anew from all that is tagged by now."""
    return redirect(suggesting.ask(by=request.user, at=timezone.now()))


@access(Can.RESEARCH_READ)
@require_GET
def suggestion_review(request, slug):
    tag = tag_at(request, slug)
    rows = suggested.to_decide(tag, request.user)
    access_log.sessions(request.user, Accessed.READ, [one.cue.session for one in rows], at=timezone.now())
    context = {
        "tag": tag,
        "rows": rows,
        "right": suggested.right_so_far(tag, request.user),
        "log": suggested.log(tag, request.user),
        "page_keys": [
            ("y", "It belongs to the tag: highlight and tag it"),
            ("n", "It does not, and is not suggested again"),
            ("s j k", "Skip; next and previous"),
            ("o", "Open it in the transcript"),
        ],
    }
    return render_page(request, "research/suggestion_review.html", context)


def _suggestion(request, pk):
    rows = TagSuggestion.objects.editable_by(request.user).filter(
        tag__in=Tag.objects.visible_to(request.user)
    )
    return get_object_or_404(rows.select_related("tag", "cue__session__study"), pk=pk)


def _decide(request, pk, verb, words):
    suggestion = _suggestion(request, pk)
    try:
        verb(suggestion, by=request.user, at=timezone.now())
    except suggesting.Decided as error:
        if wants_partial(request):
            return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
        messages.error(request, str(error))
        return redirect("research:suggestion_review", suggestion.tag.slug)
    if not wants_partial(request):
        messages.success(request, words)
        return redirect("research:suggestion_review", suggestion.tag.slug)
    suggestion.refresh_from_db(fields=["state", "highlight"])
    context = {
        "one": suggestion,
        "words": words,
        "tag": suggestion.tag,
        "right": suggested.right_so_far(suggestion.tag, request.user),
    }
    return render_block(request, "research/suggestion_review.html", "decided", context)


@access(Can.RESEARCH_EDIT)
@require_POST
def suggestion_accept(request, pk):
    return _decide(request, pk, suggesting.accept, "Highlighted and tagged.")


@access(Can.RESEARCH_EDIT)
@require_POST
def suggestion_reject(request, pk):
    return _decide(request, pk, suggesting.reject, "Rejected; it will not come back.")
