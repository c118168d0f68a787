from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordination.matching import Candidate, best_of_each, enough, fuse, parse_amount, query_text

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


@given(candidates, st.integers(1, 20))
def test_a_higher_score_in_one_signal_never_moves_a_candidate_down(found, limit):
    if not found:
        return
    before = [pk for pk, _ in fuse(found, limit=len(found))]
    one = found[0]
    better = Candidate(one.id, max(each.lexical for each in found) + 1, one.meaning)
    after = [pk for pk, _ in fuse([better, *found[1:]], limit=len(found))]
    was = before.index(one.id) if one.id in before else len(before)
    assert after.index(one.id) <= was


@given(candidates, st.dictionaries(st.integers(1, 10_000), st.integers(1, 50)), st.integers(1, 20))
def test_what_hits_stand_for_comes_once_in_the_order_of_the_hits(found, roots, limit):
    order = fuse(found, limit=100)
    each = best_of_each(order, roots, limit=limit, apart_from=7)
    assert len(each) == len(set(each)) <= limit
    assert 7 not in each
    places = [min(n for n, (pk, _) in enumerate(order) if roots.get(pk) == root) for root in each]
    assert places == sorted(places)


def test_what_none_of_the_words_and_no_close_meaning_speaks_for_is_left_out():
    assert fuse([Candidate(1, 0.0, 0.2), Candidate(2, 0.0, None), Candidate(3, 1.0, None)], limit=5) == [
        (3, 1.0)
    ]


@given(st.text(), st.text())
def test_what_was_typed_becomes_one_line_of_few_words(title, body):
    text = query_text(title, body)
    assert "\0" not in "".join(text)
    assert len(text[0].split()) + len(text[1].split()) <= 60
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
