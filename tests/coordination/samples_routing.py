"""Samples of the pages of rules, rotations and tags."""

from django.utils import timezone

from coordination.models import RoutingRule
from prodops.models import Role
from tests.factories.routing import RuleFactory


def _rule(people):
    return {"pk": RuleFactory(changed_by=people[Role.PRODUCT_OPS]).pk}


def _rules(people, n):
    ops = people[Role.PRODUCT_OPS]
    RoutingRule.objects.bulk_create(
        RuleFactory.build(changed_by=ops, position=place, changed_at=timezone.now()) for place in range(n)
    )


SAMPLES = {
    f"coordination:{name}": _rule
    for name in ("rule_edit", "rule_move", "rule_pause", "rule_resume", "rule_copy", "rule_delete")
}
LISTS = {"coordination:rule_list": _rules}
