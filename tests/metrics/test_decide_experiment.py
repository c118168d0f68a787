"""Deciding by the rule and against it, closing with a learning, and questions that are open again."""

import datetime as dt
import io

import pytest
from django.urls import reverse
from pptx import Presentation

from metrics.models import (
    DoubtOutcome,
    Experiment,
    ExperimentDecision,
    ExperimentDoubt,
    ExperimentSnapshot,
    ExperimentState,
    KpiVersion,
    Learning,
    Severity,
)
from metrics.queries.advice import advice_on
from metrics.queries.learnings import evidence_of
from metrics.queries.programme import programme
from metrics.services import decisions, doubts, experiments, incidents, learnings, rulings, versions
from metrics.subscribers.experiments import ask_again_for_incident
from prodops.models import Event, Notification, Role
from prodops.services import delivery
from tests.factories.experiments import ExperimentDecisionFactory, ExperimentFactory, LearningFactory
from tests.factories.metrics import KpiFactory
from tests.factories.prodops import TeamFactory, UserFactory
from tests.factories.research import InsightFactory

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)


def _stopped(action="ship", variant="beside", lift=0.08):
    """A stopped experiment whose newest results recommend `action`."""
    made = ExperimentFactory(in_state=ExperimentState.STOPPED)
    primary = made.kpis.select_related("kpi").get().kpi
    effect = {"effect": lift, "error": 0.02}
    readout = {
        "verdict": "It is better.",
        "recommendation": {"action": action, "variant": variant, "reasons": ["It is better."]},
        "kpis": [
            {"key": primary.slug, "role": "primary", "variants": [{"key": "beside", "relative": effect}]}
        ],
    }
    if action:
        ExperimentSnapshot.objects.create(experiment=made, at=AT, source="hand", data={}, readout=readout)
    return made


def _variant(experiment):
    return experiment.variants.get(key="beside")


def _incident(kpi, day, **fields):
    first = dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
    said = {"way": "data", "what": "Counted twice", "severity": Severity.HIGH} | fields
    return incidents.report(kpi, **said, window_from=first, window_to=first, by=UserFactory(), at=AT)


def test_what_the_rule_recommends_stands_at_once_with_the_lift_it_rests_on():
    made = _stopped()
    assert advice_on(made).words == "It is better."
    ruling = rulings.decide(
        made, ruling="ship", variant=_variant(made), rationale="Clear gain", by=made.owner, at=AT
    )
    made.refresh_from_db()
    assert (made.state, ruling.state, ruling.against, ruling.advice) == ("decided", "stands", False, "ship")
    assert (ruling.lift, ruling.error) == (0.08, 0.02)
    with pytest.raises(experiments.WrongState):
        rulings.decide(made, ruling="roll_back", rationale="Other", by=made.owner, at=AT)


@pytest.mark.parametrize(
    ("advice", "ruling", "against"),
    [
        ("roll_back", "ship", True),
        ("keep_running", "ship", True),
        ("review", "roll_back", False),
        ("roll_back", "roll_back", False),
        ("", "roll_back", True),
    ],
)
def test_only_what_goes_against_the_rule_waits_for_somebody_else(advice, ruling, against):
    made = _stopped(advice)
    variant = _variant(made) if ruling == "ship" else None
    done = rulings.decide(made, ruling=ruling, variant=variant, rationale="So", by=made.owner, at=AT)
    made.refresh_from_db()
    assert (done.against, done.state) == (against, "waiting" if against else "stands")
    assert made.state == ("stopped" if against else "decided")


def test_a_second_reviewer_is_another_person_and_may_send_it_back():
    made = _stopped("roll_back")
    other = UserFactory()
    ask = {"ruling": "ship", "variant": _variant(made), "rationale": "Strategy", "by": made.owner, "at": AT}
    first = rulings.decide(made, **ask)
    with pytest.raises(experiments.WrongState):
        rulings.decide(made, **ask)
    with pytest.raises(rulings.SameReviewer):
        rulings.review(first, agree=True, note="", by=made.owner, at=AT)
    with pytest.raises(experiments.ReasonMissing):
        rulings.review(first, agree=False, note="", by=other, at=AT)
    rulings.review(first, agree=False, note="The guardrail is harmed", by=other, at=AT)
    second = rulings.decide(made, **ask)
    rulings.review(second, agree=True, note="", by=other, at=AT)
    made.refresh_from_db()
    states = list(ExperimentDecision.objects.order_by("pk").values_list("state", flat=True))
    assert (made.state, states) == ("decided", ["refused", "stands"])


def test_to_keep_running_extends_the_plan():
    made = _stopped("keep_running")
    until = dt.date(2026, 12, 1)
    rulings.decide(made, ruling="keep_running", rationale="Not clear", until=until, by=made.owner, at=AT)
    made.refresh_from_db()
    assert (made.state, made.planned_to, made.changes.get().reason) == ("running", until, "Not clear")


def test_on_data_in_quarantine_it_asks_why_it_has_to_be_now():
    made = _stopped()
    kpi = made.kpis.select_related("kpi").get().kpi
    _incident(kpi, dt.date(2026, 11, 5))
    ask = {"ruling": "ship", "variant": _variant(made), "rationale": "Clear", "by": made.owner, "at": AT}
    with pytest.raises(rulings.InQuarantine, match=kpi.name):
        rulings.decide(made, **ask)
    done = rulings.decide(made, **ask, override_reason="The contract ends today")
    assert done.override_reason == "The contract ends today"


def test_it_closes_with_a_decision_and_a_learning_only():
    made = _stopped()
    with pytest.raises(experiments.WrongState):
        rulings.close(made, title="People mend what they see", by=made.owner, at=AT)
    rulings.decide(made, ruling="ship", variant=_variant(made), rationale="Clear", by=made.owner, at=AT)
    with pytest.raises(rulings.NothingLearned):
        rulings.close(made, by=made.owner, at=AT)
    rulings.close(made, title="People mend what they see", by=made.owner, at=AT)
    made.refresh_from_db()
    learning = Learning.objects.with_evidence().get()
    assert (made.state, learning.supporting, learning.contradicting) == ("closed", 1, 0)
    with pytest.raises(learnings.NotPossible):
        learnings.uncite(made.learnings.get(), by=made.owner, at=AT)


def test_a_learning_shows_both_sides_and_hides_insights_one_may_not_read():
    learning, reader, sales = LearningFactory(), UserFactory(), UserFactory(role=Role.SUBMITTER)
    insight, test = InsightFactory(published=True), ExperimentFactory()
    by = {"by": learning.by, "at": AT}
    learnings.cite(learning, experiment=test, stance="contradicts", **by)
    learnings.cite(learning, insight=insight, stance="supports", note="Five of six", **by)
    seen = evidence_of(learning, reader)
    assert ([one.insight for one in seen.supporting], seen.hidden) == ([insight], 0)
    assert [one.experiment for one in seen.contradicting] == [test]
    assert evidence_of(learning, sales).hidden == 1
    with pytest.raises(learnings.ReasonMissing):
        learnings.withdraw(learning, reason=" ", **by)
    learnings.withdraw(learning, reason="Two later tests say otherwise", **by)
    assert not Learning.objects.standing().exists()
    learnings.restore(learning, **by)
    assert Learning.objects.standing().get() == learning


def test_an_incident_in_its_days_opens_the_question_once_and_the_owner_answers():
    made = _stopped()
    rulings.decide(made, ruling="ship", variant=_variant(made), rationale="Clear", by=made.owner, at=AT)
    kpi = made.kpis.select_related("kpi").get().kpi
    inside = _incident(kpi, dt.date(2026, 11, 5))
    for _ in range(2):
        ask_again_for_incident(Event.objects.get(verb="incident.opened", subject_id=inside.pk))
    outside = KpiFactory()
    assert doubts.open_for_incident(_incident(outside, dt.date(2026, 11, 5)), at=AT) == []
    doubt = ExperimentDoubt.objects.get()
    assert Experiment.objects.doubted().get() == made
    with pytest.raises(experiments.ReasonMissing):
        doubts.answer(doubt, outcome=DoubtOutcome.STANDS, reason="", by=made.owner, at=AT)
    doubts.answer(doubt, outcome=DoubtOutcome.DECIDE_AGAIN, reason="Half the data", by=made.owner, at=AT)
    made.refresh_from_db()
    assert (made.state, made.decisions.get().state) == ("stopped", "withdrawn")
    with pytest.raises(experiments.WrongState):
        doubts.answer(doubt, outcome=DoubtOutcome.STANDS, reason="No", by=made.owner, at=AT)


def test_a_hold_or_another_way_of_counting_opens_it_too():
    made = ExperimentDecisionFactory().experiment
    kpi = made.kpis.select_related("kpi").get().kpi
    window = dt.datetime(2026, 11, 3, tzinfo=dt.UTC)
    hold = decisions.hold(
        kpi,
        reason="Reloaded",
        until=AT + dt.timedelta(days=2),
        window_from=window,
        window_to=window,
        by=made.owner,
        at=AT,
    )
    assert [one.hold for one in doubts.open_for_hold(hold, at=AT)] == [hold]
    said = KpiVersion.objects.filter(kpi=kpi).values().get()
    same = kpi.count_version
    assert doubts.open_for_version(same, at=AT) == []
    second = {"id": None, "number": 2, "state": "past", "effective_from": AT.date()}
    newer = KpiVersion.objects.create(**said | second)
    assert [one.kind for one in doubts.open_for_version(newer, at=AT)] == ["metric"]


def _told(verb, at=AT):
    """Deliver the newest event of a verb, as the outbox does; gives the decided experiments it opened."""
    event = Event.objects.filter(verb=verb).latest("pk")
    delivery.deliver(event.pk, at=at)
    return [doubt.experiment for doubt in ExperimentDoubt.objects.open().order_by("pk")]


def _decided_on(kpi):
    made = ExperimentFactory(primary=kpi, in_state=ExperimentState.DECIDED)
    return ExperimentDecisionFactory(experiment=made, at=AT).experiment


def test_what_happens_to_a_kpi_reaches_the_owner_of_what_was_decided_by_it():
    kpi, day = KpiFactory(approved=True), dt.datetime(2026, 11, 5, tzinfo=dt.UTC)
    made, other = _decided_on(kpi), _decided_on(KpiFactory(approved=True))
    incident = _incident(kpi, dt.date(2026, 11, 5), severity=Severity.LOW)
    assert _told("incident.opened") == []
    incidents.grade(incident, severity=Severity.HIGH, by=kpi.owner, at=AT)
    assert _told("incident.graded") == [made]
    _told("experiment.doubted")
    note = Notification.objects.get(recipient=made.owner)
    assert note.text.startswith(f"Open again: “{made}”. {kpi}: an incident")
    assert note.url == ExperimentDoubt.objects.get().get_absolute_url()
    days = {"window_from": day, "window_to": day, "until": AT + dt.timedelta(days=2)}
    decisions.hold(other.kpis.get().kpi, reason="Reloaded", **days, by=other.owner, at=AT)
    assert _told("kpi.held") == [made, other]


@pytest.mark.parametrize(
    ("changed", "opens"), [({"formula": "counted anew"}, 1), ({"meaning": "Clearer"}, 0)]
)
def test_only_a_version_that_counts_otherwise_opens_the_question(changed, opens):
    kpi = KpiFactory(approved=True)
    _decided_on(kpi)
    version = versions.propose(kpi, note="Because", **changed, by=kpi.owner, at=AT)
    versions.approve(version, by=UserFactory(role=Role.PRODUCT_OPS), at=AT)
    assert len(_told("kpi.approved")) == opens


def test_a_reason_to_decide_on_data_in_quarantine_is_asked_only_where_they_are(as_):
    made = _stopped()
    url = reverse("metrics:experiment_decide", args=[made.key])
    assert b'name="override_reason"' not in as_(made.owner).get(url).content
    _incident(made.kpis.get().kpi, dt.date(2026, 11, 5))
    page = as_(made.owner).get(url).content.decode()
    assert 'name="override_reason"' in page
    assert "Your reason stays with the decision" in page


def test_who_would_decide_again_is_led_to_the_second_review(as_):
    made = _stopped("roll_back")
    done = rulings.decide(
        made, ruling="ship", variant=_variant(made), rationale="Asked for", by=made.owner, at=AT
    )
    answer = as_(made.owner).get(reverse("metrics:experiment_decide", args=[made.key]))
    assert answer.url == reverse("metrics:ruling_review", args=[done.pk])


def test_the_programme_counts_wins_and_takes_winners_back():
    for lift, ruling in ((0.10, "ship"), (0.02, "ship"), (-0.03, "roll_back"), (0.0, "roll_back")):
        made = ExperimentFactory(in_state=ExperimentState.DECIDED)
        variant = _variant(made) if ruling == "ship" else None
        ExperimentDecisionFactory(
            experiment=made, ruling=ruling, variant=variant, lift=lift, error=0.02, at=AT
        )
    ExperimentFactory(in_state=ExperimentState.RUNNING)
    found = programme(today=AT.date())
    assert (found.running, found.decided, found.shipped, found.rate) == (1, 4, 2, 0.5)
    assert (found.days_to_decide, found.of) == (16, 4)
    # Q = 25 + 1 + 2.25 + 0 = 28.25; τ² = (28.25 - 4) / 10000 = 0.002425; factor = τ² / (τ² + 0.0004)
    factor = 0.002425 / 0.002825
    assert [one.believed for one in found.winners] == pytest.approx([0.10 * factor, 0.02 * factor])
    assert found.months[-1].started == 5


def test_where_less_is_better_a_winner_counts_as_a_gain():
    for lift, direction in ((0.10, "up"), (-0.06, "down")):
        made = ExperimentFactory(in_state=ExperimentState.DECIDED)
        made.kpis.update(direction=direction)
        ship = {"ruling": "ship", "variant": _variant(made), "at": AT}
        ExperimentDecisionFactory(experiment=made, **ship, lift=lift, error=0.01)
    found = programme(today=AT.date())
    assert (round(found.measured, 4), [one.lift for one in found.winners]) == (0.08, [0.10, -0.06])
    assert 0 < found.believed < found.measured


def test_files_of_the_list_hold_decisions_and_learnings(client):
    made = ExperimentDecisionFactory(rationale="No gain").experiment
    learnings.cite(
        LearningFactory(title="Hints are not read"), experiment=made, stance="supports", by=made.owner, at=AT
    )
    client.force_login(made.owner)
    rows = b"".join(client.get("/metrics/experiments/?format=csv").streaming_content).decode()
    assert "Roll back,No gain" in rows
    assert "Supports: Hints are not read" in rows
    deck = Presentation(io.BytesIO(client.get("/metrics/experiments/slides/").content))
    words = [shape.text_frame.text for slide in deck.slides for shape in slide.shapes if shape.has_text_frame]
    assert len(deck.slides) == 2
    assert any("Hints are not read" in one for one in words)
    assert any("Decided: Roll back" in one for one in words)


def test_decision_review_and_closing_as_pages(client):
    team = TeamFactory()
    owner, other = UserFactory(editor_of=team), UserFactory(editor_of=team)
    made = _stopped("roll_back")
    Experiment.objects.filter(pk=made.pk).update(owner=owner, team=team)
    client.force_login(owner)
    page = f"/metrics/experiments/{made.key}/"
    ship = {"ruling": "ship", "rationale": "Strategy"}
    assert client.post(f"{page}decide/", ship).status_code == 422
    assert client.post(f"{page}decide/", ship | {"variant": _variant(made).pk}).status_code == 302
    review = f"/metrics/experiments/rulings/{made.decisions.get().pk}/"
    assert client.post(review, {"agree": "yes"}).status_code == 422
    client.force_login(other)
    assert client.post(review, {"agree": "yes"}).status_code == 302
    client.force_login(owner)
    assert client.post(f"{page}close/", {"stance": "supports"}).status_code == 422
    assert client.post(f"{page}close/", {"stance": "supports", "title": "It works"}).status_code == 302
    assert "It works" in client.get(page).content.decode()
