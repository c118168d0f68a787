"""What a request is linked to: items of the roadmap, insights, documents, addresses; and evidence."""

import json

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from coordination import queries
from coordination.forms import EvidenceForm, LinkForm
from coordination.models import Request, RequestLink, RoadmapItem, RoadmapLink, Voice
from coordination.services import evidence, links, roadmap
from process.models import Document
from prodops.access import Can, access
from prodops.http import next_url, render_block, render_page, wants_partial
from research.models import Insight, InsightStatus, Study

from .inbox import PAGE, inbox, readable


def _readable(request, pk):
    readable = Request.objects.visible_to(request.user).with_rights_of(request.user).for_list()
    return get_object_or_404(readable, pk=pk)


@access(Can.REQUEST_TRIAGE)
@require_http_methods(["GET", "POST"])
def request_link(request, pk):
    """GET: what it may be linked to, or what the search box finds. POST: link it."""
    item = _readable(request, pk)
    query = request.GET.copy()
    inside = bool(query.pop("inbox", None))
    words = request.GET.get("find", "")[:200].replace("\0", "")
    query.pop("find", None)
    if request.method == "POST":
        return _link(request, item)
    context = {
        "item": item,
        "words": words,
        "inbox": inside,
        "query": f"?{query.urlencode()}" if inside and query else "",
        "targets": queries.link_targets(item, words, user=request.user),
    }
    return render_page(request, "coordination/request_link.html", context, partial="targets")


def _answer(request, item, words, *, level="success"):
    """In the inbox the same request again, which stays open; elsewhere the page that one came from."""
    if not wants_partial(request):
        getattr(messages, level)(request, words)
        return redirect(next_url(request, f"{item.get_absolute_url()}#links"))
    fresh = readable(request, timezone.now()).get(pk=item.pk)
    response = render_block(request, PAGE, "detail", inbox(request, item=fresh))
    response["HX-Trigger"] = json.dumps({"announce": words})
    return response


def _link(request, item):
    form, now, by = LinkForm(request.POST), timezone.now(), request.user
    if not form.is_valid():
        words = str(next(iter(form.errors.values()))[0])
        return _answer(request, item, words, level="error")
    data = form.cleaned_data
    if (data["item"] or data["title"]) and not item.may_decide:
        words = f"{item.ref} follows what it is linked to on the roadmap: whoever decides it links it there."
        return _answer(request, item, words, level="error")
    if data["item"]:
        target = get_object_or_404(RoadmapItem.objects.visible_to(by), pk=data["item"])
        roadmap.link(item, target, by=by, at=now)
        words = f"{item.ref} is linked to “{target.title}”."
    elif data["title"]:
        target = roadmap.create(title=data["title"], area=item.area, by=by, at=now, request=item)
        words = f"“{target.title}” is on the roadmap, and {item.ref} is linked to it."
    else:
        to = {"url": data["url"], "label": data["label"]}
        if data["insight"]:
            to = {"insight": get_object_or_404(Insight.objects.visible_to(by), pk=data["insight"])}
        elif data["document"]:
            to = {"document": get_object_or_404(Document.objects.visible_to(by), pk=data["document"])}
        links.add(item, by=by, at=now, **to)
        words = f"{item.ref} is linked."
    return _answer(request, item, words)


@access(Can.REQUEST_TRIAGE)
@require_POST
def roadmap_unlink(request, pk):
    """Take the link of a request to an item back; from the page of either, by whoever decides one of them."""
    theirs = Q(request__in=Request.objects.triageable_by(request.user)) | Q(
        item__in=RoadmapItem.objects.editable_by(request.user)
    )
    link = get_object_or_404(RoadmapLink.objects.select_related("request", "item").filter(theirs), pk=pk)
    roadmap.unlink(link.request, link.item, by=request.user, at=timezone.now())
    messages.success(request, "The link is taken back.")
    return redirect(link.item if request.POST.get("from") == "item" else link.request)


@access(Can.REQUEST_TRIAGE)
@require_POST
def request_unlink(request, pk):
    readable = Request.objects.visible_to(request.user)
    rows = RequestLink.objects.select_related("request", "insight", "document")
    link = get_object_or_404(rows.filter(request__in=readable), pk=pk)
    links.remove(link, by=request.user, at=timezone.now())
    messages.success(request, "The link is taken back.")
    return redirect(link.request)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def request_evidence(request, pk):
    """Keep what was said as research evidence."""
    item = _readable(request, pk)
    form = EvidenceForm(
        request.POST or None,
        studies=Study.objects.editable_by(request.user).order_by("-created_at", "-pk"),
        insights=_insights(request.user),
        voices=Voice.objects.filter(request=item).exclude(words="").select_related("account"),
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            kept = evidence.keep(item, by=request.user, at=timezone.now(), **data)
        except evidence.NothingSaid as error:
            form.add_error(None, str(error))
        else:
            insight = data["insight"] or kept.highlight.evidence.order_by("-pk").first()
            words = "The words are kept as a quote in research."
            messages.success(request, f"{words} An insight stands on them." if insight else words)
            return redirect(item)
    context = {"item": item, "form": form}
    status = 422 if form.errors else 200
    return render_page(request, "coordination/request_evidence.html", context, status=status)


def _insights(user):
    """Those that can still be changed, the newest first."""
    open_ones = Insight.objects.editable_by(user).filter(
        status__in=[InsightStatus.DRAFT, InsightStatus.IN_REVIEW, InsightStatus.PUBLISHED]
    )
    return open_ones.order_by("-updated_at", "-pk")
