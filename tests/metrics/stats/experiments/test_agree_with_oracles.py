"""statsmodels and tea-tasting compute the same from the same numbers."""

import numpy as np
import pandas as pd
import pytest
import tea_tasting as tt
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import NormalIndPower, tt_ind_solve_power
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from metrics.stats.experiments import arms, bayes, effects, planning, several
from metrics.stats.experiments.arms import Before


def sums(values):
    return len(values), float(values.sum()), float((values**2).sum())


@pytest.fixture(scope="module")
def people():
    """Orders, sessions and revenue, each person's, before and while the experiment ran."""
    made = np.random.default_rng(8)
    n = 800
    variant = np.repeat([0, 1], n // 2)
    habit = made.gamma(2.0, 2.0, n)
    return {
        "variant": variant,
        "before": habit + made.normal(0, 1, n),
        "revenue": habit * (1 + 0.1 * variant) + made.normal(0, 1, n),
        "sessions": made.poisson(3, n) + 1.0,
        "orders": made.poisson(1 + 0.2 * variant, n).astype(float),
    }


def test_means_agree_with_statsmodels(people):
    groups = [people["revenue"][people["variant"] == one] for one in (0, 1)]
    oracle = CompareMeans(DescrStatsW(groups[1]), DescrStatsW(groups[0]))
    effect = effects.fixed(*(arms.mean(*sums(group)) for group in groups), "absolute")
    assert effect.p == pytest.approx(oracle.ttest_ind(usevar="unequal")[1], rel=1e-9)
    assert effect.interval(0.1) == pytest.approx(oracle.tconfint_diff(0.1, usevar="unequal"), rel=1e-9)


@pytest.fixture(scope="module")
def tasted(people):
    experiment = tt.Experiment(
        plain=tt.Mean("revenue"),
        cuped=tt.Mean("revenue", covariate="before"),
        ratio=tt.RatioOfMeans("orders", "sessions"),
    )
    return experiment.analyze(pd.DataFrame(people))


def test_ratios_and_adjusted_means_agree_with_tea_tasting(people, tasted):
    groups = [{name: values[people["variant"] == one] for name, values in people.items()} for one in (0, 1)]
    ratio = [
        arms.ratio(
            *sums(one["orders"]), *sums(one["sessions"])[1:], float((one["orders"] * one["sessions"]).sum())
        )
        for one in groups
    ]
    effect = effects.fixed(*ratio, "absolute")
    assert effect.estimate == pytest.approx(tasted["ratio"].effect_size, rel=1e-9)
    assert effect.p == pytest.approx(tasted["ratio"].pvalue, rel=1e-3)
    before = tuple(
        Before(*sums(one["before"])[1:], float((one["before"] * one["revenue"]).sum())) for one in groups
    )
    adjusted = arms.cuped(*(arms.mean(*sums(one["revenue"])) for one in groups), before)
    effect = effects.fixed(adjusted.control, adjusted.variant, "absolute")
    oracle = tasted["cuped"]
    # each takes its own theta: weighted by arm here, pooled over both there
    assert effect.estimate == pytest.approx(oracle.effect_size, rel=2e-2)
    low, high = effect.interval(0.05)
    assert high - low == pytest.approx(oracle.effect_size_ci_upper - oracle.effect_size_ci_lower, rel=5e-3)
    plain = tasted["plain"]
    assert high - low < 0.5 * (plain.effect_size_ci_upper - plain.effect_size_ci_lower)


@pytest.mark.parametrize(("a", "n", "b", "m"), [(9, 1000, 3, 1100), (56, 70, 48, 80), (0, 10, 4, 20)])
def test_few_conversions_agree_with_newcombe(a, n, b, m):
    effect = effects.Newcombe(arms.proportion(n, a), arms.proportion(m, b))
    oracle = confint_proportions_2indep(b, m, a, n, method="newcomb", compare="diff")
    assert effect.interval(0.05) == pytest.approx(oracle, abs=1e-9)
    assert effects.wilson(a, n, 0.05) == pytest.approx(proportion_confint(a, n, method="wilson"), abs=1e-12)
    low, high = effect.interval(effect.p)
    assert min(abs(low), abs(high)) == pytest.approx(0, abs=1e-9)


def test_log_ratios_agree_with_statsmodels():
    effect = effects.fixed(arms.proportion(1000, 9), arms.proportion(1100, 30), "relative")
    low, high = confint_proportions_2indep(30, 1100, 9, 1000, method="log", compare="ratio")
    assert effect.interval(0.05) == pytest.approx((low - 1, high - 1), rel=1e-9)


@pytest.mark.parametrize("ps", [[0.041, 0.011, 0.03, 0.005, 0.9], [0.02, 0.02], [0.5], [0.0, 0.2, 0.0]])
@pytest.mark.parametrize(("way", "oracle"), [("holm", "holm"), ("bh", "fdr_bh")])
def test_adjusted_p_agree_with_statsmodels(ps, way, oracle):
    found = several.adjusted(ps, way)
    assert [p for p, _ in found] == pytest.approx(list(multipletests(ps, method=oracle)[1]))
    for alpha in (0.01, 0.05, 0.2):  # and the level left to each agrees with it
        assert [p < alpha * share for p, (_, share) in zip(ps, found, strict=True)] == [
            adjusted < alpha for adjusted, _ in found
        ]


def test_sizes_agree_with_statsmodels():
    means = planning.sample_size(baseline=20, effect=0.05, variance=25.0, power=0.9)
    oracle = NormalIndPower().solve_power(effect_size=0.2, alpha=0.05, power=0.9)
    assert means.control == np.ceil(oracle)
    assert tt_ind_solve_power(0.2, nobs1=means.control, alpha=0.05) == pytest.approx(0.9, abs=0.002)
    assert planning.power_of(1.0, 5 * np.sqrt(2 / means.control), 0.05) == pytest.approx(0.9, abs=1e-3)


def test_beta_posteriors_agree_with_draws():
    made = np.random.default_rng(5)
    a, b = made.beta(13, 89, 400_000), made.beta(25, 97, 400_000)
    for scale, drawn in (("absolute", b - a), ("relative", b / a - 1)):
        found = bayes.posterior(arms.proportion(100, 12), arms.proportion(120, 24), scale, None)
        assert found.chance == pytest.approx((b > a).mean(), abs=2e-3)
        assert found.estimate == pytest.approx(drawn.mean(), rel=5e-3)
        low, high = np.quantile(drawn, [0.025, 0.975])
        assert found.interval(0.05) == pytest.approx((low, high), abs=0.01 * (high - low))
    found = bayes.posterior(arms.proportion(100, 12), arms.proportion(120, 24), "absolute", None)
    assert found.loss == pytest.approx(np.maximum(a - b, 0).mean(), rel=0.03)
    assert found.gain == pytest.approx(np.maximum(b - a, 0).mean(), rel=0.01)
