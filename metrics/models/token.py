"""Keys with which other systems bring in values, and what they have asked already."""

import hashlib

from django.db import models
from django.db.models import F, Q

from prodops.models.fields import STRICT_FETCH, both_or_neither


class ApiTokenQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.editable_by(user)

    def editable_by(self, user):
        """One's own, and those of the teams one edits; product ops sees and revokes all."""
        if user.runs_product_ops:
            return self
        return self.filter(Q(by=user) | Q(team__in=user.editor_team_ids))

    def alive(self, at):
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=at), revoked_at=None, by__is_active=True)

    def known_by(self, secret, at):
        """The living token of a secret; the one before a rotation holds until it runs out."""
        digest = digest_of(secret)
        former = Q(former_digest=digest, former_until__gt=at)
        return self.alive(at).filter(Q(digest=digest) | former)

    def for_list(self):
        return self.select_related("by", "team").prefetch_related("kpis").fetch_mode(STRICT_FETCH)


class ApiToken(models.Model):
    """A key to bring values into some KPIs. Only its hash is kept, so it is shown once.

    It reaches the KPIs listed, or where none is listed those of its team; and never more than the person
    who made it, or rotated it last, may edit now.
    """

    name = models.CharField(max_length=80)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    team = models.ForeignKey("prodops.Team", models.PROTECT, null=True, blank=True, related_name="+")
    kpis: models.ManyToManyField = models.ManyToManyField("metrics.Kpi", blank=True, related_name="+")
    start = models.CharField(max_length=16, editable=False)  # its first letters, to tell it from others
    digest = models.CharField(max_length=64, unique=True, editable=False)
    former_digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    former_until = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, editable=False)
    revoked_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            both_or_neither("revoked_by", "revoked_at", name="api_token_revoked_pair"),
            models.CheckConstraint(
                condition=Q(former_digest="", former_until=None)
                | (~Q(former_digest="") & Q(former_until__isnull=False)),
                name="api_token_former_pair",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(expires_at__gt=F("at")), name="api_token_expires_later"
            ),
        ]

    def __str__(self):
        return self.name


class ApiCall(models.Model):
    """What was answered to a call with an Idempotency-Key: asked again, it is answered the same."""

    token = models.ForeignKey("metrics.ApiToken", models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=200)
    asked = models.CharField(max_length=64)  # hash of what was asked: a key belongs to one request
    answer = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="api_call_once")]
        indexes = [models.Index(fields=["at"], name="api_call_by_age")]

    def __str__(self):
        return self.key


def digest_of(secret):
    """What is kept of a token. It is long and random, so a plain hash tells nothing of it."""
    return hashlib.sha256(secret.encode()).hexdigest()
