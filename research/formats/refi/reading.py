"""Projects and codebooks as ATLAS.ti, MAXQDA, NVivo, QualCoder, Taguette and others write them."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from research.formats.packages import MAX_INDEX, MAX_TEXT, Package

from . import xml
from .attributes import MAX_NAME, described, guid_of, name_of, refs_of, time_of
from .elements import KNOWN, Lost
from .project import (
    Case,
    Code,
    CodeSet,
    Link,
    Note,
    Project,
    RefiError,
    Source,
    User,
    Variable,
)
from .xml import Element


def project_part(package: Package) -> str | None:
    """The name of the part that lists everything; None if the archive is no project."""
    found = [
        name
        for name in package.names
        if name.casefold().endswith(".qde") and not name.startswith("__MACOSX/")
    ]
    return min(found, key=lambda name: name.count("/")) if found else None


def read_project(package: Package) -> Project:
    """The project in the archive, without the texts: those come from `text_of`. Raises RefiError."""
    part = project_part(package)
    if part is None:
        raise RefiError(
            "there is no project.qde in it. Export the project as REFI-QDA (.qdpx) and upload that."
        )
    root = xml.read(package.chunks(part, MAX_INDEX), KNOWN)
    if root.name != "Project":
        raise RefiError(f"{part} is not a REFI-QDA project. Export the project as REFI-QDA (.qdpx) again.")
    return _project(root)


def read_codebook(chunks: Iterable[bytes]) -> Project:
    """The codes and code groups of a .qdc file. Raises RefiError."""
    root = xml.read(chunks, KNOWN, most=xml.MAX_CODEBOOK)
    if root.name not in ("CodeBook", "Project"):
        raise RefiError(
            "this is XML, but no REFI-QDA codebook. Export the codebook as REFI-QDA (.qdc) again."
        )
    if root.name == "Project":
        return _project(root)
    return Project(
        name=name_of(root), origin=root.get("origin"), codes=_codes(root), sets=_inside(root, "Sets", CodeSet)
    )


def text_of(package: Package, project_path: str, source: Source | Note) -> str:
    """The text of a source or a note, with its line ends as the file has them.

    Raises PackageError or RefiError if it is not there; `project_path` is what `project_part` gave.
    """
    if source.content is not None:
        return source.content
    return package.text(_place(package, project_path, source.path), MAX_TEXT)


def _place(package: Package, project_path: str, path: str) -> str:
    """Where the text lies: tools call the folder “sources” or “Sources”, or do without."""
    scheme, _, rest = path.partition("://")
    if scheme.casefold() != "internal" or not rest:
        raise RefiError(f"its text lies outside the project ({path[:80] or 'nowhere'})")
    name = rest.replace("\\", "/").lstrip("/")
    folder = str(PurePosixPath(project_path).parent)
    base = "" if folder == "." else f"{folder}/"
    for guess in (f"{base}sources/{name}", f"{base}{name}", f"sources/{name}", name):
        if guess in package:
            return guess
    raise RefiError(f"its text “{name[:80]}” is not in the file")


def _project(root: Element) -> Project:
    project = Project(
        name=name_of(root),
        origin=root.get("origin")[:MAX_NAME],
        description=described(root),
        user=guid_of(root.get("creatingUserGUID", "creatingUser")),
        at=time_of(root.get("creationDateTime", "modifiedDateTime")),
        users=_inside(root, "Users", User),
        codes=[code for book in root.elements() if book.name == "CodeBook" for code in _codes(book)],
        variables=_inside(root, "Variables", Variable),
        cases=_inside(root, "Cases", Case),
        sources=_inside(root, "Sources", Source),
        notes=_inside(root, "Notes", Note),
        sets=_inside(root, "Sets", CodeSet),
        links=_inside(root, "Links", Link),
        note_refs=refs_of(root, "NoteRef"),
    )
    for holder in root.elements():
        if holder.name == "Sources":
            for lost in holder.all(Lost):
                project.lose(lost.what, lost.number)
            for name, number in (holder.unknown or {}).items():
                project.lose(f"Sources ({name})", number)
        elif holder.name == "Graphs" and holder.unknown:
            project.lose("Graphs", holder.unknown.total())
    return project


def _inside[T](root: Element, holder: str, kind: type[T]) -> list[T]:
    return [one for part in root.elements() if part.name == holder for one in part.all(kind)]


def _codes(book: Element) -> list[Code]:
    """Codes stand in <Codes>; some tools put them into the codebook itself."""
    return [*_inside(book, "Codes", Code), *book.all(Code)]
