"""The clean-up of the catalogue: keep, archive or reassign many at once, and take it back."""

import datetime as dt

from django.db import transaction
from django.utils.dateparse import parse_datetime

from metrics.models import CleanUp, CleanUpVerb, Dashboard, DashboardState
from prodops import activity, search

KEPT_FOR = dt.timedelta(days=90)
UNDO_WITHIN = dt.timedelta(days=7)
_HELD = {  # what each verb changes, and undo gives back
    CleanUpVerb.KEEP: ("kept_by_id", "kept_until"),
    CleanUpVerb.ARCHIVE: ("state", "archived_by_id", "archived_at"),
    CleanUpVerb.REASSIGN: ("owner_id",),
}
_EVENTS = {
    CleanUpVerb.KEEP: "dashboard.kept",
    CleanUpVerb.ARCHIVE: "dashboard.archived",
    CleanUpVerb.REASSIGN: "dashboard.reassigned",
}


class NothingToDo(Exception):
    """None of the chosen is as the verb wants it; or there is nothing left to take back."""


@transaction.atomic
def keep(dashboards, *, by, at):
    """Leave them out of the clean-up for `KEPT_FOR`."""
    return _do(CleanUpVerb.KEEP, dashboards, {"kept_by_id": by.pk, "kept_until": at + KEPT_FOR}, by, at)


@transaction.atomic
def archive(dashboards, *, by, at):
    changes = {"state": DashboardState.ARCHIVED, "archived_by_id": by.pk, "archived_at": at}
    return _do(CleanUpVerb.ARCHIVE, dashboards, changes, by, at)


@transaction.atomic
def reassign(dashboards, owner, *, by, at):
    return _do(CleanUpVerb.REASSIGN, dashboards, {"owner_id": owner.pk}, by, at, {"to": owner.name})


@transaction.atomic
def undo(clean_up, *, by, at):
    """Take a decision back; gives how many. What somebody has changed since stays as they left it."""
    free = CleanUp.objects.filter(pk=clean_up.pk, undone_at=None, at__gt=at - UNDO_WITHIN)
    if not free.update(undone_by=by, undone_at=at):
        raise NothingToDo("That was taken back already, or is too long ago.")
    names = _HELD[CleanUpVerb(clean_up.verb)]
    rows = {row.pk: row for row in Dashboard.objects.select_for_update().filter(pk__in=clean_up.before)}
    back = []
    for pk, kept in clean_up.before.items():
        row = rows.get(int(pk))
        if row is None or any(_plain(getattr(row, name)) != kept["after"][name] for name in names):
            continue
        for name in names:
            setattr(row, name, _value(name, kept["before"][name]))
        back.append(row)
    _write(back, names)
    for row in back:
        activity.record("dashboard.clean_up_undone", on=row, by=by, at=at, data={"said": clean_up.said})
    return len(back)


def _do(verb, dashboards, changes, by, at, data=None):
    names = _HELD[verb]
    chosen = Dashboard.objects.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in dashboards])
    rows = [row for row in chosen.active() if any(getattr(row, name) != changes[name] for name in names)]
    if not rows:
        raise NothingToDo("None of them needs that any more.")
    kept = {}
    for row in rows:
        before = {name: _plain(getattr(row, name)) for name in names}
        for name, value in changes.items():
            setattr(row, name, value)
        kept[row.pk] = {"before": before, "after": {name: _plain(changes[name]) for name in names}}
    _write(rows, names)
    for row in rows:
        activity.record(_EVENTS[verb], on=row, by=by, at=at, data=data)
    number = "1 dashboard" if len(rows) == 1 else f"{len(rows)} dashboards"
    to = f" to {data['to']}" if data else ""
    said = f"{verb.label} {number}{to}"
    return CleanUp.objects.create(verb=verb, before=kept, said=said[:200], by=by, at=at)


def _write(rows, names):
    Dashboard.objects.bulk_update(rows, names)
    search.index_many(rows)


def _plain(value):
    return value.isoformat() if isinstance(value, dt.datetime) else value


def _value(name, value):
    return parse_datetime(value) if value and name.endswith(("_at", "_until")) else value
