"""What people fill in about databases and the queries that are asked of them."""

from django import forms
from django.core.exceptions import ValidationError

from metrics.formats import pull_sql
from metrics.models import DataSource, Frequency
from metrics.sources import databases
from prodops.models import Team

SINCE = ":since stands for the moment from which values are wanted."


class SourceForm(forms.Form):
    """A database. What it is told of a URL stays out of the page: it holds a password."""

    name = forms.CharField(max_length=80, help_text="What people call it: “Warehouse”.")
    url = forms.CharField(
        max_length=1000,
        label="URL",
        widget=forms.PasswordInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text="postgresql://user:password@host:5432/database. Take a user that may only read. "
        "It is kept encrypted and not shown again.",
    )
    team = forms.ModelChoiceField(
        Team.objects.all(),
        required=False,
        empty_label="All teams",
        help_text="Whose editors may ask it. Whoever asks reads what the user of the URL may read.",
    )

    def __init__(self, data=None, *, source=None):
        initial = {"name": source.name, "team": source.team_id} if source else {}
        super().__init__(data, initial=initial)
        self.source = source
        if source:
            self.fields["url"].required = False
            self.fields["url"].label = "Another URL"
            self.fields["url"].help_text = "Leave it empty to keep the one that is there."

    def clean_name(self):
        name = self.cleaned_data["name"].strip()
        others = DataSource.objects.filter(name__iexact=name)
        if others.exclude(pk=self.source and self.source.pk).exists():
            raise ValidationError("Another database has this name.")
        return name

    def clean_url(self):
        text = self.cleaned_data.get("url", "").strip()
        if text:
            try:
                databases.address_of(databases.read_url(text))
            except databases.SourceError as error:
                raise ValidationError(str(error)) from error
        return text


class PullForm(forms.Form):
    """A query with its schedule."""

    source = forms.ModelChoiceField(DataSource.objects.none(), label="Database", empty_label="Choose…")
    sql = forms.CharField(
        label="Query",
        max_length=pull_sql.MAX_SQL,
        strip=True,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false", "class": "code"}),
    )
    frequency = forms.ChoiceField(choices=Frequency, label="Asked", initial=Frequency.DAILY)
    hour = forms.IntegerField(min_value=0, max_value=23, initial=6, label="At (hour of the company’s clock)")
    seconds = forms.IntegerField(min_value=1, max_value=300, initial=30, label="At most (seconds)")
    most_rows = forms.IntegerField(min_value=1, max_value=100_000, initial=10_000, label="At most (rows)")

    def __init__(self, data=None, *, editor, kpi, pull=None):
        names = ("sql", "frequency", "hour", "seconds", "most_rows")
        initial = {name: getattr(pull, name) for name in names} | {"source": pull.source_id} if pull else {}
        super().__init__(data, initial=initial)
        sources = DataSource.objects.visible_to(editor).live()
        self.fields["source"].queryset = sources  # type: ignore[attr-defined]
        parts = ", ".join(f"“{name}”" for name in kpi.dimensions)
        asked = "a column “period” and a column “value”" + (f", and for parts {parts}" if parts else "")
        self.fields["sql"].help_text = f"One query with {asked}. {SINCE}"

    def clean_sql(self):
        try:
            pull_sql.prove(self.cleaned_data["sql"])
        except pull_sql.NotASelect as error:
            raise ValidationError(str(error)) from error
        return self.cleaned_data["sql"]
