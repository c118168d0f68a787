"""Results of an experiment come in, are read out, and can be seen again."""

import datetime as dt
import json
import re

import pytest
from django.urls import reverse

from metrics.formats import result_rows
from metrics.forms.results import NumbersForm
from metrics.models import ExperimentPull, ExperimentSnapshot, ExperimentState
from metrics.models.token import digest_of
from metrics.queries import results as found
from metrics.services import results
from metrics.sources import databases
from prodops.models import Event
from tests.factories.experiments import ExperimentFactory
from tests.factories.metrics import IncidentFactory, KpiFactory
from tests.factories.metrics_series import ApiTokenFactory, DataSourceFactory
from tests.factories.prodops import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
EARLY = dt.datetime(2026, 11, 10, 9, tzinfo=dt.UTC)
LATE = dt.datetime(2026, 11, 16, 9, tzinfo=dt.UTC)


@pytest.fixture
def experiment():
    kpi = KpiFactory(slug="signups", name="Signups", approved=True)
    member = UserFactory(editor_of=TeamFactory())
    team = member.teams.get()
    made = ExperimentFactory(
        primary=kpi, owner=member, team=team, in_state=ExperimentState.RUNNING, sample_size=5_000, min_days=7
    )
    return results.loaded(made.pk)


def numbers(control=500, beside=650, n=10_000):
    return {
        "variants": [
            {"key": "control", "n": n, "kpis": {"signups": {"count": control}}},
            {"key": "beside", "n": n, "kpis": {"signups": {"count": beside}}},
        ]
    }


def take(experiment, data=None, at=LATE, **said):
    return results.take(
        experiment, data or numbers(), **{"source": "hand", "by": experiment.owner, **said}, at=at
    )


def test_each_time_is_a_snapshot_that_can_be_seen_again(experiment):
    first, _ = take(experiment, numbers(500, 510))
    second, is_new = take(experiment)
    assert is_new
    assert second.readout["recommendation"]["action"] == "ship"
    assert second.readout["recommendation"]["variant"] == "beside"
    assert [one.pk for one in found.history(experiment)] == [second.pk, first.pk]
    assert take(experiment) == (second, False)
    event = Event.objects.filter(verb="experiment.results_in").latest("pk")
    assert event.data["how"] == "by hand"


def test_the_plan_decides_how_it_is_read_out(experiment):
    early, _ = take(experiment, at=EARLY)
    assert early.readout["peek"] is True
    assert early.readout["recommendation"]["action"] == "keep_running"
    assert early.readout["experiment"]["key"] == experiment.key


def test_incidents_in_its_days_are_flagged(experiment):
    kpi = experiment.kpis.get().kpi
    day = dt.datetime(2026, 11, 8, tzinfo=dt.UTC)
    IncidentFactory(kpi=kpi, window_from=day, window_to=day)
    IncidentFactory(kpi=kpi, way="up", window_from=day - dt.timedelta(60), window_to=day - dt.timedelta(50))
    snapshot, _ = take(experiment)
    check = next(one for one in snapshot.readout["health"] if one["check"] == "incidents")
    assert check["state"] == "fail"
    assert snapshot.readout["recommendation"]["action"] == "review"
    assert len(found.incidents_in(experiment, LATE.date())) == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda data: data["variants"].pop(), "“beside” are missing"),
        (lambda data: data["variants"][0].update(key="c"), "“c” is no variant of the plan"),
        (
            lambda data: data["variants"][0]["kpis"].update(orders={"count": 1}),
            "“orders” is no KPI of the plan",
        ),
        (lambda data: data["variants"][0].update(n="many"), "must be a number"),
        (lambda data: data.update(variants={}), "Send “variants”"),
    ],
)
def test_what_the_plan_does_not_know_is_refused(experiment, changed, said):
    data = numbers()
    changed(data)
    with pytest.raises(results.Unreadable, match=said):
        take(experiment, data)
    assert not ExperimentSnapshot.objects.exists()


def test_results_wait_for_the_start():
    with pytest.raises(results.NotTaken, match="started"):
        take(ExperimentFactory())


CSV = "Variant;KPI;Users;Conversions\nControl;Signups;10 000;500\nError beside the row;signups;10 000;650\n"


def test_a_file_may_call_things_by_their_names(experiment):
    snapshot, _ = results.from_text(experiment, CSV, by=experiment.owner, at=LATE)
    assert snapshot.data == numbers()


def test_a_file_may_have_a_row_for_each_unit():
    rows = "\n".join(f"{variant},hours,{n}" for variant in ("control", "beside") for n in (3, 1.5, 2))
    found = result_rows.of_text(
        f"variant,kpi,value\n{rows}\n", {"control": "As it is", "beside": "New"}, {"hours": "Hours", "x": "X"}
    )
    assert found["variants"][1] == {"key": "beside", "n": 3, "kpis": {"hours": {"values": [3, 1.5, 2]}}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "variant,kpi,value,sum\ncontrol,signups,5,5\n",
            "Row 2: it has a value of one unit and sums of many",
        ),
        ("variant,kpi,value,sum\ncontrol,signups,,5\ncontrol,signups,5,\n", "Row 3: an earlier row has sums"),
        ("variant,kpi\ncontrol,signups\n", "No column has numbers"),
        ("group_name,count\ncontrol,5\n", "no column “variant”"),
        ("variant,kpi,n,count\nx,signups,5,1\n", "Row 2: the variant “x” is none of the plan's"),
        ("variant,kpi,n,count\ncontrol,signups,5,one\n", "Row 2: “one” of “count” is no number"),
        ("variant,kpi,n,count\ncontrol,signups,5,1\ncontrol,signups,5,1\n", "Row 3: this variant and KPI"),
        ("variant,kpi,n,count\ncontrol,signups,5,1\ncontrol,,6,\n", "Row 3: n is 6"),
        ("variant,kpi,n,count\n", "no row under it"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(text, said):
    kpis = {"signups": "Signups", "orders": "Orders"}
    with pytest.raises(results.Unreadable, match=said):
        result_rows.of_text(text, {"control": "Control", "beside": "Beside"}, kpis)


def test_a_program_sends_results_and_reads_them_out(client, experiment):
    ApiTokenFactory(by=experiment.owner, team=experiment.team, digest=digest_of("pops_x"))
    url, newest = (
        reverse(f"metrics:{name}", args=[experiment.key]) for name in ("api_results", "api_readout")
    )
    headers = {"Authorization": "Bearer pops_x"}
    assert client.get(newest, headers=headers).status_code == 404
    sent = client.post(url, json.dumps(numbers()), "application/json", headers=headers)
    assert sent.status_code == 200
    assert sent.json()["new"] is True
    assert client.post(url, json.dumps(numbers()), "application/json", headers=headers).json()["new"] is False
    assert client.get(newest, headers=headers).json()["readout"] == sent.json()["readout"]
    bad = client.post(url, b'{"variants": NaN}', "application/json", headers=headers)
    assert (bad.status_code, bad.json()["error"]["code"]) == (422, "results")
    assert client.put(url, headers=headers).status_code == 405
    assert client.get(newest).status_code == 401
    client.force_login(experiment.owner)
    assert client.get(newest).json()["snapshot"] == sent.json()["snapshot"]


def test_a_token_of_another_team_reaches_nothing(client, experiment):
    ApiTokenFactory(by=experiment.owner, digest=digest_of("pops_y"))
    url = reverse("metrics:api_readout", args=[experiment.key])
    assert client.get(url, headers={"Authorization": "Bearer pops_y"}).status_code == 404


ANSWER = databases.Answer(
    ("variant", "kpi", "n", "count"),
    [("control", "signups", 10_000, 500), ("beside", "signups", 10_000, 650)],
)


def test_a_query_brings_results_every_morning_while_the_test_runs(experiment, monkeypatch):
    monkeypatch.setattr(databases, "ask", lambda *a, **k: ANSWER)
    source, sql = DataSourceFactory(), "SELECT 1 AS variant"
    data = results.ask(experiment, source, sql)
    snapshot, _ = results.keep_query(
        experiment, source=source, sql=sql, data=data, by=experiment.owner, at=EARLY
    )
    assert (snapshot.source, snapshot.data) == ("sql", numbers())
    pull = ExperimentPull.objects.get()
    assert results.due_ids(at=EARLY) == []
    tomorrow = EARLY + dt.timedelta(days=1)
    assert results.due_ids(at=tomorrow) == [pull.pk]
    results.pull(pull.pk, at=tomorrow, clock=lambda: tomorrow)
    assert results.due_ids(at=tomorrow) == []
    assert ExperimentSnapshot.objects.count() == 2  # another day of the plan


def test_the_example_of_a_query_fits_the_plan(as_, experiment):
    page = as_(experiment.owner).get(reverse("metrics:results_query", args=[experiment.key])).text
    assert "'signups' AS kpi" in page
    assert "sum(did) AS count" in page


def test_a_query_that_fails_says_so_once_and_is_asked_again(experiment, monkeypatch):
    monkeypatch.setattr(databases, "ask", lambda *a, **k: ANSWER)
    source, sql = DataSourceFactory(), "SELECT 1 AS variant"
    results.keep_query(experiment, source=source, sql=sql, data=numbers(), by=experiment.owner, at=EARLY)

    def failing(*args, **kwargs):
        raise databases.Unavailable("The database is away.")

    monkeypatch.setattr(databases, "ask", failing)
    for days in (1, 2):
        day = EARLY + dt.timedelta(days=days)
        results.pull(ExperimentPull.objects.get().pk, at=day, clock=lambda day=day: day)
    assert ExperimentPull.objects.get().error == "The database is away."
    assert Event.objects.filter(verb="experiment.query_failed").count() == 1
    assert results.drop_query(experiment, by=experiment.owner, at=LATE)


def test_who_looks_early_is_noted_once_for_each_snapshot(experiment):
    snapshot, _ = take(experiment, at=EARLY)
    for _ in range(2):
        results.peek(experiment, snapshot, by=experiment.owner, at=EARLY)
    assert experiment.peeks.count() == 1
    results.peek(experiment, snapshot, by=UserFactory(), at=LATE)
    assert experiment.peeks.count() == 1


def test_by_hand_with_raw_values_and_the_time_before(experiment):
    median = KpiFactory(slug="hours", name="Hours", approved=True)
    revenue = KpiFactory(slug="revenue", name="Revenue", approved=True)
    experiment.kpis.create(kpi=median, role="secondary", measured="quantile", position=1)
    experiment.kpis.create(kpi=revenue, role="secondary", measured="mean", position=2)
    made = results.loaded(experiment.pk)
    empty = NumbersForm(experiment=made)
    given, typed = {"sum": 21_000, "sum_squares": 52_000}, {}
    before = {"pre_sum": 20_000, "pre_sum_squares": 50_000, "pre_sum_products": 45_000}
    for variant in made.variants.all():
        values = " ".join(str(n % 37 + (not variant.is_control)) for n in range(400))
        typed |= {f"{variant.pk}--n": 10_000, f"{variant.pk}-hours-values": values}
        typed |= {f"{variant.pk}-signups-count": 500}
        typed |= {f"{variant.pk}-revenue-{name}": value for name, value in (given | before).items()}
    assert set(typed) <= set(empty.fields)
    assert not empty.shows_before()
    form = NumbersForm(typed, experiment=made)
    assert form.is_valid(), form.errors
    snapshot, _ = take(made, form.cleaned_data["results"])
    kpis = {one["key"]: one["variants"][0] for one in snapshot.readout["kpis"]}
    assert kpis["revenue"]["cuped"]["used"] is True
    assert kpis["hours"]["cannot_say_because"] is None
    assert NumbersForm(experiment=made, former=snapshot).shows_before()
    wrong = NumbersForm(typed | {f"{variant.pk}-hours-values": "12.5; many"}, experiment=made)
    assert "Value 2, “many”, is no number" in str(wrong.errors)


def test_a_ratio_with_the_time_before_says_why_it_is_not_adjusted(experiment):
    experiment.kpis.update(measured="ratio")
    ratio = {"sum": 30_000, "sum_squares": 100_000, "denominator_sum": 20_000}
    ratio |= {"denominator_sum_squares": 45_000, "sum_products": 62_000, "pre_sum": 1, "pre_sum_squares": 1}
    data = numbers()
    for variant in data["variants"]:
        variant["kpis"] = {"signups": ratio}
    snapshot, _ = take(results.loaded(experiment.pk), data)
    shown = snapshot.readout["kpis"][0]["variants"][0]
    assert "a ratio is not adjusted" in shown["cuped"]["cannot_say_because"]
    assert shown["relative"]["interval"] is not None


def test_the_openapi_document_has_every_door(as_, experiment):
    described = as_(experiment.owner).get(reverse("metrics:api_description")).json()
    doors = {path.partition("/metrics/")[2] for path in described["paths"]}
    names = ("api_points", "api_points_bulk", "api_results", "api_readout")
    told = (reverse(f"metrics:{name}", args=["SLUG"]).removeprefix("/metrics/") for name in names)
    assert {door.replace("{kpi}", "SLUG").replace("{experiment}", "SLUG") for door in doors} == set(told)
    schemas = described["components"]["schemas"]
    used = re.findall(r"#/components/schemas/(\w+)", json.dumps(described))
    assert set(used) <= set(schemas)
    assert set(schemas["ExperimentNumbers"]["properties"]) >= {"count", "sum_squares", "pre_sum", "values"}
