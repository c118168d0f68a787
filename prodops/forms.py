"""What all forms share: the renderer, and fields as people expect them."""

import zoneinfo

from django import forms
from django.forms.renderers import Jinja2
from django.template import engines

from prodops.models import CustomerAccount, Level, ProductArea, Role, Team, User


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
        fields = ["name", "job_title", "time_zone", "away_until", "mail_preference"]
        widgets = {"away_until": DateInput()}
        labels = {"mail_preference": "Notifications by e-mail"}
        help_texts = {"away_until": "Until then, others see that you are away. Leave empty if you are here."}


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
    owner = forms.ModelChoiceField(User.objects.active(), required=False)

    class Meta:
        model = CustomerAccount
        fields = ["name", "domain", "segment", "tier", "arr", "currency", "owner"]
        help_texts = {
            "domain": "Such as example.com. An account is known by it in imports.",
            "arr": "Annual recurring revenue. Leave empty if it is not known: empty is not zero.",
            "currency": "Three letters, such as EUR.",
        }

    def clean_currency(self):
        return self.cleaned_data["currency"].upper()
