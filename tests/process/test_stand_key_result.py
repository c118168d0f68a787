"""How key results of every kind stand, wherever their values come from."""

import datetime as dt

import pytest

from metrics.models import IncidentState, KpiVersion, Point
from process import queries
from process.models import KeyResult, Kind, Milestone, Source
from process.queries import Told
from prodops.quarters import Quarter
from tests.factories.metrics import HoldFactory, IncidentFactory, KpiFactory, day, series
from tests.factories.process import CheckInFactory, KeyResultFactory, ObjectiveFactory, follow

pytestmark = pytest.mark.django_db
NONE = {"start": None, "target": None}


@pytest.fixture
def now(cycle):
    """Six weeks into the quarter, on a Thursday noon, wherever the quarter begins."""
    weeks = cycle.period.first_day + dt.timedelta(days=45)
    return dt.datetime.combine(weeks - dt.timedelta(days=weeks.weekday() - 3), dt.time(12), tzinfo=dt.UTC)


@pytest.fixture
def cycle(ops):
    from django.utils import timezone

    from process.models import CycleState
    from tests.factories.process import OkrCycleFactory

    quarter = Quarter(2026, 3)
    signed = {"activated_at": timezone.now(), "activated_by": ops}
    return OkrCycleFactory(year=quarter.year, number=quarter.number, state=CycleState.ACTIVE, **signed)


def stand(row, at):
    [standing] = queries.standings(KeyResult.objects.filter(pk=row.pk).for_list(), at=at)
    return standing


def keep(objective, **fields):
    return KeyResultFactory(objective=objective, **NONE | {"kind": Kind.KEEP_ABOVE, "low": 99.5} | fields)


def test_a_level_by_hand_counts_weeks_and_a_silent_week_is_not_kept(objective, now):
    row = keep(objective)
    this_week = queries.week_at(now)
    for weeks, value in ((1, 99.6), (2, 99.5), (4, 98.0)):
        CheckInFactory(key_result=row, at=now - dt.timedelta(weeks=weeks), value=value)
    standing = stand(row, now)
    due = [slot.since for slot in standing.slots]
    assert due[-1] == this_week - dt.timedelta(weeks=1), "a week that goes on is not due yet"
    assert [slot.told for slot in standing.slots[-4:]] == [Told.MISSED, Told.MISSING, Told.MET, Told.MET]
    assert (standing.keeping.met, standing.keeping.due, standing.raw) == (2, len(due), 2 / len(due))
    CheckInFactory(key_result=row, at=now, value=100)
    assert stand(row, now).keeping == (3, len(due) + 1), "said early counts early"


def test_a_level_of_a_kpi_counts_the_kpis_own_periods(objective, cycle, now):
    kpi = KpiFactory(freshness_hours=30)
    row = keep(objective, kind=Kind.KEEP_WITHIN, low=2.0, high=4.0, kpi=kpi)
    first, today = cycle.period.first_day, queries.company_day(now)
    days = (today - first).days
    series(kpi, today - dt.timedelta(days=1), [3.0] * (days - 2) + [None, 5.0])
    standing = stand(row, now)
    assert standing.keeping == (days - 2, days), "the newest is not due, a hole and an outlier are not met"
    assert [slot.told for slot in standing.slots[-2:]] == [Told.MISSING, Told.MISSED]
    assert standing.pace == "on_track"


def test_milestones_count_by_weight_and_a_scale_by_its_steps(objective, now, member):
    row = KeyResultFactory(objective=objective, kind=Kind.MILESTONES, **NONE)
    Milestone.objects.create(key_result=row, title="Beta", weight=3, done_at=now, done_by=member)
    Milestone.objects.create(key_result=row, title="Launch", weight=1)
    assert (stand(row, now).raw, stand(row, now).value) == (0.75, 75)
    levels = ["None", "Pilot", "Some teams", "All teams"]
    scale = KeyResultFactory(
        objective=objective, kind=Kind.ORDINAL, levels=levels, start=0, target=3, current=1
    )
    assert stand(scale, now).raw == pytest.approx(1 / 3)
    assert scale.show(stand(scale, now).value) == "Pilot"


def test_guardrails_are_told_apart_and_never_averaged_in(objective, now):
    KeyResultFactory(objective=objective, start=0, target=10, current=5)
    keep(objective, guardrail=True, current=98.0)
    keep(objective, guardrail=True, current=99.9)
    keep(objective, guardrail=True)
    [standing] = queries.objective_standings([objective], at=now)
    assert standing.percent == 50
    assert [one.holding for one in standing.guardrails] == [False, True, None]
    assert len(standing.broken) == 1
    assert queries.summary(standing.key_results).percent == 50


def test_an_objective_that_was_given_up_is_left_out_of_the_cycle(cycle, objective, now, member):
    KeyResultFactory(objective=objective, start=0, target=10, current=5)
    given_up = ObjectiveFactory(
        cycle=cycle, abandoned_at=now, abandoned_by=member, abandoned_reason="No buyers"
    )
    KeyResultFactory(objective=given_up, start=0, target=10, current=0)
    assert queries.summary(queries.cycle_standings(cycle, at=now)).percent == 50


def test_an_open_incident_leaves_its_periods_out_says_so_and_blocks(objective, now, cycle):
    row = KeyResultFactory(objective=objective, kpi=KpiFactory())
    today = queries.company_day(now)
    series(row.kpi, today, [50.0] * 10 + [0.0, 0.0])
    window = {"window_from": day(today - dt.timedelta(days=1)), "window_to": day(today)}
    incident = IncidentFactory(kpi=row.kpi, **window)
    standing = stand(row, now)
    assert (standing.value, standing.reading.as_of) == (50.0, today - dt.timedelta(days=2))
    assert [(one.incident, one.since) for one in standing.doubts] == [
        (incident.pk, today - dt.timedelta(days=1))
    ]
    assert queries.blocked(standing)
    level = keep(objective, kpi=row.kpi, low=40.0)
    assert stand(level, now).slots[-1].told == Told.DOUBT
    row.waivers.create(incident=incident, reason="Two days do not matter", by=row.owner, at=now)
    assert (stand(row, now).doubtful, queries.blocked(stand(row, now))) == (True, [])
    assert stand(row, now).value == 50.0, "waived is not believed"
    assert queries.blocked(stand(level, now)), "a waiver is for one key result"
    type(incident).objects.update(
        state=IncidentState.RESOLVED, resolved_at=now, resolved_by=row.owner, cause="real_change"
    )
    assert (stand(row, now).doubtful, stand(row, now).value) == (False, pytest.approx(250 / 7))


def test_an_incident_of_an_earlier_quarter_blocks_nothing_and_a_hold_does(objective, now, cycle):
    row = KeyResultFactory(objective=objective, kpi=KpiFactory())
    before = day(cycle.period.first_day - dt.timedelta(days=30))
    IncidentFactory(kpi=row.kpi, window_from=before, window_to=before)
    assert not stand(row, now).doubts
    today = day(queries.company_day(now))
    HoldFactory(
        kpi=row.kpi,
        window_from=today,
        window_to=today,
        at=now,
        until=now + dt.timedelta(days=1),
        by=row.owner,
    )
    assert [one.words for one in queries.blocked(stand(row, now))] == ["The warehouse is being reloaded"]


def test_a_changed_definition_splits_the_series(objective, now, cycle):
    kpi = KpiFactory(approved=True)
    row = KeyResultFactory(objective=objective, kpi=kpi)
    level = keep(objective, kpi=kpi, low=10.0)
    today = queries.company_day(now)
    series(kpi, today - dt.timedelta(days=3), [50.0] * 60)
    since = today - dt.timedelta(days=2)
    old = kpi.count_version
    KpiVersion.objects.filter(pk=old.pk).update(state="past")
    new = KpiVersion.objects.get(pk=old.pk)
    new.pk, new.number, new.state, new.effective_from = None, 2, "live", since
    new.save()
    kpi.count_version = kpi.live_version = new
    kpi.save()
    series(kpi, today, [90.0, 90.0, 90.0])
    standing = stand(row, now)
    assert (standing.value, standing.changed.number, standing.changed.since) == (50.0, 2, since)
    assert [slot.told for slot in stand(level, now).slots[-3:]] == [Told.OTHER] * 3
    # The old way of counting goes on beside the new one: then its values still come in
    Point.objects.create(kpi=kpi, version=old, beside=True, period=day(today), value=57.0, loaded_at=now)
    assert stand(row, now).value == 51.0
    KeyResult.objects.filter(pk=row.pk).update(kpi_version=new)
    assert (stand(row, now).value, stand(row, now).changed) == (90.0, None)


def test_one_that_follows_another_has_its_value_over_any_number_of_steps(objective, now):
    root = KeyResultFactory(objective=objective, kpi=KpiFactory())
    series(root.kpi, queries.company_day(now), [50.0])
    middle = KeyResultFactory(objective=objective, source=Source.KEY_RESULT, follows=root, start=0)
    last = keep(objective, source=Source.KEY_RESULT, follows=middle, low=45.0)
    assert (stand(middle, now).value, stand(middle, now).measured) == (50.0, True)
    assert stand(last, now).value == 50.0
    assert stand(last, now).slots[-1].told == Told.MET


def test_a_closed_cycle_stands_still_for_every_kind(close, objective, cycle, now, ops):
    kpi = KpiFactory()
    row, level = KeyResultFactory(objective=objective, kpi=kpi), keep(objective, kpi=kpi, low=45.0)
    series(kpi, queries.company_day(now), [50.0] * 50)
    before = [stand(one, now).raw for one in (row, level)]
    close(cycle, by=ops, at=now)
    Point.objects.update(value=1.0)
    assert [stand(one, now).raw for one in (row, level)] == before
    assert all(share > 0 for share in before)


def test_what_was_agreed_is_still_reckoned_with(objective, now):
    row = KeyResultFactory(
        objective=objective, start=40, target=50, current=45, agreed_start=40, agreed_target=60
    )
    assert (stand(row, now).raw, stand(row, now).agreed_raw) == pytest.approx((0.5, 0.25))
    row = KeyResultFactory(objective=objective, start=40, target=50, agreed_start=40, agreed_target=50)
    assert stand(row, now).agreed_raw is None


def test_a_typed_value_is_not_passed_over_in_silence(objective, now):
    row = KeyResultFactory(objective=objective)
    said = CheckInFactory(key_result=row, at=now - dt.timedelta(days=7), value=47.0)
    assert stand(row, now).overrules is None
    follow(row, KpiFactory())
    row.save()
    series(row.kpi, queries.company_day(now), [50.0])
    assert (stand(row, now).value, stand(row, now).overrules) == (50.0, said)


def test_the_standings_of_any_kind_cost_the_same_however_many_there_are(
    objective, now, django_assert_max_num_queries
):
    kpi = KpiFactory()
    IncidentFactory(kpi=kpi, window_from=day(queries.company_day(now)))
    for _ in range(4):
        root = KeyResultFactory(objective=objective, kpi=kpi)
        KeyResultFactory(objective=objective, source=Source.KEY_RESULT, follows=root)
        keep(objective)
        keep(objective, kpi=kpi)
        KeyResultFactory(objective=objective, kind=Kind.MILESTONES, **NONE)
    rows = KeyResult.objects.filter(objective=objective).for_list()
    with django_assert_max_num_queries(11):
        assert len([one.pace for one in queries.standings(rows, at=now)]) == 20
