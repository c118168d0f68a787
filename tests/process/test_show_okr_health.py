import datetime as dt

import pytest

from process import queries
from process.models import CheckIn, CycleState, Grade, OkrCycle
from tests.factories.process import CheckInFactory, KeyResultFactory, ObjectiveFactory, OkrCycleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def graded(cycle, objective, key_result, member, ops, now):
    """Two key results of the team, one graded 1.0 in time and one .5 late, with two people's check-ins."""
    other = KeyResultFactory(objective=objective, owner=ops)
    OkrCycle.objects.filter(pk=cycle.pk).update(state=CycleState.GRADING)
    cycle.refresh_from_db()
    for row, value, on_time in ((key_result, 1.0, True), (other, 0.5, False)):
        Grade.objects.create(key_result=row, value=value, on_time=on_time, by=member, at=now)
    CheckInFactory(key_result=key_result, confidence=2, at=now - dt.timedelta(minutes=1))
    CheckInFactory(key_result=key_result, confidence=9, at=now)  # the last of its week counts
    CheckInFactory(key_result=other, confidence=6, at=now - dt.timedelta(weeks=5))
    guard = KeyResultFactory(objective=objective, guardrail=True)
    CheckInFactory(key_result=guard, confidence=0)
    KeyResultFactory(objective=ObjectiveFactory(cycle=cycle, archived_at=now))
    return cycle


def test_the_figures_of_a_team(graded, team, now):
    [(shown, health)] = queries.health_of_teams(graded, at=now)
    assert shown == team
    assert (health.bound.done, health.bound.of) == (0, 2)
    assert (health.fresh.done, health.fresh.of) == (1, 2)
    assert (health.on_time.done, health.on_time.of) == (1, 2)
    assert health.pairs == {(9, True): 1, (6, False): 1}
    assert health.brier == pytest.approx((0.1**2 + 0.6**2) / 2)
    assert queries.health_of_cycles(at=now) == [(graded, health)]


def test_no_figure_is_about_one_person(as_, graded, member, now):
    CheckIn.objects.update(by=member)
    [(_, health)] = queries.health_of_teams(graded, at=now)
    assert (health.brier, health.too_few) == (None, True)
    assert "one person only" in as_(member).get("/process/okrs/health/").text


def test_the_page_says_what_the_figures_mean(as_, graded, member, submitter):
    page = as_(submitter).get("/process/okrs/health/", {"cycle": graded.slug}).text
    assert "Brier score" in page
    assert "0.18" in page or "0.19" in page  # .185, whichever way a float of it rounds
    assert "Graded on time" in page


def test_a_line_runs_over_cycles_of_one_length(as_, graded, submitter):
    OkrCycleFactory(year=graded.year, number=None, state=CycleState.ACTIVE)
    page = as_(submitter).get("/process/okrs/health/")
    assert page.text.count("<circle") == 4  # one for each figure: the year has no dot
    assert f"By team, {graded}" in page.text


def test_before_anything_was_active_the_page_says_so(as_, member):
    assert "Nothing to measure yet" in as_(member).get("/process/okrs/health/").text
