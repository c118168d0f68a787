"""Giving highlights their place: other bounds, and the review of those that a correction touched."""

from django.contrib import messages
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_POST

from prodops.access import Can, access
from prodops.http import csv_response, next_url, paginate, redirect_to, render_page, wants_partial
from prodops.models import Event
from research.filters import ReviewFilter
from research.models import Highlight, Session
from research.queries.review import offers
from research.services import access_log, highlights, placing
from research.views.highlights import MOST_EXPORTED, note_quotes, posted_number, redrawn, session_of

PER_PAGE = 20
PLAIN = "text/plain; charset=utf-8"


@access(Can.RESEARCH_READ)
@require_GET
def review_list(request):
    """Highlights whose words were changed or lost by corrections, to confirm, place anew or discard."""
    touched = Highlight.objects.visible_to(request.user).to_review().for_list()
    found = ReviewFilter(
        request.GET, touched.order_by("session_id", "start_cue__position", "pk"), request=request
    )
    if request.GET.get("format") == "csv":
        return _review_csv(request, found.qs)
    page = paginate(request, found.qs, PER_PAGE)
    note_quotes(request, page.rows)
    mine = Highlight.objects.editable_by(request.user).filter(pk__in=[row.pk for row in page.rows])
    context = {
        "found": found,
        "page": page,
        "offers": offers(page.rows),
        "editable": set(mine.values_list("pk", flat=True)),
    }
    return render_page(request, "research/review_list.html", context, partial="rows")


def _review_csv(request, found):
    access_log.exported(request.user, found, "session__study", at=timezone.now())
    header = ["Quote", "What happened", "Before", "Tags", "Study", "Session", "Link"]
    rows = (
        [
            one.quote,
            "Lost its place" if one.orphaned_at else "Words changed",
            one.quote_was,
            ", ".join(tag.name for tag in one.tags.all()),
            one.session.study.title,
            one.session.title,
            request.build_absolute_uri(one.moment_url()),
        ]
        for one in found[:MOST_EXPORTED]
    )
    return csv_response("highlights-to-review", header, rows)


def _editable(request, pk):
    return get_object_or_404(Highlight.objects.editable_by(request.user).select_related("session"), pk=pk)


@access(Can.RESEARCH_EDIT)
@require_POST
def highlight_move(request, pk):
    """Let a highlight cover other words, which are sent as `highlight_create` takes them."""
    highlight = _editable(request, pk)
    covered = (highlight.start_cue_id, highlight.end_cue_id)
    try:
        event = placing.move(
            highlight,
            start_cue=posted_number(request, "start_cue"),
            start=posted_number(request, "start"),
            end_cue=posted_number(request, "end_cue"),
            end=posted_number(request, "end"),
            quote=request.POST.get("quote", ""),
            by=request.user,
            at=timezone.now(),
        )
    except (highlights.NotVerbatim, placing.Taken) as error:
        return _refused(request, error)
    return _answer(request, highlight, event, covered, "Moved")


def _refused(request, error):
    if wants_partial(request):
        return HttpResponse(str(error), status=409, content_type=PLAIN)
    messages.error(request, str(error))
    return redirect(next_url(request, reverse("research:review_list")))


def _answer(request, highlight, event, covered, say):
    undo = reverse("research:highlight_move_undo", args=[event.pk])
    if wants_partial(request):
        session = session_of(request, highlight)
        focus = highlight.start_cue_id
        return redrawn(request, session, [highlight], say=say, focus=focus, back=undo, covered=covered)
    _offer_undo(request, "The highlight has its place.", undo)
    return redirect(next_url(request, highlight.moment_url()))


def _offer_undo(request, words, url):
    form = (
        '{} <form method="post" action="{}" class="inline"><input type="hidden" name="csrfmiddlewaretoken" '
        'value="{}"><input type="hidden" name="next" value="{}"><button class="linklike">Undo</button></form>'
    )
    back = next_url(request, reverse("research:review_list"))
    messages.success(request, format_html(form, words, url, get_token(request), back))


@access(Can.RESEARCH_EDIT)
@require_POST
def highlight_move_undo(request, event_pk):
    """Take back a move or a confirmation."""
    event = get_object_or_404(Event, pk=event_pk, verb__in=("highlight.moved", "highlight.confirmed"))
    highlight = _editable(request, event.subject_id)
    covered = (highlight.start_cue_id, highlight.end_cue_id)
    try:
        placing.undo(event, by=request.user, at=timezone.now())
    except placing.Gone as error:
        return _refused(request, error)
    highlight = _editable(request, event.subject_id)
    if wants_partial(request):
        session = session_of(request, highlight)
        focus = highlight.start_cue_id
        return redrawn(request, session, [highlight], say="Taken back", focus=focus, covered=covered)
    return redirect_to(request, next_url(request, highlight.moment_url()))


@access(Can.RESEARCH_EDIT)
@require_POST
def review_confirm(request):
    """Say of the chosen highlights that they are right on the words they stand on now."""
    ids = [int(one) for one in request.POST.getlist("highlight")[:200] if one.isdecimal() and len(one) < 18]
    chosen = Highlight.objects.editable_by(request.user).filter(pk__in=ids).select_related("session")
    events = [placing.confirm(one, by=request.user, at=timezone.now()) for one in chosen.order_by("pk")]
    done = [event for event in events if event]
    if not done:
        messages.info(request, "Choose highlights whose words were changed, then confirm.")
    elif len(done) == 1:
        undo = reverse("research:highlight_move_undo", args=[done[0].pk])
        _offer_undo(request, "Confirmed.", undo)
    else:
        messages.success(request, f"{len(done)} highlights are confirmed.")
    return redirect(next_url(request, reverse("research:review_list")))


@access(Can.RESEARCH_EDIT)
@require_POST
def review_discard(request, pk):
    """Delete a highlight from the review list."""
    highlight = _editable(request, pk)
    get_object_or_404(Session.objects.editable_by(request.user), pk=highlight.session_id)
    try:
        event = highlights.delete(highlight, by=request.user, at=timezone.now())
    except highlights.Cited as error:
        messages.error(request, str(error))
    else:
        _offer_undo(request, "Discarded.", reverse("research:highlight_restore", args=[event.pk]))
    return redirect(next_url(request, reverse("research:review_list")))
