import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from research.models import (
    Bar,
    ConsentForm,
    ConsentText,
    ContactBar,
    Incentive,
    PanelImport,
    Recruit,
    RecruitState,
    Signature,
    Withdrawal,
)
from research.synthesis.consenting import text_hash
from tests.factories.prodops import UserFactory
from tests.factories.research import ParticipantFactory, StudyFactory


class PersonFactory(ParticipantFactory):
    """Somebody of the panel, who can be mailed."""

    email = factory.Sequence(lambda n: f"person{n}@northwind.example")
    added_on = dt.date(2026, 1, 5)


class ContactBarFactory(DjangoModelFactory):
    class Meta:
        model = ContactBar

    participant = factory.SubFactory(PersonFactory)
    kind = Bar.DO_NOT_CONTACT
    because = "On leave"
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)


class ConsentFormFactory(DjangoModelFactory):
    class Meta:
        model = ConsentForm

    name = factory.Sequence(lambda n: f"Taking part {n}")
    every_study = True
    created_by = factory.SubFactory(UserFactory)
    created_at = factory.LazyFunction(timezone.now)


class ConsentTextFactory(DjangoModelFactory):
    """A published version; `published_at=None, published_by=None` for a draft."""

    class Meta:
        model = ConsentText

    form = factory.SubFactory(ConsentFormFactory)
    number = 1
    title = factory.SelfAttribute("form.name")
    body = "We record **what you say**."
    purposes = factory.LazyFunction(lambda: ["To improve the product"])
    choices = factory.LazyFunction(lambda: ["Quote me by name"])
    sha256 = factory.LazyAttribute(lambda o: text_hash(o.form.name, o.body, o.purposes, o.choices))
    created_by = factory.SelfAttribute("form.created_by")
    created_at = factory.LazyFunction(timezone.now)
    published_by = factory.SelfAttribute("form.created_by")
    published_at = factory.LazyFunction(timezone.now)


class RecruitFactory(DjangoModelFactory):
    class Meta:
        model = Recruit

    study = factory.SubFactory(StudyFactory)
    participant = factory.SubFactory(PersonFactory)
    state = RecruitState.SCREENED
    picked_by = factory.SelfAttribute("study.lead")
    picked_at = factory.LazyFunction(timezone.now)
    changed_at = factory.LazyFunction(timezone.now)


class SignatureFactory(DjangoModelFactory):
    class Meta:
        model = Signature

    participant = factory.SubFactory(PersonFactory)
    text = factory.SubFactory(ConsentTextFactory)
    study = factory.SubFactory(StudyFactory)
    typed_name = factory.SelfAttribute("participant.name")
    at = factory.LazyFunction(timezone.now)
    text_sha256 = factory.SelfAttribute("text.sha256")


class IncentiveFactory(DjangoModelFactory):
    class Meta:
        model = Incentive

    participant = factory.SubFactory(PersonFactory)
    study = factory.SubFactory(StudyFactory)
    amount = 50
    due_on = dt.date(2026, 11, 20)
    created_by = factory.SelfAttribute("study.lead")
    created_at = factory.LazyFunction(timezone.now)


class PanelImportFactory(DjangoModelFactory):
    class Meta:
        model = PanelImport

    name = "beta.csv"
    rows = factory.LazyFunction(lambda: [["Name", "E-mail"], [2, "Ines Roth", "ines@example.org"]])
    mapping = factory.LazyFunction(lambda: {"0": "name", "1": "email"})
    by = factory.SubFactory(UserFactory)
    at = factory.LazyFunction(timezone.now)


class WithdrawalFactory(DjangoModelFactory):
    class Meta:
        model = Withdrawal

    participant = factory.SubFactory(PersonFactory)
    at = factory.LazyFunction(timezone.now)
