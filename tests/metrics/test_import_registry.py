"""A file of definitions: what it would change is shown, chosen, applied and taken back."""

import datetime as dt
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from metrics.formats import registry
from metrics.models import (
    Driver,
    Kpi,
    KpiStatus,
    KpiVersion,
    RegistryImport,
    RegistryImportStage,
    RowResult,
    RowState,
    VersionState,
)
from metrics.queries.exchange import entry_of, for_exchange
from metrics.services import drivers, exchange, kpis, targets, versions
from prodops.models import Event, Job
from tests.factories.metrics import KpiFactory
from tests.factories.prodops import UserFactory

DBT = """
semantic_models:
  - name: orders
    model: ref('orders')
    defaults: {agg_time_dimension: at}
    entities: [{name: order, type: primary}]
    dimensions:
      - {name: at, type: time, type_params: {time_granularity: day}}
      - {name: status, type: categorical}
    measures:
      - {name: revenue, agg: sum, expr: amount}
      - {name: orders, agg: count, expr: "1"}
metrics:
  - {name: revenue, label: Revenue, description: What came in., type: simple, type_params: {measure: revenue}}
  - {name: order_count, label: Orders, type: simple, type_params: {measure: orders}}
  - name: order_value
    label: Order value
    type: derived
    type_params: {expr: revenue / n, metrics: [{name: revenue}, {name: order_count, alias: n}]}
  - {name: odd, type: other}
"""


@pytest.fixture
def stage(member, team, now):
    def staged(text, format="dbt_yaml", by=member):
        return exchange.stage(file_name="metrics.yml", text=text, format=format, team=team, by=by, at=now)

    return staged


def states(load):
    return {row.key: row.state for row in load.rows.all()}


def test_new_metrics_become_drafts_of_the_team_and_formulas_name_them(stage, member, team, now):
    load = stage(DBT)
    assert load.stage == RegistryImportStage.STAGED
    assert states(load) == {"revenue": "new", "order_count": "new", "order_value": "new", "odd": "refused"}
    assert not Kpi.objects.exists()
    exchange.start(load, by=member, at=now)
    revenue = Kpi.objects.get(slug="revenue")
    assert (revenue.status, revenue.team, revenue.meaning) == (KpiStatus.DRAFT, team, "What came in.")
    assert revenue.formula == "Sum of orders.amount, per day"
    value = KpiVersion.objects.get(kpi__slug="order-value")
    assert (value.kind, value.definition["inputs"]) == ("derived", {"n": "orders", "revenue": "revenue"})
    assert KpiVersion.objects.exclude(fingerprint="").count() == 3
    assert Event.objects.get(verb="registry.imported").data["defined"] == 3
    assert set(states(stage(DBT)).values()) == {"same", "refused"}


def test_an_approved_definition_is_only_proposed_and_a_draft_changed(stage, member, team, now):
    approved = KpiFactory(
        name="Revenue", slug="revenue", approved=True, team=team, unit="money", currency="EUR"
    )
    draft = KpiFactory(name="Orders", slug="order-count", team=team, unit="count")
    others = KpiFactory(name="Order value", slug="order-value")
    load = stage(DBT)
    rows = {row.key: row for row in load.rows.all()}
    assert {one["field"] for one in rows["revenue"].changes} == {"meaning", "definition", "dimensions"}
    assert (
        rows["order_value"].reason
        == f"“Order value” is {others.team}’s, and you may not change it. Ask them to import it."
    )
    exchange.start(load, by=member, at=now)
    approved.refresh_from_db()
    assert (approved.meaning, approved.status) != ("What came in.", KpiStatus.DRAFT)
    proposal = approved.versions.get(state=VersionState.PROPOSED)
    assert (proposal.meaning, proposal.kind) == ("What came in.", "simple")
    assert approved.dimensions == ["status"]
    assert KpiVersion.objects.get(kpi=draft).definition["measure"]["aggregate"] == "count"
    results = {row.key: row.result for row in load.rows.all()}
    assert (results["revenue"], results["order_count"]) == (RowResult.PROPOSED, RowResult.EDITED)
    load.refresh_from_db()
    exchange.undo(load, by=member, at=now)
    proposal.refresh_from_db()
    approved.refresh_from_db()
    assert (proposal.state, approved.dimensions) == (VersionState.WITHDRAWN, [])
    assert KpiVersion.objects.get(kpi=draft).definition == {}
    assert set(load.rows.exclude(state=RowState.REFUSED).values_list("result", flat=True)) == {
        RowResult.UNDONE
    }


def test_only_what_is_chosen_is_applied_and_new_drafts_can_be_taken_back(stage, member, now):
    load = stage(DBT)
    rows = {row.key: row.pk for row in load.rows.all()}
    exchange.choose(load, shown=rows.values(), chosen=[rows["revenue"], rows["odd"]])
    exchange.start(load, by=member, at=now)
    assert [kpi.slug for kpi in Kpi.objects.all()] == ["revenue"]
    with pytest.raises(exchange.NotStaged):
        exchange.start(load, by=member, at=now)
    load.refresh_from_db()
    exchange.undo(load, by=member, at=now)
    assert Kpi.objects.get().status == KpiStatus.DEPRECATED


def test_what_cannot_be_read_or_taken_says_why(stage):
    failed = stage("metrics: [", "dbt_yaml")
    assert (failed.stage, failed.complaint[:7]) == (RegistryImportStage.FAILED, "Line 2,")
    load = stage('Name,Unit,Definition\nA,furlongs,\nB,,"{""kind"": ""simple""}"\n', "table")
    reasons = {row.key: row.reason for row in load.rows.all()}
    assert reasons["A"].startswith("Unit: “furlongs” is not one of count,")
    assert reasons["B"].startswith("Definition, measure")


def test_a_large_file_is_read_and_applied_by_a_worker(
    stage, member, now, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr("metrics.services.exchange.staging.AT_ONCE", 100)
    monkeypatch.setattr("metrics.services.exchange.applying.ROWS_AT_ONCE", 1)
    with django_capture_on_commit_callbacks(execute=True):
        load = stage(DBT)
    load.refresh_from_db()
    assert load.stage == RegistryImportStage.STAGED
    with django_capture_on_commit_callbacks(execute=True):
        exchange.start(load, by=member, at=now)
    load.refresh_from_db()
    assert (load.stage, Kpi.objects.count()) == (RegistryImportStage.DONE, 3)
    exchange.apply(load, at=now)  # a second delivery
    assert Kpi.objects.count() == 3
    assert Job.objects.filter(state="done").count() == 2


@pytest.mark.parametrize("format", registry.WRITERS)
def test_a_registry_exported_imports_again_with_no_difference(format, stage, ops, now):
    first = KpiFactory(
        name="Ärger, “quoted”; = x", meaning="Two\nlines  here", approved=True, owner=UserFactory()
    )
    second = KpiFactory(name="-Minus", unit="money", currency="EUR", dimensions=["plan", "country"])
    first.aliases.create(name="a; b")
    drivers.add(first, second, by=ops, at=now)
    counted = {
        "kind": "ratio",
        "numerator": {
            "aggregate": "count",
            "table": "t",
            "filters": [{"column": "x", "op": "=", "values": ["a"]}],
        },
        "denominator": {"aggregate": "count", "table": "t"},
    }
    KpiVersion.objects.filter(kpi=first).update(kind="ratio", definition=counted)
    KpiVersion.objects.filter(kpi=second).update(sql={"postgres": "SELECT SUM(x)\nFROM t"})
    writing = registry.write(format, [entry_of(kpi) for kpi in for_exchange(Kpi.objects.order_by("pk"))])
    load = stage(writing.text, format, by=ops)
    held = 2 - len(writing.left_out)
    assert list(states(load).values()) == ["same"] * held, [row.changes for row in load.rows.all()]
    assert held or format in ("osi", "metric_hub")  # these hold what is one query


@pytest.fixture
def told(ops, member, now):
    """Two KPIs with all that only our own formats hold: targets, a second version, a successor."""
    old = KpiFactory(name="Old share", slug="old-share", approved=True)
    new = KpiFactory(name="New share", slug="new-share", approved=True, unit="percent")
    targets.set_target(new, effective_from=now.date(), value=70, low=60.5, note="Plan", by=ops, at=now)
    targets.set_target(new, effective_from=now.date() + dt.timedelta(days=90), high=95, by=ops, at=now)
    later = now + dt.timedelta(days=2)
    change = versions.propose(new, note="Tests do not count", formula="Counted\nanew", by=member, at=later)
    versions.approve(change, by=ops, at=later)
    kpis.deprecate(old, successor=new, note="Merged", by=ops, at=later)
    return old, new


@pytest.mark.parametrize("format", ["prodops", "table", "xlsx"])
def test_an_export_holds_targets_successors_and_history(format, told, stage, ops, as_):
    raw = as_(ops).get(reverse("metrics:registry_download", args=[format])).getvalue()
    text = registry.csv_of_xlsx(raw) if format == "xlsx" else registry.decode(raw)
    read = {one.slug: one for one in registry.read("table" if format == "xlsx" else format, text).entries}
    assert read["new-share"].targets[0] == {
        "from": read["new-share"].targets[0]["from"], "value": 70, "low": 60.5, "note": "Plan"
    }  # fmt: skip
    assert [one["version"] for one in read["new-share"].history] == [1, 2]
    assert (read["old-share"].status, read["old-share"].successor) == ("deprecated", "new-share")
    load = stage(text, "table" if format == "xlsx" else format, by=ops)
    assert set(states(load).values()) == {"same"}, [row.changes or row.reason for row in load.rows.all()]
    assert load.notes == []
    other = text.replace("Tests do not count", "Something else").replace("Merged", "Split")
    load = stage(other, "table" if format == "xlsx" else format, by=ops)
    assert "the file says another why deprecated" in load.rows.get(key="old-share").reason
    assert load.notes == ["The file has another history of “New share” than there is here; it is not taken."]


def test_targets_and_successors_come_in_and_are_taken_back(told, stage, ops, now):
    _, new = told
    entries = [entry_of(kpi) for kpi in for_exchange(Kpi.objects.order_by("slug"), history=True)]
    there = {
        "new-share": {"slug": "there", "name": "There"},
        "old-share": {"slug": "gone", "name": "Gone", "successor": "there"},
    }
    moved = [replace(one, **there[one.slug]) for one in entries]
    load = stage(registry.write("prodops", moved).text, "prodops", by=ops)
    assert set(states(load).values()) == {"new"}
    assert any("2 earlier versions stay in the file" in note for note in load.notes)
    exchange.start(load, by=ops, at=now)
    kept, gone = Kpi.objects.get(slug="there"), Kpi.objects.get(slug="gone")
    assert (gone.status, gone.successor, gone.status_note) == (KpiStatus.DEPRECATED, kept, "Merged")
    assert list(kept.targets.order_by("effective_from").values_list("value", "low", "high")) == [
        (70, 60.5, None), (None, None, 95)
    ]  # fmt: skip
    named = replace(moved[1], slug="elsewhere", name="New share", status="deprecated", successor=None)
    assert states(stage(registry.write("prodops", [named]).text, "prodops", by=ops)) == {
        "elsewhere": "new"  # not what is in use under that name
    }
    text = registry.write(
        "prodops", [replace(one, targets=one.targets[:1]) for one in entries if one.targets]
    )
    load = stage(text.text, "prodops", by=ops)
    exchange.start(load, by=ops, at=now)
    assert new.targets.count() == 1
    load.refresh_from_db()
    exchange.undo(load, by=ops, at=now)
    assert new.targets.count() == 2
    again = stage(
        "prodops_kpis: 1\nkpis:\n- {slug: there, name: There, status: deprecated}\n", "prodops", by=ops
    )
    exchange.start(again, by=ops, at=now)
    assert not Kpi.objects.live().filter(slug="there").exists()
    again.refresh_from_db()
    exchange.undo(again, by=ops, at=now)
    assert Kpi.objects.live().filter(slug="there").exists()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("targets: [{from: soon, value: 1}]", "A target begins “from” a day such as 2026-01-31"),
        ("targets: [{from: 2026-01-01}]", "needs a value, a low or a high"),
        ("targets: [{from: 2026-01-01, low: 2, high: 1}]", "a low that is not below its high"),
        ("targets: [{from: 2026-01-01, value: 1}, {from: 2026-01-01, value: 2}]", "Two targets begin on"),
        ("targets: [{from: 2026-01-01, value: 1, colour: red}]", "“colour” is no part of a target"),
        ("targets: 7", "Targets is not a list of names and values"),
        ("status: approved", "is not given by a file"),
        ("successor: x", "only what is deprecated has one"),
    ],
)
def test_what_cannot_be_of_a_target_or_status_is_refused(said, reason, stage):
    load = stage(f"prodops_kpis: 1\nkpis:\n- name: A\n  slug: a\n  {said}\n", "prodops")
    assert reason in load.rows.get().reason


def test_lists_are_read_as_the_pages_show_them(stage):
    load = stage("Name,Unit,Direction,Tier\nLoads on time,Percent,Higher is better,NORTH STAR\n", "table")
    row = load.rows.get()
    assert (row.state, row.reason) == ("new", "")
    assert (row.entry["unit"], row.entry["direction"], row.entry["tier"]) == ("percent", "up", "north_star")


def test_the_pages_take_a_file_through(member, team, as_):
    client = as_(member)
    KpiFactory(name="Revenue", slug="revenue", team=team)
    file = SimpleUploadedFile("metrics.yml", DBT.encode())
    response = client.post(
        reverse("metrics:registry_import_new"), {"file": file, "team": team.pk}, follow=True
    )
    load = RegistryImport.objects.get()
    page = response.content.decode()
    assert "Check before importing" in page
    assert "Its type “other” is not one of" in page
    keep = [str(row.pk) for row in load.rows.exclude(key="order_value")]
    shown = [str(row.pk) for row in load.rows.all()]
    start = reverse("metrics:registry_import_start", args=[load.pk])
    page = client.post(start, {"shown": shown, "chosen": keep}, follow=True).content.decode()
    assert "Undo the import" in page
    assert sorted(Kpi.objects.values_list("slug", flat=True)) == ["orders", "revenue"]
    client.post(reverse("metrics:registry_import_undo", args=[load.pk]))
    load.refresh_from_db()
    assert load.stage == RegistryImportStage.UNDONE
    for bad in ({}, {"file": SimpleUploadedFile("x.yml", b"\xff\xfe\x00")}):
        assert (
            client.post(reverse("metrics:registry_import_new"), {**bad, "team": team.pk}).status_code == 422
        )
    for format in (*registry.WRITERS, "xlsx"):
        assert client.get(reverse("metrics:registry_download", args=[format])).status_code == 200
    assert b"semantic_model" in client.get(f"{reverse('metrics:registry_export')}?format=osi").content
    assert client.get(reverse("metrics:registry_download", args=["nothing"])).status_code == 404


def test_undo_keeps_edges_that_were_there_before(stage, ops, now):
    parent, child = KpiFactory(slug="a"), KpiFactory(slug="b")
    text = registry.write(
        "prodops", [entry_of(kpi) for kpi in for_exchange(Kpi.objects.order_by("slug"))]
    ).text
    load = stage(text.replace("slug: a\n", "slug: a\n    drivers: [b]\n"), "prodops", by=ops)
    exchange.start(load, by=ops, at=now)
    assert Driver.objects.filter(parent=parent, child=child).exists()
    load.refresh_from_db()
    exchange.undo(load, by=ops, at=now)
    assert not Driver.objects.exists()
