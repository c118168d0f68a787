"""What the attributes and small children of an element say, whoever wrote them."""

from datetime import UTC, datetime

from .xml import Element

MAX_NAME = 1_000
VALUES = frozenset(("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue"))


def guid_of(text: str) -> str:
    return text.strip().strip("{}").casefold()


def name_of(element: Element) -> str:
    return element.get("name")[:MAX_NAME]


def described(element: Element) -> str:
    found = element.first("Description")
    return found.text if found is not None and not found.text.isspace() else ""


def refs_of(element: Element, name: str) -> list[str]:
    """What children of that name point to; the standard says targetGUID, ATLAS.ti's codebooks say guid."""
    found = (guid_of(one.get("targetGUID", "guid")) for one in element.elements() if one.name == name)
    return [guid for guid in found if guid]


def values_of(element: Element) -> dict[str, str]:
    """{variable: value as text} of a source or a case."""
    found = {}
    for value in element.elements():
        if value.name != "VariableValue":
            continue
        ref = value.first("VariableRef")
        said = next((one.text for one in value.elements() if one.name in VALUES), "")
        if ref is not None and said.strip():
            found[guid_of(ref.get("targetGUID"))] = said
    return found


def number_of(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None


def time_of(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC) if 1900 < found.year < 2200 else None
