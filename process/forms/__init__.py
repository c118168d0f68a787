"""What people type about documents and OKRs."""

from typing import Any

from django import forms

from metrics.models import Kpi
from process.formulas import okrs
from process.models import Document, DocumentTemplate, KeyResult, Objective, OkrCycle
from prodops.forms import MarkdownField
from prodops.models import ProductArea, Team, User
from prodops.quarters import Quarter


def people():
    return User.objects.active().order_by("name", "pk")


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


class CycleForm(forms.Form):
    """Which quarter to open: those around today that have no cycle yet."""

    quarter = forms.ChoiceField()

    def __init__(self, *args, current, **kwargs):
        super().__init__(*args, **kwargs)
        taken = set(OkrCycle.objects.values_list("year", "number"))
        near = [current.previous, current, current.next, current.next.next, current.next.next.next]
        self.free = [one for one in near if (one.year, one.number) not in taken]
        field: Any = self.fields["quarter"]
        field.choices = [(one.slug, str(one)) for one in self.free]

    def clean_quarter(self):
        return Quarter.parse(self.cleaned_data["quarter"], self.free[0].start_month)


class ObjectiveForm(forms.ModelForm):
    class Meta:
        model = Objective
        fields = ["title", "why", "team", "owner", "intent"]
        labels = {"title": "Objective"}
        help_texts = {
            "title": "What will be true at the end of the quarter, in words without a number.",
            "why": "Why this, and why now?",
            "intent": "Committed: we expect all of it. Aspirational: two thirds would be good. "
            "Learning: what counts is what we find out.",
        }
        widgets = {"why": forms.Textarea({"rows": 3})}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        mine = Team.objects.editable_by(user)
        kept = Team.objects.filter(pk=self.instance.team_id) if self.instance.pk else Team.objects.none()
        offer(self, "team", (mine | kept).order_by("name"))
        offer(self, "owner", people())

    def _post_clean(self):
        """Validate without writing into the objective: services do."""


class KeyResultForm(forms.ModelForm):
    """A key result; one that follows a KPI takes the KPI's unit and, where no start is typed, its value."""

    start = forms.FloatField(
        required=False,
        help_text="Where it stands now. Leave empty to start from where the KPI stands.",
        widget=forms.NumberInput({"step": "any"}),
    )
    target = forms.FloatField(
        help_text="Where it should get to; lower than the start if less is better.",
        widget=forms.NumberInput({"step": "any"}),
    )
    weight = forms.FloatField(
        initial=1,
        min_value=0,
        max_value=1000,
        help_text="How much it counts beside the objective's other key results.",
        widget=forms.NumberInput({"step": "any", "min": "0"}),
    )

    class Meta:
        model = KeyResult
        fields = ["title", "kpi", "unit", "start", "target", "owner", "weight"]
        labels = {"title": "Key result", "kpi": "Follows a KPI"}
        help_texts = {
            "title": "The result, with its numbers: “Import success from 62 % to 70 %”.",
            "kpi": "Its value then comes from the KPI registry by itself.",
            "unit": "A key result that follows a KPI takes the KPI's unit.",
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        kpis = Kpi.objects.visible_to(user).only("pk", "name", "unit", "slug").order_by("name")
        offer(self, "kpi", kpis, empty="None: values are typed at each check-in")
        offer(self, "owner", people())

    def clean(self):
        data = super().clean() or {}
        start, target, kpi = data.get("start"), data.get("target"), data.get("kpi")
        if start is None and kpi is None and "start" not in self.errors:
            self.add_error("start", "Say where it starts, or choose a KPI to follow.")
        elif start is not None and target is not None:
            try:
                okrs.progress(start, target, start)
            except okrs.NoDistance as error:
                self.add_error("target", str(error))
        return data

    def _post_clean(self):
        """Validate without writing into the key result: services do."""


class CheckInForm(forms.Form):
    """One row of the check-in page. `standing` says what it follows and what was said last."""

    value = forms.FloatField(widget=forms.NumberInput({"step": "any"}))
    confidence = forms.IntegerField(
        min_value=0, max_value=10, widget=forms.NumberInput({"min": "0", "max": "10"})
    )
    note = forms.CharField(max_length=1000, required=False)

    def __init__(self, data=None, *, standing, initial):
        self.standing = standing
        super().__init__(data, prefix=f"k{standing.key_result.pk}", initial=initial)
        self.fields["value"].disabled = standing.measured

    def take_focus(self):
        """Let typing begin in this row."""
        first = "confidence" if self.fields["value"].disabled else "value"
        self.fields[first].widget.attrs["autofocus"] = True

    @property
    def to_save(self):
        """A row somebody has checked in on this week is saved again only where it was changed."""
        return not self.standing.done or self.has_changed()

    def clean(self):
        data = super().clean() or {}
        checked, confidence = self.standing.checked, data.get("confidence")
        fell = checked is not None and confidence is not None and confidence < checked.confidence
        if checked is not None and fell and not data.get("note"):
            self.add_error("note", f"Confidence falls from {checked.confidence} to {confidence}: say why.")
        return data
