"""Forms that product ops builds: their versions, what is being filled in, and what was answered."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from coordination.formats import questions
from prodops.access import Can, allowed
from prodops.models.fields import STRICT_FETCH, both_or_neither


class Part(models.TextChoices):
    """What a form may ask beside title and problem, and its own fields: parts that requests all know."""

    ACCOUNT = "account", "Customer account, with revenue at stake and a contact"
    DEAL = "deal", "The deal: name, amount, stage and closing date"
    AFFECTED = "affected", "Who is affected"
    EFFECT = "effect", "What it costs the business"
    URGENCY = "urgency", "Blocker or wish"
    AREA = "area", "Part of the product"
    WORKAROUND = "workaround", "What they do instead"
    EVIDENCE = "evidence", "Evidence: a link and files"


ALL_PARTS = frozenset(Part)


class FormDefinitionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever builds forms sees all; others those that they can fill in."""
        return self if allowed(user, Can.CHANNEL_MANAGE) else self.offered()

    def editable_by(self, user):
        return self if allowed(user, Can.CHANNEL_MANAGE) else self.none()

    def offered(self):
        """Those that can be filled in: published, and not put away."""
        published = FormVersion.objects.filter(form=models.OuterRef("pk"), published_at__isnull=False)
        return self.filter(models.Exists(published), retired_at=None)

    def for_list(self):
        return self.select_related("type", "created_by").fetch_mode(STRICT_FETCH)


class FormDefinition(models.Model):
    """A form for one type of request. The `standard` one is what "New request" opens."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    outside_name = models.CharField(max_length=80, blank=True)  # what customers read over it
    intro = models.CharField(max_length=300, blank=True)
    type = models.ForeignKey(
        "coordination.RequestType", models.PROTECT, null=True, blank=True, related_name="+"
    )
    standard = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey("prodops.User", models.PROTECT, editable=False, related_name="+")
    created_at = models.DateTimeField(editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = FormDefinitionQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["standard"], condition=Q(standard=True), name="form_one_standard"
            ),
            models.CheckConstraint(
                condition=Q(standard=False) | Q(retired_at=None), name="form_standard_is_in_use"
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("coordination:form_detail", args=[self.slug])


class FormVersion(models.Model):
    """What a form asks. The draft is edited; once published a version never changes.

    `parts` are the parts of the standard form that it asks, `fields` the questions of its own.
    """

    form = models.ForeignKey(FormDefinition, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    parts = ArrayField(models.CharField(max_length=12, choices=Part), default=list, blank=True)
    fields = models.JSONField(default=list)
    edited_by = models.ForeignKey("prodops.User", models.PROTECT, related_name="+")
    edited_at = models.DateTimeField()
    published_by = models.ForeignKey(
        "prodops.User", models.PROTECT, null=True, editable=False, related_name="+"
    )
    published_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["form_id", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="form_version_number_once"),
            models.UniqueConstraint(
                fields=["form"], condition=Q(published_at=None), name="form_version_one_draft"
            ),
            both_or_neither("published_at", "published_by", name="form_version_published_pair"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_is_frozen",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self.form.name} v{self.number}"

    @property
    def questions(self):
        """The questions that it asks, in order."""
        return tuple(one for one in questions.read(self.fields) if not one.removed)

    @property
    def asks(self):
        """The parts of the standard form that it asks."""
        return frozenset(self.parts)


class RequestAnswers(models.Model):
    """What was answered to a form's own questions, with the version that asked them."""

    request = models.OneToOneField(
        "coordination.Request", models.CASCADE, primary_key=True, related_name="answered"
    )
    version = models.ForeignKey(FormVersion, models.PROTECT, related_name="+")
    values = models.JSONField(default=dict)

    def __str__(self):
        return f"Answers of {self.request_id}"

    def rows(self):
        """[(label, answer)] in the form's order, of what was answered."""
        return [
            (one.label, words)
            for one in self.version.questions
            if (words := questions.in_words(one, self.values.get(one.key)))
        ]


class FormDraft(models.Model):
    """What a person has typed into a form and not sent. `form` is None for the built-in one.

    `data` is the posted text by field name; `version` is what the person began with, and stays it.
    `writer` names the page that wrote it last: another page that never saw that asks before it writes.
    A discarded draft is kept so that it can be brought back, a sent one so that a late save of the page
    that sent it (`key`) does not bring it back.
    """

    user = models.ForeignKey("prodops.User", models.CASCADE, related_name="+")
    form = models.ForeignKey(FormDefinition, models.CASCADE, null=True, related_name="+")
    version = models.ForeignKey(FormVersion, models.CASCADE, null=True, related_name="+")
    key = models.UUIDField()
    writer = models.UUIDField()
    data = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    discarded_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "form"], nulls_distinct=False, name="form_draft_one_per_person"
            )
        ]

    def __str__(self):
        return f"Draft of {self.user_id}"

    @property
    def running(self):
        return self.discarded_at is None and self.sent_at is None
