"""Paths and the generic mapping: pure, then its page."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from coordination.formats import mapping
from coordination.formats.adapters import Ignored, Unknown
from coordination.formats.paths import BadPath, find, parse
from coordination.models import WebhookMapping
from tests.coordination.test_read_payloads import json_values
from tests.factories.coordination import DeliveryFactory, WebhookEndpointFactory

PAYLOAD = {
    "event": "created",
    "ticket": {
        "id": 4711,
        "subject": "Import fails",
        "odd.key": {"a b": 1},
        "fields": [
            {"id": 360012, "value": "Import"},
            {"id": "x", "value": None},
            {"live": True, "value": "yes"},
        ],
        "labels": [{"name": "import"}, {"name": "csv"}],
        "comments": [{"text": "One"}, {"text": "Two"}],
    },
}


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("ticket.subject", ["Import fails"]),
        ("ticket.fields[0].value", ["Import"]),
        ("ticket.fields[-1].value", ["yes"]),
        ("ticket.fields[9].value", []),
        ("ticket.labels[*].name", ["import", "csv"]),
        ("ticket.fields[id=360012].value", ["Import"]),
        ('ticket.fields[id="360012"].value', ["Import"]),
        ("ticket.fields[live=true].value", ["yes"]),
        ('ticket["odd.key"]["a b"]', [1]),
        ("ticket.title | ticket.subject", ["Import fails"]),
        ('ticket.title | "From | Zendesk"', ["From | Zendesk"]),
        ("ticket.subject.more", []),
    ],
)
def test_a_path_leads_to_what_stands_there(written, found):
    assert find(parse(written), PAYLOAD) == found


@pytest.mark.parametrize(
    "written", ["", ".a", "a[", "a[b", "a..b", "a[=1]", 'a["b', "a | ", "a b]", "a" * 301]
)
def test_a_path_that_cannot_be_read_is_said_where(written):
    with pytest.raises(BadPath, match=r"."):
        parse(written)


@given(st.text(alphabet='ab.[]*|"=0-1 ', max_size=30), json_values)
def test_any_path_on_any_json_is_found_or_refused(written, payload):
    try:
        path = parse(written)
    except BadPath:
        return
    assert isinstance(find(path, payload), list)


def test_a_mapping_reads_what_it_names():
    rules = {
        "title": "ticket.subject",
        "body": "ticket.comments[*].text",
        "external_id": "ticket.id",
        "tags": "ticket.labels[*].name",
        "type": "ticket.fields[id=360012].value",
        "urgency": '"2"',
        "deal_amount": '"1200.50"',
        "sent_at": '"2026-11-20T08:00:00Z"',
    }
    (one,) = mapping.read(rules, PAYLOAD)
    assert (one.title, one.body, one.external_id) == ("Import fails", "One\n\nTwo", "4711")
    assert (one.tags, one.type, one.urgency) == (("import", "csv"), "Import", 2)
    assert one.deal.amount == Decimal("1200.50")
    assert one.sent_at == dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
    (first, second) = mapping.read({"each": "ticket.comments", "title": "text"}, PAYLOAD)
    assert (first.title, second.title) == ("One", "Two")


def test_a_mapping_takes_only_what_its_condition_names():
    rules = {"title": "ticket.subject", "only": "event", "one_of": "opened, created"}
    assert len(mapping.read(rules, PAYLOAD)) == 1
    assert isinstance(mapping.read({**rules, "one_of": "closed"}, PAYLOAD), Ignored)
    assert isinstance(mapping.read({**rules, "only": "nothing"}, PAYLOAD), Ignored)
    assert isinstance(mapping.read({"title": "nothing"}, PAYLOAD), Unknown)
    assert isinstance(mapping.read({"title": "a["}, PAYLOAD), Unknown)


@given(
    json_values,
    st.dictionaries(st.sampled_from(mapping.RULES), st.sampled_from(["a", "[*]", "a[0].b", '"x"'])),
)
def test_any_mapping_of_any_json_gets_an_answer(payload, rules):
    said = mapping.read(rules, payload)
    assert said or said.why


@pytest.mark.django_db
def test_the_page_tries_and_saves_versions(as_, ops):
    endpoint = WebhookEndpointFactory()
    kept = DeliveryFactory(channel=endpoint.channel, body=b'{"was": {"said": "<b>Dates</b> bounce"}}')
    client, page = as_(ops), reverse("coordination:mapping_edit", args=[endpoint.channel.slug])
    assert f"Delivery {kept.pk}" in client.get(page).text
    tried = client.post(
        f"{page}try/", {"title": "was.said", "delivery": kept.pk}, headers={"HX-Request": "true"}
    )
    assert "&lt;b&gt;Dates&lt;/b&gt; bounce" in tried.text
    assert "<html" not in tried.text
    tried = client.post(f"{page}try/", {"title": "x", "payload": '{"x": "Pasted words"}'})
    assert "Pasted words" in tried.text
    assert "stops being JSON" in client.post(f"{page}try/", {"title": "x", "payload": "{"}).text
    assert client.post(page, {"title": "a["}).status_code == 422
    assert client.post(page, {"body": ""}).status_code == 422
    for title, number in (("was.said", 1), ("was.said", 1), ("was", 2)):
        client.post(page, {"title": title})
        assert WebhookMapping.objects.first().number == number
    assert 'value="was.said"' in client.get(page, {"version": 1}).text
