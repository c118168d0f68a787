"""What product ops types about cycles: which to open, when its gates are due, what else they ask."""

from typing import Any

from django import forms

from process.forms import offer, people
from process.models import CycleState, OkrCycle
from prodops.forms import DateInput
from prodops.quarters import FiscalYear, period_of

GATES = [state for state in CycleState if state != CycleState.CLOSED]


class CycleForm(forms.Form):
    """Which quarter or year to open: those around today that have no cycle yet."""

    period = forms.ChoiceField(
        label="Quarter or year",
        help_text="A year holds what quarters lead to: most companies put the company's objectives there.",
    )

    def __init__(self, *args, current, **kwargs):
        super().__init__(*args, **kwargs)
        taken = set(OkrCycle.objects.values_list("year", "number"))
        quarters = [current.previous, current, current.next, current.next.next, current.next.next.next]
        year = FiscalYear(current.year, current.start_month)
        self.free = {
            one.slug: one
            for one in [*quarters, year, year.next]
            if (one.year, getattr(one, "number", None)) not in taken
        }
        field: Any = self.fields["period"]
        field.choices = [(slug, str(one)) for slug, one in self.free.items()]

    def clean_period(self):
        some = next(iter(self.free.values()))
        return period_of(self.cleaned_data["period"], some.start_month)


class PlanForm(forms.Form):
    """By when each gate of a cycle is to be passed and who sees to it; whether people have their own."""

    personal = forms.BooleanField(
        required=False,
        label="People may write personal objectives",
        help_text="Beside those of the company and of teams. Those written stay.",
    )

    def __init__(self, *args, cycle, plans, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["personal"] = cycle.personal
        for state, plan in plans.items():
            self.initial[f"{state}_due"] = plan.due_on
            self.initial[f"{state}_owner"] = plan.owner_id
        for state in GATES:
            self.fields[f"{state}_due"] = forms.DateField(required=False, label="Due", widget=DateInput())
            self.fields[f"{state}_owner"] = forms.ModelChoiceField(None, required=False, label="Owner")
            offer(self, f"{state}_owner", people(), empty="Nobody")

    @property
    def gates(self):
        """[(state's label, the field of its deadline, that of its owner)]."""
        return [(state.label, self[f"{state}_due"], self[f"{state}_owner"]) for state in GATES]

    def clean(self):
        """Deadlines follow each other as the states do."""
        data = super().clean() or {}
        last = None
        for state in GATES:
            due = data.get(f"{state}_due")
            if due and last and due < last:
                self.add_error(f"{state}_due", "This is before the deadline of an earlier gate.")
            last = due or last
        return data

    @property
    def plans(self):
        """{state: (deadline, owner)} of a valid form."""
        data = self.cleaned_data
        return {state: (data[f"{state}_due"], data[f"{state}_owner"]) for state in GATES}


class ItemForm(forms.Form):
    text = forms.CharField(max_length=200, label="Another line for the checklist")
