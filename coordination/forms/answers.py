"""The fields that product ops gave a form, as a person fills them in."""

from decimal import Decimal

from django import forms

from coordination.formats import questions
from coordination.formats.questions import TICKED, Kind
from prodops.comboboxes import AccountField
from prodops.forms import DateInput

from .voices import CURRENCIES, AmountField

SHORT_MOST, LONG_MOST = 300, 5_000
PREFIX = "q_"


class MoneyInput(forms.MultiWidget):
    """An amount and its currency."""

    def __init__(self, attrs=None):
        amount = forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "aria-label": "Amount"})
        currency = forms.Select({"aria-label": "Currency"}, [(code, code) for code in CURRENCIES])
        super().__init__({"amount": amount, "currency": currency}, attrs)

    def decompress(self, value):
        return [value["amount"], value["currency"]] if isinstance(value, dict) else [None, CURRENCIES[0]]


class MoneyField(forms.MultiValueField):
    widget = MoneyInput

    def __init__(self, **kwargs):
        fields = (
            AmountField(min_value=0, max_digits=14, decimal_places=2),
            forms.ChoiceField(choices=[(code, code) for code in CURRENCIES]),
        )
        super().__init__(fields, require_all_fields=False, **kwargs)

    def clean(self, value):
        amount = (value or [""])[0]
        if amount in self.empty_values:  # a currency alone says nothing
            if self.required:
                raise forms.ValidationError(self.error_messages["required"], code="required")
            return None
        return super().clean(value)

    def compress(self, data_list):
        return {"amount": str(data_list[0]), "currency": data_list[1]} if data_list else None


def field_of(question, *, outside=False):
    """The form field of a `Question`, in the words for colleagues or for customers."""
    common = {
        "label": question.said(outside=outside),
        "help_text": question.hint(outside=outside),
        "required": question.required,
    }
    choices = [(option, option) for option in question.options]
    match question.kind:
        case Kind.LONG:
            return forms.CharField(max_length=LONG_MOST, widget=forms.Textarea({"rows": 4}), **common)
        case Kind.NUMBER:
            return forms.DecimalField(max_digits=18, decimal_places=6, **common)
        case Kind.MONEY:
            return MoneyField(**common)
        case Kind.DATE:
            return forms.DateField(widget=DateInput(), **common)
        case Kind.ONE:
            if len(choices) <= 6:
                return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
            return forms.ChoiceField(choices=[("", "Choose…"), *choices], **common)
        case Kind.SEVERAL:
            boxes = forms.CheckboxSelectMultiple()
            return forms.MultipleChoiceField(choices=choices, widget=boxes, **common)
        case Kind.ACCOUNT:
            return AccountField(**common)
        case Kind.LINK:
            return forms.URLField(max_length=500, assume_scheme="https", **common)
        case Kind.CHECKBOX:
            return forms.BooleanField(widget=forms.CheckboxInput({"value": TICKED}), **common)
    return forms.CharField(max_length=SHORT_MOST, **common)


def kept(question, value):
    """A cleaned value as JSON keeps it; None where nothing was answered."""
    if value is None or value is False or value in ("", []):  # 0 is an answer
        return None
    if question.kind == Kind.ACCOUNT:
        return {"pk": value.pk, "name": value.name}
    if question.kind == Kind.NUMBER:
        return f"{Decimal(value).normalize():f}"
    return value.isoformat() if question.kind == Kind.DATE else value


class Answers:
    """Mixed into a form before `forms.Form`: the questions of a version, and in the end `answers`.

    Call `add_questions` at the end of `__init__`. What is not asked, because of what was answered above
    it, is neither required nor kept.
    """

    questions: tuple = ()
    outside = False

    def add_questions(self, asked, *, outside=False):
        self.outside = outside
        self.questions = questions.for_customers(asked) if outside else tuple(asked)
        for one in self.questions:
            self.fields[PREFIX + one.key] = field_of(one, outside=outside)  # type: ignore[attr-defined]
        if self.is_bound:  # type: ignore[attr-defined]
            asked_now = questions.shown(self.questions, self._given())
            for one in self.questions:
                if one.key not in asked_now:
                    field = self.fields[PREFIX + one.key]  # type: ignore[attr-defined]
                    field.required = field.widget.is_required = False

    def _given(self):
        """{key: what was sent for it, as texts}, whatever the kind of field."""
        data = self.data  # type: ignore[attr-defined]
        given = {}
        for one in self.questions:
            name = PREFIX + one.key
            names = (name, f"{name}_amount") if one.kind == Kind.MONEY else (name, f"{name}_text")
            given[one.key] = [text for part in names for text in data.getlist(part)]
        return given

    def bound_questions(self):
        """[(bound field, question, when it is shown in words)] for the template."""
        return [
            (
                self[PREFIX + one.key],  # type: ignore[index]
                one,
                questions.condition(one, self.questions, outside=self.outside),
            )
            for one in self.questions
        ]

    def clean(self):
        """`answers`: {key: value} of what was asked, as JSON keeps it."""
        data = super().clean() or {}  # type: ignore[misc]
        asked = questions.shown(self.questions, self._given())
        answers = {}
        for one in self.questions:
            value = kept(one, data.pop(PREFIX + one.key, None))
            if one.key in asked and value is not None:
                answers[one.key] = value
            elif one.key not in asked:  # a mistake in what is not asked keeps nobody from sending
                self.errors.pop(PREFIX + one.key, None)  # type: ignore[attr-defined]
        data["answers"] = answers
        return data
