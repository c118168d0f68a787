"""What a widget asks: product ops' settings, and the visitor's answers."""

from django import forms

from coordination.formats import visitors
from coordination.models import ChannelKind, FormDefinition
from coordination.models.widget import CSAT_WORDS, NPS_WORDS, TEXT_WORDS, THANKS_WORDS

from .answers import Answers

MOST_ORIGINS = 50
CSAT = [
    (1, "Very dissatisfied"),
    (2, "Dissatisfied"),
    (3, "Neither"),
    (4, "Satisfied"),
    (5, "Very satisfied"),
]


class WidgetForm(forms.Form):
    """A widget's settings. A web form asks the questions of a form; a survey its own."""

    form = forms.ModelChoiceField(
        FormDefinition.objects.none(),
        label="Form",
        empty_label="Choose…",
        help_text="Customers are asked its own fields, in the words for customers. The newest published "
        "version counts.",
    )
    asks_nps = forms.BooleanField(
        required=False, label="Ask how likely they are to recommend you (NPS, 0 to 10)"
    )
    nps_words = forms.CharField(max_length=200, initial=NPS_WORDS, label="In these words")
    asks_csat = forms.BooleanField(required=False, label="Ask how satisfied they are (CSAT, 1 to 5)")
    csat_words = forms.CharField(max_length=200, initial=CSAT_WORDS, label="In these words")
    asks_text = forms.BooleanField(required=False, label="Ask an open question")
    text_words = forms.CharField(max_length=200, initial=TEXT_WORDS, label="In these words")
    thanks_words = forms.CharField(max_length=200, initial=THANKS_WORDS, label="What they read afterwards")
    origins = forms.CharField(
        required=False,
        label="Pages that may show it",
        max_length=8_000,
        widget=forms.Textarea({"rows": 3, "placeholder": "https://app.example.com\nhttps://*.example.com"}),
        help_text="One a line, without a path. No other page can frame it or call its address.",
    )

    def __init__(self, data=None, *, channel, widget=None):
        initial = {"asks_nps": channel.kind == ChannelKind.WIDGET, "asks_text": True}
        if widget:
            initial = {name: getattr(widget, name) for name in self.base_fields if name != "origins"}
            initial["origins"] = "\n".join(widget.origins)
        super().__init__(data, initial=initial)
        if channel.kind == ChannelKind.WIDGET:
            del self.fields["form"]
        else:
            held = FormDefinition.objects.filter(pk=widget.form_id if widget and widget.form_id else 0)
            offered = FormDefinition.objects.offered() | held
            self.fields["form"].queryset = offered.order_by("name", "pk")  # type: ignore[attr-defined]

    def clean_origins(self):
        lines = [line for line in self.cleaned_data["origins"].split() if line]
        if len(lines) > MOST_ORIGINS:
            raise forms.ValidationError(f"At most {MOST_ORIGINS} addresses, please.")
        found = []
        for line in lines:
            origin = visitors.origin_of(line)
            if origin is None:
                raise forms.ValidationError(
                    f"“{line}” is no address of a site. Write it as https://app.example.com."
                )
            found.append(origin)
        return list(dict.fromkeys(found))

    def clean(self):
        data = super().clean() or {}
        asks = [data.get(name) for name in ("asks_nps", "asks_csat", "asks_text")]
        if "form" not in self.fields and not any(asks):
            raise forms.ValidationError("Ask at least one question.")
        return data


class AnswerForm(Answers, forms.Form):
    """What a visitor answers. `website` is for robots: people neither see nor fill it in."""

    nps = forms.TypedChoiceField(
        coerce=int,
        empty_value=None,
        required=False,
        choices=[(n, str(n)) for n in range(11)],
        widget=forms.RadioSelect,
        help_text="0: not at all likely. 10: extremely likely.",
    )
    csat = forms.TypedChoiceField(
        coerce=int, empty_value=None, required=False, choices=CSAT, widget=forms.RadioSelect
    )
    comment = forms.CharField(
        required=False, max_length=4_000, widget=forms.Textarea({"rows": 4, "maxlength": 4_000})
    )
    name = forms.CharField(required=False, max_length=160, label="Your name")
    email = forms.EmailField(required=False, max_length=254, label="Your e-mail address")
    website = forms.CharField(
        required=False,
        max_length=400,
        label="Leave this empty",
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, data=None, *, widget, version=None, known=False):
        super().__init__(data)
        for name in ("nps", "csat"):
            self.fields[name].label = getattr(widget, f"{name}_words")
            if not getattr(widget, f"asks_{name}"):
                del self.fields[name]
        self.fields["comment"].label = widget.text_words
        if not widget.asks_text:
            del self.fields["comment"]
        if known or version is None:  # a survey is anonymous unless the page says who it is
            del self.fields["name"], self.fields["email"]
        self.add_questions(version.questions if version else (), outside=True)

    def clean(self):
        data = super().clean()
        said = any(data.get(name) not in (None, "") for name in ("nps", "csat", "comment")) or data["answers"]
        if not said and not self.errors:
            raise forms.ValidationError("Answer at least one question.")
        return data

    def said(self):
        """The keyword arguments of the service."""
        names = ("nps", "csat", "comment", "name", "email", "answers")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
