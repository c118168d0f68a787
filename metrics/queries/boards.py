"""What a board shows: for each panel the figures, the picture, and what one has to know of the number."""

import datetime as dt
from bisect import bisect_left
from dataclasses import dataclass

from django.db import connection

from metrics.models import Incident, Kpi, KpiTarget, Panel
from metrics.models.dashboard import RANGE_DAYS, BoardRange
from metrics.queries import Figures, figures
from metrics.queries.badges import Facts
from metrics.queries.quarantine import Quarantine, quarantine
from metrics.stats import picture

ROWS = 8  # of a table
MOST_POINTS = 120  # of a picture
# The values of a KPI as its pinned version counts them: that version's own, and the series before it.
_SERIES = """
SELECT kpi_id, pinned_id, array_agg(extract(epoch FROM at)::bigint ORDER BY at),
  array_agg(mean ORDER BY at), array_agg(version_id ORDER BY at)
FROM (
  SELECT pin.kpi_id, pin.version_id AS pinned_id, max(p.version_id) AS version_id,
    coalesce(avg(p.value) FILTER (WHERE p.version_id = pin.version_id), avg(p.value)) AS mean,
    date_trunc(CASE k.grain WHEN 'hour' THEN 'day' ELSE 'hour' END, p.period, 'UTC') AS at
  FROM unnest(%s::bigint[], %s::bigint[]) AS pin (kpi_id, version_id)
  JOIN metrics_kpi k ON k.id = pin.kpi_id
  JOIN metrics_kpiversion pinned ON pinned.id = pin.version_id
  JOIN metrics_point p ON p.kpi_id = pin.kpi_id AND p.slice_id IS NULL
    AND p.period >= %s - make_interval(days =>
      greatest(%s, CASE k.grain WHEN 'week' THEN 84 WHEN 'month' THEN 366 ELSE 1 END))
  JOIN metrics_kpiversion v ON v.id = p.version_id
  WHERE p.version_id = pin.version_id OR (NOT p.beside AND v.number < pinned.number)
  GROUP BY 1, 2, 5
) p GROUP BY 1, 2
"""
_BEFORE = {"hour": 1, "day": 7, "week": 7}  # days to the value that one is compared with


@dataclass(frozen=True, slots=True)
class Tile:
    """A panel with all it shows. `points` are (second, value), of hourly KPIs the means of days; `breaks` the
    seconds from which another definition counted. Where the KPI is counted otherwise by now than the panel
    was made for, its value is the last one of the panel's own definition."""

    panel: Panel
    kpi: Kpi
    figures: Figures
    points: list
    breaks: list
    target: KpiTarget | None
    incidents: list
    quarantine: Quarantine | None
    at: dt.datetime

    @property
    def title(self):
        return self.panel.title or self.kpi.name

    @property
    def moved_on(self):
        """Whether the KPI is counted otherwise by now than the panel was made for."""
        return self.panel.version_id != self.kpi.count_version_id

    @property
    def period(self):
        if not self.moved_on:
            return self.figures.period
        return dt.datetime.fromtimestamp(self.points[-1][0], dt.UTC) if self.points else None

    @property
    def value(self):
        if not self.moved_on:
            return self.figures.value
        return self.points[-1][1] if self.points else None

    @property
    def before(self):
        if not self.moved_on:
            return self.figures.before
        if self.kpi.grain not in _BEFORE:
            return self.points[-2][1] if len(self.points) > 1 else None
        earlier = self.points[-1][0] - _BEFORE[self.kpi.grain] * 86_400 if self.points else 0
        return dict(self.points).get(earlier)

    @property
    def late_since(self):
        """When the next value should have been there, or None if it is not overdue."""
        due = self.kpi.due_after(self.period) if self.period else None
        return due if due and due < self.at else None

    @property
    def picture(self):
        return self.drawn(75.0 + 225.0 * self.panel.width, 90.0)

    def drawn(self, width, height):
        """The picture of the series in the board's time, with target, open incidents and breaks."""
        aim = self.target
        points = self._thinned()
        times = [at for at, value in points if value is not None]
        ends = [int(one.window_to.timestamp()) for one in self.incidents]
        # an incident is marked where the line has its last affected period, however many it draws as one
        marks = [
            times[min(bisect_left(times, end), len(times) - 1)] for end in ends if times and end >= times[0]
        ]
        return picture.draw(
            points,
            width=width,
            height=height,
            target=aim.value if aim else None,
            low=aim.low if aim else None,
            high=aim.high if aim else None,
            marked=marks,
            breaks=self.breaks,
        )

    def _thinned(self):
        thinned = picture.thinned(self.points, MOST_POINTS)
        size = -(-len(self.points) // MOST_POINTS) or 1
        return _with_gaps(thinned, _LONGEST[self.kpi.grain] * size * 86_400)

    @property
    def first_shown(self):
        return self._day(0)

    @property
    def last_shown(self):
        return self._day(-1)

    def _day(self, place):
        """ "24 Aug" of the first or last point; the month alone of monthly ones."""
        if not self.points:
            return ""
        moment = dt.datetime.fromtimestamp(self.points[place][0], dt.UTC)
        return f"{moment:%b %Y}" if self.kpi.grain == "month" else f"{moment.day} {moment:%b}"

    @property
    def rows(self):
        """[(period, value, value before)] of the newest, newest first."""
        newest = self.points[-ROWS - 1 :]
        before = [None, *(value for _, value in newest)]
        rows = [
            (dt.datetime.fromtimestamp(at, dt.UTC), value, past)
            for (at, value), past in zip(newest, before[: len(newest)], strict=True)
        ]
        return rows[: -ROWS - 1 : -1]

    @property
    def share(self):
        """How much of its target the value is, from 0 to 1; None where that makes no sense."""
        aim, value = self.target and self.target.value, self.value
        if not aim or value is None or aim <= 0 or value < 0:
            return None
        return (
            min(value / aim, 1.0) if self.kpi.direction != "down" else min(aim / value, 1.0) if value else 1.0
        )

    @property
    def on_target(self):
        """True, False, or None where there is no target or no value."""
        aim, value = self.target, self.value
        if aim is None or value is None:
            return None
        if aim.value is not None and self.kpi.direction != "range":
            return value >= aim.value if self.kpi.direction == "up" else value <= aim.value
        if aim.low is None and aim.high is None:
            return None
        return (aim.low is None or value >= aim.low) and (aim.high is None or value <= aim.high)

    def facts(self):
        """What of the KPI decides about the board's badges."""
        return Facts(self.kpi, self.period, len(self.incidents), self.quarantine)


def panels_of(board):
    return list(board.panels.select_related("kpi", "version").order_by("position", "pk"))


def tiles(panels, *, days, at):
    """A `Tile` for each panel, in five queries however many there are."""
    kpis = {panel.kpi_id: panel.kpi for panel in panels}
    if not kpis:
        return []
    shown = figures(list(kpis.values()))
    series = _series({(panel.kpi_id, panel.version_id) for panel in panels}, days, at)
    aims = {aim.kpi_id: aim for aim in KpiTarget.objects.at(at.date()).filter(kpi__in=kpis)}
    held = quarantine(kpis, at=at)
    incidents: dict[int, list] = {}
    for one in Incident.objects.open().filter(kpi__in=kpis).order_by("-severity", "pk"):
        incidents.setdefault(one.kpi_id, []).append(one)
    found = []
    for panel in panels:
        points, breaks = series.get((panel.kpi_id, panel.version_id), ([], []))
        pk = panel.kpi_id
        found.append(
            Tile(
                *(panel, panel.kpi, shown[pk], points, breaks, aims.get(pk)),
                incidents=incidents.get(pk, []),
                quarantine=held.get(pk),
                at=at,
            )
        )
    return found


def facts_of(shown):
    """The `Facts` of the KPIs on a board, each once."""
    return list({tile.kpi.pk: tile.facts() for tile in shown}.values())


def days_of(board, wanted=""):
    """(range, its days): the one that is asked for, or else the board's own."""
    chosen = BoardRange(wanted) if wanted in BoardRange.values else BoardRange(board.range)
    return chosen, RANGE_DAYS[chosen]


def _series(pins, days, at):
    """{(KPI id, version id): (points, breaks)}, in one query."""
    kpis, versions = zip(*sorted(pins), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_SERIES, [list(kpis), list(versions), at, days])
        found = {}
        for kpi, pinned, times, values, counted in cursor.fetchall():
            breaks = [times[n] for n in range(1, len(times)) if counted[n] != counted[n - 1]]
            found[kpi, pinned] = (list(zip(times, values, strict=True)), breaks)
        return found


_LONGEST = {"hour": 1.5, "day": 1.5, "week": 8.0, "month": 32.0}  # days between two neighbours


def _with_gaps(points, longest):
    """The points with a None between two that lie further apart, in seconds, so that a gap is seen."""
    filled: list[tuple[int, float | None]] = []
    for at, value in points:
        if filled and at - filled[-1][0] > longest:
            filled.append(((filled[-1][0] + at) // 2, None))
        filled.append((at, value))
    return filled
