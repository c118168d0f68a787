"""Forms of scheduling: a host's hours, how a study is booked, and what is said on a session's day."""

import datetime as dt
import itertools
import re
import zoneinfo

from django import forms

from prodops.access import MATRIX, Can
from prodops.forms import DateInput, MarkdownField
from prodops.models import User
from research.models import Availability, Scheduling, Weekday
from research.queries.scheduling import clock, zone_named

# "Europe/Berlin" and "Asia/Kolkata", without the aliases and offsets that nobody lives in
_NOWHERE = ("Etc/", "SystemV/", "posix/", "right/", "US/", "Brazil/", "Chile/")
_lived_in = (one for one in zoneinfo.available_timezones() if "/" in one and not one.startswith(_NOWHERE))
ZONES = [*sorted(_lived_in), "UTC"]
_WINDOW = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|—|to)\s*(\d{1,2})(?:[:.](\d{2}))?", re.IGNORECASE)


def zone_choices():
    return [(name, name.replace("_", " ")) for name in ZONES]


def read_windows(text):
    """[(start, end)] in minutes of "9-12, 13:00-17:30"; a ValidationError says which part is wrong."""
    found = []
    for piece in filter(None, (one.strip() for one in re.split(r"[,;\n]| and ", text))):
        match = _WINDOW.fullmatch(piece)
        if match is None:
            raise forms.ValidationError(f"“{piece[:40]}” is not understood. Write it as 09:00-12:30.")
        hours, minutes, until, rest = (int(part or 0) for part in match.groups())
        start, end = hours * 60 + minutes, until * 60 + rest
        if minutes > 59 or rest > 59 or end > 24 * 60:
            raise forms.ValidationError(f"“{piece[:40]}” is not a time of day.")
        if start >= end:
            raise forms.ValidationError(f"“{piece[:40]}” ends before it begins.")
        found.append((start, end))
    found.sort()
    if any(late[0] < early[1] for early, late in itertools.pairwise(found)):
        raise forms.ValidationError("These times overlap.")
    return found


def write_windows(windows):
    return ", ".join(f"{clock(start)}-{clock(end)}" for start, end in windows)


class WindowsField(forms.CharField):
    """Times of one day: "09:00-12:00, 13:00-17:00"."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput({"placeholder": "09:00-12:00, 13:00-17:00"}))
        super().__init__(required=False, max_length=200, **kwargs)

    def clean(self, value):
        return read_windows(super().clean(value) or "")


class HoursForm(forms.ModelForm):
    zone = forms.ChoiceField(
        choices=zone_choices, label="Time zone", help_text="Your hours are by its clocks."
    )

    class Meta:
        model = Availability
        fields = ["zone", "before_minutes", "after_minutes", "notice_hours", "daily_limit"]
        labels = {
            "before_minutes": "Minutes kept free before a session",
            "after_minutes": "Minutes kept free after it",
            "notice_hours": "Hours of notice",
            "daily_limit": "Sessions a day, at most",
        }
        help_texts = {
            "before_minutes": "To prepare. Between two sessions there is room for both.",
            "after_minutes": "To write up.",
            "notice_hours": "Nobody books sooner than this.",
            "daily_limit": "0: as many as fit.",
        }

    def __init__(self, *args, weekly, **kwargs):
        super().__init__(*args, **kwargs)
        for number, name in Weekday.choices:
            windows = [(start, end) for weekday, start, end in weekly if weekday == number]
            widget = forms.TextInput({"placeholder": "closed"})  # not hours: they would look like those set
            self.fields[f"day_{number}"] = WindowsField(
                label=name, initial=write_windows(windows), widget=widget
            )

    def week(self):
        return [self[f"day_{number}"] for number in Weekday.values]

    def rules(self):
        return [self[name] for name in ("before_minutes", "after_minutes", "notice_hours", "daily_limit")]

    def weekly(self):
        """[(weekday, start, end)], once valid."""
        return [(n, *window) for n in Weekday.values for window in self.cleaned_data[f"day_{n}"]]


class DayForm(forms.Form):
    """A single day with other hours; none: closed."""

    day = forms.DateField(widget=DateInput())
    windows = WindowsField(label="Hours on that day", help_text="Leave empty to be away that day.")


class CalendarForm(forms.Form):
    url = forms.CharField(
        max_length=1_000,
        label="Secret address of your calendar",
        help_text="In iCal format, as Google, Outlook or Nextcloud give it. Only when you are busy is kept.",
        widget=forms.TextInput({"autocomplete": "off", "placeholder": "https://… .ics"}),
    )


def _hosts():
    return User.objects.active().filter(role__in=MATRIX[Can.RESEARCH_EDIT][1]).order_by("name", "pk")


class SchedulingForm(forms.ModelForm):
    hosts = forms.ModelMultipleChoiceField(
        User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Who holds the sessions. Each says on their own page when they can.",
    )

    class Meta:
        model = Scheduling
        fields = [
            *("hosts", "mode", "offer", "length_minutes", "step_minutes", "first_day", "last_day"),
            *("most_moves", "change_hours", "place", "guest_note", "guide", "is_open"),
        ]
        widgets = {
            "mode": forms.RadioSelect(),
            "offer": forms.RadioSelect(),
            "first_day": DateInput(),
            "last_day": DateInput(),
            "guest_note": forms.Textarea({"rows": 3}),
        }
        labels = {
            "mode": "Who of them",
            "offer": "Which times are offered",
            "length_minutes": "Length in minutes",
            "step_minutes": "A start every … minutes",
            "first_day": "First day",
            "last_day": "Last day",
            "most_moves": "How often participants may move it",
            "change_hours": "Until how many hours before",
            "place": "Link or place",
            "guest_note": "What participants should know beforehand",
            "is_open": "Open for booking",
        }
        help_texts = {
            "place": "A link to a video room, or an address. Participants see it.",
            "is_open": "When closed, nobody books; what is booked stays.",
            "last_day": "Leave empty for the next 60 days.",
        }

    guide = MarkdownField(
        rows=8,
        required=False,
        label="Guide",
        help_text="For whoever holds the session. Participants never see it.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["hosts"].queryset = _hosts()  # type: ignore[attr-defined]

    def clean(self):
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "The last day comes before the first.")
        if cleaned.get("mode") == "one" and len(cleaned.get("hosts") or ()) > 1:
            self.add_error("hosts", "Choose one person, or say above that several take part.")
        return cleaned


class SlotsForm(forms.Form):
    """Times to offer: a day, and the starts on it."""

    day = forms.DateField(widget=DateInput())
    starts = forms.CharField(
        max_length=300,
        help_text="Such as 09:00, 10:30, 14:00.",
        widget=forms.TextInput({"placeholder": "09:00, 10:30"}),
    )
    zone = forms.ChoiceField(choices=zone_choices, label="Time zone")

    def clean_starts(self):
        found = []
        for piece in filter(None, re.split(r"[,;\s]+", self.cleaned_data["starts"])):
            match = re.fullmatch(r"(\d{1,2})(?:[:.](\d{2}))?", piece)
            if match is None or int(match[1]) > 23 or int(match[2] or 0) > 59:
                raise forms.ValidationError(f"“{piece[:20]}” is not a time of day.")
            found.append(dt.time(int(match[1]), int(match[2] or 0)))
        if not found:
            raise forms.ValidationError("Write at least one time.")
        return found

    def instants(self):
        """The starts, aware; once valid. A time that the clocks skip that night is none."""
        zone, day = zone_named(self.cleaned_data["zone"]), self.cleaned_data["day"]
        walls = [dt.datetime.combine(day, start, zone) for start in self.cleaned_data["starts"]]
        return [wall.astimezone(dt.UTC) for wall in walls if _exists(wall, zone)]


def _exists(wall, zone):
    back = wall.astimezone(dt.UTC).astimezone(zone)
    return back.replace(tzinfo=None) == wall.replace(tzinfo=None)


class PersonForm(forms.Form):
    """One person of those who work in research, without those `known`."""

    person = forms.ModelChoiceField(User.objects.none(), empty_label="Choose a person", label="Person")

    def __init__(self, *args, known=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = _hosts().exclude(pk__in=known)  # type: ignore[attr-defined]


class SubstituteForm(PersonForm):
    out = forms.ModelChoiceField(User.objects.none(), label="In place of", empty_label=None)
    field_order = ["person", "out"]

    def __init__(self, *args, hosts, **kwargs):
        super().__init__(*args, known=[host.pk for host in hosts], **kwargs)
        self.fields["out"].queryset = User.objects.filter(pk__in=[host.pk for host in hosts])  # type: ignore[attr-defined]
        self.fields["person"].label = "Who stands in"
        if len(hosts) == 1:
            self.fields["out"].widget = forms.HiddenInput()
            self.fields["out"].initial = hosts[0].pk


class DayNotesForm(forms.Form):
    text = forms.CharField(
        label="Notes",
        max_length=200_000,
        widget=forms.Textarea({"rows": 12}),
        help_text="An empty line begins a paragraph. They are the session's notes, ready to be tagged.",
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
