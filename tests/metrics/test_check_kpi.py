"""The checks: what is found is said once, whatever is killed, repeated or corrected."""

import datetime as dt
import math
import random

import pytest

from metrics import queries, tasks
from metrics.models import Cause, Flag, FlagKind, FlagState, Incident, IncidentState, KpiStatus, Watch
from metrics.services import annotations, checks, incidents, series
from prodops.models import Event, Level, Notification
from tests.factories.metrics import KpiFactory, PointFactory, day
from tests.factories.metrics import series as points
from tests.factories.prodops import UserFactory

pytestmark = pytest.mark.django_db
LAST = dt.date(2026, 11, 19)
NOW = dt.datetime(2026, 11, 20, 1, tzinfo=dt.UTC)


def calm(days=200, seed=1):
    dice = random.Random(seed)
    return [60 + 2 * math.sin(n % 7) + dice.gauss(0, 0.4) for n in range(days)]


def dropped():
    values = calm()
    values[-1] -= 15
    return values


def test_a_drop_is_flagged_once_and_the_owner_hears_once(django_capture_on_commit_callbacks):
    kpi = KpiFactory()
    points(kpi, LAST, dropped())
    with django_capture_on_commit_callbacks(execute=True):
        raised = checks.check(kpi.pk, at=NOW)
    assert [(flag.kind, flag.period, flag.state) for flag in raised] == [("dip", day(LAST), "found")]
    for _ in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            assert checks.check(kpi.pk, at=NOW) == []
    assert Flag.objects.open().count() == 1
    told = Notification.objects.get()
    assert told.recipient == kpi.owner
    assert "was expected" in told.text
    assert told.url == raised[0].incident.get_absolute_url()


def test_without_an_owner_the_teams_leads_hear(django_capture_on_commit_callbacks):
    kpi = KpiFactory(owner=None, defined_by=UserFactory())
    lead = UserFactory()
    UserFactory(editor_of=kpi.team)
    kpi.team.memberships.create(user=lead, level=Level.LEAD)
    points(kpi, LAST, dropped())
    with django_capture_on_commit_callbacks(execute=True):
        checks.check(kpi.pk, at=NOW)
    assert [one.recipient for one in Notification.objects.all()] == [lead]


def _killed(*args, **kwargs):
    raise KeyboardInterrupt


def test_a_check_killed_half_way_leaves_nothing_and_is_done_again(monkeypatch):
    kpi = KpiFactory()
    points(kpi, LAST, dropped())
    with monkeypatch.context() as patch:
        patch.setattr("prodops.activity.record", _killed)  # the last thing a check does
        with pytest.raises(KeyboardInterrupt):
            checks.check(kpi.pk, at=NOW)
    assert not Flag.objects.exists()
    assert not Event.objects.filter(verb="incident.opened").exists()
    assert len(checks.check(kpi.pk, at=NOW)) == 1


def test_point_by_point_finds_what_all_at_once_finds():
    values = dropped()
    whole, grown = KpiFactory(), KpiFactory()
    points(whole, LAST, values)
    checks.check(whole.pk, at=NOW)
    points(grown, LAST - dt.timedelta(days=20), values[:-20])
    for left in range(20, -1, -1):
        if left < 20:
            PointFactory(
                kpi=grown,
                period=day(LAST - dt.timedelta(days=left)),
                value=values[len(values) - 1 - left],
                loaded_at=NOW,
            )
        checks.check(grown.pk, at=NOW - dt.timedelta(days=left))
    found = [list(kpi.flags.order_by("period").values_list("period", "kind")) for kpi in (whole, grown)]
    assert found[0] == found[1]
    bands = [list(kpi.points.order_by("period").values_list("low", "high")) for kpi in (whole, grown)]
    assert bands[0] == bands[1]


def test_what_lies_far_back_asks_nobody():
    kpi = KpiFactory()
    values = calm()
    values[-60] -= 15
    points(kpi, LAST, values)
    assert checks.check(kpi.pk, at=NOW) == []
    assert Flag.objects.get().state == FlagState.PAST
    assert not Event.objects.filter(verb="incident.opened").exists()


def test_a_corrected_value_takes_its_flag_back_and_keeps_what_people_answered(member):
    kpi = KpiFactory()
    values = dropped()
    points(kpi, LAST, values)
    checks.check(kpi.pk, at=NOW)
    series.set_value(kpi, period=day(LAST), value=calm()[-1], by=member, at=NOW)
    checks.check(kpi.pk, at=NOW)
    assert Flag.objects.get().state == FlagState.WITHDRAWN
    assert Incident.objects.get().state == IncidentState.RESOLVED
    series.set_value(kpi, period=day(LAST), value=values[-1], by=member, at=NOW)
    assert len(checks.check(kpi.pk, at=NOW)) == 1
    incident = Incident.objects.get()
    assert incident.is_open, "the same one is open again"
    incidents.resolve(incident, cause=Cause.PIPELINE, by=member, at=NOW)
    series.set_value(kpi, period=day(LAST), value=calm()[-1], by=member, at=NOW)
    checks.check(kpi.pk, at=NOW)
    incident.refresh_from_db()
    assert (incident.cause, incident.resolved_by) == (Cause.PIPELINE, member)


def test_a_dip_that_lasts_is_one_flag():
    kpi = KpiFactory()
    values = calm()
    for n in range(1, 9):
        values[-n] -= 12
    points(kpi, LAST, values)
    checks.check(kpi.pk, at=NOW)
    grown = KpiFactory()
    points(grown, LAST - dt.timedelta(days=8), values[:-8])
    for left in range(7, -1, -1):
        when = LAST - dt.timedelta(days=left)
        PointFactory(kpi=grown, period=day(when), value=values[-left - 1], loaded_at=NOW)
        checks.check(grown.pk, at=NOW - dt.timedelta(days=left))
    for one in (kpi, grown):
        recent = one.flags.filter(period__gte=day(LAST - dt.timedelta(days=10)))
        assert [(flag.kind, flag.period) for flag in recent] == [
            (FlagKind.LEVEL_SHIFT, day(LAST - dt.timedelta(days=7)))
        ]
    assert Event.objects.filter(verb="incident.opened", subject_id=grown.incidents.get().pk).count() == 1


def test_the_day_that_has_not_ended_is_not_judged():
    kpi = KpiFactory()
    points(kpi, LAST, dropped())
    assert checks.check(kpi.pk, at=dt.datetime(2026, 11, 19, 23, 59, tzinfo=dt.UTC)) == []
    assert Watch.objects.get(kpi=kpi).checked_to == day(LAST - dt.timedelta(days=1))


def test_a_late_value_is_flagged_once_and_taken_back_when_it_comes(member):
    kpi = KpiFactory(freshness_hours=24)
    points(kpi, LAST, calm(40))
    due = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    assert checks.check(kpi.pk, at=due) == []
    late = checks.check(kpi.pk, at=due + dt.timedelta(minutes=1))
    assert [(flag.kind, flag.period) for flag in late] == [("late", day(dt.date(2026, 11, 20)))]
    assert checks.check(kpi.pk, at=due + dt.timedelta(days=3)) == []
    series.set_value(kpi, period=day(dt.date(2026, 11, 20)), value=60.5, by=member, at=due)
    series.set_value(kpi, period=day(dt.date(2026, 11, 21)), value=60.5, by=member, at=due)
    checks.check(kpi.pk, at=due)
    assert Flag.objects.get(kind="late").state == FlagState.WITHDRAWN


def test_what_never_came_is_missing(member):
    kpi = KpiFactory(freshness_hours=24)
    points(kpi, LAST, calm(40))
    later = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
    checks.check(kpi.pk, at=later)
    series.set_value(kpi, period=day(dt.date(2026, 11, 23)), value=60.5, by=member, at=later)
    checks.check(kpi.pk, at=later + dt.timedelta(hours=1))
    assert [(flag.kind, flag.state) for flag in Flag.objects.filter(period=day(dt.date(2026, 11, 20)))] == [
        ("missing", "found")
    ]


def test_a_retired_kpi_is_left_alone():
    kpi = KpiFactory(status=KpiStatus.DEPRECATED)
    points(kpi, LAST, dropped())
    assert checks.check(kpi.pk, at=NOW) == []
    assert checks.check(10**9, at=NOW) == []
    assert queries.live_ids() == []


def test_beat_checks_only_what_has_news(django_assert_num_queries):
    fresh = KpiFactory(freshness_hours=2400)
    points(fresh, LAST, calm(40))
    checks.check(fresh.pk, at=NOW)
    empty, new = KpiFactory(), KpiFactory(freshness_hours=2400)
    checks.check(empty.pk, at=NOW)
    points(new, LAST, calm(40))
    assert queries.ids_with_news([fresh.pk, empty.pk, new.pk], at=NOW) == [new.pk]
    with django_assert_num_queries(3):
        queries.ids_with_news([fresh.pk, empty.pk], at=NOW)


def test_the_tasks_run_twice_do_it_once():
    kpi = KpiFactory(freshness_hours=2400)
    points(kpi, dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1), dropped())
    for _ in range(2):
        tasks.check_all()
        tasks.check_kpi(kpi_id=kpi.pk)
    assert Flag.objects.open().count() == 1
    assert Event.objects.filter(verb="incident.opened").count() == 1


@pytest.mark.parametrize("everywhere", [False, True])
def test_a_note_of_what_happened_has_the_days_judged_again(everywhere):
    kpi, week = KpiFactory(), KpiFactory(grain="week")
    values = calm()
    values[-2] -= 2.5
    points(kpi, LAST, values)
    checks.check_many([kpi.pk, week.pk], at=NOW)
    flag = Flag.objects.get()
    note = annotations.add(
        kpi=None if everywhere else kpi, kind="launch", text="Prices", starts=LAST - dt.timedelta(days=1),
        ends=None, by=kpi.owner, at=NOW,
    )  # fmt: skip
    assert set(queries.ids_with_news([kpi.pk, week.pk], at=NOW)) == {kpi.pk}
    assert checks.check(kpi.pk, at=NOW) == []
    flag.refresh_from_db()
    incident = flag.incident
    assert (flag.state, incident.state, incident.cause) == ("withdrawn", "resolved", Cause.REAL_CHANGE)
    assert "is noted now" in flag.reason
    annotations.remove(note, by=kpi.owner, at=NOW)
    assert [one.pk for one in checks.check(kpi.pk, at=NOW)] == [flag.pk]
    incident.refresh_from_db()
    assert incident.state == IncidentState.NEW
    ahead = annotations.add(
        kpi=kpi, kind="launch", text="x", starts=LAST + dt.timedelta(days=9), ends=None, by=kpi.owner, at=NOW
    )
    annotations.edit(ahead, kind="launch", text="y", starts=ahead.starts, ends=None, by=kpi.owner, at=NOW)
    assert not Watch.objects.filter(changed=True).exists()
