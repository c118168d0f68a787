"""A researcher invites, somebody without an account screens on a phone, the researcher sees the board."""

import re

from django.core import mail
from playwright.sync_api import expect

from prodops.models import Role
from research.models import Recruit, RecruitState
from research.services import inviting
from tests.browser.conftest import DESK, PHONE
from tests.factories.prodops import CustomerAccountFactory, TeamFactory, UserFactory
from tests.factories.research import ParticipantFactory, RecruitFactory, StudyFactory


def test_from_the_panel_to_the_board(walker):
    team = TeamFactory(name="Planning")
    maya = UserFactory(name="Maya Lindqvist", role=Role.PRODUCT_OPS, editor_of=team)
    study = StudyFactory(title="Why dispatchers leave", team=team, lead=maya)
    account = CustomerAccountFactory(name="Northwind", owner=maya, segment="mid")
    for number, name in enumerate(("Dana Whitlock", "Rui Costa")):
        ParticipantFactory(
            name=name, email=f"guest{number}@example.test", account=account, added_on="2026-01-01"
        )
    page = walker.sign_in(maya).open(study.get_absolute_url())
    page.get_by_role("link", name="Recruiting", exact=True).press("Enter")
    page.get_by_role("link", name="Set up recruiting").press("Enter")
    page.get_by_label("What participants read as its title").fill("How you plan a delivery day")
    page.get_by_label("Invitation", exact=True).fill("Half an hour by video, about your mornings.")
    walker.assert_accessible()
    page.get_by_role("button", name="Save, then write the screener").press("Enter")
    page.get_by_label("Question").fill("How often do you plan a route?")
    page.get_by_label("Answers on offer").fill("+ Every day\nNow and then\n- Never")
    page.get_by_role("button", name="Add the question").press("Enter")
    expect(page.get_by_text("rules out", exact=True)).to_be_visible()
    walker.assert_accessible()
    walker.pictures("recruiting-screener")
    page.get_by_role("link", name="Recruiting", exact=True).press("Enter")
    page.get_by_role("link", name="Invite people").press("Enter")
    page.get_by_label("Pick Dana Whitlock").press("Space")
    walker.assert_accessible()
    walker.pictures("recruiting-candidates")
    page.get_by_role("button", name="Check those picked").press("Enter")
    expect(page.get_by_role("heading", name="Supply left")).to_be_visible()
    walker.assert_accessible()
    walker.pictures("recruiting-check")
    page.get_by_role("button", name="Invite 1 person").press("Enter")
    expect(page.get_by_text("1 person is invited.")).to_be_visible()
    inviting.mail(list(Recruit.objects.get().invitations.values_list("pk", flat=True)), at=maya.date_joined)
    [link] = {
        found for letter in mail.outbox for found in re.findall(r"https?://\S+/r/\w+/(?=\s)", letter.body)
    }

    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    page.goto(walker.server.url + re.sub(r"^https?://[^/]+", "", link))
    walker.assert_accessible()
    page.set_viewport_size(PHONE)
    walker.shot("invited-phone")
    page.get_by_role("link", name="Answer a few questions").click()
    page.get_by_role("button", name="Send my answers").click()
    expect(page.get_by_text("Please answer this.")).to_be_visible()
    walker.assert_accessible()
    page.set_viewport_size(PHONE)
    walker.shot("screener-phone")
    page.get_by_label("Every day").check()
    page.get_by_role("button", name="Send my answers").click()
    page.wait_for_load_state("load")
    assert Recruit.objects.get().state == RecruitState.SCREENED
    page.get_by_role("link", name="Ask me no more")
    page.set_viewport_size(DESK)

    RecruitFactory(study=study, state=RecruitState.INVITED, changed_at="2026-01-01T00:00Z")
    walker.sign_in(maya).open(f"{study.get_absolute_url()}recruiting/")
    expect(page.get_by_role("listitem").filter(has_text="Dana Whitlock").first).to_contain_text("Northwind")
    expect(page.get_by_text(re.compile("no answer for .* days"))).to_be_visible()
    walker.assert_accessible()
    walker.pictures("recruiting-board")
    page.get_by_role("link", name="Dana Whitlock").press("Enter")
    expect(page.get_by_text("Every day")).to_be_visible()
    walker.assert_accessible()
    walker.pictures("recruit")
