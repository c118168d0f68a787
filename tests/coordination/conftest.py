import pytest

from prodops.models import Role
from tests.factories.coordination import DeclineReasonFactory, RequestFactory, VoiceFactory
from tests.factories.prodops import ProductAreaFactory, TeamFactory, UserFactory


@pytest.fixture
def seller(db):
    return UserFactory(role=Role.SUBMITTER, editor_of=TeamFactory(name="Sales"))


@pytest.fixture
def stranger(db):
    """A submitter of another team."""
    return UserFactory(role=Role.SUBMITTER, editor_of=TeamFactory(name="Support"))


@pytest.fixture
def pm(db):
    return UserFactory(name="Maya Lindqvist")


@pytest.fixture
def area(pm):
    return ProductAreaFactory(owner=pm)


@pytest.fixture
def code(db):
    """A reason to decline for."""
    return DeclineReasonFactory()


@pytest.fixture
def make(seller, area):
    """`make()`: a new request of the seller's in the PM's area, with one account."""

    def build(**fields):
        request = RequestFactory(
            **{"area": area, "submitter": seller, "submitter_team": seller.teams.get(), **fields}
        )
        VoiceFactory(request=request, added_by=seller, team=seller.teams.get())
        return request

    return build
