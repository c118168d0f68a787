"""What people type about how a key result stands this week."""

from typing import Any

from django import forms

from process.models import FIRST_CONFIDENCE, Kind


class CheckInForm(forms.Form):
    """One row of the check-in page. `standing` says what it follows and what was said last.

    A key result of milestones has a box for each instead of a value, one on a scale a choice of its levels.
    """

    value = forms.FloatField(widget=forms.NumberInput({"step": "any"}))
    milestones = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    confidence = forms.IntegerField(
        min_value=0,
        max_value=10,
        widget=forms.NumberInput({"min": "0", "max": "10", "data-confidence": True, "inputmode": "numeric"}),
    )
    note = forms.CharField(max_length=1000, required=False)
    next = forms.CharField(max_length=1000, required=False)

    def __init__(self, data=None, *, standing, initial):
        self.standing = standing
        row = standing.key_result
        super().__init__(data, prefix=f"k{row.pk}", initial=initial)
        fields: Any = self.fields
        if row.kind == Kind.MILESTONES:
            del fields["value"]
        elif row.kind == Kind.ORDINAL:
            fields["value"] = forms.TypedChoiceField(coerce=float, choices=list(enumerate(row.levels)))
        else:
            fields["value"].disabled = standing.measured
        if row.kind != Kind.MILESTONES or standing.thing is not None:
            del fields["milestones"]
        else:
            fields["milestones"].choices = [(str(step.pk), step.title) for step in standing.steps]

    def take_focus(self):
        """Let typing begin in this row."""
        value = self.fields.get("value")
        first = "confidence" if value is None or value.disabled else "value"
        self.fields[first].widget.attrs["autofocus"] = True

    @property
    def to_save(self):
        """A row somebody has checked in on this week is saved again only where it was changed."""
        return not self.standing.done or self.has_changed()

    def clean(self):
        data = super().clean() or {}
        checked, confidence = self.standing.checked, data.get("confidence")
        last = checked.confidence if checked is not None else FIRST_CONFIDENCE
        if confidence is not None and confidence < last and not data.get("note"):
            begins = "Confidence falls" if checked is not None else "Confidence begins at 7 and falls"
            came = f"from {last} to {confidence}" if checked is not None else f"to {confidence}"
            self.add_error("note", f"{begins} {came}: say why.")
        return data

    def said(self):
        """What `check_ins.record` takes; ids of the milestones that are done, None where it has none."""
        data = self.cleaned_data
        done = {int(pk) for pk in data["milestones"]} if "milestones" in self.fields else None
        return {
            "value": data.get("value"),
            "done": done,
            "confidence": data["confidence"],
            "note": data["note"],
            "next": data["next"],
        }
