import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from research.models import InsightReport
from tests.factories.prodops import CustomerAccountFactory
from tests.factories.research import (
    CueFactory,
    HighlightFactory,
    InsightFactory,
    ParticipantFactory,
    SessionFactory,
    StudyFactory,
    TagFactory,
    TagGroupFactory,
)

LINES = [
    "I gave up after the third try and called our account manager, and we went through it row by row.",
    "By Friday I had quit printing the morning sheet, and I have printed that sheet for nine years.",
    "It was counting the header as a line, so I had been fixing the wrong load the whole time.",
    "Forty euros, and an afternoon to find them.",
]


@pytest.fixture
def quarter(admin):
    """A year's last two quarters: six people now, four before, five themes in two groups."""
    groups = [TagGroupFactory(name=name) for name in ("Import and set-up", "Trust")]
    names = ["Import failure", "Unclear errors", "Date formats", "Trust in the data", "Audit trail"]
    tags = [
        TagFactory(name=name, group=groups[n // 3], colour=colour)
        for n, (name, colour) in enumerate(
            zip(names, ["violet", "blue", "teal", "amber", "red"], strict=True)
        )
    ]
    today = timezone.localdate()
    studies = [
        StudyFactory(title="Onboarding friction", method="interview"),
        StudyFactory(method="usability_test"),
    ]
    for n in range(10):
        account = CustomerAccountFactory(segment=("small", "mid")[n % 2])
        person = ParticipantFactory(name=f"Person {n}", role="Dispatcher", account=account)
        held = today if n < 6 else today - dt.timedelta(days=92)
        session = SessionFactory(study=studies[n % 2], participant=person, held_on=held)
        for k, tag in enumerate(tags[: 2 + n % 4]):
            cue = CueFactory(session=session, text=LINES[(n + k) % 4], speaker=person.name)
            highlight = HighlightFactory(
                session=session, start_cue=cue, end_offset=len(cue.text), tagged=[tag]
            )
    InsightFactory(published=True, title="Errors that name no row cost hours", evidence=[highlight])


def test_a_report_from_asking_to_reading(walker, quarter, ops, member, submitter):
    page = walker.sign_in(ops).open(reverse("research:report_list"))
    page.get_by_role("main").get_by_role("link", name="Build report").first.click()
    walker.shot("report-build")
    page.get_by_role("button", name="Build report").click()
    page.wait_for_selector("#sections")
    assert InsightReport.objects.get().is_draft
    walker.shot("report-draft")

    card = page.locator("section.part", has_text="What stood out")
    card.get_by_role("link", name="Write").click()
    page.get_by_label("Commentary").fill("Import is **where trust is lost**.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_selector("section.part strong:has-text('where trust is lost')")
    hide = page.get_by_role("button", name="Hide from readers: Audit trail")
    hide.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Show to readers: Audit trail").wait_for()
    first = page.locator("section.part").first
    first.get_by_role("button", name="Move down").click()
    page.locator("section.part").first.get_by_role("heading", name="The quarter in numbers").wait_for()
    walker.assert_accessible()

    page.get_by_label("Who should read it").select_option(member.name)
    page.get_by_role("button", name="Ask for a review").click()
    walker.sign_in(member).open(InsightReport.objects.get().get_absolute_url())
    page.get_by_role("button", name="Agree", exact=True).click()
    expect(page.get_by_text("You said: Agrees")).to_have_count(1)
    walker.sign_in(ops).open(InsightReport.objects.get().get_absolute_url())
    page.get_by_role("link", name="Preview").click()
    expect(page.locator("article.report").get_by_text("where trust is lost")).to_have_count(1)
    page.go_back()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_selector("article.report")
    walker.shot("report-read")
    walker.assert_accessible()
    with page.expect_download() as slides:
        page.get_by_role("link", name="Slides as PPTX").click()
    assert slides.value.suggested_filename.endswith("-internal.pptx")
    page.get_by_role("link", name="Leadership").click()
    expect(page.get_by_text("Version for: Leadership.")).to_have_count(1)

    page = walker.sign_in(submitter).open(InsightReport.objects.get().get_absolute_url())
    expect(page.locator("article.report h2", has_text="Audit trail")).to_have_count(0)
    expect(page.locator("article.report blockquote")).to_have_count(0)
    expect(page.get_by_role("link", name="to the moment")).to_have_count(0)
    walker.pictures("report-company")
    pdf = page.get_by_role("link", name="Read as PDF").get_attribute("href")
    answer = page.request.get(walker.server.url + pdf)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.body().startswith(b"%PDF")
