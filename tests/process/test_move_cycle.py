import datetime as dt

import pytest

from process import queries, tasks
from process.models import CycleGate, CycleState, GateItem, KeyResult, Objective, OkrCycle
from process.services import agreement, cycles, gates, objectives
from prodops.models import Event, Level, Notification
from tests.factories.process import CheckInFactory, KeyResultFactory, ObjectiveFactory
from tests.factories.prodops import TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(quarter, ops, now):
    return cycles.open(quarter, by=ops, at=now)


@pytest.fixture
def drafted(draft, team, member):
    """The draft with one objective of the member's, and a key result from 40 to 60."""
    objective = ObjectiveFactory(cycle=draft, team=team, owner=member, title="Imports that work")
    return KeyResultFactory(objective=objective, title="First tries")


def _unmet(cycle, now):
    return queries.gate(cycle, at=now).unmet


def test_a_gate_says_what_is_missing_and_whose_it_is(as_, draft, team, member, ops, now):
    lead = UserFactory(name="Lea Lead")
    other = TeamFactory(name="Planning")
    other.memberships.create(user=lead, level=Level.LEAD)
    objective = ObjectiveFactory(cycle=draft, team=team, owner=member, title="Bare")
    gate = queries.gate(draft, at=now)
    assert [(one.what, one.people) for one in gate.missing] == [
        ("Planning has no objective.", (lead,)),
        ("“Bare” has no key result.", (member,)),
    ]
    page = as_(ops).get(f"{draft.get_absolute_url()}gates/").text
    assert "Lea Lead" in page
    assert "“Bare” has no key result." in page
    ObjectiveFactory(cycle=draft, team=other)
    KeyResultFactory(objective=objective, kind="milestones", start=None, target=None, title="Steps")
    assert [one.what for one in queries.gate(draft, at=now).missing if one.team == team] == [
        "“Steps” lists no milestone."
    ]


def test_a_cycle_goes_step_by_step_and_its_people_are_told_once(
    draft, drafted, member, ops, now, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        cycles.move(draft, CycleState.REVIEW, by=ops, at=now)
    assert draft.state == CycleState.REVIEW
    assert Event.objects.get(verb="okr_cycle.moved").data["to"] == "review"
    assert Notification.objects.get(recipient=member).text.startswith(f"{draft} is in review")
    with pytest.raises(cycles.NotAllowed, match="does not lead"):
        cycles.move(draft, CycleState.ACTIVE, by=ops, at=now)


def test_a_gate_that_is_not_met_is_passed_by_product_ops_with_a_reason_only(draft, member, ops, now):
    CycleGate.objects.filter(cycle=draft).update(owner=member)
    with pytest.raises(cycles.NotReady):
        cycles.move(draft, CycleState.REVIEW, by=ops, at=now)
    with pytest.raises(cycles.NotReady):
        cycles.move(draft, CycleState.REVIEW, reason="I say so", by=member, at=now)
    cycles.move(draft, CycleState.REVIEW, reason="Teams write in January", by=ops, at=now)
    passed = Event.objects.get(verb="okr_cycle.passed").data
    assert (passed["reason"], passed["unmet"][0]) == ("Teams write in January", "Every team has an objective")


def test_of_two_who_move_a_cycle_one_is_told(as_, draft, drafted, ops, now):
    theirs = OkrCycle.objects.get(pk=draft.pk)
    cycles.move(draft, CycleState.REVIEW, by=ops, at=now)
    with pytest.raises(cycles.NotAllowed, match="meanwhile"):
        cycles.move(theirs, CycleState.REVIEW, by=ops, at=now)
    url = f"{draft.get_absolute_url()}move/"
    page = as_(ops).post(url, {"to": "draft", "seen": "align", "reason": "A"}, follow=True)
    assert "Somebody moved" in page.text
    assert as_(ops).post(url, {"to": "nowhere"}).status_code == 404
    assert Event.objects.filter(verb__startswith="okr_cycle.", data__has_key="to").count() == 1


def test_going_back_takes_a_reason_and_does_not_unfreeze(cycle, key_result, member, ops, now):
    agreement.freeze(cycle)
    with pytest.raises(cycles.NotAllowed, match="Say why"):
        cycles.move(cycle, CycleState.ALIGN, by=ops, at=now)
    cycles.move(cycle, CycleState.ALIGN, reason="A team was forgotten", by=ops, at=now)
    assert cycle.frozen
    with pytest.raises(agreement.NeedsReason):
        _edit(key_result, member, now, target=70)


def _edit(row, by, now, reason="", **fields):
    said = {"title": row.title, "unit": row.unit, "start": 40, "target": 60, "weight": 1, "kpi": None}
    objectives.edit_key_result(row, **said | fields, owner=row.owner, reason=reason, by=by, at=now)


def test_what_is_agreed_is_kept_and_changed_with_a_reason_only(as_, draft, drafted, member, ops, now):
    _edit(drafted, member, now, target=55)  # while drafting nobody asks
    OkrCycle.objects.filter(pk=draft.pk).update(state=CycleState.ALIGN)
    draft.refresh_from_db()
    with pytest.raises(cycles.NotReady, match="reviewed"):  # the edit took the review back
        cycles.move(draft, CycleState.ACTIVE, by=ops, at=now)
    Objective.objects.update(reviewed_at=now, reviewed_by=ops)
    cycles.move(draft, CycleState.ACTIVE, by=ops, at=now)
    drafted.refresh_from_db()
    assert (drafted.agreed_start, drafted.agreed_target, draft.activated_by) == (40, 55, ops)
    _edit(drafted, member, now, target=55, title="Words are free")
    for change in ({"target": 50}, {"weight": 2, "target": 55}, {"start": 41, "target": 55}):
        with pytest.raises(agreement.NeedsReason):
            _edit(drafted, member, now, **change)
    form = {"title": "A", "kpi": "", "unit": "percent", "start": "40", "target": "50", "weight": "1"}
    url = f"/process/okrs/key-results/{drafted.pk}/edit/"
    assert "Say why it changes" in as_(member).post(url, form | {"owner": member.pk}).text
    as_(member).post(url, form | {"owner": member.pk, "reason": "The market fell"})
    drafted.refresh_from_db()
    assert (drafted.target, drafted.agreed_target) == (50, 55)
    kept = Event.objects.get(verb="key_result.agreed_anew").data
    assert (kept["was"], kept["now"], kept["reason"]) == ({"target": 55}, {"target": 50}, "The market fell")
    late = KeyResultFactory(objective=drafted.objective, start=1, target=2)
    agreement.freeze_one(late, draft)
    assert (late.agreed_start, late.agreed_target) == (1, 2)


def test_the_owner_of_a_gate_ticks_and_moves_and_others_do_not(as_, draft, drafted, member, ops, now):
    url = draft.get_absolute_url()
    as_(ops).post(f"{url}gates/items/add/", {"text": "The board has seen the draft"})
    item = GateItem.objects.get()
    assert as_(member).post(f"/process/okrs/gate-items/{item.pk}/tick/", {"done": "1"}).status_code == 404
    assert as_(member).post(f"{url}move/", {"to": "review"}).status_code == 404
    assert as_(member).post(f"{url}gates/items/add/", {"text": "A"}).status_code == 403
    plan = {"draft_due": "2026-11-01", "draft_owner": member.pk, "review_due": "2026-10-01", "personal": "on"}
    assert "before the deadline of an earlier gate" in as_(ops).post(f"{url}plan/", plan).text
    as_(ops).post(f"{url}plan/", plan | {"review_due": "2026-11-15"})
    draft.refresh_from_db()
    assert draft.personal
    as_(member).post(f"{url}move/", {"to": "review", "seen": "draft"})
    draft.refresh_from_db()
    assert draft.state == CycleState.DRAFT  # the line is not ticked
    as_(member).post(f"/process/okrs/gate-items/{item.pk}/tick/", {"done": "1"})
    assert gates.tick(item, True, by=ops, at=now) is False
    as_(member).post(f"{url}move/", {"to": "review", "seen": "draft"})
    draft.refresh_from_db()
    assert draft.state == CycleState.REVIEW
    as_(ops).post(f"/process/okrs/gate-items/{item.pk}/remove/")
    assert not GateItem.objects.exists()


def test_who_is_late_is_reminded_by_a_click_once_a_day(
    as_, draft, team, member, ops, now, django_capture_on_commit_callbacks
):
    ObjectiveFactory.create_batch(2, cycle=draft, team=team, owner=member)
    url = f"{draft.get_absolute_url()}gates/remind/"
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            as_(ops).post(url, {"person": member.pk})
    told = Notification.objects.get(recipient=member)
    assert "has no key result. And 1 more." in told.text
    with pytest.raises(gates.NothingMissing):
        gates.remind(draft, [ops.pk], by=ops, at=now)
    assert gates.remind(draft, None, by=ops, at=now + dt.timedelta(days=1)) == 1


def test_a_deadline_is_asked_for_before_and_after_once_each(
    draft, team, member, ops, now, today, monkeypatch, django_capture_on_commit_callbacks
):
    ObjectiveFactory(cycle=draft, team=team, owner=member)
    due = queries.company_day(now)
    gates.plan(draft, CycleState.DRAFT, due_on=due + dt.timedelta(days=4), owner=ops, by=ops, at=now)
    with django_capture_on_commit_callbacks(execute=True):
        for hour in (0, 24, 25, 130, 140):
            gates.watch(draft, at=now + dt.timedelta(hours=hour))
    asked = Event.objects.filter(verb="okr_cycle.gate_due").order_by("pk")
    assert [event.data["when"] for event in asked] == ["ahead", "past"]
    assert Notification.objects.filter(recipient=member, event__in=asked).count() == 2
    assert Notification.objects.filter(recipient=ops, event__in=asked).count() == 2
    tasks.watch_gates()
    gates.plan(draft, CycleState.DRAFT, due_on=due + dt.timedelta(days=5), owner=ops, by=ops, at=now)
    gates.watch(draft, at=now + dt.timedelta(days=3))
    assert asked.all().count() == 3


def test_the_gate_to_grading_waits_for_the_last_day_and_fresh_check_ins(cycle, key_result, now):
    assert len(_unmet(cycle, now)) == 2
    after = dt.datetime.combine(cycle.period.last_day + dt.timedelta(days=1), dt.time(12), tzinfo=dt.UTC)
    CheckInFactory(key_result=key_result, at=after - dt.timedelta(days=6))
    assert _unmet(cycle, after) == []
    assert KeyResult.objects.counted().count() == 1
