"""Samples of the pages of rules, rotations and tags."""

import datetime as dt

from django.utils import timezone

from coordination.models import Rotation, RotationMember, RoutingRule, RoutingRun
from prodops.models import Role
from tests.factories.coordination import RequestFactory
from tests.factories.routing import RuleFactory, TagFactory

MONDAY = dt.date(2026, 1, 5)


def _rule(people):
    return {"pk": RuleFactory(changed_by=people[Role.PRODUCT_OPS]).pk}


def _rules(people, n):
    ops = people[Role.PRODUCT_OPS]
    RoutingRule.objects.bulk_create(
        RuleFactory.build(changed_by=ops, position=place, changed_at=timezone.now()) for place in range(n)
    )


def _runs(people, n):
    ops = people[Role.PRODUCT_OPS]
    runs = [RoutingRun(newest=100, asked_by=ops, asked_at=timezone.now(), changed=0) for _ in range(n)]
    return RoutingRun.objects.bulk_create(runs)


def _rotations(people, n):
    first = Rotation.objects.count()
    made = Rotation.objects.bulk_create(
        Rotation(slug=f"turn-{place}", name="Turn", first_week=MONDAY) for place in range(first, first + n)
    )
    RotationMember.objects.bulk_create(
        RotationMember(rotation=one, user=people[Role.PRODUCT_OPS], position=0) for one in made
    )
    return made


def _requests(people, n):
    RequestFactory.create_batch(n, submitter=people[Role.PRODUCT_OPS])


SAMPLES = {
    **{
        f"coordination:{name}": _rule
        for name in (
            *("rule_edit", "rule_move", "rule_pause", "rule_resume", "rule_copy", "rule_delete"),
            "rule_matches",
        )
    },
    **{
        f"coordination:{name}": lambda people: {"slug": _rotations(people, 1)[0].slug}
        for name in ("rotation_edit", "rotation_week", "rotation_delete")
    },
    **{
        f"coordination:{name}": lambda people: {"pk": _runs(people, 1)[0].pk}
        for name in ("rule_run", "rule_undo")
    },
    "coordination:tag_rename": lambda people: {"pk": TagFactory().pk},
    "coordination:request_tags": lambda people: {"pk": RequestFactory(submitter=people[Role.PRODUCT_OPS]).pk},
}
LISTS = {
    "coordination:rule_list": _rules,
    "coordination:rule_run_list": _runs,
    "coordination:rotation_list": _rotations,
    "coordination:rule_unrouted": _requests,
    "coordination:tag_list": lambda people, n: TagFactory.create_batch(n),
}
