from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from prodops.models import (
    CustomerAccount,
    Event,
    Level,
    Membership,
    Notification,
    ProductArea,
    Role,
    Team,
    User,
)


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence(lambda n: f"Team {n}")
    slug = factory.Sequence(lambda n: f"team-{n}")


class UserFactory(DjangoModelFactory):
    """A person; `editor_of=team` makes them its editor, `viewer_of=team` a viewer."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.test")
    name = factory.Sequence(lambda n: f"Person {n}")
    role = Role.MEMBER

    @factory.post_generation
    def editor_of(self, create, team):
        if team:
            Membership.objects.create(user=self, team=team, level=Level.EDITOR)

    @factory.post_generation
    def viewer_of(self, create, team):
        if team:
            Membership.objects.create(user=self, team=team, level=Level.VIEWER)


class ProductAreaFactory(DjangoModelFactory):
    class Meta:
        model = ProductArea

    name = factory.Sequence(lambda n: f"Area {n}")
    slug = factory.Sequence(lambda n: f"area-{n}")


class CustomerAccountFactory(DjangoModelFactory):
    class Meta:
        model = CustomerAccount

    name = factory.Sequence(lambda n: f"Account {n}")
    slug = factory.Sequence(lambda n: f"account-{n}")
    domain = factory.Sequence(lambda n: f"account{n}.example")
    arr = Decimal("12000")


class EventFactory(DjangoModelFactory):
    class Meta:
        model = Event

    verb = "thing.happened"
    subject_type = "prodops.team"
    subject_id = 1
    subject_text = "A thing"
    at = factory.LazyFunction(timezone.now)


class NotificationFactory(DjangoModelFactory):
    class Meta:
        model = Notification

    recipient = factory.SubFactory(UserFactory)
    event = factory.SubFactory(EventFactory)
    text = factory.Sequence(lambda n: f"Something happened {n}")
    url = "/"
    at = factory.LazyFunction(timezone.now)
