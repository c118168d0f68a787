"""Which experiments meet: at one time, on one surface, in one audience; and which KPIs both would move."""

from dataclasses import dataclass

from metrics.models import Experiment, ExperimentKpi, ExperimentState

OVER = (ExperimentState.DROPPED, ExperimentState.DRAFT)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two experiments that meet. `surfaces` are the places of both, `shared` the names of KPIs both look at.

    `apart` says that their audiences differ, so that they meet only where somebody is in both.
    """

    one: Experiment
    other: Experiment
    surfaces: tuple[str, ...]
    shared: tuple[str, ...]
    apart: bool

    @property
    def words(self):
        """ "“Guided import” runs on importer at the same time, and both look at Activation." """
        verb = "runs" if self.other.state == ExperimentState.RUNNING else "is planned"
        said = f"“{self.other.title}” {verb} on {' and '.join(self.surfaces)} at the same time"
        if self.shared:
            said += f", and both look at {', '.join(self.shared)}"
        return f"{said}{' (other audience)' if self.apart else ''}."


def overlaps_of(experiment):
    """Those that one experiment meets, most shared KPIs first. Two queries, none without days or surfaces."""
    if not experiment.first_day or not experiment.last_day or not experiment.surfaces:
        return []
    near = (
        Experiment.objects.between(experiment.first_day, experiment.last_day)
        .filter(surfaces__overlap=experiment.surfaces)
        .exclude(state=ExperimentState.DRAFT)
        .exclude(pk=experiment.pk)
        .for_list()
    )
    others = [one for one in near.order_by("planned_from", "pk") if _meet(experiment, one)]
    return _with_kpis([(experiment, one) for one in others])


def overlaps_among(experiments):
    """All pairs of these that meet, in one query."""
    rows = [one for one in experiments if one.first_day and one.state not in OVER]
    pairs = [
        (one, other)
        for place, one in enumerate(rows)
        for other in rows[place + 1 :]
        if set(one.surfaces) & set(other.surfaces) and _days_meet(one, other) and _meet(one, other)
    ]
    return _with_kpis(pairs)


def _days_meet(one, other):
    return not (
        (one.last_day and other.first_day > one.last_day)
        or (other.last_day and one.first_day > other.last_day)
    )


def _meet(one, other):
    """Whether a unit may be in both: not of tests that were kept apart by one exclusion group."""
    return not one.exclusion_group or one.exclusion_group != other.exclusion_group


def _with_kpis(pairs):
    ids = {row.pk for pair in pairs for row in pair}
    looked: dict = {}
    if ids:
        rows = ExperimentKpi.objects.filter(experiment__in=ids).order_by("kpi__name")
        for pk, name in rows.values_list("experiment_id", "kpi__name"):
            looked.setdefault(pk, []).append(name)
    found = []
    for one, other in pairs:
        theirs = set(looked.get(other.pk, ()))
        shared = tuple(name for name in looked.get(one.pk, ()) if name in theirs)
        places = tuple(sorted(set(one.surfaces) & set(other.surfaces)))
        apart = bool(one.audience and other.audience and one.audience.lower() != other.audience.lower())
        found.append(Overlap(one, other, places, shared, apart))
    return sorted(found, key=lambda each: (each.apart, -len(each.shared)))
