"""The doors by which feedback comes in, and what product ops sorts it by."""

from django.db import models
from django.urls import reverse

from prodops.access import Can, allowed
from prodops.models.fields import STRICT_FETCH, one_of


class ChannelKind(models.TextChoices):
    FORM = "form", "Web form"
    WEBHOOK = "webhook", "Webhook"
    EMAIL = "email", "E-mail"
    WIDGET = "widget", "Widget or survey"
    FILE = "file", "File"


class RequestTypeQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        return self if allowed(user, Can.CHANNEL_MANAGE) else self.none()

    def live(self):
        return self.filter(retired_at=None)

    def for_list(self):
        return self.fetch_mode(STRICT_FETCH)


class RequestType(models.Model):
    """What kind of thing is asked: a wish, a problem, a question; product ops names them."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=60, unique=True)
    position = models.PositiveIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = RequestTypeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]

    def __str__(self):
        return self.name


class RequestTag(models.Model):
    """A word that rules and people put on requests to find them together."""

    name = models.CharField(max_length=40)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(models.functions.Lower("name"), name="request_tag_once"),
        ]

    def __str__(self):
        return self.name


class ChannelQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Members see which doors there are; submitters do not."""
        return self if allowed(user, Can.REQUEST_TRIAGE) else self.none()

    def editable_by(self, user):
        return self if allowed(user, Can.CHANNEL_MANAGE) else self.none()

    def open(self):
        return self.filter(closed_at=None)

    def for_list(self):
        return self.select_related("owner", "team", "area", "type", "created_by").fetch_mode(STRICT_FETCH)


class Channel(models.Model):
    """One door. What comes in by it without a known author is its owner's, and its team reads it.

    `area` and `type` are where things go that no rule sends elsewhere. A closed channel keeps all it
    brought and takes nothing more.
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=ChannelKind, editable=False)
    owner = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    team = models.ForeignKey("prodops.Team", models.PROTECT, null=True, blank=True, related_name="+")
    area = models.ForeignKey("prodops.ProductArea", models.PROTECT, null=True, blank=True, related_name="+")
    type = models.ForeignKey(RequestType, models.PROTECT, null=True, blank=True, related_name="+")
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [one_of("kind", ChannelKind, name="channel_kind_known")]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("coordination:channel_detail", args=[self.slug])

    @property
    def source(self):
        """The `source` of the requests that came in by it."""
        return f"channel:{self.pk}"
