"""What other tools' files say of metrics, in small files of their true shape."""

import io
import json

import openpyxl
import pytest

from metrics.formats.registry import Unreadable, csv_of_xlsx, decode, read, told
from metrics.formats.sql.versions import of_version


def one(reading, key):
    return next(entry for entry in reading.entries if entry.key == key)


MANIFEST = {
    "semantic_models": [
        {
            "name": "orders",
            "defaults": {"agg_time_dimension": "ordered_at"},
            "description": "One row an order",
            "node_relation": {
                "alias": "fct_orders",
                "schema_name": "marts",
                "database": "dwh",
                "relation_name": '"dwh"."marts"."fct_orders"',
            },
            "primary_entity": None,
            "entities": [
                {"name": "order", "type": "primary", "expr": "order_id"},
                {"name": "customer", "type": "foreign", "expr": "customer_id"},
            ],
            "measures": [
                {"name": "revenue", "agg": "sum", "expr": "amount", "create_metric": False},
                {"name": "order_count", "agg": "sum", "expr": "1", "agg_params": None},
                {"name": "p95_wait", "agg": "percentile", "expr": "wait", "agg_params": {"percentile": 0.95}},
                {"name": "buyers", "agg": "count_distinct", "expr": "customer_id"},
                {"name": "balance", "agg": "sum", "expr": "x", "non_additive_dimension": {"name": "day"}},
            ],
            "dimensions": [
                {"name": "ordered_at", "type": "time", "type_params": {"time_granularity": "day"}},
                {"name": "status", "type": "categorical", "expr": "order_status"},
                {"name": "is_large", "type": "categorical", "expr": "amount > 100"},
            ],
            "metadata": None,
        },
        {
            "name": "visits",
            "defaults": {"agg_time_dimension": "ds"},
            "node_relation": {"alias": "fct_visits", "schema_name": "marts", "database": None},
            "entities": [{"name": "customer", "type": "foreign", "expr": "customer_id"}],
            "measures": [{"name": "visit_count", "agg": "count", "expr": "visit_id"}],
            "dimensions": [{"name": "ds", "type": "time", "type_params": {"time_granularity": "hour"}}],
        },
    ],
    "metrics": [
        {
            "name": "paid_revenue",
            "label": "Paid revenue",
            "description": "What was paid for.",
            "type": "simple",
            "type_params": {"measure": {"name": "revenue", "filter": None, "alias": None}, "metrics": []},
            "filter": {
                "where_filters": [{"where_sql_template": "{{ Dimension('order__status') }} = 'paid'"}]
            },
            "config": {"meta": {"owner": ["ines@example.com"]}},
        },
        {
            "name": "orders",
            "type": "simple",
            "type_params": {
                "expr": "1",
                "metric_aggregation_params": {"semantic_model": "orders", "agg": "sum", "expr": "1"},
            },
            "time_granularity": "month",
        },
        {
            "name": "order_value",
            "type": "ratio",
            "type_params": {
                "numerator": {"name": "paid_revenue", "filter": None},
                "denominator": {
                    "name": "orders",
                    "filter": {
                        "where_filters": [{"where_sql_template": "{{ Dimension('order__is_large') }}"}]
                    },
                },
            },
        },
        {
            "name": "value_and_more",
            "type": "derived",
            "type_params": {
                "expr": "(rev - 3) / NULLIF(n, 0)",
                "metrics": [{"name": "paid_revenue", "alias": "rev"}, {"name": "orders", "alias": "n"}],
            },
        },
        {
            "name": "growth",
            "type": "derived",
            "type_params": {
                "expr": "now - before",
                "metrics": [
                    {"name": "orders", "alias": "now"},
                    {
                        "name": "orders",
                        "alias": "before",
                        "offset_window": {"count": 7, "granularity": "day"},
                    },
                ],
            },
        },
        {
            "name": "revenue_28d",
            "type": "cumulative",
            "type_params": {
                "measure": {"name": "revenue"},
                "cumulative_type_params": {
                    "window": {"count": 28, "granularity": "day"},
                    "grain_to_date": None,
                },
            },
        },
        {
            "name": "revenue_mtd",
            "type": "cumulative",
            "type_params": {"measure": {"name": "revenue"}, "grain_to_date": "month"},
        },
        {
            "name": "visit_to_buy",
            "type": "conversion",
            "type_params": {
                "conversion_type_params": {
                    "base_measure": {"name": "visit_count"},
                    "conversion_measure": {"name": "buyers"},
                    "entity": "customer",
                    "calculation": "conversion_rate",
                    "window": {"count": 7, "granularity": "day"},
                }
            },
        },
        {"name": "wait", "type": "simple", "type_params": {"measure": {"name": "p95_wait"}}},
        {"name": "held", "type": "simple", "type_params": {"measure": {"name": "balance"}}},
        {"name": "odd", "type": "experimental", "type_params": {}},
    ],
    "project_configuration": {"time_spine_table_configurations": [], "metadata": None},
    "saved_queries": [{"name": "weekly"}],
}


def test_a_semantic_manifest_is_read():
    reading = read("dbt_manifest", json.dumps(MANIFEST))
    paid = one(reading, "paid_revenue")
    table = "dwh.marts.fct_orders"
    assert (paid.name, paid.meaning, paid.grain) == ("Paid revenue", "What was paid for.", "day")
    assert paid.owner == "ines@example.com"
    assert paid.dimensions == ("status", "is_large")
    rows = {"table": table, "time": "ordered_at"}
    status = {"column": "order_status", "op": "=", "values": ["paid"]}
    assert paid.definition == {
        "kind": "simple",
        "measure": {"aggregate": "sum", "column": "amount", "filters": [status], **rows},
    }
    assert paid.formula == f"Sum of {table}.amount where order_status = 'paid', per day"
    orders = one(reading, "orders")
    assert orders.name == "Orders"
    assert (orders.grain, orders.unit, orders.definition["measure"]["aggregate"]) == (
        "month",
        "count",
        "count",
    )
    value = one(reading, "order_value").definition
    assert value["kind"] == "ratio"
    large = {"column": "amount", "op": ">", "values": [100]}
    assert value["denominator"] == {"aggregate": "count", "filters": [large], **rows}
    assert one(reading, "value_and_more").definition == {
        "kind": "derived",
        "expression": "(rev - 3) / n",
        "inputs": {"n": "orders", "rev": "paid-revenue"},
    }
    assert one(reading, "revenue_28d").definition["window"] == {"count": 28, "unit": "day"}
    assert one(reading, "revenue_mtd").definition["since"] == "month"
    conversion = one(reading, "visit_to_buy").definition
    assert (conversion["entity"], conversion["within"]) == ("customer_id", {"count": 7, "unit": "day"})
    assert (conversion["start"]["table"], conversion["finish"]["table"]) == ("marts.fct_visits", table)
    assert one(reading, "wait").definition["q"] == 0.95
    growth = one(reading, "growth")
    assert growth.definition is None
    assert "7 day before" in growth.formula
    assert one(reading, "held").definition is None
    assert [(row.key, row.reason) for row in reading.refused] == [
        ("odd", "Its type “experimental” is not one of simple, ratio, derived, cumulative, conversion.")
    ]
    assert any("saved queries" in note for note in reading.notes)


NEWEST = """
models:
  - name: fct_orders
    semantic_model:
      enabled: true
      name: orders
    agg_time_dimension: ordered_at
    columns:
      - name: order_id
        entity: {type: primary, name: order}
      - name: ordered_at
        granularity: day
        dimension: {type: time}
      - name: order_status
        dimension: {type: categorical, name: status}
    metrics:
      - name: revenue
        type: simple
        label: Revenue
        agg: sum
        expr: amount
        filter: "{{ Dimension('order__status') }} in ('paid', 'sent')"
      - name: orders
        type: simple
        agg: count
        expr: 1
metrics:
  - name: value
    type: ratio
    numerator: revenue
    denominator: orders
  - name: twice
    type: derived
    expr: r * 2
    input_metrics:
      - name: revenue
        alias: r
  - name: revenue_30d
    type: cumulative
    input_metric: revenue
    window: 30d
"""
BEFORE = """
semantic_models:
  - name: orders
    model: ref('fct_orders')
    defaults: {agg_time_dimension: ordered_at}
    entities: [{name: order, type: primary, expr: order_id}]
    dimensions:
      - {name: ordered_at, type: time, type_params: {time_granularity: day}}
      - {name: status, type: categorical, expr: order_status}
    measures:
      - {name: revenue, agg: sum, expr: amount, create_metric: true, label: All revenue}
metrics:
  - name: paid
    label: Paid
    type: simple
    type_params: {measure: {name: revenue, filter: "{{ Dimension('order__status') }} in ('paid', 'sent')"}}
"""
OLDEST = """
version: 2
metrics:
  - name: rolling_new_customers
    label: New customers
    model: ref('dim_customers')
    description: "The 14 day rolling count"
    calculation_method: count_distinct
    expression: user_id
    timestamp: signup_date
    time_grains: [week, month]
    dimensions: [plan, country]
    window: {count: 14, period: day}
    filters:
      - {field: is_paying, operator: 'is', value: 'true'}
      - {field: company_name, operator: '!=', value: "'Acme, Inc'"}
    meta: {owner: kofi@example.com}
  - name: arpu
    label: Revenue per user
    calculation_method: derived
    expression: "{{ metric('revenue') }} / {{ metric('rolling_new_customers') }}"
    time_grains: [day]
"""


def test_dbt_yaml_of_all_three_specifications_is_read():
    newest, before, oldest = (read("dbt_yaml", text) for text in (NEWEST, BEFORE, OLDEST))
    rows = {
        "table": "fct_orders",
        "filters": [{"column": "order_status", "op": "in", "values": ["paid", "sent"]}],
        "time": "ordered_at",
    }
    measure = {"aggregate": "sum", "column": "amount", **rows}
    assert one(newest, "revenue").definition == {"kind": "simple", "measure": measure}
    assert one(before, "paid").definition == one(newest, "revenue").definition
    assert one(before, "revenue").name == "All revenue"
    assert one(newest, "value").definition["kind"] == "ratio"
    assert one(newest, "twice").definition["inputs"] == {"r": "revenue"}
    assert one(newest, "revenue_30d").definition["window"] == {"count": 30, "unit": "day"}
    rolling = one(oldest, "rolling_new_customers")
    assert (rolling.grain, rolling.unit, rolling.owner) == ("week", "count", "kofi@example.com")
    assert rolling.dimensions == ("plan", "country")
    assert rolling.definition["measure"]["filters"] == [
        {"column": "is_paying", "op": "=", "values": [True]},
        {"column": "company_name", "op": "!=", "values": ["Acme, Inc"]},
    ]
    assert one(oldest, "arpu").definition["expression"] == "revenue / rolling_new_customers"


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
        ("target/semantic_manifest.json", json.dumps(MANIFEST)): "dbt_manifest",
        ("metrics.yml", NEWEST): "dbt_yaml",
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
    with pytest.raises(Unreadable, match="Save the sheet as CSV"):
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
