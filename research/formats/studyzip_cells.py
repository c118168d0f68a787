"""What cells and front matter of an exported study say; what makes no sense there says nothing."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from .bundle import Tagging


def text(value: Any) -> str:
    return value.replace("\0", "") if isinstance(value, str) else ""


def moment(value: Any) -> datetime | None:
    """An aware time; one without a zone is UTC."""
    try:
        found = datetime.fromisoformat(text(value))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def day(value: Any) -> date | None:
    try:
        return date.fromisoformat(text(value))
    except ValueError:
        return None


def parsed(value: str) -> Any:
    """What the JSON holds; None if it is none."""
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def rows(value: Any, *widths: int) -> list[list[Any]]:
    """Rows of one of these widths, from a list or from JSON of one; anything else is none."""
    found = parsed(value) if isinstance(value, str) else value
    if not isinstance(found, list):
        return []
    return [row for row in found if isinstance(row, list) and len(row) in widths]


def taggings(value: str) -> Iterator[Tagging]:
    """The tags of a highlight: [[tag, who, when], …], behind them who else gave it: [[who, when], …]."""
    for tag, by, at, *seconds in rows(value, 3, 4):
        others = rows(seconds[0], 2) if seconds else []
        yield Tagging(
            text(tag), text(by), moment(at), tuple((text(who), moment(when)) for who, when in others)
        )


def states(value: str) -> Iterator[tuple[str, Any]]:
    """What became of a highlight whose words were corrected: see `Mark.state`."""
    values = parsed(value) if value else {}
    for key in ("orphaned_at", "reworded_at", "quote_was", "prefix", "suffix"):
        if isinstance(values, dict) and (said := values.get(key)):
            yield key, moment(said) if key.endswith("_at") else text(said)
