"""What the writers share: what a format cannot hold rides along, so that nothing is lost on the way back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from .entries import FIELDS, LISTS, RECORDS, Entry, Reading, extra_of, slug_of


@dataclass(slots=True)
class Writing:
    """A file's text, and the names of the KPIs that its format cannot hold."""

    text: str
    left_out: list[str] = field(default_factory=list)


Document = Callable[[list[Entry], dict[str, dict[str, Any]]], tuple[str, list[str]]]


def with_rest(
    entries: list[Entry],
    document: Document,
    read: Callable[[str], Reading],
    named: Callable[[Entry], str] = lambda entry: entry.key,
) -> Writing:
    """Write, read what was written, and write again with what was lost beside each metric.

    So a format's own words stay the ones that count: only what they do not say is added. `named` gives back
    what `key_of` wrote.
    """
    text, left_out = document(entries, {})
    if len(left_out) == len(entries):
        return Writing(text, left_out)
    native = {named(one): one for one in read(text).entries}
    rest = {}
    for entry in entries:
        made = native.get(key_of(entry))
        if made is not None and (lost := lost_of(entry, made)):
            rest[key_of(entry)] = lost
    if rest:
        text, left_out = document(entries, rest)
    return Writing(text, left_out)


def lost_of(entry: Entry, native: Entry) -> dict[str, Any]:
    """What of an entry its native form does not say, or says otherwise."""
    wanted, said = extra_of(entry), extra_of(native)
    lost = {
        name: wanted.get(name, _nothing(name))
        for name in FIELDS
        if wanted.get(name) != said.get(name) and (name in wanted or name in said)
    }
    if entry.slug and (native.slug or slug_of(native.key)) != entry.slug:
        lost["slug"] = entry.slug
    return {name: value for name, value in lost.items() if value is not None}


def _nothing(name: str) -> Any:
    """What a field holds where the KPI says nothing and the format something."""
    if name in (*LISTS, *RECORDS):
        return []
    if name in ("definition", "sql"):
        return {}
    return None if name.startswith("freshness") else ""


def key_of(entry: Entry) -> str:
    """A KPI's name where only letters, digits and _ are allowed."""
    return (entry.slug or entry.key).replace("-", "_")


class _Dumper(yaml.SafeDumper):
    """Lists set in, no aliases, several lines as a block."""

    def ignore_aliases(self, data: object) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, value: str) -> Any:
    style = "|" if "\n" in value and not any(line != line.rstrip() for line in value.split("\n")) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def dumped(value: object) -> str:
    """YAML, keys in the order given."""
    made: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return made
