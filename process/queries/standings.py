"""How key results stand on a day: value, progress, pace, confidence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings

from process.formulas import okrs
from process.models import CheckIn, CycleState, KeyResult, Kind, Milestone, Source
from prodops import progress
from prodops.clock import company_day

from .keeping import Slot, keeping_of, slots
from .readings import Reading, read_all

STALE_AFTER = 2  # weeks without a check-in


def week_at(at):
    """The first day of the week at `at`: weeks turn over for everybody at once."""
    return okrs.week_of(company_day(at), settings.WEEK_STARTS_ON)


@dataclass(frozen=True)
class Standing:
    """How a key result stands on a day: its value and what it comes from, progress, pace, confidence.

    `slots` are the periods of one that keeps to a level; `steps` its milestones, or those of the `thing` it
    follows; `followed` is the key result at the end of what it follows.
    """

    key_result: KeyResult
    week: dt.date  # the current one
    time: float  # the share of the cycle that is over
    active: bool
    checked: CheckIn | None  # the last check-in
    reading: Reading | None  # where it follows a KPI, by itself or through another key result
    slots: list[Slot] = field(default_factory=list)
    steps: list = field(default_factory=list)
    followed: Standing | None = None
    thing: progress.Thing | None = None

    @property
    def live(self):
        """Its cycle is not closed, so its numbers move."""
        return self.key_result.objective.cycle.open

    @property
    def measured(self):
        """Its value comes from somewhere by itself: a KPI, another key result, the roadmap."""
        if self.thing is not None or (self.followed is not None and self.followed.value is not None):
            return True
        return self.reading is not None and self.reading.value is not None

    @property
    def value(self):
        """What its source says where that has a value, else what was last said; None before anything.

        Of milestones it is the percent done, of an ordinal one the place of its level.
        """
        if not self.live:
            return self.key_result.current
        if self.key_result.kind == Kind.MILESTONES:
            return 100 * okrs.done_share(self._steps) if self.steps else self.key_result.current
        if self.followed is not None and self.followed.value is not None:
            return self.followed.value
        if self.reading is not None and self.reading.value is not None:
            return self.reading.value
        return self.key_result.current

    @property
    def _steps(self):
        return [(step.done, step.weight) for step in self.steps]

    @property
    def keeping(self):
        """Of a key result that keeps to a level: periods met and periods due; else None."""
        row = self.key_result
        return keeping_of(self.slots, row.low, row.high) if row.keeps else None

    @cached_property
    def raw(self):
        """The share of the way gone, unclamped; nothing said is no way gone. A closed cycle's stands."""
        row = self.key_result
        if not self.live and row.closed_share is not None:
            return row.closed_share
        return self.share_against(row.start, row.target, row.low, row.high)

    @cached_property
    def agreed_raw(self):
        """The same against what stood when the cycle became active; None where nothing was changed since."""
        row = self.key_result
        if not row.moved_since_agreed:
            return None
        return self.share_against(row.agreed_start, row.agreed_target, row.agreed_low, row.agreed_high)

    def share_against(self, start, target, low, high):
        """The raw share of the way from `start` to `target`; of one that keeps, of periods in bounds."""
        row, value = self.key_result, self.value
        if row.keeps:
            return keeping_of(self.slots, low, high).share
        if row.kind == Kind.MILESTONES:
            return 0.0 if value is None else value / 100
        if value is None or start is None or target is None or start == target:
            return 0.0
        return okrs.progress(start, target, value)

    @property
    def share(self):
        return okrs.clamped(self.raw)

    @property
    def percent(self):
        return round(self.raw * 100)

    @property
    def expected(self):
        """The share it should have by now to be on pace: the time gone or, of one that keeps, all of it."""
        return 1.0 if self.key_result.keeps else self.time

    @property
    def pace(self):
        if self.key_result.keeps:
            nothing_due = not any(slot.counts for slot in self.slots)
            return okrs.Pace.EARLY if self.live and nothing_due else okrs.pace(self.raw, 1.0)
        return okrs.pace(self.raw, self.time)

    @property
    def holding(self):
        """Whether a guardrail holds; None where nothing is known yet.

        Its level is within bounds or, of one that has a way to go, no worse than at its start.
        """
        row, value = self.key_result, self.value
        if value is None:
            return None
        return okrs.kept(value, row.low, row.high) if row.keeps else self.raw >= 0

    @property
    def confidence(self):
        return self.checked.confidence if self.checked else None

    @property
    def done(self):
        """Somebody has checked in this week."""
        return self.checked is not None and self.checked.week >= self.week

    @property
    def waits(self):
        """Somebody still has to check in this week."""
        return self.active and not self.done and self.key_result.objective.counted

    @property
    def silent_weeks(self):
        """Weeks since the last check-in; None before the first."""
        return max((self.week - self.checked.week).days // 7, 0) if self.checked else None

    @property
    def stale(self):
        """Nobody has said anything for long, though the cycle is on."""
        if not self.active:
            return False
        if self.silent_weeks is None:
            return self.time >= okrs.EARLY_UNTIL * STALE_AFTER
        return self.silent_weeks >= STALE_AFTER

    @property
    def doubts(self):
        """What about its data is not settled, waived or not: `Suspicion`s."""
        return self.reading.suspicions if self.reading is not None and self.live else ()

    @property
    def doubtful(self):
        return bool(self.doubts)

    @property
    def quarantine(self):
        """Why the KPI's data are not to be decided on, or None."""
        return self.reading.quarantine if self.reading is not None and self.doubts else None

    @property
    def changed(self):
        """Since when the KPI is counted by a version that is not the pinned one: a `Break`, or None."""
        return self.reading.changed if self.reading is not None and self.live else None

    @property
    def reading_kpi(self):
        """The KPI its values come from, by itself or through what it follows; None without one."""
        return (self.followed or self).key_result.kpi

    @property
    def overrules(self):
        """The last check-in, where its value was typed and the source says another now."""
        said, value = self.checked, self.value
        if said is None or not said.by_hand or not (self.measured and self.live) or value is None:
            return None
        return None if abs(said.value - value) < 1e-9 else said

    @property
    def disagreement(self):
        if self.confidence is None or not self.active:
            return ""
        return okrs.disagreement(self.pace, self.confidence)


def blocked(standing):
    """Why a key result cannot be graded yet: the `Suspicion`s nobody has waived; an empty list if none."""
    return [doubt for doubt in standing.doubts if not doubt.waiver]


def time_gone(cycle, on):
    period = cycle.period
    return okrs.elapsed(period.first_day, period.last_day, on)


def _with_followed(rows):
    """({id: key result} with those that are followed, {id: the one at the end of what it follows})."""
    known = {row.pk: row for row in rows}
    while missing := {row.follows_id for row in known.values() if row.follows_id} - known.keys():
        known |= {row.pk: row for row in KeyResult.objects.filter(pk__in=missing).for_list()}
    roots = {}
    for row in known.values():
        root = row
        while root.follows_id:
            root = known[root.follows_id]
        roots[row.pk] = root
    return known, roots


def _milestones(rows):
    wanted = [row.pk for row in rows if row.kind == Kind.MILESTONES and row.source != Source.ROADMAP]
    found: dict[int, list] = {}
    if wanted:
        for one in Milestone.objects.filter(key_result__in=wanted).select_related("done_by"):
            found.setdefault(one.key_result_id, []).append(one)
    return found


def standings(key_results, *, at, said=None):
    """How each of `key_results` (with owner, KPI, objective and cycle loaded) stands at `at`, in their order.

    A closed cycle stands still: its key results show what they had when it was closed. `said` are their
    check-ins by key result id, the last one first, where the caller has them.
    """
    rows = list(key_results)
    if not rows:
        return []
    today, week = company_day(at), week_at(at)
    known, roots = _with_followed(rows)
    everyone = list(known.values())
    last = {pk: those[0] for pk, those in (said or {}).items() if those}
    asked = known if said is None else known.keys() - {row.pk for row in rows}
    if asked:
        newest = CheckIn.objects.filter(key_result__in=asked).select_related("by").latest_each()
        last |= {check_in.key_result_id: check_in for check_in in newest}
    readings = read_all(everyone, at=at)
    moving = [row for row in everyone if row.objective.cycle.open or row.closed_share is None]
    periods = slots([row for row in moving if row.keeps], roots=roots, known=readings, at=at)
    steps = _milestones(everyone)
    things = progress.read((row.item_label, row.item_id) for row in moving if row.item_id)
    found: dict[int, Standing] = {}

    def stand(row):
        if row.pk not in found:
            thing = things.get((row.item_label, row.item_id))
            root, cycle = roots[row.pk], row.objective.cycle
            found[row.pk] = Standing(
                key_result=row,
                week=week,
                time=time_gone(cycle, today),
                active=cycle.state == CycleState.ACTIVE,
                checked=last.get(row.pk),
                reading=readings.get(root.pk) if cycle.open else None,
                slots=periods.get(row.pk, []),
                steps=list(thing.steps) if thing else steps.get(row.pk, []),
                followed=stand(root) if root is not row and cycle.open else None,
                thing=thing,
            )
        return found[row.pk]

    return [stand(row) for row in rows]
