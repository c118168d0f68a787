import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from metrics.models import (
    Decision,
    Direction,
    Flag,
    FlagKind,
    Hold,
    Incident,
    Kpi,
    KpiStatus,
    KpiTier,
    KpiVersion,
    Point,
    ReReview,
    SeriesImport,
    Severity,
    Unit,
    Way,
)
from tests.factories.prodops import TeamFactory, UserFactory


class KpiFactory(DjangoModelFactory):
    """A daily KPI in percent; `approved=True` makes it approved by somebody else than its owner."""

    class Meta:
        model = Kpi
        skip_postgeneration_save = True

    class Params:
        approved = factory.Trait(
            status=KpiStatus.APPROVED,
            approved_by=factory.SubFactory(UserFactory),
            approved_at=factory.LazyFunction(timezone.now),
        )

    slug = factory.Sequence(lambda n: f"kpi-{n}")
    name = factory.Sequence(lambda n: f"KPI {n}")
    meaning = "Share of first imports that go through without an error."
    formula = "imports without an error ÷ all first imports"
    unit = Unit.PERCENT
    direction = Direction.UP
    tier = KpiTier.INPUT
    source = "warehouse: mart_import.first_attempts"
    team = factory.SubFactory(TeamFactory)
    owner = factory.SubFactory(UserFactory)
    defined_by = factory.SelfAttribute("owner")
    defined_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def version(self, create, extracted, **kwargs):
        """Version 1, as every KPI has it."""
        KpiVersion.objects.begin([self])


class PointFactory(DjangoModelFactory):
    class Meta:
        model = Point

    kpi = factory.SubFactory(KpiFactory)
    version_id = factory.SelfAttribute("kpi.count_version_id")
    period = factory.Sequence(lambda n: day(dt.date(2026, 1, 1) + dt.timedelta(days=n)))
    value = 60.0
    loaded_at = factory.LazyFunction(timezone.now)


class FlagFactory(DjangoModelFactory):
    """Found, with an open incident of its own; `asks=False` leaves it without."""

    class Meta:
        model = Flag

    class Params:
        asks = True

    kpi = factory.SubFactory(KpiFactory)
    period = factory.Sequence(lambda n: day(dt.date(2026, 1, 1) + dt.timedelta(days=n)))
    kind = FlagKind.DIP
    incident = factory.Maybe(
        "asks",
        factory.SubFactory(
            "tests.factories.metrics.IncidentFactory",
            kpi=factory.SelfAttribute("..kpi"),
            window_from=factory.SelfAttribute("..period"),
        ),
    )
    value = 55.0
    score = 1.4
    expected, low, high = 62.0, 60.0, 64.0
    raised_at = factory.LazyFunction(timezone.now)


class IncidentFactory(DjangoModelFactory):
    """Open, new and grave enough for a quarantine."""

    class Meta:
        model = Incident

    kpi = factory.SubFactory(KpiFactory)
    way = Way.DOWN
    severity = Severity.MEDIUM
    window_from = factory.LazyFunction(lambda: day(dt.date(2026, 11, 19)))
    window_to = factory.SelfAttribute("window_from")
    opened_at = factory.LazyFunction(timezone.now)


class HoldFactory(DjangoModelFactory):
    class Meta:
        model = Hold

    kpi = factory.SubFactory(KpiFactory)
    reason = "The warehouse is being reloaded"
    until = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=3))
    window_from = factory.LazyFunction(lambda: day(dt.date(2026, 11, 19)))
    window_to = factory.SelfAttribute("window_from")
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)


class DecisionFactory(DjangoModelFactory):
    """On the data of one KPI."""

    class Meta:
        model = Decision
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Decision {n}")
    text = "The number has held for four weeks."
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)
    data_from = dt.date(2026, 11, 1)
    data_to = dt.date(2026, 11, 20)

    @factory.post_generation
    def kpi(self, create, extracted, **kwargs):
        self.kpis.create(kpi=extracted or KpiFactory(), value=61.5)


class ReReviewFactory(DjangoModelFactory):
    """Because of an incident."""

    class Meta:
        model = ReReview

    decision = factory.SubFactory(DecisionFactory)
    kpi = factory.SubFactory(KpiFactory)
    incident = factory.SubFactory(IncidentFactory, kpi=factory.SelfAttribute("..kpi"))
    opened_at = factory.LazyFunction(timezone.now)


class SeriesImportFactory(DjangoModelFactory):
    class Meta:
        model = SeriesImport

    kpi = factory.SubFactory(KpiFactory)
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)
    file_name = "series.csv"
    text = "date,value\n2026-11-01,61.5\n"


def day(date):
    """The period of a date."""
    return dt.datetime.combine(date, dt.time(), tzinfo=dt.UTC)


def series(kpi, last, values):
    """One daily point each, the last one on `last` (a date); None is a gap."""
    first = last - dt.timedelta(days=len(values) - 1)
    Point.objects.bulk_create(
        Point(
            kpi=kpi,
            version_id=kpi.count_version_id,
            period=day(first + dt.timedelta(days=n)),
            value=value,
            loaded_at=timezone.now(),
        )
        for n, value in enumerate(values)
        if value is not None
    )
