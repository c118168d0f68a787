"""Simulated people of whom the truth is known: the report's intervals must hold it as often as they say.

1,000 quarters are drawn. Whoever is asked brings each theme up with a known chance, which between two
quarters changes by a known amount or not at all. What the report counts of such a quarter is what was
drawn; how often its intervals hold the truth is then measured on the draws themselves.
"""

import functools

import numpy as np
import pytest

from research.synthesis import change
from research.synthesis.composing import Group, Material, Theme, snapshot
from research.synthesis.counting import KINDS, Mark, Sitting, tally

SEEDS = 1_000
ASKED = {"interviewees": (48, 60), "testers": (36, 30), "respondents": (220, 260)}  # (before, now)
METHODS = {"interviewees": "interview", "testers": "usability_test", "respondents": "survey_call"}
TRUTH = {1: (0.3, 0.3), 2: (0.5, 0.5), 3: (0.25, 0.5), 4: (0.6, 0.35), 5: (0.12, 0.12)}  # (before, now)


@pytest.fixture(scope="module")
def drawn():
    """{kind: {theme: (hits before, hits now)}}, arrays of `SEEDS` quarters each."""
    return {
        kind: {
            theme: tuple(
                np.random.default_rng([theme, n, k]).binomial(of, chance, SEEDS)
                for n, (of, chance) in enumerate(zip(asked, chances, strict=True))
            )
            for theme, chances in TRUTH.items()
        }
        for k, (kind, asked) in enumerate(ASKED.items())
    }


# the draws repeat: a few hundred different ones stand for all
wilson, difference, moved = (functools.cache(f) for f in (change.wilson, change.difference, change.change))


def _quarter(drawn, seed, when):
    sittings, marks, person = [], [], 0
    for kind, asked in ASKED.items():
        for n in range(asked[when]):
            person += 1
            sittings.append(Sitting(person, study=1, method=METHODS[kind], participant=person))
            marks.append(Mark(-person, person, tag=None))  # every session was worked through
            said = (theme for theme in TRUTH if n < drawn[kind][theme][when][seed])
            marks += [Mark(person * 10 + theme, person, tag=theme) for theme in said]
    return tally(sittings, marks, dict.fromkeys(TRUTH, 1))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_report_counts_what_was_drawn(drawn, seed):
    material = Material(
        title="now",
        before_title="before",
        now=_quarter(drawn, seed, 1),
        before=_quarter(drawn, seed, 0),
        groups=(Group(1, "g", "G"),),
        themes=tuple(Theme(key, f"t{key}", f"T{key}", "blue", 1) for key in TRUTH),
        segments={"unknown": "Unknown"},
        methods={},
    )
    for row in snapshot(material)["themes"]:
        assert [one["kind"] for one in row["kinds"]] == list(KINDS)
        for one in row["kinds"]:
            before, now = (int(hits[seed]) for hits in drawn[one["kind"]][row["key"]])
            of_before, of = ASKED[one["kind"]]
            assert (one["hits"], one["of"]) == (now, of)
            assert (one["before"]["hits"], one["before"]["of"]) == (before, of_before)
            assert (one["low"], one["high"]) == tuple(round(end, 4) for end in wilson(now, of))
            assert one["change"] == moved(now, of, before, of_before).value


@pytest.mark.parametrize("kind", KINDS)
def test_the_intervals_of_shares_hold_the_truth_95_times_of_100(drawn, kind):
    held = [
        wilson(int(hits), of)[0] <= chance <= wilson(int(hits), of)[1]
        for theme, chances in TRUTH.items()
        for of, chance, draws in zip(ASKED[kind], chances, drawn[kind][theme], strict=True)
        for hits in draws
    ]
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize("kind", KINDS)
def test_the_intervals_of_changes_hold_the_known_change_95_times_of_100(drawn, kind):
    of_before, of = ASKED[kind]
    held = []
    for theme, (chance_before, chance) in TRUTH.items():
        for before, now in zip(*drawn[kind][theme], strict=True):
            low, high = difference(int(now), of, int(before), of_before)
            held.append(low <= chance - chance_before <= high)
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


def test_where_nothing_changed_it_says_so_and_a_known_change_is_found(drawn):
    said = {}
    for kind, (of_before, of) in ASKED.items():
        for theme in TRUTH:
            verdicts = [
                moved(int(now), of, int(before), of_before)
                for before, now in zip(*drawn[kind][theme], strict=True)
            ]
            said[kind, theme] = {one: verdicts.count(one) / SEEDS for one in set(verdicts)}
    for (_, theme), shares in said.items():
        if TRUTH[theme][0] == TRUTH[theme][1]:
            claimed = sum(shares.get(one, 0) for one in ("rising", "new", "fading", "gone"))
            assert claimed <= 0.07
    assert said["respondents", 3]["rising"] > 0.95
    assert said["respondents", 4]["fading"] > 0.95
    assert said["interviewees", 3]["rising"] > 0.6
