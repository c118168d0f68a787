"""Research material on its way in or out, whatever file carries it: what imports plan and exports write.

Everything is named by its guid. People are colleagues; who took part is a participant. Sessions come one at
a time, because a study may be larger than memory. Times of day are aware; None and "" mean not known.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from .measured import Tables
from .turns import Turn

# the colours of tags, by the key that the product knows them by, as other tools see them
PALETTE = {
    "violet": "#7c4dbe",
    "amber": "#c98a1b",
    "blue": "#3b73d1",
    "green": "#3f9142",
    "red": "#c8453b",
    "teal": "#1f8a99",
    "pink": "#c2518f",
    "slate": "#6b7486",
}


@dataclass(frozen=True, slots=True)
class Person:
    guid: str
    name: str


@dataclass(frozen=True, slots=True)
class Memo:
    """What somebody wrote about a thing: `about` is study, session, highlight, tag or insight."""

    guid: str
    about: str
    about_guid: str
    body: str
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    guid: str
    name: str
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Theme:
    """A tag. `colour` is a key of `PALETTE`; `of_study` tells a study's own tag from the workspace's.

    `state` is "retired" or "merged", the latter into the tag `into`; of tags in use it is empty.
    """

    guid: str
    name: str
    colour: str = ""
    guideline: str = ""
    group: str = ""
    parent: str = ""
    of_study: bool = False
    state: str = ""
    into: str = ""


@dataclass(frozen=True, slots=True)
class Participant:
    guid: str
    name: str
    role: str = ""
    account: str = ""
    segment: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Tagging:
    """Who gave a highlight a tag, and who else gave it the same one, each with when."""

    tag: str
    by: str = ""
    at: datetime | None = None
    seconds: tuple[tuple[str, datetime | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A highlight from character `start` of turn `first` to `end` of turn `last`, both counted from 0."""

    guid: str
    first: int
    start: int
    last: int
    end: int
    quote: str
    taggings: tuple[Tagging, ...] = ()
    by: str = ""
    at: datetime | None = None
    state: tuple[tuple[str, Any], ...] = ()  # of one whose words were corrected: see `Highlight`

    @property
    def lost(self) -> bool:
        """True if its words stand nowhere any more."""
        return any(key == "orphaned_at" for key, _ in self.state)


@dataclass(frozen=True, slots=True)
class Voice:
    """Who a speaker's label is."""

    label: str
    role: str
    participant: str = ""
    person: str = ""
    guessed: bool = True


@dataclass(frozen=True, slots=True)
class PartInfo:
    guid: str
    by: str = ""
    at: datetime | None = None


@dataclass(slots=True)
class Meeting:
    """A session with all that was said and marked in it. `parts` go with the turns' parts by number."""

    guid: str
    title: str
    turns: list[Turn] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    parts: list[PartInfo] = field(default_factory=list)
    voices: list[Voice] = field(default_factory=list)
    kind: str = ""
    held_on: date | None = None
    participant: str = ""
    moderator: str = ""
    by: str = ""
    at: datetime | None = None
    format: str = "text"
    duration_ms: int | None = None
    source_name: str = ""
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A highlight; or of a survey a question, by its session and name; or a task by its place."""

    highlight: str
    kind: str
    session: str = ""
    question: str = ""
    task: str = ""


@dataclass(slots=True)
class Claim:
    """An insight with what of its evidence lies in the study."""

    guid: str
    title: str
    body: str = ""
    evidence: tuple[Evidence, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class StudyHead:
    guid: str
    title: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Bundle:
    """`losses` says what a file held that has no place here, and how often; `unread` names the sources of
    which nothing can be taken, each with the reason.
    """

    name: str = ""
    origin: str = ""
    study: StudyHead | None = None
    people: list[Person] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    themes: list[Theme] = field(default_factory=list)
    participants: list[Participant] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    memos: list[Memo] = field(default_factory=list)
    losses: dict[str, int] = field(default_factory=dict)
    unread: list[tuple[str, str]] = field(default_factory=list)
    faults: list[tuple[int, str, str]] = field(default_factory=list)  # of a table: line, why not, the quote
    tables: Tables = field(default_factory=dict)  # what is measured: see `measured`
    sessions: Callable[[], Iterable[Meeting]] = tuple

    def lose(self, what: str, number: int = 1) -> None:
        if number:
            self.losses[what] = self.losses.get(what, 0) + number


def nearest_colour(text: str) -> str:
    """The key of the palette's colour that looks most like "#rrggbb"; "" for what is no colour."""
    digits = text.strip().lstrip("#")[:6]
    try:
        red, green, blue = (int(digits[at : at + 2], 16) for at in (0, 2, 4))
    except ValueError:
        return ""

    def distance(key: str) -> float:
        # weighted by how the eye tells colours apart, https://www.compuphase.com/cmetric.htm
        other = PALETTE[key]
        r, g, b = (int(other[at : at + 2], 16) for at in (1, 3, 5))
        mean = (red + r) / 2
        return (
            (2 + mean / 256) * (red - r) ** 2
            + 4 * (green - g) ** 2
            + (2 + (255 - mean) / 256) * (blue - b) ** 2
        )

    return min(PALETTE, key=distance)
