"""A project as REFI-QDA 1.5 describes it, without the texts: those are read one at a time.

The standard: https://www.qdasoftware.org/wp-content/uploads/2019/09/REFI-QDA-1-5.pdf. Positions count the
characters of a source's plain text from 0; the end is exclusive. GUIDs are kept in lower case. Times of day
are aware; None means that the file does not say.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

PROJECT = "urn:QDA-XML:project:1.0"
CODEBOOK = "urn:QDA-XML:codebook:1.0"

type SourceKind = Literal["text", "pdf", "picture", "audio", "video"]


class RefiError(Exception):
    """The file cannot be read; the words say what is wrong and what to do."""


@dataclass(slots=True)
class User:
    guid: str
    name: str


@dataclass(slots=True)
class Code:
    guid: str
    name: str
    color: str = ""
    codable: bool = True
    description: str = ""
    notes: list[str] = field(default_factory=list)
    children: list["Code"] = field(default_factory=list)


@dataclass(slots=True)
class CodeSet:
    """ATLAS.ti's code groups and MAXQDA's document groups."""

    guid: str
    name: str
    description: str = ""
    codes: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Coding:
    guid: str
    code: str
    user: str = ""
    at: datetime | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Selection:
    """Some words of a text, with the codes they were given. What nobody coded may carry a memo."""

    guid: str
    start: int
    end: int
    name: str = ""
    description: str = ""
    user: str = ""
    at: datetime | None = None
    codings: list[Coding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Span(Selection):
    """A stretch of a recording: `start` and `end` are milliseconds."""


@dataclass(slots=True)
class SyncPoint:
    guid: str
    position: int
    ms: int


@dataclass(slots=True)
class Source:
    """A text; or the text that goes with a PDF or a picture, or with a recording, with what is known of its
    times. `codings` are of the source as a whole.

    `path` is the part of the archive that holds the text, `content` the text where it stands in the
    project file itself.
    """

    guid: str
    name: str
    kind: SourceKind = "text"
    path: str = ""
    content: str | None = None
    description: str = ""
    user: str = ""
    at: datetime | None = None
    selections: list[Selection] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    sync_points: list[SyncPoint] = field(default_factory=list)
    codings: list[Coding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Note:
    guid: str
    name: str = ""
    path: str = ""
    content: str | None = None
    user: str = ""
    at: datetime | None = None


@dataclass(slots=True)
class Variable:
    guid: str
    name: str
    type: str = "Text"


@dataclass(slots=True)
class Case:
    """Somebody, or something, that sources belong to."""

    guid: str
    name: str
    description: str = ""
    values: dict[str, str] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Link:
    guid: str
    origin: str
    target: str
    name: str = ""


@dataclass(slots=True)
class Project:
    name: str = ""
    origin: str = ""
    description: str = ""
    user: str = ""
    at: datetime | None = None
    users: list[User] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    sets: list[CodeSet] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    note_refs: list[str] = field(default_factory=list)
    losses: dict[str, int] = field(default_factory=dict)  # what has no place here, and how often

    def lose(self, what: str, number: int = 1) -> None:
        if number:
            self.losses[what] = self.losses.get(what, 0) + number
