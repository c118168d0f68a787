"""What one variant shows of one KPI, as it stands in a document."""

from collections.abc import Mapping
from typing import Any

from metrics.formats.experiments import terms
from metrics.formats.experiments.fields import Fields, Unreadable, kind_of, number
from metrics.stats.experiments.trial import Cell

MOST_VALUES = 2_000_000


def read(given: Any, where: str, notes: list[str]) -> Cell:
    """Sums, counts or raw values. A bare number is a count, a bare list raw values. Raises `Unreadable`."""
    if isinstance(given, list):
        given = {"values": given}
    elif not isinstance(given, Mapping):
        given = {"count": given}
    fields = Fields(given, where)
    fields.take("key", "id", "name", "kpi", "metric", "role", "kind", "type", "direction", "unit", "label")
    n = fields.whole(*terms.UNITS[:6])
    before, squares_before, products_before = _before(fields, where, notes)
    below, below_squares, below_products = _below(fields, where, notes)
    cell = Cell(
        n=n,
        count=fields.number(*terms.COUNT),
        total=fields.number(*terms.TOTAL),
        squares=fields.number(*terms.SQUARES),
        below=below,
        below_squares=below_squares,
        products=below_products,
        before=before,
        before_squares=squares_before,
        before_products=products_before,
        values=_values(fields.take(*terms.RAW), where),
    )
    if below is None and cell.products is not None and before is not None and products_before is None:
        # without a denominator the only products there can be are those with the time before
        cell = Cell(
            **{name: getattr(cell, name) for name in Cell.__slots__}
            | {"products": None, "before_products": cell.products}
        )
    notes += [f"“{name}” of {where} is not known and was left out." for name in fields.left()]
    return cell


def _before(fields: Fields, where: str, notes: list[str]) -> tuple[float | None, float | None, float | None]:
    """Sum, sum of squares and sum of products of the time before, flat or in an object of their own."""
    nested = fields.take(*terms.PERIODS_BEFORE)
    flat = (
        fields.number(*terms.BEFORE),
        fields.number(*terms.BEFORE_SQUARES),
        fields.number(*terms.BEFORE_PRODUCTS),
    )
    if nested is None:
        return flat
    inner = Fields(nested, f"the time before of {where}")
    inner.take("n", "units", "users")
    found = (
        inner.number(*terms.TOTAL, *terms.COUNT, *terms.BEFORE),
        inner.number(*terms.SQUARES, *terms.BEFORE_SQUARES),
        inner.number(*terms.BEFORE_PRODUCTS, *terms.PRODUCTS),
    )
    notes += [f"“{name}” of {inner.where} is not known and was left out." for name in inner.left()]
    first, second, third = (own if own is not None else other for own, other in zip(found, flat, strict=True))
    return first, second, third


def _below(fields: Fields, where: str, notes: list[str]) -> tuple[float | None, float | None, float | None]:
    """The same of the denominator."""
    given = fields.take("denominator")
    if not isinstance(given, Mapping):
        return (
            fields.number(*terms.BELOW),
            fields.number(*terms.BELOW_SQUARES),
            fields.number(*terms.PRODUCTS),
        )
    inner = Fields(given, f"the denominator of {where}")
    products = inner.number(*terms.PRODUCTS)
    own = fields.number(*terms.PRODUCTS)
    found = (
        inner.number(*terms.TOTAL, *terms.COUNT),
        inner.number(*terms.SQUARES),
        own if products is None else products,
    )
    notes += [f"“{name}” of {inner.where} is not known and was left out." for name in inner.left()]
    return found


def _values(given: Any, where: str) -> list[float] | None:
    if given is None:
        return None
    if not isinstance(given, list):
        raise Unreadable(f"“values” of {where} must be a list of numbers, not {kind_of(given)}.")
    if len(given) > MOST_VALUES:
        raise Unreadable(f"{where} has more than {MOST_VALUES:,} values.")
    found = []
    for place, value in enumerate(given, start=1):
        one = number(value, f"value {place:,} of {where}")
        if one is None:
            raise Unreadable(f"value {place:,} of {where} is missing.")
        found.append(one)
    return found
