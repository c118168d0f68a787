"""What dbt's files say of metrics: the semantic manifest, and the YAML of each of its specifications."""

import json

from metrics.formats.registry import read


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
