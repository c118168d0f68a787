import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process.formulas import grades, okrs
from process.formulas.grades import Band

SHARES = st.floats(0, 1)
CONFIDENCE = st.integers(0, 10)


@pytest.mark.parametrize(
    ("grade", "band"),
    [
        (0.0, Band.RED),
        (0.39, Band.RED),
        (0.3999, Band.RED),
        (0.4, Band.YELLOW),
        (0.1 + 0.1 + 0.2, Band.YELLOW),
        (0.69, Band.YELLOW),
        (0.6999, Band.YELLOW),
        (0.6999999, Band.GREEN),
        (0.1 * 7, Band.GREEN),
        (0.7, Band.GREEN),
        (1.0, Band.GREEN),
    ],
)
def test_bands_are_closed_below(grade, band):
    assert grades.band(grade) == band


@given(SHARES)
def test_a_grade_as_shown_lies_in_its_own_band(grade):
    shown = grades.in_hundredths(grade)
    assert grades.band(shown) == grades.band(grade)
    assert grade - 0.01 <= shown <= grade + grades.CLOSE


@given(SHARES, SHARES)
def test_a_better_grade_is_never_in_a_lower_band(one, other):
    order = list(Band)
    low, high = sorted((one, other))
    assert order.index(grades.band(low)) <= order.index(grades.band(high))


@pytest.mark.parametrize(("raw", "grade"), [(-2.0, 0.0), (0.629, 0.62), (0.6999999, 0.7), (1.8, 1.0)])
def test_what_is_proposed_is_the_way_gone_and_no_more(raw, grade):
    assert grades.proposed(raw) == grade


def test_an_objectives_grade_leaves_guardrails_out():
    assert grades.of_objective([(1.0, 3, False), (0.2, 1, False), (0.0, 9, True)]) == pytest.approx(0.8)
    with pytest.raises(okrs.ZeroWeights):
        grades.of_objective([(1.0, 2, True)])


@given(st.lists(st.tuples(SHARES, st.floats(0.1, 100)), min_size=1, max_size=5), st.floats(0.01, 100))
def test_only_the_ratio_of_weights_counts_in_a_grade(rows, factor):
    one = grades.of_objective((grade, weight, False) for grade, weight in rows)
    other = grades.of_objective((grade, weight * factor, False) for grade, weight in rows)
    assert one == pytest.approx(other)
    assert min(grade for grade, _ in rows) - 1e-9 <= one <= max(grade for grade, _ in rows) + 1e-9


def test_committed_expects_all_of_it():
    assert not grades.reached(0.99, committed=True)
    assert grades.reached(math.fsum([0.1] * 10), committed=True)
    assert grades.reached(0.7, committed=False)
    assert not grades.reached(0.69, committed=False)


@pytest.mark.parametrize(
    ("pairs", "score"),
    [
        ([(10, True), (0, False)], 0.0),
        ([(10, False), (0, True)], 1.0),
        ([(5, True), (5, False), (5, False)], 0.25),
        # Brier's own kind of sum: .7 rain, .4 rain, .2 dry: (.09 + .36 + .04) / 3
        ([(7, True), (4, True), (2, False)], 0.49 / 3),
    ],
)
def test_the_brier_score_of_known_forecasts(pairs, score):
    assert grades.brier(pairs) == pytest.approx(score)


@given(st.lists(st.tuples(CONFIDENCE, st.booleans()), min_size=1, max_size=20))
def test_the_brier_score_is_bounded_and_mirrors(pairs):
    score = grades.brier(pairs)
    assert 0 <= score <= 1
    assert grades.brier((10 - said, not hit) for said, hit in pairs) == pytest.approx(score)


def test_there_is_no_score_of_nothing_or_of_a_confidence_out_of_range():
    with pytest.raises(ValueError, match="nothing"):
        grades.brier([])
    with pytest.raises(ValueError, match="0 to 10"):
        grades.brier([(11, True)])
