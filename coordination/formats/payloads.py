"""What came in by a webhook as JSON, whatever it is: never an error that a sender could cause."""

import json
import math
from typing import Any
from urllib.parse import parse_qs

DEEPEST = 60  # levels; no product nests its events half as deep
FORM = "application/x-www-form-urlencoded"
DIGITS = 400  # of a number; longer ones are no numbers that anybody counts with


class NotJson(Exception):
    """The bytes are no JSON; the words say where they stop being it."""


def read(body: bytes, content_type: str = "") -> Any:
    """The JSON in `body`; of a form (as GitHub may be set to send) its field `payload`."""
    if content_type.partition(";")[0].strip().lower() == FORM:
        body = _from_form(body)
    if not body.strip():
        raise NotJson("The body is empty.")
    try:
        payload = json.loads(_text(body), parse_constant=_no_number, parse_int=_whole, parse_float=_fraction)
    except RecursionError as error:
        raise NotJson(f"It is nested deeper than {DEEPEST} levels.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        what = error.msg.removesuffix(" at").removesuffix(" starting").lower()
        raise NotJson(f"It stops being JSON at {where}: {what}.") from error
    except ValueError as error:
        raise NotJson(f"It is not JSON: {error}") from error
    if _deeper_than(payload, DEEPEST):
        raise NotJson(f"It is nested deeper than {DEEPEST} levels.")
    return payload


def shown(body: bytes, content_type: str = "") -> str:
    """The body as a person reads it: JSON indented, else its text, else what can be read of it.

    Halves of surrogate pairs, which no page can carry, stand as JSON writes them: as an escape.
    """
    try:
        text = json.dumps(read(body, content_type), indent=2, ensure_ascii=False)
    except NotJson:
        return body.decode("utf-8", "replace").replace("\0", "\ufffd")
    return text.encode("utf-8", "backslashreplace").decode()


def _text(body: bytes) -> str:
    try:
        return body.decode(json.detect_encoding(body))
    except UnicodeDecodeError as error:
        raise NotJson(f"Byte {error.start + 1} is no {error.encoding.upper()}.") from error


def _from_form(body: bytes) -> bytes:
    try:
        fields = parse_qs(body.decode("ascii", "replace"), max_num_fields=50)
    except ValueError as error:
        raise NotJson("The form has too many fields.") from error
    if not (found := fields.get("payload")):
        raise NotJson("A form has to carry the JSON in its field “payload”.")
    return found[0].encode("utf-8", "surrogatepass")


def _no_number(text: str) -> None:
    return None  # NaN and Infinity, which JSON has not


def _whole(text: str) -> int | str:
    return int(text) if len(text) <= DIGITS else text


def _fraction(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _deeper_than(payload: Any, most: int) -> bool:
    level = [payload]
    for _ in range(most):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True
