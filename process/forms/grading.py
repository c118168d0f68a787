"""What people type at the end of a cycle: grades, and what an objective taught."""

from django import forms

from process.formulas import grades
from prodops.forms import MarkdownField


class GradeForm(forms.Form):
    """One row of the page of grades. `row` says how the key result stands and what is proposed."""

    value = forms.FloatField(
        min_value=0,
        max_value=1,
        required=False,
        widget=forms.NumberInput({"step": "0.1", "min": "0", "max": "1"}),
    )
    why = forms.CharField(max_length=500, required=False)

    def __init__(self, data=None, *, row):
        self.row = row
        given = row.grade.value if row.grade else row.proposal.agreed
        initial = {"value": given, "why": row.grade.why if row.grade else ""}
        super().__init__(data, prefix=f"k{row.key_result.pk}", initial=initial)
        title = row.key_result.title
        self.fields["value"].widget.attrs["aria-label"] = f"Grade of {title}"
        self.fields["why"].widget.attrs["aria-label"] = f"Why, of {title}"
        for field in self.fields.values():
            field.disabled = bool(row.blocked)

    def take_focus(self):
        """Let typing begin in this row."""
        self.fields["value"].widget.attrs["autofocus"] = True

    @property
    def to_save(self):
        """A grade was typed or a proposal left standing; one given before is saved where it changed."""
        if self.row.blocked or self.cleaned_data.get("value") is None:
            return False
        return self.row.grade is None or self.has_changed()

    def clean(self):
        data = super().clean() or {}
        value = data.get("value")
        if self.row.blocked or "value" in self.errors:
            return data
        if value is None:
            if self.row.grade:
                self.add_error("value", "It has a grade: give it another one, or leave that.")
            return data
        data["value"] = value = round(value, 2)
        taken = any(abs(value - one) <= grades.CLOSE for one in self.row.proposal.all)
        if not taken and not data.get("why"):
            self.add_error("why", "Say in a word why it is not the grade that is proposed.")
        return data


def _words(label, help_text, *, rows=3, max_length=4000):
    return MarkdownField(rows=rows, max_length=max_length, required=False, label=label, help_text=help_text)


class RetrospectiveForm(forms.Form):
    """What an objective taught. `version` is the one the person began on: see process.models.Retrospective.

    It is a text field and not a hidden one, as in the editor of documents: what the browser keeps of an
    unsaved edit keeps its version too.
    """

    went_well = _words("What went well", "What should we do again?")
    went_badly = _words("What did not go well", "What cost time, or did not work?")
    learned = _words(
        "What we learned",
        "What do we know now that we did not at the beginning? The team's next draft begins with it.",
        max_length=2000,
    )
    differently = _words("What we do differently", "In the next cycle, and who sees to it.", max_length=2000)
    postmortem = _words(
        "Postmortem",
        "Of a committed objective that was missed: what happened when, why, and what keeps it from happening "
        "again. No blame: people did what made sense with what they knew.",
        rows=8,
        max_length=8000,
    )
    version = forms.IntegerField(
        min_value=0, max_value=2_000_000_000, widget=forms.TextInput({"hidden": True})
    )

    def __init__(self, data=None, *, told, missed):
        names = ("went_well", "went_badly", "learned", "differently", "postmortem", "version")
        initial = {name: getattr(told, name) for name in names} if told else {"version": 0}
        super().__init__(data, initial=initial)
        if not missed and not (told and told.postmortem):
            del self.fields["postmortem"]
