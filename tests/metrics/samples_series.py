"""Addresses of values, tokens, sources and annotations."""

from prodops.models import Role
from tests.factories.metrics import KpiFactory, PointFactory
from tests.factories.metrics_series import AnnotationFactory, ApiTokenFactory, RestatementFactory


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


SAMPLES = {
    **dict.fromkeys(("metrics:kpi_api", "metrics:api_points", "metrics:api_points_bulk"), _kpi),
    **dict.fromkeys(("metrics:kpi_chart", "metrics:kpi_svg", "metrics:kpi_png"), _kpi),
    **dict.fromkeys(("metrics:restatement_list", "metrics:annotation_add"), _kpi),
    **dict.fromkeys(("metrics:annotation_edit", "metrics:annotation_remove"), _annotation),
    **dict.fromkeys(("metrics:token_rotate", "metrics:token_revoke"), _token),
}
LISTS = {
    "metrics:annotation_list": lambda people, n: AnnotationFactory.create_batch(n),
    "metrics:token_list": lambda people, n: ApiTokenFactory.create_batch(n),
}
