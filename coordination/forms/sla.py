"""Working hours and response times as product ops type them."""

import datetime as dt
import re
import zoneinfo

from django import forms
from holidays.registry import COUNTRIES

from coordination.clocks import Unusable, as_duration, as_periods, read_duration, read_periods
from coordination.models import DAYS, BusinessCalendar, SlaPolicy, Urgency
from prodops.clock import company_zone
from prodops.models import Tier

MOST_CLOSED = 400
COUNTRY_NAMES = sorted(
    (
        (codes[1], re.sub(r"(?<=[a-z])(?=[A-Z])", " ", codes[0]))
        for codes in COUNTRIES.values()
        if len(codes[1]) == 2
    ),
    key=lambda pair: pair[1],
)


class CalendarForm(forms.Form):
    name = forms.CharField(max_length=80, label="Name")
    zone = forms.ChoiceField(
        label="Time zone",
        choices=lambda: [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())],
    )
    country = forms.ChoiceField(
        label="Public holidays of",
        required=False,
        choices=[("", "No country"), *COUNTRY_NAMES],
    )
    closed = forms.CharField(
        label="Further closed days",
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 4, "placeholder": "2026-12-24 Christmas Eve"}),
        help_text="One a line: the day as 2026-12-24, then what it is.",
    )

    def __init__(self, data=None, *, calendar=None):
        self.calendar = calendar or BusinessCalendar(
            week=[[[540, 1020]]] * 5 + [[], []], zone=str(company_zone())
        )
        super().__init__(data, initial=self._held())
        for number, day in enumerate(DAYS):
            self.fields[f"day{number}"] = forms.CharField(
                label=day,
                required=False,
                max_length=120,
                initial=as_periods(self.calendar.week[number]),
                widget=forms.TextInput({"placeholder": "Closed", "autocomplete": "off"}),
            )

    def _held(self):
        held = self.calendar
        closed = "\n".join(f"{day} {name}".strip() for day, name in held.closed)
        return {"name": held.name, "zone": held.zone, "country": held.country, "closed": closed}

    @property
    def days(self):
        return [self[f"day{number}"] for number in range(7)]

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        if BusinessCalendar.objects.filter(name__iexact=name).exclude(pk=self.calendar.pk).exists():
            raise forms.ValidationError("There is a calendar of that name already.")
        return name

    def clean_closed(self):
        days = {}
        for number, line in enumerate(self.cleaned_data["closed"].splitlines(), 1):
            day, _, name = line.strip().partition(" ")
            if not day:
                continue
            try:
                days[dt.date.fromisoformat(day.rstrip(",;:")).isoformat()] = name.strip()[:80]
            except ValueError:
                raise forms.ValidationError(
                    f"Line {number}: begin it with a day such as 2026-12-24."
                ) from None
        if len(days) > MOST_CLOSED:
            raise forms.ValidationError(f"Up to {MOST_CLOSED} days.")
        return [[day, days[day]] for day in sorted(days)]

    def clean(self):
        data = super().clean() or {}
        week = []
        for number in range(7):
            try:
                week.append([list(period) for period in read_periods(data.get(f"day{number}", ""))])
            except Unusable as error:
                self.add_error(f"day{number}", str(error))
        if len(week) == 7:
            if not any(week):
                self.add_error(
                    "day0", "With no period on any day, nothing would ever be due. Open at least one day."
                )
            data["week"] = week
        return data

    def filled(self):
        """The calendar as the form says."""
        data = self.cleaned_data
        for name in ("name", "zone", "country", "week", "closed"):
            setattr(self.calendar, name, data[name])
        return self.calendar


class DurationField(forms.Field):
    """Working time as people type it, as minutes: 4 h, 90 min, 1:30."""

    widget = forms.TextInput({"autocomplete": "off", "placeholder": "4 h", "maxlength": 30})

    def to_python(self, value):
        text = (value or "").replace("\0", "").strip()
        if not text:
            return None
        try:
            return read_duration(text[:30])
        except Unusable as error:
            raise forms.ValidationError(str(error), code="invalid") from None

    def prepare_value(self, value):
        return as_duration(value) if isinstance(value, int) else value


class PolicyForm(forms.Form):
    name = forms.CharField(max_length=80, label="Name")
    urgencies = forms.TypedMultipleChoiceField(
        label="For requests that are",
        coerce=int,
        required=False,
        choices=Urgency,
        widget=forms.CheckboxSelectMultiple,
        help_text="None ticked means any.",
    )
    tiers = forms.MultipleChoiceField(
        label="Of accounts of the tier",
        required=False,
        choices=[
            (Tier.GOLD, "Gold"),
            (Tier.SILVER, "Silver"),
            (Tier.BRONZE, "Bronze"),
            (Tier.NONE, "No tier"),
        ],
        widget=forms.CheckboxSelectMultiple,
        help_text="The best tier among a request's accounts counts. None ticked means any; “no tier” is also "
        "for requests without an account.",
    )
    calendar = forms.ModelChoiceField(BusinessCalendar.objects.all(), empty_label=None, label="Working hours")
    response_minutes = DurationField(
        label="First response within", required=False, help_text="Working time. Empty: no such target."
    )
    decision_minutes = DurationField(
        label="Decision within", required=False, help_text="Working time. Empty: no such target."
    )
    warn_minutes = DurationField(
        label="Warn before", help_text="Whoever decides is warned so much working time before it is due."
    )
    escalate_minutes = DurationField(
        label="Escalate after",
        help_text="The area's owner hears when it is overdue; product ops so much working time later.",
    )

    def __init__(self, data=None, *, policy=None):
        self.policy = policy or SlaPolicy()
        names = [name for name in self.base_fields if name != "calendar"]
        held = {name: getattr(self.policy, name) for name in names}
        super().__init__(data, initial={**held, "calendar": self.policy.calendar_id})

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        if SlaPolicy.objects.filter(name__iexact=name).exclude(pk=self.policy.pk).exists():
            raise forms.ValidationError("There is a policy of that name already.")
        return name

    def clean(self):
        data = super().clean() or {}
        untouched = not self.errors.keys() & {"response_minutes", "decision_minutes"}
        if untouched and not data.get("response_minutes") and not data.get("decision_minutes"):
            self.add_error("response_minutes", "Give at least one of the two targets.")
        return data

    def filled(self):
        """The policy as the form says."""
        for name in self.base_fields:
            setattr(self.policy, name, self.cleaned_data[name])
        return self.policy
