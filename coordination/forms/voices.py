"""What one account has to do with a request."""

from django import forms

from coordination.matching import parse_amount
from prodops.comboboxes import AccountField
from prodops.models import Team

CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK")
WORDS_MOST = 10_000


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
        choices=[("", "Theirs"), *((code, code) for code in CURRENCIES)],
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
        asked = ("account", "revenue", "currency", "contact")
        return {**{name: data[name] for name in asked if name in data}, "team": team}


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
