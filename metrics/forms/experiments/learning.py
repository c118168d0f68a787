"""Learnings and what speaks for them and against."""

from django import forms

from metrics.models import Stance
from prodops.comboboxes import ThingField
from prodops.forms import MarkdownField
from prodops.models import ProductArea, Team

from .plan import area_of


class LearningForm(forms.Form):
    title = forms.CharField(
        max_length=250, label="In one sentence", help_text="Something that holds beyond one test."
    )
    body = MarkdownField(rows=5, max_length=5000, required=False, label="What follows from it")
    team = forms.ModelChoiceField(Team.objects.none(), empty_label=None)
    area = forms.ModelChoiceField(ProductArea.objects.all(), required=False, empty_label="None")

    def __init__(self, *args, user, team_id=None, **kwargs):
        super().__init__(*args, **kwargs)
        mine = Team.objects.editable_by(user) | Team.objects.filter(pk=team_id)
        self.fields["team"].queryset = mine.order_by("name")  # type: ignore[attr-defined]


class EvidenceForm(forms.Form):
    """An experiment or an insight, and which way it speaks."""

    stance = forms.ChoiceField(choices=Stance, label="It")
    note = forms.CharField(max_length=500, required=False, label="How it bears on it")

    field_order = ("experiment", "insight", "stance", "note")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["experiment"] = ThingField("experiment", user=user, required=False, label="Experiment")
        self.fields["insight"] = ThingField("insight", user=user, required=False, label="Or insight")
        self.order_fields(self.field_order)

    def clean(self):
        data = super().clean() or {}
        if not self.errors and bool(data.get("experiment")) == bool(data.get("insight")):
            raise forms.ValidationError("Choose an experiment or an insight, one of the two.")
        return data


class WithdrawForm(forms.Form):
    reason = forms.CharField(max_length=1000, widget=area_of(2), label="Why does it no longer hold?")
