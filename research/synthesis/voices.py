"""Guessing who a label of a transcript is, from the names of those who took part."""

import re
from collections.abc import Iterable
from typing import NamedTuple

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_WORD = re.compile(r"[^\W_]+")
_MODERATOR = frozenset(("interviewer", "moderator", "facilitator", "researcher", "host", "int", "mod"))
_PARTICIPANT = frozenset(("interviewee", "participant", "respondent", "customer", "guest", "user", "client"))
_OBSERVER = frozenset(("observer", "notetaker", "scribe"))
_NUMBERED = re.compile(r"(?:p|r)\s?\d{1,3}", re.IGNORECASE)  # "P1", "R 12"


class People(NamedTuple):
    """Who is known to have taken part; "" for nobody."""

    participant: str = ""
    moderator: str = ""


def guess(labels: Iterable[str], people: People) -> dict[str, str]:
    """{label: "participant" | "moderator" | "observer" | "other"}.

    A label is somebody if all its words are in their name, or theirs in it ("Dana", "Whitlock, Dana",
    "Dana Whitlock (Northwind)"); one that fits both is nobody. Then by what such labels are called. Where
    that leaves one of two speakers over and the other is the moderator, the one left is the participant,
    and the other way round.
    """
    roles = {label: _role(label, people) for label in labels}
    left = [label for label, role in roles.items() if role == "other"]
    if len(roles) == 2 and len(left) == 1:
        (known,) = (role for role in roles.values() if role != "other")
        if known in ("moderator", "participant"):
            roles[left[0]] = "participant" if known == "moderator" else "moderator"
    return roles


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}


def _fits(label: set[str], name: set[str]) -> bool:
    return bool(label and name) and (label <= name or name <= label)


def _role(label: str, people: People) -> str:
    words = _words(_ASIDE.sub(" ", label)) or _words(label)
    theirs, ours = _fits(words, _words(people.participant)), _fits(words, _words(people.moderator))
    if theirs != ours:
        return "participant" if theirs else "moderator"
    if theirs:
        return "other"
    if words & _MODERATOR:
        return "moderator"
    if words & _OBSERVER:
        return "observer"
    return "participant" if words & _PARTICIPANT or _NUMBERED.fullmatch(label.strip()) else "other"
