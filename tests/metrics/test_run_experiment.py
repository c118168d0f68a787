"""The course of an experiment: gates before the start, the frozen plan, changes, stop and extension."""

import datetime as dt

import pytest
from django.utils import timezone

from metrics.models import (
    ChecklistItem,
    Experiment,
    ExperimentState,
    ExperimentTemplate,
    KpiRole,
    Lineage,
    StopReason,
)
from metrics.queries.calendar import calendar
from metrics.queries.experiments import hash_of, plan_of
from metrics.queries.overlaps import overlaps_among, overlaps_of
from metrics.services import experiments
from metrics.services.experiments.running import NotReady
from prodops.models import Event
from tests.factories.experiments import ExperimentFactory
from tests.factories.metrics import KpiFactory
from tests.factories.prodops import TeamFactory, UserFactory
from tests.factories.research import InsightFactory

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 2)


def _rows(experiment, **changed):
    return [
        {
            "key": one.key,
            "name": one.name,
            "description": "",
            "ratio": one.ratio,
            "is_control": one.is_control,
        }
        | changed
        for one in experiment.variants.all()
    ]


def _kpis(experiment, *more):
    first = experiment.kpis.select_related("kpi").get(role=KpiRole.PRIMARY)
    primary = {"kpi": first.kpi, "role": "primary", "measured": "proportion", "direction": "up"}
    return [primary | {"margin": None}, *more]


def _ready(**fields):
    made = ExperimentFactory(sample_size=500, min_days=14, **fields)
    experiments.make_ready(made, by=made.owner, at=AT)
    made.refresh_from_db()
    return made


def test_an_idea_becomes_a_draft_with_what_its_template_says():
    guard = KpiFactory(slug="tickets", name="Tickets", direction="down")
    by, team = UserFactory(), TeamFactory()
    template = ExperimentTemplate.objects.create(
        name="Onboarding",
        design={"method": "sequential", "alpha": 0.1},
        guardrails=[{"kpi": "tickets", "margin": 0.03}],
        checklist=[{"text": "Tried on a phone", "required": True}],
        by=by,
        at=AT,
    )
    insight = InsightFactory()
    made = experiments.create(
        title="Guided import", team=team, owner=by, template=template, insights=[insight], by=by, at=AT
    )
    assert (made.key, made.state, made.method, made.alpha) == ("guided-import", "draft", "sequential", 0.1)
    (row,) = made.kpis.all()
    assert (row.kpi, row.role, row.margin, row.direction) == (guard, "guardrail", 0.03, "down")
    assert [one.text for one in made.checklist.all()] == ["Tried on a phone"]
    assert made.insights.get().insight == insight
    other = experiments.create(title="Guided import", team=team, owner=by, by=by, at=AT)
    assert other.key == "guided-import-2"
    with pytest.raises(experiments.KeyTaken):
        experiments.create(title="Any", key="calendar", team=team, owner=by, by=by, at=AT)


def test_what_is_missing_holds_up_the_start_and_says_where():
    made = ExperimentFactory(know_when="")
    with pytest.raises(NotReady) as error:
        experiments.make_ready(made, by=made.owner, at=AT)
    assert "Complete the hypothesis." in str(error.value)
    ready = _ready()
    item = ChecklistItem.objects.create(experiment=ready, position=0, text="Tried on a phone")
    ChecklistItem.objects.create(experiment=ready, position=1, text="Told support", required=False)
    with pytest.raises(NotReady, match="Tried on a phone"):
        experiments.start(ready, by=ready.owner, at=AT)
    experiments.tick(item, by=ready.owner, at=AT)
    experiments.start(ready, by=ready.owner, at=AT)
    ready.refresh_from_db()
    assert (ready.state, ready.started_on) == (ExperimentState.RUNNING, DAY)
    assert ready.plan == plan_of(ready)
    assert ready.plan_hash == hash_of(ready.plan)
    row = ready.kpis.select_related("kpi").get()
    assert row.version_id == row.kpi.count_version_id
    with pytest.raises(experiments.WrongState):
        experiments.start(ready, by=ready.owner, at=AT)
    with pytest.raises(experiments.WrongState):
        experiments.untick(item, by=ready.owner, at=AT)


def test_a_change_of_a_running_plan_is_kept_with_its_reason_and_the_rest_stays():
    running = ExperimentFactory(in_state=ExperimentState.RUNNING, sample_size=500)
    by = running.owner
    with pytest.raises(experiments.ReasonMissing):
        experiments.revise(running, fields={"mde": 0.1}, by=by, at=AT)
    for settled in ({"alpha": 0.1}, {"method": "bayesian"}, {"wanted": "down"}):
        with pytest.raises(experiments.FixedAtStart):
            experiments.revise(running, fields=settled, reason="Better so.", by=by, at=AT)
    third = [row | {"ratio": 40} for row in _rows(running)]
    third += [third[1] | {"key": "third", "ratio": 20}]
    with pytest.raises(experiments.FixedAtStart):
        experiments.revise(running, variants=third, reason="One more.", by=by, at=AT)
    guard = {"kpi": KpiFactory(), "role": "guardrail", "measured": "proportion"}
    guard |= {"direction": "down", "margin": 0.02}
    experiments.revise(running, kpis=_kpis(running, guard), reason="Support asked.", by=by, at=AT)
    change = running.changes.get()
    assert (change.before, change.after) == ("not in the plan", "guardrail, margin 2 %")
    assert change.plan_hash == hash_of(plan_of(Experiment.objects.get(pk=running.pk))) != running.plan_hash
    assert running.kpis.get(kpi=guard["kpi"]).version_id == guard["kpi"].count_version_id
    with pytest.raises(experiments.FixedAtStart):
        experiments.revise(running, kpis=[guard | {"role": "primary"}], reason="Other.", by=by, at=AT)


def test_before_the_start_a_plan_changes_freely_but_not_into_nonsense():
    made = ExperimentFactory()
    by = made.owner
    with pytest.raises(experiments.NotPossible, match="120 %"):
        experiments.revise(made, variants=[row | {"ratio": 60} for row in _rows(made)], by=by, at=AT)
    with pytest.raises(experiments.NotPossible, match="control"):
        experiments.revise(made, variants=_rows(made, is_control=True), by=by, at=AT)
    again = _kpis(made, {**_kpis(made)[0], "role": "secondary"})
    with pytest.raises(experiments.NotPossible, match="twice"):
        experiments.revise(made, kpis=again, by=by, at=AT)
    other = {"kpi": KpiFactory(approved=True), "role": "primary", "measured": "mean", "direction": "down"}
    old = _kpis(made)[0] | {"role": "secondary"}
    experiments.revise(made, kpis=[other | {"margin": None}, old], by=by, at=AT)
    assert made.kpis.get(role="primary").kpi == other["kpi"]
    assert not made.changes.exists()


def test_it_stops_for_a_reason_and_runs_on_with_one():
    running = ExperimentFactory(in_state=ExperimentState.RUNNING)
    by, later = running.owner, AT + dt.timedelta(days=10)
    with pytest.raises(experiments.ReasonMissing):
        experiments.stop(running, reason=StopReason.HARM, note=" ", by=by, at=later)
    experiments.stop(running, reason=StopReason.HARM, note="Refunds doubled", by=by, at=later)
    running.refresh_from_db()
    assert (running.state, running.stopped_on) == ("stopped", later.date())
    with pytest.raises(experiments.WrongState):
        experiments.stop(running, reason=StopReason.PLANNED, note="", by=by, at=later)
    until = dt.date(2026, 12, 1)
    experiments.extend(running, until=until, reason="It was a bug of the till", by=by, at=later)
    running.refresh_from_db()
    assert (running.state, running.planned_to, running.stopped_on) == ("running", until, None)
    change = running.changes.get()
    assert (change.before, change.after) == ("stopped on 12 Nov 2026", "1 Dec 2026")
    with pytest.raises(experiments.NotPossible):
        experiments.extend(running, until=DAY, reason="Shorter", by=by, at=later)


def test_an_idea_is_dropped_with_a_reason_and_taken_up_again():
    made = ExperimentFactory()
    experiments.drop(made, reason="Tried in 2024", by=made.owner, at=AT)
    made.refresh_from_db()
    assert (made.state, made.drop_note) == ("dropped", "Tried in 2024")
    experiments.take_up(made, by=made.owner, at=AT)
    made.refresh_from_db()
    assert made.state == "draft"


def test_a_rerun_has_the_plan_and_no_days():
    old = ExperimentFactory(in_state=ExperimentState.STOPPED, method="sequential")
    by = UserFactory()
    made = experiments.again(old, lineage=Lineage.RERUN, by=by, at=AT)
    assert (made.parent, made.lineage, made.method, made.owner) == (old, "rerun", "sequential", by)
    assert (made.planned_from, made.state, made.plan) == (None, "draft", None)
    assert [one.key for one in made.variants.all()] == ["control", "beside"]
    assert made.kpis.get().version is None
    assert Event.objects.filter(verb="experiment.taken_further", subject_id=old.pk).exists()


def test_tests_meet_on_one_surface_at_one_time_unless_kept_apart():
    kpi = KpiFactory(approved=True, name="Activation")
    one = ExperimentFactory(primary=kpi, audience="New accounts")
    same = ExperimentFactory(primary=kpi, in_state=ExperimentState.RUNNING)
    apart = ExperimentFactory(audience="Old accounts", in_state=ExperimentState.READY)
    ExperimentFactory(surfaces=["billing"], in_state=ExperimentState.READY)
    ExperimentFactory(
        planned_from=dt.date(2027, 1, 1), planned_to=dt.date(2027, 1, 9), in_state=ExperimentState.READY
    )
    found = overlaps_of(one)
    assert [(each.other, each.shared, each.apart) for each in found] == [
        (same, ("Activation",), False),
        (apart, (), True),
    ]
    assert "both look at Activation" in found[0].words
    Experiment.objects.filter(pk=one.pk).update(state="ready")
    both = Experiment.objects.filter(pk__in=[one.pk, same.pk])
    assert len(overlaps_among(list(both))) == 1
    both.update(exclusion_group="onboarding")
    assert overlaps_among(list(both)) == []


def test_pages_lead_from_the_idea_to_the_start(client):
    owner = UserFactory(editor_of=TeamFactory())
    client.force_login(owner)
    kpi = KpiFactory(approved=True)
    team = owner.teams.get()
    typed = {"title": "Guided import", "because": "We saw it", "change": "a guide helps", "wanted": "up"}
    typed |= {"size": "5", "know_when": "more get through", "surfaces": "Importer, sign-up"}
    page = client.post("/metrics/experiments/new/", typed | {"team": team.pk, "owner": owner.pk})
    made = Experiment.objects.get(key="guided-import")
    assert page.status_code == 302
    assert made.surfaces == ["importer", "sign-up"]
    assert made.size == 0.05
    design = {"unit": "account", "method": "fixed", "correction": "holm", "alpha": "5", "power": "80"}
    design |= {"mde": "10", "baseline": "0.6", "min_days": "14", "done": "1"}
    design |= {"planned_from": "2026-11-02", "planned_to": "2036-11-30"}
    design |= {"kpis-rows": "1", "kpis-0-kpi": kpi.slug, "kpis-0-role": "primary"}
    design |= {"kpis-0-measured": "proportion", "kpis-0-direction": "up"}
    design |= {"variants-rows": "2", "variants-0-name": "Old", "variants-0-ratio": "50"}
    design |= {"variants-0-is_control": "on", "variants-1-name": "New", "variants-1-ratio": "40"}
    refused = client.post(f"{made.get_absolute_url()}design/", design)
    assert refused.status_code == 422
    assert b"90 %" in refused.content
    design["variants-1-ratio"] = "50"
    assert client.post(f"{made.get_absolute_url()}design/", design).status_code == 302
    made.refresh_from_db()
    assert made.sample_size == 1013
    assert [one.key for one in made.variants.all()] == ["old", "new"]
    for item in made.checklist.filter(required=True):
        client.post(f"/metrics/experiments/checks/{item.pk}/")
    client.post(f"{made.get_absolute_url()}ready/")
    client.post(f"{made.get_absolute_url()}start/")
    made.refresh_from_db()
    assert made.state == "running", client.get(made.get_absolute_url()).content.decode()
    assert timezone.localdate() >= made.started_on


def test_the_calendar_draws_days_and_not_weeks():
    first = dt.date(2026, 10, 26)
    ExperimentFactory(planned_from=first + dt.timedelta(days=14), planned_to=first + dt.timedelta(days=20))
    ExperimentFactory(
        planned_from=first - dt.timedelta(days=9), planned_to=first + dt.timedelta(days=2), key="earlier"
    )
    found = calendar(first, today=first + dt.timedelta(days=28))
    bars = {one.experiment.key: one for lane in found.lanes for one in lane.bars}
    assert (bars.pop("earlier").width, found.week, found.today) == (2.68, 5, 25.45)
    (week,) = bars.values()
    assert (week.start, week.width) == (12.5, 6.25)
