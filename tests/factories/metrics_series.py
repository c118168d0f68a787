import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from metrics.models import Annotation, ApiToken, Restatement
from metrics.models.token import digest_of
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
