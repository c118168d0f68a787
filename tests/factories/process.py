import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from process import queries
from process.models import (
    CheckIn,
    Document,
    DocumentTemplate,
    KeyResult,
    Kind,
    Objective,
    OkrCycle,
    Source,
    TemplateVersion,
    VersionState,
)
from tests.factories.prodops import TeamFactory, UserFactory

PRD = "# PRD\n\n## Problem\n\n*Who has it?*\n\n## What it does\n\n*Step by step?*\n"


class DocumentTemplateFactory(DjangoModelFactory):
    """A template with one approved version; `approved=False` leaves it a draft."""

    class Meta:
        model = DocumentTemplate
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Template {n}")
    slug = factory.Sequence(lambda n: f"template-{n}")
    purpose = "To agree on what is built"

    @factory.post_generation
    def approved(self, create, extracted):
        author, now = UserFactory(), timezone.now()
        signed = {} if extracted is False else {"approved_by": author, "approved_at": now}
        version = TemplateVersion.objects.create(
            template=self,
            number=1,
            body=PRD,
            state=VersionState.APPROVED if signed else VersionState.DRAFT,
            written_by=author,
            written_at=now,
            **signed,
        )
        if signed:
            self.current = version
            self.save(update_fields=["current"])


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = Document

    title = factory.Sequence(lambda n: f"Document {n}")
    template_version = factory.LazyFunction(lambda: DocumentTemplateFactory().current)
    body = PRD
    owner = factory.SubFactory(UserFactory)
    team = factory.SubFactory(TeamFactory)
    created_at = factory.LazyFunction(timezone.now)
    updated_at = factory.LazyFunction(timezone.now)
    updated_by = factory.SelfAttribute("owner")


class OkrCycleFactory(DjangoModelFactory):
    """The cycle of Q4 2026 and, each after the one before, of the quarters that follow."""

    class Meta:
        model = OkrCycle

    year = factory.Sequence(lambda n: 2026 + (n + 3) // 4)
    number = factory.Sequence(lambda n: (n + 3) % 4 + 1)


class ObjectiveFactory(DjangoModelFactory):
    class Meta:
        model = Objective

    cycle = factory.SubFactory(OkrCycleFactory)
    team = factory.SubFactory(TeamFactory)
    owner = factory.SubFactory(UserFactory)
    title = factory.Sequence(lambda n: f"Objective {n}")
    created_at = factory.LazyFunction(timezone.now)


class KeyResultFactory(DjangoModelFactory):
    class Meta:
        model = KeyResult

    objective = factory.SubFactory(ObjectiveFactory)
    owner = factory.SelfAttribute("objective.owner")
    title = factory.Sequence(lambda n: f"Key result {n}")
    start = 40.0
    target = 60.0
    kind = factory.LazyAttribute(
        lambda row: Kind.INCREASE if (row.target or 0) > (row.start or 0) else Kind.DECREASE
    )
    source = factory.LazyAttribute(lambda row: Source.KPI if getattr(row, "kpi", None) else Source.HAND)
    kpi_version = factory.LazyAttribute(lambda row: getattr(getattr(row, "kpi", None), "count_version", None))


class CheckInFactory(DjangoModelFactory):
    class Meta:
        model = CheckIn

    key_result = factory.SubFactory(KeyResultFactory)
    at = factory.LazyFunction(timezone.now)
    week = factory.LazyAttribute(lambda check_in: queries.week_at(check_in.at))
    value = 45.0
    by = factory.SelfAttribute("key_result.owner")


def follow(key_result, kpi):
    """Have it follow a KPI, as that is counted now."""
    key_result.source = Source.KPI
    key_result.kpi, key_result.kpi_version = kpi, kpi.count_version
