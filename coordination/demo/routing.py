"""Fernway's rules, who takes turns at its inbox, who is away, and what the rules did of late."""

import datetime as dt

from coordination import queries
from coordination.models import Request, RequestTag, Rotation, RotationMember, Routed, RoutingRule, monday_of
from prodops.clock import company_day
from prodops.models import Away

LOOKED_AT = 60  # of the newest requests, on which the rules leave what they did

# name: (conditions, area, goes on, tags, urgency, whether the PMs take turns)
RULES: dict[str, tuple] = {
    "Money words are tagged": (
        [("words", "any", ["invoice", "tariff", "surcharge", "rate"])],
        *(None, True, ["money"], None, False),
    ),
    "Invoices and rates to Billing": (
        [("words", "any", ["invoice", "tariff", "surcharge"])],
        *("billing", False, [], None, False),
    ),
    "Drivers without a connection": (
        [("words", "any", ["offline", "no signal", "dead spot"])],
        *("driver-app", False, ["offline"], None, False),
    ),
    "Gold accounts with much at stake": (
        [("tier", "is", ["gold"]), ("stake", "min", ["100000"])],
        *(None, True, ["big deal"], 2, False),
    ),
    "Imports and file formats": (
        [("words", "any", ["import", "csv", "excel", "spreadsheet"]), ("words", "none", ["export"])],
        *("onboarding-import", False, ["files"], None, False),
    ),
    "German letters to Billing": (
        [("language", "is", ["de"]), ("words", "any", ["rechnung"])],
        *("billing", False, [], None, False),
    ),
    "Whatever has no area goes round": (
        [("area", "is", [0])],
        *(None, False, ["to sort"], None, True),
    ),
}


def build(world):
    turns = _rotations(world)
    rules = _rules(world, turns)
    _past(rules)


def _rotations(world):
    today = company_day(world.moment(0, 12))
    first_week = monday_of(today) - dt.timedelta(14)
    inbox = Rotation.objects.create(slug="inbox", name="Inbox", inbox=True, first_week=first_week)
    turns = Rotation.objects.create(slug="without-an-area", name="Without an area", first_week=first_week)
    for rotation, people in ((inbox, ("tomas", "maya", "dele", "nadia")), (turns, ("maya", "dele", "luca"))):
        RotationMember.objects.bulk_create(
            RotationMember(rotation=rotation, user=world.people[key], position=place)
            for place, key in enumerate(people)
        )
    for key, begins, days in (("luca", -1, 5), ("dele", 12, 11), ("aiko", 3, 1)):
        first = today + dt.timedelta(begins)
        person = world.people[key]
        Away.objects.create(user=person, first_day=first, last_day=first + dt.timedelta(days - 1))
    return turns


def _rules(world, turns):
    rules = []
    for place, (name, row) in enumerate(RULES.items(), start=1):
        asked, area, goes_on, tags, urgency, in_turn = row
        rule = RoutingRule.objects.create(
            name=name,
            position=place,
            conditions=[{"kind": kind, "op": op, "values": values} for kind, op, values in asked],
            goes_on=goes_on,
            area=world.areas[area] if area else None,
            urgency=urgency,
            rotation=turns if in_turn else None,
            paused_at=world.moment(9) if name.startswith("German") else None,
            changed_by=world.people["tomas"],
            changed_at=world.moment(40 - place),
        )
        rule.tags.set(RequestTag.objects.get_or_create(name=tag)[0] for tag in tags)
        rules.append(rule)
    return rules


def _past(rules):
    """The tags that the rules put on the newest requests when those came in."""
    good, _ = queries.readable([rule for rule in rules if rule.paused_at is None])
    newest = Request.objects.order_by("-submitted_at", "-pk")[:LOOKED_AT]
    sent = dict(newest.values_list("pk", "submitted_at"))
    through, rows = Request.tags.through, []
    tagged = set()
    for pk, matching in queries.matched_many(list(sent), good).items():
        for rule in matching:
            if tags := list(rule.tags.all()):
                tagged |= {(pk, tag.pk) for tag in tags}
                words = ", ".join(tag.name for tag in tags)
                did = {"tags": [None, [tag.pk for tag in tags], words]}
                rows.append(Routed(request_id=pk, rule=rule, rule_name=rule.name, at=sent[pk], did=did))
            if not rule.goes_on:
                break
    through.objects.bulk_create(through(request_id=pk, requesttag_id=tag) for pk, tag in sorted(tagged))
    Routed.objects.bulk_create(rows)
