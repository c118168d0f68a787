"""Booked sessions for those who run them: the list, and the page of the day."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops import activity, words
from prodops.access import Can, access, allowed
from prodops.http import csv_response, paginate, render_page
from prodops.models import User
from research.filters import BookingFilter
from research.forms.scheduling import DayNotesForm, PersonForm, SubstituteForm
from research.models import Booking, BookingState
from research.models.policy import edits
from research.queries import consent
from research.queries import scheduling as times
from research.queries.texts import part_text
from research.services import attendance, bookings, conflicts, cues

HEADER = ["Study", "Participant", "Account", "Starts (UTC)", "Minutes", "Hosts", "State", "Moved", "Why"]
LIMIT = 60  # free times offered to whoever moves a session by hand


def _found(request):
    visible = Booking.objects.visible_to(request.user).for_list()
    return BookingFilter(request.GET, visible.order_by("-starts_at", "-pk"), request=request)


@access(Can.RESEARCH_READ)
@require_GET
def booking_list(request):
    found = _found(request)
    context = {"found": found, "page": paginate(request, found.qs), "now": timezone.now()}
    return render_page(request, "research/booking_list.html", context, partial="rows")


@access(Can.RESEARCH_READ)
@require_GET
def booking_csv(request):
    return csv_response("bookings", HEADER, (_row(one) for one in _found(request).qs[:10_000]))


def _row(booking):
    person = booking.recruit.participant
    return [
        booking.study.title,
        person.name,
        person.account.name if person.account else "",
        f"{booking.starts_at:%Y-%m-%d %H:%M}",
        round((booking.ends_at - booking.starts_at).total_seconds() / 60),
        ", ".join(seat.host.name for seat in booking.taken),
        booking.get_state_display(),
        booking.moves,
        booking.because,
    ]


def _page(request, booking, *, notes=None, theirs=None, form=None, status=200):
    """The page of the day. `booking` is loaded by `for_list`."""
    now = timezone.now()
    part = attendance.notes_of(booking)
    hosts = [seat.host for seat in booking.taken]
    runs = edits(request.user, booking.study.team_id) or request.user in hosts
    scheduling = getattr(booking.study, "scheduling", None)
    looking = list(booking.observers.order_by("name", "pk"))
    person = booking.recruit.participant
    context = {
        "booking": booking,
        "person": person,
        "hosts": hosts,
        "left": list(booking.seats.filter(left_to__isnull=False).select_related("host", "left_to")),
        "missed": [seat.host for seat in booking.taken if seat.missed],
        "unsigned": consent.missing(booking.study, person, now),
        "scheduling": scheduling,
        "observers": looking,
        "observer_form": PersonForm(known=[one.pk for one in (*looking, *hosts)]) if runs else None,
        "substitute_form": SubstituteForm(hosts=hosts) if runs and booking.is_open else None,
        "runs": runs,
        "begun": now >= booking.starts_at,
        "now": now,
        "may_contact": allowed(request.user, Can.PARTICIPANT_CONTACT),
        "local": times.zone_named(request.user.time_zone),
        "theirs_zone": times.zone_named(booking.zone),
        "part": part,
        "notes_form": notes
        or DayNotesForm(
            initial={"text": part_text(part) if part else "", "version": part.version if part else 0}
        ),
        "theirs": theirs,
        "history": words.history_of(activity.history(booking), request.user),
        **({"substitute_form": form} if form else {}),
    }
    return render_page(request, "research/booking_detail.html", context, status=status)


@access(Can.RESEARCH_READ)
@require_GET
def booking_detail(request, pk):
    """Everything for the day of a session: who, consent, guide, link, observers, notes."""
    visible = Booking.objects.visible_to(request.user).for_list()
    booking = get_object_or_404(visible.select_related("study__scheduling"), pk=pk)
    return _page(request, booking)


def _run(request, pk):
    rows = Booking.objects.run_by(request.user).for_list().select_related("study__scheduling")
    return get_object_or_404(rows, pk=pk)


def _say(request, booking, verb, done):
    """Do `verb`, say `done` or why not, and go back to the page."""
    try:
        verb()
    except bookings.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(booking)


@access(Can.RESEARCH_EDIT)
@require_POST
def booking_notes(request, pk):
    """Keep what was noted as the session's notes. A save begun on an older version answers 409."""
    booking = _run(request, pk)
    form = DayNotesForm(request.POST)
    if not form.is_valid():
        return _page(request, booking, notes=form, status=422)
    said = form.cleaned_data
    try:
        attendance.write_notes(
            booking, said["text"], version=said["version"], by=request.user, at=timezone.now()
        )
    except conflicts.Conflict as conflict:
        form.data = {**request.POST.dict(), "version": conflict.current.version}
        return _page(request, booking, notes=form, theirs=part_text(conflict.current), status=409)
    except (bookings.Refused, cues.Refused) as error:
        form.add_error("text", str(error))
        return _page(request, booking, notes=form, status=422)
    messages.success(request, "The notes are kept with the session.")
    return redirect(booking)


@access(Can.RESEARCH_EDIT)
@require_POST
def booking_held(request, pk):
    booking = _run(request, pk)
    did = {"by": request.user, "at": timezone.now()}
    return _say(request, booking, lambda: attendance.held(booking, **did), "It is down as held.")


@access(Can.RESEARCH_EDIT)
@require_POST
def booking_missed(request, pk):
    """The participant did not come; or, with `host`, those hosts did not."""
    booking = _run(request, pk)
    did = {"by": request.user, "at": timezone.now()}
    wanted = [int(one) for one in request.POST.getlist("host") if one.isascii() and one.isdecimal()]
    if "host" in request.POST:
        return _say(
            request,
            booking,
            lambda: attendance.host_missed(booking, hosts=[pk for pk in wanted if pk < 2**63], **did),
            "It is down that the host did not come. The participant may book again.",
        )
    return _say(
        request,
        booking,
        lambda: attendance.guest_missed(booking, **did),
        "It is down that the participant did not come.",
    )


@access(Can.RESEARCH_EDIT)
@require_POST
def booking_reopen(request, pk):
    booking = _run(request, pk)
    did = {"by": request.user, "at": timezone.now()}
    return _say(request, booking, lambda: attendance.reopen(booking, **did), "Taken back.")


@access(Can.RESEARCH_EDIT)
@require_POST
def booking_cancel(request, pk):
    booking = _run(request, pk)
    because = request.POST.get("because", "").replace("\0", "").strip()
    return _say(
        request,
        booking,
        lambda: bookings.cancel(booking, because=because, by=request.user, at=timezone.now()),
        "The session is cancelled. Everybody is told.",
    )


@access(Can.RESEARCH_EDIT)
@require_POST
def booking_substitute(request, pk):
    """Somebody else holds the session."""
    booking = _run(request, pk)
    form = SubstituteForm(request.POST, hosts=[seat.host for seat in booking.taken])
    if not form.is_valid():
        return _page(request, booking, form=form, status=422)
    out, into = form.cleaned_data["out"], form.cleaned_data["person"]
    return _say(
        request,
        booking,
        lambda: attendance.substitute(booking, out=out, into=into, by=request.user, at=timezone.now()),
        f"{into.name} holds this session now. Everybody is told.",
    )


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def booking_move(request, pk):
    """Move a session to another free time, whatever the notice and the participant's own moves."""
    booking = _run(request, pk)
    if request.method == "POST":
        start = _start(request.POST.get("start"))
        if start is None:
            messages.error(request, "Choose one of the times.")
            return redirect("research:booking_move", pk)
        return _say(
            request,
            booking,
            lambda: bookings.move(booking, start=start, by=request.user, at=timezone.now()),
            "The session is moved. Everybody is told.",
        )
    scheduling = getattr(booking.study, "scheduling", None)
    found = times.free(scheduling, now=timezone.now(), moving=booking, staff=True) if scheduling else []
    context = {
        "booking": booking,
        "slots": [slot for slot in found if slot.start != booking.starts_at][:LIMIT],
        "local": times.zone_named(request.user.time_zone),
        "theirs_zone": times.zone_named(booking.zone),
        "is_open": booking.state == BookingState.BOOKED,
    }
    return render_page(request, "research/booking_move.html", context)


def _start(text):
    try:
        at = parse_datetime(text or "")
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None and 2000 < at.year < 2200 else None


@access(Can.RESEARCH_EDIT)
@require_POST
def observer_add(request, pk):
    booking = _run(request, pk)
    form = PersonForm(request.POST)
    if form.is_valid():
        person = form.cleaned_data["person"]
        attendance.observe(booking, person, by=request.user, at=timezone.now())
        messages.success(request, f"{person.name} looks on.")
    else:
        messages.error(request, "Choose a person.")
    return redirect(booking)


@access(Can.RESEARCH_EDIT)
@require_POST
def observer_remove(request, pk, user_pk):
    booking = _run(request, pk)
    person = get_object_or_404(User, pk=user_pk)
    attendance.stop_observing(booking, person, by=request.user, at=timezone.now())
    return redirect(booking)
