"""Mail that is handed in: raw, or by a provider whose form django-anymail knows."""

import json
from importlib import import_module

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from coordination.models import Provider
from coordination.services import mail_in, mailboxes
from prodops import vault
from prodops.access import access

MOST = 40 * 1024 * 1024  # bytes of a call: a mail of 20 MB is longer as JSON
VIEWS = {
    Provider.MAILGUN: ("mailgun", "MailgunInboundWebhookView"),
    Provider.POSTMARK: ("postmark", "PostmarkInboundWebhookView"),
    Provider.SENDGRID: ("sendgrid", "SendGridInboundWebhookView"),
    Provider.MAILJET: ("mailjet", "MailjetInboundWebhookView"),
    Provider.SPARKPOST: ("sparkpost", "SparkPostInboundWebhookView"),
}


class Forged(Exception):
    """The provider did not sign it."""


@csrf_exempt
@access(None)
@require_POST
def mail_door(request, secret):
    """Take mail by a mailbox's secret address. What cannot be read is kept as it came, and answered 200:
    sending it again would not mend it."""
    box = mailboxes.behind(secret)
    if box is None:
        return JsonResponse({"error": "There is no mailbox behind this address."}, status=404)
    if box.channel.closed_at:
        return JsonResponse({"error": "This channel is closed."}, status=410)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST:
        return JsonResponse({"error": "A mail may have up to 20 MB."}, status=413)
    now = timezone.now()
    try:
        raws, broken = _mails(request, box)
    except Forged:
        return JsonResponse({"error": "The signature is not Mailgun's."}, status=403)
    except RequestDataTooBig:
        return JsonResponse({"error": "A mail may have up to 20 MB."}, status=413)
    whole = [raw for raw in raws if raw.strip()]
    done = [mail_in.receive(raw, channel=box.channel, at=now, broken=broken) for raw in whole]
    return JsonResponse({"mails": [{"id": row.pk, "state": row.state, "new": new} for row, new in done]})


def _mails(request, box):
    """(the raw mails of the call, ""); the call itself, and why, where it is none of the provider's."""
    if box.provider == Provider.RAW:
        return [request.read(MOST)], ""
    view = _view(box)
    if not request.content_type.startswith(("multipart/", "application/x-www-form-urlencoded")):
        request._body = request.read(MOST)  # past the limit for forms, which mail exceeds
    try:
        if box.sealed_key and box.provider == Provider.MAILGUN:
            view.run_validators(request)
        events = view.parse_events(request)
        return [_raw(event.message) for event in events if event.message is not None], ""
    except RequestDataTooBig:
        raise
    except SuspiciousOperation as error:  # what anymail raises for a wrong signature
        raise Forged from error
    except Exception:  # a call in no form of the provider's is kept and shown, whatever it is
        return [_as_it_came(request)], f"It is no call as {box.get_provider_display()} makes it."


def _view(box):
    module, name = VIEWS[Provider(box.provider)]
    base = getattr(import_module(f"anymail.webhooks.{module}"), name)
    # The address itself is the secret here, in place of anymail's basic auth
    view = type(name, (base,), {"warn_if_no_basic_auth": False})
    key = vault.unseal(box.sealed_key) if box.sealed_key else "none"
    return view(webhook_signing_key=key) if box.provider == Provider.MAILGUN else view()


def _raw(message):
    """The mail's bytes; the envelope's recipient, where our mark may stand, goes along."""
    if message.envelope_recipient and "delivered-to" not in message:
        message["Delivered-To"] = message.envelope_recipient
    return message.as_bytes()


def _as_it_came(request):
    head = b"Subject: A call that is no mail of the provider's\r\n\r\n"
    if hasattr(request, "_body"):
        return head + request._body
    try:
        fields = {name: values for name, values in request.POST.lists()}
    except Exception:  # a form that breaks off
        fields = {}
    return head + json.dumps(fields)[:1_000_000].encode()
