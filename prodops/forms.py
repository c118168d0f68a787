"""What all forms share: the renderer, and fields as people expect them."""

import zoneinfo

from django import forms
from django.forms.renderers import Jinja2
from django.template import engines

from prodops import custom_fields
from prodops.comboboxes import AccountField
from prodops.models import CustomerAccount, FieldKind, Level, ProductArea, Role, Team, User


class Renderer(Jinja2):
    """Widgets as Django draws them; our own field and error templates from templates/."""

    field_template_name = "components/_bound_field.html"
    form_template_name = "components/_form.html"

    def get_template(self, template_name):
        if template_name.startswith("components/"):
            return engines["jinja2"].get_template(template_name)
        return super().get_template(template_name)


class DateInput(forms.DateInput):
    """The browser's own date field, which takes typing and picking."""

    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m-%d", **kwargs)


class MarkdownField(forms.CharField):
    """Text in Markdown, with line ends as they are everywhere but in a browser's form."""

    def __init__(self, *, rows=8, **kwargs):
        super().__init__(widget=forms.Textarea({"rows": rows, "data-markdown": ""}), **kwargs)

    def to_python(self, value):
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


def typed_field(field, value=None):
    """The form field of a `CustomField`; `value` is what the thing has, which stays on offer if retired."""
    common = {
        "label": field.name,
        "help_text": field.help_text,
        "required": field.required,
        "initial": custom_fields.to_form(field, value),
    }
    if field.has_options:
        held = custom_fields.fitting(field, value) or []
        held = held if isinstance(held, list) else [held]
        offered = field.live_options
        offered += [(key, f"{field.option_names[key]} (retired)") for key in held if key in _retired(field)]
        if field.kind == FieldKind.MULTISELECT:
            boxes = forms.CheckboxSelectMultiple()
            return forms.MultipleChoiceField(choices=offered, widget=boxes, **common)
        return forms.ChoiceField(choices=[("", "—"), *offered], **common)
    if field.kind == FieldKind.PERSON:
        held = custom_fields.fitting(field, value) or 0
        people = User.objects.active() | User.objects.filter(pk=held)
        return forms.ModelChoiceField(people.order_by("name", "pk"), empty_label="Nobody", **common)
    if field.kind == FieldKind.CHECKBOX:
        return forms.BooleanField(**common)
    if field.kind == FieldKind.NUMBER:
        return forms.DecimalField(
            max_digits=custom_fields.MOST_DIGITS, decimal_places=custom_fields.DECIMAL_PLACES, **common
        )
    if field.kind == FieldKind.DATE:
        return forms.DateField(widget=DateInput(), **common)
    if field.kind == FieldKind.URL:
        only = [custom_fields.is_web_link]
        most = custom_fields.MOST_URL
        return forms.URLField(max_length=most, assume_scheme="https", validators=only, **common)
    return forms.CharField(max_length=custom_fields.MOST_TEXT, **common)


def _retired(field):
    return {one["key"] for one in field.options if one.get("retired")}


class TypedFields:
    """Mixed into a form before `forms.Form`: the typed fields of a subject, and in the end `properties`.

    Call `add_typed` at the end of `__init__`. A valid form's `cleaned_data["properties"]` is what the
    thing is to have: its values, and those of fields that are retired by now.
    """

    typed_fields: tuple = ()
    properties: dict = {}

    def add_typed(self, label, properties=None):
        self.properties = properties or {}
        self.typed_fields = tuple(custom_fields.live(label))
        for field in self.typed_fields:
            self.fields[f"typed_{field.key}"] = typed_field(field, self.properties.get(field.key))  # type: ignore[attr-defined]

    def typed(self):
        """The bound typed fields, for the template."""
        return [self[f"typed_{field.key}"] for field in self.typed_fields]  # type: ignore[index]

    def clean(self):
        cleaned = super().clean() or {}  # type: ignore[misc]
        values = {
            field.key: custom_fields.to_json(field, cleaned.pop(f"typed_{field.key}", None))
            for field in self.typed_fields
        }
        cleaned["properties"] = custom_fields.merged(self.properties, self.typed_fields, values)
        return cleaned


class CustomFieldForm(forms.Form):
    """A typed field as product ops make or change it. What exists keeps its kind."""

    name = forms.CharField(max_length=80)
    kind = forms.ChoiceField(choices=FieldKind, label="Kind")
    help_text = forms.CharField(
        max_length=200,
        required=False,
        label="Help",
        help_text="Stands under the field where it is filled in.",
    )
    required = forms.BooleanField(required=False, label="Must be filled in")
    new_options = forms.CharField(
        required=False,
        max_length=10_000,
        label="Options",
        widget=forms.Textarea({"rows": 4}),
        help_text="For lists: one a line.",
    )

    def __init__(self, data=None, *, field=None):
        initial = {}
        if field is not None:
            initial = {"name": field.name, "help_text": field.help_text, "required": field.required}
        super().__init__(data, initial=initial)
        self.options = []
        if field is None:
            return
        del self.fields["kind"]
        if not field.has_options:
            del self.fields["new_options"]
            return
        self.fields["new_options"].label = "Further options"
        self.options = field.options
        for one in field.options:
            key, name = one["key"], one["name"]
            self.fields[f"option_{key}"] = forms.CharField(
                max_length=80, label=f"Option “{name}”", initial=name
            )
            self.fields[f"retired_{key}"] = forms.BooleanField(
                required=False, initial=one.get("retired"), label=f"Offer “{name}” no more"
            )

    def clean(self):
        cleaned = super().clean() or {}
        cleaned["options"] = (cleaned.pop("new_options", None) or "").splitlines()
        if self.options:
            keys = [one["key"] for one in self.options]
            cleaned["renamed"] = {key: cleaned.pop(f"option_{key}", "") for key in keys}
            cleaned["retired"] = [key for key in keys if cleaned.pop(f"retired_{key}", False)]
        return cleaned


class SignupNameForm(forms.Form):
    """What sign-up asks beyond address and password."""

    name = forms.CharField(
        max_length=120, label="Your name", widget=forms.TextInput({"autocomplete": "name"})
    )

    def signup(self, request, user):
        """allauth's hook; the adapter has saved the name already."""


class PreferencesForm(forms.ModelForm):
    time_zone = forms.ChoiceField(
        choices=lambda: [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]
    )

    class Meta:
        model = User
        fields = ["name", "job_title", "time_zone", "mail_preference"]
        labels = {"mail_preference": "Notifications by e-mail"}


class AwayForm(forms.Form):
    """A period in which somebody is not at work."""

    first_day = forms.DateField(label="From", widget=DateInput())
    last_day = forms.DateField(label="To and including", widget=DateInput())

    def clean(self):
        data = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "The last day comes before the first.")
        elif first and last and (last - first).days > 730:
            self.add_error("last_day", "Two years at most; close the account of somebody who left.")
        return data


class InvitationForm(forms.Form):
    email = forms.EmailField(label="E-mail address")
    role = forms.ChoiceField(choices=Role, initial=Role.MEMBER)
    team = forms.ModelChoiceField(Team.objects.all(), required=False, empty_label="No team yet")


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role)


class TeamForm(forms.ModelForm):
    class Meta:
        model = Team
        fields = ["name"]


class MemberForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.active())
    level = forms.ChoiceField(choices=Level, initial=Level.EDITOR, label="May")


class AreaForm(forms.ModelForm):
    owner = forms.ModelChoiceField(User.objects.active(), required=False)

    class Meta:
        model = ProductArea
        fields = ["name", "parent", "owner", "team", "description"]
        labels = {"parent": "Part of"}
        help_texts = {"owner": "Requests of this area go to this person's triage."}


class AccountForm(forms.ModelForm):
    parent = AccountField(required=False, label="Part of", help_text="The larger customer it belongs to.")
    owner = forms.ModelChoiceField(User.objects.active(), required=False)

    class Meta:
        model = CustomerAccount
        fields = ["name", "domain", "segment", "tier", "arr", "currency", "owner", "parent"]
        labels = {"parent": "Part of"}
        help_texts = {
            "domain": "Such as example.com. An account is known by it in imports.",
            "arr": "Annual recurring revenue. Leave empty if it is not known: empty is not zero.",
            "currency": "Three letters, such as EUR.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["parent"] = self.instance.parent

    def clean_currency(self):
        return self.cleaned_data["currency"].upper()
