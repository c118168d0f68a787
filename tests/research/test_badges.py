import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from research.synthesis.badges import STALE, THIN, Flag, Piece, Weight, badges

TODAY = dt.date(2026, 11, 20)
pieces = st.lists(
    st.builds(
        Piece,
        weight=st.sampled_from(Weight),
        study=st.integers(1, 4),
        method=st.sampled_from(["interview", "survey", "diary"]),
        on=st.dates(dt.date(2024, 1, 1), TODAY),
        people=st.frozensets(st.integers(1, 6), max_size=2),
        unnamed=st.sampled_from([0, 0, 40]),
        segments=st.frozensets(st.sampled_from(["small", "enterprise"])),
        is_quote=st.booleans(),
    ),
    max_size=8,
)


@given(pieces, st.randoms())
def test_the_order_of_the_evidence_does_not_matter(evidence, dice):
    other = list(evidence)
    dice.shuffle(other)
    assert badges(evidence, TODAY) == badges(other, TODAY)


@given(pieces)
def test_the_same_piece_twice_makes_no_more_people_or_studies(evidence):
    once, twice = badges(evidence, TODAY), badges([*evidence, *evidence], TODAY)
    assert (once.participants, once.studies, once.methods, once.segments, once.newest, once.flags) == (
        *(twice.participants, twice.studies, twice.methods, twice.segments, twice.newest, twice.flags),
    )


@given(pieces)
def test_flags_say_what_is_so(evidence):
    found = badges(evidence, TODAY)
    support = [one for one in evidence if one.weight is Weight.SUPPORTS]
    assert (Flag.NONE in found.flags) == (not support)
    assert (Flag.CONTRADICTED in found.flags) == any(one.weight is Weight.CONTRADICTS for one in evidence)
    assert (Flag.ONE_STUDY in found.flags) == (len({one.study for one in support}) == 1)
    assert (Flag.OLD in found.flags) == (bool(support) and all(TODAY - one.on > STALE for one in support))
    if Flag.THIN in found.flags:
        assert len(frozenset().union(*(one.people for one in support))) < THIN
    assert found.supporting + found.contradicting <= found.pieces == len(evidence)


@given(pieces, pieces)
def test_context_and_contradiction_make_no_claim_stronger(evidence, more):
    against = [one for one in more if one.weight is not Weight.SUPPORTS]
    weak = {Flag.NONE, Flag.THIN, Flag.ONE_STUDY, Flag.OLD}
    before, after = badges(evidence, TODAY), badges([*evidence, *against], TODAY)
    assert weak & set(before.flags) == weak & set(after.flags)


def test_respondents_of_one_study_are_not_added_up():
    piece = Piece(Weight.SUPPORTS, 1, "survey", TODAY, unnamed=84)
    other = Piece(Weight.SUPPORTS, 1, "survey", TODAY, unnamed=80)
    assert badges([piece, other], TODAY).participants == 84
    assert badges([piece], TODAY).flags == (Flag.ONE_STUDY,)
