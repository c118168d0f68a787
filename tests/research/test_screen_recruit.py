"""Who fits, and how many people a study needs."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from research.synthesis.recruiting import Candidate, Record, chance, spread, supply, to_book
from research.synthesis.screening import Question, Unclear, judge, number_of, option_lines

OFTEN = Question("1", "How often?", "one", ("Daily", "Weekly", "Never"), (), ("Never",))
TOOLS = Question("2", "Which tools?", "several", ("Excel", "Ours", "Paper"), ("Ours",), ("Paper",))
TRUCKS = Question("3", "How many trucks?", "number", at_least=Decimal(5), at_most=Decimal("200.50"))
WORDS = Question("4", "Anything else?", "text", required=False)


@pytest.mark.parametrize(
    ("sent", "fits"),
    [
        ({"1": ["Daily"], "2": ["Ours", "Excel"], "3": ["5"]}, True),
        ({"1": ["Never"], "2": ["Ours"], "3": ["5"]}, False),
        ({"1": ["Daily"], "2": ["Excel"], "3": ["5"]}, False),
        ({"1": ["Daily"], "2": ["Ours", "Paper"], "3": ["5"]}, False),
        ({"1": ["Daily"], "2": ["Ours"], "3": ["4.99"]}, False),
        ({"1": ["Daily"], "2": ["Ours"], "3": ["200.5"], "4": ["Hi"], "9": ["stray"]}, True),
    ],
)
def test_rules_say_who_fits(sent, fits):
    reading = judge([OFTEN, TOOLS, TRUCKS, WORDS], sent)
    assert not reading.faults
    assert reading.fits is fits
    assert bool(reading.reasons) is not fits


@pytest.mark.parametrize(
    ("question", "sent"),
    [
        (OFTEN, []),
        (OFTEN, [" ", "\0"]),
        (OFTEN, ["Sometimes"]),
        (OFTEN, ["Daily", "Weekly"]),
        (TRUCKS, ["many"]),
        (TRUCKS, ["NaN"]),
        (TRUCKS, ["1e99999999"]),
        (WORDS, ["x" * 1_001]),
    ],
)
def test_what_cannot_be_taken_is_said_and_decides_nothing(question, sent):
    reading = judge([question], {question.key: sent})
    assert list(reading.faults) == [question.key]
    assert not reading.fits


def test_skipping_a_question_that_decides_does_not_fit():
    optional = TRUCKS._replace(required=False)
    assert not judge([optional], {}).fits
    assert judge([WORDS], {}).fits


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", "12"),
        (" 1 200 ", "1200"),
        ("1,200", "1200"),
        ("3,5", "3.5"),
        ("1,200.50", "1200.5"),
        ("−2", "-2"),
    ],
)
def test_numbers_are_read_as_people_type_them(typed, number):
    assert number_of(typed) == Decimal(number)


@given(st.text("0123456789.,-e ∞x", max_size=30))
@settings(max_examples=50)
def test_any_text_is_a_number_or_said_to_be_none(text):
    with contextlib.suppress(Unclear):
        assert abs(number_of(text)) < Decimal(10) ** 10


def test_options_are_written_one_a_line_with_marks():
    lines = option_lines("+ Daily\n- Never\nWe\u00a0 do - sometimes\n\n+Weekly\nDaily\n")
    assert [(one.text, one.mark) for one in lines] == [
        ("Daily", "+"),
        ("Never", "-"),
        ("We do - sometimes", ""),
        ("Weekly", "+"),
    ]


def test_how_many_to_book_is_the_least_that_suffices_four_times_out_of_five():
    record = Record(came=21, missed=3)
    booked = to_book(8, record)
    # by hand: with 8 of 8 at .875 it is .344, 8 of 9 .687, 8 of 10 .880
    assert booked == 10
    assert round(chance(8, 8, 1 / 8), 3) == 0.344
    assert round(chance(9, 8, 1 / 8), 3) == 0.687
    assert round(chance(10, 8, 1 / 8), 3) == 0.88
    assert to_book(8, Record(12, 0)) == 8
    assert to_book(8, Record(1, 30)) == 16


@given(st.integers(1, 60), st.integers(0, 50), st.integers(0, 50))
@settings(max_examples=40)
def test_booking_stays_between_what_is_wanted_and_its_double(wanted, came, missed):
    assert wanted <= to_book(wanted, Record(came, missed)) <= 2 * wanted


def test_a_suggestion_fills_open_places_evenly_and_spares_accounts_and_the_often_asked():
    people = [
        Candidate(1, "mid", 7, 0),
        Candidate(2, "mid", 7, 0),
        Candidate(3, "mid", 8, 1),
        Candidate(4, "small", 9, 0),
        Candidate(5, "enterprise", None, 0),
    ]
    assert spread(people, 3, {"mid": 4, "small": 2, "enterprise": 0}) == [1, 4, 3]
    assert 5 not in spread(people, 9, {"mid": 4, "small": 2, "enterprise": 0})


def test_supply_counts_what_is_left_by_segment():
    rows = supply(
        {"mid": 5, "small": 1},
        {"mid": 2, "small": 3},
        {"mid": 4, "enterprise": 1},
        ["small", "mid", "enterprise"],
    )
    assert [(row.segment, row.free, row.left, row.places) for row in rows] == [
        ("small", 1, 0, None),
        ("mid", 5, 3, 4),
        ("enterprise", 0, 0, 1),
    ]
