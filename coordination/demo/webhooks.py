"""What Fernway's webhooks were sent lately: taken, sent before, ignored, not understood, no JSON."""

import hashlib
import json
import secrets
import uuid

from coordination.models import (
    Channel,
    ChannelKind,
    Delivery,
    DeliveryItem,
    DeliveryState,
    Proof,
    Request,
    Scheme,
    System,
    WebhookEndpoint,
    WebhookMapping,
)
from coordination.models.webhook import digest_of
from coordination.services import deliveries
from prodops import vault

# slug: (system, proof)
DOORS = {
    "zendesk": (System.ZENDESK, Proof.BOTH),
    "github": (System.GITHUB, Proof.SIGNATURE),
    "partner-portal": (System.OTHER, Proof.HEADER),
}
EACH = 4  # requests that came by each
MAPPINGS = [
    {"title": "idea.title", "body": "idea.text"},
    {
        "title": "idea.title",
        "body": "idea.text",
        "external_id": "idea.id",
        "author_name": "partner.contact.name",
        "author_email": "partner.contact.email",
        "account_name": "partner.company",
        "tags": "idea.topics[*].name",
        "urgency": "idea.weight",
        "only": "event",
        "one_of": "idea.created",
    },
]


def build(world):
    tomas = world.people["tomas"]
    world.channels["partner-portal"] = Channel.objects.create(
        slug="partner-portal",
        name="Partner portal",
        kind=ChannelKind.WEBHOOK,
        owner=world.people["nadia"],
        team=world.teams["platform"],
        area=world.areas["integrations"],
        created_by=tomas,
        created_at=world.moment(60),
    )
    for slug, (system, proof) in DOORS.items():
        _door(world, slug, system, proof)
    for number, rules in enumerate(MAPPINGS, 1):
        channel = world.channels["partner-portal"]
        at = world.moment(60 - 20 * number)
        WebhookMapping.objects.create(channel=channel, number=number, rules=rules, by=tomas, at=at)
    _came(world, "zendesk", {"submitter": world.people["marek"]}, _ticket)
    _came(world, "github", {"area": world.areas["integrations"]}, _issue)
    _came(world, "partner-portal", {"area": world.areas["customer-portal"]}, _idea)
    first = Delivery.objects.filter(channel=world.channels["zendesk"], items__new=True).first()
    if first is not None:
        _sent(world, "zendesk", 5, bytes(first.body), first=first, why=f"It is delivery {first.pk} again.")
    closed = {"action": "closed", "issue": {"number": 211, "title": "Webhook when a trip is done"}}
    _sent(world, "github", 6, {**closed, "repository": {"full_name": "fernway/public-api"}})
    known = Request.objects.filter(channel=world.channels["github"]).exclude(external_id="").first()
    if known is not None:
        number = int(known.external_id.rpartition("#")[2])
        comment = {"id": 90_210, "user": {"login": "m-roth"}, "body": "We need it for the yard gates too."}
        told = {"action": "created", "issue": {"number": number}, "comment": comment}
        _sent(world, "github", 4, {**told, "repository": {"full_name": "fernway/public-api"}})
    _sent(world, "partner-portal", 5, {"event": "idea.created", "proposal": {"headline": "Night rates"}})
    _sent(world, "partner-portal", 4, b'{"event": "idea.created", "idea": {"title": "Ramp boo')


def _door(world, slug, system, proof):
    """A door that nobody can open: its secrets are drawn and thrown away."""
    has_token = proof != Proof.SIGNATURE
    WebhookEndpoint.objects.create(
        channel=world.channels[slug],
        key=uuid.uuid5(uuid.NAMESPACE_URL, f"https://fernway.example/{slug}"),
        system=system,
        proof=proof,
        scheme=Scheme(system) if system in Scheme.values else Scheme.PRODOPS,
        start="hook_demo" if has_token else "",
        digest=digest_of(secrets.token_hex(32)) if has_token else "",
        sealed_secret=b"" if proof == Proof.HEADER else vault.seal(secrets.token_hex(32)),
        made_at=world.moment(60),
        used_at=world.moment(4),
    )


def _came(world, slug, which, payload_of):
    """Let some of the written requests have come by this channel."""
    channel = world.channels[slug]
    apart = Request.objects.filter(**which, channel=None, merged_into=None)
    for request in apart.order_by("-submitted_at", "pk")[:EACH]:
        number, payload = payload_of(request)
        body = json.dumps(payload).encode()
        digest, at = hashlib.sha256(body).hexdigest(), request.submitted_at
        delivery = Delivery.objects.create(
            channel=channel,
            at=at,
            system=DOORS[slug][0],
            key=f"bytes:{digest}",
            body=body,
            size=len(body),
            digest=digest,
            content_type="application/json",
            state=DeliveryState.TAKEN,
            settled_at=at,
            attempts=1,
        )
        DeliveryItem.objects.create(delivery=delivery, request=request, new=True)
        Request.objects.filter(pk=request.pk).update(
            channel=channel, source=channel.source, external_id=number
        )


def _ticket(request):
    number = str(5000 + request.pk)
    address = f"fernway.zendesk.com/agent/tickets/{number}"
    said = {"id": number, "title": request.title, "description": request.problem, "url": address}
    return number, {"ticket": said}


def _issue(request):
    issue = {"number": 200 + request.pk, "title": request.title, "body": request.problem}
    repository = {"full_name": "fernway/public-api"}
    number = f"{repository['full_name']}#{issue['number']}"
    return number, {"action": "opened", "issue": issue, "repository": repository}


def _idea(request):
    idea = {
        "id": f"P-{request.pk}",
        "title": request.title,
        "text": request.problem,
        "topics": [{"name": "portal"}],
    }
    return idea["id"], {"event": "idea.created", "idea": idea, "partner": {"company": "Baltic Line"}}


def _sent(world, slug, days, payload, *, first=None, why=""):
    """A call that came `days` ago, read as a worker would have; one that came before is only noted."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    digest, at = hashlib.sha256(body).hexdigest(), world.moment(days, 9, 7)
    delivery = Delivery.objects.create(
        channel=world.channels[slug],
        at=at,
        system=DOORS[slug][0],
        key=f"bytes:{digest}",
        body=b"" if first else body,
        size=len(body),
        digest=digest,
        content_type="application/json",
        first=first,
        why=why,
        state=DeliveryState.DUPLICATE if first else DeliveryState.RECEIVED,
        settled_at=at if first else None,
    )
    if not first:
        deliveries.work(delivery.pk, at=at)
    return delivery
