"""What people type in review meetings."""

from typing import Any

from django import forms

from prodops.models import Team

from . import offer, people


class BeginForm(forms.Form):
    team = forms.ModelChoiceField(
        Team.objects.none(),
        required=False,
        help_text="Whose objectives to go through.",
    )

    def __init__(self, *args, cycle, **kwargs):
        super().__init__(*args, **kwargs)
        theirs = cycle.objectives.filter(abandoned_at=None, archived_at=None).values("team")
        offer(self, "team", Team.objects.filter(pk__in=theirs).order_by("name"), empty="All teams")


class DecisionForm(forms.Form):
    text = forms.CharField(max_length=1000, label="Decision", widget=forms.Textarea({"rows": 2}))


class ActionForm(forms.Form):
    text = forms.CharField(max_length=500, label="Action")
    owner: Any = forms.ModelChoiceField(queryset=None)
    due_on = forms.DateField(label="Due", widget=forms.DateInput({"type": "date"}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offer(self, "owner", people())
