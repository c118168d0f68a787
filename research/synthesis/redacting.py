"""Taking spans out of texts, and where highlights stand afterwards: exactly known, nothing is guessed."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .anchors import quote_of

INSTEAD = {
    "email": "[e-mail removed]",
    "link": "[link removed]",
    "account": "[number removed]",
    "phone": "[phone number removed]",
    "name": "[name removed]",
    "words": "[words removed]",
}


class Edit(NamedTuple):
    """Code points `start` to `end` (exclusive) of a text become `put`."""

    start: int
    end: int
    put: str


def joined(edits: Iterable[Edit]) -> list[Edit]:
    """The same in order; of edits that overlap one is made, which puts what the first of them puts."""
    apart: list[Edit] = []
    for edit in sorted(edits):
        if apart and edit.start < apart[-1].end:
            apart[-1] = apart[-1]._replace(end=max(apart[-1].end, edit.end))
        else:
            apart.append(edit)
    return apart


def edited(text: str, edits: Sequence[Edit]) -> str:
    """`text` after `edits` (as `joined` gives them)."""
    parts, position = [], 0
    for edit in edits:
        parts += [text[position : edit.start], edit.put]
        position = edit.end
    return "".join([*parts, text[position:]])


def shifted(offset: int, edits: Sequence[Edit], *, is_end: bool) -> int:
    """Where `offset` of the old text is in the new one.

    Inside what was taken out, a start moves before what was put there and an end behind it: a highlight
    that covered a part of the words covers what stands in their place.
    """
    moved = 0
    for edit in edits:
        inside = edit.start < offset < edit.end
        if offset >= edit.end and not inside:
            moved += len(edit.put) - (edit.end - edit.start)
        elif inside:
            return edit.start + moved + (len(edit.put) if is_end else 0)
        else:
            break
    return offset + moved


class Span(NamedTuple):
    """A highlight: from code point `start` of the text number `first` to `end` of the text `last`."""

    first: int
    start: int
    last: int
    end: int


def replaced(span: Span, texts: Sequence[str], edits: dict[int, Sequence[Edit]]) -> tuple[Span, str]:
    """Where a highlight stands after `edits` (by the number of the text), and its words then.

    `texts` are the texts before.
    """
    start = shifted(span.start, edits.get(span.first, ()), is_end=False)
    end = shifted(span.end, edits.get(span.last, ()), is_end=True)
    new = [edited(texts[n], edits.get(n, ())) for n in range(span.first, span.last + 1)]
    return Span(span.first, start, span.last, end), quote_of(new, start, end)


_WORD = re.compile(r"\w+")
_AGAIN = re.compile(r"(\[[a-z -]+ removed\])(?:[\W_]{0,3}\1)+")
_SHORT = 3  # letters: shorter words, and these, name nobody by themselves
_COMMON = frozenset(
    {"and", "are", "but", "did", "for", "from", "had", "has", "have", "her", "his", "not", "our", "the"}
    | {"that", "they", "this", "was", "were", "what", "when", "who", "will", "with", "you", "your"}
)


class Scrubber:
    """Takes known words out of copies of a text: `pairs` are what was removed and what stands there now.

    Words are found as words of their own, so that removing "Ann" leaves "Annual" alone.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = {said: put for said, put in pairs if said.strip()}
        longest = sorted(self.pairs, key=len, reverse=True)
        either = "|".join(self._words(said) for said in longest)
        self._pattern = re.compile(either) if longest else None
        self._label = re.compile(either, re.IGNORECASE) if longest else None
        self._words_of = {
            word.casefold(): put
            for said, put in self.pairs.items()
            for word in _WORD.findall(said)
            if (len(word) >= _SHORT or word.isdecimal()) and word.casefold() not in _COMMON
        }

    @staticmethod
    def _words(said: str) -> str:
        head = r"(?<!\w)" if said[0].isalnum() else ""
        tail = r"(?!\w)" if said[-1].isalnum() else ""
        return head + r"\s+".join(map(re.escape, said.split())) + tail

    def __bool__(self) -> bool:
        return self._pattern is not None

    def text(self, text: str) -> str:
        if self._pattern is None or not text:
            return text
        return self._pattern.sub(self._put, text)

    def _put(self, match: re.Match[str]) -> str:
        said = " ".join(match[0].split())
        return self.pairs.get(match[0]) or next(
            put for words, put in self.pairs.items() if " ".join(words.split()) == said
        )

    def excerpt(self, text: str) -> str:
        """The same for what was cut out of a text anywhere: single words of what was removed go as well.

        The first and the last word may be cut too: there the rest of a removed word is enough.
        """
        clean = self.text(text)
        found = list(_WORD.finditer(clean))
        parts: list[str] = []
        position = 0
        for number, match in enumerate(found):
            put = self._of_word(match[0].casefold(), number == 0, number == len(found) - 1)
            if put and clean[: match.start()].rfind("[") <= clean[: match.start()].rfind("]"):
                parts += [clean[position : match.start()], put]
                position = match.end()
        return _AGAIN.sub(r"\1", "".join([*parts, clean[position:]]))

    def _of_word(self, word: str, is_first: bool, is_last: bool) -> str | None:
        if word in self._words_of or len(word) < _SHORT or word in _COMMON:
            return self._words_of.get(word)
        for removed, put in self._words_of.items():
            if (is_first and removed.endswith(word)) or (is_last and removed.startswith(word)):
                return put
        return None

    def label(self, label: str) -> str:
        """A speaker's label: one that has a removed name in it, in any capitals, is a name as a whole."""
        found = list(self._label.finditer(label)) if self._label else []
        known = {" ".join(said.casefold().split()): put for said, put in self.pairs.items()}
        puts = {known[" ".join(match[0].casefold().split())] for match in found}
        if INSTEAD["name"] in puts or any(match[0] == label.strip() for match in found):
            return INSTEAD["name"]
        return self._label.sub(INSTEAD["words"], label) if self._label and found else label

    def json(self, value: object, key: str = "") -> object:
        """The same in every string of a JSON value, its keys included.

        What highlights remember of their words is taken as cut out of a text, and what stood around them
        is not kept at all.
        """
        if isinstance(value, str):
            if key in ("prefix", "suffix"):
                return ""
            return self.excerpt(value) if key in ("quote", "quote_was") else self.text(value)
        if isinstance(value, list):
            return [self.json(one) for one in value]
        if isinstance(value, dict):
            return {self.text(name): self.json(one, name) for name, one in value.items()}
        return value


def relabelled(labels: Iterable[str], scrub: Scrubber) -> dict[str, str]:
    """{label: what it becomes} of a session's labels that say what was removed; no two become the same."""
    labels = sorted(set(labels))
    new: dict[str, str] = {}
    taken = set(labels)
    for label in labels:
        put = scrub.label(label)
        if put == label:
            continue
        number = 1
        while (name := put if number == 1 else f"{put} {number}") in taken:
            number += 1
        taken.add(name)
        new[label] = name[:200]
    return new
