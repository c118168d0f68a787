"""Results of an experiment as rows: of a file, of a query, of a form."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from metrics.formats import tables
from metrics.formats.experiments import Unreadable, terms
from metrics.formats.experiments.fields import plain

VARIANT = ("variant", "variation", "arm", "group", "branch", "treatment")
KPI = ("kpi", "metric", "measure", "goal")
VALUE = ("value", "raw", "observation")
COLUMNS = (
    "variant",
    "kpi",
    "n",
    "count",
    "sum",
    "sum_squares",
    "pre_sum",
    "pre_sum_squares",
    "pre_sum_products",
    "value",
)
FIELDS = {
    "n": terms.UNITS,
    "count": terms.COUNT,
    "sum": terms.TOTAL,
    "sum_squares": terms.SQUARES,
    "denominator_sum": terms.BELOW,
    "denominator_sum_squares": terms.BELOW_SQUARES,
    "sum_products": terms.PRODUCTS,
    "pre_sum": terms.BEFORE,
    "pre_sum_squares": terms.BEFORE_SQUARES,
    "pre_sum_products": terms.BEFORE_PRODUCTS,
}


def of_text(text: str, variants: Mapping[str, str], kpis: Mapping[str, str]) -> dict[str, Any]:
    """The results in a CSV file or in cells pasted from a spreadsheet; see `of_rows`."""
    try:
        table = tables.read_table(text)
    except tables.Unreadable as error:
        raise Unreadable(str(error)) from error
    head, *body = table.rows
    rows = [(row.line, row.cells) for row in body]
    return of_rows(head.cells, rows, variants, kpis)


def of_rows(
    names: Sequence[str],
    rows: Iterable[tuple[int, Sequence[Any]]],
    variants: Mapping[str, str],
    kpis: Mapping[str, str],
) -> dict[str, Any]:
    """{"variants": [{"key", "n", "kpis": {key: numbers}}]} from one row a variant and KPI.

    With a column “value” a row is one unit: values are gathered, and counted where no row says n.
    `rows` are (number of the row, cells); `variants` and `kpis` are {key: name}, either of which a row may
    use. Raises `Unreadable`, which says where.
    """
    at = {name: place for place, name in enumerate(map(plain, names))}
    variant_at = _column(at, VARIANT, "variant")
    kpi_at = _column(at, KPI, "kpi") if len(kpis) != 1 else next((at[one] for one in KPI if one in at), None)
    fields = {field: at[one] for field, known in FIELDS.items() for one in known if one in at}
    value_at = next((at[one] for one in VALUE if one in at), None)
    if not fields and value_at is None:
        raise Unreadable(f"No column has numbers. Columns are called {', '.join(COLUMNS)}.")
    found: dict[str, dict[str, Any]] = {}
    for line, cells in rows:
        variant = _known(_cell(cells, variant_at), variants, f"Row {line}: the variant")
        own = found.setdefault(variant, {"key": variant, "kpis": {}})
        numbers = {field: _number(_cell(cells, place), line, field) for field, place in fields.items()}
        given = {field: value for field, value in numbers.items() if value is not None}
        n = given.pop("n", None)
        value = _number(_cell(cells, value_at), line, "value")
        if n is not None and own.setdefault("n", n) != n:
            raise Unreadable(f"Row {line}: n is {n:g}, and an earlier row of this variant says {own['n']:g}.")
        name = "" if kpi_at is None else str(_cell(cells, kpi_at) or "").strip()
        if not name and (kpi_at is not None or not (given or value is not None)):
            if given or value is not None:
                raise Unreadable(f"Row {line}: the KPI is missing.")
            continue  # a row that says how many units there are
        kpi = next(iter(kpis)) if kpi_at is None else _known(name, kpis, f"Row {line}: the KPI")
        if value is not None:
            _gather(own["kpis"].setdefault(kpi, {"values": []}), value, given, line)
            continue
        if kpi in own["kpis"]:
            raise Unreadable(f"Row {line}: this variant and KPI have been in an earlier row.")
        own["kpis"][kpi] = given
    if not found:
        raise Unreadable("There is a header and no row under it.")
    for own in found.values():
        _count(own)
    return {"variants": list(found.values())}


def _gather(cell: dict[str, Any], value: float, sums: Mapping[str, float], line: int) -> None:
    """One unit's value beside those of earlier rows."""
    if sums:
        raise Unreadable(f"Row {line}: it has a value of one unit and sums of many. Give one of them.")
    if "values" not in cell:
        raise Unreadable(f"Row {line}: an earlier row has sums of this variant and KPI, not values.")
    cell["values"].append(value)


def _count(own: dict[str, Any]) -> None:
    """As many units as the KPI with the most values has, where no row said how many."""
    counted = max((len(cell.get("values", ())) for cell in own["kpis"].values()), default=0)
    if counted:
        own.setdefault("n", counted)


def _column(at: Mapping[str, int], known: Sequence[str], usual: str) -> int:
    for one in known:
        if one in at:
            return at[one]
    raise Unreadable(f"There is no column “{usual}”. Columns are called {', '.join(COLUMNS)}.")


def _cell(cells: Sequence[Any], place: int | None) -> Any:
    return cells[place] if place is not None and place < len(cells) else None


def _known(value: Any, known: Mapping[str, str], what: str) -> str:
    """The key of what a row calls by key or by name, capitals aside."""
    wanted = str(value if value is not None else "").strip()
    folded = wanted.casefold()
    for key, name in known.items():
        if folded in (key.casefold(), name.casefold()):
            return key
    choices = ", ".join(f"“{key}”" for key in known)
    raise Unreadable(f"{what} “{wanted[:60]}” is none of the plan's: {choices}.")


def _number(value: Any, line: int, field: str) -> float | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        number = float(str(value).strip().replace("\u00a0", "").replace(" ", ""))
    except ValueError as error:
        raise Unreadable(f"Row {line}: “{str(value)[:40]}” of “{field}” is no number.") from error
    if number != number or abs(number) == float("inf"):
        raise Unreadable(f"Row {line}: “{field}” is not a finite number.")
    return int(number) if number == int(number) and abs(number) < 1e15 else number
