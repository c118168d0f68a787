from django.utils import timezone

from prodops.models import Role
from prodops.services import custom_fields
from tests.factories.research import StudyFactory


def field(people, kind="select", subject="research.study", name="Release", **more):
    options = ["Spring", "Autumn"] if kind in ("select", "multiselect") else ()
    by, at = people[Role.PRODUCT_OPS], timezone.now()
    return custom_fields.create(subject, name=name, kind=kind, options=options, by=by, at=at, **more)


def _value(people):
    study = StudyFactory(team=people[Role.MEMBER].teams.get(), lead=people[Role.PRODUCT_OPS])
    return {"label": "research.study", "pk": study.pk, "key": field(people).key}


SAMPLES = {
    "field_create": lambda people: {"label": "research.study"},
    "field_edit": lambda people: {"pk": field(people).pk},
    "field_move": lambda people: {"pk": field(people).pk},
    "field_retire": lambda people: {"pk": field(people).pk},
    "field_restore": lambda people: {"pk": field(people).pk},
    "typed_value": _value,
}
