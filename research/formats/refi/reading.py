"""Projects and codebooks as ATLAS.ti, MAXQDA, NVivo, QualCoder, Taguette and others write them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import PurePosixPath

from research.formats.packages import MAX_INDEX, MAX_TEXT, Package

from . import xml
from .project import (
    Case,
    Code,
    CodeSet,
    Coding,
    Link,
    Note,
    Project,
    RefiError,
    Selection,
    Source,
    SourceKind,
    Span,
    SyncPoint,
    User,
    Variable,
)
from .xml import Element

MAX_NAME = 1_000

_KINDS: dict[str, SourceKind] = {
    "TextSource": "text",
    "PDFSource": "pdf",
    "AudioSource": "audio",
    "VideoSource": "video",
}
_VALUES = frozenset(("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue"))


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
    root = xml.read(package.chunks(part, MAX_INDEX), _KNOWN)
    if root.name != "Project":
        raise RefiError(f"{part} is not a REFI-QDA project. Export the project as REFI-QDA (.qdpx) again.")
    return _project(root)


def read_codebook(chunks: Iterable[bytes]) -> Project:
    """The codes and code groups of a .qdc file. Raises RefiError."""
    root = xml.read(chunks, _KNOWN, most=xml.MAX_CODEBOOK)
    if root.name not in ("CodeBook", "Project"):
        raise RefiError(
            "this is XML, but no REFI-QDA codebook. Export the codebook as REFI-QDA (.qdc) again."
        )
    if root.name == "Project":
        return _project(root)
    return Project(
        name=_name(root), origin=root.get("origin"), codes=_codes(root), sets=_inside(root, "Sets", CodeSet)
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
        name=_name(root),
        origin=root.get("origin")[:MAX_NAME],
        description=_described(root),
        user=_guid(root.get("creatingUserGUID", "creatingUser")),
        at=_time(root.get("creationDateTime", "modifiedDateTime")),
        users=_inside(root, "Users", User),
        codes=[code for book in root.elements() if book.name == "CodeBook" for code in _codes(book)],
        variables=_inside(root, "Variables", Variable),
        cases=_inside(root, "Cases", Case),
        sources=_inside(root, "Sources", Source),
        notes=_inside(root, "Notes", Note),
        sets=_inside(root, "Sets", CodeSet),
        links=_inside(root, "Links", Link),
        note_refs=_refs(root, "NoteRef"),
    )
    for holder in root.elements():
        if holder.name == "Sources":
            for lost in holder.all(_Lost):
                project.lose(lost.what, lost.number)
            for name, number in (holder.unknown or {}).items():
                project.lose("Pictures" if name == "PictureSource" else f"Sources ({name})", number)
        elif holder.name == "Graphs" and holder.unknown:
            project.lose("Graphs", holder.unknown.total())
    return project


def _inside[T](root: Element, holder: str, kind: type[T]) -> list[T]:
    return [one for part in root.elements() if part.name == holder for one in part.all(kind)]


def _codes(book: Element) -> list[Code]:
    """Codes stand in <Codes>; some tools put them into the codebook itself."""
    return [*_inside(book, "Codes", Code), *book.all(Code)]


# --- one element each -------------------------------------------------------------------------------------


class _Lost:
    """What a source held that has no text."""

    def __init__(self, what: str, number: int) -> None:
        self.what, self.number = what, number


def _user(element: Element) -> User:
    return User(_guid(element.get("guid")), _name(element) or element.get("id")[:MAX_NAME])


def _code(element: Element) -> Code:
    inner = [code for part in element.elements() if part.name == "SubCodes" for code in part.all(Code)]
    return Code(
        guid=_guid(element.get("guid")),
        name=_name(element),
        color=element.get("color"),
        codable=element.get("isCodable", "isCodeble").strip().casefold() not in ("false", "0"),
        description=_described(element),
        notes=_refs(element, "NoteRef"),
        children=[*element.all(Code), *inner],
    )


def _set(element: Element) -> CodeSet:
    return CodeSet(
        guid=_guid(element.get("guid")),
        name=_name(element),
        description=_described(element),
        codes=_refs(element, "MemberCode"),
        sources=_refs(element, "MemberSource"),
    )


def _coding(element: Element) -> Coding:
    codes = _refs(element, "CodeRef")
    return Coding(
        guid=_guid(element.get("guid")),
        code=codes[0] if codes else "",
        user=_guid(element.get("creatingUser", "modifyingUser")),
        at=_time(element.get("creationDateTime", "modifiedDateTime")),
        notes=_refs(element, "NoteRef"),
    )


def _fill[S: Selection](selection: S, element: Element) -> S:
    selection.name = _name(element)
    selection.description = _described(element)
    selection.user = _guid(element.get("creatingUser", "modifyingUser"))
    selection.at = _time(element.get("creationDateTime", "modifiedDateTime"))
    selection.codings = element.all(Coding)
    selection.notes = _refs(element, "NoteRef")
    return selection


def _selection(element: Element) -> object:
    start, end = _number(element.get("startPosition")), _number(element.get("endPosition"))
    if start is None or end is None:
        return _Lost("Codings without a position", max(1, len(element.all(Coding))))
    return _fill(Selection(_guid(element.get("guid")), start, end), element)


def _span(element: Element) -> object:
    start, end = _number(element.get("begin")), _number(element.get("end"))
    if start is None or end is None:
        return _Lost("Codings without a time", max(1, len(element.all(Coding))))
    return _fill(Span(_guid(element.get("guid")), start, end), element)


def _region(element: Element) -> object:
    return _Lost("Codings of a part of a page or picture", max(1, len(element.all(Coding))))


def _sync_point(element: Element) -> object:
    position, ms = _number(element.get("position")), _number(element.get("timeStamp"))
    if position is None:
        return element
    return SyncPoint(_guid(element.get("guid")), position, -1 if ms is None else ms)


def _transcript_selection(element: Element) -> object:
    """Its ends are sync points, which the transcript around it resolves."""
    made = _fill(_Between(_guid(element.get("guid")), 0, 0), element)
    made.first, made.last = _guid(element.get("fromSyncPoint")), _guid(element.get("toSyncPoint"))
    return made


class _Between(Selection):
    first = ""
    last = ""


def _text(element: Element, kind: SourceKind) -> Source:
    content = element.first("PlainTextContent")
    path = element.get("plainTextPath")
    source = Source(
        guid=_guid(element.get("guid")),
        name=_name(element),
        kind=kind,
        path=path,
        content=content.text if content is not None and not path else None,
        description=_described(element),
        user=_guid(element.get("creatingUser", "modifyingUser")),
        at=_time(element.get("creationDateTime", "modifiedDateTime")),
        selections=element.all(Selection),
        spans=element.all(Span),
        sync_points=[point for point in element.all(SyncPoint) if point.ms >= 0],
        notes=_refs(element, "NoteRef"),
        values=_values(element),
    )
    points = {point.guid: point.position for point in element.all(SyncPoint)}
    for between in element.all(_Between):
        between.start, between.end = points.get(between.first, -1), points.get(between.last, -1)
        if between.start >= 0 and between.end >= 0:
            source.selections.append(between)
    return source


def _text_source(element: Element) -> Source:
    return _text(element, "text")


def _held_text(element: Element) -> Source:
    """A PDF's representation or a recording's transcript, until its source takes it up."""
    return _text(element, "text")


def _media(element: Element) -> object:
    """A PDF or a recording: its first text is taken, with all that was coded in it."""
    kind = _KINDS[element.name]
    outer, texts = _text(element, kind), element.all(Source)
    lost = sum(one.number for one in element.all(_Lost))
    if not texts:
        what = {"pdf": "PDFs without their text", "audio": "Recordings without a transcript"}
        return _Lost(what.get(kind, "Recordings without a transcript"), 1)
    text = texts[0]
    text.kind, text.guid = kind, outer.guid or text.guid
    text.name, text.user, text.at = outer.name or text.name, outer.user or text.user, outer.at or text.at
    text.description = "\n\n".join(part for part in (outer.description, text.description) if part)
    text.spans += outer.spans
    text.notes += outer.notes
    text.values |= outer.values
    return _WithLoss(text, lost) if lost else text


class _WithLoss:
    def __init__(self, source: Source, lost: int) -> None:
        self.source, self.lost = source, lost


def _sources(element: Element) -> Element:
    made: list[object] = []
    for one in element.made:
        if isinstance(one, _WithLoss):
            made += [one.source, _Lost("Codings of a part of a page or picture", one.lost)]
        else:
            made.append(one)
    element.made = made
    return element


def _note(element: Element) -> Note:
    content, path = element.first("PlainTextContent"), element.get("plainTextPath")
    return Note(
        guid=_guid(element.get("guid")),
        name=_name(element),
        path=path,
        content=content.text if content is not None else None if path else _described(element),
        user=_guid(element.get("creatingUser", "modifyingUser")),
        at=_time(element.get("creationDateTime", "modifiedDateTime")),
    )


def _variable(element: Element) -> Variable:
    return Variable(_guid(element.get("guid")), _name(element), element.get("typeOfVariable") or "Text")


def _case(element: Element) -> Case:
    return Case(
        guid=_guid(element.get("guid")),
        name=_name(element),
        description=_described(element),
        values=_values(element),
        sources=_refs(element, "SourceRef"),
    )


def _link(element: Element) -> Link:
    return Link(
        _guid(element.get("guid")),
        _guid(element.get("originGUID")),
        _guid(element.get("targetGUID")),
        _name(element),
    )


# --- attributes -------------------------------------------------------------------------------------------


def _guid(text: str) -> str:
    return text.strip().strip("{}").casefold()


def _name(element: Element) -> str:
    return element.get("name")[:MAX_NAME]


def _described(element: Element) -> str:
    found = element.first("Description")
    return found.text if found is not None and not found.text.isspace() else ""


def _refs(element: Element, name: str) -> list[str]:
    """What children of that name point to; the standard says targetGUID, ATLAS.ti's codebooks say guid."""
    found = (_guid(one.get("targetGUID", "guid")) for one in element.elements() if one.name == name)
    return [guid for guid in found if guid]


def _values(element: Element) -> dict[str, str]:
    """{variable: value as text} of a source or a case."""
    found = {}
    for value in element.elements():
        if value.name != "VariableValue":
            continue
        ref = value.first("VariableRef")
        said = next((one.text for one in value.elements() if one.name in _VALUES), "")
        if ref is not None and said.strip():
            found[_guid(ref.get("targetGUID"))] = said
    return found


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC) if 1900 < found.year < 2200 else None


_BUILDERS: dict[str, xml.Builder] = {
    "User": _user,
    "Code": _code,
    "Set": _set,
    "Coding": _coding,
    "PlainTextSelection": _selection,
    "AudioSelection": _span,
    "VideoSelection": _span,
    "PDFSelection": _region,
    "PictureSelection": _region,
    "SyncPoint": _sync_point,
    "TranscriptSelection": _transcript_selection,
    "TextSource": _text_source,
    "Representation": _held_text,
    "Transcript": _held_text,
    "PDFSource": _media,
    "AudioSource": _media,
    "VideoSource": _media,
    "Sources": _sources,
    "Note": _note,
    "Variable": _variable,
    "Case": _case,
    "Link": _link,
}
_HOLDERS = (
    *("Project", "CodeBook", "Codes", "SubCodes", "Users", "Variables", "Cases", "Notes", "Sets", "Links"),
    *("Graphs", "NoteRef", "MemberCode", "MemberSource", "CodeRef", "SourceRef", "VariableRef"),
    "VariableValue",
)
_KNOWN = xml.Known(_BUILDERS, frozenset(_HOLDERS), _VALUES | {"Description", "PlainTextContent"})
