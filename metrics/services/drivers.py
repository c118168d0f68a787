"""Which KPI moves which: edges of the driver tree, added and taken away by who may change the upper one."""

from django.db import IntegrityError, connection, transaction

from metrics.models import Driver, Kpi, KpiStatus, lock_edges
from prodops import activity

MOST = 30  # drivers of one KPI: more is a list, not a tree


class Circle(Exception):
    """The edge would make a KPI move itself."""


class Refused(Exception):
    """The edge cannot be added; says why."""


@transaction.atomic
def add(parent, child, *, by, at, note=""):
    """Say that `child` moves `parent`. Raises `Circle` or `Refused`."""
    if parent.pk == child.pk:
        raise Circle("A KPI does not move itself. Choose another one.")
    if KpiStatus.DEPRECATED in (parent.status, child.status):
        raise Refused("A deprecated KPI moves nothing and is moved by nothing. Choose one in use.")
    lock_edges()
    held = Driver.objects.filter(parent=parent)
    if held.filter(child=child).exists():
        raise Refused(f"“{child}” is a driver already.")
    if held.count() >= MOST:
        raise Refused(f"{MOST} drivers are the most. Group some under a KPI of their own.")
    way = _way(child.pk, parent.pk)
    if way:
        names = dict(Kpi.objects.filter(pk__in=way).values_list("pk", "name"))
        said = " ← ".join(f"“{names[pk]}”" for pk in way)
        raise Circle(f"That would close a circle: {said} ← “{child}”. Take away one of these edges first.")
    try:
        with transaction.atomic():
            edge = Driver.objects.create(parent=parent, child=child, note=note, added_by=by, added_at=at)
    except IntegrityError as error:
        raise Circle("That would close a circle in the tree. Look at it again.") from error
    data = {"child": child.name, "slug": child.slug}
    activity.record("kpi.driver_added", on=parent, by=by, at=at, data=data)
    return edge


@transaction.atomic
def remove(edge, *, by, at):
    """Take an edge away; that it is gone already is no fault."""
    parent, child = edge.parent, edge.child
    deleted, _ = Driver.objects.filter(pk=edge.pk).delete()
    if deleted:
        data = {"child": child.name, "slug": child.slug}
        activity.record("kpi.driver_removed", on=parent, by=by, at=at, data=data)


@transaction.atomic
def follow_formula(parent, slugs, *, by, at):
    """Make the KPIs that a derived definition names drivers; gives (edges added, why others were not)."""
    added, refused = [], []
    children = {kpi.slug: kpi for kpi in Kpi.objects.live().filter(slug__in=slugs)}
    held = set(Driver.objects.filter(parent=parent).values_list("child__slug", flat=True))
    for slug in slugs:
        if slug in held:
            continue
        if slug not in children:
            refused.append(f"“{slug}” is no KPI in use.")
            continue
        try:
            with transaction.atomic():
                added.append(add(parent, children[slug], by=by, at=at, note="in the formula"))
        except (Circle, Refused) as error:
            refused.append(str(error))
    return added, refused


_WAY = """
WITH RECURSIVE below (id, way) AS (
    SELECT %s::bigint, ARRAY[%s::bigint]
    UNION ALL
    SELECT d.child_id, b.way || d.child_id FROM metrics_driver d JOIN below b ON d.parent_id = b.id
     WHERE d.child_id <> ALL(b.way) AND array_length(b.way, 1) < 100
)
SELECT way FROM below WHERE id = %s ORDER BY array_length(way, 1) LIMIT 1
"""


def _way(start, end):
    """The keys on a way down from `start` to `end`, or None."""
    with connection.cursor() as cursor:
        cursor.execute(_WAY, [start, start, end])
        row = cursor.fetchone()
    return row[0] if row else None
