"""Counting who said what: sessions, highlights and distinct people, a theme at a time.

People listened to and survey respondents are counted apart and never added up: ticking a box and
bringing something up in a conversation are different kinds of saying it.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

INTERVIEWEES, TESTERS, RESPONDENTS, DOCUMENTS = "interviewees", "testers", "respondents", "documents"

# method of the study: in which way its participants were heard
VOICES = {
    "interview": INTERVIEWEES,
    "field_visit": INTERVIEWEES,
    "diary": INTERVIEWEES,
    "sales_call": INTERVIEWEES,
    "support_call": INTERVIEWEES,
    "usability_test": TESTERS,
    "unmoderated_test": TESTERS,
    "survey": RESPONDENTS,
    "survey_call": RESPONDENTS,
    "desk_research": DOCUMENTS,
}


class Sitting(NamedTuple):
    """One session, as far as counting needs it. `segment` is the participant's account's."""

    session: int
    study: int
    method: str
    participant: int | None = None
    account: int | None = None
    segment: str = "unknown"


class Mark(NamedTuple):
    """One tag on one highlight; `tag` is None where a highlight has none.

    `own` are the participant's own words, not those of the moderator.
    """

    highlight: int
    session: int
    tag: int | None
    own: bool = True


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted. `people` are those listened to: interviewees and testers, each once.

    `own` are the highlights in participants' own words.
    """

    highlights: int = 0
    sessions: int = 0
    studies: int = 0
    people: int = 0
    interviewees: int = 0
    testers: int = 0
    respondents: int = 0
    accounts: int = 0
    own: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass
class _Bag:
    """The distinct things a count is of."""

    highlights: set[int] = field(default_factory=set)
    own: set[int] = field(default_factory=set)
    sittings: dict[int, Sitting] = field(default_factory=dict)

    def add(self, sitting: Sitting, mark: Mark | None = None) -> None:
        self.sittings[sitting.session] = sitting
        if mark is not None:
            self.highlights.add(mark.highlight)
            if mark.own:
                self.own.add(mark.highlight)

    def count(self) -> Count:
        heard = people_by_voice(self.sittings.values())
        return Count(
            highlights=len(self.highlights),
            sessions=len(self.sittings),
            studies=len({one.study for one in self.sittings.values()}),
            people=len(heard[INTERVIEWEES] | heard[TESTERS]),
            interviewees=len(heard[INTERVIEWEES]),
            testers=len(heard[TESTERS]),
            respondents=len(heard[RESPONDENTS]),
            accounts=len({one.account for one in self.sittings.values() if one.account is not None}),
            own=len(self.own),
        )


def people_by_voice(sittings: Iterable[Sitting]) -> dict[str, set[int]]:
    """{voice: the participants heard in that way}; a session of nobody in particular counts nobody."""
    heard: dict[str, set[int]] = {voice: set() for voice in (INTERVIEWEES, TESTERS, RESPONDENTS, DOCUMENTS)}
    for one in sittings:
        if one.participant is not None:
            heard[VOICES.get(one.method, INTERVIEWEES)].add(one.participant)
    return heard


@dataclass(frozen=True)
class Tally:
    """A quarter, counted: in all, by tag, by group of tags, by segment, by method and by study."""

    total: Count
    tags: dict[int, Count]
    groups: dict[int, Count]
    segments: dict[str, Count]
    methods: dict[str, Count]
    studies: dict[int, Count]
    people_by_segment: dict[int, dict[str, int]]  # of each tag
    untagged: int  # highlights
    unnamed: int  # sessions

    def tag(self, key: int) -> Count:
        return self.tags.get(key, Count())

    def group(self, key: int) -> Count:
        return self.groups.get(key, Count())


def tally(sittings: Iterable[Sitting], marks: Iterable[Mark], groups: dict[int, int]) -> Tally:
    """Count a quarter: its sessions, their highlights' tags, and which group each tag is in.

    A mark of a session that is not among `sittings` is not counted.
    """
    by_session = {one.session: one for one in sittings}
    total = _Bag()
    by: dict[str, dict[Any, _Bag]] = {
        kind: {} for kind in ("tags", "groups", "segments", "methods", "studies")
    }

    def note(sitting: Sitting, mark: Mark | None = None) -> None:
        total.add(sitting, mark)
        for kind, key in (
            ("segments", sitting.segment),
            ("methods", sitting.method),
            ("studies", sitting.study),
        ):
            by[kind].setdefault(key, _Bag()).add(sitting, mark)

    for sitting in by_session.values():
        note(sitting)
    untagged = 0
    for mark in marks:
        if (found := by_session.get(mark.session)) is None:
            continue
        note(found, mark)
        if mark.tag is None:
            untagged += 1
            continue
        by["tags"].setdefault(mark.tag, _Bag()).add(found, mark)
        by["groups"].setdefault(groups[mark.tag], _Bag()).add(found, mark)
    return Tally(
        total=total.count(),
        people_by_segment={key: _people_by_segment(bag) for key, bag in by["tags"].items()},
        untagged=untagged,
        unnamed=sum(one.participant is None for one in by_session.values()),
        **{kind: {key: bag.count() for key, bag in bags.items()} for kind, bags in by.items()},
    )


def _people_by_segment(bag: _Bag) -> dict[str, int]:
    heard: dict[str, set[int]] = {}
    for one in bag.sittings.values():
        if one.participant is not None and VOICES.get(one.method) in (INTERVIEWEES, TESTERS):
            heard.setdefault(one.segment, set()).add(one.participant)
    return {segment: len(people) for segment, people in heard.items()}
