"""What people fill in to bring a file of definitions in."""

from django import forms
from django.core.exceptions import ValidationError

from metrics.formats import registry
from metrics.models import RegistryFormat
from prodops.models import Team

MAX_PASTED = 1_000_000


class RegistryImportForm(forms.Form):
    """A file or pasted text, its format and the team that new KPIs are put with."""

    file = forms.FileField(
        label="File",
        required=False,
        help_text="CSV, XLSX, YAML, JSON, LookML or TOML, up to 10 MB and 5,000 metrics.",
        widget=forms.FileInput({"accept": ".csv,.tsv,.xlsx,.yml,.yaml,.json,.lkml,.lookml,.toml,.txt"}),
    )
    pasted = forms.CharField(
        label="Or paste it",
        required=False,
        max_length=MAX_PASTED,
        strip=False,
        widget=forms.Textarea({"rows": 5, "spellcheck": "false"}),
    )
    format = forms.ChoiceField(
        label="Format",
        required=False,
        choices=[("", "Tell it from the file"), *RegistryFormat.choices],
    )
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label="Team of new KPIs",
        help_text="New KPIs come in as drafts of this team. Whoever’s KPI changes stays whose it is.",
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        teams = Team.objects.editable_by(user)
        self.fields["team"].queryset = teams  # type: ignore[attr-defined]
        first = teams.first()
        if first is not None:
            self.fields["team"].initial = first.pk

    def clean(self):
        """`name`, `text` and `format` of what is to be read."""
        super().clean()
        cleaned = self.cleaned_data
        file, pasted = cleaned.get("file"), cleaned.get("pasted") or ""
        if file is None and not pasted.strip():
            raise ValidationError("Choose a file, or paste its text.")
        cleaned["name"] = file.name if file is not None else "Pasted text"
        try:
            cleaned["text"] = self._text(file) if file is not None else pasted.replace("\0", "")
        except registry.Unreadable as error:
            self.add_error("file", str(error))
            return cleaned
        cleaned["format"] = cleaned.get("format") or registry.told(cleaned["name"], cleaned["text"])
        return cleaned

    def _text(self, file):
        raw = file.read(registry.MAX_BYTES + 1)
        if len(raw) > registry.MAX_BYTES:
            raise registry.Unreadable("The file is larger than 10 MB. Split it, and import the parts.")
        if raw.startswith(b"PK\x03\x04"):
            return registry.csv_of_xlsx(raw)
        return registry.decode(raw)
