"""What sets up how mail reaches a channel."""

from django import forms

from coordination.models import Mailbox, Provider


class MailboxForm(forms.Form):
    """The address, and how its mail comes here: fetched by IMAP, handed in by webhook, or both."""

    address = forms.EmailField(
        max_length=200,
        label="Address that people write to",
        help_text="Such as wishes@example.com. Answers to our mail go to it with a mark behind a plus sign.",
    )
    host = forms.CharField(
        max_length=253,
        required=False,
        label="IMAP server",
        help_text="Such as imap.example.com, by TLS. Leave it empty if a webhook brings the mail.",
    )
    port = forms.IntegerField(min_value=1, max_value=65535, required=False, initial=993)
    user = forms.CharField(max_length=254, required=False, label="User")
    password = forms.CharField(
        max_length=500,
        required=False,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="An app password where the provider has them. It is kept encrypted and not shown again.",
    )
    folder = forms.CharField(
        max_length=120,
        required=False,
        initial="INBOX",
        help_text="It is only read: nothing is marked, moved or deleted there.",
    )
    provider = forms.ChoiceField(
        choices=Provider, required=False, label="The webhook is of", help_text="For mail that is handed in."
    )
    key = forms.CharField(
        max_length=500,
        required=False,
        label="Signing key",
        widget=forms.PasswordInput({"autocomplete": "off"}),
        help_text="Mailgun’s HTTP webhook signing key. The others are known by the secret address alone.",
    )

    def __init__(self, data=None, *, box=None):
        names = ("address", "host", "port", "user", "folder", "provider")
        super().__init__(data, initial={name: getattr(box, name) for name in names} if box else None)
        self.box = box
        if box and box.sealed_password:
            self.fields["password"].label = "Another password"
            self.fields["password"].help_text = "Only to replace the one that is kept."
        if box and box.sealed_key:
            self.fields["key"].label = "Another signing key"
            self.fields["key"].help_text = "Only to replace the one that is kept."

    def clean_address(self):
        address = self.cleaned_data["address"].lower()
        others = Mailbox.objects.filter(address=address).exclude(pk=self.box.pk if self.box else 0)
        if others.exists():
            raise forms.ValidationError("Another channel has this address.")
        if "+" in address:
            raise forms.ValidationError("Leave the plus sign out: answers carry their mark there.")
        return address

    def clean_host(self):
        host = self.cleaned_data["host"].strip().lower()
        if host and (any(sign in host for sign in "/:@ ") or "." not in host.strip(".")):
            raise forms.ValidationError("Write the name of a server, such as imap.example.com.")
        return host

    def clean(self):
        cleaned = super().clean() or {}
        for name, usual in (("port", 993), ("folder", "INBOX"), ("provider", Provider.RAW)):
            cleaned[name] = cleaned.get(name) or usual
        # A kept password goes to the server it was written for, and to no other
        where = (cleaned.get("host"), cleaned.get("port"), cleaned.get("user"))
        same = bool(self.box and (self.box.host, self.box.port, self.box.user) == where)
        known = bool(same and self.box.sealed_password)
        if cleaned.get("host") and not (cleaned.get("user") and (cleaned.get("password") or known)):
            self.add_error(
                "user", "The server asks for a user and a password; write it again for another one."
            )
        if any("\0" in str(value) or "\r" in str(value) or "\n" in str(value) for value in cleaned.values()):
            raise forms.ValidationError("A line break cannot be part of it.")
        return cleaned
