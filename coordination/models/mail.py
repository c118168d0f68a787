"""Mail that comes in: the mailbox of a channel, and every mail as it came with what was made of it."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from prodops.access import Can, allowed
from prodops.models.fields import STRICT_FETCH, one_of

LOST_AFTER = dt.timedelta(minutes=10)  # a poll that says nothing for so long has lost its worker


class Provider(models.TextChoices):
    RAW = "raw", "A program of ours: the raw mail"
    MAILGUN = "mailgun", "Mailgun"
    POSTMARK = "postmark", "Postmark"
    SENDGRID = "sendgrid", "SendGrid"
    MAILJET = "mailjet", "Mailjet"
    SPARKPOST = "sparkpost", "SparkPost"


class MailboxQuerySet(models.QuerySet):
    def due(self, at):
        """Those to look into now that no worker has; one that fell silent is free again."""
        free = Q(polling_since=None) | Q(polling_since__lt=at - LOST_AFTER)
        return self.filter(free, channel__closed_at=None, next_poll_at__lte=at).exclude(host="")


class Mailbox(models.Model):
    """How mail reaches a channel: fetched by IMAP where `host` is set, handed in by webhook, or both.

    `address` is what people write to. `validity` and `last_uid` say up to where the folder was read; the
    server numbers it anew where `validity` changes. Passwords and keys are sealed; of the webhook's secret
    address only the hash is kept.
    """

    channel = models.OneToOneField(
        "coordination.Channel", models.CASCADE, primary_key=True, related_name="mailbox"
    )
    address = models.CharField(max_length=254)
    host = models.CharField(max_length=253, blank=True)
    port = models.PositiveIntegerField(default=993)
    user = models.CharField(max_length=254, blank=True)
    sealed_password = models.BinaryField(null=True, editable=False)
    folder = models.CharField(max_length=120, default="INBOX")
    validity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    next_poll_at = models.DateTimeField(editable=False)
    polling_since = models.DateTimeField(null=True, editable=False)
    polled_at = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)  # in a row
    error = models.CharField(max_length=500, blank=True, editable=False)
    provider = models.CharField(max_length=12, choices=Provider, default=Provider.RAW)
    door_digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    sealed_key = models.BinaryField(null=True, editable=False)  # what the provider signs with

    objects = MailboxQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("provider", Provider, name="mailbox_provider_known"),
            models.UniqueConstraint(Lower("address"), name="mailbox_address_once"),
            models.CheckConstraint(condition=Q(port__range=(1, 65535)), name="mailbox_port_is_one"),
        ]

    def __str__(self):
        return self.address


class MailState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    REQUEST = "request", "New request"
    REPLY = "reply", "Answer"
    NOTHING = "nothing", "Nothing made of it"
    FAILED = "failed", "Could not be read"


class MailInQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.editable_by(user)

    def editable_by(self, user):
        return self if allowed(user, Can.CHANNEL_MANAGE) else self.none()

    def for_list(self):
        return self.select_related("channel", "request").defer("raw").fetch_mode(STRICT_FETCH)


class MailIn(models.Model):
    """One mail. `raw` is kept as it came, so that what was made of it can be made again.

    `digest` is of who wrote what under which id: the same mail fetched twice, or by two ways, is one row.
    """

    channel = models.ForeignKey("coordination.Channel", models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    raw = models.BinaryField()
    size = models.PositiveIntegerField()
    at = models.DateTimeField()
    message_id = models.CharField(max_length=250, blank=True)
    from_name = models.CharField(max_length=160, blank=True)
    from_email = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.WAITING)
    reason = models.CharField(max_length=500, blank=True)
    notes = models.JSONField(default=list)  # what was left out of it, such as a file of no known kind
    request = models.ForeignKey("coordination.Request", models.SET_NULL, null=True, related_name="+")

    objects = MailInQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("state", MailState, name="mail_in_state_known"),
            models.UniqueConstraint(fields=["channel", "digest"], name="mail_in_once"),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="mail_in_newest"),
            models.Index(fields=["message_id"], name="mail_in_by_id"),
            models.Index(fields=["from_email", "at"], name="mail_in_by_sender"),
            models.Index(fields=["request"], name="mail_in_by_request"),
        ]

    def __str__(self):
        return self.subject or "(no subject)"

    def get_absolute_url(self):
        return reverse("coordination:mail_detail", args=[self.pk])

    @property
    def who(self):
        return self.from_name or self.from_email or "nobody"
