"""Projects and codebooks as the standard describes them, written as a stream."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from research.formats import zipstream

from .project import (
    CODEBOOK,
    PROJECT,
    Case,
    Code,
    CodeSet,
    Coding,
    Link,
    Note,
    Project,
    Selection,
    Source,
    Variable,
)

type Sources = Callable[[], Iterable[tuple[Source, str]]]
"""The sources with their texts, one at a time; called once for the list and once for the texts."""

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_SCHEMA = "http://schema.qdasoftware.org/versions"


def project_file(project: Project, sources: Sources) -> Iterator[bytes]:
    """The bytes of a .qdpx file, in pieces. `project.sources` is not used: `sources` are."""
    return zipstream.stream(_parts(project, sources))


def _parts(project: Project, sources: Sources) -> Iterator[zipstream.Part]:
    yield "project.qde", (line.encode() for line in _project(project, sources))
    for source, text in sources():
        yield f"sources/{_file(source)}", [text.encode()]


def codebook(project: Project) -> Iterator[bytes]:
    """The bytes of a .qdc file, in pieces."""
    yield from (line.encode() for line in _codebook(project))


def _codebook(project: Project) -> Iterator[str]:
    yield _HEAD
    yield (
        f"<CodeBook{_given(xmlns=CODEBOOK, origin=project.origin)} "
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{CODEBOOK} {_SCHEMA}/Codebook/v1.0/Codebook.xsd">\n'
    )
    yield from _held("Codes", (line for code in project.codes for line in _code(code)), always=True)
    yield from _held("Sets", (line for one in project.sets for line in _set(one)))
    yield "</CodeBook>\n"


def _project(project: Project, sources: Sources) -> Iterator[str]:
    yield _HEAD
    given = _given(
        xmlns=PROJECT,
        name=project.name,
        origin=project.origin,
        creatingUserGUID=project.user,
        creationDateTime=_time(project.at),
    )
    yield (
        f'<Project{given} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{PROJECT} {_SCHEMA}/Project/v1.0/Project.xsd">\n'
    )
    yield from _held("Users", (f"<User{_given(guid=one.guid, name=one.name)}/>\n" for one in project.users))
    yield "<CodeBook>\n"
    yield from _held("Codes", (line for code in project.codes for line in _code(code)), always=True)
    yield "</CodeBook>\n"
    yield from _held("Variables", map(_variable, project.variables))
    yield from _held("Cases", (line for case in project.cases for line in _case(case)))
    yield from _held("Sources", (line for source, _ in sources() for line in _source(source)))
    yield from _held("Notes", (line for note in project.notes for line in _note(note)))
    yield from _held("Links", map(_link, project.links))
    yield from _held("Sets", (line for one in project.sets for line in _set(one)))
    yield _described(project.description)
    yield _refs("NoteRef", project.note_refs)
    yield "</Project>\n"


def _held(name: str, lines: Iterable[str], *, always: bool = False) -> Iterator[str]:
    """The lines inside an element of that name, which is left out where there are none."""
    opened = always
    if opened:
        yield f"<{name}>\n"
    for line in lines:
        if not opened:
            yield f"<{name}>\n"
            opened = True
        yield line
    if opened:
        yield f"</{name}>\n"


def _code(code: Code) -> Iterator[str]:
    codable = "true" if code.codable else "false"
    given = _given(guid=code.guid, name=code.name, isCodable=codable, color=code.color)
    inner = _described(code.description) + _refs("NoteRef", code.notes)
    if not inner and not code.children:
        yield f"<Code{given}/>\n"
        return
    yield f"<Code{given}>\n{inner}"
    for child in code.children:
        yield from _code(child)
    yield "</Code>\n"


def _set(one: CodeSet) -> Iterator[str]:
    yield f"<Set{_given(guid=one.guid, name=one.name)}>\n{_described(one.description)}"
    yield _refs("MemberCode", one.codes) + _refs("MemberSource", one.sources) + "</Set>\n"


def _variable(variable: Variable) -> str:
    return f"<Variable{_given(guid=variable.guid, name=variable.name, typeOfVariable=variable.type)}/>\n"


def _case(case: Case) -> Iterator[str]:
    yield f"<Case{_given(guid=case.guid, name=case.name)}>\n{_described(case.description)}"
    yield _values(case.values) + _refs("SourceRef", case.sources) + "</Case>\n"


def _source(source: Source) -> Iterator[str]:
    given = _given(
        guid=source.guid,
        name=source.name,
        plainTextPath=f"internal://{_file(source)}",
        creatingUser=source.user,
        creationDateTime=_time(source.at),
    )
    yield f"<TextSource{given}>\n{_described(source.description)}"
    for selection in source.selections:
        yield from _selection(selection)
    yield from _codings(source.codings)
    yield _refs("NoteRef", source.notes) + _values(source.values) + "</TextSource>\n"


def _file(source: Source) -> str:
    return f"{source.guid}.txt"


def _selection(selection: Selection) -> Iterator[str]:
    given = _given(
        guid=selection.guid,
        name=selection.name,
        startPosition=str(selection.start),
        endPosition=str(selection.end),
        creatingUser=selection.user,
        creationDateTime=_time(selection.at),
    )
    yield f"<PlainTextSelection{given}>\n{_described(selection.description)}"
    yield from _codings(selection.codings)
    yield _refs("NoteRef", selection.notes) + "</PlainTextSelection>\n"


def _codings(codings: Iterable[Coding]) -> Iterator[str]:
    for coding in codings:
        given = _given(guid=coding.guid, creatingUser=coding.user, creationDateTime=_time(coding.at))
        yield f'<Coding{given}><CodeRef targetGUID="{_attribute(coding.code)}"/>'
        yield f"{_refs('NoteRef', coding.notes)}</Coding>\n"


def _note(note: Note) -> Iterator[str]:
    given = _given(guid=note.guid, name=note.name, creatingUser=note.user, creationDateTime=_time(note.at))
    yield f"<Note{given}><PlainTextContent>{_words(note.content or '')}</PlainTextContent></Note>\n"


def _link(link: Link) -> str:
    given = _given(guid=link.guid, name=link.name, originGUID=link.origin, targetGUID=link.target)
    return f"<Link{given}/>\n"


def _values(values: dict[str, str]) -> str:
    return "".join(
        f'<VariableValue><VariableRef targetGUID="{_attribute(variable)}"/>'
        f"<TextValue>{_words(value)}</TextValue></VariableValue>\n"
        for variable, value in values.items()
    )


def _described(text: str) -> str:
    return f"<Description>{_words(text)}</Description>\n" if text else ""


def _refs(name: str, guids: Iterable[str]) -> str:
    return "".join(f'<{name} targetGUID="{_attribute(guid)}"/>\n' for guid in guids)


def _given(**attributes: str) -> str:
    """The attributes that have a value, as they stand in a tag."""
    return "".join(f' {name}="{_attribute(value)}"' for name, value in attributes.items() if value)


def _words(text: str) -> str:
    """Text for between tags; XML has no way to write control characters but to replace them."""
    return escape(_UNWRITABLE.sub("\ufffd", text), {"\r": "&#13;"})


def _attribute(text: str) -> str:
    return escape(
        _UNWRITABLE.sub("\ufffd", text), {'"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
    )


def _time(at: datetime | None) -> str:
    """As xsd:dateTime, in UTC."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else ""
