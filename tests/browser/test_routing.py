"""Product ops write a rule, see at once what it would match, put it in its place, and try it."""

import os

import pytest
from playwright.sync_api import expect

from coordination.models import Rotation, RotationMember, RoutingRule, monday_of
from prodops.clock import company_day
from prodops.models import Role
from tests.factories.coordination import ChannelFactory, RequestFactory, VoiceFactory
from tests.factories.prodops import ProductAreaFactory, UserFactory
from tests.factories.routing import RuleFactory, TagFactory


@pytest.fixture
def ops():
    return UserFactory(name="Tomás Ribeiro", role=Role.PRODUCT_OPS)


def test_product_ops_writes_a_rule_without_a_manual(walker, ops, now):
    billing = ProductAreaFactory(name="Billing")
    ChannelFactory(name="Zendesk")
    for title in ("Two invoices for one load", "Invoice in Czech", "Map stays grey"):
        VoiceFactory(request=RequestFactory(title=title, submitter=ops))
    RuleFactory(
        name="Maps to the planners",
        conditions=[{"kind": "words", "op": "any", "values": ["map"]}],
        tagging=[TagFactory(name="maps")],
        changed_by=ops,
    )
    rotation = Rotation.objects.create(
        slug="inbox", name="Inbox", inbox=True, first_week=monday_of(company_day(now))
    )
    RotationMember.objects.create(rotation=rotation, user=ops, position=0)

    page = walker.sign_in(ops).open("/requests/rules/new/")
    page.get_by_label("Name of the rule").fill("Invoices to Billing")
    page.get_by_text("What it says", exact=False).first.press("Enter")
    page.get_by_label("It says", exact=True).fill("invoice")
    expect(page.locator("#tried")).to_contain_text("2 of the last 3 requests")
    page.get_by_label("Send it to the area").select_option("Billing")
    page.get_by_label("Put on these tags").fill("money")
    walker.shot("rule_edit")
    walker.assert_accessible()
    page.get_by_role("button", name="Save rule").click()

    handle = page.get_by_role("button", name="Move Invoices to Billing")
    handle.focus()
    with page.expect_response(lambda answer: "/rules/order/" in answer.url):
        handle.press("ArrowUp")
    expect(page.locator(".rule h2").first).to_have_text("Invoices to Billing")
    assert RoutingRule.objects.first().area == billing
    RuleFactory(name="Paused for now", changed_by=ops, paused_at=now)
    page.reload()
    page.get_by_text("1 is paused").wait_for()
    walker.shot("rule_list")
    walker.assert_accessible()

    page.get_by_role("link", name="Try one request").click()
    page.get_by_role("searchbox").first.fill("Czech")
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.locator(".trials .hit")).to_contain_text("area: Billing; tags: money")
    walker.shot("rule_try")

    page.get_by_role("link", name="Checks").click()
    expect(page.locator("main")).to_contain_text("Every request matched a rule")
    if os.environ.get("SHOTS"):
        _picture(walker)


def _picture(walker):
    """Every page of routing, in both sizes and themes: for whoever looks at them."""
    pages = {
        "rules": "/requests/rules/",
        "rule": RoutingRule.objects.first().get_absolute_url(),
        "checks": "/requests/rules/checks/",
        "past": "/requests/rules/past/new/",
        "rotation": "/requests/rotations/inbox/",
        "tags": "/requests/tags/",
        "inbox": "/requests/triage/?scope=all",
        "list": "/requests/",
        "preferences": "/preferences/",
    }
    for name, path in pages.items():
        walker.open(path)
        walker.pictures(f"routing-{name}")
