"""Word documents: paragraphs and tables become the lines that the plain-text rules read.

The document's XML is streamed rather than loaded, because a small upload may unpack to a great deal,
and any DOCTYPE is refused, because entities can fetch files or grow without end.
"""

from collections.abc import Iterator
from itertools import chain
from xml.parsers import expat

from .archives import Archive
from .cues import MAX_CUE_TEXT, MAX_LINES, Line, TranscriptError
from .speakers import Trust, judge
from .timecodes import to_ms

MAX_DEPTH = 500
MAX_ELEMENTS = 1_000_000  # a transcript of 3,000 turns has about 100,000
MAX_TOKEN = 1024 * 1024  # bytes of XML without any structure in them

_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",  # "Strict Open XML Document"
)
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"  # a text box's second copy
_TYPES = "[Content_Types].xml"
_MAIN_TYPES = ("wordprocessingml.document.main+xml", "ms-word.document.macroEnabled.main+xml")
_SKIPPED = {"del", "moveFrom"}  # tracked changes: no longer in the text
_CHARACTERS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_OTHERS = (("xl/", "an Excel workbook"), ("ppt/", "a PowerPoint presentation"))
_HEADINGS = frozenset(
    (
        "#", "comment", "content", "end", "name", "no.", "notes", "participant", "quote", "speaker", "start",
        "text", "time", "timecode", "timestamp", "transcript", "utterance", "who",
    )
)  # fmt: skip


def lines(data: bytes) -> Iterator[Line]:
    """A document's text: each line with its paragraph's number (a table row counts as one), then "".

    Raises TranscriptError for any other archive, and for a broken, protected or oversized document.
    """
    archive = Archive(data)
    main = _main_part(archive)
    for number, text in enumerate(_paragraphs(archive, main), start=1):
        if number > MAX_LINES:
            raise TranscriptError(
                f"the document has more than {MAX_LINES:,} paragraphs. Split it and upload each part."
            )
        for line in text.split("\n"):
            yield number, line
        yield number, ""


def _main_part(archive: Archive) -> str:
    """The name of the part that holds the text; the table of contents of the package tells."""
    found: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if attributes.get("ContentType", "").endswith(_MAIN_TYPES):
            found.append(attributes.get("PartName", "").removeprefix("/"))

    if _TYPES in archive.names:
        parser = _parser()
        parser.StartElementHandler = start
        for _ in _fed(parser, archive, _TYPES):
            pass
    main = next((name for name in found if name in archive.names), None)
    if main is None:
        raise _not_word(archive)
    return main


def _not_word(archive: Archive) -> TranscriptError:
    kind = next(
        (kind for folder, kind in _OTHERS if any(name.startswith(folder) for name in archive.names)), None
    )
    if kind is None and "mimetype" in archive.names:
        kind = "an OpenDocument or EPUB file"
    return TranscriptError(
        f"this is {kind or 'a ZIP archive'}, not a transcript. "
        "Upload the transcript itself: .vtt, .srt, .txt or .docx."
    )


def _paragraphs(archive: Archive, main: str) -> Iterator[str]:
    body = _Body()
    parser = _parser()
    parser.StartElementHandler = body.start
    parser.EndElementHandler = body.end
    parser.CharacterDataHandler = body.characters
    for _ in _fed(parser, archive, main):
        yield from body.finished()


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    raise TranscriptError(
        "the document declares XML entities, which Word never does. "
        "Copy its text into a new document and upload that."
    )


def _fed(parser: expat.XMLParserType, archive: Archive, name: str) -> Iterator[None]:
    """Feed a part to the parser, stopping after each piece so that the caller can take what was read."""
    size = 0
    for chunk in chain(archive.chunks(name), [b""]):
        size += len(chunk)
        try:
            parser.Parse(chunk, not chunk)
        except (expat.ExpatError, LookupError) as error:
            raise TranscriptError(
                "the document is damaged. Open it in Word, save it again and upload that."
            ) from error
        if size - parser.CurrentByteIndex > MAX_TOKEN:  # the parser would keep it all until it ends
            raise _oversized()
        yield


def _oversized() -> TranscriptError:
    return TranscriptError(
        "the document is not built as Word builds one. Copy its text into a new one and upload that."
    )


class _Body:
    """Collects the text of paragraphs and of table rows while the parser walks through the document."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._open: list[list[str]] = []  # paragraphs: a text box holds some inside another
        self._cells: list[list[str]] = []
        self._rows = 0
        self._tables = 0
        self._depth = 0
        self._skipping = 0
        self._elements = 0
        self._size = 0
        self._in_text = False

    def finished(self) -> list[str]:
        done, self._done = self._done, []
        return done

    def start(self, name: str, _: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise _oversized()
        word = _local(name)
        if self._skipping or word in _SKIPPED or name == _FALLBACK:
            self._skipping += 1
        elif word == "p":
            self._open.append([])
            self._grow(1)
        elif word == "t":
            self._in_text = True
        elif word in _CHARACTERS:
            self._write(_CHARACTERS[word])
        elif word is not None:
            self._start_of_table(word)

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._skipping:
            self._skipping -= 1
            return
        word = _local(name)
        if word == "t":
            self._in_text = False
        elif word == "p" and self._open:
            self._end_of_paragraph("".join(self._open.pop()))
        elif word == "tr" and self._tables == 1:
            self._end_of_row()
        elif word == "tbl":
            self._tables -= 1

    def characters(self, text: str) -> None:
        if self._in_text and not self._skipping:
            self._write(text)

    def _start_of_table(self, word: str) -> None:
        """Only the outermost table has rows of its own; a table in a cell is that cell's text."""
        if word == "tbl":
            self._tables += 1
            self._rows = 0 if self._tables == 1 else self._rows
        elif word == "tc" and self._tables == 1:
            self._cells.append([])
            self._grow(1)

    def _write(self, text: str) -> None:
        if self._open:
            self._open[-1].append(text)
            self._grow(len(text))

    def _grow(self, characters: int) -> None:
        self._size += characters
        if self._size > MAX_CUE_TEXT:
            raise TranscriptError(
                f"one paragraph or table row has more than {MAX_CUE_TEXT:,} characters. Break it up and "
                "upload the document again."
            )

    def _end_of_paragraph(self, text: str) -> None:
        if self._tables and self._cells:
            self._cells[-1].append(text)
        else:
            self._done.append(text)
            self._size = 0

    def _end_of_row(self) -> None:
        cells = ["\n".join(cell).strip() for cell in self._cells]
        self._cells = []
        self._size = 0
        self._rows += 1
        if self._rows > 1 or not _is_heading(cells):
            self._done.append(_row(cells))


def _local(name: str) -> str | None:
    """The element's own name if it is Word's."""
    namespace, _, local = name.rpartition(" ")
    return local if namespace in _WORD else None


def _is_heading(cells: list[str]) -> bool:
    return all(not cell or cell.casefold() in _HEADINGS for cell in cells)


def _row(cells: list[str]) -> str:
    """A table row as a line: a cell of a time, one of a name and the rest become "[time] Name: rest"."""
    times = [cell for cell in cells if to_ms(cell.strip("[]()")) is not None]
    others = [cell for cell in cells if cell and cell not in times]
    if len(others) > 1 and judge(others[0].rstrip(": ")) is not Trust.NO:
        others = [f"{others[0].rstrip(': ')}: {others[1]}", *others[2:]]
    text = "\n".join(others)
    return f"[{times[0].strip('[]()')}] {text}" if times else text
