"""Intervals, NPS, top boxes, cross-tabs, task results and SUS: published examples and what always holds."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.synthesis import intervals, surveys, usability
from research.synthesis.intervals import geometric_mean, mean, wilson
from research.synthesis.usability import Attempt, grade, percentile, summarise, sus_score


def ends(estimate, digits=4):
    return round(estimate.low, digits), round(estimate.high, digits)


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_is_newcombes_table(successes, n, low, high):
    assert ends(wilson(successes, n)) == (low, high)


def test_times_are_as_sauro_reports_them():
    time = geometric_mean([55, 65, 75, 62, 45, 135])
    assert (round(time.value), *ends(time, 0)) == (68, 46, 101)


def test_nps_by_hand():
    """15 promoters, 13 passives, 8 detractors: adjusted 15.75 and 8.75 of 39."""
    found = surveys.nps([10] * 9 + [9] * 6 + [8] * 7 + [7] * 6 + [6] * 3 + [0] * 5)
    assert found.score.value == pytest.approx(100 * 7 / 36)
    d = 7 / 39
    reach = 1.96 * math.sqrt((24.5 / 39 - d * d) / 39)
    assert ends(found.score, 1) == (round(100 * (d - reach), 1), round(100 * (d + reach), 1))
    assert (found.promoters, found.detractors) == (15 / 36, 8 / 36)


def test_top_boxes_of_a_scale_of_five_and_of_three():
    assert surveys.top_boxes([5, 4, 3, 2, 1], [1, 2, 3, 4, 5]).value == 0.4
    assert surveys.top_boxes([3, 2, 1, 1], [1, 2, 3]).value == 0.25
    assert surveys.top_boxes([3], []).why == "the scale of the answers is not known"


def test_sus_of_the_published_example():
    """Brooke's own example adds up to 22 and scores 55."""
    assert sus_score([5, 4, 2, 1, 2, 3, 2, 4, 5, 2]) == 55.0
    assert sus_score([5, 1] * 5) == 100.0
    assert sus_score([1, 5] * 5) == 0.0
    assert sus_score([3] * 10) == sus_score([3] * 8 + [None, None]) == 50.0
    assert sus_score([3] * 7 + [None] * 3) is None


@pytest.mark.parametrize(
    ("score", "letter"),
    [(100, "A+"), (84.1, "A+"), (84.0, "A"), (80.79, "A"), (68, "C"), (62.64, "D"), (51.6, "F"), (0, "F")],
)
def test_grades(score, letter):
    assert grade(score) == letter


def test_percentiles_meet_the_table_at_its_edges():
    assert percentile(68) == pytest.approx(50, abs=1)
    assert percentile(74) == pytest.approx(70, abs=1)
    assert [percentile(score) for score in (0, 51.7, 84.1, 100)] == [0, 15, 96, 100]


def test_a_task_counts_partial_success_apart_and_times_no_failure():
    task = summarise(
        [Attempt("success", 30, 0, 7), Attempt("partial", 120, 2, 4), Attempt("fail", 600, 5, 1)]
    )
    assert (task.success.value, task.at_least_partly.value) == (1 / 3, 2 / 3)
    assert task.time.value == pytest.approx(60)
    assert (task.errors.value, task.seq.value) == (7 / 3, 4)


def test_what_cannot_be_said_says_why():
    nothing = summarise([])
    assert {one.why for one in nothing[1:]} == {intervals.NOBODY}
    assert summarise([Attempt("fail", 10)]).time.why == "no successful attempt was timed"
    assert surveys.nps([]).why == intervals.NOBODY
    assert mean([4]) == (4, None, None, 1, intervals.ONLY_ONE)
    assert mean([4, 4]) == (4, None, None, 2, intervals.ALL_SAME)
    assert usability.sus([[None] * 10]).left_out == 1


def test_cross_tab_shares_are_of_the_segments_people():
    table = surveys.cross_tab([("Gold", ["A", "B"]), ("Gold", ["A"]), ("", ["C"])], ["B", "A"])
    assert table.labels == ["B", "A", "C"]
    assert table.rows[0] == ("Gold", 2, [("B", 1, 0.5), ("A", 2, 1.0), ("C", 0, 0.0)])
    assert table.rows[1][:2] == ("Unknown", 1)


shares = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
times = st.floats(1e-3, 1e6, allow_nan=False)


def sound(estimate, least, most):
    """No NaN, the value inside its interval, and on the scale, and a reason for what is not there."""
    assert bool(estimate.why) == (estimate.value is None or estimate.low is None)
    if estimate.low is not None:
        assert least <= estimate.low <= estimate.value + 1e-9
        assert estimate.value - 1e-9 <= estimate.high <= most


@given(shares)
def test_wilson_is_sound_and_has_no_favourite(pair):
    successes, n = pair
    found, other = wilson(successes, n), wilson(n - successes, n)
    sound(found, 0, 1)
    if n:
        assert (found.low, found.high) == pytest.approx((1 - other.high, 1 - other.low))


@given(st.lists(st.integers(0, 10), max_size=60))
def test_nps_is_sound_and_turns_round_with_the_scale(answers):
    found = surveys.nps(answers)
    if not answers:
        return
    sound(found.score, -100, 100)
    assert found.promoters + found.passives + found.detractors == pytest.approx(1)
    assert surveys.nps([*answers, 10]).score.value >= found.score.value


@given(st.lists(times, max_size=30), st.floats(0.1, 10))
def test_times_are_sound_in_any_unit(values, unit):
    found = geometric_mean(values)
    sound(found, 0, math.inf)
    if values:
        assert geometric_mean([one * unit for one in values]).value == pytest.approx(found.value * unit)


@given(st.lists(st.lists(st.none() | st.integers(1, 5), min_size=10, max_size=10), max_size=20))
def test_sus_is_sound_and_better_scores_rank_higher(questionnaires):
    found = usability.sus(questionnaires)
    sound(found.score, 0, 100)
    if found.percentile is not None:
        assert 0 <= found.percentile <= percentile(min(100, found.score.value + 1)) <= 100


@given(
    st.lists(
        st.builds(
            Attempt,
            st.sampled_from(["success", "partial", "fail"]),
            st.none() | times,
            st.none() | st.integers(0, 50),
            st.none() | st.integers(1, 7),
        ),
        max_size=20,
    )
)
def test_a_task_is_sound(attempts):
    task = summarise(attempts)
    for estimate, least, most in zip(task[1:], (0, 0, 0, 0, 1), (1, 1, math.inf, math.inf, 7), strict=True):
        sound(estimate, least, most)


@given(st.lists(st.tuples(st.sampled_from(["", "a", "b"]), st.lists(st.sampled_from("xyz"), min_size=1))))
def test_a_cross_tab_loses_nobody(answers):
    table = surveys.cross_tab(answers)
    assert sum(n for _, n, _ in table.rows) == len(answers)
    assert sum(bar.number for *_, bars in table.rows for bar in bars) == sum(len(one) for _, one in answers)
