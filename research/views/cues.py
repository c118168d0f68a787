"""Correcting a transcript in place: turn by turn, with the other editor's text where two meet."""

import json
from functools import wraps

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from prodops.access import Can, access
from prodops.http import redirect_to, render_block, render_page, wants_partial
from prodops.models import Event
from research import queries
from research.models import Accessed, Cue, Session
from research.models.highlight import moment_url
from research.queries.texts import with_texts
from research.services import access_log, cues
from research.synthesis.recut import recut
from research.views.sessions import page_of

PAGE = "research/cue_edit.html"
MOST = 50  # turns that one was split into meanwhile and that are shown with what was typed
GONE = (
    "This turn is not here any more: somebody ran it together with another one while you were editing. "
    "Copy what you typed, reload the page, and correct it where its words are now."
)


def _says_where_it_went(view):
    """Whoever types into a turn that is gone reads what to do about it, and keeps what they typed."""

    @wraps(view)
    def wrapped(request, pk):
        try:
            return view(request, pk)
        except Http404:
            if not wants_partial(request):
                raise
            return HttpResponse(GONE, status=404, content_type="text/plain; charset=utf-8")

    return wrapped


@access(Can.RESEARCH_READ)
@require_GET
def cue_moment(request, pk):
    """From a cue to the page that shows it: the transcript, or another text of the session."""
    cue = get_object_or_404(Cue, pk=pk, session__in=Session.objects.visible_to(request.user))
    path, _, anchor = moment_url(cue.session_id, cue.pk, cue.part_id).partition("#")
    place = request.GET.get("place", "")  # the highlight that is to be given its words there
    asked = f"?place={place}" if place.isascii() and place.isdecimal() else ""
    return redirect(f"{path}{asked}#{anchor}")


def _editable(request, pk):
    rows = Cue.objects.filter(session__in=Session.objects.editable_by(request.user))
    return get_object_or_404(rows.select_related("part"), pk=pk)


def _session_of(request, pk):
    return with_texts(Session.objects.visible_to(request.user).for_list()).get(pk=pk)


@access(Can.RESEARCH_EDIT)
@require_GET
def cue_edit(request, pk):
    """The form for one turn: a part of the transcript, or a page of its own."""
    return _form(request, _editable(request, pk))


def _form(request, cue, *, status=200, typed=None, error="", theirs=(), behind=""):
    """`theirs` are the turns that somebody has made of this one meanwhile, `typed` the words for each."""
    labels = Cue.objects.filter(session=cue.session_id, part=cue.part_id).exclude(speaker="")
    same = labels.filter(speaker=cue.speaker).count() if cue.speaker else 0
    session = Session.objects.visible_to(request.user).for_list().get(pk=cue.session_id)
    access_log.sessions(request.user, Accessed.READ, [session], at=timezone.now())
    context = {
        "cue": cue,
        "session": session,
        "inline": wants_partial(request),
        "labels": labels.order_by("speaker").values_list("speaker", flat=True).distinct(),
        "same": same,
        "speaker": request.POST.get("speaker", cue.speaker),
        "everywhere": "everywhere" in request.POST,
        "turns": list(zip(theirs or [cue], typed or [cue.text], strict=True)),
        "error": error,
        "theirs": theirs,
        "behind": behind,
    }
    return render_page(request, PAGE, context, partial="form", status=status)


def _text(request, name="text"):
    return request.POST.get(name, "").replace("\0", "")[:200_000]


def _seen(request):
    return _text(request, "seen") if "seen" in request.POST else None


def _done(request, cue, verb, say):
    """Call `verb`; answer with what changed, with the form and why not, or with both texts."""
    session = _session_of(request, cue.session_id)
    try:
        outcome = verb(session, by=request.user, at=timezone.now())
    except cues.Changed as changed:
        return _both(request, cue, changed)
    except cues.Refused as error:
        return _form(request, cue, status=422, typed=[_text(request)], error=str(error))
    return redrawn(request, session, outcome, say=say, focus=cue)


def _both(request, cue, changed):
    """What they made of the turn, and what was typed, cut where they have cut it."""
    typed = f"{_text(request)} {changed.behind}".rstrip()
    pieces = recut([one.text for one in changed.current], typed)
    return _form(request, cue, status=409, typed=pieces, theirs=changed.current, behind=changed.behind)


@access(Can.RESEARCH_EDIT)
@require_POST
@_says_where_it_went
def cue_correct(request, pk):
    """Save the words of a turn and who says them; or of all turns that somebody else made of it."""
    cue = _editable(request, pk)
    also = [int(one) for one in request.POST.getlist("also") if one.isascii() and one.isdecimal()][:MOST]
    if also:
        return _correct_all(request, cue, also)

    def verb(session, **who):
        return cues.correct(
            session,
            cue.pk,
            text=_text(request),
            speaker=request.POST.get("speaker", cue.speaker).replace("\0", ""),
            everywhere=request.POST.get("everywhere") == "on",
            seen=_seen(request),
            **who,
        )

    return _done(request, cue, verb, "Saved")


def _correct_all(request, cue, also):
    """Save the words of `cue` and of the turns `also`, in one go; answers as `_done`."""
    session = _session_of(request, cue.session_id)
    names = {cue.pk: "", **{pk: f"-{pk}" for pk in also}}
    texts = {pk: _text(request, f"text{name}") for pk, name in names.items()}
    seen = {pk: _text(request, f"seen{name}") for pk, name in names.items()}
    try:
        outcome = cues.rewrite(session, texts, seen=seen, by=request.user, at=timezone.now())
    except (cues.Changed, cues.Refused) as error:
        current = list(Cue.objects.filter(session=session, pk__in=names).order_by("position"))
        typed = [texts.pop(one.pk) for one in current]
        typed[-1] = " ".join([typed[-1], *texts.values()])  # nothing typed is lost with its turn
        again = {"typed": typed, "theirs": current}
        if isinstance(error, cues.Changed):
            return _form(request, cue, status=409, **again)
        return _form(request, cue, status=422, error=str(error), **again)
    return redrawn(request, session, outcome, say="Saved", focus=cue, unseen=also)


@access(Can.RESEARCH_EDIT)
@require_POST
@_says_where_it_went
def cue_split(request, pk):
    """Split a turn at `offset`, in code points of the text as typed."""
    cue = _editable(request, pk)
    offset = request.POST.get("offset", "")
    at = int(offset) if offset.isascii() and offset.isdecimal() and len(offset) < 8 else 0

    def verb(session, **who):
        return cues.split(session, cue.pk, at, text=_text(request), seen=_seen(request), **who)

    return _done(request, cue, verb, "Split")


@access(Can.RESEARCH_EDIT)
@require_POST
@_says_where_it_went
def cue_merge(request, pk):
    cue = _editable(request, pk)

    def verb(session, **who):
        return cues.merge(session, cue.pk, text=_text(request), seen=_seen(request), **who)

    return _done(request, cue, verb, _merged(cue))


def _merged(cue):
    """Whoever speaks first speaks it all: said aloud where that takes words from somebody else."""
    following = Cue.objects.filter(session=cue.session_id, part=cue.part_id, position__gt=cue.position)
    other = following.order_by("position").values_list("speaker", flat=True).first()
    if not other or other == cue.speaker:
        return "Merged"
    return f"Merged: what {other} said is {cue.speaker or 'nobody'}’s now"


@access(Can.RESEARCH_EDIT)
@require_POST
def correction_undo(request, event_pk):
    event = get_object_or_404(Event, pk=event_pk, verb=cues.VERB)
    get_object_or_404(Session.objects.editable_by(request.user), pk=event.subject_id)
    session = _session_of(request, event.subject_id)
    try:
        outcome = cues.undo(event, by=request.user, at=timezone.now())
    except cues.Gone as error:
        return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
    if event.data["change"] == "edit":
        return redirect_to(request, reverse("research:part_detail", args=[event.data["part"]]))
    first = Cue.objects.filter(pk__in=outcome.touched).order_by("position").first()
    return redrawn(request, session, outcome, say="Taken back", focus=first, undo=False)


def redrawn(request, session, outcome, *, say, focus, undo=True, unseen=()):
    """The turns that a correction touched, for htmx to put in place; without it, back to the text.

    `unseen` are turns that somebody else made meanwhile; the page keeps a place for each.
    """
    if not wants_partial(request):
        return redirect(moment_url(session.pk, focus.pk, focus.part_id))
    session = _session_of(request, session.pk)  # how many wait for review has changed
    context = page_of(request, session)
    positions = _positions(session, outcome)
    positions |= set(Cue.objects.filter(session=session, pk__in=unseen).values_list("position", flat=True))
    turns = queries.transcript(session, context["highlights"], only=positions)
    before = None
    placed = []
    for turn in turns:
        placed.append((turn, before if turn.pk in outcome.added else None))
        before = turn.pk
    context |= {
        "placed": placed,
        "gone": sorted(outcome.gone),
        "insights": [] if context["alone"] else queries.insights_citing(session, request.user),
        "undo": outcome.event if undo else None,
        "said": say,
        "waiting": len(outcome.reworded) + len(outcome.lost),
    }
    response = render_block(request, PAGE, "redrawn", context)
    response["HX-Reswap"] = "none"
    waiting = f" {context['waiting']} to review." if context["waiting"] else ""
    response["HX-Trigger-After-Settle"] = json.dumps(
        {"research:done": {"say": f"{say}.{waiting}", "focus": focus.pk}}
    )
    return response


def _positions(session, outcome):
    """Where to draw anew: the cues touched with their neighbours, and all that a changed highlight covers."""
    data = outcome.event.data if outcome.event else {"highlights": ()}
    spans = [
        (state["start_cue_id"], state["end_cue_id"])
        for row in data["highlights"]
        for state in (row["before"], row["after"])
    ]
    wanted = {*outcome.touched, *(pk for span in spans for pk in span)}
    at = dict(Cue.objects.filter(session=session, pk__in=wanted).values_list("pk", "position"))
    positions = {at[pk] + step for pk in outcome.touched if pk in at for step in (-1, 0, 1)}
    for first, last in spans:
        if first in at and last in at:
            positions |= set(range(at[first], at[last] + 1))
    return positions
