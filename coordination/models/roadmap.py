"""What we plan to build, as far as those who asked are concerned, and what a request is linked to."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from prodops.access import Can, allowed
from prodops.models.fields import STRICT_FETCH, one_of
from prodops.quarters import Quarter


class ItemState(models.TextChoices):
    CONSIDERING = "considering", "Considering"
    PLANNED = "planned", "Planned"
    IN_PROGRESS = "in_progress", "In progress"
    SHIPPED = "shipped", "Shipped"
    DROPPED = "dropped", "Dropped"


# From a state, the states an item may go to. A slip of the hand at the end is taken back by one step.
ITEM_MOVES = {
    ItemState.CONSIDERING: (ItemState.PLANNED, ItemState.IN_PROGRESS, ItemState.DROPPED),
    ItemState.PLANNED: (
        ItemState.IN_PROGRESS,
        ItemState.SHIPPED,
        ItemState.CONSIDERING,
        ItemState.DROPPED,
    ),
    ItemState.IN_PROGRESS: (ItemState.SHIPPED, ItemState.PLANNED, ItemState.DROPPED),
    ItemState.SHIPPED: (ItemState.IN_PROGRESS,),
    ItemState.DROPPED: (ItemState.CONSIDERING,),
}


COMING = (ItemState.PLANNED, ItemState.IN_PROGRESS, ItemState.SHIPPED)  # what everybody who asks may know


class DueBy(models.TextChoices):
    QUARTER = "quarter", "Quarter"
    DAY = "day", "Day"


def due_in_words(due_on, due_by):
    """ "Q1 2027" or "12 Mar 2027"; empty where there is none."""
    if due_on is None:
        return ""
    if due_by == DueBy.QUARTER:
        return str(Quarter.of(due_on, settings.FISCAL_YEAR_START_MONTH))
    return f"{due_on.day} {due_on:%b %Y}"


class RoadmapItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Members read the roadmap; those who asked read what their request says of it."""
        return self if allowed(user, Can.REQUEST_TRIAGE) else self.none()

    def told_to(self, user):
        """What those who asked may follow: what is planned, under way or there and has words for them, and
        whatever answers a request of theirs."""
        from .request import Request

        whole = Coalesce("root", "pk", output_field=models.BigIntegerField())
        roots = Request.objects.mine(user).order_by().values(whole=whole)
        theirs = Q(request__in=roots) | Q(request__root__in=roots)
        links = RoadmapLink.objects.filter(theirs, item=OuterRef("pk"))
        said = Q(state__in=COMING) & ~Q(public_words="")
        return self.annotate(asked_for=Exists(links)).filter(said | Q(asked_for=True))

    def editable_by(self, user):
        """Those of areas one answers for, and one's own; product ops all."""
        if not allowed(user, Can.REQUEST_TRIAGE):
            return self.none()
        if user.runs_product_ops:
            return self
        return self.filter(
            Q(owner=user) | Q(area__owner=user) | Q(area__team__in=user.editor_team_ids) | Q(created_by=user)
        )

    def for_list(self):
        return self.select_related("area", "owner").fetch_mode(STRICT_FETCH)


class RoadmapItem(models.Model):
    """One thing that is to be built. `public_words` is what those who asked read of it, never the title.

    `due_on` is a day, or the last day of a quarter.
    """

    title = models.CharField(max_length=160)
    public_words = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=12, choices=ItemState, default=ItemState.CONSIDERING, editable=False)
    due_on = models.DateField(null=True, blank=True)
    due_by = models.CharField(max_length=8, choices=DueBy, blank=True)
    area = models.ForeignKey("prodops.ProductArea", models.PROTECT, null=True, blank=True, related_name="+")
    owner = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)
    changed_at = models.DateTimeField(editable=False)  # of state or date
    shipped_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)  # counts edits, to notice two at once

    objects = RoadmapItemQuerySet.as_manager()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "due_on", "id"], name="roadmap_item_by_state"),
            models.Index(fields=["-changed_at", "-id"], name="roadmap_item_newest"),
        ]
        constraints = [
            one_of("state", ItemState, name="roadmap_item_state_known"),
            models.CheckConstraint(
                condition=Q(due_on=None, due_by="") | Q(due_on__isnull=False, due_by__in=DueBy.values),
                name="roadmap_item_due_pair",
            ),
            models.CheckConstraint(
                condition=Q(state="shipped", shipped_at__isnull=False)
                | ~Q(state="shipped") & Q(shipped_at=None),
                name="roadmap_item_shipped_when",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("coordination:roadmap_item", args=[self.pk])

    @property
    def due_words(self):
        return due_in_words(self.due_on, self.due_by)

    @property
    def moves(self):
        """The states it may go to, with their names."""
        return [(state.value, state.label) for state in ITEM_MOVES[ItemState(self.state)]]

    @property
    def name_for_requesters(self):
        """What stands for its title where those who asked read of it."""
        return self.public_words.strip() or "What you asked for is on our roadmap."

    @property
    def due_for_requesters(self):
        """When it is due, while that is a plan."""
        return self.due_words if self.state in (ItemState.PLANNED, ItemState.IN_PROGRESS) else ""

    @property
    def for_requesters(self):
        """What those who asked read of it: "Planned · Q1 2027"."""
        parts = (ItemState(self.state).label, self.due_for_requesters)
        return " · ".join(part for part in parts if part)


class RoadmapLink(models.Model):
    """A request is to be answered by an item; who said so, and when."""

    request = models.ForeignKey("coordination.Request", models.CASCADE, related_name="roadmap_links")
    item = models.ForeignKey(RoadmapItem, models.CASCADE, related_name="links")
    linked_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()

    class Meta:
        ordering = ["linked_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["request", "item"], name="roadmap_link_once")]

    def __str__(self):
        return f"{self.request_id} by {self.item_id}"


class RequestLink(models.Model):
    """Something else that belongs to a request: an insight, a document, or an address elsewhere."""

    request = models.ForeignKey("coordination.Request", models.CASCADE, related_name="links")
    insight = models.ForeignKey("research.Insight", models.CASCADE, null=True, related_name="+")
    document = models.ForeignKey("process.Document", models.CASCADE, null=True, related_name="+")
    url = models.URLField(max_length=500, blank=True)
    label = models.CharField(max_length=120, blank=True)
    linked_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()

    class Meta:
        ordering = ["linked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(insight__isnull=False, document=None, url="")
                | Q(insight=None, document__isnull=False, url="")
                | Q(insight=None, document=None) & ~Q(url=""),
                name="request_link_to_one_thing",
            ),
            models.UniqueConstraint(
                fields=["request", "insight", "document", "url"],
                nulls_distinct=False,
                name="request_link_once",
            ),
        ]

    def __str__(self):
        return f"{self.request_id} to {self.insight_id or self.document_id or self.url}"


class RequestEvidence(models.Model):
    """Words of a request that research keeps as a highlight; `voice` where an account said them."""

    request = models.ForeignKey("coordination.Request", models.CASCADE, related_name="evidence")
    voice = models.ForeignKey("coordination.Voice", models.CASCADE, null=True, related_name="+")
    highlight = models.ForeignKey("research.Highlight", models.CASCADE, related_name="+")
    made_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "voice"], nulls_distinct=False, name="request_evidence_once"
            )
        ]

    def __str__(self):
        return f"{self.request_id} as {self.highlight_id}"
