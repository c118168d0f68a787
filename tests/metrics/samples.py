from metrics.models import ImportState
from prodops.models import Role
from tests.factories.metrics import FlagFactory, KpiFactory, PointFactory, SeriesImportFactory
from tests.metrics import (
    samples_checks,
    samples_dashboards,
    samples_exchange,
    samples_experiments,
    samples_registry,
    samples_results,
    samples_series,
)


def _kpi(people):
    kpi = KpiFactory(team=people[Role.MEMBER].teams.get(), owner=people[Role.MEMBER])
    PointFactory.create_batch(10, kpi=kpi)
    FlagFactory(kpi=kpi)
    return {"slug": kpi.slug}


def _import(people, **fields):
    load = SeriesImportFactory(
        kpi__team=people[Role.MEMBER].teams.get(), by=people[Role.PRODUCT_OPS], **fields
    )
    return {"pk": load.pk}


def _kpis(people, n):
    for kpi in KpiFactory.create_batch(n):
        PointFactory.create_batch(2, kpi=kpi)
        FlagFactory(kpi=kpi)


SAMPLES = {
    **samples_checks.SAMPLES,
    **samples_exchange.SAMPLES,
    **samples_experiments.SAMPLES,
    **samples_registry.SAMPLES,
    **samples_results.SAMPLES,
    **samples_series.SAMPLES,
    **samples_dashboards.SAMPLES,
    **dict.fromkeys(
        (
            *("metrics:kpi_detail", "metrics:kpi_edit", "metrics:kpi_check"),
            *("metrics:series_csv", "metrics:series_upload", "metrics:series_value"),
        ),
        _kpi,
    ),
    "metrics:import_preview": _import,
    "metrics:import_confirm": _import,
    "metrics:import_discard": _import,
    "metrics:import_undo": lambda people: _import(people, state=ImportState.DONE, text=""),
}
LISTS = {
    **samples_checks.LISTS,
    **samples_exchange.LISTS,
    **samples_experiments.LISTS,
    **samples_registry.LISTS,
    **samples_series.LISTS,
    **samples_dashboards.LISTS,
    "metrics:kpi_list": _kpis,
}
