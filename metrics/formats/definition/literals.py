"""The values of a filter as people type them: paid, 3, true, '007', 'Smith, John'."""

import re

from metrics.formats.definition.shapes import Literal

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
_ITEM = re.compile(r"\s*('(?:[^']|'')*'|[^,]*)\s*(?:,|$)")


def typed(text: str, *, several: bool) -> tuple[Literal, ...]:
    """The values that a text says. Quotes keep a number, true, false or a comma as text."""
    text = text.strip()
    if not text:
        return ()
    if not several:
        return (_literal(text),)
    found, at = [], 0
    while at < len(text):
        item = _ITEM.match(text, at)
        if item is None or item.end() == at:  # a quote in the middle: the rest is one text
            found.append(text[at:].strip())
            break
        found.append(item[1].strip())
        at = item.end()
    return tuple(_literal(one) for one in found if one)


def shown(values: tuple[Literal, ...]) -> str:
    """The text that says the values: `typed` reads it as the same."""
    return ", ".join(_shown(value) for value in values)


def _literal(text: str) -> Literal:
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text


def _shown(value: Literal) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        plain = value == value.strip() and value and not re.search(r"[,']", value)
        return value if plain and isinstance(_literal(value), str) else "'" + value.replace("'", "''") + "'"
    return str(value)
