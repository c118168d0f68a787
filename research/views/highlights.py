import json

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from prodops.access import Can, access
from prodops.http import (
    csv_response,
    next_url,
    paginate,
    redirect_to,
    render_block,
    render_page,
    wants_partial,
)
from prodops.models import Event
from prodops.sheets import xlsx_response
from research import queries
from research.filters import HighlightFilter
from research.models import Accessed, Cue, Highlight, Insight, Session
from research.models.policy import edits
from research.queries import tagging
from research.queries.recordings import clips_of
from research.services import access_log, highlights, taggings
from research.views.alone import tags_alone
from research.views.sessions import page_of

HEADER = [
    *("Quote", "Tags", "Participant", "Role", "Account", "Segment", "Study", "Session", "Date", "Time"),
    *("Speaker", "Link", "Identifier"),
]
MOST_EXPORTED = 20_000
MOST_TAGS = 30


def _found(request):
    visible = Highlight.objects.visible_to(request.user).anchored().for_list()
    return HighlightFilter(request.GET, visible.order_by("-created_at", "-pk"), request=request)


@access(Can.RESEARCH_READ)
@require_GET
def highlight_list(request):
    found = _found(request)
    page = paginate(request, found.qs, 30)
    note_quotes(request, page.rows)
    context = {"found": found, "page": page, "target": _target(request)}
    return render_page(request, "research/highlight_list.html", context, partial="rows")


def _target(request):
    """The insight that the person gathers evidence for, if any: `?insight=12`."""
    wanted = request.GET.get("insight", "")
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 18):
        return None
    return Insight.objects.editable_by(request.user).filter(pk=int(wanted)).first()


@access(Can.RESEARCH_READ)
@require_GET
def highlight_csv(request):
    return csv_of(request, "highlights", _found(request).qs)


def note_quotes(request, highlights, what=Accessed.READ):
    """Write down that these quotes were read, where their studies are restricted."""
    shown = [highlight.session for highlight in highlights]
    access_log.sessions(request.user, what, shown, at=timezone.now())


@access(Can.RESEARCH_READ)
@require_GET
def highlight_xlsx(request):
    found = _found(request).qs
    access_log.exported(request.user, found, "session__study", at=timezone.now())
    rows = found[:MOST_EXPORTED]
    return xlsx_response("highlights", HEADER, (_row(request, highlight) for highlight in rows))


def csv_of(request, name, found):
    access_log.exported(request.user, found, "session__study", at=timezone.now())
    rows = found[:MOST_EXPORTED]
    return csv_response(name, HEADER, (_row(request, highlight) for highlight in rows))


def _row(request, highlight):
    person = highlight.session.participant
    account = person.account if person else None
    start_ms = highlight.start_cue.start_ms
    return [
        highlight.quote,
        ", ".join(tag.name for tag in highlight.tags.all()),
        person.name if person else "",
        person.role if person else "",
        account.name if account else "",
        account.get_segment_display() if account else "",
        highlight.session.study.title,
        highlight.session.title,
        highlight.session.held_on,
        "" if start_ms is None else f"{start_ms // 60_000}:{start_ms // 1000 % 60:02}",
        highlight.start_cue.speaker,
        request.build_absolute_uri(highlight.moment_url()),
        str(highlight.guid),
    ]


def posted_number(request, name):
    value = request.POST.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 18 else -1


def _chosen_tags(request, session, field="tag"):
    """The tags sent, as far as the session's study may use them; a merged one is what it became."""
    slugs = [slug.replace("\0", "") for slug in request.POST.getlist(field)[:MOST_TAGS]]
    return tagging.by_slugs(slugs, session.study_id)


def _new_tags(request):
    """Names of tags to make on the spot."""
    names = [" ".join(name.replace("\0", "").split()) for name in request.POST.getlist("new_tag")[:MOST_TAGS]]
    return [name[:80] for name in names if name]


@access(Can.RESEARCH_EDIT)
@require_POST
def highlight_create(request, pk):
    """Highlight a selection: cues by primary key, offsets in code points, the words themselves, tags."""
    session = get_object_or_404(Session.objects.editable_by(request.user).for_list(), pk=pk)
    try:
        highlight, event = highlights.marked(
            session,
            start_cue=posted_number(request, "start_cue"),
            start=posted_number(request, "start"),
            end_cue=posted_number(request, "end_cue"),
            end=posted_number(request, "end"),
            quote=request.POST.get("quote", ""),
            tagged=_chosen_tags(request, session),
            new_tags=_new_tags(request),
            by=request.user,
            at=timezone.now(),
        )
    except highlights.NotVerbatim as error:
        return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
    if not wants_partial(request):
        return redirect(highlight.moment_url())
    made = event.verb == "highlight.made"
    back = reverse("research:highlight_delete", args=[highlight.pk]) if made else _untag_url(event)
    say = "Highlighted" if made else "Tagged" if back else "These words were highlighted before"
    return redrawn(request, session, [highlight], say=say, focus=highlight.start_cue_id, back=back)


def _untag_url(event):
    """What takes the change of tags back; "" where nothing changed."""
    if not any(event.data.get(part) for part in ("gave", "took", "mine")):
        return ""
    return reverse("research:highlight_untag", args=[event.pk])


def redrawn(request, session, changed, *, say, focus, undo=None, back="", covered=()):
    """The turns that `changed` highlights cover and the side column, for htmx to put in place.

    `covered` are the first and the last cue that they covered before, `back` the address that takes it back.
    """
    context = page_of(request, session)
    drawn = {one.pk: one for one in context["highlights"]}
    positions = set()
    for highlight in changed:
        placed = drawn.get(highlight.pk)
        first = placed.first if placed else highlight.start_cue.position
        last = placed.last if placed else highlight.end_cue.position
        positions |= set(range(first, last + 1))
    if covered:
        ends = Cue.objects.filter(session=session, pk__in=covered).values_list("position", flat=True)
        positions |= set(range(min(ends, default=0), max(ends, default=-1) + 1))
    names = [tag.name for one in changed if one.pk in drawn for tag in drawn[one.pk].drawn_tags]
    context |= {
        "turns": queries.transcript(session, context["highlights"], only=positions),
        "insights": [] if context["alone"] else queries.insights_citing(session, request.user),
        "undo": undo,
        "back": back,
        "said": f"{say} with {', '.join(names)}" if names else say,
    }
    response = render_block(request, "research/session_detail.html", "redrawn", context)
    spoken = f"{context['said']}. Press u to undo." if back or undo else f"{context['said']}."
    response["HX-Trigger-After-Settle"] = json.dumps({"research:done": {"say": spoken, "focus": focus}})
    return response


@access(Can.RESEARCH_READ)
@require_GET
def highlight_detail(request, pk):
    visible = Highlight.objects.visible_to(request.user).for_list()
    highlight = get_object_or_404(visible.select_related("created_by"), pk=pk)
    note_quotes(request, [highlight])
    if tags_alone(request, highlight.session.study):
        highlight.only = taggings.own(highlight, by=request.user)
    cited_by = Insight.objects.visible_to(request.user).filter(evidence__highlight=highlight)
    context = {
        "highlight": highlight,
        "insights": cited_by.order_by("title", "pk"),
        "clip": clips_of([highlight], request.user).get(highlight.pk),
        "groups": [] if wants_partial(request) else queries.palette(highlight.session.study),
        "may_edit": edits(request.user, highlight.session.study.team_id),
    }
    return render_page(request, "research/highlight_detail.html", context, partial="card")


def _editable(request, pk):
    rows = Highlight.objects.editable_by(request.user).select_related(
        "start_cue", "end_cue", "session__study"
    )
    return get_object_or_404(rows, pk=pk)


def session_of(request, highlight):
    return Session.objects.visible_to(request.user).for_list().get(pk=highlight.session_id)


@access(Can.RESEARCH_EDIT)
@require_POST
def highlight_retag(request, pk):
    """Change the tags: `before` are those the form showed, `tag` those it sends, `new_tag` names to make."""
    highlight = _editable(request, pk)
    before, after = (_chosen_tags(request, highlight.session, field) for field in ("before", "tag"))
    event = highlights.retag(
        highlight,
        add=[tag for tag in after if tag not in before],
        remove=[tag for tag in before if tag not in after],
        new_tags=_new_tags(request),
        alone=tags_alone(request, highlight.session.study),
        by=request.user,
        at=timezone.now(),
    )
    if not wants_partial(request):
        messages.success(request, "The tags are saved.")
        return redirect(highlight)
    session = session_of(request, highlight)
    focus = highlight.start_cue_id
    return redrawn(request, session, [highlight], say="Tagged", focus=focus, back=_untag_url(event))


@access(Can.RESEARCH_EDIT)
@require_POST
def highlight_untag(request, event_pk):
    """Take back a change of a highlight's tags."""
    event = get_object_or_404(Event, pk=event_pk, verb="highlight.retagged")
    highlight = _editable(request, event.subject_id)
    try:
        taggings.undo(event, by=request.user, at=timezone.now())
    except taggings.Gone as error:
        return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
    if wants_partial(request):
        session = session_of(request, highlight)
        return redrawn(request, session, [highlight], say="Taken back", focus=highlight.start_cue_id)
    return redirect_to(request, next_url(request, highlight.moment_url()))


@access(Can.RESEARCH_EDIT)
@require_POST
def highlight_delete(request, pk):
    highlight = _editable(request, pk)
    alone = tags_alone(request, highlight.session.study)
    if alone and taggings.shared(highlight, by=request.user):
        return _withdrawn(request, highlight)
    try:
        event = highlights.delete(highlight, by=request.user, at=timezone.now())
    except highlights.Cited as error:
        if wants_partial(request):
            return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
        messages.error(request, str(error))
        return redirect(highlight)
    if wants_partial(request):
        session = session_of(request, highlight)
        focus = highlight.start_cue_id
        return redrawn(request, session, [highlight], say="Highlight deleted", focus=focus, undo=event)
    messages.success(request, "The highlight is deleted.")
    return redirect(highlight.moment_url())


def _withdrawn(request, highlight):
    """Who tags on their own takes only their part off: what others marked stays, unseen."""
    event = taggings.withdraw(highlight, by=request.user, at=timezone.now())
    if not wants_partial(request):
        messages.success(request, "The highlight is deleted.")
        return redirect(highlight.moment_url())
    focus, back = highlight.start_cue_id, _untag_url(event)
    session = session_of(request, highlight)
    return redrawn(request, session, [highlight], say="Highlight deleted", focus=focus, back=back)


@access(Can.RESEARCH_EDIT)
@require_POST
def highlight_restore(request, event_pk):
    """Undo a deletion."""
    event = get_object_or_404(Event, pk=event_pk, verb="highlight.deleted")
    session = get_object_or_404(
        Session.objects.editable_by(request.user).for_list(), pk=event.data.get("session")
    )
    try:
        highlight = highlights.restore(event, by=request.user, at=timezone.now())
    except highlights.Gone as error:
        return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
    if wants_partial(request):
        return redrawn(request, session, [highlight], say="Brought back", focus=highlight.start_cue_id)
    return redirect_to(request, next_url(request, highlight.moment_url()))


def matching(request, ids):
    """The visible highlights with these ids, in the order given."""
    wanted = [int(one) for one in ids if one.isascii() and one.isdecimal() and len(one) < 18][:200]
    visible = Highlight.objects.visible_to(request.user).anchored().for_list().filter(Q(pk__in=wanted))
    return sorted(visible, key=lambda one: wanted.index(one.pk))
