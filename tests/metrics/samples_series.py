"""Addresses of values, tokens, sources and annotations."""

from prodops.models import Role
from tests.factories.metrics import KpiFactory
from tests.factories.metrics_series import ApiTokenFactory


def _kpi(people):
    return {"slug": KpiFactory(team=people[Role.MEMBER].teams.get(), owner=people[Role.MEMBER]).slug}


def _token(people):
    return {"pk": ApiTokenFactory(by=people[Role.MEMBER]).pk}


SAMPLES = {
    **dict.fromkeys(("metrics:kpi_api", "metrics:api_points", "metrics:api_points_bulk"), _kpi),
    **dict.fromkeys(("metrics:token_rotate", "metrics:token_revoke"), _token),
}
LISTS = {
    "metrics:token_list": lambda people, n: ApiTokenFactory.create_batch(n),
}
