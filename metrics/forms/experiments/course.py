"""What is asked while an experiment runs, ends, and is decided."""

from django import forms

from metrics.models import DoubtOutcome, ExperimentRuling, Learning, Stance, StopReason, Variant
from prodops.forms import DateInput

from .plan import area_of


class StopForm(forms.Form):
    reason = forms.ChoiceField(choices=StopReason, widget=forms.RadioSelect, label="Why does it stop?")
    note = forms.CharField(
        max_length=1000,
        required=False,
        widget=area_of(3),
        label="In a few words",
        help_text="Needed unless it reached its planned end.",
    )


class ExtendForm(forms.Form):
    until = forms.DateField(widget=DateInput(), label="New last day")
    reason = forms.CharField(max_length=1000, widget=area_of(3), label="Why does it need longer?")


class DropForm(forms.Form):
    reason = forms.CharField(
        max_length=1000,
        widget=area_of(3),
        label="Why is it given up?",
        help_text="The next person with this idea will look here.",
    )


class DecideForm(forms.Form):
    ruling = forms.ChoiceField(choices=ExperimentRuling, widget=forms.RadioSelect, label="What is done?")
    variant = forms.ModelChoiceField(
        Variant.objects.none(), required=False, empty_label="Choose…", label="Variant that ships"
    )
    until = forms.DateField(
        required=False, widget=DateInput(), label="New last day", help_text="To keep running."
    )
    rationale = forms.CharField(
        max_length=5000,
        widget=area_of(5),
        label="Why",
        help_text="What the results showed, what else was weighed, and what follows.",
    )
    override_reason = forms.CharField(
        max_length=1000,
        required=False,
        widget=area_of(2),
        label="Why decide on data in quarantine?",
    )

    def __init__(self, *args, experiment, held="", **kwargs):
        super().__init__(*args, **kwargs)
        if held:
            self.fields["override_reason"].help_text = f"{held} Your reason stays with the decision."
        else:
            del self.fields["override_reason"]
        self.fields["variant"].queryset = experiment.variants.exclude(is_control=True)  # type: ignore[attr-defined]

    def clean(self):
        data = super().clean() or {}
        if data.get("ruling") == ExperimentRuling.SHIP and not data.get("variant"):
            self.add_error("variant", "Choose the variant that ships.")
        if data.get("ruling") == ExperimentRuling.KEEP_RUNNING and not data.get("until"):
            self.add_error("until", "Choose the new last day.")
        return data


class SecondForm(forms.Form):
    agree = forms.TypedChoiceField(
        choices=[("yes", "I agree: the decision stands"), ("no", "I do not agree: send it back")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        label="As second reviewer",
    )
    note = forms.CharField(
        max_length=1000, required=False, widget=area_of(3), label="Why", help_text="Needed to send it back."
    )


class CloseForm(forms.Form):
    """A new learning, or one that stands already."""

    title = forms.CharField(
        max_length=250,
        required=False,
        label="What was learned, in one sentence",
        help_text="Something that holds beyond this test: “People mend what they can see.”",
    )
    body = forms.CharField(max_length=5000, required=False, widget=area_of(3), label="What follows from it")
    learning = forms.ModelChoiceField(
        Learning.objects.none(),
        required=False,
        empty_label="None",
        label="Or a learning that is in the library already",
    )
    stance = forms.ChoiceField(
        choices=Stance, widget=forms.RadioSelect, initial=Stance.SUPPORTS, label="This experiment"
    )
    note = forms.CharField(max_length=500, required=False, label="How it bears on it")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["learning"].queryset = Learning.objects.standing().order_by("title", "pk")  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=DoubtOutcome, widget=forms.RadioSelect, label="What becomes of the decision?"
    )
    reason = forms.CharField(max_length=1000, widget=area_of(3), label="Why")


class PictureForm(forms.Form):
    file = forms.FileField(label="Screenshot", widget=forms.ClearableFileInput({"accept": "image/*"}))
    caption = forms.CharField(max_length=200, required=False)
