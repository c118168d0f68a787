"""Whatever stands in a query string or is sent to it, no page answers 500."""

import random

import pytest
from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from lxml import html

from prodops.models import Role
from tests.architecture.resolver import kwargs_for, names

VALUES = [
    *(
        "",
        "0",
        "-1",
        "1",
        "99999999999999999999999",
        "1.5",
        "NaN",
        "null",
        "true",
        "2026-02-30",
        "0000-00-00",
    ),
    *("'", '"', "%", "%00", "\x00", "\U0001f600", "<script>"),
    *(
        "' OR 1=1 --",
        "../../etc/passwd",
        "{{7*7}}",
        "a" * 5000,
        "\u202e",
        "-",
        "!",
        "&",
        "|",
        "( ( (",
        '"un closed',
    ),
]
# Queries tried on each page; all pages together try every value many times over
ROUNDS = 3


class Asked(QueryDict):
    """A query string that notes which names a page reads."""

    names: set[str] = set()

    def __getitem__(self, key):
        self.names.add(key)
        return super().__getitem__(key)

    def __contains__(self, key):
        self.names.add(key)
        return super().__contains__(key)

    def _getlist(self, key, default=None, force_list=False):
        self.names.add(key)
        return super()._getlist(key, default, force_list)


@pytest.fixture
def asked(monkeypatch):
    """The names that pages have read from their query strings since the test began."""
    monkeypatch.setattr("django.core.handlers.wsgi.QueryDict", Asked)
    monkeypatch.setattr(Asked, "names", set())
    return Asked.names


# What views read that stands in no form of their own page
SENT = [
    *("body", "reason", "version", "next", "page", "query", "name", "title", "problem", "quote", "on"),
    *("tag", "before", "new_tag", "highlight", "start_cue", "end_cue", "start", "end", "insight"),
    *("picked", "kind", "shown", "steps", "role", "user", "level", "account", "request", "target", "until"),
    *("segment", "owner", "area", "team", "kpi", "value", "day", "hour", "pk", "position", "ids", "email"),
]


def fields_of(page, url):
    """{name: input} of the forms on the page that are sent to its own address."""
    if page.streaming or not page.content or not page.headers.get("Content-Type", "").startswith("text/html"):
        return {}
    forms = html.fromstring(page.content).forms
    own = [form for form in forms if form.method == "POST" and (form.action or url) == url]
    return {field.name: field for form in own for field in form.inputs if field.name}


def filled(field, text, number):
    """A value for the field: what it holds or offers; `text` where people type, `number` where they count."""
    if field.tag == "select":
        return field.value or next((one for one in reversed(field.value_options) if one), "")
    if field.get("type") == "number":
        return number
    if field.tag == "textarea" or (field.get("type", "text") == "text" and field.get("hidden") is None):
        return text
    return field.get("value") or ""


@pytest.fixture(autouse=True)
def _remembering(settings):
    settings.REMEMBER_SECONDS = 60  # the side bar's counts, per person: no other test has these people


@pytest.mark.django_db
@pytest.mark.parametrize("name", names())
def test_nothing_asked_or_sent_breaks_a_page(name, people, client, enter, asked):
    enter(Role.PRODUCT_OPS)
    url = reverse(name, kwargs=kwargs_for(name, people))
    page = client.get(url)
    assert page.status_code < 500 or name == "readyz", url
    dice = random.Random(name)
    if page.status_code != 405 and asked:
        for number in range(ROUNDS):
            query = dict(zip(sorted(asked), dice.choices(VALUES, k=len(asked)), strict=True))
            response = client.get(url, query, headers={"HX-Request": "true"} if number % 3 == 0 else {})
            assert response.status_code < 500, (url, query)
    for data in things_to_send(fields_of(page, url), dice):
        with transaction.atomic():  # each finds the same things
            response = client.post(url, data)
            transaction.set_rollback(True)
        assert response.status_code < 500 or name == "readyz", (url, data)


def things_to_send(own, dice):
    """Three forms' worth of data: twice the page's own fields filled in oddly, once all names at random."""
    sent = [
        {field: filled(one, text, number) for field, one in own.items()} or dict.fromkeys(SENT, text)
        for text, number in (("0", "99999999999"), ("\x00", "-1"))
    ]
    sent.append({field: dice.choice(VALUES) for field in (*SENT, *own)})
    return [{key: one for key, one in data.items() if one is not None} for data in sent]
