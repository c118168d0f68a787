"""Writing the rules that requests are routed by."""

from django.db import transaction
from django.db.models import Max

from coordination.models import RequestTag, RoutingRule
from prodops import activity


class RuleRefused(Exception):
    """The rule makes no sense so; the words say why."""


@transaction.atomic
def save(rule, *, conditions, tag_names, by, at):
    """Write a new rule, last in the order, or change one; what was wrong with it is tried afresh."""
    new = rule.pk is None
    if new:
        rule.position = _end()
    rule.conditions, rule.trouble = conditions, ""
    rule.changed_by, rule.changed_at = by, at
    rule.save()
    rule.tags.set([_tag(name) for name in tag_names])
    activity.record("routing_rule.created" if new else "routing_rule.changed", on=rule, by=by, at=at)
    return rule


def _tag(name):
    found = RequestTag.objects.filter(name__iexact=name).first()
    return found or RequestTag.objects.create(name=name)


def _end():
    return (RoutingRule.objects.aggregate(last=Max("position"))["last"] or 0) + 1


@transaction.atomic
def copy(rule, *, by, at):
    """The same rule again, paused, right after it: to be changed before it is switched on."""
    tags = list(rule.tags.all())
    twin = RoutingRule.objects.get(pk=rule.pk)
    twin.pk, twin.paused_at, twin.trouble = None, at, ""
    twin.name = f"{rule.name[:70]} (copy)"
    twin.changed_by, twin.changed_at = by, at
    twin.position = _end()
    twin.save()
    twin.tags.set(tags)
    order = [pk for pk in _order() if pk != twin.pk]
    order.insert(order.index(rule.pk) + 1, twin.pk)
    _place(order)
    activity.record("routing_rule.created", on=twin, by=by, at=at, data={"copy_of": rule.name})
    return twin


@transaction.atomic
def pause(rule, *, by, at):
    """Try the rule no more, until `resume`."""
    if RoutingRule.objects.filter(pk=rule.pk, paused_at=None).update(paused_at=at):
        activity.record("routing_rule.paused", on=rule, by=by, at=at)


@transaction.atomic
def resume(rule, *, by, at):
    if RoutingRule.objects.filter(pk=rule.pk).exclude(paused_at=None).update(paused_at=None):
        activity.record("routing_rule.resumed", on=rule, by=by, at=at)


@transaction.atomic
def delete(rule, *, by, at):
    """Take the rule away; what it did stays, under its name."""
    activity.record("routing_rule.deleted", on=rule, by=by, at=at)
    rule.delete()


@transaction.atomic
def arrange(wanted, *, by, at):
    """Put the rules in this order (ids). Rules that somebody made meanwhile keep their place at the end."""
    before = _order(lock=True)
    named = [pk for pk in dict.fromkeys(wanted) if pk in set(before)]
    after = named + [pk for pk in before if pk not in set(named)]
    if after == before:
        return
    _place(after)
    moved = RoutingRule.objects.get(pk=next(pk for pk, was in zip(after, before, strict=True) if pk != was))
    activity.record("routing_rule.arranged", on=moved, by=by, at=at, data={"order": after, "was": before})


def move(rule, *, by, at, up):
    """One place up or down."""
    order = _order()
    here = order.index(rule.pk)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
        arrange(order, by=by, at=at)


def _order(*, lock=False):
    rules = RoutingRule.objects.select_for_update() if lock else RoutingRule.objects.all()
    return [rule.pk for rule in rules.order_by("position", "pk").only("pk")]


def _place(order):
    places = [RoutingRule(pk=pk, position=place) for place, pk in enumerate(order, start=1)]
    RoutingRule.objects.bulk_update(places, ["position"])
