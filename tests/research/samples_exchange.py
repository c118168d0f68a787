"""Addresses of imports and exports."""

from django.utils import timezone

from prodops.models import Role
from research.models import MaterialImport
from tests.factories.research import StudyFactory


def _study(people):
    return StudyFactory(team=people[Role.MEMBER].teams.get(), lead=people[Role.PRODUCT_OPS])


def _import(people, stage="staged", kind="project"):
    return MaterialImport.objects.create(
        kind=kind,
        study=_study(people),
        stage=stage,
        file="imports/gone.qdpx",
        file_name="project.qdpx",
        size=1,
        by=people[Role.PRODUCT_OPS],
        at=timezone.now(),
        outline={
            "name": "Onboarding",
            "team": "",
            "origin": "MAXQDA",
            "counts": {"sessions": 1},
            "sessions": [["Dana", 3, 1, "new"]],
            "tags": [],
            "unknown_people": ["Somebody Else"],
            "people": 1,
            "accounts": [],
            "losses": [["Pictures", 1]],
            "differences": [],
            "faults": [[3, "There is no quote in this row.", ""]],
            "faulty": 1,
            "header": ["Quote"],
            "columns": {"quote": 0},
            "nothing": False,
        },
    )


def _imports(people, n):
    for _ in range(n):
        _import(people, "done")


SAMPLES = {
    "research:study_export": lambda people: {"slug": _study(people).slug},
    "research:study_qdpx": lambda people: {"slug": _study(people).slug},
    "research:study_zip": lambda people: {"slug": _study(people).slug},
    "research:import_detail": lambda people: {"pk": _import(people).pk},
    "research:import_columns": lambda people: {"pk": _import(people, kind="highlights").pk},
    "research:import_start": lambda people: {"pk": _import(people, "done").pk},
    "research:import_discard": lambda people: {"pk": _import(people).pk},
    "research:import_undo": lambda people: {"pk": _import(people).pk},
}
LISTS = {"research:import_list": _imports}
