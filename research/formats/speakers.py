"""Whether the words before a colon name a speaker.

A colon is not enough: "Remember: save often", "10:30", "https://…" and "so the thing is: no" are speech.
"""

import re
from collections.abc import Callable
from enum import IntEnum

MAX_LABEL = 60
MAX_WORDS = 5

_COLON = re.compile("[:：]")
_NEVER_IN_A_NAME = re.compile(r"[:：?!;…<>|{}=\\\"“”«»\n]")
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")  # "Jane Doe (she/her)", "P1 [laughs]"
_ABBREVIATION = re.compile(r"(?:[^\W\d_]{1,4}\.)+")  # "Dr.", "J.", "J.R."
_PARTICLES = frozenset(
    (
        "al", "and", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "e",
        "el", "la", "le", "of", "ter", "the", "van", "von", "y", "zu",
    )
)  # fmt: skip
_NOT_SPEAKERS = frozenset(
    (
        "agenda", "am", "date", "duration", "e.g.", "example", "for example", "ftp", "http", "https", "i.e.",
        "important", "location", "nb", "note", "notes", "place", "pm", "ps", "recorded", "remember",
        "subject", "summary", "time", "title", "topic", "transcribed", "warning",
    )
)  # fmt: skip


class Trust(IntEnum):
    """How far a label may be taken for a speaker."""

    NO = 0
    IF_REPEATED = 1  # "interviewer", "Doe, Jane": only a file that uses it again means it as a name
    YES = 2


def judge(label: str) -> Trust:
    """How much a label looks like a name: short, capitalised, without sentence punctuation."""
    if len(label) > MAX_LABEL or _NEVER_IN_A_NAME.search(label):
        return Trust.NO
    bare = _ASIDE.sub(" ", label)
    words = bare.split()
    if not 1 <= len(words) <= MAX_WORDS or not words[0][0].isalnum():
        return Trust.NO
    if " ".join(words).casefold() in _NOT_SPEAKERS or any(map(_ends_a_sentence, words)):
        return Trust.NO
    if "," in bare or bare.strip().isdigit() or not _capitalised(words):
        return Trust.IF_REPEATED
    return Trust.YES


def split_label(text: str, decode: Callable[[str], str] = str.strip) -> tuple[str, str, Trust] | None:
    """The words before the first colon, those after it, and how much the first look like a name.

    `decode` turns the label as written into what is read; the rest is left as written.
    """
    colon = _COLON.search(text[: MAX_LABEL * 2])
    if colon is None:
        return None
    label, rest = decode(text[: colon.start()]), text[colon.end() :]
    trust = judge(label)
    if rest and not rest[0].isspace() and colon[0] == ":":
        # "Ana:hello" may be typed in haste, but "10:30" and "file://x" never name anyone
        trust = Trust.NO if rest[0] in "/\\" or rest[0].isdigit() else min(trust, Trust.IF_REPEATED)
    return None if trust is Trust.NO else (label, rest.strip(), trust)


def hide_colon(text: str) -> str:
    """Write a text's first colon as a character reference, so that no reader takes it for a label's."""
    return _COLON.sub(lambda colon: f"&#{ord(colon[0])};", text, count=1)


def _ends_a_sentence(word: str) -> bool:
    return word.endswith(".") and not _ABBREVIATION.fullmatch(word)


def _capitalised(words: list[str]) -> bool:
    first, *others = words
    return not _lower(first) and not any(_lower(word) and word not in _PARTICLES for word in others)


def _lower(word: str) -> bool:
    """Starts with a small letter. Scripts without case have none, so their words pass."""
    return next((character.islower() for character in word if character.isalnum()), False)
