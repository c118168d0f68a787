"""Uploaded transcripts: any file in, cues out, or one error that says what is wrong and where.

What the file holds decides how it is read; its name only decides between texts that look alike.
"""

from collections.abc import Callable, Iterator
from pathlib import PurePath

from . import decoding, docx, pdf, plaintext, rtf, sbv, sniffing, srt, webvtt
from .cues import (
    MAX_BYTES,
    MAX_CUES,
    MAX_LINE,
    Cue,
    Format,
    Line,
    Notice,
    Notices,
    Transcript,
    TranscriptError,
)

__all__ = [
    "MAX_BYTES",
    "MAX_CUES",
    "MAX_LINE",
    "Cue",
    "Format",
    "Notice",
    "Transcript",
    "TranscriptError",
    "parse",
    "to_webvtt",
]

to_webvtt = webvtt.to_webvtt

_SUFFIXES: dict[str, Format] = {
    ".vtt": "webvtt",
    ".srt": "srt",
    ".txt": "text",
    ".text": "text",
    ".md": "text",
    "": "text",
    ".docx": "docx",
    ".sbv": "sbv",
    ".rtf": "rtf",
    ".pdf": "pdf",
}
_NAMES: dict[Format, str] = {
    "webvtt": "WebVTT",
    "srt": "SubRip",
    "text": "plain text",
    "docx": "a Word document",
    "sbv": "YouTube captions",
    "rtf": "Rich Text",
    "pdf": "a PDF",
}
_BINARY: tuple[Format, ...] = ("docx", "rtf", "pdf")


def parse(data: bytes, filename: str) -> Transcript:
    """Read a .vtt, .srt, .sbv, .txt, .docx, .rtf or .pdf transcript of at most MAX_BYTES.

    Raises TranscriptError for anything that cannot be read whole; what could be read with a doubt is
    in the transcript's `warnings`.
    """
    _check_size(data)
    foreign = sniffing.foreign_type(data)
    if foreign:
        name, advice = foreign
        raise TranscriptError(f"this is {name}, not a transcript. {advice}")
    named = _SUFFIXES.get(PurePath(filename.lower()).suffix)
    if sniffing.is_zip(data):
        notices = Notices("Paragraph")
        format_: Format = "docx"
        cues = plaintext.read(lambda: docx.lines(data), notices)
    elif rtf.is_rtf(data):
        notices, format_ = Notices(), "rtf"
        read = list(rtf.lines(data))
        cues = plaintext.read(lambda: read, notices)
    elif pdf.is_pdf(data):
        notices, format_ = Notices("Page"), "pdf"
        read = list(pdf.lines(data))
        cues = plaintext.read(lambda: read, notices)
    else:
        notices = Notices()
        format_, cues = _read_text(data, named, notices)
    if not cues:
        raise TranscriptError("the file has no text that anybody says. Check that it is the right file.")
    if named and named != format_:
        notices.add(f"the name says {_NAMES[named]}, but the file is {_NAMES[format_]} and was read as that.")
    return Transcript(cues, format_, notices.all())


def _check_size(data: bytes) -> None:
    if not data:
        raise TranscriptError("the file is empty. Check that it is the right file.")
    if len(data) > MAX_BYTES:
        raise TranscriptError(
            f"the file is larger than {MAX_BYTES // 1024**2} MB. Split the transcript and upload each part."
        )


def _read_text(data: bytes, named: Format | None, notices: Notices) -> tuple[Format, tuple[Cue, ...]]:
    encoding, guessed = decoding.encoding_of(data)

    def lines() -> Iterator[Line]:
        return decoding.lines(data, encoding)

    if guessed:
        notices.add(
            f"the file is not UTF-8. It was read as {encoding}: check accents and other special characters."
        )
    format_ = _text_format(lines, named)
    if format_ == "webvtt":
        return format_, webvtt.read(lines(), notices)
    if format_ == "srt":
        return format_, srt.read(lines(), notices)
    if format_ == "sbv":
        return format_, sbv.read(lines(), notices)
    return format_, plaintext.read(lines, notices)


def _text_format(lines: Callable[[], Iterator[Line]], named: Format | None) -> Format:
    _, first = next(lines(), (1, ""))
    if webvtt.is_webvtt(first):
        return "webvtt"
    if srt.is_srt(lines()):
        return "srt"
    if sbv.is_sbv(lines()):
        return "sbv"
    if named is None:
        raise TranscriptError(
            "this kind of file is not read as a transcript. Upload a .vtt, .srt, .sbv, .txt, "
            ".docx, .rtf or .pdf file."
        )
    if named in _BINARY:
        raise TranscriptError(
            f"the name says {_NAMES[named].removeprefix('a ')}, but the file is plain text. Rename it "
            "to .txt, "
            f"or save it as .{named}, and upload that."
        )
    return named
