"""Samples of alignment, the tree, pages of a team and of the company, files of objectives."""

from django.utils import timezone

from process.models import OkrImport
from process.services import alignments, okr_imports
from prodops.models import Role
from tests.factories.process import ObjectiveFactory, OkrCycleFactory


def merged(objective, slug):
    """SAMPLES of this part: `objective(people)` and `slug(people)` are arguments of their pages."""

    def alignment(people):
        owner = people[Role.PRODUCT_OPS]
        child = ObjectiveFactory(team=owner.teams.get(), owner=owner)
        parent = ObjectiveFactory(cycle=child.cycle)
        return {"pk": alignments.align(child, parent, by=owner, at=timezone.now()).pk}

    def staged(people):
        ops = people[Role.PRODUCT_OPS]
        cycle = OkrCycleFactory(year=2031, number=None)
        load = okr_imports.stage(
            cycle,
            file_name="okrs.md",
            text="# Objective: Grow\n- Ada: Twice as many",
            team=ops.teams.get(),
            owner=ops,
            by=ops,
            at=timezone.now(),
        )
        return {"pk": load.pk}

    def taken_in(people):
        load = OkrImport.objects.get(pk=staged(people)["pk"])
        okr_imports.confirm(load, reason="Late", by=people[Role.PRODUCT_OPS], at=timezone.now())
        return {"pk": load.pk}

    return {
        "process:okr_import_detail": staged,
        "process:okr_import_settle": staged,
        "process:okr_import_confirm": staged,
        "process:okr_import_discard": staged,
        "process:okr_import_left": staged,
        "process:okr_import_undo": taken_in,
        "process:okr_export": slug,
        "process:company_okrs": slug,
        "process:team_okrs": lambda people: (
            slug(people) | {"team": people[Role.PRODUCT_OPS].teams.get().slug}
        ),
        "process:align": objective,
        "process:unalign": alignment,
        "process:alignment_tree": slug,
    }


def imports(people, n):
    """Rows of the list of files that came."""
    ops = people[Role.PRODUCT_OPS]
    cycle = OkrCycleFactory()
    about = {"cycle": cycle, "team": ops.teams.get(), "owner": ops, "by": ops, "at": timezone.now()}
    OkrImport.objects.bulk_create(
        OkrImport(file_name=f"{at}.md", shape="markdown", **about) for at in range(n)
    )
