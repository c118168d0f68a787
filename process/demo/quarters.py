"""Four OKR cycles: three closed and the one that is on, with a check-in a week."""

import datetime as dt
import tomllib
from pathlib import Path

from django.conf import settings

from metrics.models import KpiVersion
from process import queries
from process.models import (
    WAYS,
    CheckIn,
    CycleState,
    KeyResult,
    Kind,
    Milestone,
    Objective,
    OkrCycle,
    Source,
)
from prodops import activity, search
from prodops.quarters import Quarter

OKRS = Path(__file__).parent / "okrs.toml"
LATEST = 6  # days ago that the last check-in of the running cycle was said


class UnknownKpi(Exception):
    """A key result names a KPI that the demo company does not have."""


def build(world):
    with OKRS.open("rb") as file:
        told = tomllib.load(file)["cycles"]
    quarter = Quarter.of(world.today, settings.FISCAL_YEAR_START_MONTH)
    for cycle in reversed(told):  # the last one told is the one that is on
        _cycle(world, cycle, quarter)
        quarter = quarter.previous


def _cycle(world, told, quarter):
    ops, closed = world.people["tomas"], told["status"] == "closed"
    began = _at(quarter.first_day, 9)
    cycle = OkrCycle.objects.create(
        year=quarter.year,
        number=quarter.number,
        state=CycleState.CLOSED if closed else CycleState.ACTIVE,
        activated_at=began,
        activated_by=ops,
        closed_at=_at(quarter.last_day, 17) if closed else None,
        closed_by=ops if closed else None,
    )
    search.index(cycle)
    activity.record("okr_cycle.opened", on=cycle, by=ops, at=began - dt.timedelta(days=14))
    weeks = max(said["week"] for row in _rows(told) for said in row["checkins"])
    when = _closed_week(quarter) if closed else _running_week(world, weeks)
    for position, objective in enumerate(told["objectives"]):
        _objective(world, cycle, objective, position, when)


def _rows(told):
    return [row for objective in told["objectives"] for row in objective["key_results"]]


def _closed_week(quarter):
    return lambda week: _at(quarter.first_day + dt.timedelta(days=7 * week + 3), 11)


def _running_week(world, last):
    """The newest check-in lies in the week before today, whatever day the demo is built on."""
    return lambda week: world.moment(LATEST + 7 * (last - week), 11)


def _at(day, hour):
    return dt.datetime.combine(day, dt.time(hour), tzinfo=dt.UTC)


def _objective(world, cycle, told, position, when):
    written = cycle.activated_at - dt.timedelta(days=10)
    objective = Objective.objects.create(
        cycle=cycle,
        team=world.teams[told["team"]],
        owner=world.people[told["owner"]],
        title=told["title"],
        why=told["why"],
        intent=told["intent"],
        position=position,
        created_at=written,
    )
    activity.record("objective.written", on=objective, by=objective.owner, at=written)
    for number, row in enumerate(told["key_results"]):
        _key_result(world, objective, row, number, when)
    search.index(objective)


def _key_result(world, objective, told, position, when):
    slug = told["kpi"]
    if slug and slug not in world.kpis:
        raise UnknownKpi(f"“{told['title']}” follows “{slug}”, which is not among the demo's KPIs.")
    follows = _followed(objective, told["follows"]) if "follows" in told else None
    kind = told.get("kind") or (Kind.INCREASE if told["target"] > told["start"] else Kind.DECREASE)
    start, target = (told["start"], told["target"]) if kind in WAYS else (None, None)
    row = KeyResult.objects.create(
        objective=objective,
        title=told["title"],
        kind=kind,
        source=Source.KPI if slug else Source.KEY_RESULT if follows else Source.HAND,
        unit=told["unit"],
        start=start,
        target=target,
        low=told.get("low"),
        high=told.get("high"),
        levels=told.get("levels", []),
        guardrail=told.get("guardrail", False),
        owner=world.people[told["owner"]],
        kpi=world.kpis[slug] if slug else None,
        kpi_version_id=_version(world.kpis[slug], objective.cycle) if slug else None,
        follows=follows,
        current=told["current"],
        position=position,
    )
    _milestones(row, told.get("milestones", []), when)
    CheckIn.objects.bulk_create(
        CheckIn(
            key_result=row,
            week=queries.week_at(when(said["week"])),
            value=said["value"],
            confidence=said["confidence"],
            note=said["note"],
            next=said.get("next", ""),
            by_hand=not slug and follows is None,
            by=row.owner,
            at=when(said["week"]),
        )
        for said in told["checkins"]
        if objective.cycle.period.first_day <= when(said["week"]).date()
    )


def _followed(objective, title):
    return KeyResult.objects.get(objective__cycle=objective.cycle, title=title)


def _version(kpi, cycle):
    """How the KPI was counted when the cycle began."""
    held = KpiVersion.objects.filter(kpi=kpi, state__in=("live", "past"), recounts=True).order_by("-number")
    for version in held:
        if version.effective_from is None or version.effective_from <= cycle.period.first_day:
            return version.pk
    return kpi.pinned_version_id()


def _milestones(row, told, when):
    first = row.objective.cycle.period.first_day
    Milestone.objects.bulk_create(
        Milestone(
            key_result=row,
            title=one["title"],
            due_on=first + dt.timedelta(days=7 * one["due"] - 3),
            done_at=when(one["done"]) if "done" in one else None,
            done_by=row.owner if "done" in one else None,
            position=position,
        )
        for position, one in enumerate(told)
    )
