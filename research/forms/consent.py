"""Forms of consent: texts, what a study asks for, withdrawal, incentives."""

import re

from django import forms

from prodops.comboboxes import ThingField
from prodops.forms import DateInput, MarkdownField
from research.models import ConsentForm, ConsentKind, PayMethod

CARRY = [(0, "Signed anew for each study"), (90, "For 90 days"), (365, "For a year"), (730, "For two years")]
MOST_LINES = 20


class Lines(forms.CharField):
    """One thing a line, as a list of texts; none longer than 200 characters."""

    def __init__(self, **kwargs):
        super().__init__(widget=forms.Textarea({"rows": 4}), **kwargs)

    def prepare_value(self, value):
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        text = super().clean(value)
        lines = list(dict.fromkeys(" ".join(line.split()) for line in text.splitlines() if line.strip()))
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(f"These are more than {MOST_LINES} lines.")
        if long := next((line for line in lines if len(line) > 200), ""):
            raise forms.ValidationError(f"“{long[:40]}…” is longer than 200 characters.")
        return lines


class ConsentFormForm(forms.Form):
    name = forms.CharField(
        max_length=120, help_text="What people read at the top, such as “Taking part in research”."
    )
    kind = forms.ChoiceField(choices=ConsentKind, label="What it is")
    carry_days = forms.TypedChoiceField(
        choices=CARRY,
        coerce=int,
        label="A signature counts in other studies",
        help_text="Within its own study it counts until it expires.",
    )
    every_study = forms.BooleanField(required=False, label="Every study that invites people needs it")


class ConsentTextForm(forms.Form):
    body = MarkdownField(rows=12, max_length=20_000, label="Text")
    purposes = Lines(label="What it is for", help_text="One purpose a line. Signing agrees to all of them.")
    choices = Lines(
        required=False,
        label="What they may choose",
        help_text="One a line, each with a box to tick. Nobody has to.",
    )
    valid_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=3650,
        label="Expires after so many days",
        help_text="Empty: never.",
    )
    sign_anew = forms.BooleanField(
        required=False, label="Who signed an earlier version signs this one too", initial=True
    )


class StudyConsentForm(forms.Form):
    forms_asked = forms.ModelMultipleChoiceField(
        ConsentForm.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        label="Beside what every study needs, participants sign",
    )

    def __init__(self, *args, offered, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["forms_asked"].queryset = offered  # type: ignore[attr-defined]


class SigningForm(forms.Form):
    typed_name = forms.CharField(
        max_length=120, label="Your full name", widget=forms.TextInput({"autocomplete": "name"})
    )
    agreed = forms.BooleanField(label="I have read this and agree.")


class WithdrawForm(forms.Form):
    study = ThingField(
        "study", required=False, label="Study", help_text="Empty: all studies they took part in."
    )
    because = forms.CharField(max_length=300, required=False, label="What they said")


class SureForm(forms.Form):
    sure = forms.BooleanField(label="Yes, I take my consent back.")


class MoneyField(forms.DecimalField):
    def __init__(self, **kwargs):
        super().__init__(max_digits=8, decimal_places=2, min_value=0.01, **kwargs)


class Currency(forms.CharField):
    def __init__(self, **kwargs):
        super().__init__(max_length=3, **kwargs)
        self.widget.attrs |= {"class": "tiny", "placeholder": "EUR"}

    def clean(self, value):
        code = super().clean(value).upper()
        if code and not re.fullmatch("[A-Z]{3}", code):
            raise forms.ValidationError("Write three letters, such as EUR.")
        return code


class TermsForm(forms.Form):
    amount = MoneyField(help_text="For each participant.")
    currency = Currency()
    method = forms.ChoiceField(choices=PayMethod, label="How it is given")


class IncentiveForm(forms.Form):
    study = ThingField("study", label="Study")
    amount = MoneyField(required=False, help_text="Empty: what the study gives.")
    currency = Currency(required=False)
    method = forms.ChoiceField(
        choices=[("", "As the study says"), *PayMethod.choices], required=False, label="How it is given"
    )
    due_on = forms.DateField(widget=DateInput(), label="Due on")


class PaidForm(forms.Form):
    paid_on = forms.DateField(widget=DateInput(), label="Paid on")
    reference = forms.CharField(max_length=120, label="Reference", help_text="By which finance finds it.")
