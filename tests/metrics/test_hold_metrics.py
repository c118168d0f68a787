"""What the database itself refuses."""

import datetime as dt
import math

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from metrics.models import Cause, FlagState, IncidentState, KpiStatus, KpiTier, Unit
from tests.factories.metrics import (
    FlagFactory,
    HoldFactory,
    IncidentFactory,
    KpiFactory,
    PointFactory,
    ReReviewFactory,
)

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


def test_a_flag_is_once_for_its_kind_and_has_its_incident():
    flag = FlagFactory()
    refused(FlagFactory, kpi=flag.kpi, period=flag.period, kind=flag.kind, incident=flag.incident)
    refused(FlagFactory, asks=False)
    assert FlagFactory(asks=False, state=FlagState.PAST).pk


def test_an_incident_is_one_of_its_way_and_resolved_with_a_cause(now):
    incident = IncidentFactory()
    refused(IncidentFactory, kpi=incident.kpi, way=incident.way)
    refused(IncidentFactory, state=IncidentState.ASSIGNED)
    refused(IncidentFactory, state=IncidentState.RESOLVED, resolved_at=now)
    refused(IncidentFactory, cause=Cause.PIPELINE)
    early = incident.window_from - dt.timedelta(days=1)
    refused(IncidentFactory, window_to=early)


def test_a_review_has_one_cause_and_an_answer_its_reason(now):
    review = ReReviewFactory()
    refused(ReReviewFactory, decision=review.decision, incident=review.incident)
    refused(ReReviewFactory, hold=HoldFactory())
    refused(ReReviewFactory, outcome="stands", answered_at=now, answered_by=review.decision.by)
