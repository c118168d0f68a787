"""Words that went to those who asked, and to whom: nothing reaches them any other way."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from prodops.access import Can, allowed
from prodops.models.fields import STRICT_FETCH, one_of


class MessageKind(models.TextChoices):
    COMMENT = "comment", "Comment"
    DECISION = "decision", "Decision"
    REPLY = "reply", "First reply"
    SHIPPED = "shipped", "It is there"


class MessageQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if allowed(user, Can.REQUEST_TRIAGE) else self.none()


class Message(models.Model):
    """One sending. `key` makes it once, however often it is tried; `requests` are those it went out for.

    `findings` is what the check found in the words, and `override` why they were sent all the same.
    """

    kind = models.CharField(max_length=10, choices=MessageKind)
    request = models.ForeignKey("coordination.Request", models.PROTECT, null=True, related_name="+")
    item = models.ForeignKey("coordination.RoadmapItem", models.PROTECT, null=True, related_name="+")
    requests: models.ManyToManyField = models.ManyToManyField("coordination.Request", related_name="+")
    words = models.TextField(max_length=10_000)
    key = models.CharField(max_length=80, unique=True)
    sent_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()
    findings = models.JSONField(default=list)
    override = models.CharField(max_length=500, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            one_of("kind", MessageKind, name="message_kind_known"),
            models.CheckConstraint(
                condition=Q(request=None, item__isnull=False) | Q(request__isnull=False, item=None),
                name="message_about_one_thing",
            ),
        ]

    def __str__(self):
        return self.words[:80]


class AddresseeQuerySet(models.QuerySet):
    def to_mail(self):
        """Those outside who have not been mailed yet and did not say that they want none."""
        return self.exclude(email="").filter(mailed_at=None, given_up_at=None)

    def for_list(self):
        return self.select_related("user", "request").fetch_mode(STRICT_FETCH)


class Addressee(models.Model):
    """Somebody a message is for: a colleague, told in the app, or an author outside, told by mail.

    `request` is the one they asked for, `topic` what nobody hears of twice even by two messages.
    """

    message = models.ForeignKey(Message, models.CASCADE, related_name="addressees")
    topic = models.CharField(max_length=80, blank=True)
    request = models.ForeignKey("coordination.Request", models.PROTECT, related_name="+")
    user = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    email = models.CharField(max_length=254, blank=True)  # in lower case
    name = models.CharField(max_length=160, blank=True)
    mailed_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)  # that failed
    try_at = models.DateTimeField(null=True)  # when it is tried again after one that failed
    given_up_at = models.DateTimeField(null=True)  # it was refused or came back, or they want no mail

    objects = AddresseeQuerySet.as_manager()

    class Meta:
        ordering = ["message_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, email="") | Q(user=None) & ~Q(email=""),
                name="addressee_colleague_or_outside",
            ),
            models.UniqueConstraint(
                fields=["message", "user", "email"], nulls_distinct=False, name="addressee_once_per_message"
            ),
            models.UniqueConstraint(
                fields=["topic", "user", "email"],
                condition=~Q(topic=""),
                nulls_distinct=False,
                name="addressee_once_per_topic",
            ),
        ]

    def __str__(self):
        return self.email or str(self.user_id)


class MailStop(models.Model):
    """An address outside that wants no more mail from us."""

    email = models.CharField(max_length=254)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="mail_stop_once")]

    def __str__(self):
        return self.email


class BlockedTermQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if allowed(user, Can.REQUEST_TRIAGE) else self.none()

    def editable_by(self, user):
        return self if allowed(user, Can.CHANNEL_MANAGE) else self.none()

    def for_list(self):
        return self.select_related("added_by").fetch_mode(STRICT_FETCH)


class BlockedTerm(models.Model):
    """A word of ours that customers should not read, such as a project's working name."""

    term = models.CharField(max_length=80)
    instead = models.CharField(max_length=200, blank=True)  # what to say
    added_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    added_at = models.DateTimeField(editable=False)

    objects = BlockedTermQuerySet.as_manager()

    class Meta:
        ordering = ["term", "pk"]
        constraints = [models.UniqueConstraint(Lower("term"), name="blocked_term_once")]

    def __str__(self):
        return self.term
