from process.models import CycleGate, GateItem, OkrCycle
from prodops.models import Role
from prodops.quarters import Quarter
from tests.factories.process import KeyResultFactory, ObjectiveFactory


def _draft():
    """A cycle that is being drafted: that of a quarter far from the one that is on."""
    quarter = Quarter(2031, 2)
    return OkrCycle.objects.get_or_create(year=quarter.year, number=quarter.number)[0]


def _slug(people):
    return {"slug": _draft().slug}


def _item(people):
    gate, _ = CycleGate.objects.get_or_create(cycle=_draft(), state="draft")
    return {"pk": GateItem.objects.create(gate=gate, text="The plan is told to all").pk}


def _objectives(people, n):
    """Objectives of several teams, all without what the gate of a draft asks, and lines ticked by hand."""
    cycle = _draft()
    gate, _ = CycleGate.objects.get_or_create(cycle=cycle, state="draft")
    GateItem.objects.bulk_create(GateItem(gate=gate, text=f"Line {number}") for number in range(n))
    for objective in ObjectiveFactory.create_batch(n, cycle=cycle):
        KeyResultFactory(objective=objective, kind="milestones", start=None, target=None)
    ours = people[Role.PRODUCT_OPS].teams.get()
    ObjectiveFactory.create_batch(n, cycle=cycle, team=ours)


SAMPLES = {
    f"process:{name}": _slug
    for name in ("cycle_gates", "cycle_move", "cycle_plan", "gate_item_add", "gate_remind")
} | {"process:gate_item_tick": _item, "process:gate_item_remove": _item}
LISTS = {"process:cycle_gates": _objectives}
