"""Webhooks: who may send, what is written down, what a worker makes of it, and that nothing is lost."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import os
import random
import threading

import pytest
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse

from coordination.formats import signatures
from coordination.models import (
    Delivery,
    DeliveryState,
    Proof,
    Request,
    RequestComment,
    Scheme,
    System,
    WebhookEndpoint,
)
from coordination.services import deliveries, intake, webhooks
from prodops import activity, vault
from tests.coordination.mutations import mutated_bytes
from tests.coordination.payloads import LATER, SAMPLES
from tests.factories.coordination import ChannelFactory, DeliveryFactory, WebhookEndpointFactory

ROUNDS = int(os.environ.get("ROUNDS", "4"))
TOKEN = {"Authorization": "Bearer hook_test"}
THING = {"title": "Dates bounce", "body": "Day first", "id": "A-1"}


@pytest.fixture
def endpoint(db):
    return WebhookEndpointFactory()


def send(endpoint, payload=THING, *, headers=None, client=None, **more):
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    headers = TOKEN if headers is None else headers
    client = client or Client(raise_request_exception=False)
    kind = more.pop("content_type", "application/json")
    return client.post(endpoint.path, body, content_type=kind, headers=headers, **more)


def work_all(now):
    for delivery_id in Delivery.objects.filter(state="received").values_list("pk", flat=True):
        deliveries.work(delivery_id, at=now)


def test_what_is_sent_is_written_down_and_then_taken(endpoint, now, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(endpoint, headers={**TOKEN, "Idempotency-Key": "k1"})
    assert answer.status_code == 202
    delivery = Delivery.objects.get(pk=answer.json()["delivery"])
    assert (delivery.state, json.loads(bytes(delivery.body)), delivery.key) == ("taken", THING, "key:k1")
    request = Request.objects.get()
    assert (request.title, request.external_id, request.channel) == ("Dates bounce", "A-1", endpoint.channel)
    assert delivery.items.get().request == request
    again = send(endpoint, headers={**TOKEN, "Idempotency-Key": "k1"})
    assert (again.status_code, again.json()["first"]) == (202, delivery.pk)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = send(endpoint, {"title": "Else"}, headers={**TOKEN, "Idempotency-Key": "k1"})
    assert other.status_code == 409
    kept = Delivery.objects.order_by("pk").last()
    assert (kept.state, kept.first, json.loads(bytes(kept.body))) == ("failed", delivery, {"title": "Else"})


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        (b"{", DeliveryState.MALFORMED),
        (b"", DeliveryState.MALFORMED),
        (b"\xff\x00", DeliveryState.MALFORMED),
        ({"hello": "world"}, DeliveryState.UNKNOWN),
        ({"title": "One\u0000two"}, DeliveryState.TAKEN),
        ({"title": "x" * 5000, "tags": "a,b", "email": "no"}, DeliveryState.TAKEN),
    ],
)
def test_whatever_is_sent_is_kept_as_it_came(endpoint, now, payload, state):
    assert send(endpoint, payload).status_code == 202
    work_all(now)
    delivery = Delivery.objects.get()
    assert delivery.state == state
    assert bytes(delivery.body) == (payload if isinstance(payload, bytes) else json.dumps(payload).encode())
    assert delivery.dead == (state != DeliveryState.TAKEN)
    assert Delivery.objects.dead().exists() == delivery.dead


@pytest.mark.parametrize("system", sorted(LATER))
def test_what_is_said_later_of_a_known_thing_stands_under_it_once(endpoint, now, system):
    WebhookEndpoint.objects.update(system=system)
    thing, comment, words, rewritten = LATER[system]

    def tell(payload, number):
        key = {"Idempotency-Key": number}  # told anew, not sent again
        assert send(endpoint, payload, headers={**TOKEN, **key}).status_code == 202
        work_all(now)
        return Delivery.objects.latest("pk")

    tell(thing, "first")
    request = Request.objects.get()
    title = request.title
    for told in filter(None, (comment, rewritten)):
        assert [tell(told, f"{told is comment}{n}").state for n in range(3)] == [
            DeliveryState.TAKEN,
            DeliveryState.DUPLICATE,
            DeliveryState.DUPLICATE,
        ]
    said = list(RequestComment.objects.filter(request=request).order_by("pk"))
    assert len(said) == len(list(filter(None, (comment, rewritten))))
    if comment:
        assert said[0].body.startswith(words)
        assert said[0].author_name.endswith(f", in {System(system).label}")
    if rewritten:
        assert said[-1].body.startswith("It reads there now:")
    request.refresh_from_db()
    assert (Request.objects.count(), request.title) == (1, title)


def test_what_is_said_of_a_thing_that_is_not_here_is_looked_for_once_more(endpoint, now):
    WebhookEndpoint.objects.update(system="github")
    thing, comment, *_ = LATER["github"]
    send(endpoint, comment, headers={**TOKEN, "Idempotency-Key": "early"})
    work_all(now)
    early = Delivery.objects.get()
    assert (early.state, early.dead) == (DeliveryState.FAILED, False)
    send(endpoint, thing)  # it was only a moment behind
    work_all(now)
    later = now + dt.timedelta(minutes=1)
    assert deliveries.take_up(at=later) == [early.pk]
    deliveries.work(early.pk, at=later)
    early.refresh_from_db()
    assert early.state == DeliveryState.TAKEN
    other = {**comment, "issue": {**comment["issue"], "number": 99}}
    send(endpoint, other)
    stray = Delivery.objects.latest("pk")
    for minutes in range(2):
        deliveries.work(stray.pk, at=now + dt.timedelta(minutes=minutes))
    stray.refresh_from_db()
    assert (stray.state, stray.next_try_at) == (DeliveryState.IGNORED, None)


ODD = '"One\\u0000two \\ud800"'
THINGS = [
    ("other", '{"title": %s, "type": %s, "area": %s, "id": %s, "tags": [%s]}', "taken"),
    ("other", '{"type": "notification_event", "id": %s, "title": "x"}', "taken"),
    ("github", '{"action": %s, "issue": {"title": "x", "number": 1}}', "ignored"),
    ("jira", '{"webhookEvent": %s, "issue": {}}', "ignored"),
    ("linear", '{"action": %s, "type": "Issue", "data": {}}', "ignored"),
    ("zendesk", '{"type": %s, "detail": {}}', "unknown"),
]


@pytest.mark.parametrize(("system", "words", "state"), THINGS)
def test_no_half_letter_breaks_the_door_the_worker_or_the_pages(
    endpoint, as_, ops, now, system, words, state
):
    WebhookEndpoint.objects.update(system=system)
    assert send(endpoint, words.replace("%s", ODD).encode()).status_code == 202
    work_all(now)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (state, 1), delivery.why
    client = as_(ops)
    assert r"\ud800" in client.get(delivery.get_absolute_url()).text
    assert client.get(reverse("coordination:mapping_edit", args=[endpoint.channel.slug])).status_code == 200


def test_a_number_that_no_column_takes_still_tells_deliveries_apart():
    numbers = ["a", "\ud800", "\0", "x" * 400, "x" * 401]
    known = {signatures.own_id({}, {"type": "notification_event", "id": number}) for number in numbers}
    assert len(known) == len(numbers)
    assert all(one.isascii() and one.isprintable() and len(one) < 200 for one in known)


@pytest.mark.parametrize(
    ("state", "status"),
    [("closed", 410), ("key", 400), ("large", 413), ("often", 429), ("wrong", 401), ("mail", 404)],
)
def test_no_secret_of_an_address_is_logged(endpoint, settings, ops, now, caplog, state, status):
    _, token = webhooks.set_up(
        endpoint.channel, system="other", proof=Proof.ADDRESS, scheme="prodops", by=ops, at=now
    )
    path = f"{endpoint.path}{token if state != 'wrong' else 'hook_wrong'}/"
    if state == "mail":
        path = f"/requests/mail/in/{token}/"
    if state == "closed":
        endpoint.channel.closed_at = now
        endpoint.channel.save()
    settings.HOOK_MAX_BYTES = 1 if state == "large" else 10_000
    settings.HOOK_CALLS_A_MINUTE = 0 if state == "often" else 100
    key = {"Idempotency-Key": "k" * 300} if state == "key" else {}
    caplog.clear()
    answer = Client().post(path, b"{}", content_type="application/json", headers=key)
    assert answer.status_code in (status, 202 if state == "often" else status)  # 202 where no cache runs
    if answer.status_code >= 400:
        assert "***" in caplog.text
    assert token not in caplog.text
    assert "hook_wrong" not in caplog.text


def test_who_proves_nothing_is_turned_away_and_counted(endpoint):
    assert send(endpoint, headers={}).status_code == 401
    answer = send(endpoint, headers={"Authorization": "Bearer hook_wrong"})
    assert "not the one of this webhook" in answer.json()["error"]["message"]
    assert Client().post(f"{endpoint.path}hook_test/", b"{}", content_type="text/plain").status_code == 401
    endpoint.refresh_from_db()
    assert (endpoint.refused, Delivery.objects.count()) == (3, 0)
    assert Client().head(endpoint.path).status_code == 200
    assert Client().get(endpoint.path).status_code == 405
    nobody = reverse("coordination:hook", args=["00000000-0000-4000-8000-000000000000"])
    assert Client().post(nobody, b"{}", content_type="application/json").status_code == 404


def test_too_much_is_refused_before_it_is_read_and_a_bad_key_named(endpoint, settings):
    settings.HOOK_MAX_BYTES = 1024**2
    answer = send(endpoint, b" " * (1024**2 + 1))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_large")
    assert send(endpoint, b"", headers={**TOKEN, "Transfer-Encoding": "chunked"}).status_code == 411
    assert send(endpoint, headers={**TOKEN, "Idempotency-Key": "k" * 201}).status_code == 400
    settings.HOOK_CALLS_A_MINUTE = 0
    assert send(endpoint).status_code in (429, 202)  # 202 where no cache runs
    endpoint.channel.closed_at = endpoint.made_at
    endpoint.channel.save()
    settings.HOOK_CALLS_A_MINUTE = 9_999
    assert send(endpoint).status_code == 410


def test_a_token_is_rotated_with_grace_and_revoked(endpoint, ops, now):
    fresh = webhooks.rotate(endpoint, by=ops, at=now)
    assert send(endpoint).status_code == 202
    assert send(endpoint, headers={"Authorization": f"Bearer {fresh}"}).status_code == 202
    last = webhooks.rotate(endpoint, by=ops, at=now, grace=None)
    assert send(endpoint, headers={"Authorization": f"Bearer {fresh}"}).status_code == 401
    assert send(endpoint, headers={"X-Prodops-Token": last}).status_code == 202
    webhooks.revoke(endpoint, by=ops, at=now)
    assert send(endpoint, headers={"Authorization": f"Bearer {last}"}).status_code == 401
    with pytest.raises(webhooks.NotNow):
        webhooks.rotate(endpoint, by=ops, at=now)
    _, token = webhooks.set_up(
        endpoint.channel, system="other", proof=Proof.ADDRESS, scheme="prodops", by=ops, at=now
    )
    answer = Client().post(f"{endpoint.path}{token}/", b'{"title": "x"}', content_type="application/json")
    assert answer.status_code == 202
    moved, other = webhooks.set_up(
        endpoint.channel, system="other", proof=Proof.HEADER, scheme="prodops", by=ops, at=now
    )
    assert other != token  # what stood in an address has been logged on its way
    assert send(moved, headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert send(moved, headers={"Authorization": f"Bearer {other}"}).status_code == 202
    verbs = [event.verb for event in activity.history(endpoint.channel)]
    assert verbs == [
        "channel.webhook_set_up",
        "channel.webhook_set_up",
        "channel.webhook_revoked",
        "channel.token_rotated",
        "channel.token_rotated",
    ]


def hexed(secret, body, kind="sha256"):
    return hmac.new(secret.encode(), body, kind).hexdigest()


def based(secret, body):
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def signed_as(scheme, secret, body, at, url):
    """The headers with which that product signs."""
    iso, ms, seconds = at.isoformat(), str(int(at.timestamp() * 1000)), str(int(at.timestamp()))
    return {
        "prodops": {"X-Prodops-Signature": signatures.signed(secret, body, at)},
        "standard": {
            "Webhook-Id": "msg_1",
            "Webhook-Timestamp": seconds,
            "Webhook-Signature": f"v1,AAAA v1,{based(secret, f'msg_1.{seconds}.'.encode() + body)}",
        },
        "zendesk": {
            "X-Zendesk-Webhook-Signature-Timestamp": iso,
            "X-Zendesk-Webhook-Signature": based(secret, iso.encode() + body),
        },
        "intercom": {"X-Hub-Signature": f"sha1={hexed(secret, body, 'sha1')}"},
        "hubspot": {
            "X-HubSpot-Request-Timestamp": ms,
            "X-HubSpot-Signature-v3": based(secret, f"POST{url}".encode() + body + ms.encode()),
        },
        "jira": {"X-Hub-Signature": f"sha256={hexed(secret, body)}"},
        "linear": {"Linear-Signature": hexed(secret, body)},
        "github": {"X-Hub-Signature-256": f"sha256={hexed(secret, body)}"},
    }[scheme]


@pytest.mark.parametrize("scheme", Scheme.values)
def test_each_products_signature_opens_and_a_wrong_or_old_one_does_not(endpoint, ops, now, scheme):
    secret = "it’s a secret" if scheme != "standard" else "plain-secret!"
    channel = endpoint.channel
    endpoint.delete()
    proof = {"system": "other", "proof": Proof.SIGNATURE, "scheme": scheme, "by": ops, "at": now}
    with pytest.raises(webhooks.NotNow, match="secret"):
        webhooks.set_up(channel, **proof)
    endpoint, token = webhooks.set_up(channel, **proof, secret=secret)
    assert not token
    assert vault.unseal(endpoint.sealed_secret) == secret
    url = f"http://testserver{endpoint.path}"

    def answer(at, key=secret, **headers):
        stamped = int(at.timestamp() * 1000)
        body = json.dumps({"title": "Signed", "webhookTimestamp": stamped}).encode()
        return send(endpoint, body, headers={**signed_as(scheme, key, body, at, url), **headers}).status_code

    assert answer(now) == 202
    assert answer(now, key="another") == 401
    assert send(endpoint, headers={}).status_code == 401
    old = answer(now - dt.timedelta(minutes=6))
    assert old == (202 if scheme in ("github", "intercom", "jira") else 401)
    webhooks.set_up(channel, **proof, secret="a new secret")
    assert answer(now) == 202  # the one before holds for a day
    assert answer(now, key="a new secret") == 202
    later = now + dt.timedelta(days=2)
    endpoint, _ = webhooks.set_up(channel, **{**proof, "proof": Proof.BOTH, "at": later})
    webhooks.rotate(endpoint, by=ops, at=later)
    endpoint.refresh_from_db()
    assert bytes(endpoint.former_sealed_secret) == b""  # what had run out does not live again


def test_the_same_delivery_is_known_by_the_senders_number_or_its_bytes(endpoint, now):
    for number in ("g-1", "g-1", "g-2"):
        send(endpoint, {"title": "x"}, headers={**TOKEN, "X-GitHub-Delivery": number})
    for _ in range(2):
        send(endpoint, {"title": "y"})
    work_all(now)
    states = [one.state for one in Delivery.objects.order_by("pk")]
    assert states == ["taken", "duplicate", "taken", "taken", "duplicate"]
    assert Request.objects.count() == 3
    WebhookEndpoint.objects.update(proof=Proof.BOTH, scheme="github", sealed_secret=vault.seal("s"))
    Delivery.objects.update(at=now - dt.timedelta(days=2))
    body = b'{"title": "x"}'
    recorded = {**TOKEN, "X-Hub-Signature-256": f"sha256={hexed('s', body)}"}
    for number in ({"X-GitHub-Delivery": "g-9"}, {"Idempotency-Key": "g-9"}, {}):  # none of it is signed
        assert send(endpoint, body, headers={**recorded, **number}).json()["state"] == "duplicate"
    WebhookEndpoint.objects.update(proof=Proof.HEADER)
    assert Request.objects.count() == 3
    Delivery.objects.update(at=now - dt.timedelta(days=2))
    send(endpoint, {"title": "y"})  # said again another day, by nobody's number: another thing
    work_all(now)
    assert Request.objects.count() == 4


def test_what_goes_wrong_is_kept_tried_again_and_then_waits_for_a_person(endpoint, ops, now, monkeypatch):
    send(endpoint)
    delivery = Delivery.objects.get()

    def broken(*_, **__):
        raise RuntimeError("boom")

    monkeypatch.setattr(intake, "take", broken)
    for attempt in range(5):
        assert not delivery.dead
        deliveries.work(delivery.pk, at=now)
        delivery.refresh_from_db()
        assert (delivery.state, delivery.attempts) == ("failed", attempt + 1)
    assert delivery.dead
    assert Delivery.objects.dead().get() == delivery
    assert deliveries.take_up(at=now + dt.timedelta(days=9)) == []
    monkeypatch.undo()
    deliveries.replay(delivery, by=ops, at=now)
    assert deliveries.take_up(at=now + dt.timedelta(minutes=3)) == [delivery.pk]
    deliveries.work(delivery.pk, at=now)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.replayed_by, Request.objects.count()) == ("taken", ops, 1)


def test_replaying_brings_nothing_in_twice_and_repeats_can_be_read_alone(as_, ops, endpoint, now):
    for _ in range(2):
        send(endpoint, {"title": "No number"})
    work_all(now)
    client, log = as_(ops), reverse("coordination:delivery_list")
    client.post(reverse("coordination:delivery_replay_many") + "?state=taken", {"all": "1"})
    assert Delivery.objects.filter(state="received").count() == 1
    work_all(now)
    assert Request.objects.count() == 1
    first, repeat = Delivery.objects.order_by("pk")
    assert (first.state, repeat.state, bytes(repeat.body)) == ("taken", "duplicate", b"")
    client.post(reverse("coordination:delivery_replay_many"), {"pk": [repeat.pk]})
    work_all(now)
    repeat.refresh_from_db()
    assert (repeat.state, Request.objects.count()) == ("taken", 2)
    assert f">{repeat.pk}</a>" in client.get(log, {"state": "taken", "q": repeat.pk}).text


def test_a_payload_is_shown_escaped_and_downloaded_as_bytes(as_, ops, endpoint, now):
    send(endpoint, b'{"hello": "<script>alert(1)</script>"}')
    work_all(now)
    delivery = Delivery.objects.get()
    page = as_(ops).get(delivery.get_absolute_url())
    assert "&lt;script&gt;alert(1)" in page.text
    assert "<script>alert" not in page.text
    raw = as_(ops).get(reverse("coordination:delivery_raw", args=[delivery.pk]))
    assert raw.content == bytes(delivery.body)
    assert "attachment" in raw["Content-Disposition"]
    assert raw["Content-Type"] == "application/octet-stream"


def test_old_bytes_are_let_go_but_of_dead_letters(endpoint, now):
    old = now - dt.timedelta(days=200)
    taken = DeliveryFactory(channel=endpoint.channel, state="taken", why="", at=old)
    dead = DeliveryFactory(channel=endpoint.channel, at=old)
    assert deliveries.let_go(at=now) == 1
    taken.refresh_from_db()
    dead.refresh_from_db()
    assert (bytes(taken.body), taken.emptied_at, bytes(dead.body) != b"") == (b"", now, True)
    with pytest.raises(deliveries.NotNow):
        deliveries.replay(taken, by=endpoint.channel.owner, at=now)


def test_product_ops_sets_it_up_and_the_secret_is_shown_once(as_, ops):
    channel, client = ChannelFactory(), as_(ops)
    url = reverse("coordination:webhook_set_up", args=[channel.slug])
    page = client.post(url, {"system": "zendesk", "proof": "both", "secret": "hush-hush"})
    endpoint = WebhookEndpoint.objects.get()
    token = page.text.split('value="hook_')[1].split('"')[0]
    assert (endpoint.system, endpoint.scheme, endpoint.start[5:]) == (System.ZENDESK, "zendesk", token[:4])
    shown = client.get(channel.get_absolute_url()).text
    assert str(endpoint.key) in shown
    assert token not in shown
    assert "hush-hush" not in shown
    page = client.post(reverse("coordination:webhook_rotate", args=[channel.slug]), {"keep": "1"})
    assert "The token before it stops working" in page.text
    assert client.post(url, {"system": "github", "proof": "signature"}).status_code == 302  # keeps the secret
    page = client.post(reverse("coordination:webhook_rotate", args=[channel.slug]), follow=True)
    assert "opened by a signature alone" in page.text
    client.post(reverse("coordination:webhook_revoke", args=[channel.slug]))
    assert "Revoked" in client.get(channel.get_absolute_url()).text
    bad = client.post(url, {"system": "x", "proof": "signature"})
    assert bad.status_code == 422


def test_no_mutation_gets_an_error_or_is_lost(endpoint, now, settings):
    """Through the view: each is answered with 2xx, kept byte for byte, and ends in a state."""
    settings.HOOK_CALLS_A_MINUTE = 10**6
    client, dice = Client(raise_request_exception=True), random.Random(5)
    sent = []
    for system, samples in SAMPLES.items():
        WebhookEndpoint.objects.update(system=system)
        for _ in range(ROUNDS):
            body = mutated_bytes(dice.choice(list(samples.values())), dice)
            answer = send(endpoint, body, client=client)
            assert answer.status_code == 202, (system, body)
            sent.append((answer.json()["delivery"], body))
        work_all(now)
    later = now + dt.timedelta(minutes=1)
    while numbers := deliveries.take_up(at=later):  # what is said of things that might come yet
        for number in numbers:
            deliveries.work(number, at=later)
    kept = {one.pk: one for one in Delivery.objects.select_related("first")}
    for number, body in sent:
        one = kept[number]
        held = one.body if one.first is None or one.digest != one.first.digest else one.first.body
        assert bytes(held) == body
        assert one.state not in ("received", "failed"), (one.why, body)


@pytest.mark.django_db(transaction=True, serialized_rollback=False)
def test_the_same_delivery_fifty_times_at_once_makes_one_item(now):
    endpoint = WebhookEndpointFactory()
    ready, answers = threading.Barrier(50), []

    def one(number):
        try:
            headers = {**TOKEN, "Idempotency-Key": "once"} if number % 2 else TOKEN
            ready.wait(20)
            answers.append(send(endpoint, headers=headers).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [202] * 50
    request = Request.objects.get()
    assert request.title == "Dates bounce"
    states = sorted(Delivery.objects.values_list("state", flat=True))
    assert states == ["duplicate"] * 49 + ["taken"]
    # A worker is not kept from the first by a repeat of it that is just being written down
    first = Delivery.objects.get(state="taken")
    Delivery.objects.filter(pk=first.pk).update(state="received", settled_at=None)

    def work():
        try:
            deliveries.work(first.pk, at=now)
        finally:
            connections.close_all()

    with transaction.atomic():
        DeliveryFactory(channel=endpoint.channel, first=first)
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # locks the first, as the commit does
        worker = threading.Thread(target=work)
        worker.start()
        worker.join(30)
    first.refresh_from_db()
    assert first.state == "taken"
