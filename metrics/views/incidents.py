"""Incidents: the list with its bulk verbs, and one incident's page with its own."""

from functools import partial

from django.contrib import messages
from django.core import signing
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics import queries
from metrics.filters.incidents import IncidentFilter
from metrics.forms.incidents import (
    AssignForm,
    GradeForm,
    ReportForm,
    ResolveForm,
    SelectionForm,
    SnoozeForm,
    WindowForm,
)
from metrics.models import Incident, Kpi
from metrics.services import incidents
from metrics.views import charts
from prodops import activity, words
from prodops.access import Can, access, allowed
from prodops.http import csv_response, next_url, paginate, render_block, render_page, wants_partial
from prodops.talk import talk_about

LIST = "metrics/incident_list.html"
PAGE = "metrics/incident_detail.html"
REFUSALS = (incidents.Overtaken, incidents.NotPossible, incidents.CauseMissing)
UNDO_FOR = 3600  # seconds
KEYS = [
    *(("j", "Next incident"), ("k", "Previous incident"), ("Enter", "Open it"), ("x", "Tick")),
    *(
        ("a", "Acknowledge"),
        ("m", "Assign to me"),
        ("h", "Put off for a week"),
        ("r", "Resolve"),
        ("z", "Undo"),
    ),
]
HEADER = [
    "KPI",
    "What",
    "State",
    "Severity",
    "From",
    "To",
    "Assigned to",
    "Owner",
    "Opened",
    "Cause",
    "Comment",
]


# --- the list ----------------------------------------------------------------------------------------------


@access(Can.KPI_READ)
@require_GET
def incident_list(request):
    found = _found(request)
    if request.GET.get("format") == "csv":
        return csv_response("incidents", HEADER, _rows(found.qs[:10_000]))
    return render_page(request, LIST, _listed(request, found), partial="rows")


def _found(request):
    facets = queries.facets(Kpi.objects.visible_to(request.user).live())
    visible = Incident.objects.visible_to(request.user).for_list()
    return IncidentFilter(request.GET, visible, facets=facets, user=request.user, at=timezone.now())


def _listed(request, found, toast=None):
    shown = paginate(request, found.qs, 50)
    shown.path = reverse("metrics:incident_list")  # whatever verb was called
    may_edit = allowed(request.user, Can.KPI_EDIT)
    editable = {one.pk for one in shown if may_edit and one.is_editable_by(request.user)}
    query = request.GET.urlencode()
    return {
        "found": found,
        "page": shown,
        "editable": editable,
        "flags": queries.newest_flags(shown.rows),
        "now": timezone.now(),
        "query": f"?{query}" if query else "",
        "resolve_form": ResolveForm(auto_id="bulk_%s"),
        "by_day": not request.GET.get("sort"),
        "page_keys": KEYS,
        "toast": toast,
    }


def _rows(found):
    for incident in found:
        yield (
            *(incident.kpi.name, incident.get_way_display(), incident.get_state_display()),
            incident.get_severity_display(),
            *(
                charts.iso(period, incident.kpi.grain)
                for period in (incident.window_from, incident.window_to)
            ),
            *(person and person.name for person in (incident.assignee, incident.kpi.owner)),
            *(incident.opened_at.isoformat(), incident.get_cause_display(), incident.comment),
        )


@access(Can.KPI_EDIT)
@require_POST
def bulk_acknowledge(request):
    return _each(request, partial(incidents.acknowledge, **_now(request)), "acknowledged")


@access(Can.KPI_EDIT)
@require_POST
def bulk_take(request):
    return _each(request, partial(incidents.assign, to=request.user, **_now(request)), "assigned to you")


@access(Can.KPI_EDIT)
@require_POST
def bulk_snooze(request):
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        return _answer_list(request, "Choose until when.", level="error")
    until = form.moment(at=timezone.now(), time_zone=request.user.time_zone)
    return _each(request, partial(incidents.snooze, until=until, **_now(request)), "put off")


@access(Can.KPI_EDIT)
@require_POST
def bulk_resolve(request):
    form = ResolveForm(request.POST)
    if not form.is_valid():
        return _answer_list(request, "Say what they turned out to be.", level="error")
    return _each(request, partial(incidents.resolve, **form.cleaned_data, **_now(request)), "resolved")


@access(Can.KPI_EDIT)
@require_POST
def incident_undo(request):
    """What a toast's undo calls: back to where each incident was, unless somebody has moved it since."""
    try:
        moves = signing.loads(request.POST.get("token", ""), salt="incidents.undo", max_age=UNDO_FOR)
    except signing.BadSignature:
        return _answer_list(request, "It is too late to undo that.", level="error")
    mine = {one.pk: one for one in _editable(request).filter(pk__in=[pk for pk, _, _ in moves])}
    done, failures = 0, []
    for pk, before, after in moves:
        try:
            incidents.restore(mine[pk], before, after, **_now(request))
            done += 1
        except KeyError:
            failures.append("One of them is not yours to change.")
        except REFUSALS as error:
            failures.append(str(error))
    return _answer_list(request, " ".join([f"{_many(done)} back as before.", *failures]))


def _each(request, verb, past):
    """Do `verb` to every ticked incident that the person may change; say how many, and why not the others."""
    form = SelectionForm(request.POST)
    wanted = form.cleaned_data["pk"] if form.is_valid() else []
    mine = list(_editable(request).filter(pk__in=wanted))
    moves, failures = [], []
    for incident in mine:
        before = incidents.standing(incident)
        try:
            verb(incident)
            moves.append((incident.pk, before, incidents.standing(incident)))
        except REFUSALS as error:
            failures.append(f"{incident.kpi}: {error}")
    if len(mine) < len(set(wanted)):
        failures.append(f"{len(set(wanted)) - len(mine)} are not yours to change.")
    if not wanted:
        failures = ["Tick the incidents first."]
    said = " ".join([f"{_many(len(moves))} {past}.", *failures] if wanted else failures)
    return _answer_list(request, said, moves=moves, level="warning" if failures else "success")


def _many(count):
    return f"{count} {'incident' if count == 1 else 'incidents'}"


def _token(moves):
    return signing.dumps(moves, salt="incidents.undo", compress=True) if moves else ""


def _answer_list(request, words, *, moves=(), level="success"):
    if wants_partial(request):
        if request.POST.get("at"):  # the undo of a move on an incident's own page
            incident = get_object_or_404(_readable(request), pk=_number(request.POST["at"]))
            toast = {"words": words, "level": level, "token": ""}
            return render_block(request, PAGE, "matter", _context(request, incident, toast=toast))
        toast = {"words": words, "level": level, "token": _token(list(moves))}
        return render_block(request, LIST, "rows", _listed(request, _found(request), toast))
    getattr(messages, level)(request, words)
    return redirect(next_url(request, "metrics:incident_list"))


def _number(text):
    return int(text) if text.isdecimal() and len(text) < 18 else 0


# --- one incident ------------------------------------------------------------------------------------------


@access(Can.KPI_READ)
@require_GET
def incident_detail(request, pk):
    incident = get_object_or_404(_readable(request), pk=pk)
    return render_page(request, PAGE, _context(request, incident), partial="matter")


def _readable(request):
    return Incident.objects.visible_to(request.user).for_page()


def _editable(request):
    return Incident.objects.editable_by(request.user).for_page()


def _context(request, incident, *, toast=None, complaint="", forms=None):
    now = timezone.now()
    kpi = incident.kpi
    flags = list(incident.flags.order_by("period", "pk"))
    for flag in flags:
        flag.kpi, flag.incident = kpi, incident
    may_edit = allowed(request.user, Can.KPI_EDIT) and incident.is_editable_by(request.user)
    window = {"first": incident.window_from.date(), "last": incident.window_to.date()}
    return {
        "incident": incident,
        "kpi": kpi,
        "flags": flags,
        "chart": charts.around(kpi, queries.series_around(incident), flags),
        "reviews": list(incident.reviews.for_list().order_by("answered_at", "pk")),
        "same_day": queries.moved_that_day(incident),
        "events": list(words.history_of(activity.history(incident), request.user)),
        "talk": talk_about(request, incident),
        "may_edit": may_edit,
        "now": now,
        "toast": toast,
        "complaint": complaint,
        "resolve_form": ResolveForm(),
        "assign_form": AssignForm(initial={"to": incident.assignee_id}),
        "grade_form": GradeForm(initial={"severity": incident.severity}),
        "window_form": WindowForm(initial=window),
        "page_keys": [
            *(
                ("a", "Acknowledge"),
                ("m", "Assign to me"),
                ("s", "Assign"),
                ("h", "Put off"),
                ("r", "Resolve"),
            )
        ],
        **(forms or {}),
    }


@access(Can.KPI_EDIT)
@require_POST
def incident_acknowledge(request, pk):
    return _move(request, pk, incidents.acknowledge, "Acknowledged.")


@access(Can.KPI_EDIT)
@require_POST
def incident_take(request, pk):
    return _move(request, pk, partial(incidents.assign, to=request.user), "It is yours.")


@access(Can.KPI_EDIT)
@require_POST
def incident_assign(request, pk):
    form = AssignForm(request.POST)
    if not form.is_valid():
        return _refuse(request, pk, "Choose a person.")
    to = form.cleaned_data["to"]
    return _move(request, pk, partial(incidents.assign, to=to), f"Assigned to {to}.")


@access(Can.KPI_EDIT)
@require_POST
def incident_resolve(request, pk):
    form = ResolveForm(request.POST)
    if not form.is_valid():
        return _refuse(request, pk, "Say what it turned out to be.", {"resolve_form": form})
    return _move(request, pk, partial(incidents.resolve, **form.cleaned_data), "Resolved.")


@access(Can.KPI_EDIT)
@require_POST
def incident_reopen(request, pk):
    return _move(request, pk, incidents.reopen, "Open again.")


@access(Can.KPI_EDIT)
@require_POST
def incident_snooze(request, pk):
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        return _refuse(request, pk, "Choose until when.")
    until = form.moment(at=timezone.now(), time_zone=request.user.time_zone)
    return _move(request, pk, partial(incidents.snooze, until=until), f"Put off until {until:%-d %B}.")


@access(Can.KPI_EDIT)
@require_POST
def incident_wake(request, pk):
    return _move(request, pk, incidents.wake, "It asks again.")


@access(Can.KPI_EDIT)
@require_POST
def incident_grade(request, pk):
    form = GradeForm(request.POST)
    if not form.is_valid():
        return _refuse(request, pk, "Choose a severity.")
    return _move(
        request, pk, partial(incidents.grade, **form.cleaned_data), "The severity is set.", undo=False
    )


@access(Can.KPI_EDIT)
@require_POST
def incident_window(request, pk):
    incident = get_object_or_404(_editable(request), pk=pk)
    form = WindowForm(request.POST)
    if not form.is_valid():
        return _refuse(request, pk, "Choose the first and the last affected day.", {"window_form": form})
    first, last = form.window(incident.kpi)
    return _move(
        request, pk, partial(incidents.set_window, first=first, last=last), "The window is set.", undo=False
    )


def _now(request):
    return {"by": request.user, "at": timezone.now()}


def _move(request, pk, verb, past, *, undo=True):
    """Do it, and show the incident as it is then, with an undo; without htmx, go back."""
    incident = get_object_or_404(_editable(request), pk=pk)
    before = incidents.standing(incident)
    try:
        verb(incident, **_now(request))
    except REFUSALS as error:
        return _refuse(request, pk, str(error))
    if not wants_partial(request):
        messages.success(request, past)
        return redirect(next_url(request, incident.get_absolute_url()))
    token = _token([(incident.pk, before, incidents.standing(incident))]) if undo else ""
    toast = {"words": past, "level": "success", "token": token}
    return render_block(request, PAGE, "matter", _context(request, _reloaded(request, pk), toast=toast))


def _reloaded(request, pk):
    return _readable(request).get(pk=pk)


def _refuse(request, pk, complaint, forms=None):
    incident = get_object_or_404(_editable(request), pk=pk)
    if not wants_partial(request):
        messages.warning(request, complaint)
        return redirect(next_url(request, incident.get_absolute_url()))
    context = _context(request, incident, complaint=complaint, forms=forms)
    return render_block(request, PAGE, "matter", context, status=422)


@access(Can.KPI_EDIT)
@require_http_methods(["GET", "POST"])
def incident_report(request, slug):
    """What a person has seen and the checks have not."""
    kpi = get_object_or_404(Kpi.objects.editable_by(request.user), slug=slug)
    last = queries.last_periods([kpi.pk]).get(kpi.pk)
    day = (last or timezone.now()).date()
    form = ReportForm(request.POST or None, initial={"first": day, "last": day})
    if request.method == "POST" and form.is_valid():
        first, last = form.window(kpi)
        said = {name: form.cleaned_data[name] for name in ("what", "way", "severity")}
        try:
            incident = incidents.report(kpi, **said, window_from=first, window_to=last, **_now(request))
        except incidents.AlreadyOpen as error:
            messages.info(request, str(error))
            return redirect(error.incident)
        messages.success(request, "The incident is open.")
        return redirect(incident)
    context = {"form": form, "kpi": kpi}
    return render_page(request, "metrics/incident_report.html", context, status=422 if form.errors else 200)
