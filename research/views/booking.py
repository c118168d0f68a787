"""Where participants book, move and cancel: pages behind their personal link, mostly on a phone."""

from functools import wraps
from itertools import groupby, islice

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops.access import access
from prodops.clock import company_zone
from prodops.http import render_page
from research.clocks.slots import nearest
from research.forms.scheduling import ZONES
from research.models import BookingState, Recruit
from research.queries import consent
from research.queries import scheduling as times
from research.services import booking_mails, bookings

DAYS = 7  # with free times, on one page
STALE = "This page was open for a while, and the times have changed since."


def _found(view):
    """Give the view the recruit of its `token`; a link that is none of ours gets a page that says so."""

    @wraps(view)
    def found(request, token):
        rows = Recruit.objects.by_token(token)
        recruit = rows.select_related("study__recruiting", "study__scheduling", "participant").first()
        if recruit is None:
            response = render_page(request, "research/book_unknown.html", status=404)
        else:
            response = view(request, recruit)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return access(None)(never_cache(found))


def _zone(request, recruit, booking):
    """(name, whether it is sure): what they chose, else what is known of them, else where the company is."""
    sent = request.POST.get("zone") or request.GET.get("zone") or ""
    if sent and times.is_zone(sent):
        return sent, True
    known = booking.zone if booking else recruit.participant.time_zone
    if known and times.is_zone(known):
        return known, bool(booking)
    return str(company_zone()), False


def _start(text):
    """The instant that a link or a form names, or None."""
    try:
        at = parse_datetime(text or "")
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None and 2000 < at.year < 2200 else None


def _day(text):
    try:
        return parse_date(text or "")
    except ValueError:
        return None


def _why_not_move(recruit, booking, now):
    scheduling = getattr(recruit.study, "scheduling", None)
    return bookings.why_not_move(booking, scheduling, at=now) if scheduling else ""


def _context(request, recruit, booking, **more):
    zone, chosen = _zone(request, recruit, booking)
    scheduling = getattr(recruit.study, "scheduling", None)
    now = timezone.now()
    return {
        "recruit": recruit,
        "scheduling": scheduling,
        "booking": booking,
        "title": booking_mails.public_title(recruit.study),
        "zone": zone,
        "guess_zone": not chosen,
        "zones": ZONES,
        "local": times.zone_named(zone),
        "now": now,
        "moving": False,
        "gone": "",
        "instead": [],
        "fault": "",
        "signed": consent.has_signed(recruit.study, recruit.participant),
        "hosts": bookings.hosts_of(booking) if booking else [],
        "why_not_move": _why_not_move(recruit, booking, now) if booking else "",
        **more,
    }


def _times_page(request, recruit, booking, *, status=200, **more):
    """The free times, some days of them; or one time to confirm."""
    context = _context(request, recruit, booking, moving=booking is not None, **more)
    scheduling, zone = context["scheduling"], context["local"]
    is_open = scheduling is not None and scheduling.is_open and (booking is not None or recruit.may_book)
    found = times.free(scheduling, now=context["now"], moving=booking) if is_open else []
    if booking is not None:
        found = [slot for slot in found if slot.start != booking.starts_at]
    start = None if context["gone"] else _start(request.GET.get("start"))
    picked = next((slot for slot in found if slot.start == start), None)
    if start is not None and picked is None and is_open:
        context["gone"], status = STALE, 409
        context["instead"] = nearest(found, start, bookings.OFFERED)
    since = _day(request.GET.get("since"))
    later = [slot for slot in found if since is None or slot.start.astimezone(zone).date() >= since]
    days = [
        (day, list(slots)) for day, slots in groupby(later, lambda slot: slot.start.astimezone(zone).date())
    ]
    context |= {
        "is_open": is_open,
        "picked": picked,
        "days": [(day, _told_apart(slots, zone)) for day, slots in days[:DAYS]],
        "next_day": next((day for day, _ in islice(days, DAYS, None)), None),
        "earlier": since is not None and len(later) < len(found),
        "length": scheduling.length_minutes if scheduling else 0,
    }
    return render_page(request, "research/book_times.html", context, status=status)


def _told_apart(slots, zone):
    """[(slot, whether another of its day shows the same time)]: where an hour comes twice."""
    walls = [f"{slot.start.astimezone(zone):%H:%M}" for slot in slots]
    return [(slot, walls.count(wall) > 1) for slot, wall in zip(slots, walls, strict=True)]


@_found
@require_http_methods(["GET", "POST"])
def book(request, recruit):
    """What is booked, or the free times; POST books one."""
    booking = times.open_booking(recruit)
    if booking is not None:
        if request.method == "POST" and _start(request.POST.get("start")) != booking.starts_at:
            return _booked(request, recruit, booking, status=409, fault="You have booked a session already.")
        return _booked(request, recruit, booking)
    if recruit.may_book and consent.missing(recruit.study, recruit.participant, timezone.now()):
        return redirect("research:consent_sign", recruit.token)
    if request.method == "GET":
        return _times_page(request, recruit, None)
    start = _start(request.POST.get("start"))
    if start is None:
        return _times_page(request, recruit, None, status=422, fault="Choose one of the times.")
    try:
        bookings.book(recruit, start=start, zone=_zone(request, recruit, None)[0], at=timezone.now())
    except bookings.Gone as gone:
        return _times_page(request, recruit, None, status=409, gone=str(gone), instead=gone.instead)
    except bookings.Refused as error:
        return _times_page(request, recruit, None, status=409, fault=str(error))
    return redirect("research:book", recruit.token)


def _booked(request, recruit, booking, *, status=200, fault=""):
    context = _context(request, recruit, booking, fault=fault)
    return render_page(request, "research/book_done.html", context, status=status)


@_found
@require_http_methods(["GET", "POST"])
def book_move(request, recruit):
    """The free times for somebody who has one already; POST moves to one."""
    booking = times.open_booking(recruit)
    if booking is None:
        return redirect("research:book", recruit.token)
    if request.method == "GET":
        if _why_not_move(recruit, booking, timezone.now()):
            return redirect("research:book", recruit.token)
        return _times_page(request, recruit, booking)
    start = _start(request.POST.get("start"))
    if start is None:
        return _times_page(request, recruit, booking, status=422, fault="Choose one of the times.")
    try:
        zone = _zone(request, recruit, booking)[0]
        bookings.move(booking, start=start, zone=zone, at=timezone.now())
    except bookings.Gone as gone:
        return _times_page(request, recruit, booking, status=409, gone=str(gone), instead=gone.instead)
    except bookings.Refused as error:
        return _booked(request, recruit, booking, status=409, fault=str(error))
    return redirect("research:book", recruit.token)


@_found
@require_POST
def book_cancel(request, recruit):
    """Call the session off; pressed twice it is called off once."""
    booking = times.open_booking(recruit)
    if booking is not None:
        try:
            because = request.POST.get("because", "").replace("\0", "").strip()
            bookings.cancel(booking, because=because, at=timezone.now())
        except bookings.Refused as error:
            return _booked(request, recruit, booking, status=409, fault=str(error))
    last = recruit.bookings.filter(state=BookingState.CANCELLED).order_by("-ended_at").first()
    context = _context(request, recruit, None, cancelled=last)
    return render_page(request, "research/book_cancelled.html", context)


@_found
@require_GET
def book_ics(request, recruit):
    """The booking as a file for a calendar that got no mail."""
    booking = times.open_booking(recruit)
    if booking is None:
        raise Http404("Nothing is booked.")
    data = booking_mails.event_of(booking, at=timezone.now())
    response = HttpResponse(data, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="session.ics"'
    return response
