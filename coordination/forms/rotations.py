"""What the pages of rotations and tags ask for."""

from django import forms

from coordination.forms.routing import NamesField
from coordination.models import Rotation
from prodops.forms import DateInput
from prodops.models import Role, User

PLACES, SPARE = 30, 2  # people in a rotation at most; empty places that its form offers


class RotationForm(forms.ModelForm):
    """A rotation with its people, one field a place."""

    class Meta:
        model = Rotation
        fields = ["name"]

    # No field of the model's: "one rotation at most" would be checked before the other has handed it over
    inbox = forms.BooleanField(required=False, label="Looks after the inbox, a week each")

    def __init__(self, data=None, *, instance):
        super().__init__(data, instance=instance)
        self.initial["inbox"] = instance.inbox
        holder = Rotation.objects.filter(inbox=True).exclude(pk=instance.pk).first()
        self.fields["inbox"].help_text = (
            f"It takes over from “{holder.name}”; triage shows whose week it is."
            if holder
            else "One rotation at most does; triage shows whose week it is."
        )
        held = (
            list(instance.members.order_by("position").values_list("user", flat=True)) if instance.pk else []
        )
        people = User.objects.active().exclude(role=Role.SUBMITTER) | User.objects.filter(pk__in=held)
        self.people = {user.pk: user for user in people.order_by("name", "pk")}
        choices = [("", "Nobody"), *((pk, user.name) for pk, user in self.people.items())]
        self.places = min(PLACES, max(3, len(held) + SPARE))
        for place in range(self.places):
            self.fields[f"place_{place}"] = forms.TypedChoiceField(
                label=f"{place + 1}.",
                choices=choices,
                coerce=int,
                required=False,
                empty_value=None,
                initial=held[place] if place < len(held) else None,
            )

    def in_order(self):
        """The places as bound fields."""
        return [self[f"place_{place}"] for place in range(self.places)]

    def clean(self):
        data = super().clean() or {}
        if not any(data.get(f"place_{place}") for place in range(self.places)):
            self.add_error("place_0", "Choose one person at least.")
        return data

    def rotation(self):
        """The rotation as the form says."""
        self.instance.inbox = self.cleaned_data["inbox"]
        return self.instance

    def members(self):
        """The people in their order, each once."""
        chosen = [self.cleaned_data[f"place_{place}"] for place in range(self.places)]
        return [self.people[pk] for pk in dict.fromkeys(chosen) if pk]


class WeekForm(forms.Form):
    """Who looks after a week; nobody named: the order again."""

    week = forms.DateField(widget=DateInput())
    user = forms.ModelChoiceField(User.objects.none(), required=False)

    def __init__(self, data=None, *, rotation):
        super().__init__(data)
        members = User.objects.active().filter(pk__in=rotation.members.values("user"))
        self.fields["user"].queryset = members  # type: ignore[attr-defined]
        self.people = list(members)

    def clean_week(self):
        week = self.cleaned_data["week"]
        if week.weekday():
            raise forms.ValidationError("A week begins on a Monday.")
        return week


class TagsForm(forms.Form):
    """Tags by name."""

    tags = NamesField(longest=40, label="Tags", help_text="Separated by commas. A tag that is new is made.")


class TagNameForm(forms.Form):
    name = forms.CharField(max_length=40, label="Name")

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].replace(",", " ").split())
        if not name:
            raise forms.ValidationError("A tag needs a name.")
        return name
