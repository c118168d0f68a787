"""One metric as a file says it, whatever the file's format."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

MOST_ENTRIES = 5_000
MOST_NOTES = 50


class Unreadable(ValueError):
    """The file as a whole cannot be read. The message says what is wrong, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a file says of one metric; None where it is silent, so that nothing is changed by silence.

    `key` is what the file calls it, `slug` the KPI's address where the file comes from Prodops. `where` is
    the place in the file. `sql` is {dialect: text}, `definition` JSON as metrics.formats.definition reads it.
    """

    key: str
    name: str
    where: str = ""
    slug: str | None = None
    meaning: str | None = None
    formula: str | None = None
    unit: str | None = None
    currency: str | None = None
    direction: str | None = None
    tier: str | None = None
    grain: str | None = None
    source: str | None = None
    freshness_hours: int | None = None
    freshness_error_hours: int | None = None
    owner: str | None = None  # an e-mail address
    team: str | None = None
    area: str | None = None
    aliases: tuple[str, ...] | None = None
    dimensions: tuple[str, ...] | None = None
    definition: dict[str, Any] | None = None
    sql: dict[str, str] | None = None
    drivers: tuple[str, ...] | None = None  # slugs of the KPIs that move it
    targets: tuple[dict[str, Any], ...] | None = None  # see metrics.formats.registry.records
    status: str | None = None  # "deprecated", or silence: approval is not given by a file
    status_note: str | None = None  # why it is deprecated
    successor: str | None = None  # slug of the KPI to use instead
    history: tuple[dict[str, Any], ...] | None = None  # its versions so far, to be read and never written
    guessed: tuple[str, ...] = ()  # fields that the reader made up: for a new KPI only


_ABOUT = {"key", "where", "guessed"}  # of the file rather than of the KPI
# What of an entry is about the KPI, in the order that people read it; with its words.
FIELDS = {
    "name": "Name",
    "meaning": "Meaning",
    "formula": "Formula",
    "definition": "Definition",
    "sql": "SQL",
    "unit": "Unit",
    "currency": "Currency",
    "direction": "Direction",
    "tier": "Tier",
    "grain": "Grain",
    "source": "Source",
    "freshness_hours": "Due after (hours)",
    "freshness_error_hours": "Badly late after (hours)",
    "owner": "Owner",
    "team": "Team",
    "area": "Product area",
    "aliases": "Aliases",
    "dimensions": "Dimensions",
    "drivers": "Drivers",
    "targets": "Targets",
    "status": "Status",
    "status_note": "Why deprecated",
    "successor": "Successor",
    "history": "History",
}
LISTS = ("aliases", "dimensions", "drivers")
RECORDS = ("targets", "history")
OBJECTS = ("definition", "sql")
NUMBERS = ("freshness_hours", "freshness_error_hours")
LENGTHS = {
    **{"name": 120, "meaning": 1000, "formula": 2000, "source": 200, "currency": 3},
    **{"owner": 254, "team": 120, "area": 120, "unit": 20, "direction": 20, "tier": 20, "grain": 20},
    **{"status": 20, "status_note": 500, "successor": 80},
}


@dataclass(frozen=True, slots=True)
class Refused:
    """One metric that cannot be taken in, and why."""

    key: str
    name: str
    where: str
    reason: str


@dataclass(slots=True)
class Reading:
    """What a file holds: metrics, those that are refused, and notes on what else was left out."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, words: str) -> None:
        """Say something about the file once."""
        if words not in self.notes and len(self.notes) < MOST_NOTES:
            self.notes.append(words)

    def refuse(self, key: object, where: str, reason: str) -> None:
        said = str(key or "")[:200] or "(without a name)"
        self.refused.append(Refused(said, said, where, reason))


def folded(name: str) -> str:
    """A name as people hear it: without casing, accents, punctuation or double spaces."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


def slug_of(key: str) -> str:
    """The address a KPI of this key would have: `weekly_active` is `weekly-active`."""
    return re.sub(r"[^a-z0-9]+", "-", folded(key)).strip("-")[:80]


def title_of(key: str) -> str:
    """A name for a metric that has only a key: `weekly_active_users` is "Weekly active users"."""
    words = " ".join(re.split(r"[\W_]+", key)).strip()
    return (words[:1].upper() + words[1:])[:120] or key[:120]


def clean(text: object, most: int, *, lines: bool = False) -> str | None:
    """Text as it may be kept: without control signs, no longer than `most`; None for what is no text."""
    if text is None or isinstance(text, bool | list | dict):
        return None
    kept = "".join(sign for sign in str(text) if sign >= " " or sign in "\n\t")
    kept = "\n".join(" ".join(line.split()) for line in kept.strip().splitlines())
    if not lines:
        kept = " ".join(kept.split())
    return kept if len(kept) <= most else f"{kept[: most - 1].rstrip()}…"


def extra_of(entry: Entry) -> dict[str, Any]:
    """All that is known of an entry, for formats that let others' data ride along."""
    said = {one.name: getattr(entry, one.name) for one in fields(entry) if one.name not in _ABOUT}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in said.items()
        if value is not None
    }


def with_extra(entry: Entry, extra: object) -> Entry:
    """The entry with what Prodops wrote along with it; what is not of the right form is passed over."""
    if not isinstance(extra, dict):
        return entry
    known = {one.name for one in fields(Entry)} - _ABOUT
    said: dict[str, Any] = {}
    for name, value in extra.items():
        if name in known and (kept := checked(name, value)) is not None:
            said[name] = kept
    whole = {one.name: getattr(entry, one.name) for one in fields(entry)}
    whole["guessed"] = tuple(name for name in entry.guessed if name not in said)
    return Entry(**{**whole, **said})


def checked(name: str, value: object) -> Any:
    """A field's value in its form, or None where it has another."""
    if name in LISTS:
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            return None
        return tuple(value)
    if name in RECORDS:
        whole = isinstance(value, list | tuple) and all(isinstance(one, dict) for one in value)
        return tuple(value) if whole else None  # type: ignore[arg-type]
    if name in OBJECTS:
        return value if isinstance(value, dict) and all(isinstance(key, str) for key in value) else None
    if name in NUMBERS:
        return value if isinstance(value, int) and not isinstance(value, bool) else None
    return value if isinstance(value, str) else None


def unique(entries: Iterable[Entry], reading: Reading) -> list[Entry]:
    """The entries, each key once; a second one of the same key is refused."""
    seen: dict[str, str] = {}
    kept = []
    for entry in entries:
        key = entry.slug or slug_of(entry.key)
        if key in seen:
            reading.refuse(
                entry.key,
                entry.where,
                f"The file has “{entry.key}” twice, first at {seen[key] or 'the top'}.",
            )
        else:
            seen[key] = entry.where
            kept.append(entry)
    if len(kept) > MOST_ENTRIES:
        raise Unreadable(
            f"There are {len(kept):,} metrics in it; {MOST_ENTRIES:,} is the most. Split the file."
        )
    return kept
