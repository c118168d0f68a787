"""Agreement between coders: published examples, what can never be, and what cannot be said."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.synthesis.agreement import (
    Table,
    alpha,
    alpha_of,
    kappa,
    kappa_of,
    pooled_kappa,
    reading,
    tables,
)

VALUES = st.sampled_from("abc")
PAIRS = st.lists(st.tuples(VALUES, VALUES), max_size=30)
TABLES = st.builds(Table, *[st.integers(0, 40)] * 4)


def pairs_of(table):
    return (
        [(True, True)] * table.both
        + [(True, False)] * table.first
        + [(False, True)] * table.second
        + [(False, False)] * table.neither
    )


def test_kappa_of_a_worked_example():
    """20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: p_o = .7, p_e = .5, kappa = .4."""
    measure = kappa_of(Table(20, 5, 10, 15))
    assert math.isclose(measure.value, 0.4)
    assert measure.units == 50


def test_kappa_tells_apart_what_the_share_of_agreement_does_not():
    """Both agree on 60 of 100, in the one case with chance .54, in the other .46."""
    assert round(kappa_of(Table(45, 15, 25, 15)).value, 4) == 0.1304
    assert round(kappa_of(Table(25, 35, 5, 35)).value, 4) == 0.2593


# Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), examples A to C
BINARY = ("0100000010", "1110010000")
NOMINAL = ("aabbdcccedda", "babbbcccedd" + "d")
FOUR = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        (BINARY, 0.095),
        (NOMINAL, 0.692),
        ([row.split() for row in FOUR], 0.743),
    ],
)
def test_alpha_of_the_published_examples(rows, value):
    units = [[None if one == "." else one for one in unit] for unit in zip(*rows, strict=True)]
    assert round(alpha(units).value, 3) == value


@given(PAIRS)
def test_neither_exceeds_one_nor_depends_on_who_is_first(pairs):
    swapped = [(other, one) for one, other in pairs]
    for measure, other in ((kappa(pairs), kappa(swapped)), (alpha(pairs), alpha(swapped))):
        assert measure.because == other.because
        if measure.value is None:
            assert measure.because
        else:
            assert math.isclose(measure.value, other.value)
            assert -1 - 1e-9 <= measure.value <= 1 + 1e-9


@given(st.lists(VALUES, min_size=1, max_size=20))
def test_who_agrees_everywhere_agrees_fully_if_chance_would_not(values):
    pairs = [(value, value) for value in values]
    expected = 1 if len(set(values)) > 1 else None
    for measure in (kappa(pairs), alpha(pairs)):
        assert measure.value == expected or math.isclose(measure.value, 1)


@given(TABLES)
def test_tables_say_the_same_as_the_decisions_that_they_count(table):
    for counted, one_by_one in (
        (kappa_of(table), kappa(pairs_of(table))),
        (alpha_of([table]), alpha(pairs_of(table))),
    ):
        assert counted.units == one_by_one.units
        assert (counted.value is None) == (one_by_one.value is None)
        if counted.value is not None:
            assert math.isclose(counted.value, one_by_one.value, abs_tol=1e-9)


@given(st.lists(TABLES, max_size=4))
def test_no_measure_is_ever_not_a_number(some):
    for measure in (pooled_kappa(some), alpha_of(some)):
        assert measure.value is None or math.isfinite(measure.value)
        assert reading(measure)
        assert bool(measure.because) == (measure.value is None)


def test_units_with_one_value_or_none_are_left_out():
    assert alpha([["a"], [None, "b"], []]).because
    assert alpha([["a", None], ["a", "b"], ["b", "b"]]).units == 2


def test_tags_are_counted_unit_by_unit():
    found = tables([1, 2, 3, 4], {1: {"x"}, 2: {"x", "y"}}, {1: {"x"}, 3: {"y"}})
    assert found == {"x": Table(1, 1, 0, 2), "y": Table(0, 1, 1, 2)}
