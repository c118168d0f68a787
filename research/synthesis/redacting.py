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


class Scrubber:
    """Takes known words out of copies of a text: `pairs` are what was removed and what stands there now.

    Words are found as words of their own, so that removing "Ann" leaves "Annual" alone.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self.pairs = {said: put for said, put in pairs if said.strip()}
        longest = sorted(self.pairs, key=len, reverse=True)
        either = "|".join(self._words(said) for said in longest)
        self._pattern = re.compile(either) if longest else None

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

    def json(self, value: object) -> object:
        """The same in every string of a JSON value, its keys included."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.json(one) for one in value]
        if isinstance(value, dict):
            return {self.text(key): self.json(one) for key, one in value.items()}
        return value
