"""Counting who said what: sessions, highlights and distinct people, a theme at a time.

Interviewees, testers and survey respondents are counted apart and never added up: bringing something up in
a conversation, running into it in a test and ticking a box are different kinds of saying it. Each is counted
over those who could have said it: the participants whose material somebody has worked through.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import combinations
from typing import Any, NamedTuple

INTERVIEWEES, TESTERS, RESPONDENTS, DOCUMENTS = "interviewees", "testers", "respondents", "documents"
KINDS = (INTERVIEWEES, TESTERS, RESPONDENTS)

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
    """One session, as far as counting needs it; `segment` is its participant's."""

    session: int
    study: int
    method: str
    participant: int | None = None
    account: int | None = None
    segment: str = "unknown"


class Respondent(NamedTuple):
    """Somebody who answered the survey that a session is, known by name or not."""

    response: int
    session: int
    participant: int | None = None
    segment: str = "unknown"


class Mark(NamedTuple):
    """One tag on one highlight; `tag` is None where a highlight has none.

    `own` are the participant's own words, not those of the moderator; `response` says whose answer to a
    survey it is.
    """

    highlight: int
    session: int
    tag: int | None
    own: bool = True
    response: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted; `own` are the highlights in participants' own words. People are distinct."""

    highlights: int = 0
    sessions: int = 0
    studies: int = 0
    interviewees: int = 0
    testers: int = 0
    respondents: int = 0
    accounts: int = 0
    own: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


class Voice(NamedTuple):
    """Somebody heard in one session. `person` is the participant; below 0 a nameless respondent."""

    person: int
    kind: str
    method: str
    segment: str
    study: int


@dataclass(frozen=True)
class Heard:
    """Distinct people: in all, by segment and by method, each kind apart."""

    kinds: Mapping[str, int] = field(default_factory=dict)
    segments: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # kind: {segment: people}
    methods: Mapping[str, int] = field(default_factory=dict)

    def of(self, kind: str, segment: str | None = None) -> int:
        return self.kinds.get(kind, 0) if segment is None else self.segments.get(kind, {}).get(segment, 0)


NOBODY = Heard()


def heard(voices: Iterable[Voice]) -> Heard:
    """Count the distinct people among `voices`; one heard in two ways counts in each of them."""
    kinds, methods = defaultdict(set), defaultdict(set)
    segments: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for one in voices:
        kinds[one.kind].add(one.person)
        methods[one.method].add(one.person)
        segments[one.kind][one.segment].add(one.person)
    return Heard(
        {kind: len(people) for kind, people in kinds.items()},
        {kind: {name: len(who) for name, who in parts.items()} for kind, parts in segments.items()},
        {method: len(people) for method, people in methods.items()},
    )


class Together(NamedTuple):
    """Two themes (`first` before `second`) that the same people brought up: {kind: people}, and studies."""

    first: int
    second: int
    people: Mapping[str, int]
    studies: int


@dataclass
class _Bag:
    """The distinct things a count is of."""

    highlights: set[int] = field(default_factory=set)
    own: set[int] = field(default_factory=set)
    sittings: dict[int, Sitting] = field(default_factory=dict)
    voices: set[Voice] = field(default_factory=set)

    def add(self, sitting: Sitting, mark: Mark, voice: Voice | None) -> None:
        self.sittings[sitting.session] = sitting
        self.highlights.add(mark.highlight)
        if mark.own:
            self.own.add(mark.highlight)
        if voice is not None:
            self.voices.add(voice)

    def count(self) -> Count:
        people = heard(self.voices)
        return Count(
            highlights=len(self.highlights),
            sessions=len(self.sittings),
            studies=len({one.study for one in self.sittings.values()}),
            interviewees=people.of(INTERVIEWEES),
            testers=people.of(TESTERS),
            respondents=people.of(RESPONDENTS),
            accounts=len({one.account for one in self.sittings.values() if one.account is not None}),
            own=len(self.own),
        )


@dataclass(frozen=True)
class Tally:
    """A quarter, counted: in all, by tag, by group of tags, by segment, by method and by study.

    `exposed` are those who could bring a theme up, whose material was worked through: under None for the
    workspace's themes, under a study for its own.
    """

    total: Count
    tags: dict[int, Count]
    groups: dict[int, Count]
    segments: dict[str, Count]
    methods: dict[str, Count]
    studies: dict[int, Count]
    heard: dict[int, Heard]  # of each tag
    heard_groups: dict[int, Heard]
    exposed: dict[int | None, Heard]
    together: tuple[Together, ...]
    untagged: int  # highlights
    unnamed: int  # sessions of nobody in particular
    unread: int  # sessions without a highlight

    def tag(self, key: int) -> Count:
        return self.tags.get(key, Count())

    def group(self, key: int) -> Count:
        return self.groups.get(key, Count())

    def exposed_to(self, study: int | None) -> Heard:
        return self.exposed.get(study, NOBODY)


def tally(
    sittings: Iterable[Sitting],
    marks: Iterable[Mark],
    groups: Mapping[int, int],
    respondents: Iterable[Respondent] = (),
) -> Tally:
    """Count a quarter: its sessions, their highlights' tags, and which group each tag is in.

    A mark of a session that is not among `sittings` is not counted, and a mark of no respondent in a
    session that has respondents is nobody's.
    """
    by_session = {one.session: one for one in sittings}
    answering = {one.response: one for one in respondents if one.session in by_session}
    surveyed = {one.session for one in answering.values()}
    alone = {key: _voice(one) for key, one in by_session.items() if key not in surveyed}
    by_response = {key: _answering(one, by_session[one.session]) for key, one in answering.items()}
    bags: dict[str, dict[Any, _Bag]] = {name: defaultdict(_Bag) for name in ("tags", "groups")}
    wholes = ("segments", "methods", "studies")
    parts: dict[str, dict[Any, _Bag]] = {name: defaultdict(_Bag) for name in wholes}
    total, untagged, read = _Bag(), 0, set()
    for mark in marks:
        sitting = by_session.get(mark.session)
        if sitting is None:
            continue
        read.add(mark.session)
        answered = None if mark.response is None else by_response.get(mark.response)
        voice = answered if mark.session in surveyed else alone[mark.session]
        for bag in (total, *_parts(parts, sitting)):
            bag.add(sitting, mark, voice)
        if mark.tag is None:
            untagged += 1
            continue
        bags["tags"][mark.tag].add(sitting, mark, voice)
        bags["groups"][groups[mark.tag]].add(sitting, mark, voice)
    voices: dict[int, list[Voice]] = defaultdict(list)
    for key, voice in alone.items():
        if voice is not None:
            voices[key].append(voice)
    for key, one in answering.items():
        voices[one.session].append(by_response[key])
    for sitting in by_session.values():
        for bag in (total, *_parts(parts, sitting)):
            bag.sittings[sitting.session] = sitting
        for voice in voices[sitting.session]:
            total.voices.add(voice)
            parts["methods"][sitting.method].voices.add(voice)
            parts["studies"][sitting.study].voices.add(voice)
            parts["segments"][voice.segment].voices.add(voice)
    return Tally(
        total=total.count(),
        heard={key: heard(bag.voices) for key, bag in bags["tags"].items()},
        heard_groups={key: heard(bag.voices) for key, bag in bags["groups"].items()},
        exposed=_exposed(by_session, voices, read),
        together=_together(bags["tags"]),
        untagged=untagged,
        unnamed=sum(not voices[key] for key in by_session),
        unread=len(by_session.keys() - read),
        tags=_counts(bags["tags"]),
        groups=_counts(bags["groups"]),
        segments=_counts(parts["segments"]),
        methods=_counts(parts["methods"]),
        studies=_counts(parts["studies"]),
    )


def _counts(bags: Mapping[Any, _Bag]) -> dict[Any, Count]:
    return {key: bag.count() for key, bag in bags.items()}


def _parts(parts: dict[str, dict[Any, _Bag]], sitting: Sitting) -> tuple[_Bag, _Bag, _Bag]:
    return (
        parts["segments"][sitting.segment],
        parts["methods"][sitting.method],
        parts["studies"][sitting.study],
    )


def _voice(one: Sitting) -> Voice | None:
    kind = VOICES.get(one.method, INTERVIEWEES)
    if one.participant is None or kind == DOCUMENTS:
        return None
    return Voice(one.participant, kind, one.method, one.segment, one.study)


def _answering(one: Respondent, sitting: Sitting) -> Voice:
    person = one.participant if one.participant is not None else -one.response
    return Voice(person, RESPONDENTS, sitting.method, one.segment, sitting.study)


def _exposed(
    sittings: Mapping[int, Sitting], voices: Mapping[int, list[Voice]], read: set[int]
) -> dict[int | None, Heard]:
    by_study: dict[int | None, list[Voice]] = defaultdict(list)
    for key in sorted(read):
        by_study[None] += voices[key]
        by_study[sittings[key].study] += voices[key]
    return {study: heard(some) for study, some in by_study.items()}


def _together(tags: Mapping[int, _Bag]) -> tuple[Together, ...]:
    """Pairs of themes that the same person brought up, in whatever session, each kind of person apart."""
    brought_up: dict[tuple[str, int], set[int]] = defaultdict(set)
    where: dict[tuple[str, int], set[int]] = defaultdict(set)
    for tag, bag in tags.items():
        for voice in bag.voices:
            brought_up[voice.kind, voice.person].add(tag)
            where[voice.kind, voice.person].add(voice.study)
    people: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    studies: dict[tuple[int, int], set[int]] = defaultdict(set)
    for (kind, person), some in brought_up.items():
        for pair in combinations(sorted(some), 2):
            people[pair][kind] += 1
            studies[pair] |= where[kind, person]
    return tuple(
        Together(
            *pair, {kind: people[pair][kind] for kind in KINDS if people[pair][kind]}, len(studies[pair])
        )
        for pair in sorted(people)
    )
