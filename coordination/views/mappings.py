"""What is what in a channel's payloads: written by paths, tried out live, saved in versions."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from coordination import queries
from coordination.formats import adapters, mapping, payloads
from coordination.formats.incoming import fitted
from coordination.forms.webhooks import MappingForm
from coordination.models import Channel, ChannelKind, Delivery, WebhookMapping
from coordination.services import mappings
from prodops.access import Can, access
from prodops.http import render_page

TEMPLATE = "coordination/mapping.html"
SHOWN = 200_000  # characters of a delivery's payload on the page; it is tried whole
EXAMPLE = """{
  "event": "created",
  "ticket": {
    "id": 4711,
    "subject": "Import of routes fails on Mondays",
    "text": "Since the update the Monday import stops at row 200.",
    "priority": "high",
    "fields": [{"id": "product", "value": "Import"}],
    "labels": [{"name": "import"}, {"name": "csv"}],
    "requester": {"name": "Ida Brandt", "email": "ida@kelder.example"}
  }
}"""


def _channel(request, slug):
    channels = Channel.objects.editable_by(request.user).filter(kind=ChannelKind.WEBHOOK).for_list()
    return get_object_or_404(channels, slug=slug)


@access(Can.CHANNEL_MANAGE)
@require_http_methods(["GET", "POST"])
def mapping_edit(request, slug):
    """GET: the version in use, or `?version=` to start from another, and what it makes of a payload.
    POST: save."""
    channel = _channel(request, slug)
    versions = list(channel.mappings.select_related("by")[:50])
    if request.method == "POST":
        form = MappingForm(request.POST, rules={})
        if form.is_valid():
            version, new = mappings.save(channel, form.cleaned_data, by=request.user, at=timezone.now())
            words = f"Version {version.number} reads what comes in from now on."
            messages.success(request, words if new else "Nothing was different.")
            return redirect("coordination:mapping_edit", slug=channel.slug)
        return _page(request, channel, form, form.rules(), versions, request.POST, status=422)
    rules = _chosen(channel, versions, request.GET.get("version", ""))
    return _page(request, channel, MappingForm(rules=rules), rules, versions, request.GET)


@access(Can.CHANNEL_MANAGE)
@require_POST
def mapping_try(request, slug):
    """What the rules as typed make of the payload that was pasted or picked; nothing is saved."""
    channel = _channel(request, slug)
    form = MappingForm(request.POST, rules={})
    form.is_valid()
    versions = list(channel.mappings.select_related("by")[:50])
    return _page(request, channel, form, form.rules(), versions, request.POST)


def _chosen(channel, versions, number):
    asked = int(number) if number.isascii() and number.isdecimal() and len(number) < 9 else None
    if asked is not None:
        found = WebhookMapping.objects.filter(channel=channel, number=asked).first()
        return found.rules if found else {}
    return versions[0].rules if versions else mapping.SUGGESTED


def _page(request, channel, form, rules, versions, data, status=200):
    samples = queries.payload_samples(channel)
    body, content_type, picked = _payload(request, channel, samples, data)
    payload = payloads.shown(body, content_type) if picked else body.decode()
    context = {
        "channel": channel,
        "form": form,
        "versions": versions,
        "samples": samples,
        "picked": picked.pk if picked else None,
        "payload": payload[:SHOWN] if picked else payload,
        "cut": bool(picked) and len(payload) > SHOWN,
        "tried": _tried(rules, body, content_type),
        "rest": [name for name in form.fields if name not in ("title", "body", "external_id")],
    }
    return render_page(request, TEMPLATE, context, partial="result", status=status)


def _payload(request, channel, samples, data):
    """(the bytes to try on, their content type, the kept delivery they are of or None)."""
    pasted = data.get("payload", "").replace("\0", "")
    if pasted.strip():
        return pasted.encode("utf-8", "replace"), "", None
    picked = samples[0] if samples else None
    number = data.get("delivery", "")
    if number.isascii() and number.isdecimal() and len(number) < 18:
        visible = Delivery.objects.visible_to(request.user).for_list()
        picked = visible.filter(channel=channel, pk=int(number)).first() or picked
    if picked:
        return queries.bytes_of(picked), picked.content_type, picked
    return EXAMPLE.encode(), "", None


def _tried(rules, body, content_type):
    """{"made": requests as they would be} or {"why": the words}."""
    try:
        said = mapping.read(rules, payloads.read(body, content_type))
    except payloads.NotJson as error:
        return {"made": [], "why": str(error), "ignored": False}
    if isinstance(said, adapters.Ignored | adapters.Unknown):
        return {"made": [], "why": said.why, "ignored": isinstance(said, adapters.Ignored)}
    return {"made": [fitted(one) for one in said[:5]], "count": len(said), "why": "", "ignored": False}
