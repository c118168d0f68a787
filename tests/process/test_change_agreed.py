"""What was agreed when a cycle became active: one key result more or less, other milestones, a redefinition.

Each takes a reason, and the objective's page shows it before and after. While a cycle is drafted, a change of
what was reviewed has it reviewed again.
"""

import datetime as dt

import pytest
from django.urls import reverse

from process import queries, tasks
from process.models import (
    CycleState,
    Grade,
    KeyResult,
    Milestone,
    Objective,
    OkrCycle,
    Retrospective,
)
from process.services import agreement, key_results, lives, objectives, reminders
from prodops import activity
from prodops.models import Event, Notification
from tests.factories.process import CheckInFactory, KeyResultFactory, ObjectiveFactory, OkrCycleFactory


@pytest.fixture
def agreed(objective, now):
    """An objective that was there when its cycle became active."""
    Objective.objects.filter(pk=objective.pk).update(created_at=now - dt.timedelta(days=9))
    objective.refresh_from_db()
    return objective


def _page(client, objective):
    return client.get(objective.get_absolute_url()).text


def test_one_more_and_one_less_take_a_reason_that_the_page_shows(agreed, key_result, member, as_):
    client, add = as_(member), reverse("process:key_result_add", args=[agreed.pk])
    said = {"title": "Sales call back", "kind": "increase", "source": "hand", "unit": "percent"}
    said |= {"start": "1", "target": "9", "weight": "1", "owner": member.pk}
    assert "Say why it is added" in client.post(add, said).text
    client.post(add, said | {"reason": "The board asked"})
    assert KeyResult.objects.get(title="Sales call back").agreed_target == 9
    remove = reverse("process:key_result_remove", args=[key_result.pk])
    assert "Say why it changes" in client.post(remove, follow=True).text
    client.post(remove, {"reason": "It measured nothing"})
    page = _page(client, agreed)
    for words in (
        "The board asked",
        "Removed since it was agreed",
        "It measured nothing",
        "40.0\u00a0% → 60.0",
    ):
        assert words in page
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert {"key_result.added_late", "key_result.removed_late"} <= verbs


def test_an_objective_of_later_begins_without_reasons(cycle, team, member, now):
    later = ObjectiveFactory(cycle=cycle, team=team, owner=member, created_at=now + dt.timedelta(days=1))
    shape = {"title": "A", "weight": 1, "owner": member, "start": 1, "target": 2}
    row = objectives.add_key_result(later, **shape, by=member, at=now)
    objectives.remove_key_result(row, by=member, at=now)
    assert not Event.objects.filter(verb__endswith="_late").exists()


def test_an_objective_that_comes_in_late_says_why(cycle, team, member, as_):
    client, write = as_(member), reverse("process:objective_write", args=[cycle.slug])
    typed = {"title": "Nobody waits", "why": "", "team": team.pk, "owner": member.pk, "intent": "committed"}
    assert "Why it comes in now" in client.get(write).text
    assert client.post(write, typed).status_code == 200
    client.post(write, typed | {"reason": "A customer left"})
    page = _page(client, Objective.objects.get())
    assert f"after the cycle became active, by {member.name}: “A customer left”" in page
    assert "Why it comes in now" not in client.get(f"{Objective.objects.get().get_absolute_url()}edit/").text


def test_a_copy_that_comes_in_late_says_why(agreed, key_result, member, as_):
    past = OkrCycleFactory(year=agreed.cycle.year - 1, number=1)
    source = ObjectiveFactory(cycle=past, team=agreed.team, owner=member)
    client, copy = as_(member), reverse("process:objective_copy", args=[source.pk])
    said = {"cycle": agreed.cycle.pk, "how": "carry"}
    assert "Say why one more comes in" in client.post(copy, said).text
    client.post(copy, said | {"reason": "It was forgotten"})
    page = _page(client, source.carried_to.get())
    assert "“It was forgotten”" in page
    assert reverse("process:objective_story", args=[source.carried_to.get().pk]) in page


def test_a_new_definition_stands_among_the_changes(agreed, member, now):
    row = KeyResultFactory(objective=agreed)
    was, new = {"start": 40.0, "target": 60.0, "version": 1}, {"start": 44.0, "target": 60.0, "version": 2}
    data = {"title": row.title, "key_result": row.pk, "reason": "Trials count too", "number": 2}
    activity.record(
        "key_result.redefined", on=agreed, by=member, at=now, data=data | {"was": was, "now": new}
    )
    [change] = queries.life(agreed, member, [row]).changes[row.pk]
    assert [(part.name, part.was, part.now) for part in change.parts] == [
        ("start", "40.0\u00a0%", "44.0\u00a0%"),
        ("version of the KPI", "1", "2"),
    ]
    assert (change.reason, change.by) == ("Trials count too", member)


def test_milestones_that_were_agreed_change_with_a_reason_and_are_ticked_without(agreed, member, now, as_):
    row = KeyResultFactory(objective=agreed, kind="milestones", start=None, target=None)
    step = Milestone.objects.create(key_result=row, title="Pilot")
    client, page = as_(member), reverse("process:milestones", args=[row.pk])
    edit = reverse("process:milestone_edit", args=[step.pk])
    said = {"title": "Pilot", "due_on": "2026-12-01", "weight": "2"}
    assert "Say why it changes" in client.post(edit, said, follow=True).text
    unsaved = client.post(edit, said | {"title": "Pilot with three", "weight": "0", "reason": "Two fell ill"})
    for typed in ("Pilot with three", "Two fell ill"):  # what was refused is still there
        assert f'value="{typed}"' in unsaved.text
    back = client.post(edit, said | {"reason": "The customer waits"})
    assert back.url == page
    assert "The customer waits" not in client.get(page).text  # the next change has a reason of its own
    client.post(edit, said)  # saved as it stands, nothing is asked
    add, more = reverse("process:milestone_add", args=[row.pk]), {"title": "All", "weight": "1"}
    assert 'value="All"' in client.post(add, more).text
    assert client.post(add, more | {"reason": "More"}).url == f"{page}?why=More"
    client.post(edit, said | {"to": "down"})  # their order was not agreed
    assert [one.title for one in row.milestones.order_by("position")] == ["All", "Pilot"]
    client.post(edit, said | {"to": "remove", "reason": "Done elsewhere"})
    key_results.tick(Milestone.objects.get(), True, by=member, at=now)
    shown = queries.life(agreed, member, [row]).changes[row.pk]
    assert [(part.name, part.was, part.now) for change in shown for part in change.parts] == [
        ("milestone", "Pilot, due 1 Dec 2026, weight 2", "removed"),
        ("milestone", "none", "All"),
        ("due of “Pilot”", "none", "1 Dec 2026"),
        ("weight of “Pilot”", "1", "2"),
    ]
    assert "Done elsewhere" in _page(client, agreed)


def test_what_was_reviewed_is_reviewed_again_after_a_change(
    objective, key_result, member, ops, now, django_capture_on_commit_callbacks
):
    OkrCycle.objects.update(state=CycleState.ALIGN, activated_at=None, activated_by=None)
    objective.refresh_from_db()
    words = {name: getattr(objective, name) for name in ("title", "why", "team", "owner", "intent")}

    def change(verb):
        lives.review(objective, by=ops, at=now)
        with django_capture_on_commit_callbacks(execute=True):
            verb()
        objective.refresh_from_db()
        return objective.reviewed_at is None

    assert not change(lambda: objectives.edit(objective, **words, by=member, at=now))
    Objective.objects.update(reviewed_at=None, reviewed_by=None)
    objective.refresh_from_db()
    assert change(lambda: objectives.edit(objective, **words | {"title": "B"}, by=member, at=now))
    shape = {"title": "A", "weight": 1, "owner": member, "start": 1, "target": 2}
    assert change(lambda: objectives.add_key_result(objective, **shape, by=member, at=now))
    row = KeyResult.objects.get(title="A")
    row.objective = objective
    assert change(lambda: objectives.edit_key_result(row, **shape | {"target": 3}, by=member, at=now))
    assert change(lambda: objectives.remove_key_result(row, by=member, at=now))
    told = Notification.objects.filter(recipient=ops, text__contains="read it again")
    assert told.count() == 4
    gate = queries.gate(objective.cycle, at=now)
    assert any(check.title == "Every objective is reviewed" and not check.met for check in gate.checks)


def test_late_graders_are_asked_once_a_week(
    objective, key_result, member, ops, now, monkeypatch, django_capture_on_commit_callbacks
):
    OkrCycle.objects.update(state=CycleState.GRADING)
    monkeypatch.setattr(reminders, "is_time", lambda local: True)

    def ask(at):
        with django_capture_on_commit_callbacks(execute=True):
            reminders.ask_for_grades(objective.cycle, at=at)
        return list(
            Notification.objects.filter(recipient=member).order_by("-pk").values_list("text", flat=True)
        )

    with django_capture_on_commit_callbacks(execute=True):
        tasks.remind_check_ins()
    assert len(ask(now)) == 1
    assert ask(now)[0].startswith("1 grade of yours in")
    Grade.objects.create(key_result=key_result, value=0.2, on_time=True, by=member, at=now)
    late = now + dt.timedelta(days=90)
    assert ask(late)[0].startswith("1 postmortem of yours in")
    assert "were due by" in ask(late)[0]
    Retrospective.objects.create(objective=objective, postmortem="Dates", by=member, at=now)
    assert len(ask(late + dt.timedelta(days=7))) == 2


def test_a_page_in_grading_costs_twelve_queries_at_most(
    objective, key_result, ops, now, as_, django_assert_max_num_queries
):
    KeyResultFactory(objective=objective, kind="milestones", start=None, target=None)
    CheckInFactory(key_result=key_result)
    Grade.objects.create(key_result=key_result, value=0.2, on_time=True, by=ops, at=now)
    Retrospective.objects.create(objective=objective, learned="Dates", by=ops, at=now)
    OkrCycle.objects.update(state=CycleState.GRADING)
    client = as_(ops)
    client.get(objective.get_absolute_url())
    with django_assert_max_num_queries(12):
        assert "Dates" in _page(client, objective)


def test_a_reason_is_no_empty_word(agreed):
    with pytest.raises(agreement.NeedsReason, match="Say why"):
        agreement.late("x", agreed, {}, what="so", reason="  ")
