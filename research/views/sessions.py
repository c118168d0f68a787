from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops import custom_fields, panels
from prodops.access import Can, access
from prodops.http import csv_response, paginate, render_page
from prodops.talk import talk_about
from research import queries
from research.filters import SessionFilter
from research.forms import SessionForm, UploadForm, session_initial
from research.models import Accessed, Participant, RecordingState, Session, Study, kind_of
from research.models.policy import edits
from research.queries.recordings import of_session
from research.queries.texts import with_texts
from research.services import access_log, participants, sessions
from research.views.alone import tags_alone
from research.views.transcripts import transcribed, warn

HEADER = [
    *("Session", "Study", "Date", "Participant", "Role", "Account", "Segment", "Moderator", "Minutes"),
    *("Highlights", "Link"),
]
PLAYER_KEYS = (
    ("Space", "Play and pause the recording"),
    ("← →", "Five seconds back and on, while it plays"),
    (", .", "Slower and faster"),
    ("p", "Play the turn you are on"),
    ("f", "Follow what is being said, or stay"),
)
SUGGESTIONS = 12


def _found(request):
    visible = Session.objects.visible_to(request.user).for_list()
    return SessionFilter(request.GET, visible.order_by("-held_on", "-pk"), request=request)


@access(Can.RESEARCH_READ)
@require_GET
def session_list(request):
    found = _found(request)
    page = paginate(request, found.qs)
    context = {"found": found, "page": page, "counts": queries.session_counts(page.rows)}
    return render_page(request, "research/session_list.html", context, partial="rows")


@access(Can.RESEARCH_READ)
@require_GET
def session_csv(request):
    found = list(_found(request).qs[:10_000])
    counts = queries.session_counts(found)
    access_log.sessions(request.user, Accessed.EXPORTED, found, at=timezone.now())
    typed = custom_fields.Columns("research.session", found)
    rows = ([*_row(request, one, counts.get(one.pk, 0)), *typed.cells(one)] for one in found)
    return csv_response("sessions", [*HEADER, *typed.header], rows)


def _row(request, session, highlights):
    person = session.participant
    account = person.account if person else None
    return [
        session.title,
        session.study.title,
        session.held_on,
        person.name if person else "",
        person.role if person else "",
        account.name if account else "",
        account.get_segment_display() if account else "",
        session.moderator.name if session.moderator else "",
        round(session.duration_ms / 60_000) if session.duration_ms else "",
        highlights,
        request.build_absolute_uri(session.get_absolute_url()),
    ]


def page_of(request, session):
    """What the session's page, and each block of it, shows."""
    alone = tags_alone(request, session.study)
    highlights = queries.highlights_of(session)
    if alone:
        highlights = queries.own_of(session, highlights, request.user)
    return {
        "session": session,
        "highlights": highlights,
        "tags": queries.tags_used(highlights),
        "may_edit": edits(request.user, session.study.team_id),
        "part": None,
        "alone": alone,
    }


@access(Can.RESEARCH_READ)
@require_GET
def session_detail(request, pk):
    visible = with_texts(Session.objects.visible_to(request.user).for_list())
    return session_page(request, get_object_or_404(visible, pk=pk))


def session_page(request, session, part=None):
    """The session's page with its transcript, or with another of its texts. Needs `with_texts`."""
    access_log.sessions(request.user, Accessed.READ, [session], at=timezone.now())
    context = page_of(request, session)
    recordings = of_session(session, request.user) if part is None else []  # they play the transcript
    playing = _playing(request, recordings)
    context |= {
        "part": part,
        "turns": queries.transcript(session, context["highlights"], part=part),
        "insights": [] if context["alone"] else queries.insights_citing(session, request.user),
        "recordings": recordings,
        "playing": playing,
        "typed": custom_fields.card(session, may_edit=edits(request.user, session.study.team_id)),
        "panels": panels.render("research.session", request, session),
        "talk": talk_about(request, session),
        "page_keys": [
            ("j k", "Next and previous turn"),
            ("t", "Highlight the selection or the turn, and tag it"),
            ("r", "The same with the tags used last"),
            ("Shift j, Shift k", "Take in the next turn, or leave it out"),
            ("Shift →", "Select inside a turn, letter by letter; with Ctrl, word by word"),
            ("u", "Undo the last highlight, tag or deletion"),
            ("h, Shift h", "Next and previous highlight"),
            ("Enter", "Open the highlight"),
            ("Shift → ←", "On a highlight: move its end; with Alt its beginning; Enter saves, Esc leaves"),
            ("e", "Correct the turn"),
            ("Ctrl Enter", "Save the correction; Esc leaves it"),
            *(PLAYER_KEYS if playing else ()),
        ],
    }
    return render_page(request, "research/session_detail.html", context)


def _playing(request, recordings):
    """The recording in the player: the one asked for, else the first that this person may play."""
    playable = [one for one in recordings if one.state == RecordingState.READY and one.may_play]
    wanted = [one for one in playable if str(one.pk) == request.GET.get("recording")]
    return next(iter(wanted or playable), None)


@access(Can.RESEARCH_EDIT)
@require_GET
def session_start(request):
    """Which study the new session belongs to."""
    studies = Study.objects.editable_by(request.user).for_list().order_by("-created_at", "-pk")
    page = paginate(request, studies)
    if page.found == 1:
        return redirect("research:session_create", page.rows[0].slug)
    return render_page(request, "research/session_start.html", {"page": page})


def _urls():
    return {"participant_url": reverse("research:participant_options")}


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def session_create(request, slug):
    study = get_object_or_404(Study.objects.editable_by(request.user).select_related("team"), slug=slug)
    initial = {
        "kind": kind_of(study.method),
        "held_on": timezone.localdate(),
        "moderator": request.user.pk,
    }
    form = UploadForm(request.POST or None, request.FILES or None, initial=initial, **_urls())
    if request.method == "POST" and form.is_valid():
        session = _add(request, study, form)
        if session:
            return redirect(session)
    status = 422 if request.method == "POST" else 200
    return render_page(request, "research/session_form.html", {"form": form, "study": study}, status=status)


def _add(request, study, form):
    """The new session; or None, with the form saying why."""
    data, filename = form.source

    def add():
        return sessions.add(
            study,
            title=form.cleaned_data["title"],
            kind=form.cleaned_data["kind"] or None,
            held_on=form.cleaned_data["held_on"],
            moderator=form.cleaned_data["moderator"],
            person=_person(form),
            data=data,
            filename=filename,
            properties=form.cleaned_data["properties"],
            by=request.user,
            at=timezone.now(),
        )

    taken = transcribed(form, add)
    if taken is None:
        return None
    session, warnings = taken
    messages.success(request, f"{session.title} is in. Select some words and press t to tag them.")
    warn(request, warnings)
    return session


def _person(form):
    said = form.cleaned_data
    return participants.Person(said["participant"], said["account"], said["role"])


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def session_edit(request, pk):
    editable = Session.objects.editable_by(request.user)
    session = get_object_or_404(editable.select_related("study", "participant__account"), pk=pk)
    initial = session_initial(session)
    form = SessionForm(request.POST or None, initial=initial, properties=session.properties, **_urls())
    if request.method == "POST" and form.is_valid():
        sessions.edit(
            session,
            title=form.cleaned_data["title"],
            kind=form.cleaned_data["kind"] or session.kind,
            held_on=form.cleaned_data["held_on"],
            moderator=form.cleaned_data["moderator"],
            person=_person(form),
            properties=form.cleaned_data["properties"],
            by=request.user,
            at=timezone.now(),
        )
        messages.success(request, "Saved.")
        return redirect(session)
    context = {"form": form, "session": session}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "research/session_edit.html", context, status=status)


@access(Can.RESEARCH_EDIT)
@require_POST
def session_delete(request, pk):
    session = get_object_or_404(Session.objects.editable_by(request.user).select_related("study"), pk=pk)
    try:
        sessions.delete(session, by=request.user, at=timezone.now())
    except sessions.Cited as error:
        messages.error(request, str(error))
        return redirect("research:session_detail", pk)
    messages.success(request, f"{session.title} is deleted.")
    return redirect(session.study)


@access(Can.RESEARCH_READ)
@require_GET
def session_source(request, pk):
    """The file as it was uploaded, to download."""
    session = get_object_or_404(Session.objects.visible_to(request.user).select_related("study"), pk=pk)
    if not session.source:
        raise Http404("This session has no file.")
    try:
        file = session.source.open("rb")
    except FileNotFoundError:
        raise Http404("The file of this session is not in the store.") from None
    access_log.sessions(request.user, Accessed.DOWNLOADED, [session], at=timezone.now())
    return FileResponse(
        file,
        as_attachment=True,
        filename=session.source_name or "transcript.txt",
        content_type="application/octet-stream",
    )


@access(Can.RESEARCH_EDIT)
@require_GET
def participant_options(request):
    """Known participants of the account that is chosen or typed, for the field's suggestions."""
    name = request.GET.get("participant", "")[:120].replace("\0", "")
    slug, account = (request.GET.get(name, "").replace("\0", "") for name in ("account", "account_text"))
    people = Participant.objects.visible_to(request.user).filter(name__icontains=name).for_list()
    if slug:
        people = people.filter(account__slug=slug)
    elif account.strip():
        people = people.filter(account__name__iexact=account.strip())
    options = [
        (person.name, " · ".join(filter(None, [person.role, person.account and person.account.name])))
        for person in people[:SUGGESTIONS]
    ]
    return render_page(request, "research/options.html", {"options": options})
