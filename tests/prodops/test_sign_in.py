import pytest
from django.core import mail
from django.urls import reverse

from tests.factories.prodops import UserFactory

pytestmark = pytest.mark.django_db
PASSWORD = "ferry-lantern-42"


@pytest.fixture
def person(fresh_cache):
    user = UserFactory(email="maya@example.test")
    user.set_password(PASSWORD)
    user.save()
    return user


def test_a_person_signs_in_by_address_in_any_case(client, person):
    response = client.post(reverse("account_login"), {"login": "Maya@Example.test", "password": PASSWORD})
    assert response.headers["Location"] == "/"
    assert client.get("/").status_code == 200


def test_guessing_is_throttled(client, person):
    pages = [
        client.post(reverse("account_login"), {"login": "maya@example.test", "password": f"no{n}"})
        for n in range(12)
    ]
    assert "Too many failed login attempts" in pages[-1].content.decode()


def test_a_forgotten_password_is_reset_by_mail(client, person):
    client.post(reverse("account_reset_password"), {"email": "maya@example.test"})
    assert "/accounts/password/reset/key/" in mail.outbox[0].body
    assert mail.outbox[0].subject.startswith("Prodops: ")


def test_an_unknown_address_gets_the_same_answer(client, person):
    known = client.post(reverse("account_reset_password"), {"email": "maya@example.test"})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.test"})
    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )


def test_a_deep_link_survives_signing_in(client, person):
    asked = client.get("/people/?page=1")
    assert asked.headers["Location"] == "/accounts/login/?next=/people/%3Fpage%3D1"


def test_one_query_loads_the_person_with_their_teams(client, person, team, django_assert_num_queries):
    from prodops.accounts_adapter import Backend

    team.memberships.create(user=person)
    with django_assert_num_queries(1):
        loaded = Backend().get_user(person.pk)
        assert loaded.team_ids == [team.pk]


def test_the_admin_site_has_no_door_of_its_own(client, person):
    response = client.get("/admin/login/", follow=False)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/accounts/login/")
