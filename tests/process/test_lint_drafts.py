import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from process import queries
from process.formulas import lint
from process.formulas.lint import DraftObjective, DraftResult, Rule
from process.models import CycleState, Objective, OkrCycle
from tests.factories.metrics import KpiFactory, series
from tests.factories.process import CheckInFactory, KeyResultFactory, ObjectiveFactory, OkrCycleFactory

GOOD = DraftResult("Import success from 62 % to 70 %", start=62)
LAST = dt.date(2026, 12, 31)


def _rules(draft, **more):
    return [one.rule for one in lint.lint_objective(draft, **more)]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Launch the guided importer", True),
        ("Launched: the guided importer", True),
        ("Shipping the importer", True),
        ("Roll out single sign-on", True),
        ("Set up a help desk", True),
        ("Releases of the importer", True),
        ("Make the first import something people get through", False),
        ("Planners trust what the board shows", False),
        ("Shipments arrive on the day promised", False),
        ("Built-in trust", False),
        ("", False),
    ],
)
def test_words_of_making_are_an_output(title, expected):
    assert lint.is_output(title) is expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Import success to 70 %", True),
        ("Churn from 4.1 to 3.2 %", True),
        ("3 of 4 planners come back", True),
        ("Launch Importer 4.1", False),
        ("Launch the importer v2", False),
        ("Ready for Q3 2027", False),
        ("Certified to ISO 27001", False),
        ("People come back", False),
    ],
)
def test_a_number_says_how_much(title, expected):
    assert lint.has_number(title) is expected


@pytest.mark.parametrize(
    ("draft", "rules"),
    [
        (DraftObjective("Imports work", [GOOD]), []),
        (DraftObjective("Launch the importer", [GOOD]), [Rule.OUTPUT]),
        (DraftObjective("Imports work"), [Rule.NO_KEY_RESULT]),
        (DraftObjective("Imports work for 70 % of people", [GOOD]), [Rule.NUMBER]),
        (DraftObjective("Imports work " * 9, [GOOD]), [Rule.LONG]),
        (DraftObjective("Imports work", [GOOD] * 5), [Rule.TOO_MANY_KEY_RESULTS]),
        (DraftObjective("Imports work", [GOOD], owned=False), [Rule.NO_OWNER]),
        (DraftObjective("Imports work", [GOOD], aligned=False), [Rule.UNALIGNED]),
        (DraftObjective("Imports work", [GOOD], aligned=True), []),
        (DraftObjective("Imports work", [GOOD], lessons="Dates fail."), [Rule.LEARNING_IGNORED]),
        (DraftObjective("Imports work", [GOOD], lessons="Dates fail.", learned="We start there"), []),
        (DraftObjective("Imports work", [DraftResult("Ship the importer", start=4)]), [Rule.OUTPUT]),
        (DraftObjective("Imports work", [DraftResult("Ship to 40 of 50 accounts", start=4)]), []),
        (DraftObjective("A", [DraftResult("Importer 4.1 in use", start=4)]), [Rule.VERSION]),
        (DraftObjective("A", [DraftResult("Share who come back", start=None)]), [Rule.NO_BASELINE]),
        (DraftObjective("A", [DraftResult("Share who come back", start=0)]), [Rule.NO_BASELINE]),
        (DraftObjective("A", [DraftResult("New accounts", start=0, counts=True)]), []),
        (DraftObjective("A", [DraftResult("Success", start=0, measured=True)]), []),
        (DraftObjective("A", [DraftResult("Success", start=60, target=70, now=62)]), [Rule.START_MOVED]),
        (DraftObjective("A", [DraftResult("Success", start=70, target=60, now=70.9)]), []),
        (DraftObjective("A", [DraftResult("Success", False, start=60, target=70, now=62)]), []),
        (DraftObjective("A", [DraftResult("Up 99 %", goes_a_way=False)]), []),
        (DraftObjective("A", [DraftResult("Success", start=1, owned=False)]), [Rule.NO_OWNER]),
        (DraftObjective("A", [DraftResult("Steps", False, milestones=())]), [Rule.TASKS_ONLY]),
        (
            DraftObjective("A", [GOOD, DraftResult("Steps", False, milestones=(LAST, LAST))]),
            [Rule.LATE_DATES],
        ),
        (DraftObjective("A", [GOOD, DraftResult("Steps", False, milestones=(LAST, None))]), []),
    ],
)
def test_known_drafts(draft, rules):
    assert _rules(draft, last_day=LAST) == rules


def test_a_team_of_many_objectives_or_of_only_hits_is_told():
    def rules(*given, **more):
        return [one.rule for one in lint.lint_team("Onboarding", *given, **more)]

    assert rules(5) == []
    assert rules(6) == [Rule.TOO_MANY_OBJECTIVES]
    assert rules(1, [1.0, 1.2]) == [Rule.SANDBAGGING]
    assert rules(1, [1.0, 0.99]) == []
    assert rules(1, [1.0]) == []


results = st.builds(
    DraftResult,
    title=st.text(max_size=40),
    start=st.none() | st.floats(allow_nan=False),
    target=st.none() | st.floats(allow_nan=False),
    now=st.none() | st.floats(allow_nan=False),
    counts=st.booleans(),
    measured=st.booleans(),
    owned=st.booleans(),
)
drafts = st.builds(
    DraftObjective,
    title=st.text(max_size=120),
    results=st.lists(results, max_size=6),
    owned=st.booleans(),
    aligned=st.none() | st.booleans(),
    lessons=st.text(max_size=5),
    learned=st.text(max_size=5),
)


@given(drafts, results)
def test_findings_say_why_and_one_key_result_more_hides_none_of_the_others(draft, more):
    found = lint.lint_objective(draft, last_day=LAST)
    assert all(one.sentence and one.advice for one in found)
    assert {one.where for one in found} <= {draft.title, *(result.title for result in draft.results)}
    if draft.results:
        grown = DraftObjective(**{**draft.__dict__, "results": [*draft.results, more]})
        kept = {one for one in found if one.rule != Rule.TOO_MANY_KEY_RESULTS}
        assert kept <= set(lint.lint_objective(grown, last_day=LAST))


@pytest.mark.django_db
def test_the_lint_is_shown_on_the_draft_and_for_the_cycle_by_team(as_, quarter, team, member, ops, now):
    after = quarter.next
    draft = OkrCycleFactory(year=after.year, number=after.number)
    signed = {"state": CycleState.ACTIVE, "activated_at": now, "activated_by": ops}
    before = OkrCycleFactory(year=quarter.year, number=quarter.number, **signed)
    ours = {"team": team, "owner": member}
    old = ObjectiveFactory(cycle=before, title="Imports that work", **ours)
    for row in KeyResultFactory.create_batch(2, objective=old, current=60):
        CheckInFactory(key_result=row, value=60, note="Dates fail most.")
    new = ObjectiveFactory(cycle=draft, title="imports that work ", **ours)
    KeyResultFactory(objective=new, title="Launch it", start=0)
    [found] = queries.drafts_by_team(draft, at=now)
    assert [one.rule for one in found.together] == [Rule.SANDBAGGING]
    [(objective, hits)] = found.objectives
    assert objective == new
    assert [one.rule for one in hits] == [Rule.LEARNING_IGNORED, Rule.OUTPUT, Rule.NO_BASELINE]
    Objective.objects.filter(pk=new.pk).update(carried_from=old)
    KeyResultFactory(objective=new, title=old.key_results.first().title, start=40, target=60)
    kpi = KpiFactory(unit="percent", team=team)
    series(kpi, queries.company_day(now), [61.0, 61.4])
    KeyResultFactory(objective=new, kpi=kpi, start=50, target=70)
    page = as_(member).get(f"{draft.get_absolute_url()}lint/").text
    assert "It starts from 50.0\xa0%, but stands at 61" in page
    assert "It starts from 40.0\xa0%, but stands at 60.0\xa0% now." in page
    assert "All 2 key results reached 1.0" in page
    url = f"/process/okrs/objectives/{new.pk}/lint/"
    part = as_(member).get(url, headers={"HX-Request": "true"}).text
    assert "It starts from 0" in part
    assert "<html" not in part
    assert f'hx-get="{url}"' in as_(member).get(new.get_absolute_url()).text
    OkrCycle.objects.filter(pk=draft.pk).update(state=CycleState.ACTIVE, activated_at=now, activated_by=ops)
    assert f'hx-get="{url}"' not in as_(member).get(new.get_absolute_url()).text
