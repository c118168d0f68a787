"""Deciding requests, and keeping the inbox in order."""

import zoneinfo
from datetime import datetime, time, timedelta

from django import forms

from coordination.models import Request, State
from prodops.forms import DateInput
from prodops.models import ProductArea, Role, User

DECLINE_WORDS = {
    "Not a fit": "This does not fit where the product is going, so we will not build it. ",
    "There is a way already": "You can do this today: ",
    "Too few ask for it": "Too few customers ask for this to build it now. We look again when more do. ",
    "Not now": "This makes sense, but other work comes first this half-year. ",
    "Need to know more": "We could not tell what is needed. Please send it again and say: ",
}


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label="Why?",
        max_length=2_000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Those who asked read this.",
    )


class AcceptForm(forms.Form):
    note = forms.CharField(
        label="Words for those who asked",
        max_length=2_000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(Request.objects.all(), label="Request to join with")


class SnoozeForm(forms.Form):
    """Until tomorrow, next Monday or a day of one's choice, eight in the morning where the person is."""

    until = forms.ChoiceField(
        choices=[("tomorrow", "Tomorrow"), ("week", "Next week"), ("day", "A day")], required=False
    )
    day = forms.DateField(required=False, widget=DateInput(), label="Until a day")

    def clean(self):
        data = super().clean() or {}
        if data.get("until", "day") in ("", "day") and not data.get("day"):
            self.add_error("day", "Choose a day.")
        return data

    def moment(self, *, now, time_zone):
        zone = zoneinfo.ZoneInfo(time_zone)
        today = now.astimezone(zone).date()
        ahead = {"tomorrow": today + timedelta(1), "week": today + timedelta(7 - today.weekday())}
        day = ahead.get(self.cleaned_data["until"]) or self.cleaned_data["day"]
        return datetime.combine(day, time(8), tzinfo=zone)


class AssignForm(forms.Form):
    area = forms.ModelChoiceField(ProductArea.objects.all(), label="Area", empty_label=None)
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
    """The state that the decider saw."""

    seen = forms.ChoiceField(choices=State, required=False)

    def state(self):
        return self.cleaned_data.get("seen") or State.NEW if self.is_valid() else State.NEW
