"""Sending a request, or its words to one that is there."""

import uuid

from django import forms

from coordination.models import Urgency
from prodops.models import ProductArea

from .voices import WORDS_MOST, VoiceFields

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
    "workaround": "What they do instead: ",
    "evidence_url": "",
}


class RequestForm(VoiceFields):
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
    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)

    field_order = [
        "title",
        "problem",
        "account",
        "revenue",
        "currency",
        "affected",
        "urgency",
        "area",
        "team",
    ]

    def clean_title(self):
        return " ".join(self.cleaned_data["title"].split())

    def request(self):
        names = ("title", "problem", "affected", "urgency", "area", "workaround", "evidence_url", "key")
        return {name: self.cleaned_data[name] for name in names}


class JoinForm(RequestForm):
    """The request form, sent to an existing request instead: what was typed becomes the account's words.

    Its urgency and its part of the product are the existing request's own, and are not asked for.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("title", "problem", "urgency"):
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
        return "\n\n".join(before + said[name] for name, before in JOINED_WORDS.items() if said[name])
