from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.matching import Candidate, enough, fuse, parse_amount, query_text

scores = st.floats(0, 1e6, allow_nan=False)
candidates = st.lists(
    st.builds(Candidate, st.integers(1, 10_000), scores, st.none() | st.floats(-1, 1)),
    unique_by=lambda one: one.id,
)


@given(candidates, st.integers(0, 20))
def test_the_order_is_total_repeatable_and_never_longer_than_asked(found, limit):
    order = fuse(found, limit=limit)
    assert order == fuse(reversed(found), limit=limit)
    assert len(order) <= limit
    assert [score for _, score in order] == sorted((score for _, score in order), reverse=True)
    assert all(0 < score <= 2 for _, score in order)


@given(candidates)
def test_who_leads_in_every_signal_comes_first(found):
    best = Candidate(20_000, 2e6, 1.0)
    assert fuse([*found, best], limit=1)[0][0] == best.id


@given(st.text(), st.text())
def test_what_was_typed_becomes_one_line_of_few_words(title, body):
    text = query_text(title, body)
    assert "\0" not in text
    assert len(text.split()) <= 60
    assert enough(title, body) in (True, False)


@given(st.decimals(0, 10**9, places=2))
def test_every_plain_amount_is_read(amount):
    assert parse_amount(f"{amount:f}") == amount
    assert parse_amount(f"{amount:,.2f}") == amount
    assert parse_amount(f"EUR {amount:,.2f}") == amount


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_amounts(text):
    amount = parse_amount(text)
    assert amount is None or amount >= 0


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *(("60000", 60_000), ("60,000", 60_000), ("60.000", 60_000), ("60k", 60_000), ("€ 1.2m", 1_200_000)),
        *(("1.250,50", "1250.50"), ("1,250.50", "1250.50"), ("1 250", 1_250), ("12,5", "12.5")),
        *(("lots", None), ("", None), ("-5", None), ("1,2,3", None), ("12 EUR", 12)),
    ],
)
def test_amounts_as_people_type_them(text, amount):
    assert parse_amount(text) == (Decimal(amount) if amount is not None else None)
