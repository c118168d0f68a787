import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from process import queries
from process.models import CycleState, Grade, KeyResult, OkrCycle, Retrospective
from process.services import copies, cycles, grading
from prodops.models import Event, SearchEntry
from tests.factories.metrics import IncidentFactory, KpiFactory, day, series
from tests.factories.process import KeyResultFactory, ObjectiveFactory, OkrCycleFactory, follow
from tests.factories.prodops import TeamFactory

pytestmark = pytest.mark.django_db
WORDS = {
    "went_well": "Testing with real files",
    "went_badly": "",
    "learned": "Dates break",
    "differently": "Ask for samples",
}


def _state(cycle, state, by, at):
    signed = {"closed_at": at, "closed_by": by} if state == CycleState.CLOSED else {}
    OkrCycle.objects.filter(pk=cycle.pk).update(
        state=state, **{"closed_at": None, "closed_by": None} | signed
    )
    cycle.refresh_from_db()


@pytest.fixture
def grading_cycle(cycle, ops, now):
    _state(cycle, CycleState.GRADING, ops, now)
    return cycle


@pytest.fixture
def half(grading_cycle, key_result):
    """The member's key result, half of the way gone."""
    KeyResult.objects.filter(pk=key_result.pk).update(current=50)
    key_result.refresh_from_db()
    return key_result


def _post(client, cycle, **fields):
    return client.post(f"{cycle.get_absolute_url()}grades/", fields)


def test_saving_the_page_takes_what_is_proposed(as_, half, grading_cycle, member):
    page = as_(member).get(f"{grading_cycle.get_absolute_url()}grades/").text
    assert 'value="0.5"' in page
    _post(as_(member), grading_cycle, **{f"k{half.pk}-value": "0.5", f"k{half.pk}-why": ""})
    grade = Grade.objects.get()
    assert (grade.value, grade.proposed, grade.by, grade.on_time) == (0.5, 0.5, member, True)
    _post(as_(member), grading_cycle, **{f"k{half.pk}-value": "0.5", f"k{half.pk}-why": ""})
    assert Event.objects.filter(verb="key_result.graded").count() == 1


def test_another_grade_asks_why_and_nothing_is_saved_meanwhile(as_, half, grading_cycle, member):
    other = KeyResultFactory(objective=half.objective, current=60)
    fields = {f"k{half.pk}-value": "0.8", f"k{half.pk}-why": "", f"k{other.pk}-value": "1"}
    page = _post(as_(member), grading_cycle, **fields)
    assert page.status_code == 422
    assert "not the grade that is proposed" in page.text
    assert not Grade.objects.exists()
    _post(as_(member), grading_cycle, **fields | {f"k{half.pk}-why": "The last import came a day late"})
    assert {grade.value for grade in Grade.objects.all()} == {0.8, 1.0}
    with pytest.raises(grading.SayWhy, match="and not"):
        grading.grade(half, value=0.2, why=" ", by=member, at=grading_cycle.activated_at)


@pytest.mark.parametrize("typed", ["1.2", "-0.1", "nan", "half"])
def test_a_grade_is_from_0_to_1(as_, half, grading_cycle, member, typed):
    page = _post(as_(member), grading_cycle, **{f"k{half.pk}-value": typed, f"k{half.pk}-why": "So"})
    assert page.status_code == 422
    assert not Grade.objects.exists()


def test_an_edited_target_proposes_a_second_grade(as_, half, grading_cycle, member, now):
    KeyResult.objects.filter(pk=half.pk).update(agreed_start=40, agreed_target=80)
    page = as_(member).get(f"{grading_cycle.get_absolute_url()}grades/").text
    assert "against the agreed target" in page
    grading.grade(half, value=0.5, why="", by=member, at=now)  # the edited one is taken without a word
    grade = Grade.objects.get()
    assert (grade.proposed, grade.proposed_edited) == (0.25, 0.5)


def test_a_key_result_without_a_value_proposes_nothing(key_result, grading_cycle, member, now):
    [row] = queries.graded(KeyResult.objects.for_list(), at=now)
    assert row.proposal.all == []
    with pytest.raises(grading.SayWhy, match="propose nothing"):
        grading.grade(key_result, value=0, why="", by=member, at=now)


def test_an_open_incident_blocks_grading(as_, key_result, grading_cycle, member, now):
    kpi = KpiFactory(name="Import success")
    follow(key_result, kpi)
    key_result.save()
    series(kpi, queries.company_day(now), [52.0])
    today = day(queries.company_day(now))
    IncidentFactory(kpi=kpi, window_from=today, window_to=today)
    with pytest.raises(grading.Blocked, match="in doubt"):
        grading.grade(key_result, value=0.6, why="", by=member, at=now)
    page = as_(member).get(f"{grading_cycle.get_absolute_url()}grades/").text
    assert "are in doubt" in page


def test_grades_are_given_in_grading_only(half, ops, grading_cycle, member, now):
    _state(grading_cycle, CycleState.ACTIVE, ops, now)
    with pytest.raises(grading.NotGrading, match="active now"):
        grading.grade(half, value=0.5, why="", by=member, at=now)


def test_who_grades_late_is_remembered(half, grading_cycle, member):
    late = dt.datetime.combine(
        queries.grading_due(grading_cycle) + dt.timedelta(days=2), dt.time(12), tzinfo=dt.UTC
    )
    grading.grade(half, value=0.5, why="", by=member, at=late)
    assert not Grade.objects.get().on_time
    assert queries.on_time_share(late) == (0, 1)


def test_the_database_keeps_the_grades_of_a_closed_cycle(half, grading_cycle, objective, ops, member, now):
    grading.grade(half, value=0.5, why="", by=member, at=now)
    told = grading.retrospect(objective, **WORDS, postmortem="It broke", version=0, by=member, at=now)
    _state(grading_cycle, CycleState.CLOSED, ops, now)
    for change in (
        lambda: Grade.objects.update(value=1),
        lambda: Grade.objects.all().delete(),
        lambda: Retrospective.objects.filter(pk=told.pk).update(postmortem=""),
        lambda: Grade.objects.create(
            key_result=KeyResultFactory(objective=objective), value=1, on_time=True, by=member, at=now
        ),
    ):
        with pytest.raises(DatabaseError, match="closed cycle"), transaction.atomic():
            change()
    _state(grading_cycle, CycleState.GRADING, ops, now)
    grading.grade(half, value=0.6, why="Counted again", by=member, at=now)
    assert Grade.objects.get().value == 0.6


def test_only_owners_and_their_team_grade(as_, half, grading_cycle, submitter, ops):
    url = f"{grading_cycle.get_absolute_url()}grades/"
    assert "Save all" not in as_(submitter).get(url).text
    _post(as_(submitter), grading_cycle, **{f"k{half.pk}-value": "0.5", f"k{half.pk}-why": ""})
    assert not Grade.objects.exists()
    KeyResult.objects.filter(pk=half.pk).update(owner=submitter)
    _post(as_(submitter), grading_cycle, **{f"k{half.pk}-value": "0.5", f"k{half.pk}-why": ""})
    assert Grade.objects.get().by == submitter
    assert "Save all" in as_(ops).get(url).text


def _missing(cycle, now):
    return [one.what for check in queries.gate(cycle, at=now).checks for one in check.missing]


def test_what_stands_in_the_way_of_closing(half, grading_cycle, objective, member, ops, now):
    KeyResultFactory(objective=objective, guardrail=True)
    assert [who for who, _ in queries.late_with_grading(grading_cycle)] == [half.owner]
    assert _missing(grading_cycle, now) == [f"“{half}” has no grade."]
    with pytest.raises(cycles.NotReady, match="graded"):
        cycles.move(grading_cycle, CycleState.CLOSED, by=ops, at=now)
    grading.grade(half, value=0.5, why="", by=member, at=now)
    assert _missing(grading_cycle, now) == [
        "“Imports that work” was committed and missed: it needs a postmortem."
    ]
    grading.retrospect(objective, **WORDS, postmortem="It broke", version=0, by=member, at=now)
    assert _missing(grading_cycle, now) == []
    cycles.move(grading_cycle, CycleState.CLOSED, by=ops, at=now)


def test_an_aspirational_objective_needs_no_postmortem(half, grading_cycle, objective, member, now):
    type(objective).objects.filter(pk=objective.pk).update(intent="aspirational")
    grading.grade(half, value=0.5, why="", by=member, at=now)
    assert _missing(grading_cycle, now) == []


def test_the_next_draft_begins_with_what_was_learned(as_, half, grading_cycle, objective, member, ops, now):
    grading.retrospect(objective, **WORDS, postmortem="", version=0, by=member, at=now)
    draft = OkrCycleFactory(year=grading_cycle.year + 1, number=1)
    page = as_(member).get(f"{draft.get_absolute_url()}objectives/write/")
    assert page.text.count(WORDS["learned"]) == 2  # shown, and filled in
    carried = copies.carry(objective, draft, by=member, at=now)
    assert WORDS["learned"] in carried.learned


def test_a_retrospective_is_written_read_and_found(
    as_, half, grading_cycle, objective, member, submitter, now
):
    grading.grade(half, value=0.5, why="", by=member, at=now)
    url = f"/process/okrs/objectives/{objective.pk}/retrospective/"
    assert "needs a postmortem" in as_(submitter).get(url).text
    assert as_(submitter).get(f"{url}write/").status_code == 403
    as_(member).post(f"{url}write/", WORDS | {"postmortem": "It broke in May", "version": 0})
    assert "It broke in May" in as_(submitter).get(url).text
    entry = SearchEntry.objects.get(kind="learning")
    assert "Dates break" in entry.body
    assert "It broke in May" in as_(member).get(objective.get_absolute_url()).text


def test_the_objective_shows_what_each_key_result_came_to(as_, half, grading_cycle, objective, member, now):
    Grade.objects.create(key_result=half, value=0.45, why="The outage", on_time=True, by=member, at=now)
    KeyResultFactory(objective=objective, guardrail=True)
    page = as_(member).get(objective.get_absolute_url()).text
    for words in ("0.45 yellow", "The outage", "guardrail, not counted", "not graded"):
        assert words in page


def test_two_who_write_at_once_both_keep_their_words(as_, grading_cycle, objective, member, ops, now):
    grading.retrospect(objective, **WORDS, postmortem="", version=0, by=ops, at=now)
    url = f"/process/okrs/objectives/{objective.pk}/retrospective/write/"
    page = as_(member).post(url, WORDS | {"learned": "Mine", "version": 0}).text
    assert "saved this meanwhile" in page
    assert "Dates break" in page
    assert "Mine" in page
    assert 'name="version" value="1"' in page
    as_(member).post(url, WORDS | {"learned": "Dates break. Mine", "version": 1})
    assert Retrospective.objects.get().learned == "Dates break. Mine"


def _told(team, year, number, learned, by, at, **fields):
    cycle, _ = OkrCycle.objects.get_or_create(year=year, number=number)
    objective = ObjectiveFactory(cycle=cycle, team=team, **fields)
    Retrospective.objects.create(objective=objective, learned=learned, by=by, at=at)
    return objective


def test_a_draft_is_shown_what_the_last_cycle_taught(team, member, now):
    for year, number, words in [(2025, 4, "old"), (2026, 1, "one"), (2026, 1, "two"), (2026, 3, "later")]:
        _told(team, year, number, words, member, now)
    _told(TeamFactory(), 2026, 1, "theirs", member, now)
    _told(team, 2025, None, "the year", member, now)
    draft = OkrCycleFactory(year=2026, number=2)
    assert [one.learned for one in queries.learnings_for([team.pk], draft)] == ["one", "two"]
    year = OkrCycleFactory(year=2026, number=None)
    assert [one.learned for one in queries.learnings_for([team.pk], year)] == ["the year"]
    assert queries.learned_text(Retrospective(learned="a", differently="b")) == "a\n\nb"


def test_an_objective_over_its_cycles(as_, team, member, now):
    first = _told(team, 2026, 1, "Dates break", member, now, title="First")
    second = _told(team, 2026, 2, "Ask early", member, now, title="Second", carried_from=first)
    third = ObjectiveFactory(cycle=OkrCycleFactory(year=2026, number=3), title="Third", carried_from=second)
    KeyResultFactory(objective=first, title="From 40 to 60")
    ObjectiveFactory(title="Unrelated")
    for one in (first, second, third):
        assert [chapter.objective.title for chapter in queries.story_of(one)] == ["First", "Second", "Third"]
    page = as_(member).get(f"/process/okrs/objectives/{third.pk}/story/").text
    assert "Dates break" in page
    assert "Unrelated" not in page
