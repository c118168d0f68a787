"""Where the pages about conflicts, the driver tree and files of definitions are tried."""

from django.utils import timezone

from metrics.models import Conflict, ConflictKind, Driver, Ruling, Verdict
from metrics.services import exchange
from prodops.models import Role
from tests.factories.metrics import KpiFactory

CSV = "Name,Meaning\nTrial starts,How many begin a trial\nChurn,Who leaves\n"


def _kpi(people, **fields):
    return KpiFactory(team=people[Role.MEMBER].teams.get(), owner=people[Role.MEMBER], **fields)


def make_conflict(first, second, kind=ConflictKind.NEAR_NAME, **fields):
    first, second = sorted((first, second), key=lambda kpi: kpi.pk)
    return Conflict.objects.create(
        first=first, second=second, kind=kind, kinds={kind: 0.8}, score=1.8, found_at=timezone.now(), **fields
    )


def _conflict(people):
    return {"pk": make_conflict(_kpi(people), _kpi(people)).pk}


def _verdict(people):
    first, second = _kpi(people), _kpi(people)
    verdict = Verdict.objects.create(
        first=first,
        second=second,
        kind=ConflictKind.NEAR_NAME,
        ruling=Ruling.DIFFERENT,
        reason="One leaves out trials.",
        first_seen="a",
        second_seen="b",
        by=people[Role.PRODUCT_OPS],
        at=timezone.now(),
    )
    make_conflict(first, second, verdict=verdict)
    return {"pk": verdict.pk}


def _edge(people):
    parent = _kpi(people)
    edge = Driver.objects.create(
        parent=parent, child=_kpi(people), added_by=people[Role.MEMBER], added_at=timezone.now()
    )
    return {"slug": parent.slug, "pk": edge.pk}


def _load(people):
    load = exchange.stage(
        file_name="kpis.csv",
        text=CSV,
        format="table",
        team=people[Role.MEMBER].teams.get(),
        by=people[Role.MEMBER],
        at=timezone.now(),
    )
    return {"pk": load.pk}


def _loads(people, n):
    for _ in range(n):
        _load(people)


def _conflicts(people, n):
    hub = KpiFactory(approved=True)
    for kpi in KpiFactory.create_batch(n, approved=True):
        make_conflict(hub, kpi)


def _edges(people, n):
    top = KpiFactory()
    for kpi in KpiFactory.create_batch(n):
        Driver.objects.create(parent=top, child=kpi, added_by=top.owner, added_at=timezone.now())


SAMPLES = {
    "metrics:driver_add": lambda people: {"slug": _kpi(people).slug},
    "metrics:driver_follow": lambda people: {"slug": _kpi(people).slug},
    "metrics:driver_remove": _edge,
    "metrics:conflict_settle": _conflict,
    "metrics:verdict_undo": _verdict,
    "metrics:registry_import": _load,
    "metrics:registry_import_choose": _load,
    "metrics:registry_import_start": _load,
    "metrics:registry_import_discard": _load,
    "metrics:registry_import_undo": _load,
    "metrics:registry_download": lambda people: {"format": "prodops"},
}
LISTS = {
    "metrics:conflict_list": _conflicts,
    "metrics:registry_import_list": _loads,
    "metrics:driver_tree": _edges,
}
