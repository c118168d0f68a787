from datetime import UTC, datetime

import pytest

from process import queries
from process.models import CycleState, KeyResult, OkrCycle
from process.services import cycles
from prodops.models import Event, Notification, SearchEntry
from tests.factories.metrics import KpiFactory, series
from tests.factories.process import (
    CheckInFactory,
    KeyResultFactory,
    ObjectiveFactory,
    OkrCycleFactory,
    follow,
)

pytestmark = pytest.mark.django_db


def test_a_quarter_is_opened_once(as_, ops, quarter, now):
    page = as_(ops).post("/process/okrs/cycles/open/", {"quarter": quarter.slug})
    cycle = OkrCycle.objects.get()
    assert page.headers["Location"] == cycle.get_absolute_url()
    assert (cycle.period, cycle.state) == (quarter, CycleState.DRAFT)
    entry = SearchEntry.objects.get(kind="cycle", object_id=cycle.pk)
    assert (entry.title, entry.context) == (str(quarter), "Draft")
    with pytest.raises(cycles.AlreadyOpened):
        cycles.open(quarter, by=ops, at=now)
    assert as_(ops).post("/process/okrs/cycles/open/", {"quarter": quarter.slug}).status_code == 200


def test_activating_asks_for_key_results_and_tells_their_owners(
    as_, ops, quarter, member, now, django_capture_on_commit_callbacks
):
    cycle = OkrCycleFactory(year=quarter.year, number=quarter.number)
    with pytest.raises(cycles.NotReady, match="no objective"):
        cycles.activate(cycle, by=ops, at=now)
    objective = ObjectiveFactory(cycle=cycle, title="Bare", owner=member)
    assert "“Bare” has no key result." in as_(ops).get(cycle.get_absolute_url()).text
    with pytest.raises(cycles.NotReady):
        cycles.activate(cycle, by=ops, at=now)
    KeyResultFactory(objective=objective)
    with django_capture_on_commit_callbacks(execute=True):
        cycles.activate(cycle, by=ops, at=now)
    assert (cycle.state, cycle.activated_by) == (CycleState.ACTIVE, ops)
    assert SearchEntry.objects.get(kind="cycle").context == "Active"
    assert Notification.objects.get(recipient=member).text.endswith(
        "check in on your key results every week."
    )
    with pytest.raises(cycles.NotAllowed):
        cycles.activate(cycle, by=ops, at=now)


def test_a_closed_cycle_stands_still(cycle, key_result, ops, now):
    follow(key_result, KpiFactory())
    key_result.save()
    series(key_result.kpi, queries.company_day(now), [52.0])
    cycles.close(cycle, by=ops, at=now)
    key_result.kpi.points.update(value=99)
    [standing] = queries.cycle_standings(cycle, at=now)
    assert (standing.value, standing.reading, standing.stale) == (52.0, None, False)
    assert Event.objects.filter(verb="okr_cycle.closed").count() == 1


def test_reopening_a_cycle_asks_why(as_, cycle, key_result, ops, now):
    cycles.close(cycle, by=ops, at=now)
    url = f"{cycle.get_absolute_url()}reopen/"
    as_(ops).post(url, {"reason": ""})
    cycle.refresh_from_db()
    assert cycle.state == CycleState.CLOSED
    as_(ops).post(url, {"reason": "Two check-ins were missing"})
    cycle.refresh_from_db()
    assert (cycle.state, cycle.closed_at) == (CycleState.ACTIVE, None)


def test_only_product_ops_runs_cycles(as_, cycle, key_result, member):
    for verb in ("activate", "close", "reopen"):
        assert as_(member).post(f"{cycle.get_absolute_url()}{verb}/").status_code == 403
    assert as_(member).get("/process/okrs/cycles/open/").status_code == 403


def test_the_cycle_page_says_how_it_goes_and_who_is_late(as_, cycle, key_result, ops, member):
    page = as_(ops).get("/process/okrs/").text
    assert "First tries from 40 % to 60 %" in page
    assert "1 person has not checked in this week" in page
    assert member.name in page
    CheckInFactory(key_result=key_result)
    page = as_(ops).get(cycle.get_absolute_url()).text
    assert "1 of 1" in page
    assert "not checked in this week" not in page


def test_the_cycle_page_filters(as_, cycle, objective, key_result, member, ops):
    ObjectiveFactory(cycle=cycle, title="Somebody else's")
    page = as_(member).get(cycle.get_absolute_url(), {"whose": "mine"}, headers={"HX-Request": "true"}).text
    assert "Imports that work" in page
    assert "Somebody else" not in page
    page = as_(member).get(cycle.get_absolute_url(), {"q": "nothing like it"}).text
    assert "No objectives here" in page


def test_a_cycle_as_csv(as_, cycle, key_result, member):
    CheckInFactory(key_result=key_result, value=50, note="=SUM(A1)")
    key_result.current = 50
    key_result.save()
    response = as_(member).get(f"{cycle.get_absolute_url()}csv/")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("cycle,team,objective,intent")
    assert ",50.0,0.5," in lines[1]
    assert "'=SUM(A1)" in lines[1]


def test_the_csv_gives_days_as_the_company_counts_them(key_result, now, settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    CheckInFactory(key_result=key_result, at=datetime(2026, 3, 1, 20, tzinfo=UTC))
    rows = KeyResult.objects.for_list().select_related("objective__owner")
    (standing,) = queries.standings(rows, at=now)
    assert "2026-03-02" in queries.csv_row(standing)


def test_before_the_first_cycle_the_page_says_what_one_is(as_, ops, member):
    assert "No cycle is open yet" in as_(member).get("/process/okrs/").text
    assert "Open a cycle" in as_(ops).get("/process/okrs/").text


@pytest.mark.parametrize("slug", ["2026-Q5", "nonsense", "1000-Q1", "2026-Q2"])
def test_a_quarter_without_a_cycle_is_not_found(as_, member, slug):
    assert as_(member).get(f"/process/okrs/{slug}/").status_code == 404
