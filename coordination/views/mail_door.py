"""Mail that is handed in: raw, or by a provider whose form django-anymail knows."""

from email import policy
from email.parser import BytesHeaderParser
from importlib import import_module
from io import BytesIO

from anymail.exceptions import AnymailWebhookValidationFailure
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.http import JsonResponse, QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
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
FIELDS_MOST = 1_000
AS_IT_CAME = b"Subject: A call that is no mail of the provider's\r\n\r\n"


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
    size = request.META.get("CONTENT_LENGTH") or ""
    if not (size.isascii() and size.isdecimal()) or "Transfer-Encoding" in request.headers:
        return JsonResponse({"error": "Send “Content-Length”."}, status=411)
    if len(size) > 12 or int(size) > MOST:
        return JsonResponse({"error": "A mail may have up to 20 MB."}, status=413)
    now = timezone.now()
    try:
        request._body = request.read(MOST)  # past the limit for forms, which mail exceeds
    except OSError:
        request._body = b""
    if len(request._body) < int(size):
        return JsonResponse({"error": "The body was cut off."}, status=400)
    try:
        raws, broken = _mails(request, box)
    except AnymailWebhookValidationFailure:
        return JsonResponse({"error": f"The signature is not {box.get_provider_display()}'s."}, status=403)
    whole = [raw for raw in raws if raw.strip()]
    done = [mail_in.receive(raw, channel=box.channel, at=now, broken=broken) for raw in whole]
    return JsonResponse({"mails": [{"id": row.pk, "state": row.state, "new": new} for row, new in done]})


def _mails(request, box):
    """(the raw mails of the call, ""); the call itself, and why, where it is none of the provider's."""
    if box.provider == Provider.RAW:
        return [request.body], ""
    view = _view(box)
    try:
        if request.content_type == "multipart/form-data":
            request._post, request._files = _form(request)
        if box.sealed_key and box.provider == Provider.MAILGUN:
            view.run_validators(request)
        events = view.parse_events(request)
        return [_raw(event.message) for event in events if event.message is not None], ""
    except AnymailWebhookValidationFailure:
        raise
    except Exception:  # a call in no form of the provider's is kept and shown, whatever it is
        return [AS_IT_CAME + request.body], f"{mail_in.NO_CALL} as {box.get_provider_display()} makes it."


def _form(request):
    """(fields, files) of a form of any size: a whole mail may stand in one field, which Django refuses."""
    fields = QueryDict(mutable=True)
    files: MultiValueDict = MultiValueDict()
    mark = b"\r\n--" + request.content_params["boundary"].encode("ascii")
    for piece in (b"\r\n" + request.body).split(mark)[1 : FIELDS_MOST + 1]:
        head, _, data = piece.lstrip(b" \t").removeprefix(b"\r\n").partition(b"\r\n\r\n")
        said = BytesHeaderParser(policy=policy.compat32).parsebytes(head + b"\r\n\r\n")
        name = said.get_param("name", header="content-disposition")
        if piece.startswith(b"--") or not isinstance(name, str):
            continue
        if (filename := said.get_filename()) is not None:
            kind = said.get_content_type()
            upload = InMemoryUploadedFile(BytesIO(data), name, filename, kind, len(data), None)
            files.appendlist(name, upload)
        else:
            fields.appendlist(name, data.decode("utf-8", "replace"))
    return fields, files


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
