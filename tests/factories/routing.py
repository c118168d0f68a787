import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from coordination.models import RequestTag, RoutingRule
from tests.factories.prodops import UserFactory


class TagFactory(DjangoModelFactory):
    class Meta:
        model = RequestTag

    name = factory.Sequence(lambda n: f"tag {n}")


class RuleFactory(DjangoModelFactory):
    """A live rule that matches everything; `tagging=[tag]` is what it puts on."""

    class Meta:
        model = RoutingRule
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Rule {n}")
    position = factory.Sequence(lambda n: n)
    conditions = factory.LazyFunction(list)
    changed_by = factory.SubFactory(UserFactory)
    changed_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def tagging(self, create, tags):
        if create and tags:
            self.tags.set(tags)
