"""Markdown documents seen as sections, and two texts seen as their differences."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from markdown_it import MarkdownIt

_markdown = MarkdownIt("commonmark")
_SIGNS = re.compile(r"[*_`~]|\[([^\]]*)\]\([^)]*\)")
_NOT_A_LETTER = re.compile(r"[^\w]+")


class Section(NamedTuple):
    """A heading and the Markdown under it up to the next heading; what stands before the first has none."""

    level: int  # 1 to 6; 0 for what stands before the first heading
    title: str
    anchor: str  # unique in its document, fit for an id
    body: str


class Line(NamedTuple):
    """One line of a comparison. `kind` is "same", "added" or "removed"; the numbers count from 1."""

    kind: str
    old: int | None
    new: int | None
    text: str


def _headings(source: str) -> Iterator[tuple[int, int, int, str]]:
    """(first line, line after, level, title) of every heading that is not inside a quote or a list."""
    tokens = _markdown.parse(source)
    for token, inline in pairwise(tokens):
        if token.type == "heading_open" and token.level == 0 and token.map:
            title = _SIGNS.sub(lambda sign: sign[1] or "", inline.content).strip()
            yield token.map[0], token.map[1], int(token.tag[1:]), title


def sections(source: str) -> list[Section]:
    """`source` cut at its headings. Signs of Markdown in a heading are left out of its title."""
    lines = source.splitlines(keepends=True)
    heads = list(_headings(source))
    first = heads[0][0] if heads else len(lines)
    opening = "".join(lines[:first])
    found = [Section(0, "", "", opening)] if opening.strip() else []
    taken: set[str] = set()
    for index, (_, after, level, title) in enumerate(heads):
        until = heads[index + 1][0] if index + 1 < len(heads) else len(lines)
        anchor = base = f"s-{_NOT_A_LETTER.sub('-', title.lower()).strip('-') or 'section'}"[:60]
        count = 1
        while anchor in taken:
            count += 1
            anchor = f"{base}-{count}"
        taken.add(anchor)
        found.append(Section(level, title, anchor, "".join(lines[after:until])))
    return found


def answered(template: str, body: str) -> tuple[int, int]:
    """(sections of `template` that `body` answers, sections that ask something).

    A section asks where it has text of its own, its guiding question. It is answered where the body has
    a section of the same title with text beyond that question.
    """
    asking = {one.title.casefold(): _words(one.body) for one in sections(template) if one.body.strip()}
    asking.pop("", None)
    given: dict[str, str] = {}
    for one in sections(body):
        key = one.title.casefold()
        given[key] = f"{given.get(key, '')} {_words(one.body)}".strip()
    done = sum(
        1 for title, question in asking.items() if given.get(title, "").replace(question, "", 1).strip()
    )
    return done, len(asking)


def _words(text: str) -> str:
    return " ".join(text.split())


def differences(old: str, new: str) -> list[Line]:
    """The lines of `new` beside those of `old`, in order: kept, taken out, put in."""
    before, after = old.splitlines(), new.splitlines()
    lines: list[Line] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += [
                Line("same", i + 1, j + 1, before[i])
                for i, j in zip(range(i1, i2), range(j1, j2), strict=True)
            ]
            continue
        lines += [Line("removed", i + 1, None, before[i]) for i in range(i1, i2)]
        lines += [Line("added", None, j + 1, after[j]) for j in range(j1, j2)]
    return lines


def around_changes(lines: list[Line], context: int = 3) -> list[Line | None]:
    """Only the changed `lines` and `context` lines around each; None stands where lines were left out."""
    changed = [index for index, line in enumerate(lines) if line.kind != "same"]
    kept = {near for index in changed for near in range(index - context, index + context + 1)}
    shown: list[Line | None] = []
    for index, line in enumerate(lines):
        if index in kept:
            shown.append(line)
        elif not shown or shown[-1] is not None:
            shown.append(None)
    return shown
