import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.formats.definition import (
    AGGREGATES,
    KINDS,
    OPS,
    SINCE,
    SPANS,
    Conversion,
    Cumulative,
    Derived,
    Filter,
    Invalid,
    Measure,
    Quantile,
    Ratio,
    Rows,
    Simple,
    Window,
    read,
    sentence,
    written,
)
from metrics.formats.expression import NotArithmetic, evaluate, names_in

PAID = {
    "kind": "simple",
    "measure": {
        "aggregate": "sum",
        "table": "orders",
        "column": "amount",
        "filters": [{"column": "status", "op": "=", "values": ["paid"]}],
    },
}
FIRST = {"aggregate": "count", "table": "imports"}

columns = st.from_regex(r"[a-z][a-z_]{0,12}", fullmatch=True)
tables = st.from_regex(r"[a-z][a-z_]{0,8}(\.[a-z]{1,8})?", fullmatch=True)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
literals = (
    texts | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans()
)


@st.composite
def filters(draw):
    op = draw(st.sampled_from(sorted(OPS)))
    sizes = OPS[op][0]
    size = draw(st.integers(sizes[0], min(sizes[-1], 4)))
    return Filter(draw(columns), op, tuple(draw(st.lists(literals, min_size=size, max_size=size))))


rows = st.builds(
    Rows,
    tables,
    st.lists(filters(), max_size=3).map(tuple),
    st.sampled_from(["", "amount > 0\nor refunded"]),
    st.just("") | columns,
)
measures = st.builds(Measure, st.sampled_from(sorted(AGGREGATES)), rows, columns)
windows = st.builds(Window, st.integers(1, 1000), st.sampled_from(SPANS))
definitions = st.one_of(
    st.builds(Simple, measures),
    st.builds(Ratio, measures, measures),
    st.builds(Cumulative, measures, windows),
    st.builds(lambda measure, since: Cumulative(measure, None, since), measures, st.sampled_from(SINCE)),
    st.builds(Conversion, columns, rows, rows, st.none() | windows),
    st.builds(Quantile, st.floats(0.001, 0.999), columns, rows),
    st.just(Derived("(won - lost) / all_deals", (("all_deals", "deals"), ("lost", "lost"), ("won", "won")))),
)
json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | texts
    | st.sampled_from([*KINDS, *OPS, *AGGREGATES]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *(
                        "kind",
                        "measure",
                        "numerator",
                        "denominator",
                        "aggregate",
                        "table",
                        "column",
                        "filters",
                    ),
                    *(
                        "op",
                        "values",
                        "window",
                        "count",
                        "unit",
                        "expression",
                        "inputs",
                        "q",
                        "rows",
                        "start",
                    ),
                ]
            )
            | texts,
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(definitions)
def test_what_is_written_reads_as_the_same(definition):
    assert read(written(definition)) == definition
    assert sentence(definition, "day").endswith(", per day")


@given(json | st.fixed_dictionaries({"kind": st.sampled_from(KINDS), "measure": json, "rows": json}))
def test_whatever_comes_is_read_or_refused_in_words(data):
    errors = {}
    try:
        definition = read(data)
    except Invalid as error:
        errors = error.errors
    else:
        assert read(written(definition)) == definition
    assert all(words.endswith(".") for words in errors.values())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (PAID, "Sum of orders.amount where status = 'paid', per day"),
        (
            {"kind": "ratio", "numerator": {**FIRST, "where": "ok"}, "denominator": FIRST},
            "Count of imports where ok ÷ count of imports, per day",
        ),
        (
            {
                "kind": "derived",
                "expression": "won / deals",
                "inputs": {"won": "deals-won", "deals": "deals"},
            },
            "won / deals, where deals is “All deals” and won is “deals-won”, per day",
        ),
        (
            {
                "kind": "cumulative",
                "measure": {"aggregate": "count_distinct", "table": "events", "column": "user_id"},
                "window": {"count": 7, "unit": "day"},
            },
            "Count of distinct events.user_id over the last 7 days, per day",
        ),
        (
            {
                "kind": "conversion",
                "entity": "user_id",
                "start": {"table": "signups"},
                "finish": {"table": "imports"},
                "within": {"count": 1, "unit": "week"},
            },
            "Share of distinct user_id in signups that are in imports within a week, per day",
        ),
        (
            {"kind": "quantile", "q": 0.95, "column": "ms", "rows": {"table": "loads"}},
            "95th percentile of loads.ms, per day",
        ),
    ],
)
def test_a_definition_is_said_in_a_sentence(data, said):
    assert sentence(read(data), "day", {"deals": "All deals"}) == said


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "kind"),
        ({"kind": "simple", "measure": {"aggregate": "sum", "table": "orders"}}, "measure.column"),
        ({"kind": "simple", "measure": {"aggregate": "count"}}, "measure.table"),
        ({"kind": "simple", "measure": {**FIRST, "colour": 1}}, "measure.colour"),
        (
            {"kind": "simple", "measure": {**FIRST, "filters": [{"column": "a", "op": "in", "values": []}]}},
            "measure.filters.0.values",
        ),
        ({"kind": "ratio", "numerator": FIRST}, "denominator"),
        ({"kind": "derived", "expression": "a / b", "inputs": {"a": "x"}}, "expression"),
        ({"kind": "derived", "expression": "__import__('os')", "inputs": {"a": "x"}}, "expression"),
        ({"kind": "cumulative", "measure": FIRST}, "window"),
        ({"kind": "quantile", "q": 95, "column": "ms", "rows": {"table": "t"}}, "q"),
    ],
)
def test_an_error_names_its_field(data, field):
    with pytest.raises(Invalid) as caught:
        read(data)
    assert field in caught.value.errors


def test_arithmetic_is_worked_out_and_nothing_else_is():
    assert names_in("(b - a) / b × 100") == ["b", "a"]
    assert evaluate("(b - a) / b × 100", {"a": 1, "b": 4}) == 75
    assert evaluate("a / b", {"a": 1, "b": 0}) is None
    assert evaluate("a / b", {"a": 1, "b": None}) is None
    for wrong in ("", "a.b", "a ** 9", "f(a)", "[a]", "a if b else c", "1e999", "a +", "lambda: a", "(" * 90):
        with pytest.raises(NotArithmetic):
            names_in(wrong)
