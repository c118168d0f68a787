"""People who stay for all the addresses of a module, signed in once: to make them anew for each of 600
addresses takes longer than to ask the pages."""

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from prodops.models import Level, Role, User
from tests.factories.prodops import TeamFactory, UserFactory


@pytest.fixture(scope="module")
def _household(django_db_setup, django_db_blocker):
    """{role: (the person's id, the cookie of a session)}, gone at the module's end; tests run inside."""
    with django_db_blocker.unblock(), transaction.atomic():
        team, found = TeamFactory(), {}
        for role in Role:
            user, client = UserFactory(role=role), Client()
            if role != Role.SUBMITTER:
                team.memberships.create(user=user, level=Level.EDITOR)
            client.force_login(user)
            found[role] = user.pk, client.cookies[settings.SESSION_COOKIE_NAME].value
        yield found
        transaction.set_rollback(True)


@pytest.fixture
def people(_household, db):
    """As everywhere: one person of each role, all but the submitter editors of one team."""
    users = User.objects.in_bulk([pk for pk, _ in _household.values()])
    return {role: users[pk] for role, (pk, _) in _household.items()}


@pytest.fixture
def enter(_household, client):
    """`enter(role)`: the test client with that person's session."""

    def take(role):
        client.cookies[settings.SESSION_COOKIE_NAME] = _household[role][1]

    return take
