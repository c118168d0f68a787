"""Highlights in a table: what its columns mean, and where in a session each quote stands."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .studyzip import unguarded
from .timecodes import to_ms
from .turns import Turn

# field: (what it is, in words; headers that mean it)
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "quote": (
        "Quote",
        ("quote", "quotation", "text", "highlight", "excerpt", "segment", "content", "verbatim"),
    ),
    "tags": ("Tags", ("tags", "tag", "codes", "code", "labels", "label", "themes", "theme")),
    "session": (
        "Session",
        ("session", "document", "transcript", "source", "interview", "file", "document name"),
    ),
    "date": ("Date of the session", ("date", "held on", "session date")),
    "time": ("Time in the recording", ("time", "timestamp", "time code", "timecode", "start", "start time")),
    "speaker": ("Speaker", ("speaker", "said by", "who")),
    "before": ("Text before it", ("text before", "before", "prefix", "context before")),
    "note": ("Note", ("note", "notes", "comment", "comments", "memo")),
    "id": ("Identifier", ("id", "guid", "identifier", "highlight id")),
}
MAX_TAGS = 30
_SPACE = re.compile(r"\s+")
_MARKS = "\"'“”„«»‘’"


def guess(header: Sequence[str]) -> dict[str, int]:
    """{field: column} for the columns whose headers say what they are."""
    names = [" ".join(name.split()).casefold() for name in header]
    found: dict[str, int] = {}
    for field, (_, known) in FIELDS.items():
        column = next((names.index(name) for name in known if name in names), None)
        if column is not None and column not in found.values():
            found[field] = column
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """From character `start` of turn `first` to `end` of turn `last`."""

    first: int
    start: int
    last: int
    end: int


class Said:
    """What was said in a session, to find quotes in, whatever their line breaks and spaces."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.turns = turns
        letters: list[str] = []
        self._turn: list[int] = []  # of each letter, the turn
        self._at: list[int] = []  # and its place in it
        before: object = None
        for number, turn in enumerate(turns):
            if letters:
                letters.append("\0" if turn.part != before else " ")  # no quote goes over from part to part
                self._turn.append(number)
                self._at.append(0)
            before = turn.part
            blank = True
            for at, letter in enumerate(turn.text):
                if letter.isspace():
                    if blank:
                        continue
                    letter, blank = " ", True
                else:
                    blank = False
                letters.append(letter)
                self._turn.append(number)
                self._at.append(at)
        self._flat = "".join(letters)

    def find(self, quote: str) -> list[Place]:
        """Every place where exactly these words stand."""
        for words in _readings(quote):
            found = [self._place(at, len(words)) for at in _all(self._flat, words)]
            if found:
                return found
        return []

    def _place(self, at: int, length: int) -> Place:
        last = at + length - 1
        return Place(self._turn[at], self._at[at], self._turn[last], self._at[last] + 1)

    def before(self, place: Place, length: int) -> str:
        text = "\n".join(turn.text for turn in self.turns[max(0, place.first - 1) : place.first])
        return (text + "\n" + self.turns[place.first].text[: place.start])[-length:]


def _readings(quote: str) -> Iterable[str]:
    """The words as they stand; without the guard of an export; without quotation marks around them."""
    plain = _flat(quote)
    yield plain
    if unguarded(plain) != plain:
        yield unguarded(plain)
    bare = plain.strip(_MARKS).strip()
    if bare and bare != plain:
        yield bare


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _all(text: str, words: str) -> Iterable[int]:
    at = text.find(words) if words else -1
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def narrowed(said: Said, places: list[Place], *, time: str, speaker: str, before: str) -> list[Place]:
    """Those of `places` that fit what the row says beside the quote; a blank fits all."""
    ms = to_ms(time.strip()) if time.strip() else None
    if ms is not None and len(places) > 1:
        # tables give whole seconds
        places = [one for one in places if _second(said.turns[one.first].start_ms) == ms // 1000]
    if speaker.strip() and len(places) > 1:
        who = _flat(speaker).casefold()
        places = [one for one in places if said.turns[one.first].speaker.casefold() == who]
    if before.strip() and len(places) > 1:
        words = _flat(before).casefold()
        places = [
            one for one in places if _flat(said.before(one, 2 * len(before) + 20)).casefold().endswith(words)
        ]
    return places


def _second(ms: int | None) -> int | None:
    return None if ms is None else ms // 1000


def tag_names(cell: str, known: set[str]) -> list[str]:
    """The tags of a cell, apart by semicolons, line breaks or commas; `known` names may hold commas."""
    cell = unguarded(cell)
    if ";" in cell or "\n" in cell:
        parts = re.split(r"[;\n]", cell)
    else:
        parts = list(_by_commas(cell.split(","), known))
    names = (_flat(part)[:80].strip() for part in parts)
    return list(dict.fromkeys(name for name in names if name))[:MAX_TAGS]


def _by_commas(tokens: list[str], known: set[str]) -> Iterable[str]:
    at = 0
    while at < len(tokens):
        for end in range(min(len(tokens), at + 5), at, -1):
            joined = _flat(",".join(tokens[at:end]))
            if end == at + 1 or joined.casefold() in known:
                yield joined
                at = end
                break
