"""Deciding with reasons, what a request's impact is made of, and how requests fare: as people meet them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.formats.incoming import Deal
from coordination.models import Request, State, Voice
from coordination.services import decisions, voices
from prodops.models import ExchangeRate, Role
from tests.browser.conftest import DESK, PHONE
from tests.factories.coordination import DeclineReasonFactory, RequestFactory
from tests.factories.prodops import CustomerAccountFactory, ProductAreaFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.browser


def test_impact_reasons_rates_and_a_vote_for_a_colleague(walker, db):
    now = timezone.now()
    sales = TeamFactory(name="Sales")
    seller = UserFactory(name="Priya Raman", role=Role.SUBMITTER, editor_of=sales)
    colleague = UserFactory(name="Jonas Weber", role=Role.SUBMITTER, editor_of=sales)
    ops = UserFactory(name="Ada Olsen", role=Role.PRODUCT_OPS)
    area = ProductAreaFactory(name="Onboarding and import", owner=ops)
    code = DeclineReasonFactory()
    request = RequestFactory(
        title="Undo an import that went wrong", area=area, submitter=seller, submitter_team=sales
    )
    group = CustomerAccountFactory(
        name="Hartmann Group", arr=90_000, currency="EUR", segment="enterprise", tier="gold"
    )
    part = CustomerAccountFactory(name="Hartmann Iberia", arr=9_000, currency="EUR", parent=group)
    dollars = CustomerAccountFactory(name="Northwind Freight", arr=61_200, currency="USD", tier="silver")
    pounds = CustomerAccountFactory(name="Pell & Sons", arr=12_000, currency="GBP", segment="small")
    ExchangeRate.objects.create(
        currency="USD",
        on=now.date() - timedelta(days=30),
        rate=Decimal("0.92"),
        entered_by=ops,
        entered_at=now,
    )
    deal = Deal("Renewal", Decimal(60_000), "USD", "Negotiation", now.date() + timedelta(days=40))
    for ago, account, said in ((100, part, None), (70, group, None), (40, dollars, deal), (2, pounds, None)):
        at = now - timedelta(days=ago)
        voices.add(request, account=account, by=seller, team=sales, at=at, deal=said, words="We lose a day.")
    for number in range(12):
        one = RequestFactory(area=area, submitter=seller, submitter_team=sales)
        decisions.decline(one, code=code, by=ops, at=now) if number % 3 else decisions.accept(
            one, by=ops, at=now
        )
    accepted = Request.objects.filter(state=State.ACCEPTED).first()

    page = walker.sign_in(ops).open(reverse("coordination:request_impact", args=[request.pk]))
    walker.shot("impact-desk")
    walker.assert_accessible()
    page.locator(".figure", has_text="Open deals").click()
    page.get_by_text("Negotiation").wait_for()
    walker.theme("dark")
    walker.shot("impact-deals-dark")
    walker.theme("light")
    page.set_viewport_size(PHONE)
    page = walker.open(reverse("coordination:request_impact", args=[request.pk]))
    walker.shot("impact-phone")
    page = walker.open(reverse("coordination:request_report"))
    walker.shot("report-phone")
    page.set_viewport_size(DESK)
    walker.shot("report-desk")
    page = walker.open(reverse("rate_list"))
    page.get_by_label("Rates").fill(f"GBP, {now.date()}, 1.17")
    page.get_by_role("button", name="Enter").click()
    page.get_by_text("1 rate was entered").wait_for()
    walker.shot("rates-desk")
    page = walker.open(reverse("coordination:reason_list"))
    walker.shot("reasons-desk")
    page = walker.open(accepted.get_absolute_url())
    page.get_by_role("button", name="In progress").click()
    page.get_by_text("those who asked are told").first.wait_for()
    walker.shot("advanced-desk")
    page = walker.open(request.get_absolute_url())
    page.get_by_role("button", name="Decline").first.click()
    page.get_by_label("Not now").check()
    walker.shot("decline-desk")
    walker.assert_accessible()

    page = walker.sign_in(seller).open(reverse("coordination:voice_new", args=[request.pk]))
    page.set_viewport_size(PHONE)
    page.get_by_label("Which customer account?").fill("Hartmann Iberia")
    page.get_by_label("For a colleague").select_option(label=colleague.name)
    page.locator("#id_deal_name").fill("New site")
    page.get_by_label("Its amount").fill("20k")
    walker.shot("voice-new-phone")
    walker.assert_accessible()
    page.get_by_role("button", name="Add account").click()
    page.get_by_text("for Jonas Weber, who is told").wait_for()
    assert Voice.objects.get(added_by=colleague).recorded_by == seller
    walker.open(reverse("coordination:my_requests"))
    page.set_viewport_size(PHONE)
    walker.shot("mine-phone")
