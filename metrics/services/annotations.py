"""What happened, written onto the charts: added, changed, removed."""

from django.db import transaction

from metrics.models import Annotation
from prodops import activity

FIELDS = ("kind", "starts", "ends", "text")


@transaction.atomic
def add(*, kpi, by, at, **fields):
    """Write it onto the chart of one KPI, or with `kpi` None of all."""
    made = Annotation.objects.create(kpi=kpi, by=by, at=at, **fields)
    _tell("annotation.added", made, by, at)
    return made


@transaction.atomic
def edit(annotation, *, by, at, **fields):
    """Change what it says or when it was; gives whether anything was different."""
    changed = [name for name in FIELDS if getattr(annotation, name) != fields[name]]
    if not changed:
        return False
    for name in changed:
        setattr(annotation, name, fields[name])
    annotation.save(update_fields=changed)
    _tell("annotation.changed", annotation, by, at)
    return True


@transaction.atomic
def remove(annotation, *, by, at):
    """Take it off the charts; the history keeps what it said."""
    _tell("annotation.removed", annotation, by, at)
    annotation.delete()


def _tell(verb, annotation, by, at):
    data = {
        "said": annotation.in_words(),
        "kind": annotation.kind,
        "starts": annotation.starts.isoformat(),
        "ends": annotation.ends and annotation.ends.isoformat(),
    }
    activity.record(verb, on=annotation.kpi or annotation, by=by, at=at, data=data)
