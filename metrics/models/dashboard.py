"""Dashboards wherever they live: the catalogue's entries, of which some are boards of our own."""

import datetime as dt

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from metrics.models.panel import Panel
from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of
from prodops.models.people import Role, Team

OWN_TOOL = "Prodops"
UNUSED_AFTER = dt.timedelta(days=90)  # opened by nobody for so long, a dashboard is up for the clean-up
USED_WITHIN_DAYS = 30  # "used by 4 people in 30 days"
REMIND_BEFORE = dt.timedelta(days=7)  # a verification runs out


class DashboardKind(models.TextChoices):
    BOARD = "board", "Board in Prodops"
    LINK = "link", "In another tool"


class DashboardState(models.TextChoices):
    ACTIVE = "active", "In use"
    ARCHIVED = "archived", "Archived"


class AccessKind(models.TextChoices):
    EVERYBODY = "everybody", "Everybody in the company has access"
    AUDIENCE = "audience", "Its audience has access, others ask"
    ASK = "ask", "Everybody has to ask"


class LinkState(models.TextChoices):
    UNCHECKED = "unchecked", "Not checked"
    ANSWERS = "answers", "Answers"
    BROKEN = "broken", "Broken"


class BoardRange(models.TextChoices):
    MONTH = "30d", "30 days"
    QUARTER = "90d", "90 days"
    YEAR = "1y", "1 year"


RANGE_DAYS = {BoardRange.MONTH: 30, BoardRange.QUARTER: 90, BoardRange.YEAR: 366}
CADENCES = [(30, "Every month"), (91, "Every quarter"), (182, "Twice a year"), (365, "Once a year")]


class DashboardQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Every entry that lives elsewhere, since its tool guards it; a board by whom it is shared with."""
        if user.runs_product_ops:
            return self
        shared = Dashboard.teams.through.objects.filter(dashboard=OuterRef("pk"), team__in=user.team_ids)
        return self.filter(
            Q(kind=DashboardKind.LINK)
            | Q(owner=user)
            | Q(team__in=user.team_ids)
            | Q(roles__contains=[user.role])
            | Exists(shared)
        )

    def editable_by(self, user):
        """Those of the person's own teams, and those the person owns; product ops edits all."""
        if user.runs_product_ops:
            return self
        return self.filter(Q(team__in=user.editor_team_ids) | Q(owner=user))

    def active(self):
        return self.filter(state=DashboardState.ACTIVE)

    def boards(self):
        return self.filter(kind=DashboardKind.BOARD)

    def links(self):
        return self.filter(kind=DashboardKind.LINK)

    def showing(self, kpi):
        """Those with a panel of the KPI, and those elsewhere that are said to show it."""
        mine = Panel.objects.filter(kpi=kpi, dashboard=OuterRef("pk"))
        return self.filter(
            Exists(mine) | Exists(DashboardKpi.objects.filter(kpi=kpi, dashboard=OuterRef("pk")))
        )

    def broken(self):
        return self.filter(link_state=LinkState.BROKEN)

    def stale(self, at):
        """Somebody called it stale, its verification has run out, or nobody ever verified it."""
        return self.filter(Q(stale_at__isnull=False) | Q(verified_until=None) | Q(verified_until__lte=at))

    def unowned(self):
        return self.filter(Q(owner=None) | Q(owner__is_active=False))

    def unused(self, at):
        """Added long enough ago, and opened by nobody since."""
        since = at - UNUSED_AFTER
        opened = DashboardUse.objects.filter(dashboard=OuterRef("pk"), day__gt=since.date())
        return self.filter(~Exists(opened), added_at__lte=since)

    def to_clean_up(self, at):
        """What somebody should decide on: unused, broken, unowned or stale, and not just kept."""
        doubtful = self.unused(at) | self.broken() | self.unowned() | self.stale(at)
        return self.active().filter(pk__in=doubtful.values("pk")).exclude(kept_until__gt=at)

    def to_review_by(self, user, at):
        """The person's own that are stale or broken, or whose verification runs out soon."""
        soon = Q(verified_until=None) | Q(verified_until__lte=at + REMIND_BEFORE)
        asks = soon | Q(stale_at__isnull=False) | Q(link_state=LinkState.BROKEN)
        return self.active().filter(asks, owner=user)

    def with_use(self, at):
        """Adds `used_by`, how many people opened it in 30 days, and `last_used`, a day."""
        uses = DashboardUse.objects.filter(dashboard=OuterRef("pk")).order_by().values("dashboard")
        recent = uses.filter(day__gt=(at - dt.timedelta(days=USED_WITHIN_DAYS)).date())
        people = recent.annotate(number=Count("user", distinct=True)).values("number")
        return self.annotate(
            used_by=Coalesce(Subquery(people), 0),
            last_used=Subquery(uses.annotate(last=Max("day")).values("last")),
        )

    def with_kpis(self):
        """Adds `kpi_ids` of what each shows and `team_ids` of the teams it is shared with."""
        shown = DashboardKpi.objects.filter(dashboard=OuterRef("pk")).order_by("pk").values("kpi")
        panels = Panel.objects.filter(dashboard=OuterRef("pk"))
        shared = Dashboard.teams.through.objects.filter(dashboard=OuterRef("pk")).order_by("team")
        return self.annotate(
            shown_ids=ArraySubquery(shown),
            panel_ids=ArraySubquery(panels.order_by("position").values("kpi")),
            team_ids=ArraySubquery(shared.values("team")),
        )

    def for_list(self):
        return self.select_related("owner", "team", "verified_by", "stale_by").fetch_mode(STRICT_FETCH)

    def for_page(self):
        people = ("owner", "team", "verified_by", "stale_by", "added_by", "archived_by", "kept_by")
        return self.select_related(*people, "copied_from").fetch_mode(STRICT_FETCH)


class Dashboard(models.Model):
    """One entry of the catalogue. Of a board its panels live here, of the others only the link does.

    `audience`, `roles` and `teams` say for whom it is; of a board the last two also say who sees it.
    `layout_version` counts the arrangements of a board, to notice two people arranging at once.
    """

    kind = models.CharField(max_length=5, choices=DashboardKind, editable=False)
    name = models.CharField(max_length=120)
    purpose = models.TextField(max_length=1000, blank=True)
    url = models.CharField(max_length=1000, blank=True)
    tool = models.CharField(max_length=40)
    owner = models.ForeignKey("prodops.User", models.PROTECT, null=True, blank=True, related_name="+")
    team = models.ForeignKey("prodops.Team", models.PROTECT, related_name="+")
    audience = models.CharField(max_length=200, blank=True)
    roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    teams = models.ManyToManyField(Team, blank=True, related_name="+")
    access = models.CharField(max_length=10, choices=AccessKind, default=AccessKind.AUDIENCE)
    how_to_ask = models.CharField(max_length=300, blank=True)
    review_days = models.PositiveSmallIntegerField(choices=CADENCES, default=91)
    range = models.CharField(max_length=3, choices=BoardRange, default=BoardRange.QUARTER)
    layout_version = models.PositiveIntegerField(default=1, editable=False)
    copied_from = models.ForeignKey("metrics.Dashboard", models.PROTECT, null=True, related_name="+")
    added_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    state = models.CharField(max_length=8, choices=DashboardState, default=DashboardState.ACTIVE)
    archived_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    archived_at = models.DateTimeField(null=True)
    kept_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    kept_until = models.DateTimeField(null=True)

    verified_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    verified_at = models.DateTimeField(null=True)
    verified_until = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)  # that this verification runs out
    stale_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    stale_at = models.DateTimeField(null=True)
    stale_reason = models.CharField(max_length=300, blank=True)

    link_state = models.CharField(max_length=10, choices=LinkState, default=LinkState.UNCHECKED)
    link_words = models.CharField(max_length=300, blank=True)  # what the last check found
    link_since = models.DateTimeField(null=True)  # that it has been so
    link_checked_at = models.DateTimeField(null=True)
    link_failures = models.PositiveSmallIntegerField(default=0)  # in a row

    objects = DashboardQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            one_of("kind", DashboardKind, name="dashboard_kind_known"),
            one_of("state", DashboardState, name="dashboard_state_known"),
            one_of("access", AccessKind, name="dashboard_access_known"),
            one_of("range", BoardRange, name="dashboard_range_known"),
            one_of("link_state", LinkState, name="dashboard_link_state_known"),
            both_or_neither("verified_by", "verified_at", name="dashboard_verified_pair"),
            both_or_neither("verified_at", "verified_until", name="dashboard_verified_expires"),
            both_or_neither("stale_by", "stale_at", name="dashboard_stale_pair"),
            both_or_neither("archived_by", "archived_at", name="dashboard_archived_pair"),
            both_or_neither("kept_by", "kept_until", name="dashboard_kept_pair"),
            models.CheckConstraint(
                condition=Q(kind=DashboardKind.LINK, url__regex=r"^https?://[^\s]+$")
                | Q(kind=DashboardKind.BOARD, url="", link_state=LinkState.UNCHECKED),
                name="dashboard_link_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(state=DashboardState.ARCHIVED, archived_at__isnull=False)
                | Q(state=DashboardState.ACTIVE, archived_at=None),
                name="dashboard_archived_says_when",
            ),
            models.CheckConstraint(
                condition=Q(stale_at=None, stale_reason="")
                | (Q(stale_at__isnull=False) & ~Q(stale_reason="")),
                name="dashboard_stale_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(roles__contained_by=Role.values), name="dashboard_roles_known"
            ),
            models.CheckConstraint(
                condition=Q(review_days__in=[days for days, _ in CADENCES]), name="dashboard_cadence_known"
            ),
            models.CheckConstraint(
                condition=Q(verified_until=None) | Q(verified_until__gt=F("verified_at")),
                name="dashboard_verification_lasts",
            ),
        ]
        indexes = [
            models.Index(fields=["owner"], condition=Q(state="active"), name="dashboard_by_owner"),
            models.Index(fields=["link_checked_at"], condition=Q(kind="link"), name="dashboard_to_check"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        page = "metrics:board" if self.is_board else "metrics:dashboard_detail"
        return reverse(page, args=[self.pk])

    def is_editable_by(self, user):
        """Whether `editable_by` would give this one, without asking the database."""
        return user.runs_product_ops or self.owner_id == user.pk or self.team_id in user.editor_team_ids

    @property
    def is_board(self):
        return self.kind == DashboardKind.BOARD

    @property
    def kpi_ids(self):
        """Ids of the KPIs on it, each once; `with_kpis` has loaded them."""
        return list(dict.fromkeys([*self.shown_ids, *self.panel_ids]))  # type: ignore[attr-defined]

    @property
    def role_names(self):
        return [Role(role).label for role in Role.values if role in self.roles]

    @property
    def is_archived(self):
        return self.state == DashboardState.ARCHIVED

    @property
    def is_broken(self):
        return self.link_state == LinkState.BROKEN

    def stale_reasons(self, at):
        """Why it counts as stale, in words; nothing where it does not."""
        reasons = []
        if self.stale_at:
            reasons.append(self.stale_reason.rstrip(". "))
        if self.verified_until is None:
            reasons.append("Nobody has verified it")
        elif self.verified_until <= at:
            reasons.append("Its verification has run out")
        return reasons


class DashboardKpi(models.Model):
    """A KPI that a dashboard elsewhere shows, by which definition; of a board the panels say so."""

    dashboard = models.ForeignKey(Dashboard, models.CASCADE, related_name="shown")
    kpi = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="dashboards")
    version = models.ForeignKey("metrics.KpiVersion", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["dashboard_id", "pk"]
        constraints = [models.UniqueConstraint(fields=["dashboard", "kpi"], name="dashboard_kpi_once")]

    def __str__(self):
        return f"KPI {self.kpi_id} on dashboard {self.dashboard_id}"


class DashboardUse(models.Model):
    """How often a person opened a dashboard through Prodops on a day."""

    dashboard = models.ForeignKey(Dashboard, models.CASCADE, related_name="uses")
    user = models.ForeignKey("prodops.User", models.CASCADE, related_name="+")
    day = models.DateField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dashboard", "day", "user"], name="dashboard_use_once_a_day")
        ]

    def __str__(self):
        return f"{self.times} on {self.day}"


class DigestSubscription(models.Model):
    """A person who wants a board by mail each week. `sent_week` is the Monday of the week last sent."""

    dashboard = models.ForeignKey(Dashboard, models.CASCADE, related_name="subscriptions")
    user = models.ForeignKey("prodops.User", models.CASCADE, related_name="+")
    since = models.DateTimeField()
    sent_week = models.DateField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["dashboard_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["dashboard", "user"], name="digest_once_a_person"),
            both_or_neither("sent_week", "sent_at", name="digest_sent_pair"),
        ]

    def __str__(self):
        return f"Dashboard {self.dashboard_id} to person {self.user_id}"


class CleanUpVerb(models.TextChoices):
    KEEP = "keep", "Kept"
    ARCHIVE = "archive", "Archived"
    REASSIGN = "reassign", "Reassigned"


class CleanUp(models.Model):
    """A decision of the clean-up on one or many dashboards, and how each was before, for undo.

    `before` is {dashboard id: {field: value}}, as JSON.
    """

    verb = models.CharField(max_length=8, choices=CleanUpVerb)
    before = models.JSONField()
    said = models.CharField(max_length=200)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("verb", CleanUpVerb, name="clean_up_verb_known"),
            both_or_neither("undone_by", "undone_at", name="clean_up_undone_pair"),
        ]

    def __str__(self):
        return self.said


class CheckedHost(models.Model):
    """A host whose links the scheduled check may call; `*.example.com` stands for all below it."""

    host = models.CharField(max_length=253, unique=True)
    added_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["host"]
        constraints = [
            models.CheckConstraint(
                condition=Q(host__regex=r"^(\*\.)?[a-z0-9.-]+(:[0-9]{1,5})?$"), name="checked_host_plain"
            )
        ]

    def __str__(self):
        return self.host
