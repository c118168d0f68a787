"""Addresses of values, tokens, sources and annotations."""

from prodops.models import Role
from tests.factories.metrics import KpiFactory, PointFactory, SeriesImportFactory
from tests.factories.metrics_series import (
    AnnotationFactory,
    ApiTokenFactory,
    DataSourceFactory,
    PullFactory,
    PullRunFactory,
    RestatementFactory,
)


def _kpi(people):
    kpi = KpiFactory(team=people[Role.MEMBER].teams.get(), owner=people[Role.MEMBER], dimensions=["country"])
    PointFactory.create_batch(5, kpi=kpi)
    RestatementFactory(kpi=kpi)
    AnnotationFactory(kpi=kpi)
    return {"slug": kpi.slug}


def _annotation(people):
    return {"pk": AnnotationFactory(by=people[Role.MEMBER]).pk}


def _token(people):
    return {"pk": ApiTokenFactory(by=people[Role.MEMBER]).pk}


def _source(people):
    return {"pk": DataSourceFactory(by=people[Role.PRODUCT_OPS]).pk}


def _pull(people):
    pull = PullFactory(kpi__team=people[Role.MEMBER].teams.get())
    PullRunFactory(pull=pull)
    return {"pk": pull.pk}


SAMPLES = {
    "metrics:import_faults": lambda people: {
        "pk": SeriesImportFactory(kpi__team=people[Role.MEMBER].teams.get(), by=people[Role.PRODUCT_OPS]).pk
    },
    "metrics:pull_write": _kpi,
    "metrics:pull_act": lambda people: _pull(people) | {"act": "rest"},
    **dict.fromkeys(("metrics:source_edit", "metrics:source_retire"), _source),
    **dict.fromkeys(("metrics:pull_detail", "metrics:pull_edit"), _pull),
    **dict.fromkeys(("metrics:kpi_api", "metrics:api_points", "metrics:api_points_bulk"), _kpi),
    **dict.fromkeys(("metrics:kpi_chart", "metrics:kpi_svg", "metrics:kpi_png"), _kpi),
    **dict.fromkeys(("metrics:restatement_list", "metrics:annotation_add"), _kpi),
    **dict.fromkeys(("metrics:annotation_edit", "metrics:annotation_remove"), _annotation),
    **dict.fromkeys(("metrics:token_rotate", "metrics:token_revoke"), _token),
}
LISTS = {
    "metrics:source_list": lambda people, n: DataSourceFactory.create_batch(n),
    "metrics:annotation_list": lambda people, n: AnnotationFactory.create_batch(n),
    "metrics:token_list": lambda people, n: ApiTokenFactory.create_batch(n),
}
