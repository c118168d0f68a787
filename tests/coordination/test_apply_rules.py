"""Rules and the past: applied as a job, taken back, checked against what came in; tags; turns by the week."""

import datetime as dt

import pytest

from coordination import queries, tasks
from coordination.models import Request, Rotation, RotationMember, RoutingRun, State
from coordination.services import rotations, rule_runs, tags, trials
from prodops.models import Away, JobState
from tests.coordination.test_route_request import condition
from tests.factories.coordination import RequestFactory
from tests.factories.prodops import ProductAreaFactory, UserFactory
from tests.factories.routing import RuleFactory, TagFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def billing():
    return ProductAreaFactory(name="Billing")


def test_the_past_is_routed_and_put_back_where_nobody_changed_it(
    as_, ops, make, pm, billing, now, django_capture_on_commit_callbacks
):
    tag = TagFactory(name="money")
    says = [condition("words", "any", "invoice")]
    rule = RuleFactory(conditions=says, area=billing, assignee=pm, tagging=[tag])
    new, moved, other = make(title="Invoice one"), make(title="An invoice"), make(title="Something else")
    old = make(title="Invoice, declined", state=State.DECLINED, decided_by=pm)
    was = new.area
    with django_capture_on_commit_callbacks(execute=True):
        as_(ops).post("/requests/rules/past/new/", {"rule": rule.pk, "newest": 100, "decided_too": "on"})
    run = RoutingRun.objects.get()
    assert run.changed == 3
    assert list(Request.objects.filter(area=billing, tags=tag).order_by("pk")) == [new, moved, old]
    assert set(Request.objects.filter(assignee=pm)) == {new, moved}  # what is decided is given to nobody
    assert Request.objects.get(pk=other.pk).area == was
    page = as_(ops).get(run.get_absolute_url()).content.decode()
    assert "area: Billing" in page
    elsewhere = ProductAreaFactory()
    Request.objects.filter(pk=moved.pk).update(area=elsewhere)
    with django_capture_on_commit_callbacks(execute=True):
        as_(ops).post(f"{run.get_absolute_url()}undo/")
    assert Request.objects.get(pk=new.pk).area == was
    assert Request.objects.get(pk=moved.pk).area == elsewhere
    assert not Request.objects.filter(tags=tag).exists()
    run.refresh_from_db()
    assert run.put_back == 2
    assert "area was changed since" in as_(ops).get(run.get_absolute_url()).content.decode()
    with pytest.raises(rule_runs.RunRefused):
        rule_runs.start_undo(run, by=ops, at=now)


def test_a_rule_that_was_deleted_while_its_run_waited_leaves_the_others_alone(make, ops, pm, billing, now):
    one = RuleFactory(name="One", conditions=[condition("words", "any", "zebra")], assignee=pm)
    RuleFactory(name="Two", conditions=[], area=billing)
    request = make()
    run = rule_runs.start(rule=one, newest=100, decided_too=False, by=ops, at=now)
    one.delete()
    tasks.apply_rules(job_id=run.job_id)
    assert Request.objects.get(pk=request.pk).area == request.area
    run.job.refresh_from_db()
    assert (run.job.state, "“One” was deleted" in run.job.stage) == (JobState.FAILED, True)


def test_a_run_stops_where_the_rules_are_not_those_that_were_looked_at(make, ops, billing, now):
    rule = RuleFactory(name="One", conditions=[], area=billing)
    request = make()
    run = rule_runs.start(rule=None, newest=100, decided_too=False, by=ops, at=now)
    RuleFactory(name="Two", conditions=[], area=billing)
    tasks.apply_rules(job_id=run.job_id)
    assert Request.objects.get(pk=request.pk).area == request.area
    run.job.refresh_from_db()
    assert (run.job.state, "were changed" in run.job.stage) == (JobState.FAILED, True)
    again = rule_runs.start(rule=rule, newest=100, decided_too=False, by=ops, at=now)
    tasks.apply_rules(job_id=again.job_id)
    assert Request.objects.get(pk=request.pk).area == billing


def test_a_dry_run_says_which_rule_matched_and_which_condition_failed(as_, ops, make, billing, now):
    says = condition("words", "any", "invoice")
    RuleFactory(name="Rich", conditions=[says, condition("arr", "min", "1000000")], area=billing)
    RuleFactory(name="All", conditions=[says], area=billing)
    RuleFactory(name="Late", conditions=[says])
    request = make(title="Invoice one")
    rich, everyone, late = trials.trace(request, at=now)
    assert [rich.outcome, everyone.outcome, late.outcome] == ["not", "matched", "late"]
    assert [holds for _, holds in rich.conditions] == [True, False]
    assert everyone.did == ["area: Billing"]
    page = as_(ops).get(f"/requests/rules/try/?request={request.ref}").content.decode()
    assert "Matches, but an earlier rule was the last" in page
    assert Request.objects.get(pk=request.pk).area != billing


def test_the_list_says_how_many_of_the_last_requests_each_rule_matches(
    as_, ops, make, billing, django_assert_num_queries
):
    invoice = RuleFactory(conditions=[condition("words", "any", "invoice")], area=billing)
    all_of_them = RuleFactory(area=billing)
    broken = RuleFactory(conditions=[{"kind": "nonsense"}], area=billing)
    make(title="Invoice one"), make(title="Something else")
    with django_assert_num_queries(1):
        looked_at, matches = queries.match_counts([invoice, all_of_them, broken])
    assert (looked_at, matches) == (2, {invoice.pk: 1, all_of_them.pk: 2})
    page = as_(ops).get("/requests/rules/").content.decode()
    assert "Matches 1" in page
    assert "of the last 2 requests" in page


def test_checks_name_rules_that_come_to_nothing_and_rules_that_disagree(as_, ops, make, billing):
    invoice = condition("words", "any", "invoice", "tariff")
    first = RuleFactory(conditions=[invoice], area=billing)
    second = RuleFactory(conditions=[condition("words", "any", "tariff")], area=ProductAreaFactory())
    make(title="A tariff"), make(title="Something else")
    checked = queries.check()
    assert [(one.rule, one.by) for one in checked.idle] == [(second, first)]
    assert [(one.first, one.second, one.requests) for one in checked.conflicts] == [(first, second, 1)]
    assert (checked.looked_at, checked.unrouted) == (2, 1)
    client = as_(ops)
    assert "can never be reached" in client.get("/requests/rules/checks/").content.decode()
    rest = client.get("/requests/rules/unrouted/").content.decode()
    assert "Something else" in rest
    assert "A tariff" not in rest


def test_tags_are_put_on_many_taken_back_and_made_one(as_, ops, make, now):
    one, other = make(), make()
    tags.put_on(one, ["Old"], by=ops, at=now)
    client = as_(ops)
    client.post("/requests/triage/tag/", {"pk": [one.pk, other.pk], "tags": "old, new"})
    assert sorted(tag.name for tag in one.tags.all()) == ["Old", "new"]
    client.post("/requests/triage/untag/", {"pk": [one.pk, other.pk]})
    assert [tag.name for tag in one.tags.all()] == ["Old"]
    assert not other.tags.exists()
    client.post(f"/requests/{one.pk}/tags/", {"tags": "fresh"})
    fresh = one.tags.get()
    assert one.title in client.get(f"/requests/?tag={fresh.pk}").content.decode()
    rule = RuleFactory(conditions=[condition("tag", "is", fresh.pk)], tagging=[fresh])
    client.post(f"/requests/tags/{fresh.pk}/rename/", {"name": "OLD"})
    rule.refresh_from_db()
    old = one.tags.get()
    assert (old.name, rule.conditions[0]["values"], rule.tags.get()) == ("Old", [old.pk], old)


def test_the_inbox_goes_round_by_the_week_past_who_is_away(as_, ops):
    monday = dt.date(2026, 11, 16)
    first, second = UserFactory(name="Ada"), UserFactory(name="Bea")
    rotation = Rotation.objects.create(slug="inbox", name="Inbox", inbox=True, first_week=monday)
    for place, user in enumerate([first, second]):
        RotationMember.objects.create(rotation=rotation, user=user, position=place)
    assert queries.on_duty(monday).user == first
    assert queries.on_duty(monday + dt.timedelta(9)).user == second
    assert queries.on_duty(monday + dt.timedelta(14)).user == first
    Away.objects.create(user=first, first_day=monday, last_day=monday + dt.timedelta(1))
    assert queries.on_duty(monday)[1:] == (second, first)
    rotations.take_week(rotation, second, week=monday, by=ops, at=dt.datetime(2026, 11, 15, tzinfo=dt.UTC))
    assert queries.on_duty(monday)[1:] == (second, None)
    weeks = queries.weeks_of(rotation, day=monday)
    assert [week.user for week in weeks[:3]] == [second, second, first]
    names = {"name": "Inbox", "inbox": "on", "place_0": second.pk, "place_1": first.pk}
    as_(ops).post("/requests/rotations/inbox/", names)
    assert [one.user for one in rotation.members.order_by("position")] == [second, first]


def test_who_is_away_says_so_themselves(as_, member, ops):
    client = as_(member)
    days = {"first_day": "2030-01-01", "last_day": "2030-01-05"}
    client.post(f"/people/{member.pk}/away/", days)
    period = Away.objects.get(user=member)
    assert client.post(f"/people/{ops.pk}/away/", days).status_code == 403
    assert "1 Jan 2030 to 5 Jan 2030" in client.get("/preferences/").content.decode()
    client.post(f"/away/{period.pk}/cancel/")
    assert not Away.objects.exists()


def test_a_rule_that_answers_writes_to_who_asked(make, now):
    from coordination.services import routing

    RuleFactory(reply="Thank you. Somebody from the team looks at it.")
    request = make()
    routing.route(request, at=now)
    assert "answer: Thank you" in request.routed.get().words[0]
    assert RequestFactory._meta.model.objects.get(pk=request.pk).state == State.NEW
