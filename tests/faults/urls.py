import datetime as dt
import json

from django.db import transaction
from django.http import JsonResponse
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from metrics.models import Point
from metrics.tasks import check_all, pull_due
from prodops import activity, jobs, vault
from prodops.access import access
from prodops.models import Heartbeat, User
from prodops.tasks import deliver
from tests.factories.metrics import KpiFactory, PointFactory
from tests.factories.metrics_series import DataSourceFactory, PullFactory

handler500 = "prodops.views.errors.server_error"


@csrf_exempt
@access(None)
def save(request):
    """Write something and record it, as a service does."""
    with transaction.atomic():
        person, _ = User.objects.get_or_create(email="probe@example.com", defaults={"name": "Probe"})
        event = activity.record(
            "probe.saved", on=person, by=person, at=timezone.now(), data=json.loads(request.body)
        )
    return JsonResponse({"event": event.pk})


@csrf_exempt
@access(None)
def start(request):
    with transaction.atomic():
        arguments = json.loads(request.body)
        job = jobs.start("A probe", "tests.faults.tasks.work", by=None, at=timezone.now(), **arguments)
    return JsonResponse({"job": job.pk})


@csrf_exempt
@access(None)
def deliver_often(request):
    event = json.loads(request.body)["event"]
    for _ in range(30):
        deliver.delay(event_id=event)
    return JsonResponse({})


@csrf_exempt
@access(None)
def measure(request):
    """KPIs with two months behind them and a spike yesterday; nothing has checked them."""
    yesterday = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) - dt.timedelta(days=1)
    with transaction.atomic():
        for kpi in KpiFactory.create_batch(json.loads(request.body)["kpis"], approved=True):
            values = [60 + n % 3 for n in range(60)] + [400]
            Point.objects.bulk_create(
                PointFactory.build(kpi=kpi, period=yesterday - dt.timedelta(days=60 - n), value=value)
                for n, value in enumerate(values)
            )
    return JsonResponse({})


@csrf_exempt
@access(None)
def fetch(request):
    """A query that answers ten days of values, due now; asked for again, what beat does every minute."""
    said = json.loads(request.body)
    if url := said.get("url"):
        with transaction.atomic():
            PullFactory(
                source=DataSourceFactory(sealed_url=vault.seal(url)),
                sql="SELECT d::date AS period, 5 AS value"
                " FROM generate_series(current_date - 10, current_date - 1, '1 day') d",
            )
    pull_due.delay()
    return JsonResponse({})


@csrf_exempt
@access(None)
def check(request):
    """What beat does every 15 minutes."""
    check_all.delay()
    return JsonResponse({})


@access(None)
def page(request):
    return JsonResponse({"beats": Heartbeat.objects.count()})


urlpatterns = [
    path("probe/save/", save),
    path("probe/start/", start),
    path("probe/deliver/", deliver_often),
    path("probe/measure/", measure),
    path("probe/check/", check),
    path("probe/fetch/", fetch),
    path("probe/page/", page),
    path("", include("prodops.urls")),
]
