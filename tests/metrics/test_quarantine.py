"""Data that are not to be decided on: which, why, until when; and that it ends by itself."""

import datetime as dt

import pytest

from metrics import queries
from metrics.models import Cause, IncidentState, Severity, Way
from tests.factories.metrics import HoldFactory, IncidentFactory, KpiFactory

pytestmark = pytest.mark.django_db


def test_an_open_incident_from_some_severity_on_and_a_hold_until_its_day(now, django_assert_num_queries):
    grave = IncidentFactory(severity=Severity.HIGH)
    IncidentFactory(severity=Severity.LOW)
    hold = HoldFactory(at=now, until=now + dt.timedelta(days=2))
    calm = KpiFactory()
    with django_assert_num_queries(1):
        found = queries.quarantine([grave.kpi_id, hold.kpi_id, calm.pk, None], at=now)
    assert set(found) == {grave.kpi_id, hold.kpi_id}
    assert (found[grave.kpi_id].incident, found[grave.kpi_id].until) == (grave.pk, None)
    assert found[grave.kpi_id].words == "High incident: lower than expected, 19 Nov 2026"
    assert (found[hold.kpi_id].incident, found[hold.kpi_id].until) == (None, hold.until)
    assert queries.quarantine([hold.kpi_id], at=hold.until) == {}
    with django_assert_num_queries(0):
        assert queries.quarantine([], at=now) == {}


def test_resolving_ends_it_and_the_gravest_speaks(now, member):
    first = IncidentFactory(severity=Severity.MEDIUM)
    second = IncidentFactory(kpi=first.kpi, way=Way.DATA, severity=Severity.HIGH)
    HoldFactory(kpi=first.kpi, at=now, until=now + dt.timedelta(days=2))
    assert queries.quarantine([first.kpi_id], at=now)[first.kpi_id].incident == second.pk
    for incident in (first, second):
        incident.state, incident.cause = IncidentState.RESOLVED, Cause.PIPELINE
        incident.resolved_at, incident.resolved_by = now, member
        incident.save()
    assert queries.quarantine([first.kpi_id], at=now)[first.kpi_id].incident is None


def test_the_badge_stands_in_the_list_and_the_banner_on_the_page(as_, member):
    incident = IncidentFactory()
    client = as_(member)
    assert "Not for decisions" in client.get("/metrics/kpis/").content.decode()
    html = client.get(incident.kpi.get_absolute_url()).content.decode()
    assert "Do not use for decisions</strong> until it is resolved." in html
    assert incident.get_absolute_url() in html
    assert "lower than expected" in client.get(incident.get_absolute_url()).content.decode()
