"""What the request pages ask for."""

import uuid
import zoneinfo
from datetime import datetime, time, timedelta

from django import forms

from coordination.matching import parse_amount
from coordination.models import Request, State, Urgency
from prodops.comboboxes import AccountField
from prodops.forms import DateInput
from prodops.models import ProductArea, Role, Team, User

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK")
URGENCY_WORDS = [
    (Urgency.LOW, "A wish: nice to have, nobody waits for it"),
    (Urgency.NORMAL, "Normal: costs them time, they get by"),
    (Urgency.HIGH, "High: a deal, a renewal or many people hang on it"),
    (Urgency.BLOCKER, "Blocker: they cannot work, or leave without it"),
]
DECLINE_WORDS = {
    "Not a fit": "This does not fit where the product is going, so we will not build it. ",
    "There is a way already": "You can do this today: ",
    "Too few ask for it": "Too few customers ask for this to build it now. We look again when more do. ",
    "Not now": "This makes sense, but other work comes first this half-year. ",
    "Need to know more": "We could not tell what is needed. Please send it again and say: ",
}

WORDS_MOST = 10_000
JOINED_WORDS = {  # fields of the request form, and what stands before them in an account's words
    "title": "",
    "problem": "",
    "affected": "Affected: ",
    "workaround": "What they do instead: ",
    "evidence_url": "",
}


class AmountField(forms.DecimalField):
    """Money as people type it: 60000, 60,000, 60.000, 60k."""

    def to_python(self, value):
        if value in self.empty_values:
            return None
        amount = parse_amount(str(value))
        if amount is None:
            raise forms.ValidationError("Write an amount such as 60000 or 60k.", code="invalid")
        return amount


class VoiceFields(forms.Form):
    """What one account has to do with a request."""

    account = AccountField(required=False, label="Which customer account?")
    revenue = AmountField(
        label="Revenue at stake, a year",
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    currency = forms.ChoiceField(
        label="Currency",
        choices=[("", "The account's"), *((code, code) for code in CURRENCIES)],
        required=False,
    )
    contact = forms.CharField(
        label="Whom may we ask there?", max_length=160, required=False, help_text="A name or an address."
    )
    team = forms.ModelChoiceField(Team.objects.none(), label="On behalf of your team", required=False)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        teams = Team.objects.filter(pk__in=user.team_ids)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        self.only_team = None
        if len(user.team_ids) < 2:
            del self.fields["team"]
            self.only_team = user.team_ids[0] if user.team_ids else None
        else:
            self.fields["team"].required = True
            self.fields["team"].empty_label = None  # type: ignore[attr-defined]

    def voice(self):
        """The keyword arguments of the services."""
        data = self.cleaned_data
        team = data.get("team") or (Team.objects.get(pk=self.only_team) if self.only_team else None)
        fields = {name: data[name] for name in ("account", "revenue", "currency", "contact")}
        return {**fields, "team": team}


class VoiceForm(VoiceFields):
    """Adding an account on a request's own page."""

    words = forms.CharField(
        label="In their words", max_length=WORDS_MOST, required=False, widget=forms.Textarea({"rows": 3})
    )
    field_order = ["account", "words"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["account"].required = True
        self.fields["account"].error_messages["required"] = "Choose the account that you want to add."


class RequestForm(VoiceFields):
    title = forms.CharField(
        label="What do they need, in one line?",
        max_length=160,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    problem = forms.CharField(
        label="What goes wrong today?",
        max_length=10_000,
        widget=forms.Textarea({"rows": 4}),
        help_text="In the customer's words if you have them. What did they try to do, and what happened?",
    )
    affected = forms.CharField(
        label="Who is affected?",
        max_length=300,
        required=False,
        help_text="For example: dispatchers, all night shifts.",
    )
    urgency = forms.TypedChoiceField(
        label="How urgent is it?",
        coerce=int,
        choices=URGENCY_WORDS,
        initial=Urgency.NORMAL,
        widget=forms.RadioSelect,
    )
    area = forms.ModelChoiceField(
        ProductArea.objects.all(), label="Part of the product", required=False, empty_label="Not sure"
    )
    workaround = forms.CharField(
        label="What do they do instead?", max_length=4_000, required=False, widget=forms.Textarea({"rows": 2})
    )
    evidence_url = forms.URLField(
        label="Link to a ticket, mail or recording", max_length=500, required=False, assume_scheme="https"
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    field_order = [
        "title",
        "problem",
        "account",
        "revenue",
        "currency",
        "affected",
        "urgency",
        "area",
        "team",
    ]

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())

    def request(self):
        names = ("title", "problem", "affected", "urgency", "area", "workaround", "evidence_url", "key")
        return {name: self.cleaned_data[name] for name in names}


class JoinForm(RequestForm):
    """The request form, sent to an existing request instead: what was typed becomes the account's words.

    Its urgency and its part of the product are the existing request's own, and are not asked for.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("title", "problem", "urgency"):
            self.fields[name].required = False
        self.fields["account"].required = True
        self.fields["account"].error_messages["required"] = "Choose the account that you want to add."

    def clean(self):
        data = super().clean() or {}
        if len(self.words()) > WORDS_MOST:
            self.add_error("problem", f"All together this may have up to {WORDS_MOST:,} characters.")
        return data

    def words(self):
        """All that was typed about the matter, one paragraph each."""
        said = {name: (self.cleaned_data.get(name) or "").strip() for name in JOINED_WORDS}
        return "\n\n".join(before + said[name] for name, before in JOINED_WORDS.items() if said[name])


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
