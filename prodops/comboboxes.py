"""Fields that search the server while one types, for things too many for a list."""

from django import forms
from django.urls import reverse_lazy

from prodops.models import CustomerAccount


class AccountInput(forms.Widget):
    """A text field with suggestions. The value is a pair: the slug of what was chosen, and what was typed."""

    template_name = "components/_combobox.html"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        slug, text = (
            value if isinstance(value, list | tuple) else (value.slug, value.name) if value else ("", "")
        )
        context["widget"] |= {"slug": slug, "text": text, "options_url": reverse_lazy("account_options")}
        return context

    def value_from_datadict(self, data, files, name):
        return (data.get(name, ""), data.get(f"{name}_text", ""))

    def value_omitted_from_data(self, data, files, name):
        return name not in data and f"{name}_text" not in data

    def id_for_label(self, id_):
        return id_


class AccountField(forms.Field):
    """A customer account, chosen from the suggestions or written out in full."""

    widget = AccountInput
    default_error_messages = {
        "unknown": "There is no account called “%(text)s”. Choose one from the list.",
        "ambiguous": "More than one account is called “%(text)s”. Choose one from the list.",
    }

    def to_python(self, value):
        if isinstance(value, CustomerAccount):
            return value
        slug, text = ((part or "").replace("\0", "").strip() for part in value or ("", ""))
        if not slug and not text:
            return None
        named = CustomerAccount.objects.filter(slug=slug) if slug else CustomerAccount.objects.none()
        found = list(named) or list(CustomerAccount.objects.filter(name__iexact=text[:160])[:2])
        if len(found) != 1:
            code = "ambiguous" if found else "unknown"
            raise forms.ValidationError(self.error_messages[code], code=code, params={"text": text or slug})
        return found[0]
