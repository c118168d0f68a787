import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from metrics.models import Severity
from process import queries
from process.models import CheckIn, CycleState, Kind, Milestone
from process.services import check_ins
from prodops.models import Event
from tests.factories.metrics import IncidentFactory, KpiFactory, day, series
from tests.factories.process import CheckInFactory, KeyResultFactory, ObjectiveFactory, follow
from tests.factories.prodops import UserFactory

pytestmark = pytest.mark.django_db
URL = "/process/okrs/check-in/"


def _record(row, by, at, value=45.0, confidence=7, note=""):
    return check_ins.record(row, value=value, confidence=confidence, note=note, by=by, at=at)


def _fields(row, **said):
    said = {"value": "45", "confidence": "7", "note": "", "next": ""} | said
    return {f"k{row.pk}-{name}": value for name, value in said.items()}


def test_a_check_in_is_kept_with_its_week_and_becomes_current(key_result, member, now):
    said = _record(key_result, member, now, value=47.5, confidence=6, note="Dates are fixed.")
    assert (said.week, said.value, said.confidence) == (queries.week_at(now), 47.5, 6)
    assert said.week.isoweekday() == 1
    key_result.refresh_from_db()
    assert key_result.current == 47.5
    assert Event.objects.get(verb="check_in.recorded").data == {"value": 47.5, "confidence": 6}


def test_several_of_a_week_are_kept_and_the_last_counts(key_result, member, now):
    _record(key_result, member, now - dt.timedelta(seconds=2), value=50)
    _record(key_result, member, now, value=48)
    # One that comes late from a slow request was said earlier
    _record(key_result, member, now - dt.timedelta(seconds=1), value=44)
    key_result.refresh_from_db()
    assert (CheckIn.objects.count(), key_result.current) == (3, 48)
    [standing] = queries.mine(member, at=now)
    assert (standing.checked.value, standing.percent, standing.done) == (48, 40, True)


@pytest.mark.django_db(transaction=True)
def test_racing_check_ins_are_both_kept(key_result, member, now):
    def say(number):
        try:
            at = now + dt.timedelta(milliseconds=number)
            return _record(key_result, member, at, value=50 + number).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(say, range(8)))) == 8
    key_result.refresh_from_db()
    assert (CheckIn.objects.count(), key_result.current) == (8, 57)


def test_only_an_active_cycle_is_checked_in_on(key_result, cycle, member, now):
    type(cycle).objects.update(state=CycleState.DRAFT)
    with pytest.raises(check_ins.NotActive):
        _record(key_result, member, now)
    assert not CheckIn.objects.exists()


def test_one_that_follows_a_daily_kpi_takes_the_mean_of_its_last_seven_values(key_result, member, now):
    kpi = KpiFactory()
    series(kpi, queries.company_day(now), [900.0, *[50.0] * 6, 57.0])
    follow(key_result, kpi)
    key_result.save()
    assert _record(key_result, member, now, value=99).value == 51.0
    [standing] = queries.mine(member, at=now)
    assert (standing.value, standing.reading.as_of) == (51.0, queries.company_day(now))


def test_one_that_follows_a_kpi_without_values_takes_what_is_said(key_result, member, now):
    follow(key_result, KpiFactory())
    key_result.save()
    assert _record(key_result, member, now, value=44).value == 44


def test_an_open_incident_puts_the_data_in_doubt_and_a_grave_one_in_quarantine(as_, key_result, member, now):
    follow(key_result, KpiFactory())
    key_result.save()
    series(key_result.kpi, queries.company_day(now), [50.0])
    assert "Data in doubt" not in as_(member).get(URL).text
    today = day(queries.company_day(now))
    incident = IncidentFactory(kpi=key_result.kpi, severity=Severity.LOW, window_from=today)
    pages = (URL, key_result.objective.get_absolute_url())
    assert all("Data in doubt" in as_(member).get(page).text for page in pages)
    type(incident).objects.update(severity=Severity.HIGH)
    assert all("Not for decisions" in as_(member).get(page).text for page in pages)


def test_all_of_mine_are_saved_at_once(as_, objective, key_result, member, now):
    other = KeyResultFactory(objective=objective, title="The other")
    foreign = KeyResultFactory(objective=objective, owner=UserFactory(), title="Not mine")
    page = as_(member).get(URL).text
    assert "Not mine" not in page
    assert 'value="7"' in page, "confidence starts at 7"
    page = as_(member).post(URL, _fields(key_result) | _fields(other, value="50"), follow=True)
    assert "Checked in on 2 key results" in page.text
    assert set(CheckIn.objects.values_list("key_result", "value")) == {(key_result.pk, 45), (other.pk, 50)}
    assert not foreign.check_ins.exists()


def test_sending_the_same_page_again_doubles_nothing(as_, key_result, member):
    as_(member).post(URL, _fields(key_result))
    as_(member).post(URL, _fields(key_result))
    assert CheckIn.objects.count() == 1
    as_(member).post(URL, _fields(key_result, value="46"))
    assert CheckIn.objects.count() == 2


def test_one_bad_row_saves_none_and_loses_nothing(as_, objective, key_result, member):
    other = KeyResultFactory(objective=objective)
    typed = _fields(key_result, note="Words to keep") | _fields(other, confidence="11")
    page = as_(member).post(URL, typed)
    assert "Nothing is saved yet" in page.text
    assert "Words to keep" in page.text
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("value", ["", "nan", "inf", "many", "1e999"])
def test_what_is_no_number_is_refused(as_, key_result, member, value):
    page = as_(member).post(URL, _fields(key_result, value=value))
    assert page.status_code == 200
    assert not CheckIn.objects.exists()


def test_falling_confidence_asks_why(as_, key_result, member, now):
    CheckInFactory(key_result=key_result, at=now - dt.timedelta(days=7), confidence=7)
    page = as_(member).post(URL, _fields(key_result, confidence="5"))
    assert "Confidence falls from 7 to 5: say why." in page.text
    as_(member).post(URL, _fields(key_result, confidence="5", note="Two accounts left the pilot."))
    assert CheckIn.objects.filter(confidence=5).count() == 1


def test_a_value_from_a_kpi_cannot_be_typed(as_, key_result, member, now):
    follow(key_result, KpiFactory())
    key_result.save()
    series(key_result.kpi, queries.company_day(now), [52.5])
    assert 'value="52.5\u00a0%" disabled' in as_(member).get(URL).text  # as people write it
    as_(member).post(URL, _fields(key_result, value="99"))
    assert CheckIn.objects.get().value == 52.5


def test_a_row_is_saved_alone_by_htmx_and_says_how_many_are_done(as_, objective, key_result, member):
    KeyResultFactory(objective=objective)
    url = f"/process/okrs/key-results/{key_result.pk}/check-in/"
    page = as_(member).post(url, _fields(key_result), headers={"HX-Request": "true"}).text
    assert "<html" not in page
    assert f'id="row-{key_result.pk}"' in page
    assert "1 of 2 done" in page
    assert CheckIn.objects.count() == 1
    page = as_(member).post(url, _fields(key_result, value="x"), headers={"HX-Request": "true"}).text
    assert "Enter a number" in page


def test_a_colleague_of_the_team_may_stand_in_and_a_stranger_may_not(as_, team, key_result):
    url = f"/process/okrs/key-results/{key_result.pk}/check-in/"
    assert as_(UserFactory()).post(url, _fields(key_result)).status_code == 404
    assert as_(UserFactory(viewer_of=team)).post(url, _fields(key_result)).status_code == 404
    colleague = UserFactory(editor_of=team)
    assert as_(colleague).post(url, _fields(key_result)).status_code == 302
    assert CheckIn.objects.get().by == colleague


def test_whoever_owns_a_key_result_checks_in_whatever_their_role(as_, objective, submitter):
    row = KeyResultFactory(objective=objective, owner=submitter)
    as_(submitter).post(URL, _fields(row))
    assert row.check_ins.count() == 1


def test_a_key_result_becomes_stale_and_says_so(as_, cycle, objective, member, now):
    if queries.time_gone(cycle, queries.company_day(now)) < 0.25:
        now = dt.datetime.combine(cycle.period.last_day, dt.time(12), tzinfo=dt.UTC)
    silent = KeyResultFactory(objective=objective)
    fresh = KeyResultFactory(objective=objective)
    CheckInFactory(key_result=silent, at=now - dt.timedelta(days=21))
    CheckInFactory(key_result=fresh, at=now)
    first, second = queries.mine(member, at=now)
    assert (first.stale, first.silent_weeks, second.stale) == (True, 3, False)


def test_a_key_result_whose_pace_and_confidence_disagree_says_so(cycle, objective, member, now):
    end = dt.datetime.combine(cycle.period.last_day, dt.time(12), tzinfo=dt.UTC)
    row = KeyResultFactory(objective=objective)
    CheckInFactory(key_result=row, at=end, confidence=9)
    [standing] = queries.mine(member, at=end)
    assert (standing.pace, standing.disagreement) == ("at_risk", "More confident than the pace suggests")


def test_the_objective_rolls_its_key_results_up_by_weight(cycle, objective, now):
    KeyResultFactory(objective=objective, start=0, target=100, current=50, weight=3)
    KeyResultFactory(objective=objective, start=10, target=0, current=-5, weight=1)
    ObjectiveFactory(cycle=cycle)
    [standing] = queries.objective_standings([objective], at=now)
    assert standing.percent == round(100 * (3 * 0.5 + 1) / 4)


def test_milestones_are_ticked_and_levels_chosen_where_one_checks_in(as_, objective, member, now):
    steps = KeyResultFactory(objective=objective, kind=Kind.MILESTONES, start=None, target=None)
    beta, _launch = (Milestone.objects.create(key_result=steps, title=name) for name in ("Beta", "Launch"))
    scale = KeyResultFactory(objective=objective, kind=Kind.ORDINAL, levels=["No", "Yes"], start=0, target=1)
    page = as_(member).get(URL).text
    assert "Launch" in page
    assert '<option value="1">Yes</option>' in page
    sent = _fields(steps, milestones=str(beta.pk), next="Launch on Monday") | _fields(scale, value="1")
    as_(member).post(URL, sent)
    said = dict(CheckIn.objects.values_list("key_result", "value"))
    assert said == {steps.pk: 50, scale.pk: 1}
    assert CheckIn.objects.get(key_result=steps).next == "Launch on Monday"
    assert [row.done for row in Milestone.objects.order_by("pk")] == [True, False]
    assert CheckIn.objects.filter(by_hand=True).count() == 2


def test_confidence_begins_at_seven_and_a_first_doubt_is_explained(as_, key_result, member):
    assert (
        "begins at 7 and falls to 4: say why"
        in as_(member).post(URL, _fields(key_result, confidence="4")).text
    )
    assert not CheckIn.objects.exists()


def test_ones_own_last_check_in_of_the_week_is_taken_back(as_, team, key_result, member, now):
    url = f"/process/okrs/key-results/{key_result.pk}/check-in/undo/"
    _record(key_result, member, now - dt.timedelta(days=7), value=42)
    _record(key_result, member, now, value=99)
    assert as_(member).get(URL).text.count("Undo the check-in") == 1
    as_(UserFactory(editor_of=team)).post(url)
    assert CheckIn.objects.count() == 2, "nobody takes back another's words"
    as_(member).post(url)
    as_(member).post(url)
    key_result.refresh_from_db()
    assert (CheckIn.objects.get().value, key_result.current) == (42, 42), "last week's stays"
    assert Event.objects.get(verb="check_in.undone").data["value"] == 99


def test_a_typed_value_that_a_source_overrules_is_named(as_, key_result, member, now):
    _record(key_result, member, now, value=44)
    follow(key_result, KpiFactory())
    key_result.save()
    series(key_result.kpi, queries.company_day(now), [50.0])
    for page in (URL, key_result.objective.get_absolute_url()):
        assert (
            f"{member.name} typed 44.0\u00a0%; its source says 50.0\u00a0% now" in as_(member).get(page).text
        )
