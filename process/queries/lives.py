"""What an objective's page shows of its life: where it comes from, what changed since it was agreed."""

import datetime as dt
from dataclasses import dataclass

from process.models import KeyResult, Objective
from prodops import jinja
from prodops.access import Can, allowed
from prodops.models import Event, User

# What an event's data call a column: how people call it
NAMES = {
    "version": "version of the KPI",
    "title": "milestone",
    "due": "due",
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
    removed: list[tuple[str, Change]]  # key results that were agreed and are gone: (title, change)
    asks_why: bool  # what it is held to was agreed
    late: Change | None  # it was written after the cycle became active
    copyable: bool
    reviewer: bool


def writes(user, objective):
    """Whether the person writes for the objective's team."""
    return user.runs_product_ops or objective.team_id in user.editor_team_ids


def life(objective, user, key_results):
    """The `Life` of an objective with `carried_from` loaded, as `user` sees it; `key_results` are its own."""
    changes, removed, late = changes_of(objective, key_results)
    return Life(
        carried_from=objective.carried_from,
        changes=changes,
        removed=removed,
        asks_why=objective.cycle.frozen,
        late=late,
        copyable=writes(user, objective),
        reviewer=user.pk != objective.owner_id and allowed(user, Can.OKR_EDIT),
    )


AGREED_ANEW = (
    *("key_result.agreed_anew", "key_result.redefined", "key_result.added_late", "key_result.removed_late"),
    *("milestone.added_late", "milestone.edited_late", "milestone.removed_late"),
    *("objective.written_late", "objective.cloned_late", "objective.carried_late"),
    "objective.imported_late",
)


def changes_of(objective, key_results):
    """({key result id: the `Change`s of what was agreed of it}, [(title, `Change`)] of those that are gone,
    the `Change` of an objective that came in late), newest first, in one query."""
    rows = {row.pk: row for row in key_results}
    events = Event.objects.filter(
        verb__in=AGREED_ANEW, subject_type="process.objective", subject_id=objective.pk
    )
    found: dict[int, list[Change]] = {}
    gone: list[tuple[str, Change]] = []
    late = None
    for event in events.select_related("by").order_by("-at", "-pk"):
        said = event.data
        row = rows.get(said.get("key_result"))
        if event.verb.startswith("objective."):
            late = Change([], said["reason"], event.by, event.at)
        elif event.verb == "key_result.removed_late":
            parts = [Part("key result", said["aim"], "removed")]
            gone.append((said["title"], Change(parts, said["reason"], event.by, event.at)))
        elif row is not None:
            change = Change(_parts(row, event), said["reason"], event.by, event.at)
            found.setdefault(row.pk, []).append(change)
    return found, gone, late


def _parts(row, event):
    said = event.data
    if event.verb == "key_result.added_late":
        return [Part("key result", "none", said["aim"])]
    was, now = said.get("was", {}), said.get("now", {})
    if event.verb in ("milestone.added_late", "milestone.removed_late"):
        there = {"was": was and _step(was), "now": now and _step(now)}
        return [Part("milestone", there["was"] or "none", there["now"] or "removed")]
    names = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    if event.verb == "milestone.edited_late" and "title" not in names:
        name = f"of “{said['title']}”"
        return [Part(f"{NAMES.get(one, one)} {name}", *_words(row, one, was, now)) for one in names]
    return [Part(NAMES.get(name, name), *_words(row, name, was, now)) for name in names]


def _step(said):
    """A milestone in words."""
    due = f", due {_day(said['due'])}" if said["due"] else ""
    weight = f", weight {said['weight']:g}" if said["weight"] != 1 else ""
    return f"{said['title']}{due}{weight}"


def _day(text):
    return jinja.day(dt.date.fromisoformat(text))


def _words(row: KeyResult, name, was, now):
    for side in (was, now):
        value = side.get(name)
        if value is None or value == "":
            yield "none"
        elif name == "due":
            yield _day(value)
        elif name in VALUES:
            yield row.show(value)
        elif name == "levels":
            yield ", ".join(value)
        elif isinstance(value, bool):
            yield "yes" if value else "no"
        else:
            yield f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")
