"""The report's rules: counting, comparing and choosing, for any input."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.synthesis.change import WORDS, Change, change, difference, wilson
from research.synthesis.counting import KINDS, VOICES, Mark, Respondent, Sitting, tally
from research.synthesis.quotes import Candidate, choose, shorten

sittings = st.lists(
    st.builds(
        Sitting,
        session=st.integers(1, 30),
        study=st.integers(1, 4),
        method=st.sampled_from(sorted(VOICES)),
        participant=st.none() | st.integers(1, 8),
        account=st.none() | st.integers(1, 4),
        segment=st.sampled_from(["small", "mid", "unknown"]),
    ),
    unique_by=lambda one: one.session,
)
marks = st.lists(
    st.builds(
        Mark,
        highlight=st.integers(1, 60),
        session=st.integers(1, 35),
        tag=st.none() | st.integers(1, 5),
    )
)
GROUPS = dict.fromkeys(range(1, 6), 1) | {5: 2}
candidates = st.lists(
    st.builds(
        Candidate,
        key=st.integers(1, 500),
        voice=st.tuples(st.just("participant"), st.integers(1, 5)),
        segment=st.sampled_from(["small", "mid", "enterprise"]),
        length=st.integers(1, 900),
        own=st.booleans(),
        cited=st.booleans(),
    ),
    unique_by=lambda one: one.key,
)


@given(sittings, marks)
def test_no_part_counts_more_than_the_whole(held, said):
    counted = tally(held, said, GROUPS)
    for part in (*counted.tags.values(), *counted.groups.values(), *counted.segments.values()):
        for name, number in part.as_dict().items():
            assert number <= counted.total.as_dict()[name]
    assert counted.total.sessions == len(held)
    assert sum(one.sessions for one in counted.methods.values()) == len(held)


@given(sittings, marks, st.randoms())
def test_counts_do_not_depend_on_the_order_of_rows(held, said, dice):
    first = tally(held, said, GROUPS)
    dice.shuffle(held)
    dice.shuffle(said)
    assert tally(held, said, GROUPS) == first


@given(sittings, marks)
def test_each_kind_of_people_is_counted_apart(held, said):
    counted = tally(held, said, GROUPS)
    for kind in KINDS:
        people = {one.participant for one in held if VOICES[one.method] == kind} - {None}
        assert counted.total.as_dict()[kind] == len(people)
    assert "people" not in counted.total.as_dict()


@given(sittings, marks)
def test_nobody_brings_up_what_they_were_not_asked_about(held, said):
    counted = tally(held, said, GROUPS)
    asked = counted.exposed_to(None)
    for heard in counted.heard.values():
        for kind in KINDS:
            assert heard.of(kind) <= asked.of(kind)
            for segment in ("small", "mid", "unknown"):
                assert heard.of(kind, segment) <= asked.of(kind, segment)
        for method, number in heard.methods.items():
            assert number <= asked.methods[method]


def test_a_survey_counts_those_who_answered():
    survey = Sitting(1, study=1, method="survey")
    answered = [Respondent(n, 1, participant=7 if n == 3 else None, segment="mid") for n in (1, 2, 3)]
    said = [Mark(1, 1, tag=1, response=1), Mark(2, 1, tag=1, response=1), Mark(3, 1, tag=2)]
    counted = tally([survey], said, GROUPS, answered)
    assert (counted.total.respondents, counted.total.interviewees) == (3, 0)
    assert (counted.heard[1].of("respondents"), counted.exposed_to(None).of("respondents", "mid")) == (1, 3)
    assert counted.heard[2].of("respondents") == 0  # words that are no answer are nobody's


def test_a_theme_of_one_study_is_of_those_whom_that_study_heard():
    held = [Sitting(n, study=n % 2, method="interview", participant=n) for n in range(6)]
    counted = tally(held, [Mark(n, n, tag=1) for n in range(5)], GROUPS)
    assert counted.exposed_to(1).of("interviewees") == 2
    assert counted.exposed_to(None).of("interviewees") == 5  # nobody has worked the sixth session through
    assert counted.unread == 1


def test_themes_that_the_same_people_bring_up_are_counted_in_people():
    held = [Sitting(n, study=n % 3, method="interview", participant=n % 4) for n in range(8)]
    said = [Mark(n, n, tag=1 + n % 2) for n in range(8)] + [Mark(10 + n, n, tag=2) for n in range(3)]
    (pair,) = tally(held, said, GROUPS).together
    assert (pair.first, pair.second, dict(pair.people)) == (1, 2, {"interviewees": 2})


@given(candidates, st.randoms())
def test_the_choice_of_quotes_is_the_same_in_any_order(found, dice):
    first = choose(found)
    dice.shuffle(found)
    assert choose(found) == first


@given(candidates)
def test_nobody_is_quoted_twice_while_others_wait(found):
    chosen = choose(found)
    by_key = {one.key: one for one in found}
    voices = {by_key[key].voice for key in chosen}
    assert len(chosen) == len(set(chosen)) == min(3, len(found))
    assert len(voices) == min(len(chosen), len({one.voice for one in found}))


def test_the_participants_own_evidence_of_a_good_length_comes_first():
    moderator = Candidate(1, ("participant", 1), "mid", 100, own=False, cited=True)
    short = Candidate(2, ("participant", 1), "mid", 8)
    good = Candidate(3, ("participant", 1), "mid", 100)
    evidence = Candidate(4, ("participant", 1), "mid", 900, cited=True)
    assert choose([moderator, short, good, evidence], most=4) == [4, 3, 2, 1]


@given(st.text(max_size=2000))
def test_a_shortened_quote_is_the_beginning_of_the_quote(quote):
    text, cut = shorten(quote)
    assert len(text) <= 600
    assert " ".join(quote.split()).startswith(text)
    assert cut == (len(" ".join(quote.split())) > 600)


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_interval_holds_the_share(hits, of):
    hits = min(hits, of)
    low, high = wilson(hits, of)
    assert 0 <= low <= Fraction(hits, of) + Fraction(1, 10**9)
    assert Fraction(hits, of) - Fraction(1, 10**9) <= high <= 1


def test_the_intervals_are_those_of_the_textbook():
    """Newcombe (1998), table II, case (a): 56/70 against 48/80."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert difference(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=1e-4)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((9, 12, 0, 0), Change.FIRST),
        ((4, 40, 0, 40), Change.FEW),
        ((3, 3, 4, 4), Change.FEW),
        ((12, 20, 0, 20), Change.NEW),
        ((18, 20, 6, 20), Change.RISING),
        ((6, 20, 18, 20), Change.FADING),
        ((0, 20, 12, 20), Change.GONE),
        ((10, 20, 9, 20), Change.STEADY),
    ],
)
def test_change_is_said_only_where_the_numbers_carry_it(numbers, said):
    assert change(*numbers) == said
    assert WORDS[said]
