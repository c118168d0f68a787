"""What the statistics promise holds over thousands of made experiments without an effect."""

import numpy as np
import pytest

from metrics.stats.experiments import arms, balance, effects, sequential

SEEDS = 2_000


def test_fixed_horizons_are_wrong_as_often_as_alpha_says():
    made = np.random.default_rng(1)
    wrong = 0
    for _ in range(SEEDS):
        spent = made.gamma(1.0, 10.0, (2, 150))
        pair = [arms.mean(150, float(one.sum()), float((one * one).sum())) for one in spent]
        wrong += effects.fixed(*pair, "absolute").p < 0.05
    assert wrong / SEEDS == pytest.approx(0.05, abs=0.01)


def test_fixed_horizons_of_proportions_are_wrong_as_often_as_alpha_says():
    made = np.random.default_rng(2)
    pairs = made.binomial(2_000, 0.1, (SEEDS, 2))
    for scale in ("absolute", "relative"):
        wrong = sum(
            effects.fixed(arms.proportion(2_000, int(a)), arms.proportion(2_000, int(b)), scale).p < 0.05
            for a, b in pairs
        )
        assert wrong / SEEDS == pytest.approx(0.05, abs=0.01)


def test_a_sequence_may_be_looked_at_every_day():
    made = np.random.default_rng(3)
    days, daily = 28, 100
    shown = made.gamma(2.0, 5.0, (SEEDS, 2, days, daily))
    totals, squares = shown.sum(3).cumsum(2), (shown * shown).sum(3).cumsum(2)
    ever = 0
    for seed in range(SEEDS):
        for day in range(days):
            n = (day + 1) * daily
            pair = [arms.mean(n, totals[seed, arm, day], squares[seed, arm, day]) for arm in (0, 1)]
            found = sequential.sequence(*pair, "relative", alpha=0.05, tightest=4_000)
            if found.p < 0.05:
                ever += 1
                break
    assert ever / SEEDS <= 0.05


def test_right_ratios_seldom_raise_an_alarm():
    made = np.random.default_rng(4)
    counts = made.multinomial(20_000, [0.5, 0.3, 0.2], SEEDS)
    alarms = sum(balance.balance(one.tolist(), [5, 3, 2]).mismatch for one in counts)
    assert alarms / SEEDS <= 0.01


def test_a_ratio_with_a_random_denominator_is_covered():
    """Clicks over page views: heavy users view and click more, so that views alone would promise too much."""
    made = np.random.default_rng(6)
    n, held, naive = 400, 0, 0
    for _ in range(SEEDS):
        pair = []
        rough = []
        for _ in range(2):
            taste = made.beta(2, 8, n)
            views = 1 + made.poisson(made.gamma(1.0, 6.0, n))
            clicks = made.binomial(views, taste)
            pair.append(
                arms.ratio(
                    n,
                    float(clicks.sum()),
                    float((clicks * clicks).sum()),
                    float(views.sum()),
                    float((views * views).sum()),
                    float((clicks * views).sum()),
                )
            )
            rough.append(arms.proportion(int(views.sum()), int(clicks.sum())))
        low, high = effects.fixed(*pair, "absolute").interval(0.05)
        held += low <= 0 <= high
        low, high = effects.fixed(*rough, "absolute").interval(0.05)
        naive += low <= 0 <= high
    assert held / SEEDS == pytest.approx(0.95, abs=0.01)
    assert naive / SEEDS < 0.9


def test_quantiles_are_covered():
    made = np.random.default_rng(7)
    truth, held = 10 * np.log(10), 0  # the 90 % quantile of an exponential with mean 10
    for _ in range(500):
        arm = arms.quantile(made.exponential(10.0, 1_000), 0.9)
        reach = 1.959964 * arm.error**0.5
        held += arm.mean - reach <= truth <= arm.mean + reach
    assert held / 500 == pytest.approx(0.95, abs=0.03)
