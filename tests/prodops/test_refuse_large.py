"""A body that is too large is refused before it is read."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
MB = 1024 * 1024


class Untouched:
    """A request's body that may not be read."""

    def read(self, *args):
        raise AssertionError("the body was read")

    readline = read


def send(client, url, size):
    body = {"wsgi.input": Untouched(), "CONTENT_LENGTH": str(size)}
    return client.post(url, b"", content_type="multipart/form-data; boundary=x", **body)


def test_nobody_uploads_without_signing_in(client):
    for url in (reverse("account_login"), "/nowhere/", reverse("people")):
        page = send(client, url, MB + 1)
        assert page.status_code == 413
        assert "too much at once" in page.text
        assert "Sign in first" in page.text


def test_who_has_signed_in_uploads_no_more_than_a_request_may_hold(as_, member):
    page = send(as_(member), reverse("preferences"), 260 * MB + 1)
    assert page.status_code == 413
    assert "at most 260 MB" in page.text
    assert send(as_(member), reverse("preferences"), 260 * MB).status_code == 200


@pytest.mark.parametrize("size", ["", "-1", "²", "nonsense"])
def test_a_size_that_is_none_is_no_failure(client, size):
    page = client.post(reverse("account_login"), {"login": "x"}, CONTENT_LENGTH=size)
    assert page.status_code < 500
