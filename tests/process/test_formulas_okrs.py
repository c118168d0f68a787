import datetime as dt
from itertools import chain, pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from process.formulas import okrs
from process.formulas.okrs import Pace

values = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))
shares = st.floats(-3, 3, allow_nan=False)
weights = st.floats(0.01, 100, allow_nan=False)
pairs = st.lists(st.tuples(shares, weights), min_size=1, max_size=8)
close = lambda value: pytest.approx(value, rel=1e-6, abs=1e-6)  # noqa: E731


@given(values, values)
def test_start_is_zero_and_target_is_one_also_for_a_decrease(start, target):
    assume(start != target)
    assert okrs.progress(start, target, start) == 0
    assert okrs.progress(start, target, target) == close(1)


@given(values, values, values, values)
def test_progress_grows_with_the_value_in_the_wanted_direction(start, target, one, other):
    assume(abs(start - target) > 0.01)
    low, high = sorted((one, other))
    nearer, further = (high, low) if target > start else (low, high)
    assert okrs.progress(start, target, nearer) >= okrs.progress(start, target, further)


@given(values, values, values, st.floats(0.001, 1000), values)
def test_progress_is_the_same_in_any_unit(start, target, current, factor, offset):
    assume(abs(start - target) > 1)
    share = okrs.progress(start, target, current)
    other = okrs.progress(*(value * factor + offset for value in (start, target, current)))
    assert other == pytest.approx(share, rel=1e-3, abs=1e-3 * max(1, abs(share)))


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_no_finite_numbers_break_the_clamped_progress(start, target, current):
    assume(start != target)
    assert 0 <= okrs.clamped(okrs.progress(start, target, current)) <= 1


def test_start_at_target_is_refused_with_a_suggestion():
    with pytest.raises(okrs.NoDistance, match="Put the start where the value stands today"):
        okrs.progress(40, 40, 41)


@given(pairs)
def test_an_objective_is_between_its_key_results(listed):
    rolled = okrs.rolled_up(listed)
    held = [okrs.clamped(share) for share, _ in listed]
    assert min(held) - 1e-9 <= rolled <= max(held) + 1e-9


@given(pairs, st.floats(0.001, 1000))
def test_only_the_ratio_of_weights_matters(listed, factor):
    scaled = [(share, weight * factor) for share, weight in listed]
    assert okrs.rolled_up(scaled) == close(okrs.rolled_up(listed))


@given(pairs, st.randoms())
def test_the_order_of_key_results_does_not_matter(listed, dice):
    shuffled = listed[:]
    dice.shuffle(shuffled)
    assert okrs.rolled_up(shuffled) == okrs.rolled_up(listed)


@given(pairs, st.integers(0, 7), st.floats(0, 1))
def test_an_objective_never_falls_when_a_key_result_rises(listed, index, more):
    index %= len(listed)
    share, weight = listed[index]
    better = [*listed[:index], (share + more, weight), *listed[index + 1 :]]
    assert okrs.rolled_up(better) >= okrs.rolled_up(listed) - 1e-9


@pytest.mark.parametrize("listed", [[], [(0.5, 0)], [(0.5, 0), (1, 0)]])
def test_weights_that_sum_to_zero_are_refused(listed):
    with pytest.raises(okrs.ZeroWeights):
        okrs.weighted_mean(listed)


def test_a_negative_weight_is_refused():
    with pytest.raises(ValueError, match="zero or more"):
        okrs.weighted_mean([(0.5, 2), (0.5, -1)])


@pytest.mark.parametrize(
    ("share", "time", "expected"),
    [
        (0.475, 0.5, Pace.ON_TRACK),
        (0.474, 0.5, Pace.BEHIND),
        (0.375, 0.5, Pace.BEHIND),
        (0.374, 0.5, Pace.AT_RISK),
        (0, 0.05, Pace.EARLY),
        (0, 0, Pace.EARLY),
        (1.2, 1, Pace.ON_TRACK),
        (-0.2, 1, Pace.AT_RISK),
    ],
)
def test_pace_has_its_bounds(share, time, expected):
    assert okrs.pace(share, time) == expected


_order = [Pace.AT_RISK, Pace.BEHIND, Pace.ON_TRACK]


@given(shares, shares, st.floats(0.08, 1))
def test_more_progress_never_looks_worse(one, other, time):
    low, high = sorted((one, other))
    assert _order.index(okrs.pace(high, time)) >= _order.index(okrs.pace(low, time))


@given(st.floats(0, 3), st.floats(0.08, 1), st.floats(0.08, 1))
def test_more_time_gone_never_looks_better(share, one, other):
    early, late = sorted((one, other))
    assert _order.index(okrs.pace(share, early)) >= _order.index(okrs.pace(share, late))


def test_time_runs_from_the_first_day_to_the_last():
    first, last = dt.date(2026, 10, 1), dt.date(2026, 12, 31)
    assert okrs.elapsed(first, last, dt.date(2026, 9, 1)) == 0
    assert okrs.elapsed(first, last, first) == 1 / 92
    assert okrs.elapsed(first, last, last) == 1
    assert okrs.elapsed(first, last, dt.date(2027, 3, 1)) == 1


def test_it_says_where_confidence_and_pace_tell_different_stories():
    assert okrs.disagreement(Pace.AT_RISK, 8).startswith("More confident")
    assert okrs.disagreement(Pace.ON_TRACK, 2).startswith("Less confident")
    assert okrs.disagreement(Pace.BEHIND, 8) == okrs.disagreement(Pace.ON_TRACK, 8) == ""


@given(st.dates(dt.date(2000, 1, 8), dt.date(2100, 1, 1)), st.integers(1, 7))
def test_a_week_begins_on_its_day(day, starts_on):
    first = okrs.week_of(day, starts_on)
    assert first.isoweekday() == starts_on
    assert 0 <= (day - first).days <= 6


readings = st.lists(st.none() | values, max_size=20)


@given(readings, values, values)
def test_keeping_is_bounded_and_counts_a_missing_period_as_not_met(listed, one, other):
    low, high = sorted((one, other))
    held = okrs.keeping(listed, low, high)
    assert held.due == len(listed)
    assert 0 <= held.share <= 1
    assert held.met <= sum(value is not None for value in listed)
    silent = okrs.keeping([*listed, None], low, high)
    assert (silent.met, silent.due) == (held.met, held.due + 1)


@given(readings, values, st.floats(0, 1000))
def test_an_easier_bound_never_keeps_less(listed, bound, ease):
    assert okrs.keeping(listed, bound - ease, None).met >= okrs.keeping(listed, bound, None).met
    assert okrs.keeping(listed, None, bound + ease).met >= okrs.keeping(listed, None, bound).met
    both = okrs.keeping(listed, bound - ease, bound + ease).met
    assert both >= okrs.keeping(listed, bound, bound).met


@given(readings, values, values, st.sampled_from([0.5, 2.0, 1024.0]))
def test_keeping_is_the_same_in_any_unit(listed, one, other, factor):
    low, high = sorted((one, other))
    scaled = [None if value is None else value * factor for value in listed]
    assert okrs.keeping(scaled, low * factor, high * factor) == okrs.keeping(listed, low, high)


def test_the_bounds_themselves_are_kept():
    assert all([okrs.kept(99.5, 99.5, None), okrs.kept(3, None, 3), okrs.kept(2, 2, 2)])
    assert not any([okrs.kept(99.49, 99.5, None), okrs.kept(None, None, None)])
    assert okrs.keeping([], 1, None).share == 0


steps = st.lists(st.tuples(st.booleans(), weights), min_size=1, max_size=8)


@given(steps, st.integers(0, 7), st.floats(0.001, 1000))
def test_milestones_are_bounded_grow_with_each_done_and_weigh_by_ratio(listed, index, factor):
    share = okrs.done_share(listed)
    assert 0 <= share <= 1
    index %= len(listed)
    more = [*listed[:index], (True, listed[index][1]), *listed[index + 1 :]]
    assert okrs.done_share(more) >= share - 1e-9
    assert okrs.done_share((done, weight * factor) for done, weight in listed) == close(share)


def test_no_milestone_is_nothing_done_and_all_done_is_everything():
    assert okrs.done_share([]) == 0
    assert okrs.done_share([(True, 2), (True, 0.1)]) == 1


scales = st.integers(2, 9).flatmap(
    lambda size: st.tuples(st.just(size), *(st.integers(0, size - 1) for _ in range(3)))
)


@given(scales, st.integers(0, 100))
def test_a_scale_of_levels_is_the_same_under_other_names_and_counted_from_elsewhere(scale, moved):
    size, start, target, current = scale
    assume(start != target)
    names = [f"level {n}" for n in range(size)]
    share = okrs.on_scale(start, target, current, names)
    assert share == okrs.on_scale(start, target, current, names[::-1])
    longer = ["before"] * moved + names
    assert okrs.on_scale(start + moved, target + moved, current + moved, longer) == close(share)
    assert okrs.on_scale(size - 1 - start, size - 1 - target, size - 1 - current, names) == close(share)


def test_a_scale_that_starts_at_its_target_is_refused_with_a_suggestion():
    with pytest.raises(okrs.NoDistance, match=r"starts at “Pilot”.*Choose as start"):
        okrs.on_scale(1, 1, 0, ["Idea", "Pilot"])


rows = st.lists(st.tuples(st.floats(0, 1), weights), min_size=1, max_size=6)


@given(rows, st.floats(0.08, 1), st.floats(0.001, 1000))
def test_an_objective_of_ways_has_the_pace_of_its_share(listed, time, factor):
    share = okrs.rolled_up(listed)
    ratio = share / time
    assume(min(abs(ratio - 0.95), abs(ratio - 0.75)) > 1e-6)
    found = okrs.pace_of_objective(((one, time, weight * factor) for one, weight in listed), time)
    assert found == okrs.pace(share, time)


def test_what_keeps_to_a_level_does_not_lend_its_share_to_what_lies_behind():
    # All weeks kept and nothing of the way gone at half time: not on track, though the mean is one half
    assert okrs.pace_of_objective([(1.0, 1.0, 1), (0.0, 0.5, 1)], 0.5) == Pace.AT_RISK
    assert okrs.pace_of_objective([(1.0, 1.0, 1), (0.5, 0.5, 1)], 0.5) == Pace.ON_TRACK
    assert okrs.pace_of_objective([(1.0, 1.0, 1)], 0.01) == Pace.EARLY


@given(st.dates(dt.date(2000, 1, 8), dt.date(2100, 1, 1)), st.integers(1, 7))
def test_a_week_belongs_to_one_quarter_only(day, starts_on):
    year = dt.date(day.year, 1, 1)
    cuts = [year, dt.date(day.year, 4, 1), dt.date(day.year, 7, 1), dt.date(day.year, 10, 1)]
    cuts.append(dt.date(day.year + 1, 1, 1))
    a_day = dt.timedelta(days=1)
    quarters = [okrs.weeks_of(one, other - a_day, starts_on) for one, other in pairwise(cuts)]
    assert list(chain(*quarters)) == okrs.weeks_of(year, cuts[-1] - a_day, starts_on)
    assert all(len(weeks) in (12, 13, 14) for weeks in quarters)
