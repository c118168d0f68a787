"""Check-ins: a person's own, an objective's, and how fresh they are altogether."""

import datetime as dt

from django.db.models import Exists, OuterRef

from process.models import FIRST_CONFIDENCE, CheckIn, CycleState, KeyResult, Kind

from .standings import standings, week_at


def mine(user, *, at):
    """The standings of the person's own key results of active cycles, as the check-in page lists them."""
    rows = KeyResult.objects.visible_to(user).mine_now(user).for_list()
    ordered = rows.order_by("objective__cycle_id", "objective__position", "objective_id", "position", "pk")
    return standings(ordered, at=at)


def first_words(standing):
    """What a check-in's fields begin with: the value that stands, the last confidence."""
    row = standing.key_result
    value = standing.value if standing.value is not None else row.start
    whole = int(value) if value is not None and float(value).is_integer() else value  # 29, not 29.0
    return {
        "value": str(whole) if row.kind == Kind.ORDINAL else whole,
        "confidence": standing.confidence if standing.confidence is not None else FIRST_CONFIDENCE,
        "note": standing.checked.note if standing.done else "",
        "next": standing.checked.next if standing.done else "",
        "milestones": [str(step.pk) for step in standing.steps if step.done] if not standing.thing else [],
    }


def check_ins_of(objective):
    """{key result id: its check-ins, newest first, with who said them}."""
    said = CheckIn.objects.filter(key_result__objective=objective).select_related("by")
    by_key_result: dict[int, list[CheckIn]] = {}
    for check_in in said.order_by("key_result_id", "-week", "-at", "-pk"):
        by_key_result.setdefault(check_in.key_result_id, []).append(check_in)
    return by_key_result


def _active():
    return KeyResult.objects.counted().filter(objective__cycle__state=CycleState.ACTIVE)


def fresh_share(at):
    """(key results of active cycles that were checked in on this week or last, all of them)."""
    since = week_at(at) - dt.timedelta(days=7)
    recent = CheckIn.objects.filter(key_result=OuterRef("pk"), week__gte=since)
    return _active().filter(Exists(recent)).count(), _active().count()


def bound_share(at):
    """(key results of active cycles that follow a KPI, all of them)."""
    return _active().exclude(kpi=None).count(), _active().count()
