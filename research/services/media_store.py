"""Recordings' bytes on the disk: streamed in and out by the block, never whole in memory."""

import errno
import hashlib
import os
import secrets
import shutil
from contextlib import contextmanager
from pathlib import Path

from django.core.files.storage import default_storage

FOLDER = "recordings"
BLOCK = 256 * 1024
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class NoRoom(Exception):
    """The disk is full; the words say what to do."""

    def __init__(self):
        super().__init__(
            "The server has no room left. What has arrived is kept: tell an admin, and press Resume once "
            "there is room."
        )


class CutOff(Exception):
    """Fewer bytes came than were announced."""


def new_name():
    """A name nobody can guess, in one of 256 folders."""
    token = secrets.token_hex(20)
    return f"{FOLDER}/{token[:2]}/{token}"


def path_of(name):
    """Where it lies; Django's storage refuses a path that leaves its folder."""
    return Path(default_storage.path(name))


def free_bytes():
    root = Path(default_storage.path(""))
    while not root.exists():
        root = root.parent
    return shutil.disk_usage(root).free


@contextmanager
def room_watched():
    """A full disk is `NoRoom`; every other trouble of the disk is what it is."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise NoRoom from error
        raise


@contextmanager
def spooled(name, stream, length):
    """The next `length` bytes of `stream` in a file beside `name`'s, which goes when the block ends.

    Yields its path, its SHA-256 and its first bytes. Raises `CutOff` where fewer came.
    """
    part = path_of(name).with_name(f"{Path(name).name}.{secrets.token_hex(4)}.part")
    try:
        with room_watched():
            part.parent.mkdir(parents=True, exist_ok=True)
            digest, head = _pour(stream, part, length)
        yield part, digest, head
    finally:
        part.unlink(missing_ok=True)


def _pour(stream, part, length):
    digest, head, left = hashlib.sha256(), b"", length
    with part.open("wb") as file:
        while left:
            block = stream.read(min(BLOCK, left))
            if not block:
                raise CutOff
            head = head or bytes(block[:BLOCK])
            digest.update(block)
            file.write(block)
            left -= len(block)
    return digest.digest(), head


def append(name, part, offset):
    """Write the bytes of `part` at `offset`; a cut-off request's left-overs go."""
    path = path_of(name)
    with room_watched(), os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o640), "r+b") as file:
        file.seek(offset)
        with part.open("rb") as more:
            shutil.copyfileobj(more, file, BLOCK)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())


def same_bytes(name, part, offset):
    """Whether the bytes of `part` stand at `offset` already."""
    with path_of(name).open("rb") as file, part.open("rb") as other:
        file.seek(offset)
        while block := other.read(BLOCK):
            if file.read(len(block)) != block:
                return False
    return True


def size_of(name):
    try:
        return path_of(name).stat().st_size
    except FileNotFoundError:
        return 0


def sha256_of(name):
    with path_of(name).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def blocks(name, start, stop):
    """The bytes `start` to `stop`, by the block. The file is opened at once, so a missing one raises here."""
    file = path_of(name).open("rb")

    def read():
        with file:
            file.seek(start)
            left = stop - start
            while left > 0 and (block := file.read(min(BLOCK, left))):
                left -= len(block)
                yield block

    return read()


def remove(name):
    path_of(name).unlink(missing_ok=True)


def stale(before):
    """Names in the store that nothing has touched since `before` (a time in seconds)."""
    root = path_of(FOLDER)
    for path in root.glob("*/*"):
        try:
            if path.stat().st_mtime < before:
                yield f"{FOLDER}/{path.parent.name}/{path.name}"
        except FileNotFoundError:
            continue
