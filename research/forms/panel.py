"""Forms of the panel: people, who is not to be asked, limits, lists that come in."""

import zoneinfo

from django import forms
from django.conf.locale import LANG_INFO

from prodops.comboboxes import AccountField, ThingField
from prodops.forms import DateInput, TypedFields
from prodops.models import Segment
from research.models import Bar, CameBy, PanelSettings

NO_NUL = "\0"


def languages():
    """[(code, name)] of every language, Unknown first."""
    known = sorted(
        ((code, info["name"]) for code, info in LANG_INFO.items() if "name" in info), key=lambda p: p[1]
    )
    return [("", "Unknown"), *known]


def time_zones():
    return [
        ("", "Unknown"),
        *((name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())),
    ]


class PersonForm(TypedFields, forms.Form):
    """Somebody of the panel. Whatever is not known says so."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(required=False, label="E-mail", max_length=254)
    phone = forms.CharField(required=False, max_length=40)
    account = AccountField(
        required=False, label="Customer account", help_text="Leave empty for somebody outside your accounts."
    )
    role = forms.CharField(required=False, max_length=120, help_text="Their job, such as dispatcher.")
    own_segment = forms.ChoiceField(
        choices=Segment, label="Segment", help_text="Counts where their account says nothing."
    )
    locale = forms.ChoiceField(choices=languages, required=False, label="Language")
    time_zone = forms.ChoiceField(choices=time_zones, required=False, label="Time zone")
    came_by = forms.ChoiceField(choices=CameBy, label="How they came")

    def __init__(self, *args, participant=None, **kwargs):
        if participant is not None:
            names = [name for name in self.base_fields if name != "account"]
            kwargs["initial"] = {name: getattr(participant, name) for name in names}
            kwargs["initial"]["account"] = participant.account
        else:
            kwargs.setdefault("initial", {"own_segment": Segment.UNKNOWN, "came_by": CameBy.UNKNOWN})
        super().__init__(*args, **kwargs)
        self.add_typed("research.participant", participant.properties if participant else {})

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())


class BarForm(forms.Form):
    kind = forms.ChoiceField(choices=Bar, label="From now on")
    because = forms.CharField(max_length=300, label="Why")
    until = forms.DateField(
        required=False,
        widget=DateInput(),
        label="Until",
        help_text="For “do not contact” only: the last day.",
    )


class BulkBarForm(forms.Form):
    because = forms.CharField(max_length=300, label="Why")


class ReasonForm(forms.Form):
    because = forms.CharField(max_length=300, label="Why")


class OverrideForm(forms.Form):
    study = ThingField("study", label="For the study")
    because = forms.CharField(max_length=300, label="Why this study may ask them now")


class MergeForm(forms.Form):
    other = forms.IntegerField(min_value=1, max_value=2**31, widget=forms.HiddenInput())


class LimitsForm(forms.ModelForm):
    class Meta:
        model = PanelSettings
        fields = [
            *("person_invites", "person_invite_days", "person_sessions", "person_session_days"),
            *("account_invites", "account_invite_days", "account_sessions", "account_session_days"),
            "yearly_warning",
        ]
        labels = {
            "person_invites": "Invitations of a person, at most",
            "person_invite_days": "within so many days",
            "person_sessions": "Sessions of a person, at most",
            "person_session_days": "within so many days",
            "account_invites": "Invitations into an account, at most",
            "account_invite_days": "within so many days",
            "account_sessions": "Sessions with an account, at most",
            "account_session_days": "within so many days",
            "yearly_warning": "Point out people who are given so much in a year",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name == "yearly_warning":
                field.widget.attrs["min"] = 0
                field.help_text = "In the company's currency. Empty: nobody is."
                continue
            days = name.endswith("_days")
            field.required = days
            field.validators.append(forms.IntegerField(min_value=1, max_value=1095 if days else 500).clean)
            field.widget.attrs |= {"min": 1, "max": 1095 if days else 500}
            if not days:
                field.help_text = "Empty: as often as anybody likes."


class ListForm(forms.Form):
    file = forms.FileField(
        label="List",
        help_text="CSV or XLSX, up to 5,000 rows. The first row names the columns.",
        widget=forms.ClearableFileInput({"accept": ".csv,.txt,.tsv,.xlsx"}),
    )
