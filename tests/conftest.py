import datetime as dt
import os

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.utils import timezone
from hypothesis import settings as hypothesis_settings

from prodops.models import Level, Role
from tests.factories.prodops import TeamFactory, UserFactory

# `make test` tries the same examples each time, so that it fails for a change and not for the day;
# HYPOTHESIS_PROFILE=explore looks further afield.
hypothesis_settings.register_profile("steady", derandomize=True, deadline=None, max_examples=20)
hypothesis_settings.register_profile("explore", max_examples=2_000, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


def pytest_addoption(parser):
    parser.addoption("--update-budgets", action="store_true", help="write tests/budgets.json anew")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """Each worker's database is a copy of the one that devstack migrated."""

    connection.settings_dict["TEST"]["TEMPLATE"] = os.environ.get("TEST_DATABASE_TEMPLATE") or None


KEPT = {"django_content_type", "auth_permission", "django_migrations"}  # what migrating writes


def _empty_tables(case):
    """After a test that commits: to truncate 170 tables for a few rows takes a second, to delete a tenth."""
    tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - KEPT
    deletes = "; ".join(f'DELETE FROM "{table}"' for table in sorted(tables))
    with connection.cursor() as cursor:  # without triggers, those of foreign keys and of what is for ever
        cursor.execute(f"SET session_replication_role = replica; {deletes}; RESET session_replication_role")


@pytest.fixture(scope="session", autouse=True)
def _quickly_emptied():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _empty_tables)
        yield


@pytest.fixture(autouse=True)
def _fast(settings, tmp_path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.WHITENOISE_AUTOREFRESH = True  # not listed anew by each test client
    settings.REMEMBER_SECONDS = 0  # rows are made here without an event to say so
    settings.MEANING = False  # half a second and 180 MB: the few tests that want it say so
    settings.CELERY_TASK_ALWAYS_EAGER = True
    settings.CELERY_TASK_EAGER_PROPAGATES = True
    from prodops.celery import app

    app.conf.task_always_eager = True
    app.conf.task_eager_propagates = True


@pytest.fixture
def meaning(settings):
    """Search by meaning too, with the real model."""
    settings.MEANING = True


@pytest.fixture
def fresh_cache():
    cache.clear()


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def today():
    return dt.date(2026, 11, 20)


@pytest.fixture
def team(db):
    return TeamFactory()


@pytest.fixture
def people(team):
    """One person of each role, all but the submitter editors of `team`."""
    everyone = {role: UserFactory(role=role) for role in Role}
    for role, user in everyone.items():
        if role != Role.SUBMITTER:
            team.memberships.create(user=user, level=Level.EDITOR)
    return everyone


@pytest.fixture
def member(people):
    return people[Role.MEMBER]


@pytest.fixture
def submitter(people):
    return people[Role.SUBMITTER]


@pytest.fixture
def ops(people):
    return people[Role.PRODUCT_OPS]


@pytest.fixture
def admin(people):
    return people[Role.ADMIN]


@pytest.fixture
def as_(client):
    """`as_(user)`: the test client signed in as that person."""

    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in
