"""Sending a request, or its words to one that is there."""

import uuid

from django import forms
from django.conf import settings
from django.utils.datastructures import MultiValueDict

from coordination.formats import questions
from coordination.formats.incoming import Deal
from coordination.models import ALL_PARTS, Part, Urgency
from prodops import files
from prodops.forms import DateInput
from prodops.models import ProductArea
from prodops.services.attachments import MOST_AT_ONCE

from .answers import Answers
from .voices import WORDS_MOST, AmountField, VoiceFields

URGENCY_WORDS = [
    (Urgency.LOW, "A wish: nice to have, nobody waits for it"),
    (Urgency.NORMAL, "Normal: costs them time, they get by"),
    (Urgency.HIGH, "High: a deal, a renewal or many people hang on it"),
    (Urgency.BLOCKER, "Blocker: they cannot work, or leave without it"),
]
JOINED_WORDS = {  # fields of the request form, and what stands before them in an account's words
    "title": "",
    "problem": "",
    "affected": "Affected: ",
    "effect": "What it costs them: ",
    "workaround": "What they do instead: ",
    "evidence_url": "",
}
PART_FIELDS = {
    Part.ACCOUNT: ("account", "revenue", "currency", "contact"),
    Part.DEAL: ("deal_name", "deal_amount", "deal_stage", "deal_closes_on"),
    Part.AFFECTED: ("affected",),
    Part.EFFECT: ("effect",),
    Part.URGENCY: ("urgency",),
    Part.AREA: ("area",),
    Part.WORKAROUND: ("workaround",),
    Part.EVIDENCE: ("evidence_url", "evidence_files"),
}
TEXTS = ("title", "problem", "affected", "effect", "urgency", "area", "workaround", "evidence_url", "key")


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        return files.getlist(name) if isinstance(files, MultiValueDict) else []


class FilesField(forms.FileField):
    """Files to attach, each checked as the kernel checks what is attached."""

    widget = FilesInput

    def clean(self, data, initial=None):
        uploads = [one for one in data or [] if one]
        if len(uploads) > MOST_AT_ONCE:
            raise forms.ValidationError(f"At most {MOST_AT_ONCE} files at once, please.")
        for one in uploads:
            try:
                files.check(one.name, one, one.size, most=settings.ATTACHMENT_MAX_BYTES)
            except files.Refused as error:
                raise forms.ValidationError(str(error)) from error
        return uploads


class RequestForm(Answers, VoiceFields):
    """The request form: title and problem, the parts that `version` asks, and its own questions.

    Without a version it is the built-in form, which asks all parts.
    """

    title = forms.CharField(
        label="What do they need, in one line?",
        max_length=160,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    problem = forms.CharField(
        label="What goes wrong today?",
        max_length=10_000,
        widget=forms.Textarea({"rows": 4}),
        help_text="In the customer's words if you have them. What did they try to do, and what happened?",
    )
    affected = forms.CharField(
        label="Who is affected?",
        max_length=300,
        required=False,
        help_text="For example: dispatchers, all night shifts.",
    )
    effect = forms.CharField(
        label="What does it cost their business?",
        max_length=4_000,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="Hours, money, customers of theirs: what they told you.",
    )
    urgency = forms.TypedChoiceField(
        label="How urgent is it?",
        coerce=int,
        choices=URGENCY_WORDS,
        initial=Urgency.NORMAL,
        widget=forms.RadioSelect,
    )
    area = forms.ModelChoiceField(
        ProductArea.objects.all(), label="Part of the product", required=False, empty_label="Not sure"
    )
    workaround = forms.CharField(
        label="What do they do instead?", max_length=4_000, required=False, widget=forms.Textarea({"rows": 2})
    )
    evidence_url = forms.URLField(
        label="Link to a ticket, mail or recording", max_length=500, required=False, assume_scheme="https"
    )
    evidence_files = FilesField(
        label="Files",
        required=False,
        widget=FilesInput({"accept": files.ACCEPT}),
        help_text="Screenshots, a sample file. They are sent along with the request.",
    )
    deal_name = forms.CharField(
        label="Deal", max_length=160, required=False, help_text="As your CRM calls it."
    )
    deal_amount = AmountField(
        label="Amount",
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    deal_stage = forms.CharField(
        label="Stage", max_length=80, required=False, widget=forms.TextInput({"list": "deal-stages"})
    )
    deal_closes_on = forms.DateField(label="Closes on", required=False, widget=DateInput())
    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    field_order = [
        "title",
        "problem",
        "account",
        "revenue",
        "currency",
        "affected",
        "effect",
        "urgency",
        "area",
        "team",
    ]
    always = frozenset[str]()  # parts that are asked whatever the version says

    def __init__(self, *args, version=None, **kwargs):
        super().__init__(*args, **kwargs)
        asks = (version.asks if version else ALL_PARTS) | self.always
        for part, names in PART_FIELDS.items():
            if part not in asks:
                for name in names:
                    del self.fields[name]
        self.add_questions(version.questions if version else ())

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())

    def clean(self):
        data = super().clean()
        if self.deal() and not data.get("account") and "account" not in self.errors:
            self.add_error("account", "Choose the account that the deal is with.")
        return data

    def deal(self):
        """The deal that was named, or None."""
        data = self.cleaned_data
        found = Deal(
            name=data.get("deal_name") or "",
            amount=data.get("deal_amount"),
            currency=data.get("currency") or "",
            stage=data.get("deal_stage") or "",
            closes_on=data.get("deal_closes_on"),
        )
        return found if found.name or found.amount is not None or found.stage or found.closes_on else None

    def voice(self):
        return {**super().voice(), "deal": self.deal()}

    def request(self):
        """The request's own fields, as the service takes them."""
        return {name: self.cleaned_data[name] for name in TEXTS if name in self.cleaned_data}

    def initial_of(self, data):
        """What a draft's `data` (a QueryDict) fills in."""
        return {
            name: field.widget.value_from_datadict(data, MultiValueDict(), name)
            for name, field in self.fields.items()
            if not isinstance(field, FilesField)
            and not field.widget.value_omitted_from_data(data, MultiValueDict(), name)
        }


class JoinForm(RequestForm):
    """The request form, sent to an existing request instead: what was typed becomes the account's words.

    Its urgency and its part of the product are the existing request's own, and are not asked for.
    """

    always = frozenset({Part.ACCOUNT})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("title", "problem", "urgency", *(f"q_{one.key}" for one in self.questions)):
            if name in self.fields:
                self.fields[name].required = False
        self.fields["account"].required = True
        self.fields["account"].error_messages["required"] = "Choose the account that you want to add."

    def clean(self):
        data = super().clean() or {}
        if len(self.words()) > WORDS_MOST:
            self.add_error("problem", f"All together this may have up to {WORDS_MOST:,} characters.")
        return data

    def words(self):
        """All that was typed about the matter, one paragraph each."""
        said = {name: (self.cleaned_data.get(name) or "").strip() for name in JOINED_WORDS}
        paragraphs = [before + said[name] for name, before in JOINED_WORDS.items() if said[name]]
        answers = self.cleaned_data.get("answers", {})
        for one in self.questions:
            if answer := questions.in_words(one, answers.get(one.key)):
                paragraphs.append(f"{one.label}: {answer}")
        return "\n\n".join(paragraphs)
