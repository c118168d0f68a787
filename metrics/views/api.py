"""The HTTP API: values in, by programs that hold a token; see docs/guide/kpi-values.md."""

from functools import wraps

from django.conf import settings
from django.core.cache import cache
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from metrics.formats.series_json import Malformed
from metrics.models import Kpi
from metrics.services import api, ingest, tokens
from metrics.views import api_description
from prodops.access import Can, access
from prodops.http import render_page

KEY_LENGTH = 200


def refuse(status, code, message, **more):
    return JsonResponse({"error": {"code": code, "message": message, **more}}, status=status)


def by_token(view, methods=("POST",)):
    """One of the methods with a living token, or 405 or 401. No cookie counts here."""

    @wraps(view)
    def asked(request, *args, **kwargs):
        if request.method not in methods:
            response = refuse(405, "method", f"Use {' or '.join(methods)} here.")
            response["Allow"] = ", ".join(methods)
            return response
        now = timezone.now()
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        token = tokens.find(secret.strip(), at=now) if kind.lower() == "bearer" else None
        if token is None:
            words = "Send “Authorization: Bearer” and a living token of the page “API tokens”."
            response = refuse(401, "no_token", words)
            response["WWW-Authenticate"] = 'Bearer realm="Prodops"'
            return response
        request.token, request.now = token, now
        tokens.used(token, at=now)
        return view(request, *args, **kwargs)

    return csrf_exempt(asked)


@access(None)
@by_token
def points(request, slug):
    """Up to `API_BATCH` points of one KPI."""
    return _points(request, slug, settings.API_BATCH, settings.API_CALLS_A_MINUTE, "points")


@access(None)
@by_token
def points_bulk(request, slug):
    """Up to `API_BULK` points of one KPI, for a first load: seldom, as each keeps a worker for seconds."""
    return _points(request, slug, settings.API_BULK, settings.API_BULK_A_MINUTE, "bulk")


def _points(request, slug, most, calls_a_minute, door):
    if wait := too_often(request.token, door, calls_a_minute, request.now):
        words = f"More than {calls_a_minute} calls in this minute. Send more points in each call."
        response = refuse(429, "too_often", words)
        response["Retry-After"] = str(wait)
        return response
    kpi = tokens.reach(request.token).filter(slug=slug).first()
    if kpi is None:
        return refuse(404, "no_kpi", f"This token reaches no KPI “{slug}” in use.")
    body, refusal = body_of(request)
    if refusal:
        return refusal
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > KEY_LENGTH or not key.isprintable() or not key.isascii():
        return refuse(400, "bad_key", f"An Idempotency-Key has up to {KEY_LENGTH} plain characters.")
    try:
        answer, again = api.bring_in(kpi, body, token=request.token, key=key, most=most, at=request.now)
    except Malformed as error:
        return refuse(400, "malformed", str(error))
    except api.KeyReused as error:
        return refuse(409, "key_reused", str(error))
    except (ingest.TooManySlices, ingest.UnknownVersion) as error:
        return refuse(422, "rows", str(error))
    except api.Rejected as error:
        bad = error.batch.faults
        words = f"{len(bad):,} rows cannot be taken, so none is. Mend them, or send “on_error”: “skip”."
        return refuse(422, "rows", words, rejected=len(bad), errors=api.faults(error.batch))
    response = JsonResponse(answer, json_dumps_params={"sort_keys": True})
    if again:
        response["Idempotent-Replayed"] = "true"
    return response


def too_often(token, door, most, now):
    """Seconds to wait, or 0. Where the cache is down nobody waits."""
    key = f"api:{door}:{token.pk}:{int(now.timestamp()) // 60}"
    cache.add(key, 0, 120)
    try:
        asked = cache.incr(key)
    except ValueError:  # it ran out between the two
        return 0
    return 60 - now.second if asked > most else 0


def body_of(request):
    """(the body, None) or (None, the refusal). Only now, as the token is known, is any of it read."""
    if request.content_type != "application/json":
        return None, refuse(415, "not_json", "Send “Content-Type: application/json”.")
    size = request.META.get("CONTENT_LENGTH") or ""
    if not size.isdecimal() or not size.isascii():
        return None, refuse(411, "no_length", "Send “Content-Length”.")
    if int(size[:20]) > settings.API_MAX_BYTES:
        most = settings.API_MAX_BYTES // 1024**2
        return None, refuse(413, "too_large", f"The body is larger than {most} MB. Send it in parts.")
    try:
        body = request.read(settings.API_MAX_BYTES)
    except OSError:
        return None, refuse(400, "cut_off", "The body was cut off.")
    if len(body) < int(size):
        return None, refuse(400, "cut_off", "The body was cut off.")
    return body, None


@access(Can.KPI_READ)
@require_GET
def description(request):
    """The API as OpenAPI describes it."""
    doors = (reverse(f"metrics:{name}", args=["SLUG"]) for name in ("api_points", "api_points_bulk"))
    url, bulk = (request.build_absolute_uri(door).replace("SLUG", "{kpi}") for door in doors)
    tests = (reverse(f"metrics:{name}", args=["SLUG"]) for name in ("api_results", "api_readout"))
    sent, read = (request.build_absolute_uri(door).replace("SLUG", "{experiment}") for door in tests)
    described = api_description.openapi(url, bulk, sent, read)
    return JsonResponse(described, json_dumps_params={"indent": 1})


@access(Can.KPI_READ)
@require_GET
def kpi_api(request, slug):
    """How this KPI's values are sent, with calls to copy."""
    kpi = get_object_or_404(Kpi.objects.visible_to(request.user), slug=slug)
    context = {
        "kpi": kpi,
        "call": request.build_absolute_uri(reverse("metrics:api_points", args=[kpi.slug])),
        "example": api_description.example(kpi),
        "batch": settings.API_BATCH,
        "bulk": settings.API_BULK,
        "calls": settings.API_CALLS_A_MINUTE,
        "bulk_calls": settings.API_BULK_A_MINUTE,
        "answers": api_description.ANSWERS,
    }
    return render_page(request, "metrics/kpi_api.html", context)
