"""What an objective's page shows of its life: where it comes from, what changed since it was agreed."""

from dataclasses import dataclass

from process.models import KeyResult, Objective
from prodops.access import Can, allowed
from prodops.models import Event, User

# What an event's data call a column: how people call it
NAMES = {
    "low": "lower bound",
    "high": "upper bound",
    "levels": "scale",
    "guardrail": "guardrail",
}
VALUES = ("start", "target", "low", "high", "stretch")  # those in the key result's unit


@dataclass(frozen=True)
class Part:
    """One column before and after, in words."""

    name: str
    was: str
    now: str


@dataclass(frozen=True)
class Change:
    """A change of what was agreed, with who made it, when, and why."""

    parts: list[Part]
    reason: str
    by: User | None
    at: object


@dataclass(frozen=True)
class Life:
    carried_from: Objective | None
    changes: dict[int, list[Change]]  # by key result, newest first
    copyable: bool
    reviewer: bool


def life(objective, user, key_results):
    """The `Life` of an objective with `carried_from` loaded, as `user` sees it; `key_results` are its own."""
    writes = user.runs_product_ops or objective.team_id in user.editor_team_ids
    return Life(
        carried_from=objective.carried_from,
        changes=changes_of(objective, key_results),
        copyable=writes,
        reviewer=user.pk != objective.owner_id and allowed(user, Can.OKR_EDIT),
    )


def changes_of(objective, key_results):
    """{key result id: the `Change`s of what was agreed of it, newest first}, in one query."""
    rows = {row.pk: row for row in key_results}
    events = Event.objects.filter(
        verb="key_result.agreed_anew", subject_type="process.objective", subject_id=objective.pk
    )
    found: dict[int, list[Change]] = {}
    for event in events.select_related("by").order_by("-at", "-pk"):
        row = rows.get(event.data["key_result"])
        if row is not None:
            parts = [Part(NAMES.get(name, name), *_words(row, name, event)) for name in event.data["now"]]
            found.setdefault(row.pk, []).append(Change(parts, event.data["reason"], event.by, event.at))
    return found


def _words(row: KeyResult, name, event):
    for side in ("was", "now"):
        value = event.data[side][name]
        if value is None:
            yield "none"
        elif name in VALUES:
            yield row.show(value)
        elif name == "levels":
            yield ", ".join(value)
        elif isinstance(value, bool):
            yield "yes" if value else "no"
        else:
            yield f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")
