"""Where other systems send what they have: one address a webhook channel; see docs/guide/channels.md."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from coordination.formats import payloads
from coordination.formats.signatures import Call
from coordination.models import WebhookEndpoint
from coordination.services import deliveries, webhooks
from prodops.access import access

KEY_LENGTH = 200


def _refuse(status, code, message, **headers):
    return JsonResponse({"error": {"code": code, "message": message}}, status=status, headers=headers)


@access(None)
@csrf_exempt
def hook(request, key, token=""):
    """Write down what a proved sender sends, and say so at once: a worker reads it. No cookie counts here.

    Whatever the body says, the answer is 202: it is kept and shown. Who asks with HEAD, as Intercom does
    before it sends, hears that the address is there.
    """
    if request.method == "HEAD":
        return HttpResponse()
    if request.method != "POST":
        return _refuse(405, "method", "Send with POST.", Allow="POST, HEAD")
    endpoint = WebhookEndpoint.objects.select_related("channel").filter(key=key).first()
    if endpoint is None:
        return _refuse(404, "no_webhook", "No webhook has this address. Copy it from the channel's page.")
    now = timezone.now()
    body, refusal = _body(request)
    return refusal or _written_down(request, endpoint, token, body, now)


@access(None)
@csrf_exempt
def hook_with_token(request, key, token):
    """The same, for systems that can send neither a header nor a signature."""
    return hook(request, key, token)


def _written_down(request, endpoint, token, body, now):
    try:
        webhooks.prove(endpoint, at=now, **_proof(request, endpoint, token, body))
    except webhooks.Refused as error:
        if wait := _too_often(endpoint, "refused", now):
            return _later(wait)
        webhooks.note_refusal(endpoint, str(error), at=now)
        return _refuse(401, "no_proof", str(error), **{"WWW-Authenticate": 'Bearer realm="Prodops"'})
    if wait := _too_often(endpoint, "sent", now):
        return _later(wait)
    if endpoint.channel.closed_at:
        return _refuse(410, "closed", "This channel is closed and takes nothing more.")
    idempotency = request.headers.get("Idempotency-Key", "").strip()
    if len(idempotency) > KEY_LENGTH or not (idempotency.isprintable() and idempotency.isascii()):
        return _refuse(400, "bad_key", f"An Idempotency-Key has up to {KEY_LENGTH} plain characters.")
    try:
        delivery, again = deliveries.receive(
            endpoint,
            body,
            headers=_Printable(request.headers),
            content_type=request.headers.get("Content-Type", ""),
            key=idempotency,
            at=now,
        )
    except deliveries.KeyReused as error:
        return _refuse(409, "key_reused", str(error))
    webhooks.note_use(endpoint, at=now)
    answer = {"delivery": delivery.pk, "state": delivery.state}
    if again:
        answer["first"] = delivery.first_id
    response = JsonResponse(answer, status=202)
    if again:
        response["Idempotent-Replayed"] = "true"
    return response


class _Printable:
    """Headers without what the database does not take."""

    def __init__(self, headers):
        self.headers = headers

    def get(self, name, default=""):
        return self.headers.get(name, default).replace("\0", "").encode("utf-8", "replace").decode()


def _proof(request, endpoint, token, body):
    """What `prove` looks at. The body is parsed only where a signature stands on something in it."""
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    bearer = given.strip() if kind.lower() == "bearer" else request.headers.get("X-Prodops-Token", "").strip()
    payload = None
    if endpoint.signs and endpoint.scheme == "linear":
        try:
            payload = payloads.read(body, request.headers.get("Content-Type", ""))
        except payloads.NotJson:
            payload = None  # then the time that it should carry is missing, which is refused
    url = request.build_absolute_uri()
    call = Call(request.headers, body, payload, request.method, url)
    return {"token": token or bearer, "in_address": bool(token), "call": call}


def _later(wait):
    words = f"More than {settings.HOOK_CALLS_A_MINUTE} calls in this minute. Send this one again later."
    return _refuse(429, "too_often", words, **{"Retry-After": str(wait)})


def _too_often(endpoint, who, now):
    """Seconds to wait, or 0. Where the cache is down nobody waits.

    Those who prove nothing are counted apart, so that they cannot use up the calls of those who do.
    """
    counter = f"hook:{endpoint.pk}:{who}:{int(now.timestamp()) // 60}"
    cache.add(counter, 0, 120)
    try:
        asked = cache.incr(counter)
    except ValueError:  # it ran out between the two
        return 0
    return 60 - now.second if asked > settings.HOOK_CALLS_A_MINUTE else 0


def _body(request):
    """(the bytes, None) or (None, the refusal). Nothing is read of what says itself too large."""
    chunked = "Transfer-Encoding" in request.headers  # which Django does not read
    size = request.META.get("CONTENT_LENGTH") or ("" if chunked else "0")
    if not size.isdecimal() or not size.isascii():
        return None, _refuse(411, "no_length", "Send “Content-Length”.")
    if int(size[:20]) > settings.HOOK_MAX_BYTES:
        most = settings.HOOK_MAX_BYTES // 1024**2
        return None, _refuse(413, "too_large", f"The body is larger than {most} MB, which is the most.")
    try:
        body = request.read(settings.HOOK_MAX_BYTES)
    except OSError:
        return None, _refuse(400, "cut_off", "The body was cut off.")
    if len(body) < int(size):
        return None, _refuse(400, "cut_off", "The body was cut off.")
    return body, None
