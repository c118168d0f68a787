"""Decisions: on data in quarantine with a reason, and looked at again when their data turn out affected."""

import datetime as dt

import pytest
from django.urls import reverse

from metrics.models import Decision, DecisionState, ReReview, Severity
from metrics.services import decisions, incidents, reviews
from prodops.models import Event, Notification, Role
from prodops.services import delivery
from tests.factories.metrics import (
    DecisionFactory,
    IncidentFactory,
    KpiFactory,
    ReReviewFactory,
    day,
    series,
)
from tests.factories.prodops import UserFactory

pytestmark = pytest.mark.django_db
FIRST, LAST = dt.date(2026, 11, 1), dt.date(2026, 11, 20)
SAID = {"title": "Ship it", "text": "It holds", "data_from": FIRST, "data_to": LAST}


def test_it_keeps_what_the_numbers_were(member, now):
    kpi = KpiFactory()
    series(kpi, LAST, [60.0, 61.5])
    decision = decisions.record([kpi], **SAID, by=member, at=now)
    cited = decision.kpis.get()
    assert (cited.value, cited.version_id, cited.quarantine) == (61.5, kpi.count_version_id, "")
    assert decision.override_reason == ""


def test_on_data_in_quarantine_it_takes_a_reason_which_the_owner_hears(as_, member, now):
    incident = IncidentFactory(severity=Severity.HIGH)
    kpi = incident.kpi
    with pytest.raises(decisions.InQuarantine):
        decisions.record([kpi], **SAID, by=member, at=now)
    elsewhere = SAID | {"data_from": dt.date(2026, 1, 1), "data_to": dt.date(2026, 1, 31)}
    assert decisions.record([kpi], **elsewhere, by=member, at=now).override_reason == ""
    url = reverse("metrics:decision_record", args=[kpi.slug])
    assert "Do not use for decisions" in as_(member).get(url).text
    form = {**SAID, "kpis": kpi.slug, "data_from": "2026-11-01", "data_to": "2026-11-20"}
    refused = as_(member).post(url, form)
    assert refused.status_code == 422
    assert "Wait, or say why it has to be now" in refused.text
    assert as_(member).post(url, form | {"override_reason": "The contract ends today"}).status_code == 302
    decision = Decision.objects.get(override_reason="The contract ends today")
    assert decision.kpis.get().quarantine.startswith("High incident")
    delivery.deliver(Event.objects.filter(verb="decision.recorded").latest("pk").pk, at=now)
    assert "decided on data in quarantine" in Notification.objects.get(recipient=kpi.owner).text
    incidents.grade(incident, severity=Severity.MEDIUM, by=member, at=now)
    reviewed = ReReview.objects.filter(decision=decision)
    assert not reviewed.exists(), "it was taken knowing of this very incident"


def test_a_window_set_afterwards_opens_each_decision_on_its_data_once(member, now):
    decision = DecisionFactory(at=now - dt.timedelta(days=3))
    kpi = decision.kpis.get().kpi
    before = DecisionFactory(kpi=kpi, data_from=dt.date(2026, 9, 1), data_to=dt.date(2026, 9, 30))
    DecisionFactory(kpi=kpi, state=DecisionState.WITHDRAWN)
    incident = IncidentFactory(kpi=kpi, severity=Severity.LOW, opened_at=now)
    incidents.set_window(incident, first=day(FIRST), last=day(LAST), by=member, at=now)
    assert not ReReview.objects.exists(), "not grave enough"
    incidents.grade(incident, severity=Severity.HIGH, by=member, at=now)
    assert ReReview.objects.get().decision == decision
    for first in (dt.date(2026, 9, 15), dt.date(2026, 9, 14)):
        incidents.set_window(incident, first=day(first), last=day(LAST), by=member, at=now)
    assert set(ReReview.objects.values_list("decision", flat=True)) == {decision.pk, before.pk}
    for event in Event.objects.filter(verb="decision.review_opened"):
        delivery.deliver(event.pk, at=now)
        delivery.deliver(event.pk, at=now)
    assert Notification.objects.filter(recipient=decision.by).count() == 1


def test_a_hold_opens_them_too_and_ends(as_, member, team, now):
    decision = DecisionFactory(kpi=KpiFactory(team=team), at=now - dt.timedelta(days=3))
    kpi = decision.kpis.get().kpi
    url = reverse("metrics:hold_set", args=[kpi.slug])
    until = (now + dt.timedelta(days=4)).date().isoformat()
    form = {"reason": "Reload", "until": until, "first": "2026-11-10", "last": "2026-11-12"}
    page = as_(member).post(url, form, follow=True).text
    assert "1 decision will be looked at again" in page
    assert f"until {(now + dt.timedelta(days=4)).day} " in page
    assert as_(member).post(url, form | {"until": "2020-01-01"}).status_code == 422
    hold = kpi.holds.get()
    assert as_(member).post(reverse("metrics:hold_lift", args=[hold.pk])).status_code == 302
    with pytest.raises(decisions.NotPossible):
        decisions.lift(hold, by=member, at=now)
    assert decision.reviews.get().hold == hold


def test_who_decided_answers_once_with_a_reason(as_, people, member, now):
    review = ReReviewFactory(decision__by=member)
    url = review.get_absolute_url()
    assert as_(UserFactory()).post(url, {"outcome": "stands", "reason": "x"}).status_code == 404
    assert as_(UserFactory()).get(url).status_code == 200
    client = as_(member)
    assert client.post(url, {"outcome": "revised"}).status_code == 422
    assert client.post(url, {"outcome": "revised", "reason": "A lower target"}).status_code == 302
    decision = Decision.objects.get()
    assert decision.state == DecisionState.REVISED
    page = client.get(decision.get_absolute_url()).text
    assert "A lower target" in page
    with pytest.raises(reviews.AlreadyAnswered):
        reviews.answer(review, outcome="stands", reason="Again", by=people[Role.PRODUCT_OPS], at=now)
    with pytest.raises(reviews.ReasonMissing):
        reviews.answer(ReReviewFactory(), outcome="stands", reason=" ", by=member, at=now)


def test_the_list_finds_what_is_to_be_looked_at_again(as_, member):
    waiting, calm = DecisionFactory(title="Waiting", by=member), DecisionFactory(title="Calm")
    ReReviewFactory(decision=waiting)
    url = reverse("metrics:decision_list")
    assert calm.title in as_(member).get(url).text
    assert calm.title not in as_(member).get(url, {"about": "again"}).text
    assert "Decisions to look at again" in as_(member).get("/").text
