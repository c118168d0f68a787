"""Document templates, whose approved versions never change, and the documents made from them."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse

from prodops.models.fields import STRICT_FETCH, both_or_neither, one_of


class DocumentTemplateQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def usable(self):
        """Those with an approved version, from which documents can be made."""
        return self.filter(current__isnull=False)

    def for_list(self):
        drafts = TemplateVersion.objects.filter(template=models.OuterRef("pk"), state=VersionState.DRAFT)
        return (
            self.select_related("current__approved_by")
            .defer("current__body")
            .annotate(has_draft=models.Exists(drafts))
            .fetch_mode(STRICT_FETCH)
        )


class DocumentTemplate(models.Model):
    """A kind of document the company writes, such as a PRD. `current` is the approved version in use."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80, unique=True)
    purpose = models.CharField(max_length=300)
    current = models.ForeignKey(
        "process.TemplateVersion", models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = DocumentTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("process:template_detail", args=[self.slug])


class VersionState(models.TextChoices):
    DRAFT = "draft", "Draft"
    APPROVED = "approved", "Approved"


class TemplateVersion(models.Model):
    """What a template said from one approval to the next. The database refuses to change an approved one."""

    template = models.ForeignKey(DocumentTemplate, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    body = models.TextField(max_length=50_000)
    state = models.CharField(max_length=10, choices=VersionState, default=VersionState.DRAFT)
    written_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["template_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="template_version_number_once"),
            models.UniqueConstraint(
                fields=["template"], condition=Q(state="draft"), name="template_one_draft"
            ),
            both_or_neither("approved_at", "approved_by", name="template_version_approved_pair"),
            models.CheckConstraint(
                condition=Q(state="draft", approved_at=None) | Q(state="approved", approved_at__isnull=False),
                name="template_version_approved_when_signed",
            ),
            one_of("state", VersionState, name="template_version_state_known"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="approved_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state="approved"),
            )
        ]

    def __str__(self):
        return f"{self.template} v{self.number}"

    @property
    def approved(self):
        return self.state == VersionState.APPROVED


class DocumentState(models.TextChoices):
    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    FINAL = "final", "Final"


# state: the states it may move to. A final document is frozen; reopening it takes a reason.
DOCUMENT_MOVES = {
    DocumentState.DRAFT: (DocumentState.IN_REVIEW,),
    DocumentState.IN_REVIEW: (DocumentState.DRAFT, DocumentState.FINAL),
    DocumentState.FINAL: (DocumentState.DRAFT,),
}


class DocumentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self

    def editable_by(self, user):
        """Those of the person's own teams, and their own."""
        if user.runs_product_ops:
            return self
        return self.filter(Q(team__in=user.editor_team_ids) | Q(owner=user))

    def for_list(self):
        return (
            self.select_related("owner", "team", "area", "template_version__template")
            .defer("body", "template_version__body")
            .fetch_mode(STRICT_FETCH)
        )

    def for_page(self):
        return self.select_related(
            "owner", "team", "area", "updated_by", "final_by", "template_version__template"
        ).fetch_mode(STRICT_FETCH)


class Document(models.Model):
    """A text made from an approved template version, which it keeps whatever becomes of the template.

    `version` counts its edits: an edit that was begun on an older version is refused, not merged.
    `answered` of `asked` guiding questions have text under them (process.formulas.texts.answered).
    """

    title = models.CharField(max_length=160)
    template_version = models.ForeignKey(TemplateVersion, models.PROTECT, related_name="documents")
    body = models.TextField(max_length=200_000)
    owner = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    team = models.ForeignKey("prodops.Team", models.PROTECT, related_name="+")
    area = models.ForeignKey("prodops.ProductArea", models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=DocumentState, default=DocumentState.DRAFT)
    version = models.PositiveIntegerField(default=1, editable=False)
    answered = models.PositiveSmallIntegerField(default=0, editable=False)
    asked = models.PositiveSmallIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(editable=False)
    updated_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    final_at = models.DateTimeField(null=True, editable=False)
    final_by = models.ForeignKey("prodops.User", models.PROTECT, null=True, editable=False, related_name="+")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        constraints = [
            one_of("state", DocumentState, name="document_state_known"),
            both_or_neither("final_at", "final_by", name="document_final_pair"),
            models.CheckConstraint(
                condition=Q(state="final", final_at__isnull=False)
                | (~Q(state="final") & Q(final_at__isnull=True)),
                name="document_final_when_signed",
            ),
        ]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="document_newest"),
            models.Index(fields=["area", "-updated_at"], name="document_by_area"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("process:document_detail", args=[self.pk])

    @property
    def frozen(self):
        return self.state == DocumentState.FINAL
