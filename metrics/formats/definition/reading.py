"""A definition out of JSON, with all that is wrong with it."""

import math
import re
from collections.abc import Mapping
from typing import Any

from metrics.formats.definition.shapes import (
    AGGREGATES,
    KINDS,
    MOST_FILTERS,
    MOST_INPUTS,
    OPS,
    SINCE,
    SPANS,
    Conversion,
    Cumulative,
    Definition,
    Derived,
    Filter,
    Literal,
    Measure,
    Quantile,
    Ratio,
    Rows,
    Simple,
    Window,
)
from metrics.formats.expression import NotArithmetic, names_in

_TABLE = re.compile(r"[\w$`\"\[\]-]+(\.[\w$`\"\[\]-]+){0,3}")
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,59}")
_SLUG = re.compile(r"[a-z0-9_-]{1,80}")


class Invalid(ValueError):
    """`errors`: {field: what is wrong and what to do}."""

    def __init__(self, errors: dict[str, str]):
        super().__init__("; ".join(f"{field}: {words}" for field, words in errors.items()))
        self.errors = errors


def read(data: object) -> Definition:
    """The definition that JSON says; raises `Invalid` with all that is wrong with it."""
    reader = _Reader()
    made = reader.definition(data)
    if reader.errors or made is None:
        raise Invalid(reader.errors or {"": "This is no definition."})
    return made


class _Reader:
    """Reads on after a fault, so that all faults are told at once."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def definition(self, data: object) -> Definition | None:
        if not isinstance(data, Mapping):
            self.errors[""] = "A definition is an object with a kind."
            return None
        kind = data.get("kind")
        if kind not in KINDS:
            self.errors["kind"] = f"Choose a kind: {', '.join(KINDS)}."
            return None
        made: Definition = getattr(self, f"_{kind}")(data)
        return made

    def _simple(self, data: Mapping[str, Any]) -> Simple:
        self._only(data, "measure")
        return Simple(self.measure(data.get("measure"), "measure"))

    def _ratio(self, data: Mapping[str, Any]) -> Ratio:
        self._only(data, "numerator", "denominator")
        return Ratio(
            self.measure(data.get("numerator"), "numerator"),
            self.measure(data.get("denominator"), "denominator"),
        )

    def _derived(self, data: Mapping[str, Any]) -> Derived:
        self._only(data, "expression", "inputs")
        expression = self.text(data, "expression", "", most=500)
        inputs = data.get("inputs")
        if not isinstance(inputs, Mapping) or not inputs:
            self.errors["inputs"] = "Name at least one KPI that the expression uses."
            inputs = {}
        if len(inputs) > MOST_INPUTS:
            self.errors["inputs"] = f"Use {MOST_INPUTS} KPIs at most."
        for name, slug in inputs.items():
            if not isinstance(name, str) or not _NAME.fullmatch(name):
                self.errors["inputs"] = "A name has small letters, digits and _, and begins with a letter."
            elif not isinstance(slug, str) or not _SLUG.fullmatch(slug):
                self.errors[f"inputs.{name}"] = "Choose a KPI."
        try:
            used = names_in(expression)
        except NotArithmetic as error:
            self.errors["expression"] = str(error)
        else:
            self._matching(used, inputs)
        return Derived(expression, tuple(sorted((str(name), str(slug)) for name, slug in inputs.items())))

    def _matching(self, used: list[str], inputs: Mapping[Any, Any]) -> None:
        if unknown := [name for name in used if name not in inputs]:
            self.errors["expression"] = f"Say which KPI “{unknown[0]}” is."
        elif idle := [name for name in inputs if name not in used]:
            self.errors["expression"] = f"“{idle[0]}” is named below but not used here."

    def _cumulative(self, data: Mapping[str, Any]) -> Cumulative:
        self._only(data, "measure", "window", "since")
        since, window = data.get("since") or "", data.get("window")
        if since and since not in SINCE:
            self.errors["since"] = f"Choose one of: {', '.join(SINCE)}."
        if bool(since) == bool(window):
            self.errors["window"] = "Say over how long it adds up, or since when: one of the two."
        return Cumulative(
            self.measure(data.get("measure"), "measure"), self.window(window, "window"), str(since)
        )

    def _conversion(self, data: Mapping[str, Any]) -> Conversion:
        self._only(data, "entity", "start", "finish", "within")
        return Conversion(
            self.column(data, "entity", "entity", "Say what converts: a column such as user_id."),
            self.rows(data.get("start"), "start"),
            self.rows(data.get("finish"), "finish"),
            self.window(data.get("within"), "within"),
        )

    def _quantile(self, data: Mapping[str, Any]) -> Quantile:
        self._only(data, "q", "column", "rows")
        q = data.get("q")
        if isinstance(q, bool) or not isinstance(q, int | float) or not 0 < q < 1:
            self.errors["q"] = "A quantile lies between 0 and 1: 0.95 is the value 95 % do not exceed."
            q = 0.5
        return Quantile(
            float(q),
            self.column(data, "column", "column", "Say of which column."),
            self.rows(data.get("rows"), "rows"),
        )

    def measure(self, data: object, at: str) -> Measure:
        if not isinstance(data, Mapping):
            self.errors[at] = "Say what is counted."
            return Measure("count", Rows("x"))
        aggregate = data.get("aggregate")
        if not isinstance(aggregate, str) or aggregate not in AGGREGATES:
            self.errors[f"{at}.aggregate"] = "Choose how it is counted: " + ", ".join(AGGREGATES) + "."
            aggregate = "count"
        missing = "" if aggregate == "count" else "Say of which column."
        column = self.column(data, "column", f"{at}.column", missing)
        rest = {key: value for key, value in data.items() if key not in ("aggregate", "column")}
        return Measure(aggregate, self.rows(rest, at), column)

    def rows(self, data: object, at: str) -> Rows:
        if not isinstance(data, Mapping):
            self.errors[at] = "Say from which table."
            return Rows("x")
        self._only(data, "table", "filters", "where", "time", at=at)
        table = self.text(data, "table", at, most=200)
        if not table:
            self.errors.setdefault(f"{at}.table", "Say from which table.")
        elif not _TABLE.fullmatch(table):
            self.errors[f"{at}.table"] = "A table is written as orders, sales.orders or project.sales.orders."
        filters = data.get("filters") or []
        if not isinstance(filters, list) or len(filters) > MOST_FILTERS:
            self.errors[f"{at}.filters"] = f"Filters are a list of {MOST_FILTERS} at most."
            filters = []
        return Rows(
            table,
            tuple(self.filter(one, f"{at}.filters.{place}") for place, one in enumerate(filters)),
            self.text(data, "where", at, most=2000, lines=True),
            self.column(data, "time", f"{at}.time", ""),
        )

    def filter(self, data: object, at: str) -> Filter:
        if not isinstance(data, Mapping):
            self.errors[at] = "A filter is a column, a comparison and values."
            return Filter("x", "is null")
        self._only(data, "column", "op", "values", at=at)
        column = self.column(data, "column", f"{at}.column", "Say which column is compared.")
        op, values = data.get("op"), data.get("values", [])
        if not isinstance(op, str) or op not in OPS:
            self.errors[f"{at}.op"] = "Choose how it is compared: " + ", ".join(OPS) + "."
            op = "is null"
        elif not isinstance(values, list) or len(values) not in OPS[op][0]:
            fewest, most = OPS[op][0][0], OPS[op][0][-1]
            wanted = str(most) if fewest == most else f"{fewest} to {most}"
            self.errors[f"{at}.values"] = f"“{OPS[op][1]}” compares with {wanted} value{'s' * (most != 1)}."
        values = values if isinstance(values, list) else []
        for value in values:
            if not isinstance(value, Literal) or (isinstance(value, float) and not math.isfinite(value)):
                self.errors[f"{at}.values"] = "A value is a text, a number, true or false."
            elif isinstance(value, str) and (len(value) > 200 or "\0" in value):
                self.errors[f"{at}.values"] = "Keep each value under 200 signs."
        return Filter(column, op, tuple(values))

    def window(self, data: object, at: str) -> Window | None:
        if not data:
            return None
        if not isinstance(data, Mapping):
            self.errors[at] = "A window is a number of days, weeks or months."
            return None
        self._only(data, "count", "unit", at=at)
        count, unit = data.get("count"), data.get("unit")
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 1000:
            self.errors[f"{at}.count"] = "Say how many, from 1 to 1000."
            count = 1
        if unit not in SPANS:
            self.errors[f"{at}.unit"] = f"Choose one of: {', '.join(SPANS)}."
        return Window(count, str(unit))

    def column(self, data: Mapping[str, Any], key: str, at: str, missing: str) -> str:
        """A column or an SQL expression; `missing` is what to say where there has to be one."""
        value = data.get(key) or ""
        if not isinstance(value, str) or len(value) > 500 or ";" in value or "\0" in value:
            self.errors[at] = "Write a column, such as amount, in 500 signs at most and without “;”."
            return ""
        if missing and not value.strip():
            self.errors[at] = missing
        return value.strip()

    def text(self, data: Mapping[str, Any], key: str, at: str, *, most: int, lines: bool = False) -> str:
        value = data.get(key) or ""
        field = f"{at}.{key}" if at else key
        if not isinstance(value, str) or len(value) > most or "\0" in value or ("\n" in value and not lines):
            self.errors[field] = f"Write text of {most} signs at most."
            return ""
        return value.strip()

    def _only(self, data: Mapping[str, Any], *known: str, at: str = "") -> None:
        strange = [str(key) for key in data if key not in (*known, "kind" if not at else None)]
        if strange:
            field = f"{at}.{strange[0]}" if at else strange[0]
            self.errors[field[:80]] = "This is not part of a definition of that kind."
