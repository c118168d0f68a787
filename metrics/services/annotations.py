"""What happened, written onto the charts: added, changed, removed.

What is known of a day changes what is unusual on it: values that were judged before somebody wrote down what
had happened are judged again.
"""

from django.db import transaction

from metrics.models import Annotation, Watch
from metrics.queries.checking import BY_DAY
from metrics.stats import periods
from prodops import activity, jobs

FIELDS = ("kind", "starts", "ends", "text")


@transaction.atomic
def add(*, kpi, by, at, **fields):
    """Write it onto the chart of one KPI, or with `kpi` None of all."""
    made = Annotation.objects.create(kpi=kpi, by=by, at=at, **fields)
    _judge_again(made.kpi_id, made.starts)
    _tell("annotation.added", made, by, at)
    return made


@transaction.atomic
def edit(annotation, *, by, at, **fields):
    """Change what it says or when it was; gives whether anything was different."""
    changed = [name for name in FIELDS if getattr(annotation, name) != fields[name]]
    if not changed:
        return False
    begun = annotation.starts
    for name in changed:
        setattr(annotation, name, fields[name])
    annotation.save(update_fields=changed)
    if {"starts", "ends"} & set(changed):
        _judge_again(annotation.kpi_id, min(begun, annotation.starts))
    _tell("annotation.changed", annotation, by, at)
    return True


@transaction.atomic
def remove(annotation, *, by, at):
    """Take it off the charts; the history keeps what it said."""
    _tell("annotation.removed", annotation, by, at)
    annotation.delete()
    _judge_again(annotation.kpi_id, annotation.starts)


def _judge_again(kpi_id, day):
    """Have what was judged from `day` on judged once more: of one KPI at once, of all by the next round.

    A day is one of seven of a week's value and makes no such value special, so only finer grains are.
    """
    judged = Watch.objects.filter(checked_to__gte=periods.midnight(day), kpi__grain__in=BY_DAY)
    if kpi_id is None:
        judged.update(changed=True)
    elif judged.filter(kpi=kpi_id).update(changed=True):
        jobs.enqueue("metrics.tasks.check_kpi", kpi_id=kpi_id)


def _tell(verb, annotation, by, at):
    data = {
        "said": annotation.in_words(),
        "kind": annotation.kind,
        "starts": annotation.starts.isoformat(),
        "ends": annotation.ends and annotation.ends.isoformat(),
    }
    activity.record(verb, on=annotation.kpi or annotation, by=by, at=at, data=data)
