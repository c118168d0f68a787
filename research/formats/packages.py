"""ZIP files of projects and studies, opened on disk and read a little at a time.

Nothing is unpacked to disk, so a path that climbs out of its folder leads nowhere; it is refused all the
same, because no tool writes one. Limits are checked in the archive's directory before anything is read, and
again while reading: what the directory says may be a lie.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

MAX_ARCHIVE = 250 * 1024 * 1024  # bytes as uploaded, within what one request may carry
MAX_PARTS = 20_000
MAX_DIRECTORY = 4 * 1024 * 1024
MAX_TEXT = 20 * 1024 * 1024  # of one document, unpacked
MAX_INDEX = 128 * 1024 * 1024  # of the file that lists all codings, unpacked
MAX_READ = 1024 * 1024 * 1024  # of all that is read of one archive
MAX_RATIO = 200  # XML that lists codings packs up to a hundred times, a bomb a thousand
SMALL = 1024 * 1024

_CHUNK = 64 * 1024
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    LookupError,
    NotImplementedError,
)
_DRIVE = re.compile(r"[A-Za-z]:")
_END = b"PK\x05\x06"
_LARGE_END = b"PK\x06\x07"  # stands before it where a second end, ZIP64's, has other numbers


class PackageError(Exception):
    """The file cannot be taken; the words say what is wrong and what to do."""


class Package:
    """A ZIP file within the limits, by the names of its parts. `file` is seekable and stays open."""

    def __init__(self, file: IO[bytes], *, kind: str = "project") -> None:
        self.kind = kind
        self._read = 0
        _check_tail(file, kind)
        try:
            self._zip = zipfile.ZipFile(file)
        except _BROKEN as error:
            raise _damaged(kind) from error
        if len(self._zip.infolist()) > MAX_PARTS:
            raise _too_many()
        parts = [part for part in self._zip.infolist() if not part.is_dir()]
        self._parts: dict[str, zipfile.ZipInfo] = {}
        for part in parts:
            self._take(part)

    def _take(self, part: zipfile.ZipInfo) -> None:
        name = part.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or _DRIVE.match(name) or "\0" in name:
            raise PackageError(
                f"a file inside is called “{name[:80]}”, which points outside the archive. No tool writes "
                "that: export the project again and upload the new file."
            )
        if name.casefold() in self._parts:
            raise PackageError(
                f"the archive holds “{name[:80]}” twice, so it is not clear which one counts. Export the "
                "project again and upload the new file."
            )
        self._parts[name.casefold()] = part

    @property
    def names(self) -> list[str]:
        """The parts' names, in the archive's order and letters."""
        return [part.filename.replace("\\", "/") for part in self._parts.values()]

    def __contains__(self, name: str) -> bool:
        """Whatever the name's capitals: tools disagree about them."""
        return name.casefold() in self._parts

    def chunks(self, name: str, most: int) -> Iterator[bytes]:
        """The bytes of one part, a few at a time; at most `most` in all."""
        part = self._parts[name.casefold()]
        if part.file_size > most or _out_of_proportion(part):
            raise _bomb(part.filename)
        if part.flag_bits & 1:
            raise PackageError(
                "the archive is protected by a password. Export it without one and upload that."
            )
        size = 0
        try:
            with self._zip.open(part) as stream:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    self._read += len(chunk)
                    if size > most or self._read > MAX_READ:
                        raise _bomb(part.filename)
                    yield chunk
        except _BROKEN as error:
            raise _damaged(self.kind) from error

    def text(self, name: str, most: int = MAX_TEXT) -> str:
        """A part that is UTF-8 text, as it stands: line ends are left alone, a mark before it is not."""
        data = b"".join(self.chunks(name, most))
        try:
            return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
        except UnicodeDecodeError as error:
            raise PackageError(
                f"the text “{name[:80]}” inside is not UTF-8. Export it again; if the tool asks for an "
                "encoding, choose UTF-8."
            ) from error


def is_zip(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def _check_tail(file: IO[bytes], kind: str) -> None:
    """Refuse a directory so long that listing it would fill the memory."""
    size = file.seek(0, 2)
    if size > MAX_ARCHIVE:
        raise PackageError(
            f"the file is larger than {MAX_ARCHIVE // 1024**2} MB. Export it without its recordings."
        )
    file.seek(max(0, size - 66_000))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or at + 22 > len(tail):
        raise _damaged(kind)
    if tail[max(0, at - 20) : at].startswith(_LARGE_END):
        raise PackageError(
            "the archive is written as ZIP64, which is for far larger ones than are taken here. Export a "
            "part of it, or pack its files again as an ordinary ZIP archive, and upload that."
        )
    parts, length = struct.unpack("<HL", tail[at + 10 : at + 16])
    if parts > MAX_PARTS or length > MAX_DIRECTORY:
        raise _too_many()
    file.seek(0)


def _too_many() -> PackageError:
    return PackageError(
        f"the archive holds more than {MAX_PARTS:,} files. Export a part of it and upload that."
    )


def _out_of_proportion(part: zipfile.ZipInfo) -> bool:
    return part.file_size > SMALL and part.file_size > MAX_RATIO * max(part.compress_size, 1)


def _damaged(kind: str) -> PackageError:
    return PackageError(
        f"this is no whole ZIP archive, so no {kind} can be read from it. It may have been cut off on its "
        "way: export it again and upload the new file."
    )


def _bomb(name: str) -> PackageError:
    return PackageError(
        f"“{name[:80]}” inside unpacks to far more than a project needs. Export less at once and upload that."
    )
