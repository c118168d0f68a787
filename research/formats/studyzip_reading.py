"""An exported study read again. What was changed by hand meanwhile is taken as far as it makes sense."""

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from . import measured, names, turns
from . import studyzip_cells as cells
from .bundle import (
    PALETTE,
    Bundle,
    Claim,
    Evidence,
    Group,
    Mark,
    Meeting,
    Memo,
    Participant,
    PartInfo,
    Person,
    StudyHead,
    Theme,
    Voice,
)
from .packages import MAX_TEXT, Package, PackageError
from .studyzip import (
    COLUMNS,
    COMMENTS,
    EVIDENCE,
    FORMAT,
    HIGHLIGHTS,
    MANIFEST,
    PARTICIPANTS,
    PEOPLE,
    STUDY,
    TAGS,
    VERSION,
    unguarded,
)

MAX_TABLE = 100 * 1024 * 1024
MAX_ROWS = 1_000_000
MOVED = "Highlights whose words are not where the file says"
NO_ADDRESS = "E-mail addresses that are none"
TWICE = "Speakers that a session names twice"
MAX_ADDRESS = 254
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


def read(package: Package) -> Bundle:
    """The study in the archive; its sessions are read one at a time. Raises PackageError."""
    return _Reading(package).bundle()


class _Reading:
    def __init__(self, package: Package) -> None:
        self.package = package
        found = next(name for name in package.names if name.casefold().split("/")[-1] == MANIFEST)
        self.base = found[: -len(MANIFEST)]
        self._check(found)

    def _check(self, name: str) -> None:
        try:
            manifest = json.loads(self.package.text(name, MAX_TEXT))
            form, version = manifest["format"], int(manifest["version"])
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise PackageError(
                "its manifest.json is not that of an exported study. Export the study again."
            ) from error
        if form != FORMAT:
            raise PackageError("it was not exported from Prodops. Export the study there and upload that.")
        if version > VERSION:
            raise PackageError("it was exported by a newer Prodops. Update this one and import it again.")

    def bundle(self) -> Bundle:
        head, summary = self._document(STUDY)
        title = cells.text(head.pop("title", ""))[:200]
        guid = names.known(cells.text(head.pop("guid", "")), "study", title)
        bundle = Bundle(
            name=title, origin="Prodops", study=StudyHead(guid, title, {**head, "summary": summary})
        )
        bundle.people = [Person(row["guid"], row["name"]) for row in self._rows(PEOPLE)]
        self._tags(bundle)
        bundle.participants = [
            Participant(
                names.known(row["guid"], "participant", row["name"]),
                row["name"],
                row["role"],
                row["account"],
                row["segment"],
                _address(row["email"], bundle),
            )
            for row in self._rows(PARTICIPANTS)
            if row["name"]
        ]
        bundle.claims = self._claims()
        bundle.memos = [
            Memo(
                names.known(row["guid"], "comment", row["body"]),
                row["about"],
                row["about_guid"],
                row["body"],
                row["by"],
                cells.moment(row["at"]),
            )
            for row in self._rows(COMMENTS)
            if row["body"].strip() and row["about"] in ("study", "session", "highlight", "tag", "insight")
        ]
        bundle.tables = {
            name: rows
            for name in measured.COLUMNS
            if (rows := [[row[column] for column in measured.COLUMNS[name]] for row in self._rows(name)])
        }
        bundle.sessions = lambda: self._sessions(bundle)
        return bundle

    # --- parts ----------------------------------------------------------------------------------------------

    def _document(self, name: str) -> tuple[dict[str, Any], str]:
        """The front matter of a Markdown file, and what stands below it."""
        path = f"{self.base}{name}" if not name.startswith(self.base) else name
        if path not in self.package:
            raise PackageError(f"{name} is not in it. Export the study again and upload the new file.")
        text = self.package.text(path).replace("\r\n", "\n")
        opening, _, rest = text.partition("---\n")
        front, mark, body = rest.partition("---\n")
        if opening.strip() or not mark:
            raise PackageError(f"{name} does not begin with “---” and its fields. Export the study again.")
        fields: dict[str, Any] = {}
        for number, line in enumerate(front.splitlines(), 2):
            key, _, value = line.partition(": ")
            try:
                fields[key] = json.loads(value)
            except (ValueError, RecursionError) as error:
                raise PackageError(
                    f"line {number} of {name} can't be read: “{line[:60]}”. Put text in double quotes."
                ) from error
        return fields, body.removeprefix("\n")

    def _rows(self, name: str) -> Iterator[dict[str, str]]:
        path = f"{self.base}{name}"
        if path not in self.package:
            return
        table = csv.DictReader(io.StringIO(self.package.text(path, MAX_TABLE), newline=""))
        missing = [column for column in COLUMNS[name][:2] if column not in (table.fieldnames or ())]
        if missing:
            raise PackageError(f"{name} has no column “{missing[0]}”. Export the study again.")
        try:
            for number, row in enumerate(table, 2):
                if number > MAX_ROWS:
                    raise PackageError(f"{name} has more than {MAX_ROWS:,} rows. Export less at once.")
                yield {column: unguarded(row.get(column) or "").replace("\0", "") for column in COLUMNS[name]}
        except csv.Error as error:
            raise PackageError(f"{name} is no CSV table ({error}). Save it as CSV in UTF-8.") from error

    def _inside(self, folder: str) -> list[str]:
        start = f"{self.base}{folder}/".casefold()
        return sorted(
            name
            for name in self.package.names
            if name.casefold().startswith(start) and name.casefold().endswith(".md")
        )

    # --- what they say --------------------------------------------------------------------------------------

    def _tags(self, bundle: Bundle) -> None:
        groups: dict[str, Group] = {}
        for row in self._rows(TAGS):
            name = " ".join(row["name"].split())[:80]
            if not name:
                continue
            group = ""
            if row["group"].strip():
                group = names.known(row["group_guid"], "group", row["group"])
                position = row["group_position"]
                place = int(position) if position.isascii() and position.isdecimal() else None
                groups.setdefault(
                    group,
                    Group(
                        group,
                        " ".join(row["group"].split())[:80],
                        min(place or 0, 30_000) if place is not None else None,
                    ),
                )
            bundle.themes.append(
                Theme(
                    names.known(row["guid"], "tag", name),
                    name,
                    row["colour"] if row["colour"] in PALETTE else "",
                    row["guideline"],
                    group,
                    row["parent_guid"],
                    bool(row["of_study"]),
                    row["state"] if row["state"] in ("retired", "merged") else "",
                    row["into_guid"],
                )
            )
        bundle.groups = list(groups.values())

    def _claims(self) -> list[Claim]:
        evidence: dict[str, list[Evidence]] = defaultdict(list)
        for row in self._rows(EVIDENCE):
            evidence[row["insight_guid"]].append(
                Evidence(
                    *(row[key] for key in ("highlight_guid", "kind", "session_guid", "question", "task"))
                )
            )
        found = []
        for name in self._inside("insights"):
            head, body = self._document(name)
            title = cells.text(head.pop("title", ""))[:200] or "Untitled"
            guid = names.known(cells.text(head.pop("guid", "")), "insight", title)
            found.append(Claim(guid, title, body, tuple(evidence[guid]), head))
        return found

    def _sessions(self, bundle: Bundle) -> Iterator[Meeting]:
        bundle.losses.pop(MOVED, None)
        bundle.losses.pop(TWICE, None)
        marks = self._marks()
        for name in self._inside("sessions"):
            meeting = self._meeting(name)
            voices = {
                voice.label: voice for voice in reversed(meeting.voices)
            }  # the first that is named counts
            bundle.lose(TWICE, len(meeting.voices) - len(voices))
            meeting.voices = [voice for label, voice in sorted(voices.items())]
            for mark in marks.get(meeting.guid, ()):
                if _stands(mark, meeting.turns):
                    meeting.marks.append(mark)
                else:
                    bundle.lose(MOVED)
            yield meeting

    def _marks(self) -> dict[str, list[Mark]]:
        found: dict[str, list[Mark]] = defaultdict(list)
        for row in self._rows(HIGHLIGHTS):
            places = [row[key] for key in ("start_turn", "start_character", "end_turn", "end_character")]
            if not all(one.isascii() and one.isdecimal() and len(one) < 9 for one in places):
                places = ["0", "0", "0", "0"]
            first, start, last, end = map(int, places)
            found[row["session_guid"]].append(
                Mark(
                    names.known(row["guid"], "highlight", row["quote"]),
                    *(first - 1, start, last - 1, end),
                    row["quote"],
                    tuple(cells.taggings(row["taggings"])),
                    row["by"],
                    cells.moment(row["at"]),
                    tuple(cells.states(row["state"])),
                )
            )
        return found

    def _meeting(self, name: str) -> Meeting:
        head, body = self._document(name)
        placed = turns.read(body)
        if placed is None and body.strip():
            raise PackageError(
                f"{name} is not written turn by turn: a line such as “[00:01:02.000] Dana”, the words below "
                "it, an empty line. Export the study again."
            )
        said = [one.turn for one in placed or ()]
        title = cells.text(head.get("title"))[:200] or "Untitled"
        texts = sorted({turn.part.number for turn in said if turn.part})
        parts = [
            PartInfo(cells.text(one), cells.text(by), cells.moment(at))
            for one, by, at in cells.rows(head.get("parts"), 3)
        ]
        guid = names.known(cells.text(head.get("guid")), "session", title)
        missing = [PartInfo(names.derived(guid, "part", str(number))) for number in texts[len(parts) :]]
        duration = head.get("duration_ms")
        properties = head.get("properties")
        return Meeting(
            guid,
            title,
            said,
            parts=[*parts[: len(texts)], *missing],
            voices=[
                Voice(
                    cells.text(label)[:200],
                    cells.text(role),
                    cells.text(who),
                    cells.text(person),
                    bool(guessed),
                )
                for label, role, who, person, guessed in cells.rows(head.get("speakers"), 5)
            ],
            kind=cells.text(head.get("kind")),
            held_on=cells.day(head.get("held_on")),
            participant=cells.text(head.get("participant")),
            moderator=cells.text(head.get("moderator")),
            by=cells.text(head.get("by")),
            at=cells.moment(head.get("at")),
            format=cells.text(head.get("format")),
            duration_ms=duration if isinstance(duration, int) and 0 <= duration < 2**31 else None,
            source_name=cells.text(head.get("source_name"))[:200],
            properties=properties if isinstance(properties, dict) else {},
        )


def _address(text: str, bundle: Bundle) -> str:
    if not text or (len(text) <= MAX_ADDRESS and _ADDRESS.fullmatch(text)):
        return text
    bundle.lose(NO_ADDRESS)
    return ""


def _stands(mark: Mark, said: list[turns.Turn]) -> bool:
    """Whether the words are where the mark says; one that has lost its place needs turns to lie near only."""
    if not 0 <= mark.first <= mark.last < len(said) or said[mark.first].part != said[mark.last].part:
        return False
    if mark.lost:
        return True
    first, last = said[mark.first].text, said[mark.last].text
    if mark.start > len(first) or mark.end > len(last):
        return False
    if mark.first == mark.last:
        return mark.start < mark.end and first[mark.start : mark.end] == mark.quote
    middle = [turn.text for turn in said[mark.first + 1 : mark.last]]
    return "\n".join([first[mark.start :], *middle, last[: mark.end]]) == mark.quote
