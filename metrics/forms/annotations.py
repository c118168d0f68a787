"""What people write onto charts."""

from django import forms

from metrics.models import AnnotationKind
from prodops.forms import DateInput


class AnnotationForm(forms.Form):
    """A day or some days on which something happened."""

    kind = forms.ChoiceField(choices=AnnotationKind, label="What it was")
    text = forms.CharField(max_length=200, label="In words", help_text="“New importer for everybody”.")
    starts = forms.DateField(label="On", widget=DateInput())
    ends = forms.DateField(
        label="Until", required=False, widget=DateInput(), help_text="Leave empty for one day."
    )
    everywhere = forms.BooleanField(required=False, label="On the charts of all KPIs")

    def __init__(self, *args, may_everywhere=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_everywhere:
            del self.fields["everywhere"]

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and not 1970 <= starts.year <= 2200:
            self.add_error("starts", "That is no day of a series.")
        if starts and ends and ends < starts:
            self.add_error("ends", "It ends before it begins.")
        elif ends and ends.year > 2200:
            self.add_error("ends", "That is no day of a series.")
        return cleaned
