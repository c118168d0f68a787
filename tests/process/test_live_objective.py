import pytest
from django.utils import timezone

from process import queries
from process.models import Alignment, KeyResult, Kind, Milestone, Objective, OkrCycle
from process.services import copies, lives, objectives
from prodops import search
from prodops.models import Event, SearchEntry
from tests.factories.process import CheckInFactory, KeyResultFactory, ObjectiveFactory, OkrCycleFactory
from tests.factories.prodops import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def after(quarter):
    """The next quarter's cycle, a draft."""
    return OkrCycleFactory(year=quarter.next.year, number=quarter.next.number)


def test_an_abandoned_objective_stays_struck_and_counts_nowhere(
    as_, cycle, objective, key_result, member, now
):
    other = KeyResultFactory(objective=ObjectiveFactory(cycle=cycle), current=60)
    url = f"/process/okrs/objectives/{objective.pk}/abandon/"
    as_(member).post(url, {"reason": " "})
    objective.refresh_from_db()
    assert objective.counted
    as_(member).post(url, {"reason": "The market is gone"})
    page = as_(member).get(cycle.get_absolute_url()).text
    assert "<s>Imports that work</s>" in page
    assert "The market is gone" in page
    known = queries.cycle_standings(cycle, at=now)
    assert len(known) == 2
    assert (queries.summary(known).objectives, queries.summary(known).percent) == (1, 100)
    assert [person for person, _ in queries.late(known)] == [other.owner]
    assert not KeyResult.objects.mine_now(member).exists()
    own = as_(member).get(objective.get_absolute_url()).text
    assert f"key-results/{key_result.pk}/check-in/" not in own  # it would lead nowhere
    assert "The mean of its key results" not in own
    with pytest.raises(lives.NotNow, match="already"):
        lives.abandon(objective, reason="Again", by=member, at=now)
    as_(member).post(f"/process/okrs/objectives/{objective.pk}/take-up/")
    objective.refresh_from_db()
    assert (objective.counted, objective.abandoned_reason) == (True, "")


def test_an_archived_objective_is_out_of_sight_until_it_is_restored(
    as_, cycle, objective, key_result, member
):
    search.index(objective)
    as_(member).post(f"/process/okrs/objectives/{objective.pk}/archive/")
    assert "Imports that work" not in as_(member).get(cycle.get_absolute_url()).text
    assert "Imports that work" in as_(member).get(cycle.get_absolute_url(), {"archived": "yes"}).text
    assert not SearchEntry.objects.filter(kind="objective", object_id=objective.pk).exists()
    as_(member).post(f"/process/okrs/objectives/{objective.pk}/restore/")
    assert "Imports that work" in as_(member).get(cycle.get_absolute_url()).text
    verbs = (
        Event.objects.filter(subject_type="process.objective").order_by("pk").values_list("verb", flat=True)
    )
    assert list(verbs) == ["objective.archived", "objective.restored"]


def test_somebody_else_reviews_a_draft(as_, after, team, member, ops, now):
    objective = ObjectiveFactory(cycle=after, team=team, owner=member)
    with pytest.raises(lives.NotNow, match="not its owner"):
        lives.review(objective, by=member, at=now)
    as_(UserFactory()).post(f"/process/okrs/objectives/{objective.pk}/review/")
    assert "Reviewed" in as_(ops).get(objective.get_absolute_url()).text
    as_(member).post(f"/process/okrs/objectives/{objective.pk}/review/", {"done": "0"})
    objective.refresh_from_db()
    assert objective.reviewed_by is None


def test_others_do_not_end_a_teams_objective(as_, objective):
    for verb in ("abandon", "archive", "copy"):
        url = f"/process/okrs/objectives/{objective.pk}/{verb}/"
        assert as_(UserFactory()).post(url, {"reason": "A"}).status_code == 404


def test_levels_are_for_those_who_answer_for_them(as_, after, team, member, ops, now):
    said = {"title": "A", "why": "", "team": team, "owner": member, "intent": "committed"}
    for level in ("company", "personal"):
        with pytest.raises(objectives.LevelRefused):
            objectives.write(after, **said, level=level, by=member, at=now)
    typed = said | {"team": team.pk, "owner": member.pk, "level": "company", "learned": "Dates fail."}
    as_(ops).post(f"{after.get_absolute_url()}objectives/write/", typed)
    written = Objective.objects.get()
    assert (written.level, written.learned) == ("company", "Dates fail.")
    OkrCycle.objects.filter(pk=after.pk).update(personal=True)
    objectives.write(after, **said, level="personal", by=member, at=now)
    assert 'name="level"' in as_(member).get(f"{after.get_absolute_url()}objectives/write/").text


# Columns that a copy sets anew. Whatever else a model has is its definition, and copied.
ANEW = {
    Objective: {
        *("id", "cycle", "learned", "carried_from", "position", "created_at", "archived_at"),
        *("abandoned_at", "abandoned_by", "abandoned_reason", "reviewed_at", "reviewed_by"),
    },
    KeyResult: {
        *("id", "objective", "follows", "kpi_version", "current", "closed_share"),
        *("agreed_start", "agreed_target", "agreed_low", "agreed_high"),
    },
    Milestone: {"id", "key_result", "done_at", "done_by"},
}


def test_a_clone_has_every_column_of_the_definition_and_nothing_that_was_said(
    objective, key_result, after, member, ops, now
):
    for model, copied in (
        (Objective, copies.OBJECTIVE),
        (KeyResult, copies.KEY_RESULT),
        (Milestone, copies.MILESTONE),
    ):
        assert {field.name for field in model._meta.fields} - ANEW[model] == set(copied), model
    CheckInFactory(key_result=key_result)
    within = KeyResultFactory(
        **{"objective": objective, "kind": Kind.KEEP_WITHIN, "start": None, "target": None, "position": 2},
        **{"low": 2, "high": 5, "guardrail": True, "weight": 3, "unit": "hours", "stretch": 1},
    )
    scale = KeyResultFactory(
        objective=objective, kind=Kind.ORDINAL, levels=["a", "b"], start=0, target=1, position=3
    )
    steps = KeyResultFactory(objective=objective, kind=Kind.MILESTONES, start=None, target=None, position=4)
    done = {"done_at": timezone.now(), "done_by": member}
    Milestone.objects.create(key_result=steps, title="One", weight=2, due_on="2026-12-01", position=1, **done)
    led = KeyResultFactory(objective=objective, source="key_result", follows=key_result, position=0)
    copy = copies.clone(objective, after, by=ops, at=now)
    assert {name: getattr(copy, name) for name in copies.OBJECTIVE} == {
        name: getattr(objective, name) for name in copies.OBJECTIVE
    }
    old = {one.title: one for one in objective.key_results.all()}
    new = {one.title: one for one in copy.key_results.all()}
    assert old.keys() == new.keys()
    for title, row in new.items():
        kept = [getattr(old[title], name) for name in copies.KEY_RESULT]
        assert [getattr(row, name) for name in copies.KEY_RESULT] == kept, title
        assert (row.current, row.agreed_target, row.check_ins.count()) == (None, None, 0)
    assert new[led.title].follows == new[key_result.title]
    [step] = new[steps.title].milestones.all()
    assert (step.title, step.weight, step.done_at) == ("One", 2, None)
    assert copy.carried_from is None
    assert {within.title, scale.title} < new.keys()


def test_carrying_goes_on_from_where_it_stands(
    as_, cycle, objective, key_result, after, member, ops, quarter, now
):
    year = OkrCycleFactory(year=quarter.next.year, number=None)
    whole = ObjectiveFactory(cycle=year, level="company")
    if quarter.next.year == quarter.year:
        Alignment.objects.create(child=objective, parent=whole, by=ops, at=now)
    CheckInFactory(key_result=key_result, value=48, note="Dates fail most.", next="Fix dates.")
    KeyResult.objects.filter(pk=key_result.pk).update(current=48)
    reached = KeyResultFactory(objective=objective, title="Reached", current=60)
    steps = KeyResultFactory(
        objective=objective, kind=Kind.MILESTONES, start=None, target=None, title="Steps"
    )
    done = {"done_at": now, "done_by": member}
    Milestone.objects.create(key_result=steps, title="One", **done)
    Milestone.objects.create(key_result=steps, title="Two", position=1)
    url = f"/process/okrs/objectives/{objective.pk}/copy/"
    page = as_(member).get(url).text
    assert f'value="{after.pk}" selected' in page
    as_(member).post(url, {"cycle": after.pk, "how": "carry", "key_results": [key_result.pk, steps.pk]})
    copy = Objective.objects.get(cycle=after)
    assert (copy.carried_from, copy.learned) == (objective, "Dates fail most. Fix dates.")
    rows = {row.title: row for row in copy.key_results.all()}
    assert (rows[key_result.title].start, rows[key_result.title].target) == (48, 60)
    assert [step.title for step in rows["Steps"].milestones.all()] == ["Two"]
    assert reached.title not in rows
    assert copy.parent_links.count() == objective.parent_links.count()
    assert "Carried from" in as_(member).get(copy.get_absolute_url()).text
    with pytest.raises(copies.NotThere):
        copies.carry(objective, cycle, by=ops, at=now)
    type(after).objects.filter(pk=after.pk).update(state="closed", closed_at=now, closed_by=ops)
    with pytest.raises(copies.NotThere, match="closed"):
        copies.clone(objective, after, by=ops, at=now)
