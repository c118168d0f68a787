import pytest
from django.urls import reverse

from prodops.access import MATRIX, Can, allowed
from prodops.models import Role
from tests.architecture.resolver import kwargs_for, names, patterns


@pytest.mark.parametrize("name", names())
def test_every_view_declares_who_may_call_it(name):
    view = next(entry.callback for one, entry, _ in patterns() if one == name)
    assert hasattr(view, "access"), f"{name} lacks @access"
    assert view.access is None or view.access in MATRIX


# Whoever may least and most is tried with each way of asking; the rule does not look at it
METHODS = {Role.SUBMITTER: ("get", "post"), Role.PRODUCT_OPS: ("get", "post", "put", "delete")}


def guard_against_strangers(view, response):
    """Whoever has not signed in is asked to, but where the view is for everybody."""
    asked = response.headers.get("Location", "").startswith("/accounts/login/")
    assert asked == (view.access is not None), (view.access, response.status_code)


@pytest.fixture(autouse=True)
def _remembering(settings):
    settings.REMEMBER_SECONDS = 60  # the side bar's counts, per person: no other test has these people


@pytest.mark.django_db
@pytest.mark.parametrize("name", names())
def test_each_role_gets_what_the_matrix_says_and_never_an_error(name, people, client, enter):
    view = next(entry.callback for one, entry, _ in patterns() if one == name)
    url = reverse(name, kwargs=kwargs_for(name, people))
    for method in ("get", "post"):
        guard_against_strangers(view, getattr(client, method)(url))
    for role in Role:
        enter(role)
        for method in METHODS.get(role, ("get",)):
            status = getattr(client, method)(url).status_code
            may = view.access is None or allowed(people[role], view.access)
            assert status < 500 or name == "readyz", f"{method} {url} as {role}: {status}"
            assert may or status == 403, f"{method} {url} as {role} should be 403, was {status}"
            # The role may, and the thing is the product-ops person's or everybody's.
            if may and method == "get" and role == Role.PRODUCT_OPS:
                assert status in (200, 204, 302, 405, 503), f"get {url} as {role}: {status}"


def test_every_capability_has_words_and_somebody_who_holds_it():
    assert set(MATRIX) == set(Can)
    for words, roles in MATRIX.values():
        assert words
        assert Role.ADMIN in roles
