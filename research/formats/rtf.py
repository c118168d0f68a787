"""Rich Text: what Word, macOS and older recorders write. Its text becomes lines of plain text."""

from collections.abc import Iterator

from striprtf.striprtf import rtf_to_text

from .cues import MAX_LINE, MAX_LINES, Line, TranscriptError

MAX_RTF = 4 * 1024 * 1024  # read in about a second a megabyte; a transcript of two hours has a fifth of one
SIGNATURE = b"{\\rtf"


def is_rtf(data: bytes) -> bool:
    return data.startswith(SIGNATURE)


def lines(data: bytes) -> Iterator[Line]:
    """A document's paragraphs as numbered lines. Raises TranscriptError for a broken or oversized one."""
    if len(data) > MAX_RTF:
        raise TranscriptError(
            f"the Rich Text file is larger than {MAX_RTF // 1024**2} MB, most of it pictures. Save it "
            "as a Word "
            "document (.docx) or as plain text and upload that."
        )
    try:
        # what is not ASCII stands escaped in Rich Text; latin-1 never fails on what is not
        text = rtf_to_text(data.decode("latin-1"), encoding="cp1252", errors="replace")
    except (ValueError, LookupError, IndexError, TypeError, RecursionError) as error:
        raise TranscriptError(
            "the Rich Text file is damaged. Open it, save it again as a Word document (.docx) and "
            "upload that."
        ) from error
    for number, line in enumerate(text.replace("\0", "").splitlines(), start=1):
        if number > MAX_LINES:
            raise TranscriptError(
                f"the file has more than {MAX_LINES:,} lines. Split it and upload each part."
            )
        if len(line) > MAX_LINE:
            raise TranscriptError(
                f"this paragraph is longer than {MAX_LINE:,} characters. Break it up and upload the "
                "file again.",
                number,
            )
        yield number, line
