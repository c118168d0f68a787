"""What serves what: objectives aligned to objectives or to key results, and taken away again."""

from django.db import IntegrityError, connection, transaction

from process.models import Alignment, AlignmentKind, CycleState, Objective, lock_alignments
from prodops import activity

MOST = 12  # parents of one objective: what serves everything is aligned to nothing


class Circle(Exception):
    """The alignment would make an objective serve itself."""


class Refused(Exception):
    """The alignment cannot be made; says why."""


@transaction.atomic
def align(child, parent, *, by, at, key_result=None, kind=AlignmentKind.SUPPORTS):
    """Say that `child` serves the objective `parent`, or `key_result` of it. Raises `Circle` or `Refused`.

    Where that is said already it changes to `kind`.
    """
    if key_result is not None and key_result.objective_id != parent.pk:
        raise Refused("The key result is not the objective's.")
    if child.pk == parent.pk:
        raise Circle("An objective does not serve itself. Choose another one.")
    both = Objective.objects.select_related("cycle").in_bulk([child.pk, parent.pk])
    if len(both) < 2:
        raise Refused("One of the two has been removed meanwhile.")
    _fit(both[child.pk], both[parent.pk])
    lock_alignments()
    held = Alignment.objects.filter(child=child)
    if same := held.filter(parent=parent, key_result=key_result).first():
        return _changed(same, kind, by=by, at=at)
    if held.count() >= MOST:
        raise Refused(f"It serves {MOST} others already. Take one away first.")
    if way := _way(parent.pk, child.pk):
        titles = dict(Objective.objects.filter(pk__in=way).values_list("pk", "title"))
        said = " → ".join(f"“{titles[pk]}”" for pk in way)
        raise Circle(f"That would close a circle: {said} → “{parent}”. Take one of these away first.")
    try:
        with transaction.atomic():
            link = Alignment.objects.create(
                child=child, parent=parent, key_result=key_result, kind=kind, by=by, at=at
            )
    except IntegrityError as error:
        raise Circle("That would close a circle. Look at both again.") from error
    activity.record("objective.aligned", on=child, by=by, at=at, data=_data(link))
    return link


def _fit(child, parent):
    """Raises `Refused` where the two do not belong together: in their states, or in their times."""
    if CycleState.CLOSED in (child.cycle.state, parent.cycle.state):
        closed = child.cycle if child.cycle.state == CycleState.CLOSED else parent.cycle
        raise Refused(f"{closed} is closed: what served what in it stands.")
    if parent.abandoned_at:
        raise Refused(f"“{parent}” has been abandoned. Choose one that goes on.")
    if not serves_in_time(child.cycle, parent.cycle):
        raise Refused(
            f"An objective serves one of its own cycle or of the year around it. {parent.cycle} is neither "
            f"for {child.cycle}."
        )


def serves_in_time(cycle, above):
    """An objective of `cycle` may serve one of `above`: the same cycle, or the year that it lies in."""
    if cycle.pk == above.pk:
        return True
    return above.number is None and cycle.number is not None and cycle.year == above.year


def _changed(link, kind, *, by, at):
    if link.kind != kind:
        Alignment.objects.filter(pk=link.pk).update(kind=kind)
        link.kind = kind
        activity.record("objective.aligned", on=link.child, by=by, at=at, data=_data(link))
    return link


@transaction.atomic
def unalign(link, *, by, at):
    """Take an alignment away; that it is gone already is no fault. Raises `Refused` in a closed cycle."""
    if CycleState.CLOSED in (link.child.cycle.state, link.parent.cycle.state):
        raise Refused("The cycle is closed: what served what in it stands.")
    lock_alignments()
    deleted, _ = Alignment.objects.filter(pk=link.pk).delete()
    if deleted:
        activity.record("objective.unaligned", on=link.child, by=by, at=at, data=_data(link))


def _data(link):
    return {"to": str(link.key_result or link.parent)[:200], "how": link.get_kind_display().lower()}


_WAY = """
WITH RECURSIVE above (id, way) AS (
    SELECT %s::bigint, ARRAY[%s::bigint]
    UNION ALL
    SELECT a.parent_id, b.way || a.parent_id FROM process_alignment a JOIN above b ON a.child_id = b.id
     WHERE a.parent_id <> ALL(b.way) AND array_length(b.way, 1) < 60
)
SELECT way FROM above WHERE id = %s ORDER BY array_length(way, 1) LIMIT 1
"""


def _way(start, end):
    """The keys on a way up from `start` to `end`, or None."""
    with connection.cursor() as cursor:
        cursor.execute(_WAY, [start, start, end])
        row = cursor.fetchone()
    return row[0] if row else None
