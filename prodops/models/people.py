"""Who works here: people, their roles, teams and invitations."""

from functools import cached_property
from typing import Any

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject, Lower
from django.urls import reverse

from .away import Away
from .fields import STRICT_FETCH, one_of


class Role(models.TextChoices):
    """A person's role in the workspace; what each may do stands in `prodops.access.MATRIX`."""

    SUBMITTER = "submitter", "Submitter"
    MEMBER = "member", "Member"
    PRODUCT_OPS = "product_ops", "Product ops"
    ADMIN = "admin", "Admin"


class MailPreference(models.TextChoices):
    AT_ONCE = "at_once", "At once"
    DAILY = "daily", "Once a day"
    OFF = "off", "Never"


class UserQuerySet(models.QuerySet):
    def with_teams(self):
        """Load the memberships in the same query: `team_ids` then costs nothing more."""
        mine = Membership.objects.filter(user=OuterRef("pk")).order_by("team_id")
        return self.annotate(
            loaded_memberships=ArraySubquery(mine.values(data=JSONObject(team="team_id", level="level")))
        )

    def active(self):
        return self.filter(is_active=True)

    def with_away(self, day):
        """Annotates `away_until`: the last day of the period that covers `day`, or None."""
        now = Away.objects.filter(user=OuterRef("pk")).on(day).order_by("-last_day")
        return self.annotate(away_until=Subquery(now.values("last_day")[:1]))

    def at_work(self, day):
        """Those who may sign in and are not away on `day`."""
        return self.active().exclude(pk__in=Away.objects.on(day).values("user"))

    def for_list(self):
        return self.fetch_mode(STRICT_FETCH)


_UserManager = BaseUserManager.from_queryset(UserQuerySet)


class UserManager(_UserManager):  # type: ignore[misc, valid-type]
    def create_user(self, email, password=None, **fields):
        if not email:
            raise ValueError("A person needs an e-mail address to sign in.")
        user: Any = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, **{"role": Role.ADMIN, "is_superuser": True, **fields})

    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)


@pghistory.track(fields=["role", "is_active"])
class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=20, choices=Role, default=Role.MEMBER)
    time_zone = models.CharField(max_length=60, default="UTC")
    mail_preference = models.CharField(max_length=10, choices=MailPreference, default=MailPreference.AT_ONCE)
    digest_sent_at = models.DateTimeField(null=True, editable=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_lower_unique"),
            one_of("role", Role, name="user_role_known"),
        ]

    def __str__(self):
        return self.name or self.email

    def get_absolute_url(self):
        return reverse("person_detail", args=[self.pk])

    @property
    def is_staff(self):
        """Django's admin site is for admins."""
        return self.role == Role.ADMIN

    @property
    def initials(self):
        words = [word for word in self.name.split() if word[:1].isalpha()]
        return (words[0][0] + words[-1][0] if len(words) > 1 else str(self)[:2]).upper()

    @cached_property
    def levels(self):
        """{team id: membership level}."""
        loaded = getattr(self, "loaded_memberships", None)
        if loaded is None:
            return dict(self.memberships.values_list("team_id", "level"))
        return {membership["team"]: membership["level"] for membership in loaded}

    @cached_property
    def team_ids(self):
        return list(self.levels)

    @cached_property
    def editor_team_ids(self):
        return [team for team, level in self.levels.items() if level != Level.VIEWER]

    @property
    def runs_product_ops(self):
        return self.role in (Role.PRODUCT_OPS, Role.ADMIN)


class TeamQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        """Teams in whose name `user` may write."""
        return self if user.runs_product_ops else self.filter(pk__in=user.editor_team_ids)


class Team(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80, unique=True)
    members = models.ManyToManyField(User, through="Membership", related_name="teams")

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("team_detail", args=[self.slug])


class Level(models.TextChoices):
    VIEWER = "viewer", "Viewer"
    EDITOR = "editor", "Editor"
    LEAD = "lead", "Lead"


@pghistory.track()
class Membership(models.Model):
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    level = models.CharField(max_length=10, choices=Level, default=Level.EDITOR)

    class Meta:
        ordering = ["team_id", "user_id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "team"], name="membership_once"),
            one_of("level", Level, name="membership_level_known"),
        ]

    def __str__(self):
        return f"{self.user_id} in {self.team_id} as {self.level}"


class InvitationQuerySet(models.QuerySet):
    def open(self, at):
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=at)


class Invitation(models.Model):
    """A place kept for somebody who has none yet. Only the hash of the link's token is stored."""

    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role, default=Role.MEMBER)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    accepted_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_one_open",
            ),
            one_of("role", Role, name="invitation_role_known"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("invited_at")), name="invitation_lasts"),
        ]

    def __str__(self):
        return f"Invitation of {self.email}"


__all__ = [
    "Invitation",
    "Level",
    "MailPreference",
    "Membership",
    "Role",
    "Team",
    "User",
]
