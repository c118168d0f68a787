"""Where something stands in JSON, as people write it: `ticket.fields[0].value`.

ticket.subject            a key of a key
fields[0]   fields[-1]    the first, the last of a list
tags[*].name              of each of a list
fields[id=360012].value   of those of a list whose `id` is 360012
["odd.key"].x             a key with dots or spaces
a.b | c.d | "words"       the first of these that is there; words in quotes stand for themselves
"""

import re
from dataclasses import dataclass
from typing import Any

LONGEST, STEPS, FOUND = 300, 30, 200
_STEP = re.compile(
    r"""\.?(?P<name>[^\s.\[\]|"'=*]+)"""
    r"""|\[\s*(?P<index>-?\d{1,6})\s*\]"""
    r"""|\[\s*(?P<all>\*)\s*\]"""
    r"""|\[\s*"(?P<quoted>[^"]*)"\s*\]"""
    r"""|\[\s*(?P<key>[^\s\[\]="']+)\s*=\s*(?:"(?P<same>[^"]*)"|(?P<bare>[^\]"]*?))\s*\]"""
)
_WORDS = re.compile(r'\s*"([^"]*)"\s*')


class BadPath(Exception):
    """It cannot be read; the words say where it goes wrong."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step down: a key, a place of a list, all of it, or those with `key` = `same`."""

    kind: str
    name: str = ""
    index: int = 0
    same: str = ""


Path = tuple[tuple[Step, ...] | str, ...]  # the ways to try in turn; a string stands for itself


def parse(written: str) -> Path:
    """The path that is written; raises `BadPath`."""
    if len(written) > LONGEST:
        raise BadPath(f"A path has up to {LONGEST} characters.")
    return tuple(_way(way) for way in _ways(written))


def find(path: Path, payload: Any) -> list[Any]:
    """What stands there: the values of the first way that leads to something but null and empty text."""
    for way in path:
        if isinstance(way, str):
            return [way]
        if found := [one for one in _follow(way, payload) if one not in (None, "", [], {})]:
            return found
    return []


def _ways(written: str) -> list[str]:
    """Split at the bars that stand in no quotes."""
    ways, quoted = [""], False
    for letter in written:
        quoted ^= letter == '"'
        if letter == "|" and not quoted:
            ways.append("")
        else:
            ways[-1] += letter
    return ways


def _way(written: str) -> tuple[Step, ...] | str:
    if words := _WORDS.fullmatch(written):
        return words[1]
    rest, steps, place = written.strip(), [], 0
    if not rest:
        raise BadPath("Write a path such as ticket.subject.")
    while place < len(rest):
        found = _STEP.match(rest, place)
        if not found or (place == 0 and rest[0] == "."):
            raise BadPath(
                f"“{rest}” cannot be read from character {place + 1} on: “{rest[place : place + 12]}”."
            )
        steps.append(_step(found))
        place = found.end()
    if len(steps) > STEPS:
        raise BadPath(f"A path has up to {STEPS} steps.")
    return tuple(steps)


def _step(found: re.Match[str]) -> Step:
    if found["index"] is not None:
        return Step("index", index=int(found["index"]))
    if found["all"]:
        return Step("all")
    if found["key"] is not None:
        same = found["same"] if found["same"] is not None else found["bare"]
        return Step("where", name=found["key"], same=same)
    return Step("key", name=found["name"] if found["name"] is not None else found["quoted"])


def _follow(way: tuple[Step, ...], payload: Any) -> list[Any]:
    level = [payload]
    for step in way:
        level = [inner for one in level for inner in _down(step, one)][:FOUND]
    return level


def _down(step: Step, one: Any) -> list[Any]:
    if step.kind == "key":
        return [one[step.name]] if isinstance(one, dict) and step.name in one else []
    if not isinstance(one, list):
        return []
    if step.kind == "all":
        return one
    if step.kind == "index":
        return [one[step.index]] if -len(one) <= step.index < len(one) else []
    return [it for it in one if isinstance(it, dict) and _same(it.get(step.name), step.same)]


def _same(value: Any, words: str) -> bool:
    if isinstance(value, bool):
        return words.lower() == str(value).lower()
    return isinstance(value, str | int | float) and str(value) == words
