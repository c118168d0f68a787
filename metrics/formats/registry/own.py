"""Prodops' own YAML: everything that a registry says of its KPIs."""

from typing import Any

from .dbt_terms import dicts
from .entries import (
    FIELDS,
    LENGTHS,
    LISTS,
    NUMBERS,
    OBJECTS,
    RECORDS,
    Entry,
    Reading,
    Unreadable,
    checked,
    clean,
    extra_of,
    unique,
)
from .safe import load_yaml, mapping
from .writing import Writing, dumped

MARK = "prodops_kpis"


def read_own(text: str) -> Reading:
    """A registry that Prodops wrote; raises `Unreadable`."""
    documents = load_yaml(text)
    if len(documents) != 1:
        raise Unreadable("A registry of Prodops is one YAML document.")
    data = mapping(documents[0], "The file")
    if data.get(MARK) != 1:
        raise Unreadable(f"This is no registry of Prodops: “{MARK}: 1” should stand at its top.")
    reading = Reading()
    entries = []
    for place, one in enumerate(dicts(data.get("kpis"))):
        where = f"kpis[{place}]"
        if entry := entry_of(one, where, reading):
            entries.append(entry)
    reading.entries = unique(entries, reading)
    return reading


def entry_of(data: dict[str, Any], where: str, reading: Reading) -> Entry | None:
    """The entry of a mapping of fields; a field of another form than it should have refuses the row."""
    name = clean(data.get("name"), 200)
    slug = clean(data.get("slug"), 80)
    if not name:
        reading.refuse(slug, where, "The KPI has no name. Give it one.")
        return None
    said: dict[str, Any] = {}
    for key, value in data.items():
        if key in ("name", "slug") or value is None:
            continue
        if key not in FIELDS:
            reading.note(f"“{str(key)[:60]}” is nothing that Prodops knows of a KPI; it is left out.")
            continue
        kept = _kept(key, value)
        if kept is None:
            reading.refuse(name, where, f"{FIELDS[key]} is not {_form(key)}. Correct it in the file.")
            return None
        said[key] = kept
    if len(name) > LENGTHS["name"]:
        reading.refuse(name, where, f"The name is longer than {LENGTHS['name']} signs. Shorten it.")
        return None
    return Entry(key=slug or name, name=name, slug=slug, where=where, **said)


def _kept(key: str, value: object) -> Any:
    if key in LENGTHS:
        text = clean(value, LENGTHS[key] + 1, lines=key in ("meaning", "formula"))
        return None if text is None or len(text) > LENGTHS[key] else text
    return checked(key, value)


def _form(key: str) -> str:
    if key in LISTS:
        return "a list of texts"
    if key in RECORDS:
        return "a list of names and values"
    if key in OBJECTS:
        return "names and values"
    if key in NUMBERS:
        return "a whole number"
    return f"a text of {LENGTHS[key]} signs at most"


def write_own(entries: list[Entry]) -> Writing:
    """All of every KPI."""
    kpis = [{"slug": entry.slug or entry.key, **extra_of(entry)} for entry in entries]
    return Writing(f"# KPI registry, written by Prodops\n{dumped({MARK: 1, 'kpis': kpis})}")
