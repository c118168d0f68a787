import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from process import queries
from process.models import CycleState, Document, KeyResult
from process.services import templates
from prodops.quarters import Quarter
from tests.factories.metrics import FlagFactory, KpiFactory, series
from tests.factories.process import (
    CheckInFactory,
    DocumentFactory,
    DocumentTemplateFactory,
    KeyResultFactory,
    ObjectiveFactory,
    OkrCycleFactory,
)


@pytest.fixture
def quarter():
    return Quarter.of(queries.company_day(timezone.now()))


@pytest.fixture
def year(quarter, team, member, ops):
    """A cycle with two teams' objectives, at different paces, one following a doubtful KPI."""
    now = timezone.now()
    signed = {"state": CycleState.ACTIVE, "activated_at": now, "activated_by": ops}
    cycle = OkrCycleFactory(year=quarter.year, number=quarter.number, **signed)
    kpi = KpiFactory(name="Import success on first try", team=team, owner=member)
    series(kpi, queries.company_day(now), [62.0, 63.5, 61.4])
    FlagFactory(kpi=kpi)
    objective = ObjectiveFactory(
        cycle=cycle,
        team=team,
        owner=member,
        title="Make the first import something people get through",
        why="Four in ten first imports fail, and most accounts that fail twice go quiet.",
    )
    rows = [
        KeyResultFactory(
            objective=objective, title="Import success from 60 % to 70 %", start=60, target=70, kpi=kpi
        ),
        KeyResultFactory(
            objective=objective,
            title="Median time to first route down to 24 hours",
            unit="hours",
            start=30,
            target=24,
        ),
        KeyResultFactory(objective=objective, title="Messages that name the column", start=0, target=100),
    ]
    for weeks in (4, 3, 2):
        at = now - timezone.timedelta(days=7 * weeks)
        for row, value, sure in zip(rows, (61, 29, 80 - weeks), (7, 6, 9), strict=True):
            CheckInFactory(key_result=row, at=at, value=value, confidence=sure, note="As expected so far.")
            KeyResult.objects.filter(pk=row.pk).update(current=value)
    other = ObjectiveFactory(
        cycle=cycle, owner=ops, intent="aspirational", title="Planners trust what the board shows"
    )
    KeyResultFactory(objective=other, title="Loads replanned after release down to 15 %", start=16, target=15)
    return cycle


def test_a_template_is_approved_and_a_document_written_and_made_final(walker, ops, team):
    template = DocumentTemplateFactory(name="Product requirements", slug="prd")
    body = template.current.body.replace("Who has it?", "Who has it, and how often?")
    templates.revise(template, name=template.name, purpose="Agree", body=body, by=ops, at=timezone.now())
    page = walker.sign_in(ops).open(template.get_absolute_url())
    expect(page.locator(".diff .added")).to_contain_text("how often")
    walker.shot("process-template")
    walker.assert_accessible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".head")).to_contain_text("Version 2 approved")

    page.get_by_role("link", name="New document").last.click()
    page.get_by_label("Title").fill("Guided import")
    page.get_by_role("button", name="Create and write").click()
    area = page.locator("textarea[name=body]")
    expect(area).to_have_value(re.compile("how often"))
    area.fill("## Problem\n\nPlanners lose an evening.\n\n## What it does\n\n")
    area.press("Control+End")
    page.get_by_role("button", name="Bold").click()
    page.keyboard.type("Columns are matched")
    walker.shot("process-editor")
    walker.assert_accessible()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-editor-shown] strong")).to_have_text("Columns are matched")
    page.get_by_role("button", name="Preview").click()
    expect(area).to_be_visible()

    # What is typed survives leaving the page
    page.goto(page.url)
    expect(page.locator("[data-draft-kept]")).to_be_visible()
    expect(area).to_have_value(re.compile("Columns are matched"))
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator("article strong")).to_have_text("Columns are matched")
    expect(page.locator(".contents")).to_contain_text("What it does")
    page.get_by_role("button", name="Send for review").click()
    page.get_by_role("button", name="Make final").click()
    expect(page.locator(".head")).to_contain_text("Final")
    walker.shot("process-document")
    walker.assert_accessible()
    page.get_by_role("button", name="Reopen").first.click()
    page.get_by_label("Why").fill("The date moved")
    page.locator("#reopen .btn.pri").click()
    expect(page.locator(".head")).to_contain_text("Draft")
    assert Document.objects.get().state == "draft"


def test_two_editors_see_both_texts(walker, member, team):
    document = DocumentFactory(owner=member, team=team, title="Guided import")
    page = walker.sign_in(member).open(f"{document.get_absolute_url()}edit/")
    Document.objects.update(body="## Problem\n\nTheirs", version=2)
    page.locator("textarea[name=body]").fill("## Problem\n\nMine")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("alert")).to_contain_text("Your text is not saved yet")
    expect(page.locator(".diff .removed")).to_contain_text("Theirs")
    expect(page.locator("textarea[name=body]")).to_have_value("## Problem\n\nMine")
    walker.shot("process-conflict")
    walker.assert_accessible()
    page.get_by_role("button", name="Save my text").click()
    expect(page.locator("article")).to_contain_text("Mine")
    assert Document.objects.get().version == 3


def test_okr_pages_look_right_and_are_accessible(walker, year, ops, member):
    page = walker.sign_in(member).open("/process/okrs/")
    walker.shot("process-cycle")
    walker.assert_accessible()
    page.get_by_role("link", name="Make the first import").first.click()
    walker.shot("process-objective")
    walker.assert_accessible()
    page = walker.open("/process/okrs/check-in/")
    walker.shot("process-check-in")
    walker.assert_accessible()
    row = page.locator("fieldset.check-in").nth(2)
    row.get_by_label("What changed").fill("Excel is done.")
    row.get_by_role("button", name="Save").click()
    expect(page.locator("#check-in-done")).to_have_text("1 of 3 done")
    expect(row).to_contain_text("Checked in")
    for name, path in {"cycles": "/process/okrs/cycles/", "documents": "/process/documents/"}.items():
        walker.open(path)
        walker.shot(f"process-{name}")
        walker.assert_accessible()
    for name in ("okrs/", "okrs/check-in/", year.objectives.first().get_absolute_url()[9:]):
        walker.open(f"/process/{name}")
        walker.pictures(f"process-{name.replace('/', '-')}")


def test_the_home_page_asks_for_check_ins(walker, year, member):
    page = walker.sign_in(member).open("/")
    expect(page.locator("#panel-process-my_check_ins")).to_contain_text("Waiting")
    walker.assert_accessible()
