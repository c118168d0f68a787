"""What people fill in about the results of an experiment."""

from django import forms
from django.core.exceptions import ValidationError

from metrics.formats import pull_sql
from metrics.formats.tables import MAX_BYTES, Unreadable, text_of
from metrics.models import DataSource, MeasuredAs

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
    MeasuredAs.QUANTILE: (),
}


class NumbersForm(forms.Form):
    """Units of each variant, and what each KPI is measured by: one column a variant."""

    def __init__(self, data=None, *, experiment, former=None):
        super().__init__(data)
        self.variants, self.kpis = list(experiment.variants.all()), list(experiment.kpis.all())
        known = {one["key"]: one for one in (former.data["variants"] if former else ())}
        self.lines = []
        cells = []
        for variant in self.variants:
            cells.append(self._field(variant, "n", f"Units in {variant.name}", known, whole=True))
        self.lines.append(("Units", "how many were assigned", cells))
        for kpi in self.kpis:
            for name, words in NUMBERS[kpi.measured]:
                label = f"{kpi.kpi.name}, {words}, in "
                cells = [
                    self._field(one, name, label + one.name, known, kpi=kpi.kpi.slug, whole=name == "count")
                    for one in self.variants
                ]
                self.lines.append((kpi.kpi.name, words, cells))

    def _field(self, variant, name, label, known, *, kpi=None, whole=False):
        key = f"{variant.pk}-{kpi or ''}-{name}"
        kind: type = forms.IntegerField if whole else forms.FloatField
        former = known.get(variant.key, {})
        former = former.get("kpis", {}).get(kpi, {}) if kpi else former
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
        return [(name, words, [self[key] for key in keys]) for name, words, keys in self.lines]

    def clean(self):
        """`results`: the numbers as `services.results.take` has them."""
        super().clean()
        cleaned = self.cleaned_data
        found = []
        for variant in self.variants:
            kpis = {}
            for kpi in self.kpis:
                given = {
                    name: cleaned.get(f"{variant.pk}-{kpi.kpi.slug}-{name}")
                    for name, _ in NUMBERS[kpi.measured]
                }
                given = {name: value for name, value in given.items() if value is not None}
                if given:
                    kpis[kpi.kpi.slug] = given
            found.append({"key": variant.key, "n": cleaned.get(f"{variant.pk}--n"), "kpis": kpis})
        if not self.errors and not any(one["kpis"] for one in found):
            raise ValidationError("Fill in the numbers of one KPI at least.")
        cleaned["results"] = {"variants": found}
        return cleaned


class ResultsFileForm(forms.Form):
    file = forms.FileField(
        label="CSV file or spreadsheet",
        required=False,
        help_text="One row for each variant and KPI, with the columns variant, kpi, n, count or sum and "
        "sum_squares, and if there are any pre_sum, pre_sum_squares and pre_sum_products.",
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,.xlsx,text/csv,text/plain"}),
    )
    pasted = forms.CharField(
        label="Or paste rows",
        required=False,
        max_length=MAX_BYTES,
        strip=False,
        widget=forms.Textarea({"rows": 5, "spellcheck": "false", "class": "code"}),
    )

    def clean(self):
        """`text`: what is to be read."""
        super().clean()
        cleaned = self.cleaned_data
        file, pasted = cleaned.get("file"), cleaned.get("pasted") or ""
        if file is None and not pasted.strip():
            raise ValidationError("Choose a file, or paste some rows.")
        if file is not None and file.size > MAX_BYTES:
            raise ValidationError("The file is larger than 5 MB.")
        try:
            cleaned["text"] = text_of(file.read()) if file is not None else pasted.replace("\0", "")
        except Unreadable as error:
            raise ValidationError(str(error)) from error
        return cleaned


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
