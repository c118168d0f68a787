"""A table of highlights as a `Bundle`: each quote is looked for in the sessions of a study."""

from datetime import date
from pathlib import PurePath

from research.formats import highlight_table as layout
from research.formats import names
from research.formats.bundle import Bundle, Mark, Meeting, Memo, Tagging, Theme
from research.formats.turns import Part, Turn
from research.models import Cue, Session, Tag

MOST_WITHOUT_SESSION = 300  # rows that are looked for in every session


def bundle_of(table, columns, study):
    """The highlights that the rows say; `Bundle.faults` are the rows that say none.

    `columns` is {field: column}, as `layout.guess` gives it.
    """
    return _Table(table, columns, study).bundle()


class _Table:
    def __init__(self, table, columns, study):
        self.table, self.columns, self.study = table, columns, study
        self.sessions = list(Session.objects.filter(study=study).order_by("held_on", "pk"))
        self.by_title: dict[str, list[Session]] = {}
        for session in self.sessions:
            # other tools call a document by the name of its file
            for name in {session.title, session.source_name, PurePath(session.source_name).stem} - {""}:
                self.by_title.setdefault(_key(name), []).append(session)
        self.by_guid = {str(session.guid): session for session in self.sessions}
        self.known_tags = {name.casefold() for name in Tag.objects.live().values_list("name", flat=True)}
        self.said = {}
        self.marks = {}
        self.themes = {}
        self.memos = []
        self.faults = []

    def bundle(self):
        for row in self.table.rows:
            why = self._row(row)
            if why:
                self.faults.append((row.line, why, self._cell(row, "quote")[:120]))
        return Bundle(
            name=self.study.title,
            themes=list(self.themes.values()),
            memos=self.memos,
            faults=self.faults,
            sessions=self._meetings,
        )

    def _cell(self, row, field):
        column = self.columns.get(field)
        return row.cells[column] if column is not None and column < len(row.cells) else ""

    def _row(self, row):
        """Take a row; the reason in words if it can't be taken."""
        quote = self._cell(row, "quote")
        if not quote.strip():
            return "There is no quote in this row."
        sessions = self._sessions_of(row)
        if isinstance(sessions, str):
            return sessions
        found = [(session, place) for session in sessions for place in self._said(session).find(quote)]
        if not found:
            where = f"“{sessions[0].title}”" if len(sessions) == 1 else "any session of this study"
            return f"These words do not stand in {where}. A quote must be there word for word."
        if len(found) > 1:
            found = self._narrowed(row, found)
        if not found:
            return "The words stand there, but not at that time, by that speaker or behind that text."
        if len(found) > 1:
            return (
                f"The words stand there {len(found)} times. Say which by a column with the time, the speaker "
                "or the text before it."
            )
        self._take(row, *found[0])
        return ""

    def _sessions_of(self, row):
        """The sessions that the row may mean; or in words why none."""
        named = self._cell(row, "session").strip()
        if not named:
            if len(self.table.rows) > MOST_WITHOUT_SESSION and len(self.sessions) > 1:
                return "The row names no session. In a table this long each row must."
            return self.sessions or "The study has no sessions yet. Add them first."
        found = [self.by_guid[named]] if named in self.by_guid else self._called(named)
        if not found:
            return f"The study has no session called “{named[:80]}”."
        day = _day(self._cell(row, "date"))
        if len(found) > 1 and day:
            found = [session for session in found if session.held_on == day]
        return found or f"No session called “{named[:80]}” was held on {day}."

    def _called(self, named):
        return self.by_title.get(_key(named)) or self.by_title.get(_key(PurePath(named).stem), [])

    def _said(self, session):
        if session.pk not in self.said:
            if len(self.said) > 20:  # rows come session by session; memory stays flat where they do
                self.said.pop(next(iter(self.said)))
            self.said[session.pk] = layout.Said(turns_of(session))
        return self.said[session.pk]

    def _narrowed(self, row, found):
        beside = {key: self._cell(row, key) for key in ("time", "speaker", "before")}
        kept = []
        for session in dict.fromkeys(session for session, _ in found):
            places = [place for one, place in found if one == session]
            if len(found) > 1 and len(places) == 1:
                places *= 2  # `narrowed` leaves a single place alone, and here others compete
            for place in dict.fromkeys(layout.narrowed(self._said(session), places, **beside)):
                kept.append((session, place))
        return kept

    def _take(self, row, session, place):
        taggings = []
        for name in layout.tag_names(self._cell(row, "tags"), self.known_tags):
            guid = names.derived("tag", name.casefold())
            self.themes.setdefault(guid, Theme(guid, name))
            taggings.append(Tagging(guid))
        turns = self._said(session).turns
        key = (place.first, place.start, place.last, place.end)
        given = self._cell(row, "id").strip()
        guid = names.known(given, str(session.guid), *map(str, key))
        marks = self.marks.setdefault(session.pk, {})
        mark = marks.get(key)
        if mark:
            guid, taggings = mark.guid, list(dict.fromkeys([*mark.taggings, *taggings]))
        marks[key] = Mark(guid, *key, _quote(turns, place), tuple(taggings))
        note = self._cell(row, "note").strip()
        if note:
            memo = names.derived("note", str(session.guid), *map(str, key), note)
            self.memos.append(Memo(memo, "highlight", guid, note[:10_000]))

    def _meetings(self):
        for session in self.sessions:
            marks = self.marks.get(session.pk)
            if marks:
                yield Meeting(
                    str(session.guid),
                    session.title,
                    turns_of(session),
                    [marks[key] for key in sorted(marks)],
                )


def turns_of(session):
    """The session's cues as `Turn`s, in order."""
    parts = {part.pk: part for part in session.parts.all()}
    rows = Cue.objects.filter(session=session).order_by("position")
    return [
        Turn(
            cue.text,
            cue.speaker,
            cue.start_ms,
            cue.end_ms,
            Part(cue.part_id, parts[cue.part_id].kind, parts[cue.part_id].title) if cue.part_id else None,
        )
        for cue in rows
    ]


def _quote(turns, place):
    if place.first == place.last:
        return turns[place.first].text[place.start : place.end]
    middle = [turn.text for turn in turns[place.first + 1 : place.last]]
    first, last = turns[place.first].text[place.start :], turns[place.last].text[: place.end]
    return "\n".join([first, *middle, last])


def _key(title):
    return " ".join(title.split()).casefold()


def _day(text):
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
