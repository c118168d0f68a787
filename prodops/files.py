"""What a file is by its content, against the list of kinds that may be attached."""

import io
import re
import struct
from collections.abc import Callable
from typing import NamedTuple

HEAD = 64 * 1024
MOST_DIRECTORY = 4 * 1024 * 1024  # of a zip's list of its parts; a document's is some kilobytes


class Refused(Exception):
    """The file may not be attached; the words say why and what would be taken."""


class Kind(NamedTuple):
    content_type: str
    words: str
    fits: Callable  # function of (head, file) -> bool


def _starts(*signs):
    return lambda head, file: head.startswith(signs)


def _webp(head, file):
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|head|body|script|svg|\?xml|iframe)", re.IGNORECASE)


def _text(head, file):
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True  # UTF-16, as spreadsheets write it
    return not _CONTROL.search(head) and not _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf"))


def _captions(head, file):
    return _text(head, file) and head.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT")


def _zip_directory(file):
    """The list of a zip's parts as it stands at the file's end; nothing is unpacked."""
    size = file.seek(0, io.SEEK_END)
    tail_at = max(0, size - 65_557)
    file.seek(tail_at)
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22:
        return b""
    length, start = struct.unpack("<II", tail[end + 12 : end + 20])
    if length > MOST_DIRECTORY or start + length > size:
        return b""
    file.seek(start)
    return file.read(length)


def _office(part):
    def fits(head, file):
        if not head.startswith(b"PK\x03\x04"):
            return False
        parts = _zip_directory(file)
        return part in parts and b"vbaProject.bin" not in parts

    return fits


_OFFICE = "application/vnd.openxmlformats-officedocument"
_JPEG = Kind("image/jpeg", "a JPEG picture", _starts(b"\xff\xd8\xff"))
KINDS = {
    "png": Kind("image/png", "a PNG picture", _starts(b"\x89PNG\r\n\x1a\n")),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "gif": Kind("image/gif", "a GIF picture", _starts(b"GIF87a", b"GIF89a")),
    "webp": Kind("image/webp", "a WebP picture", _webp),
    "pdf": Kind("application/pdf", "a PDF", _starts(b"%PDF-")),
    "txt": Kind("text/plain", "plain text", _text),
    "md": Kind("text/markdown", "plain text", _text),
    "csv": Kind("text/csv", "a CSV table", _text),
    "vtt": Kind("text/vtt", "WebVTT captions", _captions),
    "srt": Kind("application/x-subrip", "SubRip captions", _text),
    "docx": Kind(f"{_OFFICE}.wordprocessingml.document", "a Word document", _office(b"word/")),
    "xlsx": Kind(f"{_OFFICE}.spreadsheetml.sheet", "an Excel workbook", _office(b"xl/")),
    "pptx": Kind(f"{_OFFICE}.presentationml.presentation", "a PowerPoint deck", _office(b"ppt/")),
}
ACCEPT = ",".join(f".{ending}" for ending in KINDS)  # what the browser's file dialog offers
IN_WORDS = ", ".join(ending.upper() for ending in KINDS if ending != "jpeg")


def check(name, file, size, *, most):
    """The content type of an upload; `Refused` if it is empty, over `most`, or of no known kind.

    The name's ending says what the file claims to be and its first bytes must agree; what the browser
    said of it counts for nothing. `file` is open for reading in binary, and is left at its start.
    """
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    kind = KINDS.get(ending)
    if kind is None:
        raise Refused(f"“{name}” can't be attached. These kinds can: {IN_WORDS}.")
    if not size:
        raise Refused(f"“{name}” is empty.")
    if size > most:
        raise Refused(f"“{name}” is {in_words(size)}; a file may have up to {in_words(most)}.")
    file.seek(0)
    head = file.read(HEAD)
    fits = kind.fits(head, file)
    file.seek(0)
    if not fits:
        raise Refused(f"“{name}” is not {kind.words}, although its name ends in .{ending}.")
    return kind.content_type


def in_words(size):
    """ "640 B", "12 kB", "3.4 MB"."""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB".replace(".0 MB", " MB")
