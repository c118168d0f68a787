"""Forms of recruiting: what a study looks for, a question of its screener, its quotas, a batch."""

from django import forms

from prodops.models import Segment
from research.models import AnswerKind, Gatekeeping
from research.synthesis.screening import option_lines

MOST_OPTIONS = 30


class PlainText(forms.CharField):
    """Text of several lines as it will stand in a mail."""

    def __init__(self, *, rows=5, **kwargs):
        super().__init__(widget=forms.Textarea({"rows": rows}), **kwargs)

    def to_python(self, value):
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


class RecruitingForm(forms.Form):
    public_title = forms.CharField(
        max_length=150,
        label="What participants read as its title",
        help_text="They never see the study's own title. Such as “How you plan a delivery day”.",
    )
    words = PlainText(
        max_length=4_000,
        label="Invitation",
        help_text="What it is about, how long it takes, what they get. The greeting, their own link and the "
        "opt-out are put around it.",
    )
    target = forms.IntegerField(min_value=1, max_value=500, initial=8, label="Sessions wanted")
    gatekeeping = forms.ChoiceField(
        choices=Gatekeeping, initial=Gatekeeping.TELL, label="Owners of accounts, before their customers hear"
    )
    by_hand = forms.BooleanField(
        required=False,
        label="Somebody looks at the answers before anybody may book",
        help_text="For questions whose answers no rule can judge.",
    )
    link_days = forms.IntegerField(min_value=1, max_value=180, initial=21, label="Links work for days")
    reminders = forms.IntegerField(min_value=0, max_value=3, initial=1, label="Reminders")
    reminder_days = forms.IntegerField(
        min_value=1, max_value=30, initial=3, label="Days before each reminder"
    )
    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput())

    def terms(self):
        """The fields of `Recruiting`, once valid."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class QuotaForm(forms.Form):
    """The places of each segment; empty is no quota."""

    def __init__(self, data=None, *, places):
        super().__init__(data)
        for segment in Segment:
            self.fields[segment.value] = forms.IntegerField(
                required=False,
                min_value=0,
                max_value=500,
                label=segment.label,
                initial=places.get(segment.value),
                widget=forms.NumberInput({"class": "tiny"}),
            )


class QuestionForm(forms.Form):
    text = forms.CharField(max_length=300, label="Question")
    kind = forms.ChoiceField(choices=AnswerKind, label="Answered by")
    options = PlainText(
        required=False,
        max_length=5_000,
        label="Answers on offer",
        help_text="One a line. Put “+ ” before each of which one is needed to fit, “- ” before each that "
        "rules out. Only for choices.",
    )
    at_least = forms.DecimalField(
        required=False, max_digits=12, decimal_places=2, label="At least", help_text="Only for numbers."
    )
    at_most = forms.DecimalField(
        required=False, max_digits=12, decimal_places=2, label="At most", help_text="Only for numbers."
    )
    required = forms.BooleanField(required=False, initial=True, label="Has to be answered")

    def __init__(self, data=None, *, question=None):
        initial = {}
        if question is not None:
            marks = dict.fromkeys(question.accepts, "+ ") | dict.fromkeys(question.rejects, "- ")
            initial = {
                "text": question.text,
                "kind": question.kind,
                "options": "\n".join(marks.get(one, "") + one for one in question.options),
                "at_least": question.at_least,
                "at_most": question.at_most,
                "required": question.required,
            }
        super().__init__(data, initial=initial)

    def clean(self):
        cleaned = super().clean() or {}
        kind = cleaned.get("kind")
        lines = option_lines(cleaned.pop("options", "") or "")
        choice = kind in (AnswerKind.ONE, AnswerKind.SEVERAL)
        if choice and len(lines) < 2:
            self.add_error("options", "Write at least two answers, each on a line of its own.")
        if len(lines) > MOST_OPTIONS or any(len(line.text) > 120 for line in lines):
            self.add_error(
                "options", f"At most {MOST_OPTIONS} answers of at most 120 characters; people stop reading."
            )
        if choice and lines and all(line.mark == "-" for line in lines):
            self.add_error("options", "Every answer rules out: nobody could fit. Leave one without “- ”.")
        low, high = cleaned.get("at_least"), cleaned.get("at_most")
        if kind != AnswerKind.NUMBER:
            cleaned |= {"at_least": None, "at_most": None}
        elif low is not None and high is not None and low > high:
            self.add_error("at_most", f"At most is below at least ({low:f}): nobody could fit.")
        lines = lines if choice else []
        cleaned["options"] = [line.text for line in lines]
        cleaned["accepts"] = [line.text for line in lines if line.mark == "+"]
        cleaned["rejects"] = [line.text for line in lines if line.mark == "-"]
        return cleaned


class BatchForm(forms.Form):
    subject = forms.CharField(max_length=150, label="Subject")
    words = PlainText(max_length=4_000, label="Invitation", rows=7)
    send_at = forms.DateTimeField(
        required=False,
        label="Send at",
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="In your time zone. Empty: now.",
    )


class ReasonForm(forms.Form):
    because = forms.CharField(max_length=300, required=False, strip=True)
