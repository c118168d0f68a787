"""What people type about documents and OKRs."""

from typing import Any

from django import forms

from process.models import Document, DocumentTemplate, Level, Objective
from prodops.forms import MarkdownField
from prodops.models import ProductArea, Team

from .check_ins import CheckInForm
from .key_results import KeyResultForm, MilestoneForm, RedefineForm, people

__all__ = [
    "CheckInForm",
    "DocumentForm",
    "KeyResultForm",
    "MilestoneForm",
    "NewDocumentForm",
    "NewTemplateForm",
    "ObjectiveForm",
    "ReasonForm",
    "RedefineForm",
    "TemplateForm",
    "offer",
    "people",
]


def offer(form, name, queryset, *, empty=None):
    """Let the field choose from `queryset`; `empty` is what choosing nothing is called."""
    field: Any = form.fields[name]
    field.queryset = queryset
    field.empty_label = empty


class TemplateForm(forms.Form):
    """A template's words. `slug` is asked for once, when it is made."""

    name = forms.CharField(max_length=80)
    purpose = forms.CharField(
        max_length=300,
        help_text="When to use it, in a sentence. People see this when they choose a template.",
        widget=forms.Textarea({"rows": 2}),
    )
    body = MarkdownField(
        rows=22,
        max_length=50_000,
        label="Headings and guiding questions",
        help_text="A heading for each section, under it the question that the writer should answer.",
    )


class NewTemplateForm(TemplateForm):
    slug = forms.SlugField(
        label="Short name in addresses", help_text="Small letters, figures and hyphens, such as launch-plan."
    )
    field_order = ["name", "slug", "purpose", "body"]

    def clean_slug(self):
        slug = self.cleaned_data["slug"]
        if slug == "new" or DocumentTemplate.objects.filter(slug=slug).exists():
            raise forms.ValidationError("Another template is at this address. Choose another short name.")
        return slug


class _AboutDocument(forms.ModelForm):
    """Title, team, area; the teams are those the person may write for."""

    class Meta:
        model = Document
        fields = ["title", "team", "area"]
        labels = {"area": "Product area"}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        mine = Team.objects.editable_by(user)
        kept = Team.objects.filter(pk=self.instance.team_id) if self.instance.pk else Team.objects.none()
        offer(self, "team", (mine | kept).order_by("name"))
        offer(self, "area", ProductArea.objects.visible_to(user), empty="None")


class NewDocumentForm(_AboutDocument):
    pass


class DocumentForm(_AboutDocument):
    """The editor. `version` is the one the person began on.

    It is a text field and not a hidden one, so that what the browser keeps of an unsaved edit keeps its
    version too, and a kept text is never saved over a newer one unseen.
    """

    version = forms.IntegerField(
        min_value=1, max_value=2_000_000_000, widget=forms.TextInput({"hidden": True})
    )
    body = MarkdownField(rows=28, max_length=200_000, label="Text")

    class Meta(_AboutDocument.Meta):
        fields = ["title", "owner", "team", "area"]
        labels = {"area": "Product area"}

    field_order = ["title", "body", "owner", "team", "area", "version"]

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        offer(self, "owner", people())
        if self.instance.pk:
            self.initial.update(version=self.instance.version, body=self.instance.body)

    def _post_clean(self):
        """Validate without writing into the document: services do, and a conflict shows what stands."""


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=500, label="Why")


class ObjectiveForm(forms.ModelForm):
    class Meta:
        model = Objective
        fields = ["title", "why", "level", "team", "owner", "intent", "learned"]
        labels = {"title": "Objective", "learned": "What last cycle taught us"}
        help_texts = {
            "title": "What will be true at the end of the quarter, in words without a number.",
            "why": "Why this, and why now?",
            "learned": "What was found out, and what is done differently for it.",
            "intent": "Committed: we expect all of it. Aspirational: two thirds would be good. "
            "Learning: what counts is what we find out.",
        }
        widgets = {"why": forms.Textarea({"rows": 3}), "learned": forms.Textarea({"rows": 3})}

    reason = forms.CharField(
        max_length=500,
        label="Why it comes in now",
        help_text="The others were agreed when the cycle became active, so one more is kept with its reason.",
    )

    def __init__(self, *args, user, cycle, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk or not cycle.frozen:
            del self.fields["reason"]
        held = self.instance.level if self.instance.pk else Level.TEAM
        may = {Level.TEAM: True, Level.COMPANY: user.runs_product_ops, Level.PERSONAL: cycle.personal}
        level: Any = self.fields["level"]
        level.choices = [(one, one.label) for one in Level if may[one] or one == held]
        if len(level.choices) == 1:
            del self.fields["level"]  # a field with one answer asks nothing
        mine = Team.objects.editable_by(user)
        kept = Team.objects.filter(pk=self.instance.team_id) if self.instance.pk else Team.objects.none()
        offer(self, "team", (mine | kept).order_by("name"))
        offer(self, "owner", people())

    def _post_clean(self):
        """Validate without writing into the objective: services do."""
