"""The fingerprint stays for what does not change the number, and changes for what does."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.formats.sql.fingerprint import of_sql, shape_of
from metrics.formats.sql.reading import Unreadable

PAID = "SELECT SUM(amount) FROM orders WHERE status = 'paid'"

ALIKE = {
    "casing, layout, comments and aliases": [
        PAID,
        "select\n  sum(O.Amount) as Revenue -- what came in\nfrom Orders as O\nwhere (o.status) = 'paid';",
    ],
    "CTEs and subqueries": [
        PAID,
        "WITH a AS (SELECT amount AS x, status AS s FROM orders) SELECT SUM(x) FROM a WHERE s = 'paid'",
        "WITH p AS (SELECT * FROM orders WHERE status = 'paid') SELECT SUM(p.amount) FROM p",
        "SELECT SUM(q.amount) FROM (SELECT amount FROM (SELECT * FROM orders) z WHERE z.status = 'paid') q",
    ],
    "the time asked for, and a row for each period": [
        PAID,
        "SELECT DATE_TRUNC('month', created_at) AS m, SUM(amount) FROM orders WHERE status = 'paid'"
        " AND created_at >= '2026-01-01' AND created_at < DATE '2026-11-01' GROUP BY 1 ORDER BY 1 DESC",
        "SELECT created_at::date d, SUM(amount) FROM orders WHERE status = 'paid'"
        " AND created_at > CURRENT_DATE - INTERVAL '90 days' GROUP BY created_at::date",
        "SELECT d, r FROM (SELECT DATE(created_at) d, SUM(amount) r FROM orders WHERE status = 'paid'"
        " GROUP BY DATE(created_at)) t WHERE d BETWEEN :start AND :end",
    ],
    "what commutes": [
        "SELECT COUNT(DISTINCT u.id) FROM users u JOIN orders o ON o.user_id = u.id"
        " WHERE u.kind IN ('a', 'b') AND o.total > 3 AND u.x + u.y = 2",
        "SELECT COUNT(DISTINCT b.id) FROM orders a INNER JOIN users b ON b.id = a.user_id AND 3 < a.total"
        " WHERE b.kind IN ('b', 'a', 'a') AND 2 = b.y + b.x",
    ],
    "ways to say one thing": [
        "SELECT COUNT(*) FILTER (WHERE paid) FROM orders WHERE NOT status <> 'x' AND n BETWEEN 1 AND 9",
        "SELECT COUNT(CASE WHEN paid = TRUE THEN 1 END) FROM orders"
        " WHERE status IN ('x') AND n >= 1 AND n <= 9",
    ],
    "templates": [
        PAID,
        "SELECT SUM(amount) FROM {{ ref('orders') }} WHERE status = 'paid' AND created_at >= {{ start }}",
    ],
}
UNLIKE = {
    "a literal": [PAID, PAID.replace("paid", "open")],
    "a table": [PAID, PAID.replace("orders", "invoices"), PAID.replace("orders", "test.orders")],
    "an aggregate": [PAID, PAID.replace("SUM", "AVG"), PAID.replace("SUM(", "SUM(DISTINCT ")],
    "a predicate": [PAID, PAID + " AND country = 'DE'", "SELECT SUM(amount) FROM orders"],
    "a join": [
        PAID,
        "SELECT SUM(amount) FROM orders JOIN users USING (user_id) WHERE status = 'paid'",
        "SELECT SUM(amount) FROM orders LEFT JOIN users USING (user_id) WHERE status = 'paid'",
    ],
    "how long a moving window is": [
        "SELECT COUNT(DISTINCT user_id) FROM events WHERE at >= CURRENT_DATE - INTERVAL '7 days'",
        "SELECT COUNT(DISTINCT user_id) FROM events WHERE at >= CURRENT_DATE - INTERVAL '28 days'",
    ],
    "the periods an average is of": [
        "SELECT AVG(n) FROM (SELECT DATE(at) d, COUNT(DISTINCT u) n FROM e GROUP BY 1) x",
        "SELECT AVG(n) FROM (SELECT DATE_TRUNC('month', at) d, COUNT(DISTINCT u) n FROM e GROUP BY 1) x",
    ],
    "a date that is not the period": [
        "SELECT DATE(at) d, COUNT(*) FROM e WHERE signup_date >= '2026-01-01' GROUP BY 1",
        "SELECT DATE(at) d, COUNT(*) FROM e WHERE signup_date >= '2025-01-01' GROUP BY 1",
    ],
    "another group": [PAID, "SELECT plan, SUM(amount) FROM orders WHERE status = 'paid' GROUP BY plan"],
    "distinct rows, a limit, a having": [
        "SELECT COUNT(*) FROM (SELECT x FROM t) q",
        "SELECT COUNT(*) FROM (SELECT DISTINCT x FROM t) q",
        "SELECT COUNT(*) FROM (SELECT x FROM t LIMIT 5) q",
        "SELECT COUNT(*) FROM (SELECT x FROM t GROUP BY x HAVING COUNT(*) > 1) q",
    ],
    "the sides of a union": [
        "SELECT a FROM t UNION ALL SELECT b FROM q",
        "SELECT c FROM t UNION ALL SELECT b FROM q",
    ],
    "capitals in quotes": [
        'SELECT SUM("Amount") FROM t',
        'SELECT SUM("AMOUNT") FROM t',
        "SELECT SUM(amount) FROM t",
    ],
    "working hours": [
        "SELECT COUNT(*) FROM t WHERE EXTRACT(HOUR FROM at) BETWEEN 9 AND 17",
        "SELECT COUNT(*) FROM t WHERE EXTRACT(HOUR FROM at) BETWEEN 9 AND 18",
    ],
}


@pytest.mark.parametrize("case", ALIKE)
def test_what_does_not_change_the_number_keeps_the_fingerprint(case):
    assert len({of_sql(text) for text in ALIKE[case]}) == 1, [shape_of(text).text for text in ALIKE[case]]


@pytest.mark.parametrize("case", UNLIKE)
def test_what_changes_the_number_changes_the_fingerprint(case):
    assert len({of_sql(text) for text in UNLIKE[case]}) == len(UNLIKE[case])


def test_dialects_write_one_thing_differently():
    texts = {
        "snowflake": "SELECT DATE_TRUNC('week', AT), COUNT(DISTINCT \"USER_ID\") FROM EVENTS GROUP BY 1",
        "bigquery": "SELECT DATE_TRUNC(at, WEEK), COUNT(DISTINCT user_id) FROM `events` GROUP BY 1",
        "postgres": "SELECT date_trunc('week', at), COUNT(DISTINCT user_id) FROM events GROUP BY 1",
        "ClickHouse": "SELECT toStartOfWeek(at), COUNT(DISTINCT user_id) FROM events GROUP BY 1",
    }
    assert len({of_sql(text, dialect) for dialect, text in texts.items()}) == 1


NAMES = st.sampled_from(["a", "b2", "orders_x", "T", "Zeta", "q_1"])
COLUMNS = st.sampled_from(["amount", "plan", "country", "seats"])
TABLES = st.sampled_from(["orders", "sales.orders", "users"])
AGGREGATES = st.sampled_from(["SUM({})", "COUNT({})", "COUNT(DISTINCT {})", "AVG({})", "MAX({})"])
LITERALS = st.sampled_from(["1", "2", "'paid'", "'open'"])
OPS = st.sampled_from(["=", "<>", ">", "<=", "IS NOT DISTINCT FROM"])
PREDICATES = st.lists(st.tuples(COLUMNS, OPS, LITERALS), max_size=4, unique=True)


@st.composite
def definitions(draw):
    return draw(AGGREGATES), draw(COLUMNS), draw(TABLES), draw(PREDICATES)


def plain(definition):
    aggregate, column, table, predicates = definition
    where = " AND ".join(f"{left} {op} {right}" for left, op, right in predicates)
    return f"SELECT {aggregate.format(column)} FROM {table}{' WHERE ' + where if where else ''}"


@given(definitions(), st.randoms(use_true_random=False), NAMES, NAMES)
def test_however_it_is_written_it_is_the_same(definition, random, alias, cte):
    aggregate, column, table, predicates = definition
    shuffled = random.sample(predicates, len(predicates))
    where = " and ".join(f"( {alias}.{left.upper()} {op} {right} )" for left, op, right in shuffled)
    counted = aggregate.format(f"{alias}.{column}").lower()
    tail = f"\nwhere\t{where}" if where else ""
    period = f"date_trunc('day', {alias}.happened_at)"
    texts = [
        f"select {counted} as value from {table.upper()} as {alias}{tail}",
        f"with {cte} as (select * from {table}) select {counted} from {cte} {alias}{tail}",
        f"select {period} p, {counted} v from {table} {alias}{tail} group by 1 order by 1",
        f"/* why */ select v from (select {period} as p, {counted} v from {table} {alias}{tail}"
        f" group by p) {cte}",
    ]
    assert {of_sql(text) for text in texts} == {of_sql(plain(definition))}


@given(definitions(), definitions())
def test_two_definitions_share_a_fingerprint_only_if_they_are_equal(one, other):
    def normal(definition):
        aggregate, column, table, predicates = definition
        return aggregate, column, table, frozenset(predicates)

    assert (of_sql(plain(one)) == of_sql(plain(other))) == (normal(one) == normal(other))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no SQL"),
        ("DELETE FROM orders", "not a SELECT"),
        ("SELECT 1; SELECT 2", "2 statements"),
        ("SELECT SUM( FROM x", "line 1"),
        ("SELECT 1 {% if x %} FROM t {% endif %}", "template"),
        ("SELECT " + "(" * 5_000 + "1" + ")" * 5_000, "brackets"),
        ("SELECT 1 FROM " + "x" * 30_000, "longer"),
        ("SELECT " + "+".join("a" * 9_000), "deep"),
    ],
)
def test_what_is_no_query_is_refused_with_words(text, said):
    with pytest.raises(Unreadable, match=said):
        of_sql(text)


@given(st.text(max_size=60) | st.text(alphabet="SELECT FROM()*,.'\"`;-/{}%\n1ab", max_size=60))
def test_no_text_brings_it_down(text):
    with contextlib.suppress(Unreadable):
        of_sql(text)
