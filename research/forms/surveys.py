"""Forms of survey imports: the file, and what each of its columns holds."""

from dataclasses import replace

from django import forms

from research.formats import survey_columns
from research.formats.survey_columns import SCALED, Column, Kind
from research.formats.tables import MAX_BYTES
from research.models import Survey

KINDS = [
    (
        "Questions",
        [
            (Kind.NPS.value, "Recommendation 0–10 (NPS)"),
            (Kind.CSAT.value, "Satisfaction (CSAT)"),
            (Kind.LIKERT.value, "Rating or agreement (Likert)"),
            (Kind.SINGLE.value, "One choice"),
            (Kind.MULTI.value, "Several choices"),
            (Kind.OPEN.value, "Open text"),
        ],
    ),
    (
        "About the respondent",
        [
            (Kind.RESPONDENT.value, "Who answered"),
            (Kind.DATE.value, "Date"),
            (Kind.DATE_MONTH_FIRST.value, "Date, month first"),
            (Kind.SEGMENT.value, "Segment"),
        ],
    ),
    ("Neither", [(Kind.IGNORE.value, "Leave out")]),
]
SEPARATORS = [(",", "comma"), (";", "semicolon"), ("|", "upright stroke |"), ("\n", "line break")]
BETWEEN = " | "
SAMPLES = 3
INSTEAD = "Export fewer answers at a time."


class SurveyUploadForm(forms.Form):
    """An export of a survey tool, into a new survey or one of the study's."""

    file = forms.FileField(
        label="Answers",
        help_text="CSV or XLSX as your survey tool exports it: one row a respondent; up to 20 MB.",
        widget=forms.ClearableFileInput(
            {"accept": ".csv,.tsv,.txt,.xlsx,text/csv", "data-most": MAX_BYTES, "data-most-say": INSTEAD}
        ),
        error_messages={"required": "Choose the file with the answers."},
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(
                f"This file is {upload.size / 1024**2:.0f} MB; {MAX_BYTES // 1024**2} MB is the most. "
                + INSTEAD
            )
        return upload


class ColumnsForm(forms.Form):
    """What each column of a staged file holds: `columns` is what was settled, `table` what is in it."""

    title = forms.CharField(max_length=200, label="Name of the survey")
    survey = forms.ModelChoiceField(
        Survey.objects.none(), required=False, empty_label="A new survey", label="Import into"
    )

    def __init__(self, data=None, *, load, columns, table):
        super().__init__(data, initial={"title": load.title, "survey": load.survey_id})
        self.settled, self.table = columns, table
        surveys = Survey.objects.filter(session__study=load.study_id).select_related("session")
        self.fields["survey"].queryset = surveys.order_by("pk")  # type: ignore[attr-defined]
        if load.survey_id:
            self.fields["title"].required = False
        for index, column in enumerate(columns):
            name = column.header[:60]
            attrs = {"aria-label": f"What “{name}” is"}
            self.fields[f"kind_{index}"] = forms.ChoiceField(
                choices=KINDS, initial=column.kind.value, widget=forms.Select(attrs)
            )
            if column.kind in SCALED - {Kind.NPS}:
                self.fields[f"steps_{index}"] = forms.CharField(
                    required=False,
                    initial=BETWEEN.join(column.labels),
                    widget=forms.TextInput({"aria-label": f"Steps of “{name}”, the lowest first"}),
                )
            if column.kind == Kind.MULTI:
                self.fields[f"between_{index}"] = forms.ChoiceField(
                    choices=SEPARATORS,
                    initial=column.separator,
                    widget=forms.Select({"aria-label": f"What stands between the answers of “{name}”"}),
                )

    def rows(self):
        """[(column, samples, bound kind, bound steps or separator or None)] for the page."""
        for index, column in enumerate(self.settled):
            names = [name for name in (f"steps_{index}", f"between_{index}") if name in self.fields]
            extra = self[names[0]] if names else None
            yield column, self._samples(index), self[f"kind_{index}"], extra

    def _samples(self, index):
        found: dict[str, None] = {}
        for row in self.table.rows[:200]:
            if row.cells[index]:
                found.setdefault(row.cells[index][:70])
            if len(found) == SAMPLES:
                break
        return list(found)

    @property
    def columns(self):
        """The columns as they are typed now, once the form is valid."""
        return [self._column(index, column) for index, column in enumerate(self.settled)]

    def _column(self, index, column) -> Column:
        said = self.cleaned_data
        kind = Kind(said[f"kind_{index}"])
        if kind != column.kind:
            cells = [row.cells[index] for row in self.table.rows[: survey_columns.SAMPLED]]
            return survey_columns.retyped(column, kind, cells)
        if f"steps_{index}" in said:
            steps = tuple(
                dict.fromkeys(" ".join(step.split())[:200] for step in said[f"steps_{index}"].split("|"))
            )
            steps = tuple(step for step in steps if step)
            return column if steps == column.labels else replace(column, labels=steps, reason="You said so.")
        if f"between_{index}" in said:
            return replace(column, separator=said[f"between_{index}"])
        return column
