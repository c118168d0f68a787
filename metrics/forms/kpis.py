"""What people fill in about a KPI's own row: define it, who answers for it, what becomes of it."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from metrics.models import Kpi, KpiStatus, Unit
from metrics.services import names
from prodops.comboboxes import ThingField
from prodops.models import ProductArea, Team, User

MOST_DIMENSIONS = 12
MOST_ALIASES = 20
MEANT = {
    "name": "What people call it in a sentence: “Import success on first try”.",
    "meaning": "One to three sentences: what it says, why it matters, what is left out.",
    "formula": "How it is counted, so that two people counting get the same number.",
    "unit": "Percent is written as 61.4, not 0.614.",
    "currency": "For money only: EUR, USD, …",
    "direction": "Which way is good. It decides what is shown as better and worse.",
    "grain": "How long the period is that one value stands for.",
    "source": "Where the number comes from: a table, an export, a system.",
}
LABELS = {"unit": "Unit", "direction": "Direction", "tier": "Tier", "grain": "One value for each"}
TEXTS = {"meaning": forms.Textarea({"rows": 3}), "formula": forms.Textarea({"rows": 3})}


class Meant(forms.ModelForm):
    """What a KPI means; a form of a model for its fields only: the service writes."""

    def clean_name(self):
        """A name in use by another living KPI would make two meanings of one word."""
        name = self.cleaned_data["name"].strip()
        if said := names.holder_of([name.lower()], self.instance if self.instance.pk else None):
            raise ValidationError(said)
        return name

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        code = cleaned.get("currency", "").strip().upper()
        if cleaned.get("unit") != Unit.MONEY:
            cleaned["currency"] = ""
        elif not (len(code) == 3 and code.isascii() and code.isalpha()):
            self.add_error("currency", "Money needs a currency of three letters, such as EUR.")
        else:
            cleaned["currency"] = code
        return cleaned

    def _post_clean(self):
        """The service writes the KPI; the instance is not touched here. Constraints are the database's."""


class Kept(forms.Form):
    """Who answers for a KPI, and when its values are due."""

    freshness_hours = forms.IntegerField(
        min_value=1,
        max_value=2400,
        label="Due after (hours)",
        initial=30,
        help_text="How long after its period a value should be here. Later is flagged.",
    )

    def offer(self, editor, team_id=None):
        """Let `editor` choose among the teams they edit, and the one it is in already."""
        mine = Team.objects.editable_by(editor)
        if team_id:
            mine = (mine | Team.objects.filter(pk=team_id)).distinct()
        self.fields["team"].queryset = mine  # type: ignore[attr-defined]
        self.fields["owner"].queryset = User.objects.active()  # type: ignore[attr-defined]
        self.fields["area"].queryset = ProductArea.objects.all()  # type: ignore[attr-defined]


KEPT_HELP = {
    "tier": "One north star; inputs move it; guardrails must not suffer; the rest supports.",
    "owner": "Who answers for it and hears of flags. Without one, the team’s leads do.",
    "team": "Whose KPI it is: its editors may change it and import values.",
}


class KpiForm(Kept, Meant):
    """Defines a KPI in words. `editor` may put it in the name of the teams they edit."""

    field_order = [
        *("name", "meaning", "formula", "unit", "currency", "direction", "tier"),
        *("grain", "source", "freshness_hours", "owner", "team", "area"),
    ]

    class Meta:
        model = Kpi
        fields = [
            *("name", "meaning", "formula", "unit", "currency", "direction", "tier"),
            *("grain", "source", "owner", "team", "area"),
        ]
        labels = LABELS | {"area": "Product area"}
        help_texts = MEANT | KEPT_HELP
        widgets = TEXTS

    def __init__(self, *args, editor, **kwargs):
        super().__init__(*args, **kwargs)
        self.offer(editor)
        self.fields["currency"].required = False
        self.fields["currency"].initial = settings.DEFAULT_CURRENCY
        self.fields["owner"].initial = editor.pk


class KpiOwnForm(Kept, forms.ModelForm):
    """What an editor changes of a KPI without a review."""

    field_order = [
        *("owner", "team", "area", "tier", "aliases", "dimensions"),
        *("freshness_hours", "freshness_error_hours"),
    ]
    freshness_error_hours = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=4800,
        label="Badly late after (hours)",
        help_text="From then on its data fail the freshness check. Empty: after twice as long.",
    )
    aliases = forms.CharField(
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3}),
        label="Also called",
        help_text="Other names people use, one a line. Search finds the KPI by them, and nobody else’s "
        "KPI can have them.",
    )
    dimensions = forms.CharField(
        required=False,
        max_length=1000,
        label="Dimensions",
        help_text="By what it can be broken down, with commas: country, plan, platform.",
    )

    class Meta:
        model = Kpi
        fields = ["owner", "team", "area", "tier"]
        labels = LABELS | {"area": "Product area"}
        help_texts = KEPT_HELP

    def __init__(self, *args, editor, aliases=(), **kwargs):
        kpi = kwargs["instance"]
        kwargs["initial"] = {
            "aliases": "\n".join(aliases),
            "dimensions": ", ".join(kpi.dimensions),
            "freshness_hours": kpi.freshness_hours,
            "freshness_error_hours": kpi.freshness_error_hours,
        }
        super().__init__(*args, **kwargs)
        self.offer(editor, kpi.team_id)

    def clean_aliases(self):
        lines = [" ".join(line.split()) for line in self.cleaned_data["aliases"].splitlines()]
        aliases = list({line.lower(): line for line in lines if line}.values())
        if len(aliases) > MOST_ALIASES:
            raise ValidationError(f"Keep to {MOST_ALIASES} names.")
        if any(len(alias) > 120 for alias in aliases):
            raise ValidationError("Keep each name under 120 signs.")
        if self.instance.name.lower() in [alias.lower() for alias in aliases]:
            raise ValidationError("The KPI’s own name is no other name.")
        if said := names.holder_of([alias.lower() for alias in aliases], self.instance):
            raise ValidationError(said)
        return aliases

    def clean_dimensions(self):
        parts = [" ".join(part.split()) for part in self.cleaned_data["dimensions"].split(",")]
        dimensions = list({part.lower(): part for part in parts if part}.values())
        if len(dimensions) > MOST_DIMENSIONS:
            raise ValidationError(f"Keep to {MOST_DIMENSIONS} dimensions.")
        if any(len(one) > 60 for one in dimensions):
            raise ValidationError("Keep each dimension under 60 signs.")
        return dimensions

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        warn, fail = cleaned.get("freshness_hours"), cleaned.get("freshness_error_hours")
        if warn and fail and fail < warn:
            self.add_error("freshness_error_hours", "That is before the value is due.")
        return cleaned

    def _post_clean(self):
        """The service writes the KPI."""


class DeprecateForm(forms.Form):
    successor = ThingField(
        "kpi",
        required=False,
        label="Use instead",
        help_text="The KPI that takes its place. Pages of this one lead there.",
    )
    note = forms.CharField(required=False, max_length=500, label="Why", widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args, kpi, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.kpi = kpi
        self.fields["successor"].user = user  # type: ignore[attr-defined]

    def clean_successor(self):
        successor = self.cleaned_data["successor"]
        if successor and (successor.pk == self.kpi.pk or successor.status == KpiStatus.DEPRECATED):
            raise ValidationError("Choose another KPI that is in use.")
        return successor


class ReasonForm(forms.Form):
    """Why somebody sends a proposal back, takes it back or marks a KPI as drifted."""

    reason = forms.CharField(max_length=500, label="Why", widget=forms.Textarea({"rows": 2}))


class BulkForm(forms.Form):
    """What is done to the ticked KPIs."""

    VERBS = [("verify", "Verify"), ("assign", "Assign")]
    verb = forms.ChoiceField(choices=VERBS)
    pk = forms.ModelMultipleChoiceField(Kpi.objects.none())
    owner = forms.ModelChoiceField(User.objects.none(), required=False)

    def __init__(self, *args, editable, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["pk"].queryset = editable  # type: ignore[attr-defined]
        self.fields["owner"].queryset = User.objects.active()  # type: ignore[attr-defined]

    def clean(self):
        super().clean()
        if self.cleaned_data.get("verb") == "assign" and not self.cleaned_data.get("owner"):
            self.add_error("owner", "Choose who is to own them.")
        return self.cleaned_data
