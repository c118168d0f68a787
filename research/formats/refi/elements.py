"""The elements of a project, each built from what stands in it as soon as it ends."""

from . import xml
from .attributes import MAX_NAME, VALUES, described, guid_of, name_of, number_of, refs_of, time_of, values_of
from .project import (
    Case,
    Code,
    CodeSet,
    Coding,
    Link,
    Note,
    Selection,
    Source,
    SourceKind,
    Span,
    SyncPoint,
    User,
    Variable,
)
from .xml import Element

_KINDS: dict[str, SourceKind] = {
    "TextSource": "text",
    "PDFSource": "pdf",
    "PictureSource": "picture",
    "AudioSource": "audio",
    "VideoSource": "video",
}
_WITHOUT_TEXT = {"pdf": "PDFs without their text", "picture": "Pictures"}


class Lost:
    """What a source held that has no text."""

    def __init__(self, what: str, number: int) -> None:
        self.what, self.number = what, number


def _user(element: Element) -> User:
    return User(guid_of(element.get("guid")), name_of(element) or element.get("id")[:MAX_NAME])


def _code(element: Element) -> Code:
    inner = [code for part in element.elements() if part.name == "SubCodes" for code in part.all(Code)]
    return Code(
        guid=guid_of(element.get("guid")),
        name=name_of(element),
        color=element.get("color"),
        codable=element.get("isCodable", "isCodeble").strip().casefold() not in ("false", "0"),
        description=described(element),
        notes=refs_of(element, "NoteRef"),
        children=[*element.all(Code), *inner],
    )


def _set(element: Element) -> CodeSet:
    return CodeSet(
        guid=guid_of(element.get("guid")),
        name=name_of(element),
        description=described(element),
        codes=refs_of(element, "MemberCode"),
        sources=refs_of(element, "MemberSource"),
    )


def _coding(element: Element) -> Coding:
    codes = refs_of(element, "CodeRef")
    return Coding(
        guid=guid_of(element.get("guid")),
        code=codes[0] if codes else "",
        user=guid_of(element.get("creatingUser", "modifyingUser")),
        at=time_of(element.get("creationDateTime", "modifiedDateTime")),
        notes=refs_of(element, "NoteRef"),
    )


def _fill[S: Selection](selection: S, element: Element) -> S:
    selection.name = name_of(element)
    selection.description = described(element)
    selection.user = guid_of(element.get("creatingUser", "modifyingUser"))
    selection.at = time_of(element.get("creationDateTime", "modifiedDateTime"))
    selection.codings = element.all(Coding)
    selection.notes = refs_of(element, "NoteRef")
    return selection


def _selection(element: Element) -> object:
    start, end = number_of(element.get("startPosition")), number_of(element.get("endPosition"))
    if start is None or end is None:
        return Lost("Codings without a position", max(1, len(element.all(Coding))))
    return _fill(Selection(guid_of(element.get("guid")), start, end), element)


def _span(element: Element) -> object:
    start, end = number_of(element.get("begin")), number_of(element.get("end"))
    if start is None or end is None:
        return Lost("Codings without a time", max(1, len(element.all(Coding))))
    return _fill(Span(guid_of(element.get("guid")), start, end), element)


def _region(element: Element) -> object:
    return Lost("Codings of a part of a page or picture", max(1, len(element.all(Coding))))


def _sync_point(element: Element) -> object:
    position, ms = number_of(element.get("position")), number_of(element.get("timeStamp"))
    if position is None:
        return element
    return SyncPoint(guid_of(element.get("guid")), position, -1 if ms is None else ms)


def _transcript_selection(element: Element) -> object:
    """Its ends are sync points, which the transcript around it resolves."""
    made = _fill(_Between(guid_of(element.get("guid")), 0, 0), element)
    made.first, made.last = guid_of(element.get("fromSyncPoint")), guid_of(element.get("toSyncPoint"))
    return made


class _Between(Selection):
    first = ""
    last = ""


def _text(element: Element, kind: SourceKind) -> Source:
    content = element.first("PlainTextContent")
    path = element.get("plainTextPath")
    source = Source(
        guid=guid_of(element.get("guid")),
        name=name_of(element),
        kind=kind,
        path=path,
        content=content.text if content is not None and not path else None,
        description=described(element),
        user=guid_of(element.get("creatingUser", "modifyingUser")),
        at=time_of(element.get("creationDateTime", "modifiedDateTime")),
        selections=element.all(Selection),
        spans=element.all(Span),
        sync_points=[point for point in element.all(SyncPoint) if point.ms >= 0],
        codings=element.all(Coding),
        notes=refs_of(element, "NoteRef"),
        values=values_of(element),
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
    """A PDF's or a picture's words, or a recording's transcript, until its source takes it up."""
    return _text(element, "text")


def _media(element: Element) -> object:
    """A PDF, a picture or a recording: its first text is taken, with all that was coded in it."""
    kind = _KINDS[element.name]
    outer, texts, lost = _text(element, kind), element.all(Source), element.all(Lost)
    if not texts:
        coded = len(outer.codings) + sum(max(1, len(span.codings)) for span in outer.spans)
        without = Lost(_WITHOUT_TEXT.get(kind, "Recordings without a transcript"), 1)
        return _Several([without, *lost, *([Lost("Codings of what has no text", coded)] if coded else [])])
    text = texts[0]
    text.kind, text.guid = kind, outer.guid or text.guid
    text.name, text.user, text.at = outer.name or text.name, outer.user or text.user, outer.at or text.at
    text.description = "\n\n".join(part for part in (outer.description, text.description) if part)
    text.spans += outer.spans
    text.codings += outer.codings
    text.notes += outer.notes
    text.values |= outer.values
    return _Several([text, *lost]) if lost else text


class _Several:
    """What one element became, for `Sources` to take apart."""

    def __init__(self, made: list[object]) -> None:
        self.made = made


def _sources(element: Element) -> Element:
    made: list[object] = []
    for one in element.made:
        made += one.made if isinstance(one, _Several) else [one]
    element.made = made
    return element


def _note(element: Element) -> Note:
    content, path = element.first("PlainTextContent"), element.get("plainTextPath")
    return Note(
        guid=guid_of(element.get("guid")),
        name=name_of(element),
        path=path,
        content=content.text if content is not None else None if path else described(element),
        user=guid_of(element.get("creatingUser", "modifyingUser")),
        at=time_of(element.get("creationDateTime", "modifiedDateTime")),
    )


def _variable(element: Element) -> Variable:
    return Variable(guid_of(element.get("guid")), name_of(element), element.get("typeOfVariable") or "Text")


def _case(element: Element) -> Case:
    return Case(
        guid=guid_of(element.get("guid")),
        name=name_of(element),
        description=described(element),
        values=values_of(element),
        sources=refs_of(element, "SourceRef"),
    )


def _link(element: Element) -> Link:
    return Link(
        guid_of(element.get("guid")),
        guid_of(element.get("originGUID")),
        guid_of(element.get("targetGUID")),
        name_of(element),
    )


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
    "TextDescription": _held_text,
    "Transcript": _held_text,
    "PDFSource": _media,
    "PictureSource": _media,
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
KNOWN = xml.Known(_BUILDERS, frozenset(_HOLDERS), VALUES | {"Description", "PlainTextContent"})
