"""A registry that is written to a file reads again without a difference, in every format."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.formats.definition import AGGREGATES, OPS, read, written
from metrics.formats.registry import WRITERS, Entry, clean, slug_of
from metrics.formats.registry import read as read_file
from metrics.formats.registry.entries import FIELDS
from metrics.formats.sql.versions import of_definition

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp"))
    | st.sampled_from(";,'\"=\\:#{}[]\n"),
    max_size=40,
)
NAMES = TEXTS.map(lambda text: clean(f"K {text}", 120))
PLAIN = st.sampled_from(["amount", "user_id", "o.total", "a + b", "CASE WHEN x THEN 1 ELSE 0 END"])
VALUES = (
    st.sampled_from(["paid", "it's", "a, b", "-x", "100%", "yes", "NULL", "", "☃"])
    | st.integers(-9, 9)
    | st.booleans()
)


@st.composite
def filters(draw):
    op = draw(st.sampled_from(sorted(OPS)))
    fewest, most = OPS[op][0][0], min(OPS[op][0][-1], 3)
    values = draw(st.lists(VALUES, min_size=fewest, max_size=most))
    return {
        "column": draw(st.sampled_from(["status", "plan", "n"])),
        "op": op,
        **({"values": values} if values else {}),
    }


@st.composite
def rows(draw):
    made = {"table": draw(st.sampled_from(["orders", "sales.orders", "dwh.sales.orders"]))}
    if found := draw(st.lists(filters(), max_size=2)):
        made["filters"] = found
    if draw(st.booleans()):
        made["where"] = draw(st.sampled_from(["x > 1 OR y", "LOWER(kind) = 'a'"]))
    if draw(st.booleans()):
        made["time"] = draw(st.sampled_from(["created_at", "ds"]))
    return made


@st.composite
def measures(draw):
    aggregate = draw(st.sampled_from(sorted(AGGREGATES)))
    column = {"column": draw(PLAIN)} if aggregate != "count" or draw(st.booleans()) else {}
    return {"aggregate": aggregate, **column, **draw(rows())}


WINDOWS = st.builds(
    lambda n, unit: {"count": n, "unit": unit}, st.integers(1, 90), st.sampled_from(["day", "week"])
)
DEFINITIONS = st.one_of(
    st.builds(lambda m: {"kind": "simple", "measure": m}, measures()),
    st.builds(lambda a, b: {"kind": "ratio", "numerator": a, "denominator": b}, measures(), measures()),
    st.just(
        {"kind": "derived", "expression": "(a - b) / b * 2", "inputs": {"a": "won-deals", "b": "all-deals"}}
    ),
    st.builds(lambda m, w: {"kind": "cumulative", "measure": m, "window": w}, measures(), WINDOWS),
    st.builds(
        lambda m, s: {"kind": "cumulative", "measure": m, "since": s},
        measures(),
        st.sampled_from(["month", "beginning"]),
    ),
    st.builds(
        lambda a, b, w: {"kind": "conversion", "entity": "user_id", "start": a, "finish": b, "within": w},
        rows(),
        rows(),
        WINDOWS,
    ),
    st.builds(
        lambda q, r: {"kind": "quantile", "q": q, "column": "wait", "rows": r},
        st.sampled_from([0.5, 0.95]),
        rows(),
    ),
)


@st.composite
def entries(draw, number):
    def maybe(strategy):
        return draw(st.none() | strategy)

    name = f"{number} {draw(NAMES)}"
    slug = slug_of(f"{number} {draw(st.sampled_from(['weekly-active', 'x', 'a-b-c']))}")
    definition = draw(st.none() | DEFINITIONS)
    return Entry(
        key=slug,
        slug=slug,
        name=name,
        meaning=clean(maybe(TEXTS), 1000, lines=True) or None,
        formula=clean(maybe(TEXTS), 2000, lines=True) or None,
        unit=maybe(st.sampled_from(["count", "percent", "money", "ratio"])),
        direction=maybe(st.sampled_from(["up", "down", "range"])),
        tier=maybe(st.sampled_from(["input", "north_star"])),
        grain=maybe(st.sampled_from(["day", "week", "month", "hour"])),
        source=clean(maybe(TEXTS), 200) or None,
        owner=maybe(st.just("mara@example.com")),
        freshness_hours=maybe(st.integers(1, 2400)),
        aliases=maybe(st.lists(NAMES, min_size=1, max_size=3, unique=True).map(tuple)),
        dimensions=maybe(st.just(("plan", "country"))),
        definition=definition and written(read(definition)),
        sql=maybe(st.just({"postgres": "SELECT 1\nFROM t", "bigquery": 'SELECT "x"'})),
    )


REGISTRIES = st.integers(1, 3).flatmap(lambda n: st.tuples(*(entries(number) for number in range(n))))


def said(entry):
    """What a file says of a KPI; that it does not say and that it says nothing are the same."""
    return {name: getattr(entry, name) or None for name in FIELDS} | {
        "slug": entry.slug or slug_of(entry.key)
    }


@pytest.mark.parametrize("format", WRITERS)
@settings(max_examples=25)
@given(registry=REGISTRIES)
def test_what_is_written_reads_again_without_a_difference(format, registry):
    writing = WRITERS[format](list(registry))
    left_out = set(writing.left_out)
    wanted = {one.slug: said(one) for one in registry if one.name not in left_out}
    if not wanted:
        return
    reading = read_file(format, writing.text)
    assert reading.refused == []
    assert {said(one)["slug"]: said(one) for one in reading.entries} == wanted
    if format in ("table", "prodops"):
        assert not left_out


@given(DEFINITIONS)
def test_every_definition_has_a_fingerprint_of_its_own(definition):
    made = read(definition)
    print_ = of_definition(made)
    assert len(print_) == 64
    assert of_definition(read(written(made))) == print_
    if definition["kind"] == "simple":
        other = {"kind": "simple", "measure": {**definition["measure"], "table": "elsewhere"}}
        assert of_definition(read(other)) != print_


def test_what_one_edits_in_the_file_counts_more_than_what_rides_along():
    measure = {"aggregate": "sum", "column": "amount", "table": "orders"}
    entry = Entry(
        "revenue",
        "Revenue",
        slug="revenue",
        meaning="All of it.",
        tier="input",
        definition={"kind": "simple", "measure": measure},
    )
    for format in ("dbt_yaml", "dbt_manifest", "osi", "metric_hub", "lookml"):
        text = WRITERS[format]([entry]).text.replace("All of it.", "Only what was paid.")
        (found,) = read_file(format, text).entries
        assert (found.meaning, found.tier) == ("Only what was paid.", "input"), format
