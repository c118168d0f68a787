"""Addresses of key results, their milestones and check-ins, for the tests that walk every address."""

from django.utils import timezone

from metrics.models import KpiVersion
from process.models import CheckIn, CycleState, Kind, Milestone, OkrCycle
from process.queries import week_at
from prodops.models import Role
from prodops.quarters import Quarter
from tests.factories.metrics import IncidentFactory, KpiFactory
from tests.factories.process import KeyResultFactory, ObjectiveFactory


def _row(people, **fields):
    owner, now = people[Role.PRODUCT_OPS], timezone.now()
    quarter = Quarter.of(now.date())
    cycle, _ = OkrCycle.objects.get_or_create(year=quarter.year, number=quarter.number)
    OkrCycle.objects.filter(pk=cycle.pk).update(state=CycleState.ACTIVE, activated_at=now, activated_by=owner)
    objective = ObjectiveFactory(cycle=cycle, team=owner.teams.get(), owner=owner)
    return KeyResultFactory(objective=objective, **fields)


def _milestones(people):
    return _row(people, kind=Kind.MILESTONES, start=None, target=None)


def _milestone(people):
    return {"pk": Milestone.objects.create(key_result=_milestones(people), title="Beta").pk}


def _doubted(people):
    row = _row(people, kpi=KpiFactory())
    at = timezone.now()
    IncidentFactory(kpi=row.kpi, window_from=at, window_to=at)
    return {"pk": row.pk}


def _changed(people):
    row = _row(people, kpi=KpiFactory(approved=True))
    KpiVersion.objects.filter(kpi=row.kpi).update(state="past")
    new = KpiVersion.objects.get(kpi=row.kpi)
    new.pk, new.number, new.state = None, 2, "live"
    new.effective_from = timezone.now().date()
    new.save()
    row.kpi.count_version = row.kpi.live_version = new
    row.kpi.save()
    return {"pk": row.pk}


def _said(people):
    row, at = _row(people), timezone.now()
    CheckIn.objects.create(key_result=row, week=week_at(at), value=45, by=row.owner, at=at)
    return {"pk": row.pk}


SAMPLES = {
    "process:milestones": lambda people: {"pk": _milestones(people).pk},
    "process:milestone_add": lambda people: {"pk": _milestones(people).pk},
    "process:milestone_edit": _milestone,
    "process:milestone_tick": _milestone,
    "process:key_result_waive": _doubted,
    "process:key_result_redefine": _changed,
    "process:check_in_undo": _said,
}
