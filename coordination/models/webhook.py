"""How a webhook channel is reached: who may send, and what of a payload is what of a request."""

import hashlib
import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse

from prodops.access import Can, allowed
from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of


class System(models.TextChoices):
    """The product whose events come in; the mapping is for all others."""

    ZENDESK = "zendesk", "Zendesk"
    INTERCOM = "intercom", "Intercom"
    HUBSPOT = "hubspot", "HubSpot"
    SALESFORCE = "salesforce", "Salesforce"
    JIRA = "jira", "Jira"
    LINEAR = "linear", "Linear"
    GITHUB = "github", "GitHub"
    OTHER = "other", "Another system, by a mapping"


class Proof(models.TextChoices):
    """How a sender proves that it may send."""

    HEADER = "header", "A token in a header"
    ADDRESS = "address", "A token in the address"
    SIGNATURE = "signature", "A signature"
    BOTH = "both", "A token in a header and a signature"


class Scheme(models.TextChoices):
    """Who signs how; the keys of `coordination.formats.signatures.SCHEMES`."""

    PRODOPS = "prodops", "Prodops"
    STANDARD = "standard", "Standard Webhooks"
    ZENDESK = "zendesk", "Zendesk"
    INTERCOM = "intercom", "Intercom"
    HUBSPOT = "hubspot", "HubSpot"
    JIRA = "jira", "Jira"
    LINEAR = "linear", "Linear"
    GITHUB = "github", "GitHub"


class WebhookEndpointQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.editable_by(user)

    def editable_by(self, user):
        return self if allowed(user, Can.CHANNEL_MANAGE) else self.none()

    def for_list(self):
        return self.select_related("channel__owner", "revoked_by").fetch_mode(STRICT_FETCH)


class WebhookEndpoint(models.Model):
    """The door of one webhook channel, which its secrets open and no other.

    `key` stands in the address and is no secret. Of the token only a hash is kept, so it is shown once; the
    signing secret has to be known to check signatures and lies in the vault. The one before a rotation of
    either holds until `former_until`.
    """

    channel = models.OneToOneField("coordination.Channel", models.CASCADE, related_name="endpoint")
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    system = models.CharField(max_length=12, choices=System)
    proof = models.CharField(max_length=10, choices=Proof)
    scheme = models.CharField(max_length=10, choices=Scheme)
    start = models.CharField(max_length=16, blank=True, editable=False)  # the token's first letters
    digest = models.CharField(max_length=64, blank=True, editable=False)
    former_digest = models.CharField(max_length=64, blank=True, editable=False)
    sealed_secret = models.BinaryField(default=bytes, editable=False)
    former_sealed_secret = models.BinaryField(default=bytes, editable=False)
    former_until = models.DateTimeField(null=True, editable=False)
    made_at = models.DateTimeField(editable=False)
    used_at = models.DateTimeField(null=True, editable=False)
    # Of what was turned away only this is kept: who sends without proof gets nothing written down here
    refused = models.PositiveIntegerField(default=0, editable=False)
    refused_at = models.DateTimeField(null=True, editable=False)
    refused_why = models.CharField(max_length=300, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        ordering = ["channel"]
        constraints = [
            one_of("system", System, name="endpoint_system_known"),
            one_of("proof", Proof, name="endpoint_proof_known"),
            one_of("scheme", Scheme, name="endpoint_scheme_known"),
            both_or_neither("revoked_by", "revoked_at", name="endpoint_revoked_pair"),
            models.CheckConstraint(
                condition=Q(former_digest="", former_sealed_secret=b"") | Q(former_until__isnull=False),
                name="endpoint_former_until",
            ),
        ]

    def __str__(self):
        return f"Webhook of {self.channel}"

    @property
    def path(self):
        """Where senders send to; with the token behind it where the token stands in the address."""
        return reverse("coordination:hook", args=[self.key])

    @property
    def signs(self):
        return self.proof in (Proof.SIGNATURE, Proof.BOTH)

    @property
    def has_token(self):
        return self.proof != Proof.SIGNATURE

    @property
    def has_secret(self):
        return bool(self.sealed_secret)


class WebhookMapping(models.Model):
    """One version of what is what in a channel's payloads; the highest number is in use.

    `rules` are of `coordination.formats.mapping`: a field's name and its path.
    """

    channel = models.ForeignKey("coordination.Channel", models.CASCADE, related_name="mappings")
    number = models.PositiveIntegerField()
    rules = models.JSONField()
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["channel", "number"], name="mapping_version_once")]

    def __str__(self):
        return f"Version {self.number}"


def digest_of(secret):
    """What is kept of a token. It is long and random, so a plain hash tells nothing of it."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
