"""What a REFI-QDA file means here: sources are sessions, codes tags, selections highlights."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from research.formats import foreign_text, names, turns
from research.formats.bundle import (
    Bundle,
    Meeting,
    Memo,
    Participant,
    PartInfo,
    Person,
    Tagging,
)
from research.formats.packages import Package, PackageError
from research.formats.turns import Placed

from . import fields
from .codes import theme_guid, themes_of, walk
from .places import Marked, anchor_of, mark_of, person_guid, timed
from .positions import choose
from .project import Case, Note, Project, RefiError, Selection, Source
from .reading import project_part, read_project, text_of

NO_TEXT = "Sources whose text cannot be read"
NO_WORDS = "Codings that mark no words"
NO_CODE = "Codings with a code that is not in the codebook"
SAME_AGAIN = "Codings that repeat another: the same words, the same code"
NO_TIMES = "Codings of a recording where the transcript has no times"
EMPTY = "Sources without words"


def bundle_of(package: Package) -> Bundle:
    """The project in the archive. Its sessions are read from there each time they are asked for."""
    return _Incoming(package, read_project(package)).bundle()


def codebook_bundle(project: Project) -> Bundle:
    """The tags and groups of a codebook."""
    bundle = Bundle(name=project.name, origin=project.origin, losses=dict(project.losses))
    bundle.groups, bundle.themes = themes_of(project)
    return bundle


class _Incoming:
    def __init__(self, package: Package, project: Project) -> None:
        self.package, self.project = package, project
        self.path = project_part(package) or ""
        self.notes = {note.guid: note for note in project.notes}
        self.told: set[str] = set()  # memos that are taken, by guid
        self.linked: dict[str, list[str]] = defaultdict(list)  # NVivo ties annotations by links
        for link in project.links:
            if link.origin in self.notes:
                self.linked[link.target].append(link.origin)
            elif link.target in self.notes:
                self.linked[link.origin].append(link.target)
        self.variables = {one.guid: one.name for one in project.variables}
        self.cases = {case.guid: case for case in project.cases}
        self.of_source: dict[str, list[Case]] = defaultdict(list)
        for case in project.cases:
            for source in case.sources:
                self.of_source[source].append(case)

    def bundle(self) -> Bundle:
        project = self.project
        bundle = Bundle(name=project.name, origin=project.origin)
        bundle.people = [
            Person(names.known(user.guid, "person", user.name), user.name) for user in project.users
        ]
        bundle.groups, bundle.themes = themes_of(project)
        self.themes = {theme.guid: theme.name for theme in bundle.themes}
        bundle.participants = self._participants()
        bundle.lose("Links between things", len(project.links) - sum(map(len, self.linked.values())))
        bundle.lose("Groups of sources", sum(bool(one.sources) for one in project.sets))
        for what, number in project.losses.items():
            bundle.lose(what, number)
        self._memos(bundle)
        self.losses = dict(bundle.losses)
        bundle.sessions = lambda: self._sessions(bundle)
        return bundle

    # --- memos ----------------------------------------------------------------------------------------------

    def _memos(self, bundle: Bundle) -> None:
        """What is written about the project, its codes and its sources; those of words come with these."""
        project = self.project
        told = _Told(bundle, self)
        told.described("study", "", project.description, project.user, project)
        for code in walk(project.codes):
            for note in [*code.notes, *self.linked[code.guid]]:
                told.note("tag", theme_guid(code), note)
        used = set()
        for source in project.sources:
            used |= {*source.notes, *self.linked[source.guid]}
            used |= {note for coding in source.codings for note in coding.notes}
            for selection in (*source.selections, *source.spans):
                used |= {*selection.notes, *self.linked[selection.guid]}
                used |= {note for coding in selection.codings for note in coding.notes}
        for guid in self.notes:
            if guid not in used and guid not in told.taken:
                told.note("study", "", guid)

    def words_of(self, note: Note) -> str:
        """A note's text, under its title where that says more."""
        try:
            words = text_of(self.package, self.path, note).replace("\r\n", "\n").strip()
        except (RefiError, PackageError):
            words = ""
        words = words.replace("\0", "")
        title = " ".join(note.name.split())
        start = title.rstrip("….").rstrip()
        if not title or " ".join(words.split()).startswith(start):
            return words
        return f"**{title}**\n\n{words}".strip()

    # --- who took part --------------------------------------------------------------------------------------

    def _participants(self) -> list[Participant]:
        wanted = {case.guid for cases in self.of_source.values() for case in cases}
        for source in self.project.sources:
            wanted |= self._cases_coded(source)
        self.project.lose("Cases without a source", len(self.cases.keys() - wanted))
        found = []
        for guid, case in self.cases.items():
            if guid in wanted:
                said = {
                    fields.CASE.get(self.variables.get(key, "").casefold(), ""): value
                    for key, value in case.values.items()
                }
                said.pop("", None)
                found.append(Participant(names.known(guid, "case"), case.name[:120] or "Unnamed", **said))
        return found

    def _cases_coded(self, source: Source) -> set[str]:
        """The cases that the source or words of it were coded with: so NVivo says whom they belong to."""
        codings = [*source.codings, *(coding for one in source.selections for coding in one.codings)]
        return {coding.code for coding in codings} & self.cases.keys()

    def _case_of(self, source: Source) -> str:
        """The one case that the source belongs to; of several none."""
        found = {case.guid for case in self.of_source[source.guid]} | self._cases_coded(source)
        return names.known(found.pop(), "case") if len(found) == 1 else ""

    # --- sessions -------------------------------------------------------------------------------------------

    def _sessions(self, bundle: Bundle) -> Iterator[Meeting]:
        """Losses are counted afresh each time the sessions are read."""
        bundle.losses, bundle.unread = dict(self.losses), []
        for number, source in enumerate(self.project.sources):
            name = " ".join(source.name.split())[:200] or f"Source {number + 1}"
            try:
                text = text_of(self.package, self.path, source)
            except (RefiError, PackageError) as error:
                bundle.lose(NO_TEXT)
                bundle.unread.append((name, str(error)))
                continue
            meeting = self._meeting(source, text, number, bundle)
            if meeting.turns:
                yield meeting
            else:
                bundle.lose(EMPTY)
                bundle.unread.append((name, "it has no words"))

    def _meeting(self, source: Source, text: str, number: int, bundle: Bundle) -> Meeting:
        placed = turns.read(text)
        if placed is None:
            times = sorted((point.position, point.ms) for point in source.sync_points)
            placed = foreign_text.turns_of(text, times)
        guid = names.known(source.guid, self.project.name, "source", str(number))
        values = {fields.SOURCE[key]: value for key, value in source.values.items() if key in fields.SOURCE}
        meeting = Meeting(
            guid,
            " ".join(source.name.split())[:200] or "Untitled",
            [one.turn for one in placed],
            kind=values.get("kind", ""),
            held_on=_day(values.get("held_on", "")) or (source.at.date() if source.at else None),
            participant=self._case_of(source),
            moderator=values.get("moderator", ""),
            by=person_guid(source.user),
            at=source.at,
            source_name=source.name[:200],
        )
        parts = {turn.part.number: turn.part for turn in meeting.turns if turn.part}
        meeting.parts = [PartInfo(names.derived(guid, "part", str(one))) for one in sorted(parts)]
        ends = [turn.end_ms or turn.start_ms for turn in meeting.turns if turn.start_ms is not None]
        meeting.duration_ms = max((end for end in ends if end is not None), default=None)
        self._mark(meeting, source, text, placed, bundle)
        return meeting

    def _mark(
        self, meeting: Meeting, source: Source, text: str, placed: list[Placed], bundle: Bundle
    ) -> None:
        told = _Told(bundle, self)
        told.described("session", meeting.guid, source.description, source.user, source)
        for note in [*source.notes, *self.linked[source.guid]]:
            told.note("session", meeting.guid, note)
        told.values(meeting.guid, source, self.variables)
        self._whole(meeting, source, told, bundle)
        way = choose(text, source.selections, self.project.origin)
        found: dict[tuple[int, int, int, int], Marked] = {}
        for selection in source.selections:
            self._place(selection, anchor_of(placed, way, selection), found, bundle)
        for span in source.spans:
            anchor = timed(meeting.turns, span.start, span.end)
            if anchor is None:
                bundle.lose(NO_TIMES, max(1, len(span.codings)))
            else:
                self._place(span, anchor, found, bundle)
        for place, marked in sorted(found.items()):
            meeting.marks.append(mark_of(place, marked, meeting.turns))
            for selection in marked.selections:
                told.described("highlight", marked.guid, selection.description, selection.user, selection)
                notes = [*selection.notes, *self.linked[selection.guid]]
                notes += [note for coding in selection.codings for note in coding.notes]
                for note in dict.fromkeys(notes):
                    told.note("highlight", marked.guid, note)

    def _whole(self, meeting: Meeting, source: Source, told: "_Told", bundle: Bundle) -> None:
        """A tag is of words here: what the source as a whole was coded with is kept as a memo."""
        codings = [coding for coding in source.codings if coding.code not in self.cases]
        known = [self.themes.get(names.known(coding.code, "code"), "") for coding in codings]
        bundle.lose(NO_CODE, known.count(""))
        told.coded(meeting.guid, source, [name for name in dict.fromkeys(known) if name])
        for note in dict.fromkeys(note for coding in codings for note in coding.notes):
            told.note("session", meeting.guid, note)

    def _place(
        self,
        selection: Selection,
        anchor: tuple[int, int, int, int] | None,
        found: "dict[tuple[int, int, int, int], Marked]",
        bundle: Bundle,
    ) -> None:
        codings = [coding for coding in selection.codings if coding.code not in self.cases]
        if not codings and selection.codings:
            return  # it says which case the words belong to
        if anchor is None:
            bundle.lose(NO_WORDS, max(1, len(codings)))
            return
        marked = found.setdefault(anchor, Marked(selection))
        marked.selections.append(selection)
        for coding in codings:
            theme = names.known(coding.code, "code")
            if theme not in self.themes:
                bundle.lose(NO_CODE)
                continue
            by, at = person_guid(coding.user or selection.user), coding.at or selection.at
            given = marked.taggings.get(theme)
            if given is None:
                marked.taggings[theme] = Tagging(theme, by, at)
            elif not by or by in (given.by, *(who for who, _ in given.seconds)):
                bundle.lose(SAME_AGAIN)
            else:  # two coders agree
                marked.taggings[theme] = replace(given, seconds=(*given.seconds, (by, at)))


class _Told:
    """Collects memos, each once."""

    def __init__(self, bundle: Bundle, incoming: _Incoming) -> None:
        self.bundle, self.incoming = bundle, incoming
        self.taken: set[str] = set()

    def note(self, about: str, guid: str, note_guid: str) -> None:
        note = self.incoming.notes.get(note_guid)
        self.taken.add(note_guid)
        if note is not None:
            name = names.known(note.guid, "note", note.name)
            self._add(name, about, guid, self.incoming.words_of(note), note)

    def described(
        self, about: str, guid: str, body: str, user: str, thing: Project | Source | Selection
    ) -> None:
        name = names.derived(guid, about, "description", getattr(thing, "guid", ""))
        self._add(name, about, guid, body.replace("\r\n", "\n").strip(), thing)

    def values(self, guid: str, source: Source, variables: dict[str, str]) -> None:
        """What variables say of a source that has no field here is kept as a memo."""
        said = [
            f"- {variables.get(key) or 'Variable'}: {value}"
            for key, value in source.values.items()
            if key not in fields.SOURCE
        ]
        if said:
            self._add(
                names.derived(guid, "values"), "session", guid, "\n".join(["Variables:", *said]), source
            )

    def coded(self, guid: str, source: Source, themes: list[str]) -> None:
        if themes:
            body = f"The whole source was coded with: {', '.join(themes)}"
            self._add(names.derived(guid, "coded"), "session", guid, body, source)

    def _add(
        self, name: str, about: str, guid: str, body: str, thing: Project | Source | Selection | Note
    ) -> None:
        if body and name not in self.incoming.told:
            self.incoming.told.add(name)
            self.bundle.memos.append(
                Memo(name, about, guid, body.replace("\0", "")[:10_000], person_guid(thing.user), thing.at)
            )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
