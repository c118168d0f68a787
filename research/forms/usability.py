"""Forms of usability tests: the tasks of a study, and a session's grid of results."""

from django import forms

from research.formats import usability as notes
from research.formats.tables import MAX_BYTES
from research.models import Outcome
from research.synthesis.usability import SUS_ITEMS, Attempt

BLANK_TASKS = 3
EMPTY_OUTCOME = [("", "—"), *Outcome.choices]


class TasksForm(forms.Form):
    """The tasks of a study, in the order of their numbers; a new one is a row without one."""

    def __init__(self, data=None, *, tasks):
        super().__init__(data)
        self.tasks = tasks
        for key, task in self._keys():
            self.fields[f"position_{key}"] = forms.IntegerField(
                required=False,
                min_value=1,
                max_value=999,
                initial=task.position + 1 if task else None,
                widget=forms.NumberInput({"aria-label": "Number", "class": "tiny"}),
            )
            self.fields[f"title_{key}"] = forms.CharField(
                required=task is not None,
                max_length=200,
                initial=task.title if task else "",
                widget=forms.TextInput({"aria-label": "Task"}),
                error_messages={"required": "What was the task? To take it away, use Remove."},
            )
            self.fields[f"criterion_{key}"] = forms.CharField(
                required=False,
                max_length=500,
                initial=task.criterion if task else "",
                widget=forms.TextInput({"aria-label": "Counts as success when"}),
            )

    def _keys(self):
        yield from ((str(task.pk), task) for task in self.tasks)
        yield from ((f"new{number}", None) for number in range(BLANK_TASKS))

    def rows(self):
        """[(task or None, number, title, criterion)] as bound fields."""
        for key, task in self._keys():
            yield task, self[f"position_{key}"], self[f"title_{key}"], self[f"criterion_{key}"]

    def arranged(self):
        """[(task or None, title, criterion)] in order, once valid."""
        said = self.cleaned_data
        given = [
            (said[f"position_{key}"] or 1_000, index, task, said[f"title_{key}"], said[f"criterion_{key}"])
            for index, (key, task) in enumerate(self._keys())
            if said[f"title_{key}"]
        ]
        given.sort(key=lambda row: row[:2])
        return [row[2:] for row in given]


class _Cell(forms.CharField):
    """A cell of the grid, read as people note it."""

    def __init__(self, read, **kwargs):
        self.read = read
        super().__init__(required=False, max_length=40, **kwargs)

    def clean(self, value):
        try:
            return self.read(super().clean(value) or "")
        except notes.NotThat as error:
            raise forms.ValidationError(str(error)) from error


def _input(label, placeholder=""):
    attrs = {"aria-label": label, "placeholder": placeholder, "class": "tiny", "autocomplete": "off"}
    return forms.TextInput(attrs)


class ResultsForm(forms.Form):
    """A session's grid: a row for each task, and the ten answers to the SUS."""

    def __init__(self, data=None, *, tasks, results, sus):
        super().__init__(data)
        self.tasks = tasks
        for task in tasks:
            held, name = results.get(task.pk), task.title[:60]
            self.fields[f"outcome_{task.pk}"] = forms.ChoiceField(
                choices=EMPTY_OUTCOME,
                required=False,
                initial=held.outcome if held else "",
                widget=forms.Select({"aria-label": f"Outcome of {name}"}),
            )
            for key, label, hint, read in _COLUMNS:
                value = getattr(held, key, None)
                self.fields[f"{key}_{task.pk}"] = _Cell(
                    read,
                    initial="" if value is None else f"{value:g}",
                    widget=_input(f"{label} of {name}", hint),
                )
        for number, item in enumerate(SUS_ITEMS, start=1):
            value = sus[number - 1] if sus else None
            self.fields[f"sus_{number}"] = _Cell(
                notes.sus_answer,
                label=item,
                initial="" if value is None else value,
                widget=forms.TextInput(
                    {"class": "tiny", "inputmode": "numeric", "autocomplete": "off", "placeholder": "1–5"}
                ),
            )

    def rows(self):
        """[(task, outcome, time, errors, ease)] as bound fields."""
        for task in self.tasks:
            yield task, *(self[f"{key}_{task.pk}"] for key in ("outcome", "seconds", "errors", "seq"))

    def items(self):
        return [self[f"sus_{number}"] for number in range(1, len(SUS_ITEMS) + 1)]

    def clean(self):
        cleaned = super().clean() or {}
        for task in self.tasks:
            rest = (cleaned.get(f"{key}_{task.pk}") for key in ("seconds", "errors", "seq"))
            if not cleaned.get(f"outcome_{task.pk}") and any(value is not None for value in rest):
                self.add_error(
                    f"outcome_{task.pk}", f"Say how “{task.title[:60]}” went: success, partial or failure."
                )
        return cleaned

    @property
    def results(self):
        """{task: `Attempt` or None}, once valid."""
        said = self.cleaned_data
        return {
            task: Attempt(
                said[f"outcome_{task.pk}"],
                said[f"seconds_{task.pk}"],
                said[f"errors_{task.pk}"],
                said[f"seq_{task.pk}"],
            )
            if said[f"outcome_{task.pk}"]
            else None
            for task in self.tasks
        }

    @property
    def sus(self):
        answers = [self.cleaned_data[f"sus_{number}"] for number in range(1, len(SUS_ITEMS) + 1)]
        return answers if any(answer is not None for answer in answers) else None


_COLUMNS = (
    ("seconds", "Time", "1:23", notes.seconds),
    ("errors", "Errors", "0", lambda cell: notes.whole(cell, 0, notes.MAX_ERRORS, "a number of errors")),
    ("seq", "Ease", "1–7", lambda cell: notes.whole(cell, 1, 7, "an answer to the Single Ease Question")),
)


class ResultsUploadForm(forms.Form):
    """Results of several sessions, one row for each attempt."""

    file = forms.FileField(
        label="Results",
        help_text="CSV or XLSX with the columns session, task, outcome, and if you have them seconds, "
        "errors, seq, sus1 … sus10. A session is known by its title or its participant's name.",
        widget=forms.ClearableFileInput({"accept": ".csv,.tsv,.txt,.xlsx,text/csv", "data-most": MAX_BYTES}),
        error_messages={"required": "Choose the file with the results."},
    )

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise forms.ValidationError(f"The file is larger than {MAX_BYTES // 1024**2} MB.")
        return upload
