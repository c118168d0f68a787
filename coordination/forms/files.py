"""What the wizard for files of requests asks."""

from django import forms

from coordination.formats import FIELDS, GROUPS, PRESETS, Order
from coordination.models import Channel, ChannelKind
from prodops.files import in_words

LARGEST = 200 * 1024 * 1024


class FileUploadForm(forms.Form):
    """A file, and the channel of files that it comes by: an open one, or a new one by its name."""

    file = forms.FileField(
        label="CSV or XLSX file",
        help_text="One row a request, with a header. Nothing is imported before you have seen the preview.",
        widget=forms.ClearableFileInput({"accept": ".csv,.tsv,.txt,.xlsx"}),
    )
    channel = forms.ModelChoiceField(
        Channel.objects.none(),
        required=False,
        empty_label="A new one, named below",
        help_text="Where the file is from. Its ids count within it, and its columns are remembered.",
    )
    name = forms.CharField(
        max_length=80,
        required=False,
        label="New channel",
        help_text="Such as “UserVoice” or “Roadmap survey”.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        doors = Channel.objects.open().filter(kind=ChannelKind.FILE)
        self.fields["channel"].queryset = doors  # type: ignore[attr-defined]
        if not doors:
            del self.fields["channel"]
            self.fields["name"].required = True
            self.fields["name"].label = "Where it is from"

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST:
            raise forms.ValidationError(
                f"This file is {in_words(upload.size)}; up to {in_words(LARGEST)} can be read. Split it."
            )
        return upload

    def clean(self):
        cleaned = super().clean() or {}
        cleaned["name"] = " ".join((cleaned.get("name") or "").split())
        if not cleaned.get("channel") and not cleaned["name"] and "channel" not in self.errors:
            self.add_error("name", "Choose a channel or name a new one.")
        return cleaned


class ColumnsForm(forms.Form):
    """Which column is which field, and how dates are written."""

    date_order = forms.ChoiceField(
        label="Dates such as 03/04/2026",
        required=False,
        choices=[
            ("", "Tell from the file"),
            (Order.DAY_FIRST, "Day first: 3 April"),
            (Order.MONTH_FIRST, "Month first: March 4"),
        ],
    )

    def __init__(self, *args, load, **kwargs):
        super().__init__(*args, **kwargs)
        heads = list(dict.fromkeys(head for head in load.header if head))
        columns = [("", "—"), *((head, head[:60]) for head in heads)]
        self.fields["date_order"].initial = load.date_order
        for name, about in FIELDS.items():
            self.fields[f"field_{name}"] = forms.ChoiceField(
                label=about.label, choices=columns, required=False, initial=load.mapping.get(name, "")
            )

    @property
    def groups(self):
        """[(title, bound fields, how many are mapped)] in the order of `GROUPS`."""
        fields = {
            group: [self[f"field_{name}"] for name, about in FIELDS.items() if about.group == group]
            for group in GROUPS
        }
        mapped = {key: sum(bool(one.value()) for one in bound) for key, bound in fields.items()}
        return [(GROUPS[key], fields[key], mapped[key]) for key in GROUPS if key != "own" or mapped[key]]

    def clean(self):
        cleaned = super().clean() or {}
        mapping = {name: cleaned.get(f"field_{name}") for name in FIELDS}
        cleaned["mapping"] = {name: column for name, column in mapping.items() if column}
        return cleaned


class PresetForm(forms.Form):
    preset = forms.ChoiceField(choices=[(key, one.name) for key, one in PRESETS.items()])
