"""Forms of research: they check what people type; services write it."""

from django import forms

from prodops.forms import MarkdownField
from prodops.quarters import Quarter


class QuarterForm(forms.Form):
    """One of `quarters` (newest first)."""

    quarter = forms.ChoiceField(widget=forms.RadioSelect)

    def __init__(self, *args, quarters, start_month, **kwargs):
        super().__init__(*args, **kwargs)
        self.start_month = start_month
        self.fields["quarter"].choices = [(quarter.slug, str(quarter)) for quarter in quarters]  # type: ignore[attr-defined]

    def clean_quarter(self):
        return Quarter.parse(self.cleaned_data["quarter"], self.start_month)


class ReportTitleForm(forms.Form):
    title = forms.CharField(max_length=200)


class SectionForm(forms.Form):
    title = forms.CharField(max_length=200)
    body = MarkdownField(
        rows=8,
        required=False,
        max_length=50_000,
        label="Commentary",
        help_text="Markdown. It stands above the numbers of this section.",
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
