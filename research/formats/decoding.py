"""Bytes to numbered lines, without ever holding the whole text: an upload may be 20 MB of anything."""

import codecs
import io
import re
from collections.abc import Iterator
from itertools import count

from charset_normalizer import from_bytes

from .cues import MAX_LINE, MAX_LINES, Line, TranscriptError

_MARKS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What office software still writes. The detector's full list has EBCDIC and the like, which fit anything.
_LEGACY = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "mac_roman", "koi8_r"),
    *("cp932", "euc_jp", "gb18030", "big5", "cp949"),
]
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_BLOCK = 64 * 1024
_SAMPLE = 16 * 1024


def encoding_of(data: bytes) -> tuple[str, bool]:
    """The codec of a text file, and whether it had to be guessed. Raises TranscriptError if none fits."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, False
    if _is_utf8(data):
        return "utf-8", False
    return _guess(data), True


def lines(data: bytes, encoding: str) -> Iterator[Line]:
    """The lines of a text file; they end with LF, CRLF or CR only, so the numbers are an editor's.

    Raises TranscriptError for NUL characters, too many or too long lines, and text that does not decode.
    """
    with io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline=None) as stream:
        for number in count(1):
            try:
                line = stream.readline(MAX_LINE + 2)
            except UnicodeError as error:
                raise TranscriptError(
                    "the text is damaged: some of its characters cannot be read. "
                    "Save the file again as UTF-8 and upload that."
                ) from error
            if not line:
                return
            line = line.removesuffix("\n")
            _check(line, number)
            yield number, line


def _check(line: str, number: int) -> None:
    if number > MAX_LINES:
        raise TranscriptError(f"the file has more than {MAX_LINES:,} lines. Split it and upload each part.")
    if len(line) > MAX_LINE:
        raise TranscriptError(
            f"this line is longer than {MAX_LINE:,} characters. Break it into several lines and upload "
            "the file again.",
            number,
        )
    if "\0" in line:
        raise TranscriptError(
            "the file has NUL characters, so it is not plain text. Save it as UTF-8 text and upload that.",
            number,
        )


def _is_utf8(data: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    view = memoryview(data)
    try:
        for start in range(0, len(data), _BLOCK):
            decoder.decode(view[start : start + _BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _guess(data: bytes) -> str:
    first = _NOT_ASCII.search(data)
    start = data.rfind(b"\n", 0, first.start()) + 1 if first else 0
    start = max(start, first.start() - _SAMPLE // 2) if first else 0
    found = from_bytes(data[start : start + _SAMPLE], cp_isolation=_LEGACY)
    best = found.best()
    if best is None:
        raise TranscriptError(
            "the file is not text in an encoding this tool knows. Save it as UTF-8 text and upload that."
        )
    # In a short text the code pages of Europe look alike: take the common one unless another fits better.
    for match in found:
        close = match.chaos <= best.chaos + 0.1 and match.coherence >= best.coherence - 0.05
        if close and "cp1252" in match.could_be_from_charset:
            return "cp1252"
    return best.encoding
