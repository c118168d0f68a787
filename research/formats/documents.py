"""Notes and documents beside a transcript, read into paragraphs: nobody speaks in them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from . import decoding, docx, pdf, rtf, sniffing
from .cues import MAX_BYTES, MAX_CUE_TEXT, Line, Notice, Notices, TranscriptError, normalise

MAX_PARAGRAPHS = 5_000  # a page shows them all

_SUFFIXES = frozenset((".txt", ".text", ".md", ".markdown", ""))
# A list's item, a heading and a quotation are paragraphs of their own in Markdown.
_ITEM = re.compile(r"\s{0,12}(?:[-*+•]|\d{1,3}[.)]|#{1,6}|>)\s+\S")
_HEADING = re.compile(r"\s{0,3}(?:#{1,6}\s|(?:=+|-+)\s*$)")
_MARKS = re.compile(r"^\s*(?:#{1,6}|>|[*+])\s+")
_RULE = re.compile(r"\s*(?:[-*_]\s*){3,}")
# What stands between two marks holds none itself, and is never looked at twice: lines may be long.
_EMPHASIS = re.compile(r"\*\*(?=\S)((?:[^*]|\*(?!\*))++)(?<=\S)\*\*|__(?=\S)((?:[^_]|_(?!_))++)(?<=\S)__")
_HYPHEN = re.compile(r"(?<=[a-zà-öø-ÿ])[-\u00ad]$")
_SENTENCE_END = tuple('.!?:”"»…')


@dataclass(frozen=True, slots=True)
class Document:
    """At least one paragraph, each in the form `normalise` gives."""

    paragraphs: tuple[str, ...]
    warnings: tuple[Notice, ...] = ()


def parse(data: bytes, filename: str) -> Document:
    """Read a PDF, Word, Rich Text, Markdown or text file of at most MAX_BYTES into paragraphs.

    Raises TranscriptError for anything that cannot be read whole.
    """
    if not data:
        raise TranscriptError("the file is empty. Check that it is the right file.")
    if len(data) > MAX_BYTES:
        raise TranscriptError(
            f"the file is larger than {MAX_BYTES // 1024**2} MB. Upload the pages you need."
        )
    notices = Notices()
    found = list(_paragraphs(data, filename, notices))
    if not found:
        raise TranscriptError("the file has no words. Check that it is the right file.")
    return Document(tuple(found), notices.all())


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text as somebody types it: empty lines between them; items and headings alone.

    Of Markdown the marks of headings, quotations and bold are taken off; lists keep their hyphen or number.
    """
    return [one for one in map(normalise, _typed(enumerate(text.splitlines(), start=1))) if one]


def _paragraphs(data: bytes, filename: str, notices: Notices) -> Iterator[str]:
    if pdf.is_pdf(data):
        found: Iterable[str] = _set(pdf.lines(data))
    elif rtf.is_rtf(data):
        found = (text for _, text in rtf.lines(data))
    elif sniffing.is_zip(data):
        found = _blocks(docx.lines(data))
    else:
        found = _typed(_lines(data, filename, notices))
    for number, text in enumerate(filter(None, map(normalise, found)), start=1):
        if number > MAX_PARAGRAPHS:
            raise TranscriptError(
                f"the file has more than {MAX_PARAGRAPHS:,} paragraphs. Split it and upload the part "
                "you need."
            )
        if len(text) > MAX_CUE_TEXT:
            raise TranscriptError(
                f"this paragraph has more than {MAX_CUE_TEXT:,} characters. Put empty lines into it "
                "and upload "
                "the file again.",
                number,
                "Paragraph",
            )
        yield text


def _lines(data: bytes, filename: str, notices: Notices) -> Iterator[Line]:
    foreign = sniffing.foreign_type(data)
    suffix = PurePath(filename.lower()).suffix
    if foreign:
        raise TranscriptError(
            f"this is {foreign[0]}, not a document with text. Upload a .pdf, .docx, .rtf, .md or .txt file."
        )
    if suffix not in _SUFFIXES:
        raise TranscriptError(
            "this kind of file is not read as a document. Upload a .pdf, .docx, .rtf, .md or .txt file."
        )
    encoding, guessed = decoding.encoding_of(data)
    if guessed:
        notices.add(
            f"the file is not UTF-8. It was read as {encoding}: check accents and other special characters."
        )
    return decoding.lines(data, encoding)


def _blocks(numbered: Iterable[Line]) -> Iterator[str]:
    said: list[str] = []
    for _, text in numbered:
        if text.strip():
            said.append(text)
        elif said:
            yield " ".join(said)
            said = []
    if said:
        yield " ".join(said)


def _typed(numbered: Iterable[Line]) -> Iterator[str]:
    """Paragraphs of plain text and Markdown."""
    said: list[str] = []
    for _, text in numbered:
        alone = bool(_ITEM.match(text))
        if (alone or not text.strip() or _RULE.fullmatch(text)) and said:
            yield " ".join(said)
            said = []
        if not text.strip() or _RULE.fullmatch(text):
            continue
        said.append(_EMPHASIS.sub(r"\1\2", _MARKS.sub("", text)))
        if _HEADING.match(text):
            yield " ".join(said)
            said = []
    if said:
        yield " ".join(said)


def _set(numbered: Iterable[Line]) -> Iterator[str]:
    """Paragraphs of typeset pages, which know only lines: a short line that ends a sentence ends one.

    A word hyphenated at a line's end is put together again; a paragraph may go on over a page's end.
    """
    rows = list(numbered)
    width = max((len(text) for _, text in rows), default=0)
    said = ""
    for _, text in rows:
        text = text.strip()
        if not text:
            if said.endswith(_SENTENCE_END):
                yield said
                said = ""
            continue
        if said and _ITEM.match(text):
            yield said
            said = ""
        said = f"{_HYPHEN.sub('', said)}{text}" if _HYPHEN.search(said) else f"{said} {text}".strip()
        if len(text) < width * 0.75 and text.endswith(_SENTENCE_END):
            yield said
            said = ""
    if said:
        yield said
