"""Forms about incidents, quarantines and decisions."""

import datetime as dt
import zoneinfo

from django import forms

from metrics.models import Cause, DecisionState, Kpi, Severity, Way
from metrics.stats import periods
from prodops.models import Role, User


def _day_input():
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


def _areas(rows, **attrs):
    return forms.Textarea({"rows": rows, **attrs})


def people():
    """Who may be given an incident."""
    return User.objects.active().exclude(role=Role.SUBMITTER).order_by("name", "pk")


class ResolveForm(forms.Form):
    cause = forms.ChoiceField(choices=[("", "Choose…"), *Cause.choices], label="What was it?")
    comment = forms.CharField(
        max_length=1000, required=False, label="In a few words", widget=_areas(2), strip=True
    )


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(User.objects.none(), label="Person", empty_label="Choose…")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people()  # type: ignore[attr-defined]


class SnoozeForm(forms.Form):
    """Until tomorrow, next Monday or a day of one's choice, eight in the morning where the person is."""

    until = forms.ChoiceField(choices=[("tomorrow", "Tomorrow"), ("week", "Next week"), ("day", "A day")])
    day = forms.DateField(required=False, widget=_day_input(), label="Until a day")

    def clean(self):
        data = super().clean() or {}
        if data.get("until") == "day" and not data.get("day"):
            self.add_error("day", "Choose a day.")
        return data

    def moment(self, *, at, time_zone):
        zone = zoneinfo.ZoneInfo(time_zone)
        today = at.astimezone(zone).date()
        ahead = {"tomorrow": today + dt.timedelta(1), "week": today + dt.timedelta(7 - today.weekday())}
        day = ahead.get(self.cleaned_data["until"]) or self.cleaned_data["day"]
        return dt.datetime.combine(day, dt.time(8), tzinfo=zone)


class GradeForm(forms.Form):
    severity = forms.TypedChoiceField(choices=Severity.choices, coerce=int, label="Severity")


class WindowMixin(forms.Form):
    """First and last affected day."""

    first = forms.DateField(widget=_day_input(), label="First affected day")
    last = forms.DateField(widget=_day_input(), label="Last affected day")

    def clean(self):
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and first > last:
            self.add_error("last", "The last day lies before the first.")
        return data

    def window(self, kpi):
        """The periods of the KPI's grain that the days stand for."""
        first = periods.start_of(periods.midnight(self.cleaned_data["first"]), kpi.grain)
        last = periods.midnight(self.cleaned_data["last"])
        last = last + dt.timedelta(hours=23) if kpi.grain == periods.HOUR else last
        return first, max(first, periods.start_of(last, kpi.grain))


class WindowForm(WindowMixin):
    pass


class ReportForm(WindowMixin):
    what = forms.CharField(max_length=500, widget=_areas(3), label="What is wrong?", strip=True)
    way = forms.ChoiceField(choices=Way.choices, label="Kind", initial=Way.DATA)
    severity = forms.TypedChoiceField(
        choices=Severity.choices, coerce=int, label="Severity", initial=Severity.MEDIUM
    )
    field_order = ["what", "way", "severity", "first", "last"]


class HoldForm(WindowMixin):
    reason = forms.CharField(
        max_length=500,
        widget=_areas(2),
        label="Why?",
        help_text="Everybody who uses the number reads it.",
    )
    until = forms.DateField(
        widget=_day_input(),
        label="Do not use until",
        help_text="It ends by itself on that day.",
    )
    field_order = ["reason", "until", "first", "last"]

    def moment(self, *, time_zone):
        zone = zoneinfo.ZoneInfo(time_zone)
        return dt.datetime.combine(self.cleaned_data["until"], dt.time(), tzinfo=zone)


class DecisionForm(forms.Form):
    title = forms.CharField(max_length=200, label="What was decided?")
    text = forms.CharField(
        max_length=5000,
        widget=_areas(5),
        label="Why",
        help_text="What the numbers showed, and what follows from it.",
    )
    kpis = forms.ModelMultipleChoiceField(
        Kpi.objects.none(), label="On which KPIs does it rest?", to_field_name="slug"
    )
    data_from = forms.DateField(widget=_day_input(), label="Data from")
    data_to = forms.DateField(widget=_day_input(), label="Data to")
    override_reason = forms.CharField(
        max_length=1000,
        required=False,
        widget=_areas(3),
        label="Why decide on data in quarantine?",
        help_text="It stays with the decision, and whoever answers for the KPI is told.",
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        live = Kpi.objects.visible_to(user).live().order_by("name")
        self.fields["kpis"].queryset = live  # type: ignore[attr-defined]
        self.fields["kpis"].widget.attrs["size"] = 8

    def clean(self):
        data = super().clean() or {}
        first, last = data.get("data_from"), data.get("data_to")
        if first and last and first > last:
            self.add_error("data_to", "The last day lies before the first.")
        return data


class ReviewForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=DecisionState.choices, widget=forms.RadioSelect, label="What becomes of the decision?"
    )
    reason = forms.CharField(max_length=1000, widget=_areas(3), label="Why?")


class SelectionForm(forms.Form):
    """Incidents ticked in the list."""

    pk = forms.TypedMultipleChoiceField(coerce=int, choices=())

    def __init__(self, data):
        super().__init__(data)
        asked = [value for value in data.getlist("pk") if value.isdecimal() and len(value) < 18][:200]
        self.fields["pk"].choices = [(value, value) for value in asked]  # type: ignore[attr-defined]
