"""An experiment's idea, its design, and the rows of its variants and KPIs."""

from typing import Any

from django import forms
from django.utils.text import slugify

from metrics.forms.numbers import NumberField
from metrics.models import (
    AssignedBy,
    Correction,
    ExperimentTemplate,
    KpiRole,
    MeasuredAs,
    Method,
    Wanted,
)
from prodops.comboboxes import ThingField, ThingsField
from prodops.forms import DateInput
from prodops.models import ProductArea, Team, User

MOST_SURFACES = 12


def area_of(rows):
    return forms.Textarea({"rows": rows})


class PercentField(NumberField):
    """A share, typed in per cent."""

    def __init__(self, *, least=0.0, most=1000.0, **kwargs):
        super().__init__(min_value=least, max_value=most, **kwargs)

    def clean(self, value):
        found = super().clean(value)
        return None if found is None else found / 100

    def prepare_value(self, value):
        return f"{value * 100:.6g}" if isinstance(value, float) else value


class IdeaForm(forms.Form):
    """The hypothesis in parts, and who answers for it."""

    title = forms.CharField(max_length=200, help_text="What is tried, in a few words.")
    key = forms.SlugField(
        max_length=60,
        required=False,
        help_text="As your feature flags call it. It never changes. Made from the title where empty.",
    )
    template = forms.ModelChoiceField(
        ExperimentTemplate.objects.none(), required=False, empty_label="None", to_field_name="pk"
    )
    because = forms.CharField(
        max_length=3000, required=False, widget=area_of(3), label="Because we saw that…"
    )
    change = forms.CharField(max_length=3000, required=False, widget=area_of(2), label="we believe that…")
    audience = forms.CharField(
        max_length=120, required=False, label="for…", help_text="Whom it is for. Empty means everybody."
    )
    wanted = forms.ChoiceField(choices=Wanted, label="will")
    size = PercentField(
        least=0.01,
        required=False,
        label="the primary KPI by, in %",
        help_text="How much you expect, relative to today.",
    )
    know_when = forms.CharField(max_length=2000, required=False, widget=area_of(2), label="We know it when…")
    surfaces = forms.CharField(
        max_length=600,
        required=False,
        help_text="Where in the product, separated by commas: overlapping tests are found by it.",
    )
    exclusion_group = forms.CharField(
        max_length=60,
        required=False,
        help_text="Tests of one group never reach the same person, so they do not overlap.",
    )
    team = forms.ModelChoiceField(Team.objects.none(), empty_label=None)
    owner = forms.ModelChoiceField(User.objects.none(), empty_label=None)
    area = forms.ModelChoiceField(ProductArea.objects.all(), required=False, empty_label="None")
    reason = forms.CharField(
        max_length=1000,
        required=False,
        widget=area_of(2),
        label="Why does the plan change?",
        help_text="The experiment has started: each change of its plan is kept and shown on the read-out.",
    )

    def __init__(self, *args, user, experiment=None, **kwargs):
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["team"].queryset = Team.objects.editable_by(user).order_by("name")
        fields["owner"].queryset = User.objects.active().order_by("name", "pk")
        fields["insights"] = ThingsField(
            "insight",
            user=user,
            required=False,
            label="Insights behind it",
            help_text="Type a few words of one; each that you choose is added to the list.",
        )
        fields["template"].queryset = ExperimentTemplate.objects.in_use()
        if experiment is not None:
            del fields["key"], fields["template"]
            fields["team"].queryset |= Team.objects.filter(pk=experiment.team_id)
            fields["owner"].queryset |= User.objects.filter(pk=experiment.owner_id)
        if experiment is None or not experiment.is_started:
            del fields["reason"]

    def clean_surfaces(self):
        typed = (part.strip().lower()[:60] for part in self.cleaned_data["surfaces"].split(","))
        return sorted(dict.fromkeys(one for one in typed if one))[:MOST_SURFACES]


class DesignForm(forms.Form):
    """How it is tried: who is assigned, which method, how many, how long."""

    unit = forms.ChoiceField(choices=AssignedBy, label="Assigned by")
    method = forms.ChoiceField(
        choices=Method,
        help_text="Fixed horizon: judged once, at the end. Sequential: may be looked at every day. "
        "Bayesian: chance to win and expected loss. It is settled at the start.",
    )
    correction = forms.ChoiceField(
        choices=Correction, help_text="Against false winners among several KPIs and variants."
    )
    alpha = PercentField(least=0.1, most=49, label="Alpha, in %")
    power = PercentField(least=51, most=99.9, label="Power, in %")
    mde = PercentField(
        least=0.01, required=False, label="Smallest effect worth finding, in %", help_text="Relative."
    )
    baseline = NumberField(
        required=False,
        help_text="The primary KPI of one unit today; a proportion as a share (0.61). Read from its series "
        "where empty.",
    )
    spread = NumberField(
        required=False,
        min_value=0,
        label="Standard deviation",
        help_text="Of one unit, for means and ratios. A proportion needs none.",
    )
    daily_units = NumberField(required=False, min_value=0.01, label="New units a day")
    sample_size = forms.IntegerField(
        required=False,
        min_value=2,
        max_value=2_000_000_000,
        label="Sample size per variant",
        help_text="Reckoned from the fields above where empty.",
    )
    min_days = forms.IntegerField(min_value=1, max_value=365, label="Shortest run, in days")
    planned_from = forms.DateField(required=False, widget=DateInput(), label="Planned first day")
    planned_to = forms.DateField(required=False, widget=DateInput(), label="Planned last day")
    reason = IdeaForm.base_fields["reason"]

    def __init__(self, *args, experiment, **kwargs):
        super().__init__(*args, **kwargs)
        if experiment.is_started:
            for name in ("unit", "method", "correction", "alpha", "power", "planned_from"):
                self.fields[name].disabled = True
        else:
            del self.fields["reason"]

    def clean(self):
        data = super().clean() or {}
        first, last = data.get("planned_from"), data.get("planned_to")
        if first and last and first > last:
            self.add_error("planned_to", "The last day lies before the first.")
        return data


class VariantRow(forms.Form):
    key = forms.SlugField(max_length=60, required=False)
    name = forms.CharField(max_length=120, required=False)
    description = forms.CharField(max_length=2000, required=False)
    ratio = NumberField(
        required=False,
        min_value=0.01,
        max_value=100,
        label="Share, %",
    )
    is_control = forms.BooleanField(required=False, label="Control")

    def clean(self):
        data = super().clean() or {}
        if data.get("name"):
            data["key"] = data.get("key") or slugify(data["name"])[:60]
            if not data["key"]:
                self.add_error("key", "Write a key in letters.")
            if data.get("ratio") is None and "ratio" not in self.errors:
                self.add_error("ratio", "Say which share of the units it gets.")
        return data


class KpiRow(forms.Form):
    role = forms.ChoiceField(choices=KpiRole, initial=KpiRole.SECONDARY)
    measured = forms.ChoiceField(
        choices=[(one.value, one.label.partition(":")[0]) for one in MeasuredAs], label="Measured as"
    )
    direction = forms.ChoiceField(choices=[(Wanted.UP, "Higher"), (Wanted.DOWN, "Lower")], label="Better")
    margin = PercentField(most=100, required=False, label="Margin, %")

    field_order = ("kpi", "role", "measured", "direction", "margin")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kpi"] = ThingField("kpi", user=user, label="KPI", required=False)
        self.order_fields(self.field_order)


class Rows:
    """As many forms as the plan has rows and `spare` empty ones; rows left empty fall away."""

    form: type[forms.Form]
    named: str
    spare = 2
    most = 20

    def __init__(self, data=None, *, prefix, initial=(), **kwargs):
        asked = data.get(f"{prefix}-rows", "") if data is not None else ""
        number = len(initial) + self.spare
        if asked.isascii() and asked.isdecimal() and len(asked) < 4:
            number = int(asked)
        self.number = min(number, self.most)
        self.name = f"{prefix}-rows"
        starts = [*initial, *({} for _ in range(self.number))][: self.number]
        self.forms = [
            self.form(data, prefix=f"{prefix}-{place}", initial=start, **kwargs)
            for place, start in enumerate(starts)
        ]

    def __iter__(self):
        return iter(self.forms)

    def is_valid(self):
        return all([one.is_valid() for one in self.forms])

    @property
    def rows(self):
        return [one.cleaned_data for one in self.forms if one.cleaned_data.get(self.named)]

    def errors_in_words(self):
        return [
            f"{one.fields[name].label or name.capitalize()}: {error}"
            for one in self.forms
            for name, errors in one.errors.items()
            for error in errors
        ]


class VariantRows(Rows):
    form = VariantRow
    named = "name"
    spare = 1


class KpiRows(Rows):
    form = KpiRow
    named = "kpi"


class CalculatorForm(forms.Form):
    """How many units a test needs."""

    baseline = NumberField(
        required=False,
        label="Baseline",
        help_text="Of one unit: a proportion as a share (0.61), a mean as it is.",
    )
    measured = forms.ChoiceField(
        choices=[("proportion", "Proportion"), ("mean", "Mean")], required=False, label="Measured as"
    )
    spread = NumberField(
        required=False,
        min_value=0,
        label="Standard deviation",
        help_text="Of a mean.",
    )
    mde = PercentField(least=0.01, required=False, label="Smallest effect, %")
    alpha = PercentField(least=0.1, most=49, required=False, label="Alpha, %")
    power = PercentField(least=51, most=99.9, required=False, label="Power, %")
    variants = forms.IntegerField(required=False, min_value=2, max_value=20, label="Variants with control")
    daily_units = NumberField(required=False, min_value=0.01, label="New units a day")

    field_order = ("kpi",)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kpi"] = ThingField(
            "kpi",
            user=user,
            required=False,
            label="KPI",
            help_text="Baseline and standard deviation are read from its own series.",
        )
        self.order_fields(self.field_order)
