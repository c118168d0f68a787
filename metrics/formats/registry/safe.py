"""YAML, JSON and TOML from strangers: read within limits, and refused with the line."""

import json
import tomllib
from typing import Any

import yaml

from .entries import Unreadable

MAX_BYTES = 10 * 1024 * 1024
MAX_NODES = 400_000  # aliases counted as often as they are used
MAX_DEPTH = 60
_PLAIN = "tag:yaml.org,2002:"
_TAGS = {"str", "int", "float", "bool", "null", "seq", "map", "merge", "timestamp", "!"}
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def decode(raw: bytes) -> str:
    """The text of an upload; raises `Unreadable` for what is no text, or too much of it."""
    if len(raw) > MAX_BYTES:
        raise Unreadable("The file is larger than 10 MB. Split it, and import the parts.")
    encoding = "utf-8-sig"
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("The file is not UTF-8 text. Save it as UTF-8 and upload it again.") from error
    if "\0" in text:
        raise Unreadable(
            "The file is not text. Upload the YAML, JSON, TOML, LookML, CSV or XLSX file itself."
        )
    return text


class _Loader(_LOADER):  # type: ignore[misc]
    """As the safe loader, but a key twice in one mapping is a fault, and dates stay text."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.tag == f"{_PLAIN}merge":
                continue
            name = key.value if isinstance(key.value, str) else None
            if name is None:
                raise Unreadable(f"Line {key.start_mark.line + 1}: a key is a list or a mapping. Use text.")
            if name in seen:
                raise Unreadable(
                    f"Line {key.start_mark.line + 1}: “{name[:60]}” is there twice. Keep one of them."
                )
            seen.add(name)
        made: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return made


_Loader.add_constructor(f"{_PLAIN}timestamp", _Loader.construct_yaml_str)


def load_yaml(text: str) -> list[Any]:
    """The documents of a YAML text; raises `Unreadable`. No tags, no bombs of aliases, no great depth."""
    try:
        _weigh(text)
        return [document for document in yaml.load_all(text, Loader=_Loader) if document is not None]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"Line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or "this is not YAML"
        raise Unreadable(f"{place}{problem}. Check the indentation and the quotes there.") from error
    except (RecursionError, ValueError, OverflowError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("The YAML cannot be read. Check it with a YAML checker.") from error


def _weigh(text: str) -> None:
    """Refuse what would grow too large, before it is built."""
    anchors: dict[str, int] = {}
    open_at: list[tuple[str | None, int]] = []
    total = 0
    parse: Any = yaml.parse
    events: Any = parse(text, Loader=_LOADER)
    for event in events:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in anchors:
                raise Unreadable(
                    f"Line {line}: the alias *{str(event.anchor)[:40]} stands for nothing before it."
                )
            total += anchors[event.anchor]
        elif isinstance(event, yaml.NodeEvent):
            tag: str = getattr(event, "tag", None) or ""
            if tag and tag.removeprefix(_PLAIN) not in _TAGS:
                raise Unreadable(f"Line {line}: the tag {tag[:40]} is not read. Leave out tags.")
            total += 1
            if isinstance(event, yaml.CollectionStartEvent):
                open_at.append((event.anchor, total))
                if len(open_at) > MAX_DEPTH:
                    raise Unreadable(f"Line {line}: it is nested more than {MAX_DEPTH} deep.")
            elif event.anchor:
                anchors[event.anchor] = 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, since = open_at.pop()
            if anchor:
                anchors[anchor] = total - since + 1
        if total > MAX_NODES:
            raise Unreadable(
                f"Line {line}: with its aliases the file holds more than {MAX_NODES:,} values. Split it."
            )


def load_json(text: str) -> Any:
    """The value of a JSON text; raises `Unreadable`."""
    depth = deepest = 0
    for sign in text:
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    if deepest > 4 * MAX_DEPTH:
        raise Unreadable(f"The JSON is nested {deepest:,} deep; {4 * MAX_DEPTH} is the most that is read.")
    try:
        return json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"Line {error.lineno}, column {error.colno}: {error.msg.lower()}. Is this the whole file?"
        ) from error
    except (RecursionError, ValueError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("The JSON cannot be read. Write it anew with the tool that made it.") from error


def _no_constant(name: str) -> None:
    raise Unreadable(f"{name} is not JSON. Use a number or null.")


def load_toml(text: str) -> dict[str, Any]:
    """The table of a TOML text; raises `Unreadable`."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"The TOML cannot be read: {error}.") from error
    except (RecursionError, ValueError, OverflowError) as error:
        raise Unreadable("The TOML is nested too deep, or one of its numbers is too long.") from error


def mapping(value: object, where: str) -> dict[str, Any]:
    """A value that has to be a mapping; raises `Unreadable`."""
    if not isinstance(value, dict):
        raise Unreadable(f"{where} should hold names and values (key: value), but it does not.")
    return value


def table(value: object) -> dict[str, Any]:
    """A mapping, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[Any]:
    """A list, or one thing as a list; nothing is an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
