"""What the database itself refuses."""

import math

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from metrics.models import FlagState, KpiStatus, KpiTier, Unit
from tests.factories.metrics import FlagFactory, KpiFactory, PointFactory

pytestmark = pytest.mark.django_db


def refused(act, *args, **kwargs):
    with pytest.raises(DatabaseError), transaction.atomic():
        act(*args, **kwargs)


def test_a_slug_never_changes_and_no_kpi_is_deleted():
    kpi = KpiFactory(slug="activation")
    kpi.slug = "other"
    refused(kpi.save)
    refused(kpi.delete)


def test_there_is_one_live_north_star():
    old = KpiFactory(tier=KpiTier.NORTH_STAR)
    refused(KpiFactory, tier=KpiTier.NORTH_STAR)
    old.status = KpiStatus.DEPRECATED
    old.save()
    assert KpiFactory(tier=KpiTier.NORTH_STAR).pk


def test_an_approved_kpi_says_by_whom():
    refused(KpiFactory, status=KpiStatus.APPROVED)
    assert KpiFactory(approved=True).approved_by


def test_money_has_a_currency_and_nothing_else_has():
    refused(KpiFactory, unit=Unit.MONEY)
    refused(KpiFactory, unit=Unit.COUNT, currency="EUR")
    assert KpiFactory(unit=Unit.MONEY, currency="EUR").pk


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_point_is_finite(value):
    kpi = KpiFactory()
    refused(PointFactory, kpi=kpi, value=value)


def test_a_period_has_one_value():
    point = PointFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        PointFactory(kpi=point.kpi, period=point.period)


def test_a_flag_is_once_for_its_kind_and_dismissed_with_a_reason(now):
    flag = FlagFactory()
    refused(FlagFactory, kpi=flag.kpi, period=flag.period, kind=flag.kind)
    refused(FlagFactory, state=FlagState.DISMISSED, answered_by=flag.kpi.owner, answered_at=now, kpi=flag.kpi)
    refused(FlagFactory, state=FlagState.ACKNOWLEDGED, kpi=flag.kpi)
