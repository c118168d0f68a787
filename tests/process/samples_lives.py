from django.utils import timezone

from process.models import OkrCycle
from prodops.models import Role
from prodops.quarters import Quarter
from tests.factories.process import KeyResultFactory, ObjectiveFactory


def _drafts(people, n):
    """Drafts of a cycle after one that is over, with what the lint finds in them."""
    quarter = Quarter(2032, 3)
    draft, _ = OkrCycle.objects.get_or_create(year=quarter.year, number=quarter.number)
    signed = {"state": "active", "activated_at": timezone.now(), "activated_by": people[Role.PRODUCT_OPS]}
    before, _ = OkrCycle.objects.get_or_create(
        year=quarter.previous.year, number=quarter.previous.number, defaults=signed
    )
    owner = people[Role.PRODUCT_OPS]
    ours = {"team": owner.teams.get(), "owner": owner, "title": "Launch the importer"}
    for cycle in (draft, before):
        for objective in ObjectiveFactory.create_batch(n, cycle=cycle, **ours):
            KeyResultFactory(objective=objective, title="Ship it")
    return draft


def _slug(people):
    return {"slug": _drafts(people, 1).slug}


def _objective(people):
    return {"pk": _drafts(people, 1).objectives.latest("pk").pk}


VERBS = ("lint", "review", "abandon", "take_up", "archive", "restore", "copy")
SAMPLES = {f"process:objective_{verb}": _objective for verb in VERBS} | {"process:cycle_lint": _slug}
LISTS = {"process:cycle_lint": _drafts}
