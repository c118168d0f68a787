"""What product ops writes to build a form."""

from django import forms

from coordination.formats import questions
from coordination.formats.questions import KIND_WORDS, LABEL, MOST_OPTIONS, OPTION, WITH_OPTIONS, Question
from coordination.models import ALL_PARTS, Part, RequestType


class FormForm(forms.Form):
    """A form's name, its type, and which parts of the standard form it asks."""

    name = forms.CharField(max_length=80, label="Name", help_text="As people choose it: “Integration wish”.")
    outside_name = forms.CharField(
        max_length=80,
        required=False,
        label="Title for customers",
        help_text="Stands over the form on a web page. Empty: “Your feedback”.",
    )
    intro = forms.CharField(
        max_length=300,
        required=False,
        label="A line under the name",
        help_text="Whom it is for, what it is not for.",
    )
    type = forms.ModelChoiceField(
        RequestType.objects.none(),
        required=False,
        empty_label="No type",
        label="Type of request",
        help_text="What is sent by this form is of this type.",
    )
    parts = forms.MultipleChoiceField(
        choices=Part,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="What it asks beside title and problem",
        help_text="Lists, impact and routing know these parts. Your own fields come after them.",
    )

    def __init__(self, data=None, *, form=None, parts=ALL_PARTS):
        initial = {"parts": [part.value for part in Part if part in parts]}
        if form:
            initial |= {name: getattr(form, name) for name in ("name", "outside_name", "intro", "type")}
        super().__init__(data, initial=initial)
        held = (
            RequestType.objects.filter(pk=form.type_id)
            if form and form.type_id
            else RequestType.objects.none()
        )
        self.fields["type"].queryset = RequestType.objects.live() | held  # type: ignore[attr-defined]

    def clean_parts(self):
        parts = self.cleaned_data["parts"]
        if Part.DEAL in parts and Part.ACCOUNT not in parts:
            raise forms.ValidationError("A deal is with an account: ask for the account too.")
        return parts


class FieldForm(forms.Form):
    """One field of a form's own. `above` are the fields on whose answers it may depend."""

    label = forms.CharField(max_length=LABEL, label="Label", help_text="What colleagues read.")
    outside = forms.CharField(
        max_length=LABEL,
        required=False,
        label="Label for customers",
        help_text="Where customers fill the form in themselves. Empty: the same as above.",
    )
    help = forms.CharField(
        max_length=questions.HELP, required=False, label="Help", help_text="Stands under the label."
    )
    outside_help = forms.CharField(
        max_length=questions.HELP,
        required=False,
        label="Help for customers",
        help_text="Stands under their label. Empty: they read none.",
    )
    options = forms.CharField(
        max_length=MOST_OPTIONS * (OPTION + 2),
        label="Options",
        widget=forms.Textarea({"rows": 5}),
        help_text="One a line, in the order in which they are offered. Customers read them too.",
    )
    required = forms.BooleanField(required=False, label="Must be filled in")
    internal = forms.BooleanField(required=False, label="For colleagues only: customers are never asked this")
    when = forms.ChoiceField(required=False, label="Show it")
    when_is = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="… and the answer is any of these",
        help_text="None ticked: any answer at all.",
    )

    def __init__(self, data=None, *, kind, above, question=None):
        initial = {}
        if question:
            names = ("label", "outside", "help", "outside_help", "required", "internal", "when")
            initial = {name: getattr(question, name) for name in names}
            initial["options"] = "\n".join(question.options)
            initial["when_is"] = [f"{question.when}|{value}" for value in question.when_is]
        super().__init__(data, initial=initial)
        self.kind, self.question = kind, question
        if kind not in WITH_OPTIONS:
            del self.fields["options"]
        whens = [("", "Always"), *((one.key, f"Only if “{one.label}” is filled in") for one in above)]
        self.fields["when"].choices = whens  # type: ignore[attr-defined]
        answers = [
            (f"“{one.label}”", [(f"{one.key}|{value}", value) for value in questions.possible(one)])
            for one in above
            if questions.possible(one)
        ]
        self.fields["when_is"].choices = answers  # type: ignore[attr-defined]
        if not above:
            del self.fields["when"]
        if not answers:
            del self.fields["when_is"]

    def clean_options(self):
        lines = [" ".join(line.split()) for line in self.cleaned_data["options"].splitlines()]
        options = list(dict.fromkeys(line for line in lines if line))
        if len(options) < 2:
            raise forms.ValidationError("Write at least two options, one a line.")
        if len(options) > MOST_OPTIONS:
            raise forms.ValidationError(f"At most {MOST_OPTIONS} options, please.")
        if any(len(option) > OPTION for option in options):
            raise forms.ValidationError(f"An option has up to {OPTION} characters.")
        return tuple(options)

    def as_question(self):
        """What was written, as the service takes it."""
        data = self.cleaned_data
        when = data.get("when", "")
        ticked = (value.partition("|") for value in data.get("when_is", []))
        return Question(
            key=self.question.key if self.question else "",
            kind=self.kind,
            label=" ".join(data["label"].split()),
            outside=" ".join(data["outside"].split()),
            help=data["help"],
            outside_help=data["outside_help"],
            required=data["required"],
            internal=data["internal"],
            options=data.get("options", ()),
            when=when,
            when_is=tuple(value for key, _, value in ticked if when and key == when),
        )


KINDS = [(kind.value, words) for kind, words in KIND_WORDS.items()]
