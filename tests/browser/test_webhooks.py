"""Product ops opens a webhook channel, sends to it, mends the mapping and reads a dead letter again."""

import json

from django.test import Client
from playwright.sync_api import expect

from coordination.models import Channel, Delivery, Request, WebhookEndpoint
from coordination.services import deliveries

IDEA = {
    "event": "created",
    "idea": {"headline": "Night rates", "words": "Trips after ten cost more.", "no": 7},
    "stops": [f"Stop {n}" for n in range(40)],  # so that the payload's own box scrolls
}


def test_a_webhook_from_its_token_to_a_request(walker, ops, now):
    page = walker.sign_in(ops).open("/requests/channels/")
    page.get_by_role("link", name="Open the first one").click()
    page.get_by_label("Name").fill("Partner portal")
    page.get_by_label("Owner").select_option(str(ops.pk))
    page.get_by_role("button", name="Open the channel").click()
    page.get_by_label("Which system sends?").select_option("other")
    page.get_by_role("button", name="Set up the webhook").click()
    token = page.get_by_label("Token", exact=True).input_value()
    walker.shot("webhooks-token")
    page.get_by_role("link", name="Done, I have copied it").click()
    endpoint = WebhookEndpoint.objects.get()
    sent = {"data": json.dumps(IDEA), "content_type": "application/json"}
    Client().post(endpoint.path, **sent, headers={"Authorization": "Bearer hook_wrong"})
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().post(endpoint.path, **sent, headers=headers).status_code == 202
    assert (
        Client().post(endpoint.path, b"{", content_type="application/json", headers=headers).status_code
        == 202
    )

    page.reload()
    expect(page.get_by_text("1 call was turned away")).to_be_visible()
    walker.pictures("webhooks-channel")
    walker.assert_accessible()
    page.get_by_role("link", name="Delivery log").click()
    page.get_by_role("link", name="Dead letters").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    walker.pictures("webhooks-log")
    walker.assert_accessible()
    kept = Delivery.objects.get(state="unknown")
    page.get_by_role("link", name=str(kept.pk), exact=True).click()
    walker.pictures("webhooks-delivery")
    walker.assert_accessible()
    page.get_by_role("link", name="Say what is what in it").click()
    page.get_by_label("Title", exact=True).fill("idea.headline")
    expect(page.locator("#result .tried")).to_contain_text("Night rates")
    page.get_by_label("Its number there").fill("idea.no")
    page.get_by_label("Text", exact=True).fill("idea.words")
    expect(page.locator("#result .tried")).to_contain_text("Trips after ten cost more.")
    walker.pictures("webhooks-mapping")
    walker.assert_accessible()
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("Version 1 reads what comes in from now on.")).to_be_visible()
    page.goto(walker.server.url + kept.get_absolute_url())
    page.get_by_role("button", name="Read again").click()
    expect(page.get_by_text("It is read again.")).to_be_visible()
    deliveries.work(kept.pk, at=now)
    page.reload()
    expect(page.get_by_role("link", name="Night rates")).to_be_visible()
    assert Request.objects.get().channel == Channel.objects.get()
    walker.open("/requests/channels/")
    walker.pictures("webhooks-channels")
    walker.assert_accessible()
    walker.open("/requests/types/")
    walker.assert_accessible()
