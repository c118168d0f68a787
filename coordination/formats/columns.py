"""Which column of a file is which field of a request."""

from collections.abc import Iterable, Mapping

# The fields, and the names that their columns often have in other tools' exports
FIELDS: dict[str, tuple[str, ...]] = {
    "title": ("title", "summary", "subject", "short_desc", "name"),
    "body": ("body", "description", "problem", "text", "details"),
    "external_id": ("external_id", "issue_id", "issue key", "key", "id", "bug_id", "number"),
    "submitted_at": ("submitted_at", "created_at", "created", "date", "opened"),
    "affected": ("affected", "who is affected"),
    "workaround": ("workaround",),
    "evidence_url": ("evidence_url", "url", "link"),
    "area": ("area", "product area"),
}
SAME = {"description": "body", "problem": "body", "id": "external_id"}  # other names that --map takes


class Wrong(ValueError):
    """The columns can't be told. The message says what to change."""


def read_map(text: str) -> dict[str, str]:
    """{field: column} of "title=Summary,body=Description"; a column's name may hold "=" but no comma."""
    chosen: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        field, is_, column = part.partition("=")
        field, column = SAME.get(field.strip(), field.strip()), column.strip()
        if not is_ or not column:
            raise Wrong(f"“{part}” names no column. Write it as title=Summary.")
        if field not in FIELDS:
            raise Wrong(f"A request has no “{field}”. It has {', '.join(FIELDS)}.")
        if field in chosen:
            raise Wrong(f"“{field}” is named twice.")
        chosen[field] = column
    return chosen


def columns_of(header: Iterable[str], chosen: Mapping[str, str]) -> dict[str, int]:
    """{field: place of its column}: as chosen, else told from the names; raises `Wrong` without a title."""
    places: dict[str, int] = {}
    named: dict[str, int] = {}
    heads = [" ".join(head.split()) for head in header]
    for place, head in enumerate(heads):
        named.setdefault(head.casefold(), place)
    for field, column in chosen.items():
        if column.casefold() not in named:
            known = ", ".join(head for head in heads if head) or "none"
            raise Wrong(f"The file has no column “{column}”. Its columns are: {known}.")
        places[field] = named[column.casefold()]
    for field, usual in FIELDS.items():
        free = [named[name] for name in usual if name in named and named[name] not in places.values()]
        if field not in places and free:
            places[field] = free[0]
    if "title" not in places:
        raise Wrong("No column is the title. Say which one is: --map title=NAME.")
    return places
