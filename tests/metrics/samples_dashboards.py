from django.utils import timezone

from metrics.models import CheckedHost, CleanUp, CleanUpVerb, PanelKind
from metrics.services import digests
from prodops.models import Role
from tests.factories.dashboards import BoardFactory, DashboardFactory, PanelFactory
from tests.factories.metrics import KpiFactory, PointFactory


def _mine(people):
    member = people[Role.MEMBER]
    return {"team": member.teams.get(), "owner": member}


def _entry(people):
    dashboard = DashboardFactory(**_mine(people))
    kpi = KpiFactory(slug=f"of-{dashboard.pk}")
    dashboard.shown.create(kpi=kpi, version=kpi.count_version)
    return {"pk": dashboard.pk}


def _kpi_of(people):
    pk = _entry(people)["pk"]
    return {"pk": pk, "slug": f"of-{pk}"}


def _board(people):
    board = BoardFactory(**_mine(people))
    for place, kind in enumerate(PanelKind.values):
        panel = PanelFactory(dashboard=board, position=place, kind=kind)
        PointFactory.create_batch(3, kpi=panel.kpi)
    return {"pk": board.pk}


def _panel(people):
    return {"pk": PanelFactory(dashboard=BoardFactory(**_mine(people)), position=0).pk}


def _decision(people):
    dashboard = DashboardFactory(**_mine(people))
    now = timezone.now()
    kept = {"owner_id": dashboard.owner_id}
    decided = CleanUp.objects.create(
        verb=CleanUpVerb.REASSIGN,
        before={dashboard.pk: {"before": kept, "after": kept}},
        said="Reassigned 1 dashboard",
        by=people[Role.PRODUCT_OPS],
        at=now,
    )
    return {"pk": decided.pk}


def _host(people):
    by, at = people[Role.PRODUCT_OPS], timezone.now()
    return {"pk": CheckedHost.objects.create(host="bi.example.com", added_by=by, added_at=at).pk}


def _token(people):
    return {"token": digests.token(BoardFactory(**_mine(people)).pk, people[Role.MEMBER].pk)}


def _dashboards(people, n):
    for number in range(n):
        if number % 2:
            PanelFactory(dashboard=BoardFactory(), position=0)
        else:
            _entry(people)


SAMPLES = {
    **dict.fromkeys(
        [
            f"metrics:dashboard_{name}"
            for name in (
                *("detail", "edit", "open", "verify", "call_stale", "clear_stale", "archive", "restore"),
                *("check_link", "name_kpi"),
            )
        ],
        _entry,
    ),
    "metrics:dashboard_unname_kpi": _kpi_of,
    **dict.fromkeys(
        [
            "metrics:board",
            *(f"metrics:board_{name}" for name in ("wall", "arrange", "undo", "pin", "share", "copy")),
            *("metrics:panel_add", "metrics:digest", "metrics:digest_picture"),
            *("metrics:digest_subscribe", "metrics:digest_unsubscribe"),
        ],
        _board,
    ),
    **dict.fromkeys([f"metrics:panel_{name}" for name in ("edit", "remove", "move", "size")], _panel),
    "metrics:clean_up_undo": _decision,
    "metrics:checked_host_remove": _host,
    "metrics:digest_stop": _token,
}
LISTS = {"metrics:dashboard_list": _dashboards, "metrics:clean_up": _dashboards}
