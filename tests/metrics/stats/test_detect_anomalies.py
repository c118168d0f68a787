"""What `detect` promises of any series: causality, determinism, tolerance, and one flag per change."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.stats.anomalies import (
    Kind,
    LateTimestamp,
    State,
    advance,
    advance_many,
    backfill,
    detect,
    expected_band,
    start,
)

DAY_ONE = date(2025, 1, 6)


def days(count, first=DAY_ONE):
    return [first + timedelta(days=offset) for offset in range(count)]


def weekly_series(count, seed=1, noise=0.03):
    """Weekdays with their own levels, and noise that has no tails: whatever is flagged was put in."""
    random = np.random.default_rng(seed)
    weekday = np.tile([1.0, 1.1, 1.1, 1.05, 1.0, 0.6, 0.5], count // 7 + 1)[:count]
    return 1000 * weekday * np.exp(random.uniform(-1.7 * noise, 1.7 * noise, count))


anything = st.one_of(
    st.none(), st.floats(), st.floats(0, 1000), st.integers(-5, 5).map(float), st.just(100.0)
)
spacings = st.sampled_from(
    [60, 3600, 20_000, 86_399, 86_400, 86_400, 86_400, 90_000, 200_000, 604_800, 9_000_000]
)


@st.composite
def series(draw, longest=110):
    """Any values at increasing times: mostly daily, with runs of equal spacing and now and then a gap."""
    values = draw(st.lists(anything, max_size=longest))
    usual = draw(spacings)
    steps = [draw(spacings) if draw(st.integers(0, 9)) == 0 else usual for _ in values]
    first = datetime(2025, 1, 6, tzinfo=UTC)
    return [first + timedelta(seconds=int(seconds)) for seconds in np.cumsum(steps)], values


@st.composite
def plausible_series(draw, longest=130):
    """A weekly pattern with noise, and changes of all sorts put into it."""
    count = draw(st.integers(60, longest))
    values = weekly_series(
        count, seed=draw(st.integers(0, 1000)), noise=draw(st.sampled_from([0.01, 0.05, 0.3]))
    )
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(20, count - 1))
        until = at + draw(st.sampled_from([1, 3, 200]))
        values[at:until] *= draw(st.sampled_from([0.0, 0.5, 1.2, 1.5, 3.0, np.nan]))
    return days(count), list(values)


either = st.one_of(series(), plausible_series())


@settings(max_examples=4, deadline=None)
@given(either, st.data())
def test_a_flag_depends_on_earlier_points_only(drawn, data):
    timestamps, values = drawn
    cut = data.draw(st.integers(0, len(values)))
    whole = detect(timestamps, values)
    assert detect(timestamps[:cut], values[:cut]) == [flag for flag in whole if flag.index < cut]


@settings(max_examples=4, deadline=None)
@given(either, st.data())
def test_the_band_depends_on_earlier_points_only(drawn, data):
    timestamps, values = drawn
    cut = data.draw(st.integers(0, len(values)))
    whole, part = expected_band(timestamps, values), expected_band(timestamps[:cut], values[:cut])
    np.testing.assert_array_equal(whole.expected[:cut], part.expected)
    np.testing.assert_array_equal(whole.low[:cut], part.low)
    np.testing.assert_array_equal(whole.high[:cut], part.high)


@settings(max_examples=4, deadline=None)
@given(either)
def test_any_series_gets_flags_in_order_with_scores_over_their_thresholds(drawn):
    timestamps, values = drawn
    flags = detect(timestamps, values)
    assert [flag.index for flag in flags] == sorted(flag.index for flag in flags)
    assert all(flag.score >= 1 and 0 <= flag.index < len(values) for flag in flags)
    assert all(flag.upgrades is None or flag.upgrades < flag.index for flag in flags)
    assert flags == detect(timestamps, values)


@settings(max_examples=4, deadline=None)
@given(either, st.integers(0, 110))
def test_one_point_at_a_time_gives_the_flags_of_the_whole(drawn, known):
    timestamps, values = drawn
    state = start(timestamps[:known], values[:known])
    flags = [flag for flag in detect(timestamps, values) if flag.index < known]
    for timestamp, value in zip(timestamps[known:], values[known:], strict=True):
        state, news = advance(State.from_bytes(state.to_bytes()), timestamp, value)
        flags += news
    assert repr(flags) == repr(detect(timestamps, values))
    assert state.to_bytes() == start(timestamps, values).to_bytes()


@settings(max_examples=4, deadline=None)
@given(plausible_series(), st.sampled_from([2.0**-20, 0.5, 1024.0]))
def test_the_unit_of_the_values_does_not_matter(drawn, factor):
    timestamps, values = drawn
    flags = detect(timestamps, values)
    scaled = detect(timestamps, [value * factor for value in values])
    assert [(flag.index, flag.kind) for flag in flags] == [(flag.index, flag.kind) for flag in scaled]
    np.testing.assert_allclose([flag.score for flag in flags], [flag.score for flag in scaled], rtol=1e-6)


def test_a_wider_noise_is_a_change_of_spread_once():
    random = np.random.default_rng(5)
    noise = np.concatenate([random.normal(0, 0.02, 150), random.normal(0, 0.09, 90)])
    values = 1000 * np.exp(noise)
    kinds = [flag.kind for flag in detect(days(240), values)]
    assert kinds.count(Kind.VARIANCE_CHANGE) == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("factor", [0.6, 1.6])
def test_an_ongoing_shift_is_one_incident(seed, factor):
    values = weekly_series(200, seed)
    values[120:] *= factor
    flags = [flag for flag in detect(days(200), values) if flag.index >= 120]
    assert flags[0].index == 120
    assert flags[-1].kind is Kind.LEVEL_SHIFT
    assert len([flag for flag in flags if flag.upgrades is None]) == 1
    assert {flag.upgrades for flag in flags} <= {None, 120}


@pytest.mark.parametrize(("factor", "kind"), [(2.0, Kind.SPIKE), (0.3, Kind.DIP)])
def test_a_single_odd_day_is_one_flag_on_that_day(factor, kind):
    values = weekly_series(150)
    values[130] *= factor
    assert [(flag.index, flag.kind) for flag in detect(days(150), values)] == [(130, kind)]


def test_a_recovery_from_a_shift_is_no_second_incident():
    values = weekly_series(160)
    values[120:132] *= 0.6
    flags = [flag for flag in detect(days(160), values) if flag.index >= 120]
    assert [flag.kind for flag in flags] == [Kind.DIP, Kind.LEVEL_SHIFT]


def test_a_frozen_series_is_a_flat_line():
    values = weekly_series(150)
    values[130:140] = values[129]
    assert Kind.FLAT_LINE in {flag.kind for flag in detect(days(150), values) if 130 <= flag.index < 136}


def test_a_slow_change_is_a_trend_change():
    values = weekly_series(190, noise=0.02)
    values[150:] *= np.exp(0.006 * np.arange(40))
    flags = [flag for flag in detect(days(190), values) if flag.kind is Kind.TREND_CHANGE]
    assert flags[0].index > 150


@pytest.mark.parametrize("absent", ["not a number", "no point"])
def test_values_that_stop_coming_are_missing_once(absent):
    values = list(weekly_series(150))
    timestamps = days(150)
    if absent == "no point":
        del values[130:134], timestamps[130:134]
        expected = [130]
    else:
        values[130:134] = [np.nan] * 4
        expected = [132]
    assert [(flag.index, flag.kind) for flag in detect(timestamps, values)] == [
        (index, Kind.MISSING) for index in expected
    ]


def test_a_series_of_working_days_has_no_missing_weekends():
    timestamps = [day for day in days(150) if day.weekday() < 5]
    values = np.random.default_rng(0).uniform(95, 105, len(timestamps))
    assert Kind.MISSING not in {flag.kind for flag in detect(timestamps, values)}


@pytest.mark.parametrize("value", [0.0, 5.0, -5.0, None, float("nan"), float("inf"), 1e308])
def test_a_series_that_never_changes_has_nothing_unusual(value):
    assert detect(days(150), [value] * 150) == []


def test_a_change_after_a_constant_history_is_flagged():
    assert detect(days(101), [5.0] * 100 + [6.0])[0].index == 100


def test_a_young_series_gets_provisional_flags_for_gross_changes_only():
    values = weekly_series(40)
    values[35] *= 5
    (flag,) = detect(days(40), values)
    assert (flag.index, flag.kind, flag.provisional) == (35, Kind.SPIKE, True)
    assert detect(days(13), [*values[:12], 1e6]) == []


def test_a_known_event_widens_the_band():
    values = weekly_series(150)
    values[130] *= 1.25
    events = [day == 130 for day in range(150)]
    assert [flag.index for flag in detect(days(150), values)] == [130]
    assert detect(days(150), values, events) == []
    plain, wide = expected_band(days(150), values), expected_band(days(150), values, events)
    assert wide.high[130] > plain.high[130] > plain.expected[130] > plain.low[130] > wide.low[130]


def test_the_band_holds_ordinary_values_and_a_flag_carries_it():
    values = weekly_series(200)
    values[150] *= 2
    band = expected_band(days(200), values)
    (flag,) = detect(days(200), values)
    assert (flag.expected, flag.low, flag.high) == (band.expected[150], band.low[150], band.high[150])
    inside = (band.low <= values) & (values <= band.high)
    assert inside[56:].sum() == 200 - 56 - 1


def test_of_points_with_one_timestamp_the_last_counts():
    values = list(weekly_series(150))
    twice = days(150)
    twice.insert(130, twice[130])
    values.insert(130, 1e9)
    assert detect(twice, values) == []


def test_the_order_of_the_points_does_not_matter():
    values = weekly_series(150)
    values[130] *= 2
    backwards = detect(days(150)[::-1], values[::-1])
    assert [flag.index for flag in backwards] == [149 - 130]


def test_a_late_point_is_refused():
    state = start(days(70), weekly_series(70))
    with pytest.raises(LateTimestamp):
        advance(state, days(70)[-1], 1.0)


def test_lengths_that_differ_are_refused():
    with pytest.raises(ValueError, match="length"):
        detect(days(3), [1.0, 2.0])


@pytest.mark.parametrize(
    "zone_of", [lambda day: day, lambda day: datetime(day.year, day.month, day.day, 3, tzinfo=UTC)]
)
def test_dates_datetimes_and_numbers_mean_the_same_days(zone_of):
    values = weekly_series(75)
    values[70] *= 2
    expected = detect(days(75), values)
    assert detect([zone_of(day) for day in days(75)], values) == expected
    assert detect(np.array(days(75), dtype="datetime64[D]"), values) == expected
    assert detect(range(75), values) == expected


@settings(max_examples=4, deadline=None)
@given(st.lists(either, max_size=4))
def test_many_series_at_once_give_what_each_gives_alone(many):
    together = backfill([(timestamps, values, None) for timestamps, values in many])
    for (timestamps, values), (state, flags, expected) in zip(many, together, strict=True):
        alone = detect(timestamps, values)
        band = expected_band(timestamps, values)
        np.testing.assert_allclose(expected, np.stack([band.expected, band.low, band.high], axis=1))
        assert [(flag.index, flag.kind, flag.upgrades) for flag in flags] == [
            (flag.index, flag.kind, flag.upgrades) for flag in alone
        ]
        np.testing.assert_allclose([flag.score for flag in flags], [flag.score for flag in alone])
        alone_after = replace(start(timestamps, values), detector=b"")
        assert replace(state, detector=b"").to_bytes() == alone_after.to_bytes()


def test_one_new_point_of_many_series_at_once_gives_what_each_gives_alone():
    lengths = [5, 40, 100, 100, 101, 160]
    many = [weekly_series(length + 1, seed) for seed, length in enumerate(lengths)]
    many[2][-1] *= 3
    states = [start(days(length), values[:-1]) for length, values in zip(lengths, many, strict=True)]
    timestamps = [days(length + 1)[-1] for length in lengths]
    news = [values[-1] for values in many]
    together = advance_many(states, timestamps, news)
    alone = [advance(*given) for given in zip(states, timestamps, news, strict=True)]
    assert [flags for _, flags in together] == [flags for _, flags in alone]
    assert [state.to_bytes() for state, _ in together] == [state.to_bytes() for state, _ in alone]
    assert [flag.kind for flag in together[2][1]] == [Kind.SPIKE]


def hours(count, step=timedelta(hours=1)):
    return [datetime(2025, 1, 6, tzinfo=UTC) + offset * step for offset in range(count)]


def test_an_hourly_series_gets_one_flag_for_a_burst():
    random = np.random.default_rng(0)
    values = 100 + 20 * np.sin(np.arange(800) * 2 * np.pi / 24) + random.uniform(-5, 5, 800)
    values[600:604] = 400
    flags = detect(hours(800), values)
    assert [(flag.index, flag.kind) for flag in flags] == [(600, Kind.SPIKE)]
    band = expected_band(hours(800), values)
    assert band.low[600] < band.expected[600] < band.high[600] < 400


def test_a_series_of_every_five_minutes_gets_a_flag_for_a_new_record():
    values = np.random.default_rng(0).uniform(48, 52, 2000)
    values[1500:1505] = 80
    flags = detect(hours(2000, timedelta(minutes=5)), values)
    assert [(flag.index, flag.kind) for flag in flags] == [(1500, Kind.SPIKE)]
