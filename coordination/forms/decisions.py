"""Deciding requests, and keeping the inbox in order."""

import zoneinfo
from datetime import datetime, time, timedelta

from django import forms
from django.utils import timezone

from coordination.models import STEPS, DeclineReason, Request, State, WakeOn
from coordination.services.revisits import Revisit
from prodops.clock import company_day
from prodops.forms import DateInput
from prodops.models import ProductArea, Role, User

from .voices import AmountField

LONGEST = timedelta(days=730)  # nobody puts a request off for longer
LATEST = timedelta(days=60)  # what waits for something to happen is looked at again by then


class DeclineForm(forms.Form):
    """A code, the words that those who asked read, and when the question is asked again."""

    code = forms.ModelChoiceField(
        DeclineReason.objects.live(),
        to_field_name="slug",
        label="Reason",
        error_messages={"required": "Choose a reason.", "invalid_choice": "Choose a reason from the list."},
    )
    reason = forms.CharField(
        label="Why?",
        max_length=2_000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text="Those who asked read this.",
    )

    revisit_on = forms.DateField(required=False, widget=DateInput(), label="On a day")
    revisit_accounts = forms.IntegerField(
        required=False, min_value=1, max_value=1_000_000, label="When so many accounts ask for it"
    )
    revisit_arr = AmountField(
        required=False,
        min_value=1,
        max_digits=16,
        decimal_places=2,
        label="When so much ARR asks for it",
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )

    def decision(self):
        """The keyword arguments of the service."""
        data = self.cleaned_data
        revisit = Revisit(data["revisit_on"], data["revisit_accounts"], data["revisit_arr"])
        return {"code": data["code"], "reason": data["reason"], "revisit": revisit}


class AdvanceForm(forms.Form):
    """How far a request that was taken on has come."""

    to = forms.ChoiceField(choices=[(state.value, state.label) for state in STEPS])
    note = forms.CharField(max_length=2_000, required=False)


class AcceptForm(forms.Form):
    note = forms.CharField(
        label="Words for those who asked",
        max_length=2_000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(Request.objects.all(), label="Request to merge into")


class SnoozeForm(forms.Form):
    """Until tomorrow, next Monday or a day of one's choice, eight in the morning where the person is.

    Or until something happens (`WakeOn`): then the day, if one is chosen, is the latest.
    """

    until = forms.ChoiceField(
        choices=[("tomorrow", "Tomorrow"), ("week", "Next week"), ("day", "A day"), *WakeOn.choices],
        required=False,
    )
    day = forms.DateField(required=False, widget=DateInput(), label="Until a day")

    def clean(self):
        data = super().clean() or {}
        if data.get("until", "day") in ("", "day") and not data.get("day"):
            self.add_error("day", "Choose a day.")
        return data

    def clean_day(self):
        day = self.cleaned_data["day"]
        if day and day > company_day(timezone.now()) + LONGEST:
            raise forms.ValidationError("Choose a day within two years.")
        return day

    @property
    def wake_on(self):
        until = self.cleaned_data["until"]
        return until if until in WakeOn.values else ""

    def moment(self, *, now, time_zone):
        zone = zoneinfo.ZoneInfo(time_zone)
        today = now.astimezone(zone).date()
        ahead = {"tomorrow": today + timedelta(1), "week": today + timedelta(7 - today.weekday())}
        latest = self.cleaned_data["day"] or today + LATEST
        day = ahead.get(self.cleaned_data["until"], latest)
        return datetime.combine(day, time(8), tzinfo=zone)


class AssignForm(forms.Form):
    area = forms.ModelChoiceField(
        ProductArea.objects.all(),
        label="Area",
        empty_label=None,
        widget=forms.Select(attrs={"autofocus": True}),
    )
    assignee = forms.ModelChoiceField(
        User.objects.active().exclude(role=Role.SUBMITTER),
        label="Person",
        required=False,
        empty_label="The area's owner",
    )


class SelectionForm(forms.Form):
    """Requests ticked in the inbox."""

    pk = forms.TypedMultipleChoiceField(coerce=int, choices=())

    def __init__(self, data):
        super().__init__(data)
        asked = [value for value in data.getlist("pk") if value.isdecimal() and len(value) < 18][:200]
        self.fields["pk"].choices = [(value, value) for value in asked]  # type: ignore[attr-defined]


class SeenForm(forms.Form):
    """The state that the decider saw, and when."""

    seen = forms.ChoiceField(choices=State, required=False)
    seen_at = forms.CharField(max_length=40, required=False)

    def moment(self):
        """When the page was shown, or None where that does not stand there."""
        try:
            moment = datetime.fromisoformat(self.cleaned_data.get("seen_at", "") if self.is_valid() else "")
        except ValueError:
            return None
        return moment if moment.tzinfo and 2000 < moment.year < 3000 else None

    def state(self):
        return self.cleaned_data.get("seen") or State.NEW if self.is_valid() else State.NEW


class DeclineReasonForm(forms.ModelForm):
    """A code to decline by."""

    class Meta:
        model = DeclineReason
        fields = ["name", "words", "revisit_months"]
        labels = {"words": "What they read", "revisit_months": "Look at it again after, in months"}
        widgets = {"words": forms.Textarea({"rows": 3})}
        help_texts = {
            "words": "Stands ready when somebody declines for this. Name no plan, customer or amount.",
            "revisit_months": "Counts where the decider says nothing else. 1 to 60.",
        }

    def clean_revisit_months(self):
        months = self.cleaned_data["revisit_months"]
        if not 1 <= months <= 60:
            raise forms.ValidationError("Write a number of months from 1 to 60.")
        return months
