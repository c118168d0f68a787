"""A dated target of a KPI."""

import math

from django import forms
from django.core.exceptions import ValidationError

from metrics.formats.numbers import Decimal, NotANumber, read_number
from prodops.forms import DateInput


class TargetForm(forms.Form):
    effective_from = forms.DateField(label="Holds from", widget=DateInput())
    value = forms.CharField(max_length=40, required=False, label="Target")
    low = forms.CharField(max_length=40, required=False, label="Not below")
    high = forms.CharField(max_length=40, required=False, label="Not above")
    note = forms.CharField(max_length=300, required=False, label="Note", help_text="Who agreed it, and why.")

    def __init__(self, *args, kpi, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["value"].help_text = f"In {kpi.get_unit_display().lower()}, as 1234.5."

    def _number(self, name):
        text = self.cleaned_data[name].strip()
        if not text:
            return None
        try:
            number = read_number(text, Decimal.POINT)
        except NotANumber as error:
            raise ValidationError(f"{str(error).capitalize()}. Write it as 1234.5.") from error
        if not math.isfinite(number):
            raise ValidationError("That is too large.")
        return number

    def clean_value(self):
        return self._number("value")

    def clean_low(self):
        return self._number("low")

    def clean_high(self):
        return self._number("high")

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        low, high = cleaned.get("low"), cleaned.get("high")
        if not self.errors and cleaned.get("value") is low is high is None:
            self.add_error("value", "Give a target, or at least one threshold.")
        if low is not None and high is not None and low >= high:
            self.add_error("high", "This has to lie above “Not below”.")
        day = cleaned.get("effective_from")
        if day and not 1970 <= day.year <= 2200:
            self.add_error("effective_from", "Choose a year between 1970 and 2200.")
        return cleaned
