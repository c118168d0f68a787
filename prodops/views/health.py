from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from prodops import health
from prodops.access import access


@access(None)
@require_safe
def healthz(request):
    """Alive: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@access(None)
@require_safe
def readyz(request):
    """Ready: all that a person's work needs is there; 503 says what is not."""
    checks = health.checks(at=timezone.now())
    ready = all(check["ok"] for check in checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)
