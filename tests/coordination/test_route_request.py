"""Rules: what they match, what they do, and that a broken one harms nobody."""

import datetime as dt

import pytest

from coordination.formats.incoming import Incoming
from coordination.models import Request, Rotation, RotationMember, Routed, RoutingRule, Urgency
from coordination.services import intake, rotations, routing
from prodops.models import Away, Event
from tests.factories.coordination import ChannelFactory
from tests.factories.prodops import ProductAreaFactory, TeamFactory, UserFactory
from tests.factories.routing import RuleFactory, TagFactory

pytestmark = pytest.mark.django_db


def condition(kind, op, *values):
    return {"kind": kind, "op": op, "values": list(values)}


def test_what_comes_in_goes_where_the_first_rule_that_matches_says(make, now, django_assert_num_queries):
    billing, imports = ProductAreaFactory(name="Billing"), ProductAreaFactory(name="Imports")
    invoices = TagFactory(name="invoices")
    says = condition("words", "any", "invoice")
    RuleFactory(conditions=[condition("words", "any", "tariff")], area=imports)
    RuleFactory(name="Tag first", conditions=[says], tagging=[invoices], goes_on=True)
    RuleFactory(name="To billing", conditions=[says], area=billing, urgency=Urgency.HIGH, team=TeamFactory())
    RuleFactory(name="Too late", conditions=[says], area=imports)
    channel = ChannelFactory()
    request, _ = intake.take(
        Incoming(title="Two INVOICES a month", body="Both wrong"), channel=channel, at=now
    )
    request = Request.objects.get(pk=request.pk)
    assert (request.area, request.urgency, request.team is not None) == (billing, Urgency.HIGH, True)
    assert [tag.name for tag in request.tags.all()] == ["invoices"]
    assert set(Routed.objects.values_list("rule_name", flat=True)) == {"Tag first", "To billing"}
    event = Event.objects.get(verb="request.routed")
    assert event.by is None
    assert "area: Billing" in event.data["did"]


def test_a_broken_rule_is_passed_over_and_says_why(make, now, monkeypatch):
    broken = RuleFactory(conditions=[condition("weather", "is", "rain")])
    tag = TagFactory()
    RuleFactory(tagging=[tag])
    request = make()
    routing.route(request, at=now)
    assert list(request.tags.all()) == [tag]
    broken.refresh_from_db()
    assert "weather" in broken.trouble
    monkeypatch.setattr("coordination.queries.matched", lambda *_: 1 / 0)
    assert routing.route(make(), at=now) == []  # the intake goes on


def test_turns_pass_over_who_is_away(now):
    day = now.date()
    people = UserFactory.create_batch(3)
    rotation = Rotation.objects.create(slug="a", name="A", first_week=dt.date(2026, 1, 5))
    for place, user in enumerate(people):
        RotationMember.objects.create(rotation=rotation, user=user, position=place)
    Away.objects.create(user=people[1], first_day=day, last_day=day)
    given = [rotations.next_in_turn(rotation, day=day) for _ in range(4)]
    assert given == [people[0], people[2], people[0], people[2]]


def test_rules_are_written_copied_and_put_in_order(as_, ops, db):
    client = as_(ops)
    area = ProductAreaFactory()
    data = {
        "name": "Exports",
        "words": "export, csv",
        "words_op": "any",
        "area": area.pk,
        "tag_names": "data",
    }
    assert client.post("/requests/rules/new/", {"name": "Empty"}).status_code == 422
    assert client.post("/requests/rules/new/", data).status_code == 302
    rule = RoutingRule.objects.get()
    assert rule.conditions == [condition("words", "any", "export", "csv")]
    assert b"of the last" in client.post("/requests/rules/preview/", {**data, "rule": rule.pk}).content
    client.post(f"/requests/rules/{rule.pk}/copy/")
    twin = RoutingRule.objects.exclude(pk=rule.pk).get()
    assert twin.paused_at
    assert [tag.name for tag in twin.tags.all()] == ["data"]
    client.post("/requests/rules/order/", {"order": f"{twin.pk},{rule.pk}"})
    assert [one.pk for one in RoutingRule.objects.all()] == [twin.pk, rule.pk]
    client.post(f"/requests/rules/{rule.pk}/move/", {"to": "up"})
    assert [one.pk for one in RoutingRule.objects.all()] == [rule.pk, twin.pk]
    client.post(f"/requests/rules/{twin.pk}/resume/")
    page = client.get("/requests/rules/").content.decode()
    assert "2 rules are tried" in page
    assert "it says “export” or “csv”" in page
