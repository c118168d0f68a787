"""What is undone in one key, shown before it is taken, and folded away on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from research.models import Highlight, Session
from tests.browser.conftest import PHONE
from tests.factories.research import CueFactory, SessionFactory, StudyFactory, TagFactory
from tests.research.test_add_session import BROKEN


@pytest.fixture
def session(member):
    session = SessionFactory(study=StudyFactory(team=member.teams.get(), lead=member))
    CueFactory(session=session, position=0, text="I gave up after the second error.")
    TagFactory(name="Gave up")
    return session


def test_a_highlight_is_undone_filters_fold_and_a_broken_file_is_shown(walker, member, session):
    page = walker.sign_in(member).open(session.get_absolute_url())
    page.keyboard.press("j")
    page.keyboard.press("t")
    expect(page.locator("#tagger .option:not([hidden])").first).to_be_visible()
    page.keyboard.type("Gave up")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Highlighted with Gave up.", exact=True)).to_be_visible()
    walker.assert_accessible()
    page.keyboard.press("u")
    expect(page.get_by_text("The highlight is deleted.", exact=True)).to_be_visible()
    assert not Highlight.objects.exists()
    page.keyboard.press("u")
    expect(page.locator("#transcript mark")).to_have_count(1)

    walker.open(reverse("research:highlight_list"))
    expect(page.locator("[data-filter-toggle]")).to_be_hidden()
    page.set_viewport_size(PHONE)
    walker.open(reverse("research:highlight_list"))
    segment = page.locator("select[name=segment]")
    expect(segment).to_be_hidden()
    page.locator("[data-filter-toggle]").click()
    segment.select_option("mid")
    expect(page.get_by_role("button", name="Filters (1)")).to_have_attribute("aria-expanded", "true")
    page.set_viewport_size({"width": 1440, "height": 900})

    walker.open(reverse("research:session_create", args=[session.study.slug]))
    page.get_by_label("Title").fill("A call")
    page.set_input_files(
        "input[name=transcript]", {"name": "call.vtt", "mimeType": "text/vtt", "buffer": BROKEN}
    )
    page.get_by_role("button", name="Add session").click()
    expect(page.get_by_text("2 places of this file are malformed.")).to_be_visible()
    assert "and called support" in page.get_by_label("As it was read").input_value()
    walker.assert_accessible()
    page.get_by_role("button", name="Add session").click()
    expect(page.get_by_role("heading", name="A call")).to_be_visible()
    assert Session.objects.get(title="A call").cues.count() == 4
