"""A study as a ZIP of Markdown and CSV that people can read and this product can import again.

The same study gives the same bytes: nothing in it says when it was exported. Front matter is "key: JSON"
lines, which YAML reads too.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from . import measured, turns, zipstream
from .bundle import Bundle, Claim, Mark, Meeting, Tagging

FORMAT, VERSION = "prodops-study", 1
STUDY, PEOPLE, TAGS, PARTICIPANTS = "study.md", "people.csv", "tags.csv", "participants.csv"
HIGHLIGHTS, COMMENTS, EVIDENCE, MANIFEST = "highlights.csv", "comments.csv", "evidence.csv", "manifest.json"

COLUMNS = {
    PEOPLE: ["guid", "name"],
    TAGS: [
        *(
            "guid",
            "name",
            "group",
            "group_guid",
            "group_position",
            "parent",
            "parent_guid",
            "colour",
            "of_study",
        ),
        "guideline",
        "state",
        "into_guid",
    ],
    PARTICIPANTS: ["guid", "name", "role", "account", "segment", "email"],
    HIGHLIGHTS: [
        *("guid", "quote", "tags", "session", "session_guid", "time", "speaker"),
        *("start_turn", "start_character", "end_turn", "end_character", "by", "at", "taggings", "state"),
    ],
    COMMENTS: ["guid", "about", "about_guid", "by", "at", "body"],
    EVIDENCE: ["insight_guid", "insight", "highlight_guid", "kind", "session_guid", "question", "task"],
    **measured.COLUMNS,
}
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")

README = """# {title}

A study exported from Prodops. Everything opens in a text editor or a spreadsheet:

- `study.md`: what the study asked and what was learned
- `sessions/`: what was said, turn by turn, with times and speakers
- `highlights.csv`: the quotes that were marked, with their tags
- `tags.csv`: the tags, when to use each, and what stands under what
- `insights/` and `evidence.csv`: claims, and the quotes for and against each
- `participants.csv`, `people.csv`, `comments.csv`: who took part, who did the research, what they wrote
- `surveys.csv`, `survey-….csv`: what was asked in surveys, who answered (by a number), and what
- `usability-tasks.csv`, `usability-results.csv`, `sus.csv`: what was asked of participants, and how it went
- `fields.csv`, `readers.csv`: the typed fields that have values here, and the people named as readers
- `manifest.json`: the version of this format, and a SHA-256 of each file

Cells that a spreadsheet would run as a formula begin with an apostrophe. Recordings and attached files are
not in this archive.

To import it again: Prodops, Create, Import material.
"""


def stream(bundle: Bundle) -> Iterator[bytes]:
    """The bytes of the archive, in pieces; sessions are read twice, one at a time."""
    return zipstream.stream(_hashed(_parts(bundle)))


def _hashed(parts: Iterable[tuple[str, Iterable[str]]]) -> Iterator[zipstream.Part]:
    """The parts as bytes, and behind them the manifest with their hashes."""
    hashes: dict[str, str] = {}

    def taken(name: str, pieces: Iterable[str]) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for piece in pieces:
            data = piece.encode()
            digest.update(data)
            yield data
        hashes[name] = digest.hexdigest()

    for name, pieces in parts:
        yield name, taken(name, pieces)
    manifest = {"format": FORMAT, "version": VERSION, "files": dict(sorted(hashes.items()))}
    yield MANIFEST, [json.dumps(manifest, indent=1, ensure_ascii=False).encode()]


def _parts(bundle: Bundle) -> Iterator[tuple[str, Iterable[str]]]:
    yield "README.md", [README.format(title=" ".join(bundle.name.split()))]
    if bundle.study:
        fields = dict(bundle.study.fields)
        summary = fields.pop("summary", "")
        head = {"guid": bundle.study.guid, "title": bundle.study.title, **fields}
        yield STUDY, [_front(head), summary]
    yield PEOPLE, _csv(PEOPLE, ([one.guid, one.name] for one in bundle.people))
    yield TAGS, _csv(TAGS, _tag_rows(bundle))
    yield (
        PARTICIPANTS,
        _csv(
            PARTICIPANTS,
            (
                [one.guid, one.name, one.role, one.account, one.segment, one.email]
                for one in bundle.participants
            ),
        ),
    )
    for number, meeting in enumerate(bundle.sessions(), 1):
        yield f"sessions/{number:03}-{_slug(meeting.title)}.md", _session(meeting)
    yield HIGHLIGHTS, _csv(HIGHLIGHTS, _highlight_rows(bundle))
    for number, claim in enumerate(bundle.claims, 1):
        head = {"guid": claim.guid, "title": claim.title, **claim.fields}
        yield f"insights/{number:03}-{_slug(claim.title)}.md", [_front(head), claim.body]
    yield EVIDENCE, _csv(EVIDENCE, _evidence_rows(bundle.claims))
    for name in measured.COLUMNS:
        if bundle.tables.get(name):
            yield name, _csv(name, bundle.tables[name])
    yield (
        COMMENTS,
        _csv(
            COMMENTS,
            (
                [one.guid, one.about, one.about_guid, one.by, _moment(one.at), one.body]
                for one in bundle.memos
            ),
        ),
    )


def _slug(title: str) -> str:
    return _NOT_IN_NAMES.sub("-", title.casefold())[:50].strip("-") or "untitled"


def _front(values: dict[str, Any]) -> str:
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())
    return f"---\n{''.join(lines)}---\n\n"


def _session(meeting: Meeting) -> Iterator[str]:
    yield _front(
        {
            "guid": meeting.guid,
            "title": meeting.title,
            "kind": meeting.kind,
            "held_on": meeting.held_on.isoformat() if meeting.held_on else "",
            "participant": meeting.participant,
            "moderator": meeting.moderator,
            "by": meeting.by,
            "at": _moment(meeting.at),
            "format": meeting.format,
            "duration_ms": meeting.duration_ms,
            "source_name": meeting.source_name,
            "properties": meeting.properties,
            "parts": [[one.guid, one.by, _moment(one.at)] for one in meeting.parts],
            "speakers": [
                [one.label, one.role, one.participant, one.person, one.guessed] for one in meeting.voices
            ],
        }
    )
    for piece, _ in turns.pieces(meeting.turns):
        yield piece


def _tag_rows(bundle: Bundle) -> Iterator[list[Any]]:
    names = {theme.guid: theme.name for theme in bundle.themes}
    groups = {group.guid: group for group in bundle.groups}
    for one in bundle.themes:
        group = groups.get(one.group)
        yield [
            one.guid,
            one.name,
            group.name if group else "",
            one.group,
            "" if group is None or group.position is None else group.position,
            names.get(one.parent, ""),
            one.parent,
            one.colour,
            "yes" if one.of_study else "",
            one.guideline,
            one.state,
            one.into,
        ]


def _highlight_rows(bundle: Bundle) -> Iterator[list[Any]]:
    names = {theme.guid: theme.name for theme in bundle.themes}
    for meeting in bundle.sessions():
        for mark in meeting.marks:
            turn = meeting.turns[mark.first]
            yield [
                mark.guid,
                mark.quote,
                "; ".join(sorted(names.get(one.tag, "") for one in mark.taggings)),
                meeting.title,
                meeting.guid,
                turns.clock(turn.start_ms) if turn.start_ms is not None else "",
                turn.speaker,
                mark.first + 1,
                mark.start,
                mark.last + 1,
                mark.end,
                mark.by,
                _moment(mark.at),
                json.dumps([_tagging(one) for one in mark.taggings]),
                json.dumps(_state(mark), ensure_ascii=False) if mark.state else "",
            ]


def _tagging(one: Tagging) -> list[Any]:
    """[tag, who, when], and behind them who else gave it, if anybody did: [[who, when], …]."""
    row: list[Any] = [one.tag, one.by, _moment(one.at)]
    return [*row, [[by, _moment(at)] for by, at in one.seconds]] if one.seconds else row


def _state(mark: Mark) -> dict[str, Any]:
    return {key: _moment(value) if isinstance(value, datetime) else value for key, value in mark.state}


def _evidence_rows(claims: Iterable[Claim]) -> Iterator[list[Any]]:
    for claim in claims:
        for one in claim.evidence:
            yield [claim.guid, claim.title, one.highlight, one.kind, one.session, one.question, one.task]


def _moment(at: datetime | date | None) -> str:
    return at.isoformat() if at else ""


def _csv(name: str, rows: Iterable[list[Any]]) -> Iterator[str]:
    yield "\ufeff" + _line(COLUMNS[name])
    for row in rows:
        yield _line([guarded(cell) for cell in row])


def _line(cells: list[Any]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue()


def guarded(cell: Any) -> Any:
    """A cell that no spreadsheet runs as a formula; `unguarded` gives back exactly what it was."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell
