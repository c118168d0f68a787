"""The quarterly insight report: its sections, their frozen numbers and what was written around them."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of
from prodops.quarters import Quarter

from .report_people import Audience, ReportReview


class ReportState(models.TextChoices):
    BUILDING = "building", "Being built"
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"


MOVES = {
    ReportState.BUILDING: {ReportState.DRAFT},
    ReportState.DRAFT: {ReportState.DRAFT, ReportState.PUBLISHED},  # a draft may be built again
    ReportState.PUBLISHED: set(),
}


def may_become(state):
    """The states from which a report may get to `state`."""
    return [before for before, after in MOVES.items() if state in after]


# Published is frozen, whoever writes: only the link to the job that built it may go with the job.
_REPORT_FROZEN = """
IF TG_OP = 'DELETE' OR to_jsonb(OLD) - 'job_id' IS DISTINCT FROM to_jsonb(NEW) - 'job_id' THEN
  RAISE EXCEPTION 'a published report is frozen'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'report_frozen';
END IF;
RETURN NEW;
"""
# One way past it: taking personal data out of a quote, see docs/adr/0009-redaction.md.
_SECTION_FROZEN = """
IF TG_OP = 'UPDATE' AND current_setting('prodops.redacting', true) = 'on'
   AND to_jsonb(OLD) - 'data' = to_jsonb(NEW) - 'data' THEN
  RETURN NEW;
END IF;
IF EXISTS (SELECT 1 FROM research_insightreport
           WHERE id IN (OLD.report_id, NEW.report_id) AND state = 'published') THEN
  RAISE EXCEPTION 'a published report is frozen'
    USING ERRCODE = 'check_violation', CONSTRAINT = 'report_frozen';
END IF;
RETURN COALESCE(NEW, OLD);
"""


class InsightReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Who runs reports sees all, others the published ones and drafts they are asked to review."""
        from prodops.access import Can, allowed

        if allowed(user, Can.REPORT_RUN):
            return self
        if not allowed(user, Can.REPORT_READ):
            return self.none()
        asked = Exists(ReportReview.objects.filter(report=OuterRef("pk"), reviewer=user))
        return self.filter(Q(state=ReportState.PUBLISHED) | Q(state=ReportState.DRAFT) & asked)

    def editable_by(self, user):
        from prodops.access import Can, allowed

        return self if allowed(user, Can.REPORT_RUN) else self.none()

    def published(self):
        return self.filter(state=ReportState.PUBLISHED)

    def live(self):
        """Those not published yet: at most one for each quarter."""
        return self.exclude(state=ReportState.PUBLISHED)

    def of(self, quarter):
        return self.filter(year=quarter.year, number=quarter.number)

    def for_list(self):
        """Load exactly what a row shows: not the numbers themselves."""
        return self.select_related("job", "published_by").defer("snapshot").fetch_mode(STRICT_FETCH)


class InsightReport(models.Model):
    """What research learned in one quarter. A quarter published again is a new `edition`.

    `snapshot` holds every number as counted at `built_at`, `fingerprint` is the SHA-256 of the snapshot
    and the sections' data: the same quarter with the same data has the same.
    """

    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    edition = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.BUILDING, editable=False)
    job = models.ForeignKey("prodops.Job", models.SET_NULL, null=True, editable=False, related_name="+")
    snapshot = models.JSONField(default=dict, editable=False)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    built_at = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)

    objects = InsightReportQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-number", "-edition"]
        constraints = [
            one_of("state", ReportState, name="report_state_known"),
            both_or_neither("published_at", "published_by", name="report_published_pair"),
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False, built_at__isnull=False)
                | Q(state="draft", published_at=None, built_at__isnull=False)
                | Q(state="building", published_at=None, built_at=None),
                name="report_is_in_the_state_it_says",
            ),
            models.CheckConstraint(condition=Q(number__range=(1, 4)), name="report_quarter_1_to_4"),
            models.UniqueConstraint(fields=["year", "number", "edition"], name="report_edition_once"),
            models.UniqueConstraint(
                fields=["year", "number"], condition=~Q(state="published"), name="report_one_live_a_quarter"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="report_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__state="published"),
                func=_REPORT_FROZEN,
            )
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("research:report_detail", args=[self.pk])

    @property
    def quarter(self):
        return Quarter(self.year, self.number, settings.FISCAL_YEAR_START_MONTH)

    @property
    def is_published(self):
        return self.state == ReportState.PUBLISHED

    @property
    def is_draft(self):
        return self.state == ReportState.DRAFT

    @property
    def at_work(self):
        """True while a worker builds it, for the first time or again."""
        return self.job is not None and not self.job.finished

    @property
    def stopped(self):
        """True if its first build was cancelled or failed: there is nothing to read."""
        return self.state == ReportState.BUILDING and not self.at_work


class SectionKind(models.TextChoices):
    TEXT = "text", "Text"
    SUMMARY = "summary", "Summary"
    THEMES = "themes", "All themes"
    TAG = "tag", "Theme"
    INSIGHTS = "insights", "Insights"
    TOGETHER = "together", "Themes heard together"
    FEEDBACK = "feedback", "Feedback beside research"
    REUSE = "reuse", "Research in decisions"
    COVERAGE = "coverage", "Coverage"
    METHOD = "method", "Method"


class ReportSectionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(report__in=InsightReport.objects.visible_to(user))

    def editable_by(self, user):
        return self.filter(report__in=InsightReport.objects.editable_by(user))


class ReportSection(models.Model):
    """A part of a report: `data` was generated and is not retouched, `body` (Markdown) was written by people.

    `key` is the section's name in its report: a rebuild renews the data of a section of the same key and
    keeps what people wrote, hid or moved.
    """

    report = models.ForeignKey(InsightReport, models.CASCADE, related_name="sections")
    key = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=SectionKind)
    title = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()
    body = models.TextField(blank=True)
    data = models.JSONField(default=dict, editable=False)
    hidden = models.BooleanField(default=False)
    # audiences that an editor keeps it from, beyond what their version leaves out anyway
    kept_from = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)  # counts edits, to notice two at once

    objects = ReportSectionQuerySet.as_manager()

    class Meta:
        ordering = ["report_id", "position"]
        constraints = [
            one_of("kind", SectionKind, name="section_kind_known"),
            models.CheckConstraint(
                condition=Q(kept_from__contained_by=Audience.values), name="section_kept_from_known"
            ),
            models.UniqueConstraint(fields=["report", "key"], name="section_key_once"),
            models.UniqueConstraint(
                fields=["report", "position"],
                name="section_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="section_frozen",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=_SECTION_FROZEN,
            )
        ]

    def __str__(self):
        return self.title

    @property
    def is_text(self):
        return self.kind == SectionKind.TEXT
