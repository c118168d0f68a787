"""What people fill in to let other systems in."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError

from metrics.models import Kpi
from prodops.models import Team

LIVES = [("90", "90 days"), ("365", "A year"), ("30", "30 days"), ("", "Until it is revoked")]


class TokenForm(forms.Form):
    """A token for the KPIs of a team, or for some of them."""

    name = forms.CharField(
        max_length=80, label="What it is for", help_text="The system that will hold it: “dbt nightly job”."
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        required=False,
        empty_label="No team: only the KPIs below",
        help_text="It may write to all KPIs of this team, also those defined later.",
    )
    kpis = forms.ModelMultipleChoiceField(
        Kpi.objects.none(),
        required=False,
        label="Only these KPIs",
        help_text="Fewer is safer. Leave all unmarked for the whole team.",
        widget=forms.SelectMultiple({"size": 6}),
    )
    lives = forms.ChoiceField(choices=LIVES, required=False, label="Runs out after", initial="90")

    def __init__(self, data=None, *, editor, at):
        super().__init__(data)
        self.at = at
        self.fields["team"].queryset = Team.objects.editable_by(editor)  # type: ignore[attr-defined]
        editable = Kpi.objects.editable_by(editor).live().order_by("name", "pk")
        self.fields["kpis"].queryset = editable  # type: ignore[attr-defined]

    def clean(self):
        """`expires_at` in place of how long it lives."""
        super().clean()
        cleaned = self.cleaned_data
        if not self.errors and cleaned.get("team") is None and not cleaned.get("kpis"):
            raise ValidationError("Choose a team or at least one KPI.")
        if cleaned.get("team") and (kpis := cleaned.get("kpis")):
            others = [kpi.name for kpi in kpis if kpi.team_id != cleaned["team"].pk]
            if others:
                self.add_error("kpis", f"“{others[0]}” is not a KPI of this team. Leave the team empty.")
        days = cleaned.pop("lives", "")
        cleaned["expires_at"] = self.at + dt.timedelta(days=int(days)) if days else None
        return cleaned
