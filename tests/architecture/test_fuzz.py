"""Whatever stands in a query string or is sent to it, no page answers 500."""

import random

import pytest
from django.db import transaction
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
NAMES = [
    *(
        "q",
        "page",
        "sort",
        "kind",
        "state",
        "status",
        "owner",
        "area",
        "team",
        "tag",
        "study",
        "next",
        "format",
    ),
    *(
        "date_after",
        "date_before",
        "since",
        "until",
        "quarter",
        "cycle",
        "segment",
        "account",
        "title",
        "limit",
        "from",
    ),
]


@pytest.mark.django_db
@pytest.mark.parametrize("name", names())
def test_no_query_string_breaks_a_page(name, people, client):
    client.force_login(people[Role.PRODUCT_OPS])
    url = reverse(name, kwargs=kwargs_for(name, people))
    dice = random.Random(name)
    for htmx in (False, True):
        for _ in range(3):
            query = {dice.choice(NAMES): dice.choice(VALUES) for _ in range(dice.randint(1, 5))}
            response = client.get(url, query, headers={"HX-Request": "true"} if htmx else {})
            assert response.status_code < 500 or name == "readyz", (url, query)


@pytest.mark.django_db
@pytest.mark.parametrize("name", names())
def test_each_parameter_with_each_value(name, people, client):
    client.force_login(people[Role.PRODUCT_OPS])
    url = reverse(name, kwargs=kwargs_for(name, people))
    for value in VALUES:
        response = client.get(url, dict.fromkeys(NAMES, value))
        assert response.status_code < 500 or name == "readyz", (url, value)


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


@pytest.mark.django_db
@pytest.mark.parametrize("name", names())
def test_nothing_that_is_sent_breaks_a_page(name, people, client):
    client.force_login(people[Role.PRODUCT_OPS])
    url = reverse(name, kwargs=kwargs_for(name, people))
    own = fields_of(client.get(url), url)
    dice = random.Random(name)
    sent = [
        {field: filled(one, text, number) for field, one in own.items()} or dict.fromkeys(SENT, text)
        for text, number in (("x", "0"), ("0", "99999999999"), ("\x00", "-1"))
    ]
    sent.append({field: dice.choice(VALUES) for field in (*SENT, *own)})
    for data in sent:
        with transaction.atomic():  # each finds the same things
            response = client.post(url, {key: one for key, one in data.items() if one is not None})
            transaction.set_rollback(True)
        assert response.status_code < 500 or name == "readyz", (url, data)
