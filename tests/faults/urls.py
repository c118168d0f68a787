import json

from django.db import transaction
from django.http import JsonResponse
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from prodops import activity, jobs
from prodops.access import access
from prodops.models import Heartbeat, User
from prodops.tasks import deliver

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


@access(None)
def page(request):
    return JsonResponse({"beats": Heartbeat.objects.count()})


urlpatterns = [
    path("probe/save/", save),
    path("probe/start/", start),
    path("probe/deliver/", deliver_often),
    path("probe/page/", page),
    path("", include("prodops.urls")),
]
