import pytest
from hypothesis import given
from hypothesis import strategies as st

from process.formulas import agendas
from process.formulas.agendas import Risks

RISKS = st.builds(Risks, *[st.integers(0, 3)] * 5)


def test_the_gravest_kind_of_trouble_comes_first():
    listed = [
        (Risks(), 0.9),
        (Risks(falling=3), 0.5),
        (Risks(stale=1), 0.5),
        (Risks(disagreeing=1), 0.5),
        (Risks(at_risk=1, stale=2), 0.5),
        (Risks(at_risk=2), 0.5),
        (Risks(), 0.2),
        (Risks(), None),
    ]
    assert agendas.order(listed) == [5, 4, 3, 2, 1, 6, 0, 7]


@given(st.lists(st.tuples(RISKS, st.none() | st.floats(0, 1)), max_size=8))
def test_the_agenda_has_everything_once_and_never_grows_graver(listed):
    places = agendas.order(listed)
    assert sorted(places) == list(range(len(listed)))
    ordered = [listed[place][0] for place in places]
    assert ordered == sorted(ordered, reverse=True)


@pytest.mark.parametrize(
    ("weekly", "falling"), [([], False), ([7], False), ([7, 7], False), ([3, 9, 8], True), ([9, 3, 4], False)]
)
def test_confidence_falls_from_one_week_to_the_next(weekly, falling):
    assert agendas.falls(weekly) is falling


def test_risks_in_words():
    assert Risks().words == ""
    assert Risks(2, 0, 1, 0, 1).words == "2 at risk, 1 without a fresh check-in, 1 guardrail broken"
