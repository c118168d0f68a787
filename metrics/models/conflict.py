"""What people said of two KPIs that may be one, or that one word may mean both of."""

from django.db import models
from django.db.models import F, Q

from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of


class ConflictKind(models.TextChoices):
    SAME_NAME = "same_name", "Same name, counted differently"
    SAME_COUNT = "same_count", "Counted alike, other names"
    ALIAS = "alias", "An alias is another’s name"
    NEAR_NAME = "near_name", "Nearly the same name"
    NEAR_MEANING = "near_meaning", "Nearly the same meaning"


class Ruling(models.TextChoices):
    MERGED = "merged", "Merged"
    ALIASED = "aliased", "Kept as an alias"
    DIFFERENT = "different", "Legitimately different"


class VerdictQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def standing(self):
        return self.filter(undone_at=None)

    def for_list(self):
        return self.select_related("first", "second", "by", "undone_by").fetch_mode(STRICT_FETCH)


class Verdict(models.Model):
    """How a pair was settled, and as what (`first_seen`, `second_seen`) each of the two was then defined.

    `first` is the one with the smaller key. The verdict stands until it is undone, or one of the two is
    defined otherwise than it was seen: then the pair is shown again, with this verdict beside it.
    """

    first = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="+")
    second = models.ForeignKey("metrics.Kpi", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=ConflictKind)
    ruling = models.CharField(max_length=10, choices=Ruling)
    reason = models.CharField(max_length=500, blank=True)
    first_seen = models.CharField(max_length=64)
    second_seen = models.CharField(max_length=64)
    by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    objects = VerdictQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            one_of("kind", ConflictKind, name="verdict_kind_known"),
            one_of("ruling", Ruling, name="verdict_ruling_known"),
            both_or_neither("undone_by", "undone_at", name="verdict_undone_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="verdict_pair_in_order"),
            models.CheckConstraint(
                condition=~Q(ruling=Ruling.DIFFERENT) | ~Q(reason=""), name="verdict_different_because"
            ),
        ]
        indexes = [
            models.Index(fields=["first", "second"], condition=Q(undone_at=None), name="verdict_standing"),
        ]

    def __str__(self):
        return f"{self.first} and {self.second}: {self.get_ruling_display().lower()}"


class ConflictQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        """Pairs of which the person may change one of the two."""
        if user.runs_product_ops:
            return self
        teams, owned = user.editor_team_ids, Q(first__owner=user) | Q(second__owner=user)
        return self.filter(Q(first__team__in=teams) | Q(second__team__in=teams) | owned)

    def open(self):
        return self.filter(verdict=None)

    def for_list(self):
        sides = (
            f"{side}__{name}"
            for side in ("first", "second")
            for name in ("team", "owner", "count_version", "live_version")
        )
        return self.select_related(*sides, "verdict__by", "before__by").fetch_mode(STRICT_FETCH)


class Conflict(models.Model):
    """A pair that was found, with why (`kinds`: {kind: how strongly}); open until a verdict stands for it.

    `before` is the verdict that no longer stands because one of the two has been defined otherwise since.
    """

    first = models.ForeignKey("metrics.Kpi", models.CASCADE, related_name="+")
    second = models.ForeignKey("metrics.Kpi", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=ConflictKind)
    kinds = models.JSONField(default=dict)
    score = models.FloatField()
    verdict = models.ForeignKey("metrics.Verdict", models.SET_NULL, null=True, related_name="+")
    before = models.ForeignKey("metrics.Verdict", models.SET_NULL, null=True, related_name="+")
    found_at = models.DateTimeField()

    objects = ConflictQuerySet.as_manager()

    class Meta:
        ordering = ["-score", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="conflict_once"),
            one_of("kind", ConflictKind, name="conflict_kind_known"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="conflict_pair_in_order"),
        ]
        indexes = [models.Index(fields=["-score"], condition=Q(verdict=None), name="conflict_open")]

    def __str__(self):
        return f"{self.first} and {self.second}"

    @property
    def is_open(self):
        return self.verdict_id is None
