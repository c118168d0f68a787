"""The roadmap, what requests are linked to, promises, and words kept as evidence."""

from typing import Any

from django import forms
from django.conf import settings

from coordination.models import DueBy, ItemState, RoadmapItem, Voice
from prodops.comboboxes import AccountField
from prodops.forms import DateInput
from prodops.models import ProductArea, Role, User
from prodops.quarters import Quarter
from research.models import Insight, Study

QUARTERS_AHEAD = 8


class ItemForm(forms.Form):
    """An item of the roadmap. It is due in a quarter or on a day, or nobody knows yet."""

    title = forms.CharField(label="What is to be built?", max_length=160, help_text="Members read it.")
    public_words = forms.CharField(
        label="In words for those who asked",
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="They read this beside its state and date, never the title. No names of customers or ours.",
    )
    override = forms.CharField(
        label="Why these words may go out all the same",
        max_length=300,
        required=False,
        help_text="Only where something in them was found that should not leave the house.",
    )
    quarter = forms.ChoiceField(label="Quarter", required=False)
    day = forms.DateField(label="Or a day", required=False, widget=DateInput())
    area = forms.ModelChoiceField(
        ProductArea.objects.all(), label="Part of the product", required=False, empty_label="Not yet known"
    )
    owner = forms.ModelChoiceField(
        User.objects.active().exclude(role=Role.SUBMITTER), label="Who answers for it?", empty_label=None
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, today, item=None, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.start_month = settings.FISCAL_YEAR_START_MONTH
        quarter = Quarter.of(today, self.start_month)
        ahead = [quarter]
        while len(ahead) < QUARTERS_AHEAD:
            ahead.append(ahead[-1].next)
        if item and item.due_by == DueBy.QUARTER:
            ahead = sorted({*ahead, Quarter.of(item.due_on, self.start_month)})
        self.fields["quarter"].choices = [  # type: ignore[attr-defined]
            ("", "Not yet known"),
            *((one.slug, str(one)) for one in ahead),
        ]
        if item:
            by_quarter = item.due_by == DueBy.QUARTER
            self.initial = {
                "title": item.title,
                "public_words": item.public_words,
                "quarter": Quarter.of(item.due_on, self.start_month).slug if by_quarter else "",
                "day": item.due_on if item.due_by == DueBy.DAY else None,
                "area": item.area_id,
                "owner": item.owner_id,
                "version": item.version,
            }
        elif user:
            self.initial.setdefault("owner", user.pk)

    def clean(self):
        data = super().clean() or {}
        if data.get("quarter") and data.get("day"):
            self.add_error("day", "Choose a quarter or a day, not both.")
        return data

    def item(self):
        """The keyword arguments of the services."""
        data = self.cleaned_data
        due: dict[str, Any] = {"due_on": None, "due_by": ""}
        if data["day"]:
            due = {"due_on": data["day"], "due_by": DueBy.DAY}
        elif data["quarter"]:
            last = Quarter.parse(data["quarter"], self.start_month).last_day
            due = {"due_on": last, "due_by": DueBy.QUARTER}
        return {name: data[name] for name in ("title", "public_words", "override", "area", "owner")} | due


class MoveForm(forms.Form):
    to = forms.ChoiceField(choices=ItemState)
    seen = forms.ChoiceField(choices=ItemState)


class LinkForm(forms.Form):
    """One thing to link a request to: one of the first three, a new item's title, or an address."""

    item = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    insight = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    document = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    title = forms.CharField(required=False, max_length=160)
    url = forms.URLField(
        label="Address of a ticket or page",
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={"invalid": "Write an address such as https://tickets.example.com/123."},
    )
    label = forms.CharField(label="What it is", required=False, max_length=120)

    def clean_url(self):
        url = self.cleaned_data["url"]
        if url and not url.startswith(("http://", "https://")):
            raise forms.ValidationError("Write an address that begins with https://.")
        return url

    def clean(self):
        data = super().clean() or {}
        if not any(data.get(name) for name in ("item", "insight", "document", "title", "url")):
            raise forms.ValidationError("Choose what to link it to.")
        return data


class PromiseForm(forms.Form):
    """What an account was told."""

    account = AccountField(label="Which account?")
    words = forms.CharField(
        label="What were they told?",
        max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
        help_text="As it was said or written.",
    )
    due_on = forms.DateField(label="By when?", required=False, widget=DateInput())
    made_on = forms.DateField(label="Told on", widget=DateInput())
    item = forms.ModelChoiceField(
        RoadmapItem.objects.exclude(state=ItemState.DROPPED).order_by("title", "pk"),
        label="Which item of the roadmap keeps it?",
        required=False,
        empty_label="None",
    )

    def __init__(self, *args, user, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial.setdefault("made_on", today)
        if user.role == Role.SUBMITTER:
            del self.fields["item"]

    def clean(self):
        data = super().clean() or {}
        made, due = data.get("made_on"), data.get("due_on")
        if made and made > self.today:
            self.add_error("made_on", "It was told today or before.")
        if made and due and due < made:
            self.add_error("due_on", "This day is before the one on which it was told.")
        return data


class EvidenceForm(forms.Form):
    """Where the words go in research, and what they stand for there."""

    study = forms.ModelChoiceField(Study.objects.none(), label="In which study?", empty_label=None)
    insight = forms.ModelChoiceField(
        Insight.objects.none(), label="Which insight does it support?", required=False, empty_label="None yet"
    )
    claim = forms.CharField(label="Or a new insight", max_length=200, required=False)
    voice = forms.ModelChoiceField(
        Voice.objects.none(), label="Whose words?", required=False, empty_label="The request's own words"
    )

    def __init__(self, *args, studies, insights, voices, **kwargs):
        super().__init__(*args, **kwargs)
        for name, rows in (("study", studies), ("insight", insights), ("voice", voices)):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]
        self.fields["voice"].label_from_instance = (  # type: ignore[attr-defined]
            lambda voice: f"{voice.account.name}: {voice.words[:60]}"
        )

    def clean(self):
        data = super().clean() or {}
        if data.get("insight") and data.get("claim"):
            self.add_error("claim", "Choose an insight or write a new one, not both.")
        return data
