"""What an uploaded file is, by its content, and how it is read."""

from contextlib import contextmanager
from itertools import chain

from research.formats import highlight_table, refi, sniffing, studyzip_reading, tables
from research.formats.packages import MAX_TEXT, Package, PackageError, is_zip
from research.formats.refi import incoming
from research.models import ImportKind

from . import table

_CHUNK = 64 * 1024
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_INSTEAD = (
    "Upload a REFI-QDA project (.qdpx) or codebook (.qdc), a study exported from Prodops (.zip), or a table "
    "of highlights (.csv or .xlsx)."
)


class Unreadable(Exception):
    """The file can't be imported; the words say what it is and what to do."""


def kind_of(file, name):
    """The `ImportKind` of an open file. Raises `Unreadable`."""
    file.seek(0)
    head = file.read(4096)
    if not head:
        raise Unreadable(f"“{name}” is empty. Check that it is the right file.")
    if is_zip(head):
        with _in_words(name):
            return _kind_of_zip(Package(file, kind="project"), name)
    if _is_xml(head):
        return ImportKind.CODEBOOK
    foreign = sniffing.foreign_type(head)
    if foreign:
        raise Unreadable(f"“{name}” is {foreign[0]}, whatever its name says. {_INSTEAD}")
    if name.lower().endswith((".qdpx", ".qdc", ".zip")):
        raise Unreadable(f"“{name}” is not what its name says: neither an archive nor XML. {_INSTEAD}")
    if b"\0" in head and not head.startswith(_MARKS):
        raise Unreadable(f"“{name}” is no text: it holds NUL characters. {_INSTEAD}")
    return ImportKind.HIGHLIGHTS


def _kind_of_zip(package, name):
    names = [one.casefold() for one in package.names]
    if refi.project_part(package):
        return ImportKind.PROJECT
    if any(one == "manifest.json" or one.endswith("/manifest.json") for one in names):
        return ImportKind.STUDY
    if any(one.startswith("xl/") for one in names):
        return ImportKind.HIGHLIGHTS
    inside = next((one for one in names if one.endswith((".qdpx", ".zip"))), None)
    if inside:
        raise Unreadable(f"“{name}” holds another archive, “{inside[:80]}”. Unpack it and upload that.")
    if any(one.startswith(("word/", "ppt/")) for one in names):
        raise Unreadable(f"“{name}” is an Office document. {_INSTEAD}")
    raise Unreadable(f"“{name}” is an archive without a project in it. {_INSTEAD}")


def _is_xml(head):
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode()
    opening = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return opening.startswith((b"<?xml", b"<CodeBook", b"<!DOCTYPE", b"<Project"))


@contextmanager
def _in_words(name):
    try:
        yield
    except (PackageError, refi.RefiError, tables.TableError) as error:
        raise Unreadable(f"“{name}” can't be imported: {error}") from error


def table_in(file, name):
    """The rows of a table; raises `Unreadable`."""
    file.seek(0)
    with _in_words(name):
        return tables.read(file.read(tables.MAX_BYTES + 1), name)


@contextmanager
def opened(file, kind, name, *, study=None, columns=None):
    """The `Bundle` that a file holds, while it is open. Raises `Unreadable`, here or while it is read.

    A table of highlights is read for a `study`, its `columns` as was said or as their headers say.
    """
    with _in_words(name):
        if kind == ImportKind.CODEBOOK:
            yield incoming.codebook_bundle(refi.read_codebook(_chunks(file, name)))
        elif kind == ImportKind.PROJECT:
            yield incoming.bundle_of(Package(file, kind="project"))
        elif kind == ImportKind.STUDY:
            yield studyzip_reading.read(Package(file, kind="study"))
        else:
            rows = table_in(file, name)
            if columns is None:
                columns = highlight_table.guess(rows.header)
            yield table.bundle_of(rows, columns, study)


def _chunks(file, name):
    file.seek(0)
    size = 0
    for chunk in chain(iter(lambda: file.read(_CHUNK), b"")):
        size += len(chunk)
        if size > MAX_TEXT:
            raise Unreadable(f"“{name}” is far larger than a codebook. {_INSTEAD}")
        yield chunk
