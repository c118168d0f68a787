"""What people fill in about a KPI's values."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError

from metrics.formats.dates import DateOrder, NotADate
from metrics.formats.numbers import Decimal, NotANumber, read_number
from metrics.formats.series_csv import MOST_DIMENSION, period_of, read_dims
from metrics.stats import periods
from prodops.forms import DateInput

from .tables import TableForm


class UploadForm(TableForm):
    """A KPI's values; `name` is what the import is called."""

    too_large = "The file is larger than 5 MB. Split it by year and import the parts."

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = (
            "A column of dates and one of values, header or not; for parts one for each dimension. "
            "CSV or XLSX, up to 5 MB and 50,000 rows."
        )
        self.fields["pasted"].help_text = "Straight from a spreadsheet is fine."
        self.fields["pasted"].widget.attrs["placeholder"] = "date,value\n2026-11-21,61.4\n2026-11-22,60.9"

    def clean(self):
        cleaned = super().clean()
        file = cleaned.get("file")
        cleaned["name"] = file.name if file is not None else "Pasted rows"
        return cleaned


class LayoutForm(forms.Form):
    """How the table is to be read; what the file itself tells is chosen already."""

    date_column = forms.TypedChoiceField(label="Dates are in", coerce=int)
    value_column = forms.TypedChoiceField(label="Values are in", coerce=int)
    order = forms.ChoiceField(label="Dates are written", required=False)
    decimal = forms.ChoiceField(label="Decimals are written", required=False)
    shares = forms.BooleanField(label="Values are shares of one (0.614 means 61.4 %)", required=False)

    ORDERS = [
        ("", "Choose…"),
        (DateOrder.DAY_FIRST, "day/month/year"),
        (DateOrder.MONTH_FIRST, "month/day/year"),
    ]
    DECIMALS = [
        ("", "Choose…"),
        (Decimal.POINT, "with a point: 1,234.5"),
        (Decimal.COMMA, "with a comma: 1.234,5"),
    ]

    def __init__(self, data, *, layout, width, percent, dimensions=(), versions=()):
        super().__init__(data)
        names = [
            layout.header[n] if n < len(layout.header) and layout.header[n] else "" for n in range(width)
        ]
        columns = [(n, name[:60] or f"Column {n + 1}") for n, name in enumerate(names)]
        choices: dict[str, list] = {"order": self.ORDERS, "decimal": self.DECIMALS}
        choices |= dict.fromkeys(("date_column", "value_column"), columns)
        for name, chosen_from in choices.items():
            self.fields[name].choices = chosen_from  # type: ignore[attr-defined]
        self.dimensions = dimensions
        for n, name in enumerate(dimensions):
            self.fields[f"dimension_{n}"] = forms.TypedChoiceField(
                label=f"“{name}” is in",
                choices=[("", "No column"), *columns],
                coerce=int,
                empty_value=None,
                required=False,
            )
        if len(versions) > 1:
            self.fields["version"] = version_field(versions)
        if not layout.order_matters:
            del self.fields["order"]
        if not layout.decimal_matters:
            del self.fields["decimal"]
        if not percent:
            del self.fields["shares"]

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("date_column") == cleaned.get("value_column"):
            self.add_error("value_column", "Dates and values cannot be the same column.")
        given = [(name, cleaned.get(f"dimension_{n}")) for n, name in enumerate(self.dimensions)]
        cleaned["dimension_columns"] = tuple((name, column) for name, column in given if column is not None)
        taken = [column for _, column in cleaned["dimension_columns"]]
        taken += [cleaned.get("date_column"), cleaned.get("value_column")]
        if not self.errors and len(set(taken)) < len(taken):
            raise ValidationError("A column can be one thing only: a date, a value or a dimension.")
        return cleaned


def version_field(versions):
    """By which version values were counted, of the numbers given."""
    choices = [("", "The version of each period"), *((one, f"Version {one}") for one in sorted(versions))]
    return forms.ChoiceField(choices=choices, required=False, label="Counted by")


class ValueForm(forms.Form):
    """One value by hand."""

    day = forms.DateField(label="Day", widget=DateInput())
    hour = forms.IntegerField(label="Hour", min_value=0, max_value=23, initial=0)
    value = forms.CharField(label="Value", max_length=40)

    def __init__(self, *args, kpi, subject, versions=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.subject = subject
        for n, name in enumerate(subject.dimensions):
            self.fields[f"dimension_{n}"] = forms.CharField(
                label=name,
                required=False,
                max_length=MOST_DIMENSION,
                help_text="" if n else "Leave empty for the whole.",
            )
        if len(versions) > 1:
            self.fields["version"] = version_field(versions)
        if kpi.grain != periods.HOUR:
            del self.fields["hour"]
        if kpi.grain in (periods.WEEK, periods.MONTH):
            self.fields["day"].label = f"A day of the {kpi.grain}"
        self.fields["value"].help_text = f"In {kpi.get_unit_display().lower()}."

    def clean_value(self):
        try:
            return read_number(self.cleaned_data["value"], Decimal.POINT)
        except NotANumber as error:
            raise ValidationError(f"{str(error).capitalize()}. Write it as 1234.5.") from error

    def clean(self):
        """`period` of the value; not one that has yet to begin."""
        super().clean()
        cleaned = self.cleaned_data
        if day := cleaned.get("day"):
            moment = dt.datetime.combine(day, dt.time(cleaned.get("hour") or 0))  # by the company's clock
            try:
                cleaned["period"] = period_of(moment, self.subject)
            except NotADate as error:
                self.add_error("day", f"{str(error)[0].upper()}{str(error)[1:]}.")
        given = ((name, cleaned.get(f"dimension_{n}", "")) for n, name in enumerate(self.subject.dimensions))
        cleaned["dims"] = read_dims(given)
        cleaned["version"] = int(cleaned["version"]) if cleaned.get("version") else None
        return cleaned
