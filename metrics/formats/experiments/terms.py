"""The names that the parts of an experiment go by in other tools' files, as `fields.plain` writes them."""

VARIANTS = ("variants", "variations", "arms", "groups", "treatments", "cells", "branches")
KPIS = ("kpis", "metrics", "measures", "goals", "outcomes")
INSIDE = ("kpis", "metrics", "measures", "goals", "outcomes", "results", "data", "stats")
KEYS = ("key", "id", "slug", "name", "variant", "variation", "variant_id", "kpi", "metric", "label", "title")
UNITS = (
    "n",
    "units",
    "users",
    "exposed",
    "exposures",
    "sample_size",
    "size",
    "participants",
    "visitors",
    "subjects",
    "assigned",
    "observations",
    "nobs",
)
SHARES = (
    "ratios",
    "ratio",
    "configured_ratios",
    "configured_ratio",
    "configured_shares",
    "expected_ratios",
    "expected_ratio",
    "allocation",
    "allocations",
    "weights",
    "split",
    "shares",
    "traffic_split",
)
SHARE = (
    "ratio",
    "share",
    "configured_ratio",
    "configured_share",
    "expected_ratio",
    "allocation",
    "weight",
    "split",
)
CONTROL = ("control", "control_variant", "baseline", "baseline_variant", "reference")
MARKS = ("is_control", "control", "is_baseline", "baseline", "reference")
CALLED_CONTROL = ("control", "baseline", "original", "kontrolle")
MARGIN = (
    "margin",
    "non_inferiority_margin",
    "noninferiority_margin",
    "ni_margin",
    "nim",
    "tolerance",
    "max_harm",
)
EFFECT = ("mde", "effect", "minimum_detectable_effect", "minimal_detectable_effect", "target_effect")

COUNT = (
    "count",
    "conversions",
    "converted",
    "successes",
    "success",
    "converters",
    "events",
)
TOTAL = ("sum", "total", "main_sum", "numerator_sum", "numerator", "sum_values", "sum_y", "sum_x")
SQUARES = (
    "sum_squares",
    "sum_of_squares",
    "sum_sq",
    "sumsq",
    "sum_squared",
    "squares",
    "ss",
    "main_sum_squares",
    "numerator_sum_squares",
    "sum_square",
    "sum_of_squared_values",
)
BELOW = ("denominator_sum", "denominator", "den_sum", "sum_denominator", "denominator_total")
BELOW_SQUARES = (
    "denominator_sum_squares",
    "denominator_sum_of_squares",
    "denominator_squares",
    "den_sum_squares",
    "sum_squares_denominator",
)
PRODUCTS = (
    "sum_products",
    "sum_of_products",
    "sum_product",
    "products",
    "cross_sum",
    "main_denominator_sum_product",
    "main_denominator_sum_products",
    "numerator_denominator_sum_products",
    "denominator_sum_products",
    "denominator_products",
)
BEFORE = ("pre_sum", "pre_period_sum", "pre_total", "covariate_sum", "sum_pre", "before_sum", "pre_count")
BEFORE_SQUARES = (
    "pre_sum_squares",
    "pre_period_sum_squares",
    "pre_sum_of_squares",
    "pre_period_sum_of_squares",
    "pre_squares",
    "pre_sum_sq",
    "covariate_sum_squares",
    "covariate_sum_of_squares",
    "sum_squares_pre",
    "sum_pre_squares",
    "before_sum_squares",
)
BEFORE_PRODUCTS = (
    "pre_sum_products",
    "pre_products",
    "pre_sum_product",
    "pre_period_sum_products",
    "pre_period_products",
    "pre_sum_of_products",
    "pre_cross_sum",
    "post_pre_sum_of_products",
    "post_pre_sum_products",
    "main_covariate_sum_product",
    "main_covariate_sum_products",
    "sum_pre_products",
    "sum_pre_post",
    "sum_post_pre",
    "cross_products",
    "sum_cross_products",
    "sum_cross",
    "cross_product",
    "before_products",
)
PERIODS_BEFORE = ("pre", "pre_period", "covariate", "before", "cuped", "preperiod")
RAW = ("values", "raw", "raw_values", "observations")
CELL = frozenset(
    (
        *(*COUNT, *TOTAL, *SQUARES, *BELOW, *BELOW_SQUARES, *PRODUCTS),
        *(*BEFORE, *BEFORE_SQUARES, *BEFORE_PRODUCTS, *PERIODS_BEFORE, *RAW),
    )
)

ROLES = {
    **dict.fromkeys(("primary", "main", "goal", "success", "oec", "decision"), "primary"),
    **dict.fromkeys(("secondary", "exploratory", "monitoring", "supporting", "tertiary"), "secondary"),
    **dict.fromkeys(("guardrail", "guard_rail", "guardrails", "guard", "counter"), "guardrail"),
}
KINDS = {
    **dict.fromkeys(
        ("proportion", "binomial", "binary", "conversion", "rate", "bernoulli", "count"), "proportion"
    ),
    **dict.fromkeys(("mean", "continuous", "revenue", "average", "sum", "numeric", "duration"), "mean"),
    **dict.fromkeys(("ratio", "ratio_metric"), "ratio"),
    **dict.fromkeys(("quantile", "percentile", "median"), "quantile"),
}
DIRECTIONS = {
    **dict.fromkeys(("up", "increase", "higher", "more", "larger", "positive", "higher_is_better"), "up"),
    **dict.fromkeys(("down", "decrease", "lower", "less", "smaller", "negative", "lower_is_better"), "down"),
}
METHODS = {
    **dict.fromkeys(
        ("fixed", "fixed_horizon", "frequentist", "t_test", "ttest", "welch", "z", "z_test"), "fixed"
    ),
    **dict.fromkeys(
        ("sequential", "always_valid", "confidence_sequence", "confidence_sequences", "asymptotic_cs"),
        "sequential",
    ),
    **dict.fromkeys(("bayesian", "bayes"), "bayesian"),
}
CORRECTIONS = {
    **dict.fromkeys(("none", "no", "off", "unadjusted"), "none"),
    **dict.fromkeys(("holm", "holm_bonferroni", "bonferroni_holm"), "holm"),
    **dict.fromkeys(("bh", "benjamini_hochberg", "fdr", "fdr_bh"), "bh"),
}
SCALES = {"relative": "relative", "percent": "relative", "lift": "relative", "absolute": "absolute"}
