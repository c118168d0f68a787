"""Named fields of a JSON object, under any of the names they go by, and numbers that are numbers."""

import datetime as dt
import json
import math
from collections.abc import Mapping
from typing import Any

LARGEST = 20 * 1024 * 1024
DIGITS = 400
MOST = 10**15  # beyond this, whole numbers are not exact as JSON's numbers


class Unreadable(ValueError):
    """The document is no experiment; the message says where and why."""


def load(data: bytes) -> Any:
    """Strict JSON: no NaN, no Infinity, no name given twice. Raises `Unreadable`."""
    if len(data) > LARGEST:
        raise Unreadable(f"The file is larger than {LARGEST // 1024**2} MB.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"The file is not UTF-8 text (byte {error.start:,}).") from error
    if not text.strip():
        raise Unreadable("The file is empty.")
    try:
        return json.loads(
            text, parse_constant=_no_constant, object_pairs_hook=_once, parse_int=_whole, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        raise Unreadable(f"Line {error.lineno}, column {error.colno}: no JSON: {error.msg}.") from error
    except RecursionError as error:
        raise Unreadable("The JSON is nested too deeply.") from error


def _no_constant(word: str) -> Any:
    raise Unreadable(f"{word} is not a number that JSON knows. Leave the field out.")


def _whole(text: str) -> int:
    if len(text) > DIGITS:
        raise Unreadable("A number has too many digits.")
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise Unreadable(f"{text[:40]} is too large a number.")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise Unreadable(f"“{twice[:60]}” is given twice in one object.")
    return found


def plain(name: str) -> str:
    """ "Sum of squares", "sum-of-squares" and "sumOfSquares" are one name."""
    spaced = "".join(f"_{char.lower()}" if char.isupper() else char for char in str(name))
    if str(name).isupper():
        spaced = str(name).lower()
    kept = "".join(char if char.isalnum() else "_" for char in spaced)
    return "_".join(part for part in kept.split("_") if part)


class Fields:
    """An object's fields; those that nobody took are `left`."""

    def __init__(self, given: Any, where: str) -> None:
        if not isinstance(given, Mapping):
            raise Unreadable(f"{where} must be an object {{…}}, not {kind_of(given)}.")
        self.where = where
        self._given = {plain(name): (name, value) for name, value in given.items()}
        self._taken: set[str] = set()

    def take(self, *names: str) -> Any:
        """The value of the first of these names that is given and not null; None where none is."""
        found = None
        for name in names:
            if name in self._given:
                self._taken.add(name)
                if found is None:
                    found = self._given[name][1]
        return found

    def number(self, *names: str) -> float | None:
        """A finite number, or a text that is one."""
        return number(self.take(*names), f"“{names[0]}” of {self.where}")

    def whole(self, *names: str) -> int | None:
        """A whole number."""
        value = self.number(*names)
        if value is not None and value != int(value):
            raise Unreadable(f"“{names[0]}” of {self.where} must be a whole number, not {value:g}.")
        if value is not None and abs(value) > MOST:
            raise Unreadable(f"“{names[0]}” of {self.where} is too large: {value:g}.")
        return None if value is None else int(value)

    def text(self, *names: str) -> str:
        """A short text, "" where there is none."""
        value = self.take(*names)
        if value is None:
            return ""
        if not isinstance(value, str | int | float):
            raise Unreadable(f"“{names[0]}” of {self.where} must be a text, not {kind_of(value)}.")
        return str(value).strip()[:200]

    def flag(self, *names: str) -> bool:
        """True where it is said."""
        return self.take(*names) in (True, 1, "true", "yes")

    def day(self, *names: str) -> dt.date | None:
        """A day, of an ISO 8601 day or moment."""
        value = self.take(*names)
        if value is None or value == "":
            return None
        try:
            return dt.date.fromisoformat(str(value)[:10])
        except ValueError as error:
            raise Unreadable(
                f"“{names[0]}” of {self.where} must be a day as 2026-11-30, not “{str(value)[:40]}”."
            ) from error

    def left(self) -> dict[str, Any]:
        """What nobody took, by the names as they were written."""
        return {name: value for key, (name, value) in self._given.items() if key not in self._taken}

    def leave(self, name: str) -> None:
        """Count a field as taken."""
        self._taken.add(plain(name))


def number(value: Any, where: str) -> float | None:
    """A finite number; None stays None. Raises `Unreadable`."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        found = value
    elif isinstance(value, str):
        try:
            found = float(value.strip().replace("_", "x"))
        except ValueError as error:
            raise Unreadable(f"{where} must be a number, not “{value[:40]}”.") from error
    else:
        raise Unreadable(f"{where} must be a number, not {kind_of(value)}.")
    try:
        if found is None or math.isfinite(found):
            return found if found is None else float(found)
    except OverflowError:
        pass
    raise Unreadable(f"{where} is not a finite number.")


def kind_of(value: Any) -> str:
    """What a JSON value is, in words."""
    kinds: dict[type, str] = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return "nothing" if value is None else kinds.get(type(value), "a number")
