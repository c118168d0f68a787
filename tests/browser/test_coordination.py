"""A salesperson on a phone, a product manager with the keyboard alone."""

from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from coordination.models import Request, RoadmapLink, State, Voice
from prodops.models import Role
from prodops.services import vocabulary
from tests.browser.conftest import DESK, PHONE
from tests.factories.coordination import (
    DeclineReasonFactory,
    RequestFactory,
    RoadmapItemFactory,
    VoiceFactory,
)
from tests.factories.prodops import CustomerAccountFactory, ProductAreaFactory, TeamFactory, UserFactory


@pytest.fixture
def seller(db):
    return UserFactory(
        name="Priya Raman", role=Role.SUBMITTER, editor_of=TeamFactory(name="Sales", slug="sales")
    )


@pytest.fixture
def area(db):
    team = TeamFactory(name="Onboarding")
    return ProductAreaFactory(name="Onboarding and import", team=team)


@pytest.fixture
def pm(area):
    person = UserFactory(name="Maya Lindqvist", editor_of=area.team)
    area.owner = person
    area.save()
    return person


@pytest.fixture
def waiting(area, seller):
    titles = [
        "Import rejects German dates since your last update",
        "Say which line of the file is wrong, and why",
        "The same customer five times after an import",
    ]
    rows = []
    for place, title in enumerate(titles):
        request = RequestFactory(
            title=title, area=area, submitter=seller, submitter_team=seller.teams.get(), urgency=place + 1
        )
        account = CustomerAccountFactory(name=f"Hartmann Spedition {place}", arr=Decimal(60_000))
        VoiceFactory(
            request=request, account=account, added_by=seller, revenue=Decimal(9_000 - place * 1_000)
        )
        rows.append(request)
    DeclineReasonFactory()
    vocabulary.refresh()
    return rows


def test_a_salesperson_sends_a_request_from_a_phone(walker, seller, area, pm):
    CustomerAccountFactory(name="Northwind Freight", owner=seller, currency="GBP")
    page = walker.sign_in(seller).open(reverse("coordination:request_new"))
    page.set_viewport_size(PHONE)
    page.get_by_label("What do they need, in one line?").fill("Undo an import that went wrong")
    page.get_by_label("What goes wrong today?").fill("They delete 400 loads by hand.")
    page.get_by_label("Which customer account?").fill("north")
    page.get_by_role("option", name="Northwind Freight").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Currency")).to_have_value("GBP")
    page.get_by_label("Revenue at stake, a year").fill("61.200")
    page.get_by_label("Part of the product").select_option(label="Onboarding and import")
    page.get_by_text("Draft saved").wait_for()
    page.reload()
    expect(page.get_by_label("What goes wrong today?")).to_have_value("They delete 400 loads by hand.")
    walker.shot("request-new-phone")
    page.get_by_role("button", name="Send request").click()
    page.get_by_text("What happens next").wait_for()
    expect(page.locator("main")).to_contain_text("Maya Lindqvist is told now and decides")
    walker.shot("request-sent-phone")
    voice = Voice.objects.get()
    assert (voice.account.name, voice.revenue, voice.currency) == (
        "Northwind Freight",
        Decimal(61_200),
        "GBP",
    )


def test_a_salesperson_finds_the_request_that_exists_and_adds_an_account(walker, seller, waiting):
    CustomerAccountFactory(name="Pell & Sons", owner=seller)
    other = UserFactory(role=Role.SUBMITTER, editor_of=TeamFactory(name="Support", slug="support"))
    page = walker.sign_in(other).open(reverse("coordination:request_new"))
    page.set_viewport_size(PHONE)
    page.get_by_label("What do they need, in one line?").press_sequentially(
        "german dates rejcted on import", delay=5
    )
    offer = page.get_by_role("button", name="Add my account to this: Import rejects German dates")
    offer.wait_for()
    walker.shot("request-similar-phone")
    walker.assert_accessible()
    page.set_viewport_size(PHONE)
    page.get_by_label("Which customer account?").fill("Pell & Sons")
    page.keyboard.press("Escape")
    offer.click()
    page.get_by_text("was added to").wait_for()
    voice = Voice.objects.get(account__name="Pell & Sons")
    assert voice.request == waiting[0]
    assert voice.words.startswith("german dates rejcted")
    # Another team's text stays theirs
    expect(page.locator("main")).not_to_contain_text("It takes them an hour")
    walker.shot("request-followed-phone")
    # What comes of it, in words for customers
    item = RoadmapItemFactory(public_words="Imports read dates as you write them", state="planned")
    RoadmapLink.objects.create(request=waiting[0], item=item, linked_by=item.owner, linked_at=item.created_at)
    walker.open(reverse("coordination:roadmap_list"))
    page.get_by_text("You asked for it").wait_for()
    walker.assert_accessible()
    page.get_by_role("link", name=item.public_words).click()
    page.get_by_role("link", name=waiting[0].title).wait_for()
    walker.assert_accessible()


def test_a_product_manager_triages_by_keyboard_alone(walker, pm, waiting):
    first, second, _ = waiting
    page = walker.sign_in(pm).open("/")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.get_by_role("heading", name="Triage").wait_for()
    walker.shot("triage-desk")
    walker.assert_accessible()
    walker.theme("dark")
    walker.shot("triage-desk-dark")
    walker.theme("light")
    page.keyboard.press("j")
    page.locator(f"[data-item='{second.pk}']").wait_for()
    page.keyboard.press("1")
    page.get_by_text(f"{second.ref} is accepted").wait_for()
    expect(page.locator(".toast-item")).to_have_count(1)
    page.keyboard.press("z")
    page.get_by_text("waits for a decision again").wait_for()
    page.locator(f"[data-item='{first.pk}']").wait_for()
    page.keyboard.press("3")
    page.keyboard.press("Space")  # the first reason
    page.get_by_role("dialog").get_by_label("Why?").focus()
    page.keyboard.press("End")
    page.keyboard.type(" You can choose the date format before the import.")
    walker.shot("triage-decline")
    page.get_by_role("button", name="Decline and tell them").focus()
    page.keyboard.press("Enter")
    page.get_by_text(f"{first.ref} is declined").wait_for()
    page.keyboard.press("2")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Merge into").first.wait_for()
    walker.shot("triage-merge")
    dialog.get_by_role("button", name="Merge into").first.focus()
    page.keyboard.press("Enter")
    page.get_by_text("is merged into").wait_for()
    page.keyboard.press("z")
    page.get_by_text("stands on its own again").wait_for()
    page.locator("[data-key='m']").wait_for()
    walker.shot("triage-similar")
    page.keyboard.press("m")  # with the likest of those beside it
    page.get_by_text("is merged into").wait_for()
    page.keyboard.press("h")
    page.get_by_role("button", name="Tomorrow").focus()
    page.keyboard.press("Enter")
    page.get_by_text("is back on").wait_for()
    page.get_by_text("Nothing waits for you").wait_for()
    first.refresh_from_db()
    assert first.state == State.DECLINED
    assert Request.objects.filter(state=State.MERGED).count() == 1


def test_the_submitter_reads_the_reason(walker, seller, pm, waiting, now):
    from coordination.services import decisions

    decisions.decline(
        waiting[0], reason="You can choose the date format today.", code=DeclineReasonFactory(), by=pm, at=now
    )
    page = walker.sign_in(seller).open(reverse("coordination:my_requests"))
    walker.shot("my-requests-desk")
    walker.assert_accessible()
    page.set_viewport_size(PHONE)
    walker.shot("my-requests-phone")
    page.set_viewport_size(DESK)
    page.get_by_role("link", name=waiting[0].title).click()
    page.get_by_text("You can choose the date format today.").first.wait_for()
    walker.shot("request-detail-submitter")
    walker.assert_accessible()


def test_the_list_and_a_requests_page_are_accessible(walker, pm, waiting):
    page = walker.sign_in(pm).open(reverse("coordination:request_list"))
    walker.shot("request-list-desk")
    walker.assert_accessible()
    page.set_viewport_size(PHONE)
    walker.shot("request-list-phone")
    walker.open(waiting[0].get_absolute_url())
    walker.shot("request-detail-phone")
    page.set_viewport_size(DESK)
    walker.shot("request-detail-desk")
    walker.assert_accessible()
    walker.open(reverse("coordination:triage"))
    page.set_viewport_size(PHONE)
    walker.shot("triage-phone")
    page.get_by_role("link", name=waiting[0].title).click()
    page.get_by_role("link", name="Inbox").wait_for()
    walker.shot("triage-item-phone")
