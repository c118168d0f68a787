"""What opens a channel and names a type of requests."""

from django import forms

from coordination.models import ChannelKind, RequestType
from prodops.models import ProductArea, Role, Team, User

KIND_WORDS = [
    (ChannelKind.FORM, "Web form: customers fill it in on your pages"),
    (
        ChannelKind.WEBHOOK,
        "Webhook: Zendesk, Intercom, HubSpot, Salesforce, Jira, Linear, GitHub or your own",
    ),
    (ChannelKind.EMAIL, "E-mail: an address to write or forward to"),
    (ChannelKind.WIDGET, "Widget or survey: stands in your product"),
    (ChannelKind.FILE, "File: a CSV or spreadsheet from another tool"),
]


class ChannelForm(forms.Form):
    """A channel's own properties. `kind` is asked only where it is new."""

    kind = forms.ChoiceField(
        label="How does it come in?",
        choices=KIND_WORDS,
        widget=forms.RadioSelect,
        initial=ChannelKind.WEBHOOK,
    )
    name = forms.CharField(
        max_length=80, label="Name", help_text="As triage reads it beside a request: “Zendesk”, “Sales form”."
    )
    owner = forms.ModelChoiceField(
        User.objects.none(),
        empty_label=None,
        help_text="What comes in without a known author is this person’s.",
    )
    team = forms.ModelChoiceField(
        Team.objects.all(),
        required=False,
        empty_label="No team",
        help_text="This team follows what comes in.",
    )
    area = forms.ModelChoiceField(
        ProductArea.objects.all(),
        required=False,
        empty_label="No area: product ops sorts it",
        label="Area",
        help_text="Where things go that no rule sends elsewhere.",
    )
    type = forms.ModelChoiceField(
        RequestType.objects.none(), required=False, empty_label="No type", label="Type of request"
    )

    def __init__(self, data=None, *, channel=None, by=None, initial=None):
        if channel:
            initial = {name: getattr(channel, name) for name in ("name", "owner", "team", "area", "type")}
        super().__init__(data, initial={"owner": by, **(initial or {})})
        held_owner, held_type = (channel.owner_id, channel.type_id or 0) if channel else (0, 0)
        people = User.objects.active().exclude(role=Role.SUBMITTER) | User.objects.filter(pk=held_owner)
        self.fields["owner"].queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]
        types = RequestType.objects.live() | RequestType.objects.filter(pk=held_type)
        self.fields["type"].queryset = types  # type: ignore[attr-defined]
        if channel:
            del self.fields["kind"]

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())


class TypeForm(forms.Form):
    """A type's name, which no other has."""

    name = forms.CharField(max_length=60, label="Name")

    def __init__(self, data=None, *, kind=None):
        super().__init__(data, initial={"name": kind.name} if kind else None)
        self.kind = kind

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        others = RequestType.objects.exclude(pk=self.kind.pk if self.kind else 0)
        if taken := others.filter(name__iexact=name).first():
            words = "is retired: offer it again instead" if taken.retired_at else "is there already"
            raise forms.ValidationError(f"“{taken.name}” {words}.")
        return name
