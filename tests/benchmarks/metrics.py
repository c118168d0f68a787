"""Five years of a KPI on a page, 100,000 points in one call, and the checks and conflicts of many KPIs.

A job's floor is the same rows written by plain SQL, in the same run on the same machine.
"""

import datetime as dt
import json
import math
import os
import random
import time

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from metrics.models import Kpi, KpiStatus, KpiVersion, Point, Unit, Watch
from metrics.services import api, checks, conflicts, tokens
from metrics.tasks import BATCH
from prodops.models import Role, Team, User

from .research import copied

LONG = "bench-five-years"
DAYS = 5 * 365
SENT = 100_000
PARTS = 100
KPIS = int(os.environ.get("KPIS", "1000"))
PAST = 120  # days of each KPI that is checked
TODAY = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
START = TODAY - dt.timedelta(days=DAYS)


def five_years():
    """A KPI with a value a day for five years, each judged; made where it is missing."""
    known = Kpi.objects.filter(slug=LONG).first()
    if known:
        return known
    [kpi] = _kpis([LONG])
    Point.objects.bulk_create(_points(kpi, DAYS))
    checks.check(kpi.pk, at=timezone.now())
    return kpi


def _kpis(slugs):
    by, team = _ops(), Team.objects.order_by("pk").first()
    rows = [
        Kpi(
            slug=slug,
            name=f"Bench {slug.removeprefix('bench-')}",
            meaning=f"How often {slug} happens in a day.",
            formula="count of events",
            source="bench",
            unit=Unit.COUNT,
            team=team,
            owner=by,
            defined_by=by,
            defined_at=START,
            status=KpiStatus.APPROVED,
            approved_by=User.objects.exclude(pk=by.pk).order_by("pk").first(),
            approved_at=START,
            freshness_hours=2400,
        )
        for slug in slugs
    ]
    KpiVersion.objects.begin(Kpi.objects.bulk_create(rows, batch_size=1_000))
    return rows


def _points(kpi, days):
    dice = random.Random(kpi.slug)
    return [
        Point(
            kpi=kpi,
            version_id=kpi.count_version_id,
            period=TODAY - dt.timedelta(days=days + 1 - n),  # the last one is the day before yesterday
            value=round(60 + 5 * math.sin(n * 0.9) + dice.gauss(0, 2), 3),
            loaded_at=START,
        )
        for n in range(days)
    ]


def _ops():
    return User.objects.filter(role=Role.PRODUCT_OPS, is_active=True).order_by("pk").first()


def jobs():
    """[(what, seconds, seconds of its floor, seconds it may take)]; everything is rolled back."""
    return [_sent(), *_many()]


def _sent():
    """One call of the API with 100 parts of a thousand days."""
    with transaction.atomic():
        [kpi] = _kpis(["bench-parts"])
        kpi.dimensions = ["lane"]
        kpi.save(update_fields=["dimensions"])
        at = timezone.now()
        token, _ = tokens.make(name="Bench", team=None, kpis=[kpi], expires_at=None, by=_ops(), at=at)
        points = [_sent_point(part, day) for part in range(PARTS) for day in range(SENT // PARTS)]
        body = json.dumps({"points": points}).encode()
        began = time.perf_counter()
        answer, _ = api.bring_in(kpi, body, token=token, key="bench", most=settings.API_BULK, at=at)
        took = time.perf_counter() - began
        if answer["new"] != SENT:
            raise SystemExit(f"Of {SENT:,} points {answer['new']:,} came in: {answer['errors'][:1]}")
        floor = copied("metrics_point", f"load_id = {answer['import']}")
        transaction.set_rollback(True)
    return f"{SENT:,} points in one call", took, floor, 5.0


def _sent_point(part, day):
    period = (START + dt.timedelta(days=day)).date().isoformat()
    return {"period": period, "value": day + part / 7, "dimensions": {"lane": f"L{part}"}}


def _many():
    """A new point on each of `KPIS`, after their past has been judged; then conflicts among them."""
    with transaction.atomic():
        kpis = _kpis([f"bench-{n}" for n in range(KPIS)])
        for start in range(0, KPIS, BATCH):
            some = kpis[start : start + BATCH]
            points = [point for kpi in some for point in _points(kpi, PAST)]
            Point.objects.bulk_create(points, batch_size=5_000)
            checks.check_many([kpi.pk for kpi in some], at=timezone.now())
        last = TODAY - dt.timedelta(days=1)
        fresh = [_new_point(kpi, last) for kpi in kpis]
        Point.objects.bulk_create(fresh, batch_size=5_000)
        began = time.perf_counter()
        for start in range(0, KPIS, BATCH):
            checks.check_many([kpi.pk for kpi in kpis[start : start + BATCH]], at=timezone.now())
        took = time.perf_counter() - began
        floor = _raw_check(last, [kpi.pk for kpi in kpis])
        yield f"checks of {KPIS:,} KPIs with a new point", took, floor, KPIS * 0.03
        began = time.perf_counter()
        conflicts.refresh(at=timezone.now())
        took = time.perf_counter() - began
        yield f"conflicts among {KPIS:,} KPIs", took, _raw_read(), KPIS * 0.03
        transaction.set_rollback(True)


def _new_point(kpi, period):
    return Point(
        kpi=kpi, version_id=kpi.count_version_id, period=period, value=61.0, loaded_at=timezone.now()
    )


def _raw_check(period, ids):
    """Seconds of the two updates that no check can do without: the band, and what is remembered."""
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(
            "UPDATE metrics_point SET expected = value, low = value - 1, high = value + 1"
            " WHERE period = %s AND kpi_id = ANY(%s)",
            [period, ids],
        )
        cursor.execute(
            f"UPDATE {Watch._meta.db_table} SET checked_at = now(), memory = memory || ''::bytea"
            " WHERE kpi_id = ANY(%s)",
            [ids],
        )
        return time.perf_counter() - began


def _raw_read():
    """Seconds in which the definitions are read."""
    began = time.perf_counter()
    list(KpiVersion.objects.values_list("kpi__name", "definition", "sql"))
    return time.perf_counter() - began
