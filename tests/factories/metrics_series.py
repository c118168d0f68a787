import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from metrics.models import Annotation, ApiToken, DataSource, Pull, PullRun, Restatement, RunState
from metrics.models.token import digest_of
from prodops import vault
from tests.factories.metrics import KpiFactory, SeriesImportFactory
from tests.factories.prodops import TeamFactory, UserFactory


class ApiTokenFactory(DjangoModelFactory):
    """A token whose secret is `pops_` and its number."""

    class Meta:
        model = ApiToken

    name = factory.Sequence(lambda n: f"Job {n}")
    by = factory.SubFactory(UserFactory)
    team = factory.SubFactory(TeamFactory)
    at = factory.LazyFunction(timezone.now)
    start = "pops_"
    digest = factory.Sequence(lambda n: digest_of(f"pops_{n}"))


class AnnotationFactory(DjangoModelFactory):
    class Meta:
        model = Annotation

    kpi = factory.SubFactory(KpiFactory)
    text = factory.Sequence(lambda n: f"Launch {n}")
    starts = dt.date(2026, 1, 3)
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)


class RestatementFactory(DjangoModelFactory):
    class Meta:
        model = Restatement

    kpi = factory.SubFactory(KpiFactory)
    version_id = factory.SelfAttribute("kpi.count_version_id")
    load = factory.SubFactory(SeriesImportFactory, kpi=factory.SelfAttribute("..kpi"))
    period = dt.datetime(2026, 1, 3, tzinfo=dt.UTC)
    before, after = 4.2, 3.9


class DataSourceFactory(DjangoModelFactory):
    class Meta:
        model = DataSource

    name = factory.Sequence(lambda n: f"Warehouse {n}")
    shown = "postgresql://reader@db.example.com:5432/warehouse"
    sealed_url = factory.LazyFunction(
        lambda: vault.seal("postgresql://reader:secret@db.example.com/warehouse")
    )
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)


class PullFactory(DjangoModelFactory):
    class Meta:
        model = Pull

    kpi = factory.SubFactory(KpiFactory)
    source = factory.SubFactory(DataSourceFactory)
    sql = "SELECT day AS period, rate AS value FROM rates"
    columns = {"period": "period", "value": "value", "dimensions": {}}
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)
    next_at = factory.LazyFunction(timezone.now)


class PullRunFactory(DjangoModelFactory):
    class Meta:
        model = PullRun

    pull = factory.SubFactory(PullFactory)
    at = factory.LazyFunction(timezone.now)
    finished_at = factory.SelfAttribute("at")
    state = RunState.DONE
