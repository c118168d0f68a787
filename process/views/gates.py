from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from process import queries
from process.forms.cycles import ItemForm, PlanForm
from process.models import CycleState, GateItem, OkrCycle
from process.services import cycles, gates
from process.views.cycles import cycle_of
from prodops.access import Can, access, allowed
from prodops.http import render_page


@access(Can.OKR_READ)
@require_GET
def cycle_gates(request, slug):
    """The cycle's way from draft to closed: what the next gate asks, and who is late for it."""
    cycle = cycle_of(request, slug)
    plans = queries.plans(cycle)
    gate = queries.gate(cycle, at=timezone.now(), planned=plans)
    context = {
        "cycle": cycle,
        "gate": gate,
        "steps": [(state, plans.get(state)) for state in CycleState],
        "people": queries.late_people(gate.missing),
        "teams": queries.late_teams(gate.missing),
        "item_form": ItemForm(),
        "runs": request.user.runs_product_ops
        or (gate.owner == request.user and allowed(request.user, Can.OKR_EDIT)),
        "forward": cycle.forward,
        "back": cycle.back,
        "today": queries.company_day(timezone.now()),
    }
    return render_page(request, "process/cycle_gates.html", context)


def _runnable(request, slug):
    """The cycle, where the person may move it on; else 404."""
    cycle = cycle_of(request, slug)
    return get_object_or_404(OkrCycle.objects.runnable_by(request.user), pk=cycle.pk)


@access(Can.OKR_EDIT)
@require_POST
def cycle_move(request, slug):
    """Move the cycle on, or put it back, where product ops or the owner of its gate asks for it."""
    cycle = _runnable(request, slug)
    try:
        to = CycleState(request.POST.get("to", ""))
    except ValueError as error:
        raise Http404("There is no such state.") from error
    said = {"seen": request.POST.get("seen") or None, "reason": request.POST.get("reason", "")[:500]}
    try:
        cycles.move(cycle, to, **said, by=request.user, at=timezone.now())
    except (cycles.NotReady, cycles.NotAllowed) as error:
        messages.warning(request, str(error))
    else:
        word = cycle.get_state_display().lower()
        messages.success(request, f"{cycle} is in {word} now, and its people are told.")
    return redirect("process:cycle_gates", cycle.slug)


@access(Can.OKR_RUN)
@require_http_methods(["GET", "POST"])
def cycle_plan(request, slug):
    """Deadlines and owners of all gates; whether people write objectives of their own."""
    cycle = cycle_of(request, slug)
    form = PlanForm(request.POST or None, cycle=cycle, plans=queries.plans(cycle))
    if request.method == "POST" and form.is_valid():
        done = {"by": request.user, "at": timezone.now()}
        with transaction.atomic():
            for state, (due_on, owner) in form.plans.items():
                gates.plan(cycle, state, due_on=due_on, owner=owner, **done)
            cycles.let_personal(cycle, form.cleaned_data["personal"], **done)
        messages.success(request, "The plan is saved, and new owners are told.")
        return redirect("process:cycle_gates", cycle.slug)
    return render_page(request, "process/cycle_plan.html", {"cycle": cycle, "form": form})


@access(Can.OKR_RUN)
@require_POST
def gate_item_add(request, slug):
    """A line for the checklist of the gate the cycle stands before."""
    cycle, form = cycle_of(request, slug), ItemForm(request.POST)
    if not form.is_valid():
        messages.warning(request, "Write what is to be done, in up to 200 characters.")
    elif not cycle.open:
        messages.warning(request, f"{cycle} is closed: no gate is left.")
    else:
        gates.add_item(cycle, cycle.state, form.cleaned_data["text"], by=request.user, at=timezone.now())
    return redirect("process:cycle_gates", slug)


def _item(request, pk):
    items = GateItem.objects.runnable_by(request.user).select_related("gate__cycle")
    return get_object_or_404(items, pk=pk)


@access(Can.OKR_EDIT)
@require_POST
def gate_item_tick(request, pk):
    item = _item(request, pk)
    gates.tick(item, request.POST.get("done") == "1", by=request.user, at=timezone.now())
    return redirect("process:cycle_gates", item.gate.cycle.slug)


@access(Can.OKR_RUN)
@require_POST
def gate_item_remove(request, pk):
    item = _item(request, pk)
    gates.remove_item(item, by=request.user, at=timezone.now())
    return redirect("process:cycle_gates", item.gate.cycle.slug)


@access(Can.OKR_EDIT)
@require_POST
def gate_remind(request, slug):
    """Remind one person who is late for the gate or, without a `person`, all of them."""
    cycle = _runnable(request, slug)
    asked = request.POST.get("person", "")
    if asked and not (asked.isascii() and asked.isdecimal() and len(asked) < 18):
        raise Http404("There is no such person.")
    try:
        told = gates.remind(cycle, [int(asked)] if asked else None, by=request.user, at=timezone.now())
    except (gates.NothingMissing, gates.AlreadyReminded) as error:
        messages.info(request, str(error))
    else:
        messages.success(request, "1 person is reminded." if told == 1 else f"{told} people are reminded.")
    return redirect("process:cycle_gates", slug)
