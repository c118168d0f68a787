"""A KPI's values as a program sends them: JSON, every row that fails named by number, field and reason."""

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from metrics.formats.dates import NotADate
from metrics.formats.series_csv import Dims, NotADimension, Subject, period_of, read_dims

FAULTS_TOLD = 1_000  # of the rows that fail; the rest are counted
MAX_VALUE = 1e300  # beyond it sums overflow
KNOWN = {"points", "on_error", "dry_run"}
ROW_KNOWN = {"period", "value", "dimensions", "version"}


class Malformed(ValueError):
    """The call as a whole cannot be read; the message says where and what to do."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A row, counted from 0, that cannot be taken. `code` is for programs, `message` for people."""

    row: int
    field: str
    code: str
    message: str


class _Bad(ValueError):
    def __init__(self, name: str, code: str, message: str) -> None:
        super().__init__(message)
        self.name, self.code = name, code


@dataclass(slots=True)
class Batch:
    """What a call asks: rows of (period, value, dimensions, version or None), and those that fail.

    `skips`: take the good rows though some are bad. `dry_run`: only say what would happen.
    """

    rows: list[tuple[dt.datetime, float, Dims, int | None]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    repeats: int = 0
    skips: bool = False
    dry_run: bool = False


def read(body: bytes, subject: Subject, most: int, versions: Callable[[int], bool]) -> Batch:
    """The call's rows; raises `Malformed`. `versions` says whether a version of that number takes values."""
    call = _parsed(body)
    points = _checked(call, most)
    batch = Batch(skips=call.get("on_error") == "skip", dry_run=call.get("dry_run", False))
    reader = _Reader(subject, versions)
    seen: dict[tuple[dt.datetime, Dims, int | None], tuple[int, float]] = {}
    torn: set[tuple[dt.datetime, Dims, int | None]] = set()
    for number, point in enumerate(points):
        try:
            period, value, dims, version = reader.row(point)
        except _Bad as bad:
            batch.faults.append(Fault(number, bad.name, bad.code, str(bad)))
            continue
        key = (period, dims, version)
        if key not in seen:
            seen[key] = number, value
        elif seen[key][1] == value:
            batch.repeats += 1
        else:
            torn.add(key)
            words = f"Row {seen[key][0]} has another value for the same period; neither is taken."
            batch.faults.append(Fault(number, "value", "contradiction", words))
    batch.rows = [
        (period, value, dims, version)
        for (period, dims, version), (_, value) in seen.items()
        if (period, dims, version) not in torn
    ]
    return batch


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        call = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise Malformed(f"The body is not UTF-8: byte {error.start} cannot be read.") from error
    except RecursionError as error:
        raise Malformed("The body is nested too deeply to be a list of points.") from error
    except json.JSONDecodeError as error:
        raise Malformed(
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from error
    except ValueError as error:  # a number of thousands of digits, NaN
        raise Malformed(f"The body is not JSON: {str(error)[:100]}") from error
    if not isinstance(call, dict):
        raise Malformed('The body must be an object: {"points": [{"period": "2026-11-22", "value": 61.4}]}.')
    return call


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON; leave the row out where there is no value.")


def _checked(call: dict[str, Any], most: int) -> list[Any]:
    if unknown := sorted(set(call) - KNOWN):
        raise Malformed(f"“{unknown[0][:40]}” is not known here; known are {', '.join(sorted(KNOWN))}.")
    points = call.get("points")
    if not isinstance(points, list) or not points:
        raise Malformed("“points” must be a list with at least one point.")
    if len(points) > most:
        raise Malformed(f"{len(points):,} points are more than {most:,} in one call. Send them in parts.")
    if call.get("on_error", "reject") not in ("reject", "skip"):
        raise Malformed("“on_error” must be “reject” (the default: all rows or none) or “skip”.")
    if not isinstance(call.get("dry_run", False), bool):
        raise Malformed("“dry_run” must be true or false.")
    return points


class _Reader:
    """Reads rows, remembering what was read: a call names the same days and parts again and again."""

    def __init__(self, subject: Subject, versions: Callable[[int], bool]) -> None:
        self.subject, self.versions = subject, versions
        self._periods: dict[str, dt.datetime | _Bad] = {}
        self._dims: dict[tuple[tuple[str, Any], ...], Dims] = {}

    def row(self, point: Any) -> tuple[dt.datetime, float, Dims, int | None]:
        if not isinstance(point, dict):
            raise _Bad("", "not_an_object", "A point must be an object with “period” and “value”.")
        if not point.keys() <= ROW_KNOWN:
            unknown = min(point.keys() - ROW_KNOWN)
            raise _Bad(unknown[:40], "unknown_field", f"Known are {', '.join(sorted(ROW_KNOWN))}.")
        dims = point.get("dimensions")
        version = point.get("version")
        if version is not None and (type(version) is not int or not self.versions(version)):
            raise _Bad("version", "unknown_version", "The KPI has no such version that could have values.")
        return self.period(point.get("period")), self.value(point), self.dims(dims) if dims else (), version

    def period(self, text: Any) -> dt.datetime:
        if not isinstance(text, str):
            raise _Bad("period", "missing", "“period” must be text, such as “2026-11-22”.")
        known = self._periods.get(text)
        if known is None:
            try:
                known = self._read_period(text)
            except _Bad as bad:
                known = bad
            self._periods[text] = known
        if isinstance(known, _Bad):
            raise known
        return known

    def _read_period(self, text: str) -> dt.datetime:
        try:
            moment = dt.datetime.fromisoformat(text)
        except ValueError:
            shown = f"“{text[:40]}” is no date as ISO 8601 writes it: “2026-11-22” or “2026-11-22T14:00:00Z”."
            raise _Bad("period", "not_a_date", shown) from None
        try:
            return period_of(moment, self.subject)
        except (NotADate, OverflowError) as error:
            words = str(error) or "the year is out of range"
            code = "future" if "future" in words else "not_a_date"
            raise _Bad("period", code, f"{words[0].upper()}{words[1:]}.") from None

    @staticmethod
    def value(point: dict[str, Any]) -> float:
        value = point.get("value")
        if type(value) is not int and type(value) is not float:
            if value is None:
                words = "“value” is missing. Leave the row out where there is none: a gap is a gap."
                raise _Bad("value", "missing", words)
            raise _Bad("value", "not_a_number", "“value” must be a number, not text.")
        if not abs(value) <= MAX_VALUE:  # infinity too, as 1e999 becomes
            raise _Bad("value", "not_finite", "The value is too large.")
        return float(value) + 0.0

    def dims(self, given: Any) -> Dims:
        if not isinstance(given, dict):
            raise _Bad("dimensions", "not_an_object", "“dimensions” must be an object: {“country”: “DE”}.")
        try:
            key = tuple(given.items())
            if key in self._dims:
                return self._dims[key]
        except TypeError:  # a list or an object as a value
            raise _Bad("dimensions", "not_text", "The value of a dimension must be text.") from None
        for name, value in key:
            if name not in self.subject.dimensions:
                listed = ", ".join(self.subject.dimensions) or "none so far"
                raise _Bad(
                    f"dimensions.{name[:40]}", "unknown_dimension", f"The KPI's dimensions are: {listed}."
                )
            if not isinstance(value, str) or not value.strip() or "\0" in value or not value.isprintable():
                raise _Bad(f"dimensions.{name}", "not_text", "The value of a dimension must be text.")
        try:
            dims = read_dims((name, given[name]) for name in self.subject.dimensions if name in given)
        except NotADimension as error:
            raise _Bad("dimensions", "too_long", f"{error}.") from None
        self._dims[key] = dims
        return dims
