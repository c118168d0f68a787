"""Product ops builds a form, a salesperson fills it in on two devices, a customer answers a survey."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from coordination.models import FormDraft, Request
from coordination.services import widgets
from coordination.views import widget_gate
from prodops.models import Role
from tests.browser.conftest import DESK, PHONE
from tests.coordination.samples_forms import widget_of
from tests.factories.prodops import TeamFactory, UserFactory


def test_a_form_is_built_and_filled_in_and_a_survey_answered_and_read(walker, db, monkeypatch):
    monkeypatch.setattr(widget_gate, "SOONEST", 0)
    ops = UserFactory(name="Olga Brandt", role=Role.PRODUCT_OPS)
    seller = UserFactory(name="Priya Raman", role=Role.SUBMITTER, editor_of=TeamFactory(name="Sales"))
    page = walker.sign_in(ops).open(reverse("coordination:form_new"))
    walker.shot("form-new")
    page.get_by_role("textbox", name="Name", exact=True).fill("Integration wish")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="One of a list").click()
    page.get_by_label("Label", exact=True).fill("Which way do orders go?")
    page.get_by_label("Options").fill("Into their system\nOut of it\nBoth")
    page.get_by_label("Must be filled in").check()
    page.get_by_role("button", name="Add field").click()
    page.get_by_role("link", name="Number").click()
    page.get_by_label("Label", exact=True).fill("How many a day?")
    page.get_by_label("Show it").select_option(label="Only if “Which way do orders go?” is filled in")
    page.get_by_label("Both").check()
    walker.shot("form-field")
    page.get_by_role("button", name="Add field").click()
    page.get_by_text("If “Which way do orders go?” is “Both”").wait_for()
    page.get_by_role("link", name="Preview").click()
    expect(page.get_by_label("How many a day?")).to_be_hidden()
    page.get_by_label("Both").check()
    expect(page.get_by_label("How many a day?")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Publish version 1").click()
    page.get_by_text("Version 1 published").wait_for()
    walker.shot("form-detail")
    walker.assert_accessible()
    page.set_viewport_size(PHONE)
    walker.shot("form-detail-phone")

    page = walker.sign_in(seller).open(reverse("coordination:request_new"))
    page.get_by_role("link", name="Integration wish").click()
    page.get_by_label("What do they need, in one line?").fill("Send orders to SAP")
    page.get_by_label("What goes wrong today?").fill("They type every order twice.")
    page.get_by_label("Both").check()
    page.get_by_text("Draft saved").wait_for()
    walker.shot("form-fill-phone")
    page.set_viewport_size(DESK)
    page.reload()
    expect(page.get_by_label("Both")).to_be_checked()
    page.get_by_label("How many a day?").fill("40")
    walker.shot("form-fill-desk")
    walker.assert_accessible()
    page.get_by_role("button", name="Send request").click()
    page.get_by_role("link", name="See the request").click()
    walker.theme("dark")
    walker.shot("form-answers-dark")
    assert Request.objects.get().answered.rows() == [
        ("Which way do orders go?", "Both"),
        ("How many a day?", "40"),
    ]
    assert FormDraft.objects.get().sent_at

    # What stands in a frame on a customer's page, and what it comes to
    widget = widget_of(ops, asks_csat=True)
    for n, score in enumerate([10, 9, 3, 7, 9, 10, 0, 8]):
        at = timezone.now() - dt.timedelta(days=4 * n)
        widgets.take(widget, once=str(n), door="page", at=at, nps=score, csat=1 + score // 3)
    page = walker.open(widget.get_page_url())
    page.set_viewport_size(PHONE)
    page.get_by_label("6", exact=True).check()
    page.get_by_label("Satisfied", exact=True).check()
    page.get_by_label("What could we do better?").fill("The import loses dates.")
    walker.shot("widget-phone")
    walker.assert_accessible()
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Thank you.").wait_for()
    page = walker.sign_in(ops).open(reverse("coordination:survey_results", args=[widget.channel.slug]))
    page.get_by_role("link", name="The import loses dates.").wait_for()
    walker.shot("survey-results")
    walker.assert_accessible()
    page.set_viewport_size(PHONE)
    walker.theme("dark")
    walker.shot("survey-results-phone")
    held = ("Since Monday the board takes a minute to open.", "")
    for n, words in enumerate(held):
        widgets.take(widget, once=f"h{n}", door="page", at=timezone.now(), nps=n, comment=words, held=True)
    page = walker.open(widget.channel.get_absolute_url())
    walker.shot("widget-channel")
    page.get_by_role("link", name="Look at them").click()
    page.get_by_text(held[0]).wait_for()
    walker.assert_accessible()
    page.get_by_role("checkbox", name="Tick answer").first.check()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Throw away").click()
    page.get_by_text("1 answer was thrown away.").wait_for()
