"""Who has a hand in an insight report beside its editors: reviewers, subscribers, those it was mailed to."""

from django.db import models
from django.db.models import Q

from prodops.models.fields import STRICT_FETCH, one_of

from .insight import Verdict


class Audience(models.TextChoices):
    """For whom a version of a report is; `research.synthesis.audiences` says what each leaves out."""

    INTERNAL = "internal", "Research and product"
    LEADERSHIP = "leadership", "Leadership"
    COMPANY = "company", "Whole company"


class ReportReviewQuerySet(models.QuerySet):
    def waiting(self):
        """Those that somebody has still to say something to."""
        return self.filter(verdict=Verdict.WAITING, report__state="draft")

    def for_list(self):
        return self.select_related("reviewer", "asked_by").fetch_mode(STRICT_FETCH)


class ReportReview(models.Model):
    """Somebody who was asked to read a draft before it is published, and what they said of it.

    What they said is of the words and numbers they read: a change of the draft takes it back. Nobody who
    asked for a review gives it.
    """

    report = models.ForeignKey("research.InsightReport", models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True, default=Verdict.WAITING)
    note = models.CharField(max_length=1000, blank=True)
    said_at = models.DateTimeField(null=True)

    objects = ReportReviewQuerySet.as_manager()

    class Meta:
        ordering = ["report_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "reviewer"], name="report_review_once"),
            models.CheckConstraint(
                condition=~Q(reviewer=models.F("asked_by")), name="report_review_by_another"
            ),
            models.CheckConstraint(
                condition=Q(verdict="", said_at=None)
                | Q(verdict__in=["agreed", "changes"], said_at__isnull=False),
                name="report_review_said_when",
            ),
        ]

    def __str__(self):
        return f"{self.reviewer_id} on {self.report_id}"


class ReportSubscription(models.Model):
    """Somebody who is mailed every insight report as it is published, in the version for `audience`."""

    user = models.OneToOneField("prodops.User", models.CASCADE, related_name="+")
    audience = models.CharField(max_length=12, choices=Audience)
    since = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [one_of("audience", Audience, name="report_subscription_audience_known")]

    def __str__(self):
        return f"{self.user_id}: {self.audience}"


class ReportMailing(models.Model):
    """A published report on its way to a subscriber; `mailed_at` once it has gone out, once."""

    report = models.ForeignKey("research.InsightReport", models.CASCADE, related_name="+")
    user = models.ForeignKey("prodops.User", models.CASCADE, related_name="+")
    audience = models.CharField(max_length=12, choices=Audience)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["report_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "user"], name="report_mailing_once"),
            one_of("audience", Audience, name="report_mailing_audience_known"),
        ]

    def __str__(self):
        return f"{self.report_id} to {self.user_id}"


class ThemeState(models.TextChoices):
    OPEN = "open", "To decide"
    ACCEPTED = "accepted", "Became a tag"
    REJECTED = "rejected", "No theme"


class ThemeSuggestionQuerySet(models.QuerySet):
    def visible_to(self, user):
        from prodops.access import Can, allowed

        return self if allowed(user, Can.REPORT_RUN) else self.none()

    def editable_by(self, user):
        return self.visible_to(user)

    def for_list(self):
        return self.select_related("report", "tag", "decided_by").fetch_mode(STRICT_FETCH)


class ThemeSuggestion(models.Model):
    """Sentences of a quarter that nobody tagged and that say alike things: perhaps a theme without a tag.

    `spans` are [cue id, start, end, length of the cue] in code points, nearest to the middle first: the words
    stay in the transcript alone, so that what is removed or redacted there is gone here too. `people` are
    the distinct participants who said them.
    """

    report = models.ForeignKey("research.InsightReport", models.CASCADE, related_name="suggested")
    key = models.CharField(max_length=40)  # of its sentences: what was decided is not asked again
    label = models.CharField(max_length=80)
    spans = models.JSONField(default=list)
    sentences = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=ThemeState, default=ThemeState.OPEN, editable=False)
    tag = models.ForeignKey("research.Tag", models.SET_NULL, null=True, editable=False, related_name="+")
    decided_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, editable=False)

    objects = ThemeSuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["report_id", "-people", "-sentences", "pk"]
        constraints = [
            one_of("state", ThemeState, name="theme_suggestion_state_known"),
            models.UniqueConstraint(fields=["report", "key"], name="theme_suggestion_once"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None, decided_by=None)
                | Q(state__in=["accepted", "rejected"], decided_at__isnull=False, decided_by__isnull=False),
                name="theme_suggestion_decided_pair",
            ),
        ]

    def __str__(self):
        return self.label
