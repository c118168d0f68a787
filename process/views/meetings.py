import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from process import queries
from process.forms.meetings import ActionForm, BeginForm, DecisionForm
from process.models import AgendaItem, CycleState, Decision, OkrCycle, ReviewAction, ReviewMeeting
from process.services import meetings
from process.views.cycles import cycle_of
from prodops.access import Can, access, allowed
from prodops.http import next_url, paginate, render_page, wants_partial

DUE_IN = dt.timedelta(days=7)


@access(Can.OKR_READ)
@require_GET
def meeting_list(request):
    visible = queries.meetings_with_counts().filter(
        pk__in=ReviewMeeting.objects.visible_to(request.user).values("pk")
    )
    page = paginate(request, visible.for_list(), per_page=40)
    going = OkrCycle.objects.visible_to(request.user).exclude(state=CycleState.CLOSED)
    cycles = sorted(going, key=lambda one: (one.state != CycleState.ACTIVE, one.period.last_day))
    context = {"page": page, "cycles": cycles}
    return render_page(request, "process/meeting_list.html", context)


@access(Can.OKR_EDIT)
@require_http_methods(["GET", "POST"])
def meeting_begin(request, slug):
    """Choose whose objectives to review; before that, see in which order."""
    cycle = cycle_of(request, slug)
    form = BeginForm(request.POST or None, cycle=cycle)
    now = timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            meeting = meetings.begin(cycle, form.cleaned_data["team"], by=request.user, at=now)
        except meetings.NothingToReview as error:
            form.add_error(None, str(error))
        else:
            return redirect("process:meeting_screen", meeting.pk, 1)
    context = {"cycle": cycle, "form": form, "agenda": queries.agenda(cycle, None, at=now)}
    return render_page(request, "process/meeting_begin.html", context)


def _meeting(request, pk):
    return get_object_or_404(ReviewMeeting.objects.visible_to(request.user).for_list(), pk=pk)


@access(Can.OKR_READ)
@require_GET
def meeting_detail(request, pk):
    """The agenda while it is on, and the minutes: what was decided, who does what."""
    meeting = _meeting(request, pk)
    items = queries.minutes(meeting)
    mine = ReviewAction.objects.tickable_by(request.user).filter(item__meeting=meeting)
    context = {
        "meeting": meeting,
        "items": items,
        "next": next((one for one in items if one.discussed_at is None), None),
        "decisions": sum(len(one.decisions.all()) for one in items),
        "actions": [action for one in items for action in one.actions.all()],
        "tickable": set(mine.values_list("pk", flat=True)),
        "editable": allowed(request.user, Can.OKR_EDIT),
    }
    return render_page(request, "process/meeting_detail.html", context)


@access(Can.OKR_READ)
@require_GET
def meeting_screen(request, pk, number):
    """One objective of a meeting, large enough for a projector."""
    return _screen(request, _meeting(request, pk), number)


def _screen(request, meeting, number, *, decision=None, action=None, status=200):
    items = queries.minutes(meeting)
    item = next((one for one in items if one.number == number), None)
    if item is None:
        item = get_object_or_404(meeting.items, number=number)
    now = timezone.now()
    standing = None
    if item.objective is not None:
        item.objective.cycle = meeting.cycle
        [standing] = queries.objective_standings([item.objective], at=now)
    due = queries.company_day(now) + DUE_IN
    initial = {"owner": item.objective.owner_id if item.objective else None, "due_on": due}
    context = {
        "meeting": meeting,
        "items": items,
        "item": item,
        "seen": _seen(item, meeting),
        "standing": standing,
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if number < len(items) else None,
        "editable": meeting.open and allowed(request.user, Can.OKR_EDIT),
        "decision_form": decision or DecisionForm(auto_id="decision_%s"),
        "action_form": action or ActionForm(auto_id="action_%s", initial=initial),
    }
    if wants_partial(request) and request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)  # a swap would take the focus from whoever is in there
    template = "process/meeting_screen.html"
    return render_page(request, template, context, partial="recorded", status=status)


def _seen(item, meeting):
    """What stands recorded, as a short word that changes with it."""
    said = [f"d{one.pk}" for one in item.decisions.all()]
    said += [f"a{one.pk}{'x' if one.done_at else ''}" for one in item.actions.all()]
    return "".join([*said, "o" if meeting.open else "e"])


def _item(request, pk, number):
    visible = ReviewMeeting.objects.visible_to(request.user)
    items = AgendaItem.objects.filter(meeting__in=visible).select_related("meeting", "objective__cycle")
    return get_object_or_404(items, meeting=pk, number=number)


@access(Can.OKR_EDIT)
@require_POST
def meeting_discuss(request, pk, number):
    """Done with this objective: on to the next that is not discussed, or to the minutes."""
    item = _item(request, pk, number)
    try:
        meetings.discuss(item, by=request.user, at=timezone.now())
    except meetings.Ended as error:
        messages.warning(request, str(error))
        return redirect("process:meeting_detail", pk)
    waiting = item.meeting.items.filter(discussed_at=None).values_list("number", flat=True)
    after = [one for one in waiting if one > number] or list(waiting)
    return redirect("process:meeting_screen", pk, after[0]) if after else redirect(item.meeting)


@access(Can.OKR_EDIT)
@require_POST
def meeting_decide(request, pk, number):
    item = _item(request, pk, number)
    form = DecisionForm(request.POST, auto_id="decision_%s")
    if not form.is_valid():
        return _screen(request, _meeting(request, pk), number, decision=form, status=422)
    return _record(request, item, meetings.decide, form)


@access(Can.OKR_EDIT)
@require_POST
def meeting_promise(request, pk, number):
    item = _item(request, pk, number)
    form = ActionForm(request.POST, auto_id="action_%s")
    if not form.is_valid():
        return _screen(request, _meeting(request, pk), number, action=form, status=422)
    return _record(request, item, meetings.promise, form)


def _record(request, item, verb, form):
    try:
        verb(item, **form.cleaned_data, by=request.user, at=timezone.now())
    except meetings.Ended as error:
        messages.warning(request, str(error))
        return redirect(item.meeting)
    return redirect("process:meeting_screen", item.meeting_id, item.number)


def _strike(request, things, pk):
    thing = get_object_or_404(things.select_related("item__meeting"), pk=pk)
    item = thing.item
    try:
        meetings.strike(thing, by=request.user, at=timezone.now())
    except meetings.Ended as error:
        messages.warning(request, str(error))
        return redirect(item.meeting)
    messages.success(request, "Taken out of the minutes.")
    return redirect("process:meeting_screen", item.meeting_id, item.number)


@access(Can.OKR_EDIT)
@require_POST
def decision_strike(request, pk):
    visible = ReviewMeeting.objects.visible_to(request.user)
    return _strike(request, Decision.objects.filter(item__meeting__in=visible), pk)


@access(Can.OKR_EDIT)
@require_POST
def action_strike(request, pk):
    return _strike(request, ReviewAction.objects.visible_to(request.user), pk)


@access(Can.OKR_CHECK_IN)
@require_POST
def action_tick(request, pk):
    """Tick an action off, or take that back."""
    mine = ReviewAction.objects.tickable_by(request.user).select_related("item__meeting")
    action = get_object_or_404(mine, pk=pk)
    done = request.POST.get("done") == "1"
    meetings.tick(action, done=done, by=request.user, at=timezone.now())
    messages.success(request, f"“{action}” is {'done' if done else 'open again'}.")
    return redirect(next_url(request, action.item.meeting.get_absolute_url()))


@access(Can.OKR_EDIT)
@require_POST
def meeting_end(request, pk):
    meeting = _meeting(request, pk)
    meetings.end(meeting, by=request.user, at=timezone.now())
    messages.success(request, "The meeting is over, and its minutes stand.")
    return redirect(meeting)


@access(Can.OKR_EDIT)
@require_POST
def meeting_go_on(request, pk):
    meeting = _meeting(request, pk)
    meetings.go_on(meeting, by=request.user, at=timezone.now())
    return redirect(meeting)
