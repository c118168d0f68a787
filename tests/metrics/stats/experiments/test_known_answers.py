"""Figures from published sources, taken as figures: GrowthBook's fixtures and textbook SRMs."""

import pytest

from metrics.stats.experiments import arms, balance, bayes, effects, planning, sequential
from metrics.stats.experiments.arms import Before, CannotSay

CONTROL = arms.mean(3407, 1396.87, 52377.9767)
VARIANT = arms.mean(3461, 2422.7, 134698.29)
FOUR = 5e-5


def near(*figures):
    return pytest.approx(figures if len(figures) > 1 else figures[0], abs=FOUR, rel=0)


@pytest.mark.parametrize(
    ("scale", "estimate", "interval", "p"),
    [
        ("relative", 0.70732, (-0.03526, 1.44989), 0.06191),
        ("absolute", 0.29, (0.04538, 0.53462), 0.02016),
    ],
)
def test_welch_agrees_with_growthbook(scale, estimate, interval, p):
    effect = effects.fixed(CONTROL, VARIANT, scale)
    assert effect.estimate == near(estimate)
    assert effect.interval(0.05) == near(*interval)
    assert effect.p == near(p)


def test_a_relative_effect_of_proportions_agrees_with_growthbook():
    effect = effects.fixed(arms.proportion(28, 14), arms.proportion(30, 16), "relative")
    assert effect.estimate == near(0.06667)
    assert effect.interval(0.05) == near(-0.47767, 0.61101)
    assert effect.p == near(0.80707)


@pytest.mark.parametrize(
    ("pair", "tightest", "interval", "p"),
    [
        (
            (arms.mean(3000, 1396.87, 52377.9767), arms.mean(3461, 2422.7, 134698.29)),
            1000,
            (-0.55844, 1.56516),
            1.0,
        ),
        ((arms.proportion(3000, 1396), arms.proportion(3461, 2422)), 5000, (0.40098, 0.60675), 0.0),
    ],
)
def test_a_sequence_agrees_with_growthbook(pair, tightest, interval, p):
    effect = sequential.sequence(*pair, "relative", alpha=0.05, tightest=tightest)
    assert effect.interval(0.05) == near(*interval)
    assert effect.p == near(p)


def test_cuped_under_a_sequence_agrees_with_growthbook():
    pair = arms.mean(3000, 1396.87, 52377.9767), arms.mean(3461, 2422.7, 134698.29)
    adjusted = arms.cuped(*pair, (Before(16.87, 527.9767, 1), Before(22.7, 1348.29, 1)))
    effect = sequential.sequence(adjusted.control, adjusted.variant, "relative", alpha=0.05, tightest=5000)
    assert effect.estimate == near(0.50338)
    assert effect.interval(0.05) == near(-0.50969, 1.51646)


@pytest.mark.parametrize(
    ("units", "p", "alarm"),
    [
        ([1000, 950, 1050, 1000], 0.17180, False),
        ([44_700, 45_489], 0.0086, False),
        ([9463, 7681], 3.5e-42, True),
    ],
)
def test_a_mismatch_of_ratios(units, p, alarm):
    found = balance.balance(units, [1] * len(units))
    assert found.p == pytest.approx(p, abs=FOUR if p > 1e-9 else 0, rel=0 if p > 1e-9 else 0.01)
    assert found.mismatch is alarm


def test_ratios_are_tested_as_they_were_configured():
    assert not balance.balance([9_510, 490], [95, 5]).mismatch
    assert balance.balance([9_510, 490], [1, 1]).mismatch


def test_a_tiny_deviation_of_millions_is_no_mismatch():
    found = balance.balance([10_000_000, 10_030_000], [1, 1])
    assert found.p < 1e-9
    assert not found.mismatch


def test_too_few_units_say_nothing_of_ratios():
    with pytest.raises(CannotSay, match="fewer than 8"):
        balance.balance([9, 1], [1, 1])
    with pytest.raises(CannotSay, match="fewer than 8"):
        balance.balance([9_997, 3], [9_999, 1])


def test_a_crowd_where_few_were_expected_is_a_mismatch():
    assert balance.balance([1_000, 1_010], [999, 1]).mismatch


def test_a_beta_posterior_agrees_with_its_published_approximation():
    found = bayes.posterior(arms.proportion(100, 49), arms.proportion(100, 51), "absolute", None)
    assert found.chance == pytest.approx(0.61052, abs=1e-3)
    assert (found.gain, found.loss) == pytest.approx((0.03872, 0.01912), abs=2e-4)


def test_sizes_of_samples_agree_with_textbooks():
    # Fleiss, Levin and Paik: 10 % against 12 %, 80 % power at 5 %: 3,839 to 3,841 in each arm
    sizing = planning.sample_size(baseline=0.10, effect=0.20)
    assert sizing.control == sizing.variant == pytest.approx(3840, abs=2)
    found = planning.detectable(baseline=0.10, control=sizing.control, variant=sizing.variant)
    assert found == pytest.approx(0.20, abs=1e-4)
    # 16 s² / d²: the rule of thumb is the sum of the two quantiles squared, doubled, rounded up
    means = planning.sample_size(baseline=10, effect=0.05, variance=4.0)
    assert means.control == 252
    assert planning.duration(means.total, 100) == 7
    assert planning.duration(1500, 100) == 21
