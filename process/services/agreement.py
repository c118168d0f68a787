"""What was agreed when a cycle became active: kept, and changed only with a reason."""

from django.db.models import F

from process.models import KeyResult

# What a key result is held to; the first four are kept beside it as `agreed_*`
AGREED = ("start", "target", "low", "high")
# attribute: what it is called in a sentence
HELD = {
    "start": "start",
    "target": "target",
    "low": "lower bound",
    "high": "upper bound",
    "stretch": "stretch",
    "weight": "weight",
    "levels": "scale",
    "guardrail": "part as a guardrail",
    "kind": "kind",
    "unit": "unit",
}


class NeedsReason(Exception):
    """What was agreed would change, and nobody says why."""

    field = "reason"  # where a form says it


def freeze(cycle, objectives=None):
    """Keep what the cycle's key results (those of `objectives`, ids, where given) start from and aim at; what
    was agreed earlier stays."""
    rows = KeyResult.objects.filter(objective__cycle=cycle)
    fresh = (rows if objectives is None else rows.filter(objective__in=objectives)).filter(
        agreed_start=None, agreed_target=None, agreed_low=None, agreed_high=None
    )
    fresh.update(**{f"agreed_{name}": F(name) for name in AGREED})


def freeze_one(key_result, cycle):
    """What is added to a cycle that has been active is agreed as it is added."""
    if cycle.frozen:
        KeyResult.objects.filter(pk=key_result.pk).update(**{f"agreed_{name}": F(name) for name in AGREED})
        key_result.refresh_from_db()


def change(before, after, *, cycle, reason):
    """What an edit changes of what a key result is held to, for its history; {} for nothing.

    `before` and `after` are the row as it was and as it is. Raises `NeedsReason` where the cycle has been
    active and `reason` is empty.
    """
    moved = [name for name in HELD if getattr(before, name) != getattr(after, name)]
    if not moved:
        return {}
    said = reason.strip()
    if cycle.frozen and not said:
        names = " and ".join(HELD[name] for name in moved)
        words = f"The cycle has been active, so the {names} agreed then stands. Say why it changes."
        raise NeedsReason(words)
    changed = {
        "was": {name: getattr(before, name) for name in moved},
        "now": {name: getattr(after, name) for name in moved},
    }
    return changed | ({"reason": said} if cycle.frozen else {})


def one_more(cycle, *, reason):
    """(the verb, its data) of an objective that is written: one that comes in late says why.

    Raises `NeedsReason` where the cycle has been active and `reason` is empty.
    """
    if not cycle.frozen:
        return "objective.written", {}
    said = reason.strip()
    if not said:
        raise NeedsReason(
            "The cycle's objectives were agreed when it became active. Say why one more comes in."
        )
    return "objective.written_late", {"reason": said}


def asks_why(objective):
    """Whether its list of key results was agreed, so that one more or one less takes a reason.

    `objective` has its cycle loaded. One that was written after the cycle became active was not there to be
    agreed: its first key results are its own.
    """
    cycle = objective.cycle
    return cycle.frozen and (cycle.activated_at is None or objective.created_at <= cycle.activated_at)


def late(verb, objective, data, *, what, reason):
    """(the verb, its data) of a change of what an objective was agreed to hold.

    Where it was agreed, the verb is that of a late change and the data hold the reason; raises `NeedsReason`
    without one. `what` says what would change.
    """
    if not asks_why(objective):
        return verb, data
    said = reason.strip()
    if not said:
        raise NeedsReason(f"The cycle has been active: {what}. Say why it changes.")
    return f"{verb}_late", data | {"reason": said}
