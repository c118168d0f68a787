"""Boards: put panels on them, arrange them, take that back, share and copy them.

Whoever changes a board says which arrangement they saw (`version`): where somebody else has changed it
since, the change is refused (`Outdated`) and not mixed into theirs.
"""

from django.db import transaction

from metrics.models import MOST_PANELS, Arrangement, Dashboard, DashboardKind, Panel
from metrics.models.panel import KEPT
from metrics.services.dashboards import Refused, add, locked, touched
from prodops import activity, search

MOST_UNDOS = 30


class Outdated(Exception):
    """Somebody else has changed the board meanwhile."""


class Full(Exception):
    """The board has as many panels as a board can have."""


@transaction.atomic
def add_panel(board, kpi, *, kind, width, title="", version, by, at):
    """Put a KPI on the board, at the end, in the version of its definition that holds now."""
    panels = _begin(board, version)
    if len(panels) >= MOST_PANELS:
        raise Full(f"A board has {MOST_PANELS} panels at most. Take some off, or begin another board.")
    said = f"added {title or kpi.name}"
    _remember(board, panels, said, by, at)
    panel = Panel.objects.create(
        dashboard=board,
        kpi=kpi,
        version_id=kpi.count_version_id,
        kind=kind,
        width=width,
        title=title,
        position=len(panels),
    )
    _end(board, "panel.added", said, by, at)
    return panel


@transaction.atomic
def edit_panel(panel, *, version, by, at, **fields):
    """Change a panel's kind, width or title."""
    board = panel.dashboard
    panels = _begin(board, version)
    changed = {name: value for name, value in fields.items() if getattr(panel, name) != value}
    if not changed:
        return
    said = f"changed {_name(panel)}"
    _remember(board, panels, said, by, at)
    if not Panel.objects.filter(pk=panel.pk, dashboard=board).update(**changed):
        raise Outdated("That panel is not there any more.")
    _end(board, "panel.edited", said, by, at)


@transaction.atomic
def remove_panel(panel, *, version, by, at):
    board = panel.dashboard
    panels = _begin(board, version)
    said = f"took off {_name(panel)}"
    _remember(board, panels, said, by, at)
    _place([one for one in panels if one.pk != panel.pk])
    Panel.objects.filter(pk=panel.pk, dashboard=board).delete()
    _end(board, "panel.removed", said, by, at)


@transaction.atomic
def pin_newest(board, *, version, by, at):
    """Have every panel follow the definition that holds now; gives how many did not."""
    panels = _begin(board, version)
    behind = [panel for panel in panels if panel.version_id != panel.kpi.count_version_id]
    if not behind:
        return 0
    said = f"took over {'a new definition' if len(behind) == 1 else f'{len(behind)} new definitions'}"
    _remember(board, panels, said, by, at)
    for panel in behind:
        panel.version_id = panel.kpi.count_version_id
    Panel.objects.bulk_update(behind, ["version"])
    _end(board, "board.repinned", said, by, at)
    return len(behind)


@transaction.atomic
def arrange(board, order, *, version, by, at):
    """Put the panels in the order of these ids; gives whether that changed anything.

    Ids that are no panel's of this board are passed over, and panels that are not named come last.
    """
    panels = _begin(board, version)
    by_id = {panel.pk: panel for panel in panels}
    named = [by_id.pop(pk) for pk in dict.fromkeys(order) if pk in by_id]
    wanted = [*named, *by_id.values()]
    if [panel.pk for panel in wanted] == [panel.pk for panel in panels]:
        return False
    said = _what_moved(panels, wanted)
    _remember(board, panels, said, by, at)
    _place(wanted)
    _end(board, "board.arranged", said, by, at)
    return True


def move(panel, to, *, version, by, at):
    """Put one panel at a place (from 0; what lies outside is the first or last); gives where it stands."""
    order = list(panel.dashboard.panels.order_by("position", "pk").values_list("pk", flat=True))
    if panel.pk not in order:
        raise Outdated("That panel is not there any more.")
    order.remove(panel.pk)
    to = min(max(to, 0), len(order))
    order.insert(to, panel.pk)
    arrange(panel.dashboard, order, version=version, by=by, at=at)
    return to


@transaction.atomic
def undo(board, *, version, by, at):
    """Take the last change of the panels back; gives the words of what was taken back."""
    panels = _begin(board, version)
    last = board.arrangements.first()
    if last is None:
        raise Refused("There is nothing to take back.")
    there = {panel.pk: panel for panel in panels}
    rows = [Panel(dashboard=board, **kept) for kept in last.panels]
    Panel.objects.filter(pk__in=there.keys() - {row.pk for row in rows}).delete()
    Panel.objects.bulk_create([row for row in rows if row.pk not in there])
    Panel.objects.bulk_update(
        [row for row in rows if row.pk in there], [name.removesuffix("_id") for name in KEPT[1:]]
    )
    last.delete()
    _end(board, "board.undone", last.said, by, at)
    return last.said


@transaction.atomic
def share(board, *, roles, teams, by, at):
    """Say who sees the board beside its owner, its team and product ops."""
    locked(board)
    if sorted(roles) == board.roles and set(teams) == set(board.teams.all()):
        return False
    board.roles = sorted(roles)
    board.save(update_fields=["roles"])
    board.teams.set(teams)
    data = {"roles": board.roles, "teams": sorted(team.pk for team in teams)}
    activity.record("board.shared", on=board, by=by, at=at, data=data)
    search.index(board)
    return True


@transaction.atomic
def copy(board, *, name, team, by, at):
    """A board of one's own with the same panels, shared with nobody and verified by nobody."""
    fields = {one: getattr(board, one) for one in ("purpose", "audience", "review_days", "range")}
    made = add(kind=DashboardKind.BOARD, by=by, at=at, name=name, tool="", team=team, owner=by, **fields)
    Dashboard.objects.filter(pk=made.pk).update(copied_from=board)
    kept = [panel.kept() for panel in board.panels.order_by("position", "pk")]
    Panel.objects.bulk_create(Panel(dashboard=made, **{**one, "id": None}) for one in kept)
    activity.record("board.copied", on=board, by=by, at=at, data={"to": made.pk, "name": made.name})
    return made


def _begin(board, version):
    """The panels of the board, which nobody else changes until this transaction ends."""
    locked(board)
    if board.is_archived:
        raise Refused("This board is archived. Restore it first.")
    if version != board.layout_version:
        raise Outdated("Somebody else has changed this board meanwhile. This is how it is now.")
    return list(board.panels.select_related("kpi").order_by("position", "pk"))


def _remember(board, panels, said, by, at):
    Arrangement.objects.create(
        dashboard=board,
        version=board.layout_version,
        panels=[panel.kept() for panel in panels],
        said=said[:200],
        by=by,
        at=at,
    )
    old = board.arrangements.values_list("pk", flat=True)[MOST_UNDOS:]
    Arrangement.objects.filter(pk__in=list(old)).delete()


def _end(board, verb, said, by, at):
    board.layout_version += 1
    touched(board, by=by)
    board.save(update_fields=["layout_version", "verified_by", "verified_at", "verified_until"])
    activity.record(verb, on=board, by=by, at=at, data={"said": said})


def _place(panels):
    for position, panel in enumerate(panels):
        panel.position = position
    Panel.objects.bulk_update(panels, ["position"])


def _name(panel):
    return panel.title or panel.kpi.name


def _what_moved(before, after):
    """ "moved Churn to place 3" where one panel explains it, else "moved panels"."""
    old, new = [panel.pk for panel in before], [panel.pk for panel in after]
    for panel in after:
        if [pk for pk in old if pk != panel.pk] == [pk for pk in new if pk != panel.pk]:
            far = abs(old.index(panel.pk) - new.index(panel.pk))
            if far > 1 or len(old) == 2 or new.index(panel.pk) < old.index(panel.pk):
                return f"moved {_name(panel)} to place {new.index(panel.pk) + 1}"
    return "moved panels"
