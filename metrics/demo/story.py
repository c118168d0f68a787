"""What Fernway made of its KPIs: definitions, values, and a year of flags answered in hindsight."""

import datetime as dt
import tomllib
from pathlib import Path

from django.db import connection

from metrics.models import (
    Direction,
    Flag,
    FlagKind,
    FlagState,
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

from . import values

FILE = Path(__file__).parent / "kpis.toml"
UNITS = {"eur": Unit.MONEY}
# Where nothing in the year's story explains a flag
DISMISSALS = (
    "One odd day; the rows behind it are as they should be.",
    "Checked against the source: the number is right, and the week as a whole is ordinary.",
    "A public holiday in two of our larger markets.",
    "The warehouse reloaded that day; the value after the reload was ordinary.",
    "Two large accounts moved their month-end run. Nothing of ours changed.",
)
OPEN = {"import-success-first-try", "support-tickets-per-100-accounts", "time-to-first-route"}


def build(world):
    specs = tomllib.loads(FILE.read_text(encoding="utf-8"))["kpis"]
    for copy in range(world.scale):
        for spec in specs:
            kpi = _define(spec, world, copy)
            _load(kpi, spec, world, copy)
            if copy == 0:
                world.kpis[kpi.slug] = kpi
    checks.check_first(world.kpis.values(), at=world.moment(0, 0, 15))
    for spec in specs:
        _answer(world.kpis[spec["slug"]], spec, world)
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
        activity.record("kpi.approved", on=kpi, by=ops, at=world.moment(368, 14))
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


def _answer(kpi, spec, world):
    """Answer what the real checks found in the year as the owners did at the time."""
    dice = world.dice(f"metrics:answers:{kpi.slug}")
    flags = list(Flag.objects.filter(kpi=kpi).order_by("period", "pk"))
    for flag in flags:
        days_ago = (world.today - flag.period.date()).days
        if days_ago < 14 and (kpi.slug in OPEN or flag.kind == FlagKind.LATE):
            continue
        event = _behind(spec, days_ago)
        flag.raised_at = flag.period + dt.timedelta(days=1, minutes=15)
        flag.state = FlagState.ACKNOWLEDGED if event else FlagState.DISMISSED
        flag.reason = event["note"] if event else dice.choice(DISMISSALS)
        flag.answered_by = kpi.owner
        flag.answered_at = flag.raised_at + dt.timedelta(
            hours=dice.randint(8, 30), minutes=dice.randint(0, 59)
        )
    Flag.objects.bulk_update(flags, ["raised_at", "state", "reason", "answered_by", "answered_at"])


def _behind(spec, days_ago):
    """What of the year's story lies behind a flag: an event that began, held or ended within a week of it."""
    for event in spec.get("events", []):
        began, ended = event["days_ago"], event["days_ago"] - event["length_days"]
        if ended - 7 <= days_ago <= began + 1:
            return event
    return None
