"""What people fill in about the results of an experiment."""

import math
import re

from django import forms
from django.core.exceptions import ValidationError

from metrics.formats import pull_sql
from metrics.formats.tables import MAX_BYTES
from metrics.models import DataSource, MeasuredAs

from .numbers import NumberField
from .tables import TableForm

NUMBERS = {
    MeasuredAs.PROPORTION: (("count", "how many did it"),),
    MeasuredAs.MEAN: (("sum", "sum"), ("sum_squares", "sum of squares")),
    MeasuredAs.RATIO: (
        ("sum", "sum above the line"),
        ("sum_squares", "its sum of squares"),
        ("denominator_sum", "sum below the line"),
        ("denominator_sum_squares", "its sum of squares below"),
        ("sum_products", "sum of above times below"),
    ),
    MeasuredAs.QUANTILE: (("values", "the value of each unit"),),
}
# What the same units did before the experiment: it takes away a part of the noise (CUPED).
BEFORE = (
    ("pre_sum", "sum before"),
    ("pre_sum_squares", "sum of squares before"),
    ("pre_sum_products", "sum of now times before"),
)
ADJUSTED = (MeasuredAs.PROPORTION, MeasuredAs.MEAN)
MOST_SHOWN = 2_000  # values that stand in their field again


class ValuesField(forms.CharField):
    """Many numbers with a decimal point, parted by spaces, lines, commas or semicolons; gives a list."""

    widget = forms.Textarea

    def clean(self, value):
        text = super().clean(value)
        found = []
        for place, word in enumerate(re.split(r"[\s,;]+", text.strip(" \t\r\n,;")) if text else (), start=1):
            try:
                number = float(word)
            except ValueError:
                number = math.nan
            if not math.isfinite(number):
                raise ValidationError(f"Value {place:,}, “{word[:30]}”, is no number. Write it as 12.5.")
            found.append(number)
        return found or None

    def prepare_value(self, value):
        if isinstance(value, list):
            return " ".join(f"{one:g}" for one in value) if len(value) <= MOST_SHOWN else ""
        return value


class NumbersForm(forms.Form):
    """Units of each variant, and what each KPI is measured by: one column a variant."""

    def __init__(self, data=None, *, experiment, former=None):
        super().__init__(data)
        self.variants, self.kpis = list(experiment.variants.all()), list(experiment.kpis.all())
        self.known = {one["key"]: one for one in (former.data["variants"] if former else ())}
        units = [self._field(one, "n", f"Units in {one.name}") for one in self.variants]
        self.lines = [("Units", "how many were assigned", units)]
        self.before: list = []
        for kpi in self.kpis:
            self.lines += self._lines(kpi, NUMBERS[kpi.measured])
            if kpi.measured in ADJUSTED:
                self.before += self._lines(kpi, BEFORE)

    def _lines(self, kpi, numbers):
        """A line for each of the numbers: (KPI, what the number is, names of the variants' fields)."""
        found = []
        for name, words in numbers:
            label = f"{kpi.kpi.name}, {words}, in "
            cells = [self._field(one, name, label + one.name, kpi=kpi.kpi.slug) for one in self.variants]
            found.append((kpi.kpi.name, words, cells))
        return found

    def _field(self, variant, name, label, *, kpi=None):
        key = f"{variant.pk}-{kpi or ''}-{name}"
        former = self.known.get(variant.key, {})
        former = former.get("kpis", {}).get(kpi, {}) if kpi else former
        if name == "values":
            self.fields[key] = ValuesField(
                label=label,
                required=False,
                max_length=MAX_BYTES,
                initial=former.get(name),
                widget=forms.Textarea(
                    {"rows": 4, "class": "code", "spellcheck": "false", "aria-label": label}
                ),
            )
            return key
        whole = name in ("n", "count")
        kind: type = forms.IntegerField if whole else NumberField
        self.fields[key] = kind(
            label=label,
            required=kpi is None,
            min_value=0 if whole else None,
            max_value=10**15 if whole else 1e150,
            initial=former.get(name),
            widget=forms.NumberInput({"step": "1" if whole else "any", "aria-label": label}),
        )
        return key

    def grid(self):
        """(KPI, what the number is, bound fields of the variants) of each line."""
        return self._bound(self.lines)

    def grid_before(self):
        """The same of what the units did before the experiment."""
        return self._bound(self.before)

    def shows_before(self):
        """Whether something stands there, or is wrong."""
        return any(cell.value() or cell.errors for _, _, cells in self.grid_before() for cell in cells)

    def _bound(self, lines):
        return [(name, words, [self[key] for key in keys]) for name, words, keys in lines]

    def clean(self):
        """`results`: the numbers as `services.results.take` has them."""
        super().clean()
        cleaned = self.cleaned_data
        found = []
        for variant in self.variants:
            kpis = {}
            for kpi in self.kpis:
                names = [name for name, _ in (*NUMBERS[kpi.measured], *BEFORE)]
                given = {name: cleaned.get(f"{variant.pk}-{kpi.kpi.slug}-{name}") for name in names}
                given = {name: value for name, value in given.items() if value is not None}
                if given:
                    kpis[kpi.kpi.slug] = given
            found.append({"key": variant.key, "n": cleaned.get(f"{variant.pk}--n"), "kpis": kpis})
        if not self.errors and not any(one["kpis"] for one in found):
            raise ValidationError("Fill in the numbers of one KPI at least.")
        cleaned["results"] = {"variants": found}
        return cleaned


class ResultsFileForm(TableForm):
    """Results as rows."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = (
            "One row for each variant and KPI, with the columns variant, kpi, n, count or sum and "
            "sum_squares, and if there are any pre_sum, pre_sum_squares and pre_sum_products. For a quantile "
            "one row for each unit, with the columns variant, kpi and value."
        )


class ResultsQueryForm(forms.Form):
    source = forms.ModelChoiceField(DataSource.objects.none(), label="Database", empty_label="Choose…")
    sql = forms.CharField(
        label="Query",
        max_length=pull_sql.MAX_SQL,
        strip=True,
        widget=forms.Textarea({"rows": 10, "spellcheck": "false", "class": "code"}),
        help_text="One SELECT that answers a row for each variant and KPI, with the columns that a file has.",
    )

    def __init__(self, data=None, *, editor, pull=None):
        super().__init__(data, initial={"source": pull.source_id, "sql": pull.sql} if pull else {})
        sources = DataSource.objects.visible_to(editor).live()
        self.fields["source"].queryset = sources  # type: ignore[attr-defined]

    def clean_sql(self):
        try:
            pull_sql.prove(self.cleaned_data["sql"])
        except pull_sql.NotASelect as error:
            raise ValidationError(str(error)) from error
        return self.cleaned_data["sql"]
