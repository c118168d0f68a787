"""What sets up a webhook and says what is what in its payloads."""

from django import forms

from coordination.formats import mapping
from coordination.models import Proof, Scheme, System

# How each product can prove itself, and what its own way of signing is called here
OWN_SCHEME: dict[str, str] = {
    System.ZENDESK: Scheme.ZENDESK,
    System.INTERCOM: Scheme.INTERCOM,
    System.HUBSPOT: Scheme.HUBSPOT,
    System.JIRA: Scheme.JIRA,
    System.LINEAR: Scheme.LINEAR,
    System.GITHUB: Scheme.GITHUB,
}
PROOF_WORDS = [
    (Proof.HEADER, "A token in a header: the sender can set “Authorization: Bearer …”"),
    (Proof.SIGNATURE, "A signature: the sender signs with a secret that both know"),
    (Proof.BOTH, "Both a token in a header and a signature"),
    (Proof.ADDRESS, "A token in the address: only for senders that can do neither"),
]
SCHEME_CHOICES = [("", "The system’s own"), *Scheme.choices]


class EndpointForm(forms.Form):
    """How the door is opened. The signing secret is written only, never shown again."""

    system = forms.ChoiceField(choices=System, label="Which system sends?")
    proof = forms.ChoiceField(
        choices=PROOF_WORDS,
        label="How does it prove itself?",
        widget=forms.RadioSelect,
        initial=Proof.HEADER,
        help_text="GitHub, Intercom, Jira, Linear, HubSpot sign; Zendesk does both; Salesforce: a header.",
    )
    scheme = forms.ChoiceField(
        choices=SCHEME_CHOICES,
        required=False,
        label="Way of signing",
        help_text="Another than the system’s own where a gateway signs. “Prodops” is for your own scripts.",
    )
    secret = forms.CharField(
        max_length=500,
        required=False,
        label="Signing secret",
        widget=forms.PasswordInput({"autocomplete": "off", "spellcheck": "false"}),
        help_text="Where the sender signs: as it shows the secret. It is kept encrypted and not shown again.",
    )

    def __init__(self, data=None, *, endpoint=None):
        initial = None
        if endpoint and not endpoint.revoked_at:
            own = OWN_SCHEME.get(endpoint.system, Scheme.PRODOPS) == endpoint.scheme
            initial = {
                "system": endpoint.system,
                "proof": endpoint.proof,
                "scheme": "" if own else endpoint.scheme,
            }
        super().__init__(data, initial=initial)
        self.has_secret = bool(endpoint and endpoint.has_secret and not endpoint.revoked_at)
        if self.has_secret:
            self.fields["secret"].label = "Another signing secret"
            self.fields[
                "secret"
            ].help_text = "Only to replace the one that is here, which then works for a day."

    def clean(self):
        data = super().clean() or {}
        data["secret"] = (data.get("secret") or "").strip()
        if not data.get("scheme"):
            data["scheme"] = OWN_SCHEME.get(data.get("system", ""), Scheme.PRODOPS)
        signs = data.get("proof") in (Proof.SIGNATURE, Proof.BOTH)
        if signs and not data["secret"] and not self.has_secret:
            self.add_error("secret", "Paste the secret that the sender signs with.")
        return data


class MappingForm(forms.Form):
    """One path for each part of a request; what is empty is left out."""

    def __init__(self, data=None, *, rules):
        super().__init__(data, initial=rules)
        helps = {
            "title": "A path: ticket.subject. More than one, tried in turn: subject | title",
            "body": "comments[*].text joins what every comment says",
            "external_id": "With it the same thing comes in once",
            "tags": "labels[*].name, or a text with commas",
            "type": "fields[id=360012].value finds a field by its number",
            "urgency": "Words such as urgent, high, low, or 1 to 4",
            "account_id": "As accounts know it: “zendesk:4711”",
        }
        for name, label in mapping.FIELDS.items():
            self.fields[name] = _path(label, helps.get(name, ""))
        self.fields[mapping.EACH] = _path(
            "One request for each of",
            "The list, where one delivery brings many: issues. Paths then begin in each.",
        )
        self.fields[mapping.ONLY] = _path("Only where", "A path, such as event.type")
        self.fields[mapping.ONE_OF] = forms.CharField(
            required=False, max_length=300, label="is one of", help_text="Words with commas: created, tagged"
        )

    def rules(self):
        """{name: path} of what was filled in, faulty or not, for the try-out."""
        said = {name: str(self.data.get(name, "")).replace("\0", "").strip()[:300] for name in mapping.RULES}
        return {name: rule for name, rule in said.items() if rule}

    def clean(self):
        data = super().clean() or {}
        rules = {name: rule for name, rule in data.items() if rule}
        for name, fault in mapping.faults(rules).items():
            self.add_error(name, fault)
        return rules


def _path(label, help_text):
    attrs = {"spellcheck": "false", "autocomplete": "off", "class": "path"}
    return forms.CharField(
        required=False, max_length=300, label=label, help_text=help_text, widget=forms.TextInput(attrs)
    )
