"""A product manager deals with several requests at once, by keyboard, while a colleague is at it too."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from coordination.models import Request
from coordination.services import claims, clocks
from prodops.models import Role
from tests.browser.conftest import PHONE
from tests.factories.coordination import BusinessCalendarFactory, RequestFactory, SlaPolicyFactory
from tests.factories.prodops import ProductAreaFactory, TeamFactory, UserFactory


@pytest.fixture
def waiting(db):
    pm = UserFactory(name="Maya Lindqvist", editor_of=TeamFactory(name="Onboarding"))
    area = ProductAreaFactory(name="Onboarding and import", owner=pm)
    ProductAreaFactory(name="Billing", owner=UserFactory(name="Ida Brandt"))
    rows = RequestFactory.create_batch(4, area=area)
    SlaPolicyFactory(calendar=BusinessCalendarFactory(week=[[[0, 1440]]] * 7), response_minutes=240)
    clocks.start(rows, at=timezone.now() - timedelta(hours=5))
    return pm, rows


def test_several_requests_are_dealt_with_by_keyboard(walker, waiting):
    pm, rows = waiting
    ida = UserFactory(name="Ida Brandt", role=Role.PRODUCT_OPS)
    claims.claim(rows[3], by=ida, at=timezone.now())
    page = walker.sign_in(pm).open(f"{reverse('coordination:triage')}?sort=newest")
    page.get_by_text("Ida Brandt is on it").wait_for()
    page.locator(f"[data-item='{rows[2].pk}']").wait_for()  # the first that nobody is on
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.locator(f"[data-item='{rows[1].pk}']").wait_for()
    page.get_by_label(f"Tick {rows[1].title}").check()  # by pointer: the verbs' keys are heard on the box too
    page.get_by_text("2 ticked").wait_for()
    walker.shot("triage-several")
    walker.assert_accessible()
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Area").select_option(label="Billing")
    walker.shot("triage-several-assign")
    dialog.get_by_role("button", name="Give 2 requests").press("Enter")
    page.get_by_text("2 requests given to Billing.").wait_for()
    page.keyboard.press("z")
    page.get_by_text("2 requests back where they were.").wait_for()
    assert Request.objects.filter(area=rows[0].area).count() == 4
    page.keyboard.press("h")
    walker.shot("triage-put-off")
    page.get_by_role("dialog").get_by_role("button", name="A reply").press("Enter")
    page.get_by_text("A reply brings").wait_for()
    assert Request.objects.filter(snoozed_for="reply").count() == 1
    page.set_viewport_size(PHONE)
    walker.open(rows[3].get_triage_url())
    page.get_by_role("button", name="Take it over").click()
    page.get_by_text("If you decide now").wait_for(state="detached")
    walker.shot("triage-taken-phone")
