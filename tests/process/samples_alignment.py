"""Samples of alignment, the tree, pages of a team and of the company, files of objectives."""

from django.utils import timezone

from process.services import alignments
from prodops.models import Role
from tests.factories.process import ObjectiveFactory


def merged(objective, slug):
    """SAMPLES of this part; `objective(people)`, `slug(people)` give what an objective's, a cycle's page takes."""

    def alignment(people):
        owner = people[Role.PRODUCT_OPS]
        child = ObjectiveFactory(team=owner.teams.get(), owner=owner)
        parent = ObjectiveFactory(cycle=child.cycle)
        return {"pk": alignments.align(child, parent, by=owner, at=timezone.now()).pk}

    return {
        "process:align": objective,
        "process:unalign": alignment,
        "process:alignment_tree": slug,
    }
