"""The read-out as pipelines ask for it: a file in, JSON out."""

import io
import json
import math
import time

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.formats import experiments

CONTROL = {"key": "control", "n": 3407, "kpis": {"revenue": {"sum": 1396.87, "sum_squares": 52377.9767}}}
VARIANT = {"key": "b", "n": 3461, "kpis": {"revenue": {"sum": 2422.7, "sum_squares": 134698.29}}}
DOCUMENT = {
    "variants": [CONTROL, VARIANT],
    "ratios": {"control": 0.5, "b": 0.5},
    "method": "fixed",
    "alpha": 0.05,
}


@pytest.fixture
def ask(tmp_path):
    def asked(document):
        path = tmp_path / "experiment.json"
        path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
        out = io.StringIO()
        call_command("experiment_readout", str(path), stdout=out)
        return json.loads(out.getvalue(), parse_constant=pytest.fail)

    return asked


def compared(answer, kpi=0, variant=0):
    return answer["kpis"][kpi]["variants"][variant]


def test_the_command_prints_published_figures(ask):
    found = compared(ask(DOCUMENT))
    assert found["relative"]["effect"] == pytest.approx(0.70732, abs=5e-5)
    assert found["relative"]["interval"] == pytest.approx([-0.03526, 1.44989], abs=5e-5)
    assert found["relative"]["p"] == pytest.approx(0.06191, abs=5e-5)
    assert found["absolute"]["effect"] == pytest.approx(0.29, abs=5e-5)
    assert found["absolute"]["interval"] == pytest.approx([0.04538, 0.53462], abs=5e-5)
    assert found["absolute"]["p"] == pytest.approx(0.02016, abs=5e-5)
    again = ask({**DOCUMENT, "method": "sequential"})
    assert compared(again)["others"]["fixed"] == {
        scale: {name: one for name, one in found[scale].items() if not name.endswith("adjusted")}
        for scale in ("absolute", "relative")
    }
    low, high = compared(again)["relative"]["interval"]
    assert low < -0.03526
    assert high > 1.44989


def test_the_same_file_gives_the_same_bytes(tmp_path):
    path = tmp_path / "experiment.json"
    path.write_text(json.dumps(DOCUMENT))
    printed = set()
    for _ in range(2):
        out = io.StringIO()
        call_command("experiment_readout", str(path), stdout=out)
        printed.add(out.getvalue())
    assert len(printed) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"{", "Line 1, column 2"),
        (b"[]", "one JSON object"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"variants": [], "variants": []}', "given twice"),
        (b'{"variants": [{"n": NaN}, {"n": 2}]}', "NaN"),
        (b'{"variants": [{"n": 1e999}, {"n": 2}]}', "too large"),
        (b'{"variants": [{"n": 5}]}', "fewer than two"),
        (b'{"variants": [{"key": "a"}, {"key": "b", "n": 5}]}', "no “n”"),
        (b'{"variants": [{"key": "a", "n": 4.5}, {"key": "b", "n": 5}]}', "whole number"),
        (b'{"variants": [{"key": "a", "n": 4}, {"key": "b", "n": 5}]}', "No variant has a KPI"),
        (b'{"variants": [{"key": "a", "n": 4}, {"key": "a", "n": 5}]}', "Two variants are called “a”"),
        (json.dumps({**DOCUMENT, "alpha": 5}).encode(), "between 0 and 1"),
        (json.dumps({**DOCUMENT, "method": "guess"}).encode(), "“fixed”, “sequential”, “bayesian”"),
        (json.dumps({**DOCUMENT, "ratios": {"control": 1, "c": 1}}).encode(), "“c”, which is no variant"),
        (json.dumps({**DOCUMENT, "ratios": [1, -1]}).encode(), "not above 0"),
        (json.dumps({**DOCUMENT, "primary": "orders"}).encode(), "nowhere among the KPIs"),
        (json.dumps({**DOCUMENT, "power": 0.01}).encode(), "above “alpha”"),
        (json.dumps({**DOCUMENT, "alpha": 0.1, "confidence": 0.95}).encode(), "Leave one out"),
        (
            json.dumps({**DOCUMENT, "started": "2026-02-02", "ends": "2026-02-01"}).encode(),
            "before the start",
        ),
        (json.dumps({**DOCUMENT, "started": "2026-02-02", "as_of": "2026-02-01"}).encode(), "go until"),
        (json.dumps({**DOCUMENT, "multiple_exposures": 10**7}).encode(), "more than the"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_an_unreadable_file_is_refused_with_the_reason(ask, data, said):
    with pytest.raises(CommandError, match=said):
        ask(data)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(CommandError, match="There is no file"):
        call_command("experiment_readout", str(tmp_path / "none.json"))
    with pytest.raises(CommandError, match="folder"):
        call_command("experiment_readout", str(tmp_path))


@pytest.mark.parametrize(
    ("n", "cell", "why"),
    [
        (0, {"count": 0}, "no unit has been counted"),
        (1, {"count": 1}, "a single unit"),
        (-4, {"count": 1}, "negative"),
        (100, {"count": 0}, "nobody converted"),
        (100, {"count": -1}, "count is negative"),
        (100, {"count": 101}, "more than all"),
        (100, {"sum": 100, "sum_squares": 100}, "no variance"),
        (100, {"sum": 100, "sum_squares": 1}, "variance would be negative"),
        (100, {"sum": 100}, "“sum_squares” is missing"),
        (100, {}, "“count” is missing"),
    ],
)
@pytest.mark.parametrize("method", ["fixed", "sequential"])
def test_degenerate_numbers_say_why_nothing_can_be_said(n, cell, why, method):
    variants = [{"key": key, "n": n, "kpis": {"x": cell}} for key in ("control", "b")]
    found = compared(experiments.readout({"variants": variants, "method": method}))
    assert found["result"] == "cannot_say"
    assert why in found["cannot_say_because"]
    assert found["relative"]["p"] is None
    assert why in found["absolute"]["cannot_say_because"]


@given(
    st.sampled_from(["fixed", "sequential", "bayesian"]),
    st.lists(
        st.fixed_dictionaries(
            {"n": st.integers(-2, 10**12)},
            optional={
                "count": st.integers(-2, 10**12),
                "sum": st.floats(allow_nan=False, allow_infinity=False),
                "sum_squares": st.floats(allow_nan=False, allow_infinity=False),
                "pre_sum": st.floats(-1e9, 1e9),
                "pre_sum_squares": st.floats(-1, 1e12),
                "pre_sum_products": st.floats(-1e12, 1e12),
            },
        ),
        min_size=2,
        max_size=4,
    ),
)
@settings(max_examples=60, deadline=None)
def test_no_numbers_make_a_number_that_is_none(method, given_variants):
    variants = [
        {"key": str(place), "n": one.pop("n"), "kpis": {"x": one}}
        for place, one in enumerate(map(dict, given_variants))
    ]
    answer = experiments.readout({"variants": variants, "method": method})
    json.dumps(answer, allow_nan=False)
    for one in answer["kpis"][0]["variants"]:
        for scale in ("absolute", "relative"):
            effect = one[scale]
            if effect["interval"] is None:
                assert effect["cannot_say_because"]
                continue
            low, high = effect["interval"]
            assert low <= high
            if effect["p"] is not None and not math.isclose(effect["p"], 0.05, rel_tol=1e-6):
                assert (effect["p"] < 0.05) == (not low <= 0 <= high)


def test_other_spellings_are_the_same_experiment():
    usual = experiments.readout(DOCUMENT)
    spelled = {
        "experiment": {"alpha": "0.05", "method": "Fixed horizon"},
        "variations": {
            "control": {
                "users": 3407,
                "weight": 50,
                "metrics": [{"id": "revenue", **CONTROL["kpis"]["revenue"]}],
            },
            "b": {"Sample size": "3461", "weight": 50, "revenue": {"Sum": 2422.7, "sumOfSquares": 134698.29}},
        },
    }
    turned = {
        "variants": [{"key": "b", "n": 3461}, {"key": "control", "n": 3407}],
        "ratios": "50/50",
        "kpis": {"revenue": {one["key"]: one["kpis"]["revenue"] for one in (CONTROL, VARIANT)}},
        "confidence": 0.95,
    }
    for document in (spelled, turned):
        answer = experiments.readout(document)
        assert answer["kpis"] == usual["kpis"]
        assert answer["srm"] == usual["srm"]


def test_a_plan_and_its_results_are_one_document():
    plan = {"variants": [{"key": "control", "ratio": 9}, {"key": "b", "ratio": 1}], "method": "sequential"}
    answer = experiments.readout(experiments.combine(plan, {"variants": [CONTROL, VARIANT]}))
    assert answer["method"] == "sequential"
    assert answer["srm"]["mismatch"] is True
    assert answer["recommendation"]["action"] == "review"


def test_what_is_not_known_is_said():
    answer = experiments.readout({**DOCUMENT, "colour": "green"})
    assert "“colour” of the document is not known and was left out." in answer["notes"]


def made(counts, *, n=10_000, **more):
    keys = ["control", *(f"v{place}" for place in range(1, len(counts)))]
    variants = [
        {"key": key, "n": n, "kpis": {kpi: {"count": count} for kpi, count in one.items()}}
        for key, one in zip(keys, counts, strict=True)
    ]
    return experiments.readout({"variants": variants, **more})


GUARDED = [
    {"key": "signups", "role": "primary"},
    {"key": "refunds", "role": "guardrail", "direction": "down"},
]


@pytest.mark.parametrize(
    ("counts", "more", "action"),
    [
        ([{"signups": 1000}, {"signups": 1150}], {}, "ship"),
        ([{"signups": 1000}, {"signups": 850}], {}, "roll_back"),
        ([{"signups": 1000}, {"signups": 1010}], {}, "review"),
        ([{"signups": 1000}, {"signups": 1010}], {"mde": 0.02}, "keep_running"),
        ([{"signups": 1000}, {"signups": 990}], {"mde": 0.2}, "roll_back"),
        (
            [{"signups": 1000}, {"signups": 1150}],
            {"ends": "2026-11-30", "as_of": "2026-11-20"},
            "keep_running",
        ),
        ([{"signups": 1000}, {"signups": 1150}], {"days": 3, "min_days": 14}, "keep_running"),
        ([{"signups": 1000}, {"signups": 1150}], {"multiple_exposures": 900}, "review"),
        (
            [{"signups": 1000}, {"signups": 1150}],
            {"incidents": [{"kpi": "signups", "title": "Late"}]},
            "review",
        ),
        ([{"signups": 1000}, {"signups": 1010}], {"method": "sequential"}, "keep_running"),
        ([{"signups": 1000}, {"signups": 1150}], {"method": "bayesian"}, "ship"),
        ([{"signups": 1000, "refunds": 100}, {"signups": 1150, "refunds": 105}], {"kpis": GUARDED}, "ship"),
        ([{"signups": 1000, "refunds": 100}, {"signups": 1150, "refunds": 190}], {"kpis": GUARDED}, "review"),
    ],
)
def test_the_rule_recommends(counts, more, action):
    answer = made(counts, **more)
    assert answer["recommendation"]["action"] == action
    assert answer["recommendation"]["reasons"]


def test_a_guardrail_with_a_margin_must_stay_within_it():
    kpis = [{"key": "signups", "role": "primary"}, {"key": "visits", "role": "guardrail", "margin": 0.02}]
    states = []
    for visits in (8_000, 8_030, 7_850, 7_600):
        answer = made([{"signups": 1000, "visits": 8_000}, {"signups": 1150, "visits": visits}], kpis=kpis)
        states.append((compared(answer, 1)["result"], answer["recommendation"]["action"]))
    assert states == [
        ("holds", "ship"),
        ("holds", "ship"),
        ("unclear", "keep_running"),
        ("harmed", "review"),
    ]


def test_several_comparisons_have_p_and_intervals_that_agree():
    counts = [{f"k{kpi}": 500 + 13 * kpi * arm for kpi in range(5)} for arm in range(4)]
    for correction in ("holm", "bh"):
        answer = made(counts, correction=correction)
        changed = 0
        for kpi in answer["kpis"]:
            for one in kpi["variants"]:
                for scale in ("absolute", "relative"):
                    effect = one[scale]
                    low, high = effect["interval_adjusted"]
                    assert effect["p_adjusted"] >= effect["p"]
                    assert (effect["p_adjusted"] < 0.05) == (not low <= 0 <= high)
                changed += one["relative"]["p"] < 0.05 <= one["relative"]["p_adjusted"]
        assert changed


def test_ten_kpis_and_four_variants_are_read_out_quickly():
    counts = [{f"k{kpi}": 5 + 100 * kpi + arm for kpi in range(10)} for arm in range(4)]
    taken = []
    for _ in range(4):
        start = time.process_time()
        made(counts)
        taken.append(time.process_time() - start)
    assert min(taken) < 0.1  # 0.05 on a quiet machine; coverage and neighbours slow it
