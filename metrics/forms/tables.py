"""A table that comes in: as a file, or pasted from a spreadsheet."""

from django import forms
from django.core.exceptions import ValidationError

from metrics.formats.tables import MAX_BYTES, Unreadable, text_of


class TableForm(forms.Form):
    """One of the two fields is filled in; `cleaned_data["text"]` is what is to be read."""

    too_large = "The file is larger than 5 MB."

    file = forms.FileField(
        label="CSV file or spreadsheet",
        required=False,
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,.xlsx,text/csv,text/plain"}),
    )
    pasted = forms.CharField(
        label="Or paste rows",
        required=False,
        max_length=MAX_BYTES,
        strip=False,
        widget=forms.Textarea({"rows": 5, "spellcheck": "false", "class": "code"}),
    )

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        file, pasted = cleaned.get("file"), cleaned.get("pasted") or ""
        if file is None and not pasted.strip():
            raise ValidationError("Choose a file, or paste some rows.")
        if file is not None and file.size > MAX_BYTES:
            raise ValidationError(self.too_large)
        try:
            cleaned["text"] = text_of(file.read()) if file is not None else pasted.replace("\0", "")
        except Unreadable as error:
            raise ValidationError(str(error)) from error
        return cleaned
