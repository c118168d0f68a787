"""Data checks of a KPI: what fails opens an incident, what passes again closes it."""

import datetime as dt
import random

import pytest
from django.urls import reverse

from metrics import queries
from metrics.models import CheckState, Incident, Point, QualityResult, Rule, Slice, Unit, Watch, Way
from metrics.models.slices import slice_key
from metrics.services import checks, quality, series
from tests.factories.metrics import KpiFactory, day
from tests.factories.metrics import series as points

pytestmark = pytest.mark.django_db
LAST = dt.date(2026, 11, 19)
NOW = dt.datetime(2026, 11, 20, 1, tzinfo=dt.UTC)


def uneven(count=40, seed=3):
    dice = random.Random(seed)
    return [round(60 + dice.gauss(0, 2), 3) for _ in range(count)]


def states(kpi):
    return dict(QualityResult.objects.filter(kpi=kpi).values_list("rule", "state"))


def test_calm_data_pass_and_what_is_not_known_says_so():
    kpi = KpiFactory()
    points(kpi, LAST, uneven())
    checks.check(kpi.pk, at=NOW)
    unknown = states(kpi).pop(Rule.PARTS)
    assert unknown == CheckState.UNKNOWN
    assert set(states(kpi).values()) == {CheckState.PASS, CheckState.UNKNOWN}
    assert not Incident.objects.exists()


def test_gaps_fail_once_and_pass_again_when_they_are_filled(member):
    kpi = KpiFactory()
    values = uneven()
    for gap in (3, 5, 8, 11, 14, 17, 20):
        values[-gap] = None
    points(kpi, LAST, values)
    for _ in range(3):
        checks.check(kpi.pk, at=NOW)
    flag = kpi.flags.get(kind="nulls")
    assert (flag.incident.way, states(kpi)[Rule.NULLS]) == (Way.DATA, CheckState.FAIL)
    assert flag.in_words() == "Many values missing: 7 of the last 28 periods have no value."
    for gap in (3, 5, 8, 11, 14, 17, 20):
        series.set_value(kpi, period=day(LAST - dt.timedelta(days=gap - 1)), value=60.5, by=member, at=NOW)
    checks.check(kpi.pk, at=NOW)
    flag.refresh_from_db()
    assert flag.state == "withdrawn"
    assert states(kpi)[Rule.NULLS] == CheckState.PASS


def test_parts_that_do_not_add_up_fail():
    kpi = KpiFactory(unit=Unit.COUNT)
    points(kpi, LAST, [round(value) * 10.0 + n for n, value in enumerate(uneven())])
    whole = kpi.points.main().get(period=day(LAST)).value
    for country, value in (("DE", whole / 2), ("FR", whole / 4)):
        part = Slice.objects.create(
            kpi=kpi, values={"country": country}, key=slice_key({"country": country}), label=country
        )
        Point.objects.create(
            kpi=kpi, version_id=kpi.count_version_id, slice=part, period=day(LAST), value=value, loaded_at=NOW
        )
    checks.check(kpi.pk, at=NOW)
    result = QualityResult.objects.get(kpi=kpi, rule=Rule.PARTS)
    assert result.state == CheckState.FAIL
    assert "by country" in result.words


def test_no_data_at_all_is_an_alarm_of_an_approved_kpi():
    silent, draft = KpiFactory(approved=True), KpiFactory()
    for kpi in (silent, draft):
        Watch.objects.create(kpi=kpi)
    later = silent.approved_at + dt.timedelta(days=9)
    assert queries.ids_with_news([silent.pk, draft.pk], at=later) == [silent.pk]
    for _ in range(2):
        checks.check_many([silent.pk, draft.pk], at=later)
    assert silent.flags.get().kind == "late"
    assert queries.ids_with_news([silent.pk, draft.pk], at=later) == []


def test_many_are_checked_in_a_fixed_number_of_queries(django_assert_max_num_queries):
    kpis = KpiFactory.create_batch(12)
    for number, kpi in enumerate(kpis):
        points(kpi, LAST, uneven(seed=number))
    with django_assert_max_num_queries(30):
        checks.check_many([kpi.pk for kpi in kpis], at=NOW)
    assert QualityResult.objects.filter(rule=Rule.NULLS, state=CheckState.PASS).count() == 12


def test_thresholds_are_set_by_whoever_may_edit(as_, member, team):
    kpi = KpiFactory(team=team)
    points(kpi, LAST, uneven())
    checks.check(kpi.pk, at=NOW)
    url = reverse("metrics:quality_edit", args=[kpi.slug])
    client = as_(member)
    on = {f"{rule}_on": "on" for rule in ("volume", "nulls", "range", "uniqueness", "parts")}
    assert client.post(url, on | {"nulls_warn": "30", "nulls_fail": "20"}).status_code == 422
    assert client.post(url, on | {"range_fail": "50"}).status_code == 302
    assert Rule.RESTATED not in states(kpi), "switched off"
    assert states(kpi)[Rule.RANGE] == CheckState.FAIL
    page = client.get(reverse("metrics:quality_detail", args=[kpi.slug])).text
    assert "not at most 50" in page
    assert "Next due" in page
    assert 'value="50.0"' in client.get(url).text
    quality.configure(kpi, {Rule.RANGE: (False, None, None)}, by=member, at=NOW)
    assert not Incident.objects.open().filter(kpi=kpi).exists()
