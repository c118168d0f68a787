"""Highlights as clips of their recordings: for the small play buttons of lists, and as a reel."""

from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET

from prodops.access import Can, access
from prodops.http import render_page
from research.models import Highlight, Insight, Study, Tag
from research.queries.recordings import clips_of
from research.views.highlights import note_quotes

MOST = 200


def _ids(request, name):
    given = request.GET.getlist(name)[:MOST]
    return [int(one) for one in given if one.isascii() and one.isdecimal() and len(one) < 18]


@access(Can.RESEARCH_READ)
@require_GET
def clip_index(request):
    """Which of these highlights (`?highlight=1&highlight=2`) can be played by this person, and where."""
    wanted = _ids(request, "highlight")
    shown = Highlight.objects.visible_to(request.user).filter(pk__in=wanted).only("pk")
    clips = clips_of(shown, request.user)
    return JsonResponse({"clips": {pk: _as_json(clip) for pk, clip in clips.items()}})


def _as_json(clip):
    return {"url": clip.url, "video": clip.recording.is_video, "from": clip.start, "to": clip.stop}


@access(Can.RESEARCH_READ)
@require_GET
def reel(request):
    """Highlights one after another: those chosen, or of a tag, an insight or a study."""
    title, back, chosen = _chosen(request)
    rows = list(chosen.for_list()[:MOST])
    note_quotes(request, rows)
    clips = clips_of(rows, request.user)
    entries = [(highlight, clips.get(highlight.pk)) for highlight in rows]
    lasts = sum((clip.stop or clip.start) - clip.start for clip in clips.values())
    context = {
        "title": title,
        "back": back,
        "entries": entries,
        "playable": len(clips),
        "lasts_ms": round(lasts * 1000),
        "most": MOST if len(rows) == MOST else 0,
        "page_keys": [
            ("Space", "Play and pause"),
            ("→ or j", "Next clip"),
            ("← or k", "Clip before"),
        ],
    }
    return render_page(request, "research/reel.html", context)


def _chosen(request):
    """(title, where it came from, the highlights in the order in which they are played)."""
    visible = Highlight.objects.visible_to(request.user).anchored()
    told = visible.order_by("session__held_on", "session", "start_cue__position", "start_offset", "pk")
    slug = {name: request.GET.get(name, "").replace("\0", "")[:80] for name in ("tag", "study")}
    if request.GET.get("insight"):
        pk = next(iter(_ids(request, "insight")), 0)
        insight = get_object_or_404(Insight.objects.visible_to(request.user), pk=pk)
        rows = visible.filter(evidence__insight=insight).order_by("evidence__position", "pk")
        return insight.title, insight.get_absolute_url(), rows
    if slug["tag"]:
        tag = get_object_or_404(Tag.objects.visible_to(request.user), slug=slug["tag"])
        rows = told.filter(tags=tag)
        return (
            tag.name,
            tag.get_absolute_url(),
            rows.filter(session__study__slug=slug["study"]) if slug["study"] else rows,
        )
    if slug["study"]:
        study = get_object_or_404(Study.objects.visible_to(request.user), slug=slug["study"])
        return study.title, study.get_absolute_url(), told.filter(session__study=study)
    return (
        "Chosen highlights",
        reverse("research:highlight_list"),
        told.filter(pk__in=_ids(request, "highlight")),
    )
