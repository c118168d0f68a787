"""The text of a PDF, line by line, as far as it has one: a scan is a picture of words."""

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from .cues import MAX_LINE, Line, TranscriptError

MAX_PAGES = 500
MAX_CHARACTERS = 5_000_000
SIGNATURE = b"%PDF-"

_NUMBER = re.compile(r"(?:page\s+)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?", re.IGNORECASE)
_RUNNING = 4  # pages on which a first or last line stands before it is taken for the page's frame
# What a reader of hostile files may run into besides its own errors.
_BROKEN = (
    *(PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, ArithmeticError, OSError),
    *(RecursionError, NotImplementedError, MemoryError, AssertionError, EOFError),
)
logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its remarks on odd files help nobody here


def is_pdf(data: bytes) -> bool:
    return data.startswith(SIGNATURE)


def lines(data: bytes) -> Iterator[Line]:
    """The document's lines, each with its page's number; an empty line after each page.

    Page numbers, and lines that stand at the same edge of most pages, are left out. Raises TranscriptError
    for a document that is broken, protected, too long, or has no text.
    """
    pages = _pages(data)
    frame = _frame(pages)
    for number, page in enumerate(pages, start=1):
        for place, text in enumerate(page):
            edge = place in (0, len(page) - 1)
            if not (edge and (text.strip() in frame or _NUMBER.fullmatch(text.strip()))):
                yield number, text
        yield number, ""


def _pages(data: bytes) -> list[list[str]]:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise TranscriptError("the PDF is protected by a password. Save it without one and upload that.")
        count = len(reader.pages)
    except _BROKEN as error:
        if isinstance(error, TranscriptError):
            raise
        raise _damaged() from error
    if count > MAX_PAGES:
        raise TranscriptError(
            f"the PDF has {count:,} pages; up to {MAX_PAGES} are read. Split it and upload the part you need."
        )
    pages, size = [], 0
    for number in range(count):
        text = _text(reader, number)
        size += len(text)
        if size > MAX_CHARACTERS:
            raise TranscriptError(
                f"the PDF has more than {MAX_CHARACTERS:,} characters. Split it and upload the part you need."
            )
        rows = text.replace("\0", "").splitlines()
        if any(len(row) > MAX_LINE for row in rows):
            raise TranscriptError(
                f"a line of this page is longer than {MAX_LINE:,} characters. Copy the text into a text file "
                "and upload that.",
                number + 1,
                "Page",
            )
        pages.append([row for row in rows if row.strip()])
    if not any(pages):
        raise TranscriptError(
            "this PDF holds pictures of pages and no text. Run text recognition (OCR) on it first, "
            "or copy its "
            "text into a text file, and upload that."
        )
    return pages


def _text(reader: PdfReader, number: int) -> str:
    try:
        return reader.pages[number].extract_text() or ""
    except _BROKEN as error:
        raise TranscriptError(
            "the text of this page cannot be read. Save the PDF again from the program it was made with, and "
            "upload that.",
            number + 1,
            "Page",
        ) from error


def _frame(pages: list[list[str]]) -> frozenset[str]:
    """Headers and footers: what stands first or last on most pages."""
    edges = Counter(text.strip() for page in pages if page for text in {page[0], page[-1]})
    return frozenset(text for text, times in edges.items() if times >= _RUNNING and times * 2 > len(pages))


def _damaged() -> TranscriptError:
    return TranscriptError(
        "the PDF is damaged. Save it again from the program it was made with, and upload that."
    )
