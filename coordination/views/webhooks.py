"""What the page of a webhook channel sets up: how senders prove themselves, and their secrets."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from coordination import queries
from coordination.formats.signatures import SCHEMES
from coordination.forms.webhooks import EndpointForm
from coordination.models import Channel, ChannelKind, WebhookEndpoint
from coordination.services import webhooks
from coordination.views import channel_kinds
from prodops.access import Can, access
from prodops.http import render_page

TEMPLATE = "coordination/_webhook_section.html"


def _section(channel, user, at):
    """What the channel's page shows of its webhook."""
    endpoint = WebhookEndpoint.objects.visible_to(user).for_list().filter(channel=channel).first()
    return {
        "endpoint": endpoint,
        "live": endpoint is not None and endpoint.revoked_at is None,
        "form": EndpointForm(endpoint=endpoint),
        "header": SCHEMES[endpoint.scheme].header if endpoint else "",
        "counts": queries.delivery_counts(channel),
        "mapping": channel.mappings.first() if endpoint and endpoint.system == "other" else None,
        "example": EXAMPLES.get(endpoint.system if endpoint else "", ""),
    }


channel_kinds.register(ChannelKind.WEBHOOK, TEMPLATE, _section)

# What to do in the other system, said in its own words
EXAMPLES = {
    "zendesk": "In the Admin Center under Apps and integrations, Webhooks: subscribe to the event “Ticket "
    "created”, or let a trigger send JSON with a “ticket” that has id, title, description, url, priority, "
    "tags and requester.",
    "intercom": "In the Developer Hub under Webhooks: choose conversation.user.created, ticket.created or "
    "conversation_part.tag.created. The signing secret is the app’s client secret.",
    "hubspot": "In a ticket workflow choose “Send a webhook” with POST and the request signature of your "
    "app, or subscribe the app to ticket.creation and to the properties subject and content.",
    "salesforce": "In a record-triggered flow on Case add an HTTP callout that sends the record as JSON, "
    "with a named credential that sets the Authorization header. Change events passed on as JSON work too.",
    "jira": "Under System, WebHooks: choose “Issue created”, and paste the same secret there and here.",
    "linear": "Under Settings, API, Webhooks: choose Issues and Customer requests. Linear shows the secret.",
    "github": "Under Settings, Webhooks of the repository: content type application/json, the event "
    "“Issues”, and the same secret there and here.",
    "other": "Send any JSON with POST. The mapping says what in it is the title, the text and so on.",
}


def _channel(request, slug):
    webhook_channels = Channel.objects.editable_by(request.user).filter(kind=ChannelKind.WEBHOOK)
    return get_object_or_404(webhook_channels.for_list(), slug=slug)


@access(Can.CHANNEL_MANAGE)
@sensitive_post_parameters("secret")
@require_POST
@never_cache
def webhook_set_up(request, slug):
    """Make the webhook or change how it is opened. A new token stands on the answer and nowhere else."""
    channel, now = _channel(request, slug), timezone.now()
    endpoint = WebhookEndpoint.objects.editable_by(request.user).filter(channel=channel).first()
    form = EndpointForm(request.POST, endpoint=endpoint)
    if not form.is_valid():
        context = {"channel": channel, "form": form}
        return render_page(request, "coordination/webhook_form.html", context, status=422)
    endpoint, token = webhooks.set_up(channel, **form.cleaned_data, by=request.user, at=now)
    if token:
        return _shown_once(request, channel, endpoint, token)
    messages.success(request, "The webhook is set up.")
    return redirect(channel)


@access(Can.CHANNEL_MANAGE)
@require_POST
@never_cache
def webhook_rotate(request, slug):
    endpoint = _endpoint(request, slug)
    grace = {} if request.POST.get("keep") else {"grace": None}
    try:
        token = webhooks.rotate(endpoint, by=request.user, at=timezone.now(), **grace)
    except webhooks.NotNow as error:
        messages.warning(request, str(error))
        return redirect(endpoint.channel)
    endpoint = _endpoint(request, slug)
    return _shown_once(request, endpoint.channel, endpoint, token)


@access(Can.CHANNEL_MANAGE)
@require_POST
def webhook_revoke(request, slug):
    endpoint = _endpoint(request, slug)
    try:
        webhooks.revoke(endpoint, by=request.user, at=timezone.now())
    except webhooks.NotNow as error:
        messages.info(request, str(error))
    else:
        messages.success(request, "The webhook is revoked: whoever sends to it is refused from now on.")
    return redirect(endpoint.channel)


def _endpoint(request, slug):
    endpoints = WebhookEndpoint.objects.editable_by(request.user).for_list()
    return get_object_or_404(endpoints, channel__slug=slug)


def _shown_once(request, channel, endpoint, token):
    address = request.build_absolute_uri(endpoint.path)
    if endpoint.proof == "address":
        address += f"{token}/"
    context = {
        "channel": channel,
        "endpoint": endpoint,
        "token": token,
        "address": address,
        "example": EXAMPLES.get(endpoint.system, ""),
    }
    return render_page(request, "coordination/webhook_token.html", context)
