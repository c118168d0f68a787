"""Our material as a REFI-QDA project: the other way round from `incoming`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from research.formats import names, turns
from research.formats.bundle import PALETTE, Bundle, Mark, Meeting, Theme

from . import fields
from .project import Case, Code, CodeSet, Coding, Note, Project, Selection, Source, User
from .writing import codebook, project_file

ORIGIN = "Prodops"
NAME = 80  # characters of a quote or memo that name it


def project_bytes(bundle: Bundle) -> Iterator[bytes]:
    """A .qdpx file of a study, in pieces; its sessions are read twice, one at a time."""
    notes: dict[tuple[str, str], list[str]] = defaultdict(list)
    became = {theme.guid: theme.into for theme in bundle.themes if theme.into}
    for memo in bundle.memos:
        about = memo.about_guid
        while about in became:  # what was written about a tag that was merged goes with what it became
            about = became[about]
        notes[memo.about, about].append(memo.guid)
    study = bundle.study.guid if bundle.study else ""
    project = Project(
        name=bundle.name,
        origin=ORIGIN,
        users=[User(person.guid, person.name) for person in bundle.people],
        codes=_codes(bundle.themes, notes),
        sets=_sets(bundle),
        variables=list(fields.VARIABLES),
        cases=_cases(bundle),
        notes=[
            Note(memo.guid, _named(memo.body), content=memo.body, user=memo.by, at=memo.at)
            for memo in bundle.memos
        ],
        note_refs=notes["study", study],
    )
    return project_file(project, lambda: (_source(one, notes) for one in bundle.sessions()))


def codebook_bytes(bundle: Bundle) -> Iterator[bytes]:
    """A .qdc file of the tags, in pieces."""
    return codebook(Project(origin=ORIGIN, codes=_codes(bundle.themes, {}), sets=_sets(bundle)))


def _codes(themes: Iterable[Theme], notes: dict[tuple[str, str], list[str]]) -> list[Code]:
    """The standard knows no merged codes: another tool would offer them as if they were in use."""
    themes = [theme for theme in themes if not theme.into]
    made = {
        theme.guid: Code(
            theme.guid,
            theme.name,
            PALETTE.get(theme.colour, ""),
            description=theme.guideline,
            notes=list(notes.get(("tag", theme.guid), ())),
        )
        for theme in themes
    }
    roots: list[Code] = []
    for theme in themes:
        siblings = made[theme.parent].children if theme.parent in made else roots
        siblings.append(made[theme.guid])
    return roots


def _sets(bundle: Bundle) -> list[CodeSet]:
    members = defaultdict(list)
    for theme in bundle.themes:
        if not theme.into:
            members[theme.group].append(theme.guid)
    return [
        CodeSet(group.guid, group.name, codes=members[group.guid])
        for group in bundle.groups
        if members[group.guid]
    ]


def _cases(bundle: Bundle) -> list[Case]:
    sources = defaultdict(list)
    for meeting in bundle.sessions():
        if meeting.participant:
            sources[meeting.participant].append(meeting.guid)
    return [
        Case(
            one.guid,
            one.name,
            values={
                key: value
                for key, value in (
                    (fields.ROLE, one.role),
                    (fields.ACCOUNT, one.account),
                    (fields.SEGMENT, one.segment),
                )
                if value
            },
            sources=sources[one.guid],
        )
        for one in bundle.participants
    ]


def _source(meeting: Meeting, notes: dict[tuple[str, str], list[str]]) -> tuple[Source, str]:
    pieces, starts, length = [], [], 0
    for piece, inside in turns.pieces(meeting.turns):
        starts.append(length + inside)
        length += len(piece)
        pieces.append(piece)
    values = {fields.KIND: meeting.kind, fields.MODERATOR: meeting.moderator}
    if meeting.held_on:
        values[fields.HELD_ON] = meeting.held_on.isoformat()
    source = Source(
        meeting.guid,
        meeting.title,
        user=meeting.by,
        at=meeting.at,
        selections=[_selection(mark, starts, notes) for mark in meeting.marks if not mark.lost],
        notes=notes.get(("session", meeting.guid), []),
        values={key: value for key, value in values.items() if value},
    )
    return source, "".join(pieces)


def _selection(mark: Mark, starts: list[int], notes: dict[tuple[str, str], list[str]]) -> Selection:
    return Selection(
        mark.guid,
        starts[mark.first] + mark.start,
        starts[mark.last] + mark.end,
        _named(mark.quote),
        user=mark.by,
        at=mark.at,
        codings=[
            coding
            for one in mark.taggings
            for coding in (
                Coding(names.derived("coding", mark.guid, one.tag), one.tag, one.by, one.at),
                *(
                    Coding(names.derived("coding", mark.guid, one.tag, by), one.tag, by, at)
                    for by, at in one.seconds
                ),
            )
        ],
        notes=notes.get(("highlight", mark.guid), []),
    )


def _named(text: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= NAME else f"{line[: NAME - 1]}…"
