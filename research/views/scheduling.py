"""When people can be booked: one's own hours, and the times of a study."""

from django.contrib import messages
from django.db.models import Case, When
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from prodops.access import Can, access
from prodops.http import render_page
from research.forms.scheduling import CalendarForm, DayForm, HoursForm, SchedulingForm, SlotsForm
from research.models import Availability, Booking, BookingState, Offer, Scheduling, Study, StudySlot
from research.models.policy import edits
from research.queries import scheduling as times
from research.services import availability as services
from research.sources import calendars

SHOWN = 40
FREE_DAYS = 10  # of a study's free times


def _mine(user):
    return Availability.objects.filter(host=user).select_related("host").first()


def _weekly(row):
    return [(one.weekday, one.start_minute, one.end_minute) for one in row.weekly.all()]


def _hours_page(request, row, *, form=None, day_form=None, calendar_form=None, status=200):
    if form is None:
        begun, weekly = (row, _weekly(row)) if row else services.usual(request.user.time_zone)
        form = HoursForm(instance=begun, weekly=weekly)
    days: dict = {}
    for one in row.days.filter(day__gte=timezone.localdate()) if row else ():
        days.setdefault(one.day, []).append(one)
    context = {
        "availability": row,
        "form": form,
        "day_form": day_form or DayForm(),
        "calendar_form": calendar_form or CalendarForm(),
        "days": [(day, _in_words(rows)) for day, rows in days.items()],
        "busy": row.busy.count() if row else 0,
        "stale": row.calendar_is_stale(timezone.now()) if row else False,
    }
    return render_page(request, "research/hours.html", context, status=status)


def _in_words(rows):
    windows = [row for row in rows if row.start_minute is not None]
    return ", ".join(f"{times.clock(one.start_minute)}-{times.clock(one.end_minute)}" for one in windows)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def hours(request):
    """One's own hours: of a week, of single days, and the calendar that takes from them."""
    row = _mine(request.user)
    if request.method == "GET":
        return _hours_page(request, row)
    form = HoursForm(request.POST, instance=row or Availability(host=request.user), weekly=())
    if not form.is_valid():
        return _hours_page(request, row, form=form, status=422)
    said = form.cleaned_data
    rules = {name: said[name] for name in ("before_minutes", "after_minutes", "notice_hours", "daily_limit")}
    services.publish(request.user, zone=said["zone"], weekly=form.weekly(), at=timezone.now(), **rules)
    messages.success(request, "Your hours are published. Studies that you host offer them from now on.")
    return redirect("research:hours")


@access(Can.RESEARCH_EDIT)
@require_POST
def hours_day(request):
    """Other hours on one day, or none."""
    row = _mine(request.user)
    if row is None:
        messages.info(request, "Publish your weekly hours first.")
        return redirect("research:hours")
    form = DayForm(request.POST)
    if not form.is_valid():
        return _hours_page(request, row, day_form=form, status=422)
    services.set_day(row, form.cleaned_data["day"], form.cleaned_data["windows"], at=timezone.now())
    messages.success(request, f"{form.cleaned_data['day']:%-d %B} is set.")
    return redirect("research:hours")


@access(Can.RESEARCH_EDIT)
@require_POST
def hours_day_forget(request):
    """Let the weekly hours count again on that day."""
    row, form = _mine(request.user), DayForm({"day": request.POST.get("day")})
    if row is not None and form.is_valid():
        services.forget_day(row, form.cleaned_data["day"], at=timezone.now())
    return redirect("research:hours")


@access(Can.RESEARCH_EDIT)
@require_POST
def hours_calendar(request):
    """Connect a calendar by its address; or with `forget`, let go of it; with `again`, read it now."""
    row = _mine(request.user)
    if row is None:
        messages.info(request, "Publish your weekly hours first.")
    elif "forget" in request.POST:
        services.disconnect(row, at=timezone.now())
        messages.success(request, "The calendar and what it said are forgotten.")
    elif "again" in request.POST:
        if row.has_calendar:
            services.ask_again(row)
            messages.info(request, "The calendar is being read. Reload this page in a moment.")
    else:
        form = CalendarForm(request.POST)
        if not form.is_valid():
            return _hours_page(request, row, calendar_form=form, status=422)
        try:
            services.connect(row, form.cleaned_data["url"], at=timezone.now())
        except calendars.NotAllowed as error:
            form.add_error("url", str(error))
            return _hours_page(request, row, calendar_form=form, status=422)
        messages.success(request, "The calendar is connected and is being read.")
    return redirect("research:hours")


def _study(request, slug):
    studies = Study.objects.visible_to(request.user).select_related("team")
    return get_object_or_404(studies, slug=slug)


@access(Can.RESEARCH_READ)
@require_GET
def study_scheduling(request, slug):
    """How a study is booked, which times are free, what is booked."""
    return _study_page(request, _study(request, slug))


def _study_page(request, study, *, slots_form=None, status=200):
    now = timezone.now()
    scheduling = Scheduling.objects.filter(study=study).prefetch_related("hosts").first()
    found = times.free(scheduling, now=now) if scheduling else []
    ahead = Case(When(state=BookingState.BOOKED, then="starts_at"))  # these first, the next at the top
    ordered = (
        Booking.objects.filter(study=study).for_list().order_by(ahead.asc(nulls_last=True), "-starts_at")
    )
    bookings = list(ordered[: SHOWN + 1])
    by_hand = scheduling is not None and scheduling.offer == Offer.SLOTS
    slots = StudySlot.objects.filter(scheduling=scheduling, starts_at__gte=now)
    zone = times.zone_named(request.user.time_zone)
    hosts = _hosts(scheduling) if scheduling else []
    days = times.by_day(found, zone, {host.pk: host.name for host, _, _ in hosts})
    context = {
        "study": study,
        "scheduling": scheduling,
        "found": found,
        "zone": str(zone),
        "free_days": days[:FREE_DAYS],
        "more_days": len(days[FREE_DAYS:]),
        "bookings": bookings[:SHOWN],
        "more_bookings": len(bookings) > SHOWN,
        "hosts": hosts,
        "slots": list(slots[:200]) if by_hand else [],
        "by_hand": by_hand,
        "may_edit": edits(request.user, study.team_id),
        "slots_form": slots_form or SlotsForm(initial={"zone": request.user.time_zone}),
        "now": now,
    }
    return render_page(request, "research/study_scheduling.html", context, status=status)


def _hosts(scheduling):
    """[(host, their availability or None, sessions of the study)]."""
    hosts = list(scheduling.hosts.all())
    known = {row.host_id: row for row in Availability.objects.filter(host__in=hosts)}
    loads = times.loads(scheduling)
    return [(host, known.get(host.pk), loads.get(host.pk, 0)) for host in hosts]


def _editable(request, slug):
    return get_object_or_404(Study.objects.editable_by(request.user).select_related("team"), slug=slug)


@access(Can.RESEARCH_EDIT)
@require_http_methods(["GET", "POST"])
def study_scheduling_edit(request, slug):
    """Set up how a study is booked."""
    study = _editable(request, slug)
    row = Scheduling.objects.filter(study=study).first()
    initial = {} if row else {"hosts": [study.lead_id]}
    form = SchedulingForm(request.POST or None, instance=row or Scheduling(study=study), initial=initial)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        services.set_up(study, hosts=said.pop("hosts"), by=request.user, at=timezone.now(), **said)
        messages.success(request, "Saved. This is what participants are offered now.")
        return redirect("research:study_scheduling", study.slug)
    context = {"form": form, "study": study, "scheduling": row}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "research/study_scheduling_edit.html", context, status=status)


@access(Can.RESEARCH_EDIT)
@require_POST
def slots_add(request, slug):
    """Offer times set by hand."""
    study = _editable(request, slug)
    scheduling = get_object_or_404(Scheduling, study=study)
    form = SlotsForm(request.POST)
    if not form.is_valid():
        return _study_page(request, study, slots_form=form, status=422)
    starts = form.instants()
    new = services.add_slots(scheduling, starts, by=request.user, at=timezone.now())
    if len(starts) < len(form.cleaned_data["starts"]):
        messages.warning(request, "A time that the clocks skip on that day was left out.")
    messages.success(request, f"{new} new {'time is' if new == 1 else 'times are'} offered.")
    return redirect("research:study_scheduling", study.slug)


@access(Can.RESEARCH_EDIT)
@require_POST
def slot_remove(request, pk):
    """Offer a time no more."""
    studies = Study.objects.editable_by(request.user)
    slots = StudySlot.objects.filter(scheduling__study__in=studies).select_related("scheduling__study")
    slot = get_object_or_404(slots, pk=pk)
    services.remove_slot(slot, by=request.user, at=timezone.now())
    return redirect("research:study_scheduling", slot.scheduling.study.slug)
