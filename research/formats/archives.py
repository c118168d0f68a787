"""ZIP archives opened safely: everything is checked in the directory before anything is unpacked."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from .cues import TranscriptError

MAX_DIRECTORY = 1024 * 1024  # bytes of the directory itself, about 10,000 parts
MAX_UNPACKED = 200 * 1024 * 1024
MAX_PART = 32 * 1024 * 1024
MAX_RATIO = 100  # XML in real documents packs 10 to 30 times, a zip bomb 1,000
SMALL = 1024 * 1024  # a part below this may pack as well as it likes

_CHUNK = 64 * 1024
_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_ZIP64_LOCATOR = b"PK\x06\x07"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,  # a wrong or missing password, an unknown compression
    ValueError,
    LookupError,
)


class Archive:
    """A ZIP archive within the limits. Raises TranscriptError when it is broken or out of proportion."""

    def __init__(self, data: bytes) -> None:
        _check_directory(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise _damaged() from error
        parts = self._zip.infolist()
        self._parts = {part.filename: part for part in parts}
        if sum(part.file_size for part in parts) > MAX_UNPACKED or any(map(_out_of_proportion, parts)):
            raise _bomb()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._parts)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of one part, a few at a time, never more than the directory announced."""
        part = self._parts[name]
        if part.file_size > MAX_PART:
            raise _bomb()
        if part.flag_bits & 1:
            raise TranscriptError(
                "the document is protected by a password. Save it without one and upload that."
            )
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise _damaged()
        try:
            stream = self._zip.open(part)
        except _BROKEN as error:
            raise _damaged() from error
        with stream:
            while chunk := _read(stream):
                yield chunk


def _read(stream: IO[bytes]) -> bytes:
    try:
        return stream.read(_CHUNK)
    except _BROKEN as error:
        raise _damaged() from error


def _check_directory(data: bytes) -> None:
    """Refuse a directory so long that listing it would fill the memory."""
    at = len(data) - _END.size
    if not (data[at : at + 4] == _END_SIGNATURE and data.endswith(b"\0\0")):
        at = data.rfind(_END_SIGNATURE, max(0, len(data) - _END.size - 0xFFFF))
    if at < 0 or at + _END.size > len(data):
        raise _damaged()
    size = _END.unpack_from(data, at)[5]
    if size > MAX_DIRECTORY or data[max(0, at - 20) : at].startswith(_ZIP64_LOCATOR):
        raise _bomb()


def _out_of_proportion(part: zipfile.ZipInfo) -> bool:
    return part.file_size > SMALL and part.file_size > MAX_RATIO * part.compress_size


def _damaged() -> TranscriptError:
    return TranscriptError("the file is a damaged archive. Open it in Word, save it again and upload that.")


def _bomb() -> TranscriptError:
    return TranscriptError(
        "the document unpacks to far more than a transcript needs. Copy its text into a new document and "
        "upload that."
    )
