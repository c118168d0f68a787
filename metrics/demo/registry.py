"""The registry's part of the demo: typed definitions, targets, changes proposed, approved and waiting."""

import datetime as dt
import tomllib
from pathlib import Path

from metrics.formats.definition import read, written
from metrics.models import Kpi, KpiAlias, KpiStatus, KpiTarget, KpiVersion, Point
from metrics.services import kpis, verification, versions

FILE = Path(__file__).parent / "registry.toml"
RECOUNTED = "support-tickets-per-100-accounts"
REPLANNED = "replan-share"


def build(world):
    """Type the definitions, and say what was agreed about each KPI."""
    specs = tomllib.loads(FILE.read_text(encoding="utf-8"))
    said, aliases, targets = [], [], []
    for slug, spec in specs.items():
        kpi = world.kpis[slug]
        version = kpi.count_version
        if "definition" in spec:
            version.definition = written(read(spec["definition"]))
            version.kind = version.definition["kind"]
        version.sql = {dialect: text.strip() for dialect, text in spec.get("sql", {}).items()}
        said.append(version)
        aliases += [KpiAlias(kpi=kpi, name=name) for name in spec.get("aliases", ())]
        targets += [_target(kpi, one, world) for one in spec.get("targets", ())]
        kpi.dimensions = spec.get("dimensions", [])
        if "verified" in spec and kpi.status == KpiStatus.APPROVED:
            kpi.verified_by, kpi.verified_at = kpi.owner, world.moment(spec["verified"], 11)
            kpi.verified_until = verification.verified_until(kpi.verified_at.date())
    KpiVersion.objects.bulk_update(said, ["definition", "kind", "sql"])
    KpiAlias.objects.bulk_create(aliases)
    KpiTarget.objects.bulk_create(targets)
    kept = ["dimensions", "verified_by", "verified_at", "verified_until"]
    Kpi.objects.bulk_update([world.kpis[slug] for slug in specs], kept)


def _target(kpi, spec, world):
    return KpiTarget(
        kpi=kpi,
        version=kpi.count_version,
        effective_from=world.day(spec["days_ago"]),
        **{name: spec.get(name) for name in ("value", "low", "high")},
        note=spec.get("note", ""),
        set_by=kpi.owner,
        set_at=world.moment(min(max(spec["days_ago"], 3) + 6, 360), 15),
    )


def tell(world):
    """What happened to definitions in the year, and what waits today."""
    _recount(world, RECOUNTED, TICKETS, since=120, overlap=28, part=0.82)
    _recount(world, REPLANNED, REPLANS, since=24, overlap=14, part=0.94)
    ops = world.people["tomas"]
    _propose(world, "import-success-first-try", 3, IMPORTS)
    _propose(world, "net-revenue-retention", 1, {"meaning": RETENTION, "note": "Finance asked what counts."})
    first = _propose(world, "eta-within-30-minutes", 30, {"source": "warehouse: mart_eta.accuracy_v2"})
    _propose(world, "eta-within-30-minutes", 29, {"direction": "up", "meaning": ETA})
    versions.approve(first, by=ops, at=world.moment(26, 14))
    Point.objects.filter(kpi=first.kpi, beside=True).update(version=first, beside=False)
    response = world.kpis["first-response-time"]
    versions.submit(response, by=response.owner, at=world.moment(2, 9), note="Ready for the support review.")
    drifted = world.kpis["portal-tracking-visits"]
    note = "Since the portal's new release, visits of carriers' own staff are counted too."
    kpis.mark_drifted(drifted, note=note, by=drifted.owner, at=world.moment(9, 16))
    for slug in ("eta-within-30-minutes", RECOUNTED, REPLANNED, "portal-tracking-visits"):
        world.kpis[slug].refresh_from_db()


IMPORTS = {
    "meaning": "Share of first imports that go through without an error, test accounts left out. A first "
    "import that fails is the commonest reason why a new account goes back to its spreadsheet.",
    "definition": {
        "kind": "ratio",
        "numerator": {
            "aggregate": "count",
            "table": "mart_import.first_attempts",
            "filters": [
                {"column": "result", "op": "=", "values": ["ok"]},
                {"column": "is_test", "op": "=", "values": [False]},
            ],
        },
        "denominator": {
            "aggregate": "count",
            "table": "mart_import.first_attempts",
            "filters": [{"column": "is_test", "op": "=", "values": [False]}],
        },
    },
    "note": "Our own test accounts fail on purpose and pull the number down by about a point.",
}
RETENTION = (
    "What accounts that paid a year ago pay today, as a share of what they paid then. Above 100, growth of "
    "those who stay outweighs those who leave. One-off services are left out."
)
ETA = "Share of deliveries that arrive within half an hour of what the customer saw two hours before."


def _propose(world, slug, days_ago, fields):
    kpi = world.kpis[slug]
    fields = {"note": "The table was rebuilt.", **fields}
    if "definition" in fields:
        fields["kind"] = fields["definition"]["kind"]
    return versions.propose(kpi, **fields, by=kpi.owner, at=world.moment(days_ago, 10))


# What was counted before: the formula, the parts of the definition that were others, and why it changed
TICKETS = (
    "tickets opened in the day ÷ all accounts × 100",
    {"denominator": {"aggregate": "count", "table": "crm.accounts"}},
    "Sleeping accounts open no tickets and made us look better than we are.",
)
REPLANS = (
    "loads with a change of truck or driver after plan_released ÷ loads released, by day of release",
    {
        "numerator": {
            "aggregate": "count",
            "table": "mart_planning.replans",
            "where": "changed_truck OR changed_driver",
        }
    },
    "A later start is a replan too: planners told us that it costs them as many calls.",
)


def _recount(world, slug, was, *, since, overlap, part):
    """A KPI is counted another way since so many days, and both ways for the first `overlap` of them, when
    the old way gave `part` of what the new one gives."""
    kpi, (formula, parts, note) = world.kpis[slug], was
    before = kpi.count_version
    now = {"formula": kpi.formula, "definition": before.definition, "kind": "ratio"}
    before.formula, before.definition = formula, {**before.definition, **parts}
    before.save(update_fields=["formula", "definition"])
    Kpi.objects.filter(pk=kpi.pk).update(formula=before.formula)
    begins = world.day(since)
    version = versions.propose(
        kpi, **now, note=note, effective_from=begins, by=kpi.owner, at=world.moment(since - 2, 10)
    )
    versions.approve(version, by=world.people["tomas"], at=world.moment(since - 4, 15))
    start = dt.datetime.combine(begins, dt.time(), tzinfo=dt.UTC)
    later = Point.objects.filter(kpi=kpi, period__gte=start)
    both = list(later.filter(period__lt=start + dt.timedelta(days=overlap)))
    later.update(version=version, beside=False)
    for point in both:
        point.pk = None
        point.version, point.beside = before, True
        point.value = round(point.value * part, 2)
    Point.objects.bulk_create(both)
