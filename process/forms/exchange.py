"""What the wizard for files of objectives asks."""

from typing import Any

from django import forms

from metrics.formats.tables import MAX_BYTES, Unreadable, text_of
from process.formats import FIELDS, guess
from process.models import CycleState, OkrCycle
from prodops.models import Team

from . import offer, people

MATTERS = ("column_title", "column_parent", "column_owner", "column_target")  # without them little comes in
MOST_MAPPED = 60  # names that the page asks about


class OkrUploadForm(forms.Form):
    """A file, or text pasted; the cycle it is for; whose what nobody is named for becomes."""

    file = forms.FileField(
        required=False,
        label="File",
        help_text="CSV or XLSX of another tool, a list in Markdown, or what was exported here.",
        widget=forms.ClearableFileInput({"accept": ".csv,.tsv,.xlsx,.md,.markdown,.txt"}),
    )
    pasted = forms.CharField(
        required=False, label="Or paste the text", widget=forms.Textarea({"rows": 8}), max_length=MAX_BYTES
    )
    cycle = forms.ModelChoiceField(OkrCycle.objects.none())
    team = forms.ModelChoiceField(
        Team.objects.none(), help_text="Whose objectives are that name no team, or none of ours."
    )
    owner = forms.ModelChoiceField(people(), help_text="Who answers for what names nobody, or nobody here.")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        cycles = OkrCycle.objects.visible_to(user).exclude(state=CycleState.CLOSED)
        offer(self, "cycle", cycles)
        offer(self, "team", Team.objects.order_by("name"))
        offer(self, "owner", people())
        self.initial.setdefault("owner", user.pk)

    def clean(self):
        data = super().clean() or {}
        file, pasted = data.get("file"), data.get("pasted", "").strip()
        if not file and not pasted and not self.errors:
            self.add_error("file", "Choose a file, or paste its text.")
        elif file and file.size > MAX_BYTES:
            self.add_error("file", "The file is larger than 5 MB. Split it.")
        elif file:
            data["name"] = file.name
            try:
                data["text"] = text_of(file.read()).replace("\0", "")
            except Unreadable as error:
                self.add_error("file", str(error))
        else:
            data["name"], data["text"] = "Pasted text", pasted.replace("\0", "")
        return data


class OkrSettleForm(forms.Form):
    """Which column is which, and who and what the names of the file are here."""

    def __init__(self, *args, load, header, found, **kwargs):
        super().__init__(*args, **kwargs)
        self.known = False
        if load.shape == "table":
            self.known = bool(guess(header)[1]) and bool(found)
            heads = list(dict.fromkeys(head for head in header if head))
            columns = [("", "—"), *((head, head[:60]) for head in heads)]
            for name, about in FIELDS.items():
                self._choose(f"column_{name}", about.label, columns, load.columns.get(name, ""))
        self.names: dict[str, tuple[str, str]] = {}
        strangers = found.people[:MOST_MAPPED] if found else []
        unknown = found.teams[:MOST_MAPPED] if found else []
        if strangers:
            persons = [("", str(load.owner)), *((str(one.pk), str(one)) for one in people())]
            self._names("person", strangers, persons, load.people)
        if unknown:
            teams = [
                ("", str(load.team)),
                *((str(one.pk), str(one)) for one in Team.objects.order_by("name")),
            ]
            self._names("team", unknown, teams, load.teams)

    def _choose(self, name, label, choices, initial):
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False, initial=initial)

    def _names(self, kind, names, choices, held):
        for number, name in enumerate(names):
            field = f"{kind}_{number}"
            self.names[field] = (kind, name)
            self._choose(field, name, choices, str(held.get(name, "")))

    def of(self, prefix):
        """The bound fields of columns, of people or of teams."""
        return [self[name] for name in self.fields if name.startswith(f"{prefix}_")]

    def columns(self):
        """(the columns that say something or have to, those the file seems not to have) as bound fields."""
        asked = self.of("column")
        main = [one for one in asked if one.value() or one.name in MATTERS]
        return main, [one for one in asked if one not in main]

    def clean(self):
        data: dict[str, Any] = super().clean() or {}
        said: dict[str, dict] = {"person": {}, "team": {}}
        for field, (kind, name) in self.names.items():
            if data.get(field):
                said[kind][name] = int(data[field])
        columns = {name: data.get(f"column_{name}", "") for name in FIELDS}
        data["columns"] = {name: column for name, column in columns.items() if column}
        return data | {"people": said["person"], "teams": said["team"]}
