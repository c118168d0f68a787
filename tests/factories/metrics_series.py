import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from metrics.models import ApiToken
from metrics.models.token import digest_of
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
