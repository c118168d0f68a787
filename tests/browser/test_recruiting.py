"""A researcher invites; somebody without an account answers, signs, books and opts out on a phone."""

import re

from django.core import mail
from django.urls import reverse
from playwright.sync_api import expect

from prodops.models import Role
from research.models import Recruit, RecruitState, ScreenerQuestion
from research.services import inviting
from tests.browser.conftest import DESK, PHONE
from tests.factories.people import ConsentTextFactory
from tests.factories.prodops import CustomerAccountFactory, TeamFactory, UserFactory
from tests.factories.research import ParticipantFactory, RecruitFactory, RecruitingFactory, StudyFactory
from tests.factories.scheduling import scheduling_of


def test_from_the_panel_to_the_board(walker):
    team = TeamFactory(name="Planning")
    maya = UserFactory(name="Maya Lindqvist", role=Role.PRODUCT_OPS, editor_of=team)
    study = StudyFactory(title="Why dispatchers leave", team=team, lead=maya)
    RecruitingFactory(study=study, public_title="How you plan a delivery day")
    scheduling_of(study)
    ConsentTextFactory(form__name="Taking part in our research")
    ScreenerQuestion.objects.create(
        study=study, position=0, text="How often do you plan?", options=["Every day", "Never"]
    )
    account = CustomerAccountFactory(name="Northwind", owner=maya, segment="mid")
    ParticipantFactory(
        name="Dana Whitlock", email="dana@example.test", account=account, added_on="2026-01-01"
    )
    RecruitFactory(study=study, state=RecruitState.INVITED, changed_at="2026-01-01T00:00Z")

    page = walker.sign_in(maya).open(study.get_absolute_url())
    page.get_by_role("link", name="Recruiting", exact=True).press("Enter")
    expect(page.get_by_text(re.compile("no answer for .* days"))).to_be_visible()
    walker.assert_accessible()
    page.get_by_role("link", name="Invite people").press("Enter")
    page.get_by_label("Pick Dana Whitlock").press("Space")
    walker.assert_accessible()
    page.get_by_role("button", name="Check those picked").press("Enter")
    expect(page.get_by_role("heading", name="Supply left")).to_be_visible()
    walker.assert_accessible()
    page.get_by_role("button", name="Invite 1 person").press("Enter")
    expect(page.get_by_text("1 person is invited.")).to_be_visible()
    dana = Recruit.objects.get(participant__name="Dana Whitlock")
    inviting.mail(list(dana.invitations.values_list("pk", flat=True)), at=maya.date_joined)
    [link] = re.findall(r"https?://[^/\s]+(/\S+/r/\w+/)(?=\s)", mail.outbox[-1].body)

    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    walker.open(link)
    walker.assert_accessible()
    page.set_viewport_size(PHONE)
    page.get_by_role("link", name="Answer a few questions").click()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_text("Please answer this.")).to_be_visible()
    walker.assert_accessible()
    page.set_viewport_size(PHONE)
    page.get_by_label("Every day").check()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_role("heading", name="Taking part in our research")).to_be_visible()
    walker.assert_accessible()
    page.set_viewport_size(PHONE)
    page.get_by_label("I have read this and agree.").check()
    page.get_by_label("Your full name").fill("Dana Whitlock")
    page.get_by_role("button", name="Sign").click()
    page.locator(".slot-row a").first.click()
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_text("Your session is booked.")).to_be_visible()
    expect(page.get_by_role("link", name="Take back your consent")).to_be_visible()
    page.get_by_role("link", name="Ask me no more").click()
    walker.pictures("opt-out")
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Stop asking me, and call it off").click()
    expect(page.get_by_text("is called off")).to_be_visible()

    page.set_viewport_size(DESK)
    walker.sign_in(maya).open(reverse("research:recruiting_board", args=[study.slug]))
    page.get_by_text("1 said no").click()
    page.get_by_role("link", name="Dana Whitlock").press("Enter")
    expect(page.get_by_text("Every day")).to_be_visible()
    walker.assert_accessible()
