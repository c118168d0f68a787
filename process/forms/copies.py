"""What is asked when an objective is written again into another cycle."""

from typing import Any

from django import forms

from process.forms import offer
from process.models import CycleState, OkrCycle


class CopyForm(forms.Form):
    """Where to, how, and with which key results; reached ones are left out unless they are chosen."""

    cycle: Any = forms.ModelChoiceField(None, label="Into which cycle")
    how = forms.ChoiceField(
        choices=[
            ("carry", "Carry forward: go on from where its key results stand, with what it taught"),
            ("clone", "Clone: the same definition again, from the start"),
        ],
        widget=forms.RadioSelect,
        initial="carry",
        label="How",
    )
    key_results = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Key results",
        help_text="Those that reached their target are left out unless you choose them.",
    )

    reason = forms.CharField(
        max_length=500,
        required=False,
        label="Why it comes in now",
        help_text="Asked for where that cycle has been active: its objectives were agreed then.",
    )

    def __init__(self, *args, objective, standings, **kwargs):
        super().__init__(*args, **kwargs)
        open_cycles = OkrCycle.objects.exclude(state=CycleState.CLOSED)
        offer(self, "cycle", open_cycles.order_by("-year", "-number"), empty="Choose a cycle")
        ahead = [
            one
            for one in open_cycles
            if one.period.first_day > objective.cycle.period.first_day
            and (one.number is None) == (objective.cycle.number is None)
        ]
        nearest = min(ahead, key=lambda one: one.period.first_day, default=None)
        self.initial["cycle"] = nearest.pk if nearest else None
        field: Any = self.fields["key_results"]
        field.choices = [
            (one.key_result.pk, f"{one.key_result.title} ({one.percent} %)") for one in standings
        ]
        self.initial["key_results"] = [one.key_result.pk for one in standings if one.raw < 1]
