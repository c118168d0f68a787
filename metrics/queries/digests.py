"""A board's week in words and as a picture."""

import datetime as dt
from dataclasses import dataclass

from metrics.formats import digest_picture
from metrics.queries import boards
from metrics.stats import picture

DAYS = 90
MOST_CARDS = 24  # in the picture; the rest stands below it in numbers
COLOURS = {"line": "#2f5d50", "target": "#8a5200", "band": "#e4eeea", "mark": "#a8272e", "break": "#8d867a"}


@dataclass(frozen=True, slots=True)
class Line:
    """One panel in words."""

    title: str
    value: str
    period: str
    change: str
    verdict: str  # "better", "worse" or ""
    notes: list
    url: str


@dataclass(frozen=True, slots=True)
class Digest:
    name: str
    monday: dt.date
    lines: list
    tiles: list
    held: list

    @property
    def summary(self):
        """ "3 better, 1 worse, 2 not for decisions, of 8"."""
        better = sum(one.verdict == "better" for one in self.lines)
        worse = sum(one.verdict == "worse" for one in self.lines)
        parts = [f"{better} better", f"{worse} worse"]
        if self.held:
            parts.append(f"{len(self.held)} not for decisions")
        return f"{', '.join(parts)}, of {len(self.lines)}"

    @property
    def when(self):
        return f"{self.monday.day} {self.monday:%b %Y}"

    @property
    def warning(self):
        return "" if not self.held else f"Not for decisions now: {', '.join(self.held)}"


def monday_of(day):
    return day - dt.timedelta(days=day.weekday())


def digest(board, *, at):
    """The `Digest` of a board as it is at `at`."""
    tiles = boards.tiles(boards.panels_of(board), days=DAYS, at=at)
    held = sorted({tile.kpi.name for tile in tiles if tile.quarantine})
    return Digest(board.name, monday_of(at.date()), [_line(tile) for tile in tiles], tiles, held)


def png(found):
    """The picture of a digest."""
    cards = [_card(tile, line) for tile, line in zip(found.tiles, found.lines, strict=True)]
    rest = len(cards) - MOST_CARDS
    return digest_picture.png(
        {
            "title": found.name,
            "when": found.when,
            "warning": found.warning,
            "cards": cards[:MOST_CARDS],
            "more": f"And {rest} more, in numbers below." if rest > 0 else "",
        }
    )


def _line(tile):
    kpi = tile.kpi
    changed = kpi.show_change(tile.before, tile.value) if tile.before is not None else ""
    return Line(
        title=tile.title,
        value=kpi.show(tile.value),
        period=kpi.show_period(tile.period) if tile.period else "no values yet",
        change=changed,
        verdict=kpi.judge(tile.before, tile.value),
        notes=_notes(tile),
        url=kpi.get_absolute_url(),
    )


def _notes(tile):
    notes = []
    if tile.quarantine:
        notes.append(f"Do not use for decisions: {tile.quarantine.words}")
    elif tile.incidents:
        number = len(tile.incidents)
        notes.append("An incident is open" if number == 1 else f"{number} incidents are open")
    if tile.late_since:
        notes.append(f"A value is overdue since {tile.late_since.day} {tile.late_since:%b}")
    if tile.moved_on:
        notes.append("By an older definition than the one that holds now")
    return notes


def _card(tile, line):
    drawn = tile.drawn(270.0, 70.0)
    axis = "" if drawn.is_empty else f"{tile.kpi.show(drawn.low)} to {tile.kpi.show(drawn.high)}, {DAYS} days"
    return {
        "name": line.title,
        "value": line.value,
        "period": line.period,
        "change": line.change,
        "tone": line.verdict,
        "svg": "" if drawn.is_empty else picture.svg(drawn, COLOURS),
        "axis": axis,
        "notes": line.notes,
    }
