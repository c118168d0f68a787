"""What other tools' files say of metrics, in small files of their true shape."""

import io

import openpyxl
import pytest

from metrics.formats.registry import Unreadable, csv_of_xlsx, decode, read, told
from metrics.formats.sql.versions import of_version


def one(reading, key):
    return next(entry for entry in reading.entries if entry.key == key)


OSI = """
version: 0.1.1
semantic_model:
  - name: sales
    datasets:
      - name: orders
        source: dwh.marts.orders
        fields:
          - {name: net, expression: {dialects: [{dialect: ANSI_SQL, expression: amount - discount}]}}
        metrics:
          - name: order_count
            expression: {dialects: [{dialect: ANSI_SQL, expression: COUNT(order_id)}]}
      - name: customers
        source: dwh.marts.customers
    relationships:
      - {name: o2c, from: orders, to: customers, from_columns: [customer_id], to_columns: [id]}
    metrics:
      - name: total_net
        description: After discounts
        expression:
          dialects:
            - {dialect: ANSI_SQL, expression: SUM(orders.net)}
            - {dialect: TABLEAU, expression: "SUM([Net])"}
        ai_context: {synonyms: [net sales]}
      - name: per_customer
        expression: {dialects: [{dialect: ANSI_SQL, expression: SUM(orders.net) / COUNT(DISTINCT
          customers.id)}]}
      - name: old_form
        expression: [{dialect: ANSI_SQL, aggregation_type: SUM, input_expr: orders.amount}]
      - name: nothing
"""


def test_ossie_is_read():
    reading = read("osi", OSI)
    net = one(reading, "total_net")
    assert net.definition == {
        "kind": "simple",
        "measure": {"aggregate": "sum", "column": "(amount - discount)", "table": "dwh.marts.orders"},
    }
    assert (net.aliases, net.meaning) == (("net sales",), "After discounts")
    assert one(reading, "order_count").definition["measure"]["column"] == "order_id"
    assert (
        one(reading, "per_customer")
        .sql["postgres"]
        .endswith(
            "FROM dwh.marts.orders AS orders JOIN dwh.marts.customers AS customers"
            " ON orders.customer_id = customers.id"
        )
    )
    assert one(reading, "old_form").definition["measure"]["column"] == "amount"
    assert [row.key for row in reading.refused] == ["nothing"]


LOOKML = """
view: orders {
  sql_table_name: sales.orders ;;
  dimension: status { type: string  sql: ${TABLE}.state ;; }
  dimension: big { type: yesno  sql: ${amount} > 100 ;; }
  dimension: amount { type: number  sql: ${TABLE}.amount_cents / 100 ;; }
  dimension_group: created { type: time  timeframes: [date, week]  sql: ${TABLE}.created_at ;; }
  measure: count { type: count }
  measure: total { type: sum  label: "Total \\"net\\""  sql: ${amount} ;;  value_format_name: usd
    filters: [status: "paid,sent", big: "yes"] }
  measure: large { type: count_distinct  sql: ${TABLE}.id ;;  filters: { field: amount  value: ">10" } }
  measure: mean { type: number  sql: 1.0 * ${total} / NULLIF(${count}, 0) ;; }
  measure: p90 { type: percentile  percentile: 90  sql: ${amount} ;; }
  measure: names { type: list  list_field: status }
  measure: recent { type: count  filters: [created_date: "7 days"] }
  measure: inner { type: sum  sql: ${amount} ;;  hidden: yes }
}
"""


def test_lookml_is_read():
    reading = read("lookml", LOOKML)
    total = one(reading, "orders.total")
    assert (total.name, total.unit) == ('Total "net"', "money")
    assert total.definition["measure"] == {
        "aggregate": "sum",
        "column": "(amount_cents / 100)",
        "table": "sales.orders",
        "filters": [
            {"column": "state", "op": "in", "values": ["paid", "sent"]},
        ],
        "where": "(amount_cents / 100) > 100",
    }
    assert one(reading, "orders.count").name == "Orders count"
    assert one(reading, "orders.mean").definition == {
        "kind": "derived",
        "expression": "total / count",
        "inputs": {"count": "orders-count", "total": "orders-total"},
    }
    assert one(reading, "orders.p90").definition["q"] == 0.9
    assert one(reading, "orders.recent").definition is None
    assert [row.key for row in reading.refused] == ["orders.names"]
    assert any("hidden" in note for note in reading.notes)


HUB = '''
[metrics.active_hours]
data_source = "baseline"
select_expression = "SUM(duration) / 3600.0"
friendly_name = "Active hours"
description = """
    Time in
    the foreground.
"""
owner = ["mara@example.com"]
bigger_is_better = true

[metrics.ad_clicks]
select_expression = "{{agg_sum('ad_click')}}"
data_source = "search"

[metrics.crashes]
select_expression = "COUNT(*)"
data_source = "daily"
bigger_is_better = false

[metrics.gone]
select_expression = "COUNT(*)"
data_source = "daily"
deprecated = true

[data_sources.baseline]
from_expression = """(
  SELECT p.*, DATE(p.submission_timestamp) AS submission_date FROM `project.{dataset}.baseline` p
)"""
default_dataset = "focus"

[data_sources.search]
from_expression = "(SELECT * FROM `mozdata.search.daily` WHERE app = 'Focus' AND os = 'iOS')"

[data_sources.daily]
from_expression = "mozdata.telemetry.daily"
submission_date_column = "submission_date"
'''


def test_metric_hub_is_read():
    reading = read("metric_hub", HUB)
    hours = one(reading, "active_hours")
    assert (hours.name, hours.meaning) == ("Active hours", "Time in\nthe foreground.")
    assert (hours.owner, hours.direction) == ("mara@example.com", "up")
    assert "project.focus.baseline" in hours.sql["bigquery"]
    assert of_version({}, hours.sql)
    assert "COALESCE(SUM(ad_click), 0)" in one(reading, "ad_clicks").sql["bigquery"]
    assert one(reading, "crashes").definition["measure"] == {
        "aggregate": "count",
        "table": "mozdata.telemetry.daily",
        "time": "submission_date",
    }
    assert one(reading, "crashes").direction == "down"
    assert [row.key for row in reading.refused] == ["gone"]


def test_tables_are_read_from_csv_and_xlsx():
    text = (
        "KPI;Description;Unit;Frequency;Synonyms;SQL: bigquery\nSign-ups;Who came;count;day;joins; SELECT 1\n"
    )
    reading = read("table", text)
    assert (reading.entries[0].name, reading.entries[0].grain) == ("Sign-ups", "day")
    assert (reading.entries[0].aliases, reading.entries[0].sql) == (("joins",), {"bigquery": "SELECT 1"})
    book = openpyxl.Workbook()
    book.active.append(["Name", "Due after (hours)", "Notes"])
    book.active.append(["Sign-ups", 30, "x"])
    file = io.BytesIO()
    book.save(file)
    reading = read("table", csv_of_xlsx(file.getvalue()))
    assert reading.entries[0].freshness_hours == 30
    assert reading.notes == ["The column “Notes” is left out: Prodops has no such field."]


def test_the_format_is_told_from_name_and_text():
    texts = {
        ("target/semantic_manifest.json", '{"semantic_models": [], "metrics": []}'): "dbt_manifest",
        ("metrics.yml", "models:\n  - name: orders\n"): "dbt_yaml",
        ("sales.yaml", OSI): "osi",
        ("orders.view.lkml", LOOKML): "lookml",
        ("focus.toml", HUB): "metric_hub",
        ("pasted", HUB): "metric_hub",
        ("pasted", LOOKML): "lookml",
        ("kpis.yaml", "prodops_kpis: 1\nkpis: []\n"): "prodops",
        ("kpis.csv", "Name\nx"): "table",
    }
    assert {key: told(*key) for key in texts} == texts


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(8)
)
HOSTILE = [
    ("prodops", BOMB, "aliases the file holds more than"),
    ("prodops", "a: !!python/object/apply:os.system ['x']", "the tag .* is not read"),
    ("osi", "a: !include x.yaml", "Line 1: the tag"),
    ("dbt_yaml", "[" * 3_000, "nested more than"),
    ("dbt_yaml", "metrics:\n  - name: a\n    name: b\n", "Line 3: “name” is there twice"),
    ("dbt_yaml", "metrics:\n - name: [x\n", "Line"),
    ("dbt_yaml", "models: []\n", "no metrics in it"),
    ("dbt_manifest", "[" * 100_000 + "]" * 100_000, "nested 100,000 deep"),
    ("dbt_manifest", '{"metrics": NaN}', "NaN is not JSON"),
    ("dbt_manifest", '{"nodes": {}}', "no semantic manifest"),
    ("dbt_manifest", '{"metrics": [', "Line 1"),
    ("metric_hub", "[metrics.a\nx=1", "TOML cannot be read"),
    ("metric_hub", "a = " + "[" * 5_000, "TOML"),
    ("lookml", "view: a {" * 200, "nested 200 deep"),
    ("lookml", "view: orders { measure: x { type: sum", "LookML cannot be read"),
    ("lookml", "explore: a {}", "no measures"),
    ("table", "a,b\n1,2\n", "“Name” among them"),
    ("table", "Name\n" + "x\n" * 6_000, "more than 5,000 rows"),
    ("osi", "x: 1", "no “semantic_model:”"),
    ("table", "  ", "nothing in the file"),
]


@pytest.mark.parametrize(("format", "text", "said"), HOSTILE)
def test_hostile_and_damaged_files_are_refused_with_place_and_remedy(format, text, said):
    with pytest.raises(Unreadable, match=said):
        read(format, text)


def test_what_is_no_text_or_no_workbook_is_refused():
    for raw in (b"\xff\xfe\x00", b"a\0b", "ä".encode("latin-1")):
        with pytest.raises(Unreadable):
            decode(raw)
    with pytest.raises(Unreadable, match="or as CSV, and upload that"):
        csv_of_xlsx(b"PK\x03\x04nothing")


def test_anchors_and_merge_keys_within_measure_are_read():
    text = """
x-common: &common {type: simple, agg: sum}
models:
  - name: t
    semantic_model: true
    metrics:
      - <<: *common
        name: a
        expr: v
"""
    assert one(read("dbt_yaml", text), "a").definition["measure"]["column"] == "v"


BUILT_ON = """
view: base {
  sql_table_name: sales.orders ;;
  dimension: amount { type: number  sql: ${TABLE}.amount_cents / 100 ;; }
  measure: total { type: sum  sql: ${amount} ;; }
}
view: returns { extends: [base]  measure: returned { type: sum  sql: ${amount} ;; } }
view: +base { measure: highest { type: max  sql: ${amount} ;; } }
view: strange {
  extends: [elsewhere]
  measure: spent { type: sum  sql: ${amount} ;; }
  measure: reached { type: sum  sql: ${users.age} ;; }
  measure: filled { type: sum  sql: {% if a._in_query %} ${TABLE}.a {% else %} ${TABLE}.b {% endif %} ;; }
  measure: share { type: percent_of_total  sql: ${spent} ;; }
  measure: once { type: sum_distinct  sql_distinct_key: ${TABLE}.id ;;  sql: ${TABLE}.fee ;; }
}
explore: returns { join: users { sql_on: ${users.id} = ${returns.user_id} ;; } }
"""


def test_lookml_that_builds_on_other_views_says_what_it_could_not_follow():
    reading = read("lookml", BUILT_ON)
    for key in ("returns.returned", "base.highest"):
        assert one(reading, key).definition["measure"]["column"] == "(amount_cents / 100)"
        assert one(reading, key).definition["measure"]["table"] == "sales.orders"
    assert one(reading, "strange.spent").definition["measure"]["column"] == "amount"
    for key in ("reached", "filled", "share", "once"):
        assert one(reading, f"strange.{key}").definition is None
    notes = " ".join(reading.notes)
    assert "it reaches into another view, by “users.age”" in notes
    assert "its SQL is a template that Looker fills in" in notes
    assert "“strange.share” keeps its formula in words: it is made of the measure “spent”." in notes
    assert "the type “sum_distinct” is not one that definitions know" in notes
    assert "The view “strange” builds on “elsewhere”" in notes
    assert "Explores are left out, as they define no metrics: returns." in notes


PINGS = '''
[metrics.pings]
data_source = "pings"
select_expression = "COUNT(document_id)"
statistics = { bootstrap_mean = {} }

[metrics.late_pings]
data_source = "pings"
select_expression = "COUNTIF(day > '2026-01-01')"

[data_sources.pings]
from_expression = """(
  SELECT p.*, DATE(p.sent_at) AS day FROM `project.{dataset}.pings` AS p WHERE p.channel = 'release'
)"""
default_dataset = "ios"
submission_date_column = "day"
'''


def test_a_source_that_only_adds_a_day_to_its_table_is_that_table():
    reading = read("metric_hub", PINGS)
    assert one(reading, "pings").definition["measure"] == {
        "aggregate": "count",
        "column": "document_id",
        "table": "project.ios.pings",
        "filters": [{"column": "channel", "op": "=", "values": ["release"]}],
        "time": "sent_at",
    }
    late = one(reading, "late_pings")  # counts by the column that only the query has
    assert late.definition is None
    assert "AS day" in late.sql["bigquery"]
    assert reading.notes == ["What metrics are compared by in experiments (statistics) is left out."]
