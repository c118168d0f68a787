"""The data checks' rules: pass, warning and failure of any data."""

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.stats import quality
from metrics.stats.quality import GRAVITY, State

numbers = st.floats(-1e12, 1e12)
positive = st.floats(0, 1e6)
DUE = dt.datetime(2026, 11, 20, 6, tzinfo=dt.UTC)


@given(positive, positive, positive, positive)
def test_more_is_never_better(less, more, warn, fail):
    low, high = sorted((less, more))
    assert GRAVITY[quality.graded(low, warn, fail)] <= GRAVITY[quality.graded(high, warn, fail)]


@given(st.floats(-100, 100), st.floats(0, 100))
def test_what_is_late_only_gets_later(hours, more):
    badly = DUE + dt.timedelta(hours=24)
    now = quality.freshness(DUE, badly, DUE + dt.timedelta(hours=hours))
    later = quality.freshness(DUE, badly, DUE + dt.timedelta(hours=hours + more))
    assert GRAVITY[now.state] <= GRAVITY[later.state]


def test_freshness_has_two_thresholds_and_no_data_fails():
    badly = DUE + dt.timedelta(hours=24)
    states = [
        quality.freshness(DUE, badly, DUE + dt.timedelta(hours=hours)).state for hours in (-1, 0, 1, 24, 25)
    ]
    assert states == [State.PASS, State.PASS, State.WARN, State.WARN, State.FAIL]
    assert quality.freshness(None, None, DUE).state == State.FAIL
    assert quality.freshness(DUE, badly, DUE + dt.timedelta(hours=5)).words == "The next value is 5 h late."


@given(st.lists(st.booleans(), max_size=60))
def test_the_share_of_missing_values_is_exact(present):
    outcome = quality.nulls(present)
    if not present:
        assert outcome.state == State.UNKNOWN
    else:
        assert outcome.measure == pytest.approx(present.count(False) / len(present))


@given(st.lists(numbers, min_size=1, max_size=40), numbers, numbers)
def test_the_range_fails_for_the_newest_and_warns_for_any(values, one, other):
    low, high = sorted((one, other))
    state = quality.within(values, low, high).state
    outside = [not low <= value <= high for value in values]
    assert state == (State.FAIL if outside[-1] else State.WARN if any(outside) else State.PASS)
    assert quality.within(values, None, None).state == State.UNKNOWN


@given(st.lists(numbers, min_size=12, max_size=40, unique=True), st.integers(7, 12))
def test_a_block_loaded_twice_is_found_and_different_values_are_none(values, length):
    assert quality.uniqueness(values).measure == 0
    copied = quality.uniqueness([*values, *values[:length]])
    assert copied.state == State.FAIL
    assert copied.measure == length


def test_a_constant_and_a_small_alphabet_are_no_copies():
    assert quality.uniqueness([5.0] * 50).state == State.UNKNOWN
    assert quality.uniqueness([1.0, 2.0, 3.0] * 20).state == State.UNKNOWN


@given(st.lists(st.tuples(numbers, numbers), max_size=40), st.integers(1, 40))
def test_restated_is_a_share(changes, periods):
    outcome = quality.restated(changes, periods)
    assert 0 <= outcome.measure <= 1
    assert quality.restated([(value, value) for value, _ in changes], periods).state == State.PASS


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_parts_that_add_up_pass_and_others_do_not(parts):
    whole = float(sum(parts))
    assert quality.parts({"country": whole}, whole).state == State.PASS
    off = quality.parts({"country": whole, "plan": whole + max(1.0, whole)}, whole)
    assert off.state == State.FAIL
    assert "plan" in off.words
    assert quality.parts({}, whole).state == State.UNKNOWN


@given(st.lists(st.integers(0, 1000), max_size=30))
def test_an_even_volume_passes(counts):
    outcome = quality.volume(counts)
    assert outcome.measure is None or (outcome.measure >= 0 and math.isfinite(outcome.measure))
    assert quality.volume([40] * 10).state == State.PASS
    assert quality.volume([40] * 9 + [10]).state == State.FAIL


@given(st.lists(st.sampled_from(list(State))))
def test_the_worst_is_one_of_them(states):
    assert quality.worst(states) in (*states, State.PASS)
