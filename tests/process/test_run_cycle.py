from datetime import UTC, datetime

import pytest

from process import queries
from process.models import CycleState, KeyResult, OkrCycle
from process.services import cycles
from prodops.models import Event, SearchEntry
from tests.factories.metrics import KpiFactory, series
from tests.factories.process import (
    CheckInFactory,
    ObjectiveFactory,
    follow,
)

pytestmark = pytest.mark.django_db


def test_a_quarter_is_opened_once(as_, ops, quarter, now):
    page = as_(ops).post("/process/okrs/cycles/open/", {"period": quarter.slug})
    cycle = OkrCycle.objects.get()
    assert page.headers["Location"] == cycle.get_absolute_url()
    assert (cycle.period, cycle.state) == (quarter, CycleState.DRAFT)
    entry = SearchEntry.objects.get(kind="cycle", object_id=cycle.pk)
    assert (entry.title, entry.context) == (str(quarter), "Draft")
    with pytest.raises(cycles.AlreadyOpened):
        cycles.open(quarter, by=ops, at=now)
    assert as_(ops).post("/process/okrs/cycles/open/", {"period": quarter.slug}).status_code == 200


def test_a_year_is_opened_beside_its_quarters_and_the_quarter_that_is_on_comes_first(
    as_, ops, quarter, now, cycle, key_result
):
    page = as_(ops).post("/process/okrs/cycles/open/", {"period": f"FY{quarter.year}"})
    assert page.headers["Location"] == f"/process/okrs/FY{quarter.year}/"
    year = OkrCycle.objects.get(number=None)
    OkrCycle.objects.filter(pk=year.pk).update(state=CycleState.ACTIVE, activated_at=now, activated_by=ops)
    later = cycles.open(quarter.next, by=ops, at=now)
    assert f"OKRs of {quarter}" in as_(ops).get("/process/okrs/").text
    page = as_(ops).get(cycle.get_absolute_url()).text
    assert f'href="/process/okrs/FY{quarter.year}/"' in page  # from the quarter to its year
    found = queries.by_year(OkrCycle.objects.all())
    assert [(str(one), whole) for one, whole, _ in found if whole] == [(f"FY {quarter.year}", year)]
    assert cycle in [one for _, _, those in found for one in those]
    type(cycle).objects.filter(pk=cycle.pk).update(state=CycleState.CLOSED, closed_at=now, closed_by=ops)
    assert queries.running(OkrCycle.objects.all(), quarter.first_day) == cycle
    assert queries.running(OkrCycle.objects.filter(pk__in=[year.pk, later.pk]), quarter.first_day) == year


def test_a_closed_cycle_stands_still(close, cycle, key_result, ops, now):
    follow(key_result, KpiFactory())
    key_result.save()
    series(key_result.kpi, queries.company_day(now), [52.0])
    close(cycle, by=ops, at=now)
    key_result.kpi.points.update(value=99)
    [standing] = queries.cycle_standings(cycle, at=now)
    assert (standing.value, standing.reading, standing.stale) == (52.0, None, False)
    assert Event.objects.filter(verb="okr_cycle.passed", data__to="closed").count() == 1


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
