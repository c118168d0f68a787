"""What Fernway made of its KPIs: definitions and a year of values, checked by the real checks."""

import datetime as dt
import tomllib
from pathlib import Path

from django.db import connection

from metrics.models import (
    Direction,
    ImportState,
    Kpi,
    KpiStatus,
    KpiTier,
    KpiVersion,
    SeriesImport,
    Unit,
    Watch,
)
from metrics.services import checks
from prodops import activity, search

from . import registry, series, tree, troubles, values

FILE = Path(__file__).parent / "kpis.toml"
UNITS = {"eur": Unit.MONEY}


def build(world):
    specs = tomllib.loads(FILE.read_text(encoding="utf-8"))["kpis"]
    for copy in range(world.scale):
        for spec in specs:
            kpi = _define(spec, world, copy)
            _load(kpi, spec, world, copy)
            if copy == 0:
                world.kpis[kpi.slug] = kpi
    registry.build(world)
    registry.tell(world)
    tree.build(world)
    series.build(world)
    troubles.decide(world)
    checks.check_many([kpi.pk for kpi in world.kpis.values()], at=world.moment(0, 0, 15))
    troubles.answer(world, specs)
    search.index_many(Kpi.objects.all())


def _define(spec, world, copy):
    owner, ops = world.people[spec["owner"]], world.people["tomas"]
    approved = spec["status"] == "approved"
    unit = UNITS.get(spec["unit"], spec["unit"])
    kpi = Kpi.objects.create(
        slug=spec["slug"] if copy == 0 else f"{spec['slug']}-{copy + 1}",
        name=spec["name"] if copy == 0 else f"{spec['name']}, site {copy + 1}",
        meaning=spec["meaning"],
        formula=spec["formula"],
        unit=unit,
        currency="EUR" if unit == Unit.MONEY else "",
        direction=Direction(spec["direction"]),
        tier=KpiTier(spec["tier"]) if copy == 0 else KpiTier.SUPPORTING,
        source=spec["source"],
        owner=owner,
        team=world.teams[spec["team"]],
        area=world.areas[spec["area"]],
        status=KpiStatus.APPROVED if approved else KpiStatus.DRAFT,
        defined_by=owner,
        defined_at=world.moment(372, 9),
        approved_by=ops if approved else None,
        approved_at=world.moment(368, 14) if approved else None,
    )
    KpiVersion.objects.begin([kpi])
    Watch.objects.create(kpi=kpi)
    activity.record("kpi.defined", on=kpi, by=owner, at=world.moment(372, 9))
    if approved:
        activity.record("kpi.approved", on=kpi, by=ops, at=world.moment(368, 14), data={"version": 1})
    return kpi


def _load(kpi, spec, world, copy):
    seed = world.dice(f"metrics:{spec['slug']}:{copy}").getrandbits(64)
    points = values.daily(spec, today=world.today, seed=seed)
    load = SeriesImport.objects.create(
        kpi=kpi,
        by=world.people["tomas"],
        at=world.moment(0, 0, 10),
        file_name=f"{kpi.slug}.csv",
        state=ImportState.DONE,
        new=len(points),
    )
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY metrics_point (kpi_id, version_id, period, value, load_id, loaded_at) FROM STDIN"
        ) as rows,
    ):
        for day, value in points:
            period = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
            rows.write_row(
                (
                    kpi.pk,
                    kpi.count_version_id,
                    period,
                    value,
                    load.pk,
                    period + dt.timedelta(days=1, minutes=10),
                )
            )
