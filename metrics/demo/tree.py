"""What moves what at Fernway, and two KPIs that came out as one."""

from metrics.models import Driver
from metrics.services import conflicts, kpis

EDGES = [
    ("weekly-active-dispatchers", "activation-day-7", "who gets going stays"),
    ("weekly-active-dispatchers", "driver-app-weekly-use", "dispatchers plan for drivers who look"),
    ("weekly-active-dispatchers", "replan-share", "plans that hold are used again"),
    ("activation-day-7", "import-success-first-try", "without loads there is nothing to plan"),
    ("activation-day-7", "time-to-first-route", "the first route is the first success"),
    ("activation-day-7", "new-trials", "more trials, more to activate"),
    ("net-revenue-retention", "weekly-active-dispatchers", "accounts that plan daily renew"),
    ("net-revenue-retention", "support-tickets-per-100-accounts", "trouble comes before leaving"),
    ("support-tickets-per-100-accounts", "first-response-time", ""),
    ("support-tickets-per-100-accounts", "import-success-first-try", "half of all tickets are imports"),
]


def build(world):
    """Draw the tree, and let somebody define a KPI that is there already."""
    at = world.moment(40, 10)
    ops = world.people["tomas"]
    Driver.objects.bulk_create(
        Driver(parent=world.kpis[parent], child=world.kpis[child], note=note, added_by=ops, added_at=at)
        for parent, child, note in EDGES
    )
    known = world.kpis["import-success-first-try"]
    version = known.count_version
    kpis.define(
        name="First import success",
        meaning="How many first imports of a trial go through without an error.",
        formula="first imports without an error ÷ first imports",
        unit=known.unit,
        direction=known.direction,
        tier="supporting",
        grain=known.grain,
        source=known.source,
        owner=known.owner,
        team=known.team,
        area=None,
        kind=version.kind,
        definition=version.definition,
        sql=version.sql,
        by=known.owner,
        at=world.moment(6, 14),
    )
    if world.scale == 1:
        conflicts.refresh(at=world.moment(1, 9))
