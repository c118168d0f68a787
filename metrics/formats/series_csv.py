"""A KPI's series from a delimited file: which columns, how they are written, and every row that fails."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from metrics.formats.dates import DateOrder, NotADate, guess_order, read_date
from metrics.formats.numbers import Decimal, NotANumber, guess_decimal, has_percent, is_empty, read_number
from metrics.formats.tables import Row, Table, Unreadable
from metrics.stats import periods

type Dims = tuple[tuple[str, str], ...]  # ((dimension, its value), …); empty for the whole

EARLIEST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MOST_DIMENSION = 80  # characters
NAMES = ("value", "wert", "valor", "valeur")  # what a column of values is called where no other name tells


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is read. `order` and `decimal` None: it cannot be told, and a person has to say.

    `order_matters`, `decimal_matters`: the answer changes something in this file. `shares`: values are
    parts of one, and 0.614 means 61.4 %.
    """

    header: tuple[str, ...]
    date_column: int
    value_column: int
    order: DateOrder | None = None
    order_matters: bool = False
    decimal: Decimal | None = None
    decimal_matters: bool = False
    shares: bool = False
    dimension_columns: tuple[tuple[str, int], ...] = ()  # (dimension, column), in the KPI's order

    @property
    def questions(self) -> list[str]:
        """What has to be said before anything may be imported: "order", "decimal"."""
        asked = [("order", self.order, self.order_matters), ("decimal", self.decimal, self.decimal_matters)]
        return [name for name, answer, matters in asked if matters and answer is None]


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be taken, and why."""

    line: int
    text: str
    why: str


@dataclass(slots=True)
class Reading:
    """`values` of the whole by period, `parts` by (dimensions, period).

    `gaps`: rows with a date and no value; `repeats`: rows that say it again.
    """

    values: dict[dt.datetime, float] = field(default_factory=dict)
    parts: dict[tuple[Dims, dt.datetime], float] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    gaps: int = 0
    repeats: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """What the reader has to know of the KPI.

    `until` is the newest period that is no future. `zone` is where an hour is that says no zone itself.
    """

    grain: str
    unit: str
    until: dt.datetime
    week_starts_on: int = 1
    names: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    zone: dt.tzinfo = dt.UTC


def guess(table: Table, subject: Subject) -> Layout:
    """The layout that reads most of the table; raises `Unreadable` where no column holds dates or values."""
    header = _header(table)
    body = _body(table, header)
    columns = [[_cell(row, column) for row in body] for column in range(table.width)]
    date_column = max(range(len(columns)), key=lambda column: (_dates(columns[column]), -column))
    if not _dates(columns[date_column]):
        raise Unreadable("No column holds dates. Dates are read as 2026-11-23, 23.11.2026 or 23 Nov 2026.")
    dimension_columns = _dimension_columns(header, subject.dimensions, date_column)
    taken = {date_column, *(column for _, column in dimension_columns)}
    others = [column for column in range(len(columns)) if column not in taken]
    if not others:
        raise Unreadable("No column beside the dates holds numbers.")
    value_column = max(
        others,
        key=lambda column: (_numbers(columns[column]), _named(header, column, subject.names), -column),
    )
    if not _numbers(columns[value_column]):
        raise Unreadable("No column beside the dates holds numbers.")
    layout = Layout(header, date_column, value_column, dimension_columns=dimension_columns)
    return complete(table, layout, subject)


def complete(table: Table, layout: Layout, subject: Subject) -> Layout:
    """`layout` with what its columns tell of themselves where nothing has been said."""
    body = _body(table, layout.header)
    dates = [_cell(row, layout.date_column) for row in body]
    values = [_cell(row, layout.value_column) for row in body]
    order_matters, order = guess_order(dates)
    decimal_matters, decimal = guess_decimal(values)
    return replace(
        layout,
        order=layout.order or order,
        order_matters=order_matters,
        decimal=layout.decimal or decimal,
        decimal_matters=decimal_matters,
    )


def looks_like_shares(reading: Reading, subject: Subject) -> bool:
    """A KPI in percent whose values all lie between 0 and 1, some of them broken: shares, most likely."""
    values = reading.values.values()
    return (
        subject.unit == "percent"
        and len(values) > 1
        and all(0 <= value <= 1 for value in values)
        and any(not value.is_integer() for value in values)
    )


def read(table: Table, layout: Layout, subject: Subject) -> Reading:
    """The values of a table, and every row that could not be taken.

    Of a period that stands twice with one value, the second is a repeat; with two values neither is taken.
    """
    reading = Reading()
    taken: dict[tuple[Dims, dt.datetime], float] = {}
    first_line: dict[tuple[Dims, dt.datetime], int] = {}
    torn: set[tuple[Dims, dt.datetime]] = set()
    for row in _body(table, layout.header):
        try:
            period = _period(_cell(row, layout.date_column), layout, subject)
            cell = _cell(row, layout.value_column)
            if is_empty(cell):
                reading.gaps += 1
                continue
            value = _value(cell, layout, subject)
            key = read_dims(((name, _cell(row, n)) for name, n in layout.dimension_columns)), period
        except (NotADate, NotANumber, NotADimension) as error:
            reading.faults.append(Fault(row.line, _shown(row, table), str(error)))
            continue
        if key not in first_line:
            first_line[key] = row.line
            taken[key] = value
        elif taken[key] == value:
            reading.repeats += 1
        else:
            torn.add(key)
            words = periods.in_words(period, subject.grain, subject.zone)
            why = f"{words} has another value on line {first_line[key]}; neither is taken"
            reading.faults.append(Fault(row.line, _shown(row, table), why))
    for key, value in taken.items():
        if key in torn:
            continue
        if key[0]:
            reading.parts[key] = value
        else:
            reading.values[key[1]] = value
    return reading


class NotADimension(ValueError):
    """What names a part cannot; the message says why."""


def read_dims(pairs: Iterable[tuple[str, str]]) -> Dims:
    """The dimensions that a row names; an empty one is not named. Raises `NotADimension`."""
    dims = []
    for name, text in pairs:
        text = " ".join(text.split())
        if len(text) > MOST_DIMENSION:
            raise NotADimension(f"the {name} is longer than {MOST_DIMENSION} characters")
        if text:
            dims.append((name, text))
    return tuple(dims)


def _dimension_columns(
    header: Sequence[str], dimensions: Sequence[str], date_column: int
) -> tuple[tuple[str, int], ...]:
    """The columns that are called as the KPI's dimensions are."""
    names = [_plain(name) for name in header]
    found = ((name, names.index(_plain(name))) for name in dimensions if _plain(name) in names)
    return tuple((name, column) for name, column in found if column != date_column)


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", " ").replace("-", " ")


def _period(cell: str, layout: Layout, subject: Subject) -> dt.datetime:
    return period_of(read_date(cell, layout.order), subject)


def period_of(moment: dt.datetime, subject: Subject) -> dt.datetime:
    """The period that a written moment means; one without a zone is naive. Raises `NotADate`."""
    if subject.grain != periods.HOUR:
        # The calendar day as written: a day does not become the one before for standing in another zone.
        moment = moment.replace(tzinfo=dt.UTC)
    elif moment.tzinfo is None:
        moment = _placed(moment, subject.zone)
    period = periods.start_of(moment, subject.grain, subject.week_starts_on)
    if period > subject.until:
        raise NotADate(f"{periods.in_words(period, subject.grain, subject.zone)} lies in the future")
    if period < EARLIEST:
        raise NotADate(f"the year {period.year} is too long ago")
    return period


def _placed(moment: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """A clock's time in its zone. Raises `NotADate` for an hour that it shows twice or never."""
    first, second = moment.replace(tzinfo=zone), moment.replace(tzinfo=zone, fold=1)
    if first.utcoffset() != second.utcoffset():
        shown = f"{moment:%Y-%m-%d %H:%M}"
        if first.astimezone(dt.UTC).astimezone(zone).replace(tzinfo=None) != moment:
            raise NotADate(f"{shown} is skipped by the clocks; write it with its zone, as …+00:00")
        raise NotADate(f"{shown} is shown twice by the clocks; write it with its zone, as …+00:00")
    return first


def _value(cell: str, layout: Layout, subject: Subject) -> float:
    if has_percent(cell) and subject.unit != "percent":
        raise NotANumber(f"“{cell[:40]}” is a percentage, and this KPI is not in percent")
    value = read_number(cell, layout.decimal)
    if layout.shares and not has_percent(cell):
        # Rounded where the binary fraction would show: 100 times 0.614 is 61.4, not 61.39999…
        return round(value * 100, 10)
    return value


def _header(table: Table) -> tuple[str, ...]:
    """The first row, unless it holds a date."""
    first = table.rows[0].cells
    return () if any(_is_date(cell) for cell in first) else first


def _body(table: Table, header: Sequence[str]) -> tuple[Row, ...]:
    return table.rows[1:] if header else table.rows


def _cell(row: Row, column: int) -> str:
    return row.cells[column] if column < len(row.cells) else ""


def _dates(cells: Sequence[str]) -> int:
    return sum(map(_is_date, cells))


def _numbers(cells: Sequence[str]) -> int:
    return sum(map(_is_number, cells))


def _is_date(cell: str) -> bool:
    for order in DateOrder:
        try:
            read_date(cell, order)
        except NotADate:
            continue
        return True
    return False


def _is_number(cell: str) -> bool:
    for decimal in Decimal:
        try:
            read_number(cell, decimal)
        except NotANumber:
            continue
        return True
    return False


def _named(header: Sequence[str], column: int, names: Sequence[str]) -> int:
    """How well a column's name fits: the KPI's own first, then what values are usually called."""
    name = header[column].lower() if column < len(header) else ""
    if name in (known.lower() for known in names):
        return 2
    return int(name in NAMES)


def _shown(row: Row, table: Table) -> str:
    return table.delimiter.join(row.cells)[:120]
