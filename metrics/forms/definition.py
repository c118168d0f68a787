"""What a KPI means and how it is counted, filled in field by field; read by metrics.formats.definition."""

from typing import Any

from django import forms

from metrics.formats.definition import (
    AGGREGATES,
    OPS,
    SINCE,
    SPANS,
    Invalid,
    read,
    sentence,
    written,
)
from metrics.formats.definition.literals import typed
from metrics.formats.sql_texts import DIALECTS, fault_in
from metrics.forms.flat import KINDS, PARTS, flat, held_by, row_of
from metrics.forms.kpis import LABELS, MEANT, TEXTS, Meant
from metrics.models import Kpi
from prodops.comboboxes import ThingField
from prodops.forms import DateInput

NUMBER = forms.NumberInput({"inputmode": "decimal", "step": "any"})
FIRST_ROWS = 1  # blank rows of filters and inputs


def _choices(keys):
    return [("", "Choose…"), *((key, words) for key, words in keys)]


class DefinitionForm(Meant):
    """Fills in a version. The fields of the typed definition are those that its kind needs."""

    kind = forms.ChoiceField(choices=KINDS, required=False, label="How it is counted")
    note = forms.CharField(
        max_length=1000,
        label="Why this change",
        widget=forms.Textarea({"rows": 2}),
        help_text="What the reviewer and whoever relies on the number should know.",
    )
    effective_from = forms.DateField(
        required=False,
        label="Counted this way from",
        widget=DateInput(),
        help_text="The first day whose value is counted the new way. Empty: the day of approval.",
    )

    class Meta:
        model = Kpi
        fields = ["name", "meaning", "formula", "unit", "currency", "direction", "grain", "source"]
        labels = LABELS
        help_texts = MEANT
        widgets = TEXTS

    def __init__(self, data=None, *, kpi, version, said=None, proposing, fixed, user):
        """`said` begins with another proposal's words; `fixed` are fields that can no longer change."""
        version_now = said or version
        self.definition = held_by(version_now)
        self.user = user
        initial = {name: getattr(version_now, name) for name in self.Meta.fields}
        initial["kind"] = self.definition.kind if self.definition else ""
        if proposing and said:
            initial |= {"note": said.note, "effective_from": said.effective_from}
        super().__init__(data, instance=kpi, initial=initial)
        self.fields["currency"].required = False
        if not proposing:
            del self.fields["note"], self.fields["effective_from"]
        for name in fixed:
            self.fields[name].disabled = True
            self.fields[name].help_text = "Fixed, since there are values. A new KPI can count otherwise."
        self.chosen = (data.get("kind", "") if data is not None else initial["kind"]) or ""
        self.paths: dict[str, str] = {}
        self.rows: dict[str, int] = {}
        self._build(flat(self.definition) if self.definition else {})
        self._build_sql(version_now.sql)

    # fields ---------------------------------------------------------------------------------------------

    @property
    def parts(self):
        return PARTS.get(self.chosen, ())

    def called(self, name):
        """The label of a field; where several parts have one of that label, with its part's title."""
        label = str(self.fields[name].label)
        part = next((one for one in self.parts if name.startswith(f"{one.prefix}_")), None)
        return f"{part.title}, {label.lower()}" if part and len(self.parts) > 1 else label

    def _build(self, held):
        """Add the fields of the chosen kind, with what `held` says."""
        for part in self.parts:
            self._build_part(part, held)
        if self.chosen == "cumulative":
            since = [("", "a window"), *((one, f"the start of the {one}") for one in SINCE[:-1])]
            self._add(
                "since",
                forms.ChoiceField(choices=[*since, ("beginning", "the beginning")], label="Adds up since"),
                held,
            )
        if self.chosen in ("cumulative", "conversion"):
            words = "Window" if self.chosen == "cumulative" else "Within"
            count = forms.IntegerField(min_value=1, max_value=1000, label=words)
            self._add("window_count", count, held)
            units = [("", "…"), *((one, f"{one}s") for one in SPANS)]
            self._add("window_unit", forms.ChoiceField(choices=units, label=f"{words}, in"), held)
        if self.chosen == "conversion":
            help_text = "The column that says who or what it is, in both: user_id."
            self._add(
                "entity", forms.CharField(max_length=500, label="Counted by", help_text=help_text), held
            )
        if self.chosen == "quantile":
            self._add("column", forms.CharField(max_length=500, label="Of the column"), held)
            help_text = "95: the value that 95 % of rows do not exceed. 50 is the median."
            percent = forms.FloatField(label="Percentile", widget=NUMBER, help_text=help_text)
            self._add("q", percent, held)
        if self.chosen == "derived":
            self._build_inputs(held)

    def _build_part(self, part, held):
        at = part.prefix
        if part.counted:
            aggregates = forms.ChoiceField(choices=_choices(AGGREGATES.items()), label="Aggregate")
            self._add(f"{at}_aggregate", aggregates, held)
            self._add(f"{at}_column", forms.CharField(max_length=500, label="Column"), held)
        self._add(f"{at}_table", forms.CharField(max_length=200, label="Table"), held)
        for row in range(self._count(f"{at}_f", held)):
            name = f"{at}_f{row}"
            self._add(f"{name}_column", forms.CharField(max_length=500, label="Only where"), held)
            ops = [(op, words) for op, (_, words) in OPS.items()]
            self._add(f"{name}_op", forms.ChoiceField(choices=ops, label="Comparison"), held)
            self._add(f"{name}_values", forms.CharField(max_length=2000, label="Value"), held)
        self._add(f"{at}_time", forms.CharField(max_length=500, label="Time column"), held)
        where = forms.CharField(
            max_length=2000, widget=forms.Textarea({"rows": 2}), label="Further condition in SQL"
        )
        self._add(f"{at}_where", where, held)

    def _build_inputs(self, held):
        help_text = "Names, numbers, + - * / and brackets: (won - lost) / deals * 100"
        expression = forms.CharField(max_length=500, label="Put together as", help_text=help_text)
        self._add("expression", expression, held)
        for row in range(self._count("in", held)):
            self._add(f"in{row}_name", forms.CharField(max_length=60, label="Name"), held)
            self._add(f"in{row}_kpi", ThingField("kpi", user=self.user, label="stands for the KPI"), held)

    def _build_sql(self, held):
        texts = list(held.items())
        flat = {f"sql{row}_dialect": dialect for row, (dialect, _) in enumerate(texts)}
        flat |= {f"sql{row}_text": text for row, (_, text) in enumerate(texts)}
        dialects = _choices(DIALECTS.items())
        for row in range(self._count("sql", flat)):
            self._add(f"sql{row}_dialect", forms.ChoiceField(choices=dialects, label="Dialect"), flat)
            area = forms.Textarea({"rows": 6, "spellcheck": "false", "class": "code"})
            self._add(f"sql{row}_text", forms.CharField(max_length=20_000, widget=area, label="SQL"), flat)

    def _add(self, name, field, held):
        field.required = False
        if held.get(name) not in (None, ""):
            field.initial = held[name]
        self.fields[name] = field

    def _count(self, prefix, held):
        """How many rows of fields to show: those filled in and a blank one."""
        source: Any = self.data if self.is_bound else held
        filled = [int(rest[0]) for key in source if (rest := row_of(key, prefix)) and source.get(key)]
        said = [row for row in filled if row < 100]
        self.rows[prefix] = min(max(said, default=-1) + 1 + FIRST_ROWS, 31)
        return self.rows[prefix]

    # what was filled in ---------------------------------------------------------------------------------

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        cleaned["definition"] = {}
        self.definition = None
        if self.chosen:
            try:
                self.definition = read(self._collected())
            except Invalid as error:
                for path, words in error.errors.items():
                    field = self._field_of(path)
                    if path == "q":  # which the page asks for as a percentile
                        field, words = "q", "Say a percentile between 0 and 100: 50 is the median."
                    self.add_error(field if field in self.fields else "kind", words)
            else:
                cleaned["definition"] = written(self.definition)
        cleaned["kind"] = self.chosen or "simple"
        cleaned["sql"] = self._sql()
        return cleaned

    def said(self):
        """The fields that a version takes."""
        names = (*self.Meta.fields, "kind", "definition", "sql")
        return {name: self.cleaned_data[name] for name in names}

    def sentence(self):
        """The definition in words, or "" while it cannot be said."""
        grain = self.cleaned_data.get("grain") or self.instance.grain
        named = {
            kpi.slug: kpi.name for name, kpi in self.cleaned_data.items() if name.endswith("_kpi") and kpi
        }
        return sentence(self.definition, grain, named) if self.definition else ""

    def _collected(self):
        """What was filled in as JSON, and in `paths` which field says what."""
        said: dict[str, Any] = {"kind": self.chosen}
        for part in self.parts:
            said[part.key] = self._part(part)
        if self.chosen == "cumulative":
            said |= {"since": self._text("since"), "window": self._window("window")}
        if self.chosen == "conversion":
            said |= {"entity": self._text("entity"), "within": self._window("within")}
        if self.chosen == "quantile":
            percent = self.cleaned_data.get("q")
            said |= {"q": percent / 100 if percent is not None else None, "column": self._text("column")}
        if self.chosen == "derived":
            said |= {"expression": self._text("expression"), "inputs": self._inputs()}
        return said

    def _part(self, part):
        at, key = part.prefix, part.key
        said: dict[str, Any] = {"table": self._text(f"{at}_table", f"{key}.table")}
        self.paths[key] = f"{at}_table"
        if part.counted:
            said["aggregate"] = self._text(f"{at}_aggregate", f"{key}.aggregate")
            said["column"] = self._text(f"{at}_column", f"{key}.column")
        said["time"] = self._text(f"{at}_time", f"{key}.time")
        said["where"] = self._text(f"{at}_where", f"{key}.where")
        said["filters"] = []
        for row in range(self.rows[f"{at}_f"]):
            name, place = f"{at}_f{row}", f"{key}.filters.{len(said['filters'])}"
            column, values = self._text(f"{name}_column"), self._text(f"{name}_values")
            if not column and not values:
                continue
            op = self._text(f"{name}_op") or "="
            self.paths |= {f"{place}.{one}": f"{name}_{one}" for one in ("column", "op", "values")}
            several = op in ("in", "not in", "between")
            said["filters"].append(
                {"column": column, "op": op, "values": list(typed(values, several=several))}
            )
        return said

    def _inputs(self):
        inputs = {}
        for row in range(self.rows["in"]):
            name, kpi = self._text(f"in{row}_name"), self.cleaned_data.get(f"in{row}_kpi")
            if not name and kpi is None:
                continue
            self.paths[f"inputs.{name}"] = f"in{row}_kpi"
            self.paths.setdefault("inputs", f"in{row}_name")
            inputs[name] = kpi.slug if kpi else None
        self.paths.setdefault("inputs", "in0_name")
        return inputs

    def _window(self, key):
        count, unit = self.cleaned_data.get("window_count"), self._text("window_unit")
        self.paths |= {f"{key}.count": "window_count", f"{key}.unit": "window_unit", key: "window_count"}
        return {"count": count, "unit": unit} if count or unit else None

    def _sql(self):
        texts = {}
        for row in range(self.rows["sql"]):
            dialect, text = self._text(f"sql{row}_dialect"), self._text(f"sql{row}_text")
            if not text:
                continue
            if dialect in texts:
                self.add_error(f"sql{row}_dialect", "There is SQL for this one already.")
            elif fault := fault_in(dialect, text):
                self.add_error(f"sql{row}_text" if dialect else f"sql{row}_dialect", fault)
            else:
                texts[dialect] = text
        return texts

    def _text(self, name, path=""):
        self.paths[path or name] = name
        value = self.cleaned_data.get(name)
        return value.strip() if isinstance(value, str) else value or ""

    def _field_of(self, path):
        """The field that says `path`, or what it is part of."""
        while path and path not in self.paths:
            path = path.rpartition(".")[0]
        return self.paths.get(path, "kind")
