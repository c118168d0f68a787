"""A cycle from draft to closed: product ops runs it, a lead writes and grades, a contributor checks in."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from process import queries
from process.models import CheckIn, CycleState, Grade, KeyResult, Objective, OkrCycle, Retrospective
from prodops.models import Level, Membership
from prodops.quarters import Quarter
from tests.factories.metrics import KpiFactory, series


@pytest.fixture
def lead(member, team):
    Membership.objects.filter(user=member, team=team).update(level=Level.LEAD)
    return member


@pytest.fixture
def contributor(submitter):
    """Owns a key result, and writes for no team."""
    return submitter


def _gates(walker, cycle):
    return walker.open(f"{cycle.get_absolute_url()}gates/")


def _write(walker, page, team, contributor):
    """The lead's: an objective, one key result that follows a KPI and one of the contributor's."""
    page.get_by_role("link", name="New objective").first.click()
    page.get_by_label("Objective").fill("Make the first import something people get through")
    page.get_by_label("Team").select_option(label=team.name)
    page.get_by_role("button", name="Save, then add key results").click()
    page.get_by_label("Key result", exact=True).fill("Import success to 70 %")
    page.get_by_label("Where its values come from").select_option(label="A KPI of the registry")
    page.get_by_label("KPI to follow").select_option(label="Import success on first try")
    expect(page.locator("#kpi-hint")).to_contain_text("61.7")
    page.get_by_label("Target").fill("61.4")
    page.get_by_label("Start").fill("61.4")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Start and target are both 61.4")
    walker.assert_accessible()
    page.get_by_label("Start").fill("")
    page.get_by_label("Target").fill("70")
    page.get_by_role("button", name="Add, and write another").click()
    page.get_by_label("Key result", exact=True).fill("Messages that name the column, to 100")
    page.get_by_label("Start").fill("0")
    page.get_by_label("Target").fill("100")
    page.get_by_label("Owner").select_option(str(contributor.pk))
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".okr-result")).to_have_count(2)


def test_a_cycle_from_draft_to_closed(walker, ops, lead, contributor, team):
    quarter = Quarter.of(queries.company_day(timezone.now()))
    kpi = KpiFactory(name="Import success on first try", unit="percent", team=team)
    series(kpi, queries.company_day(timezone.now()), [62.0, 61.4])
    page = walker.sign_in(ops).open("/process/okrs/")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="Open a cycle").click()
    page.get_by_label("Quarter").select_option(quarter.slug)
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(str(quarter))
    cycle = OkrCycle.objects.get()

    page = walker.sign_in(lead).open(cycle.get_absolute_url())
    _write(walker, page, team, contributor)
    objective, (first, second) = Objective.objects.get(), KeyResult.objects.order_by("pk")
    expect(page.get_by_text("Somebody other than its owner does")).to_be_visible()

    page = _gates(walker.sign_in(ops), cycle)
    page.get_by_role("button", name="Move to review").click()
    expect(page.locator(".head")).to_contain_text("Review")
    walker.assert_accessible()
    page.get_by_text("What is missing").first.click()
    page.get_by_role("link", name="Nobody has reviewed").first.click()
    page.get_by_role("button", name="Mark as reviewed").click()
    page = _gates(walker, cycle)
    page.get_by_role("button", name="Move to align").click()
    page.get_by_role("button", name="Move to active").click()
    expect(page.locator(".head")).to_contain_text("Active")

    page = walker.sign_in(contributor).open("/process/okrs/")
    page.keyboard.press("i")
    page.wait_for_url("**/check-in/")
    expect(page.locator(f"#id_k{second.pk}-value")).to_be_focused()
    page.keyboard.type("40")
    page.keyboard.press("Enter")
    expect(page.locator(".toasts")).to_contain_text("Checked in on 1 key result")
    page = walker.sign_in(lead).open(f"/process/okrs/key-results/{first.pk}/check-in/")
    page.get_by_label("Confidence").fill("6")
    page.get_by_label("What changed").fill("Day-first dates fail.")
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator("#check-in-done")).to_have_text("1 of 1 done")
    page = walker.open(objective.get_absolute_url())
    expect(page.locator(".okr-result").first).to_contain_text("Day-first dates fail.")
    said = CheckIn.objects.order_by("key_result").values_list("value", "confidence", "note")
    assert list(said) == [(61.7, 6, "Day-first dates fail."), (40, 7, "")]
    page.get_by_role("link", name="Edit Messages that name").click()
    page.get_by_label("Target").fill("80")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why it changes")
    page.get_by_label("Why it changes").fill("The legal texts come later")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Changed since it was agreed").click()
    expect(page.locator(".okr-result").nth(1)).to_contain_text("The legal texts come later")
    walker.pictures("okr-whole-objective")

    page = _gates(walker.sign_in(ops), cycle)
    page.get_by_role("button", name="Move to grading all the same").click()
    page.get_by_label("Why it moves all the same").fill("The quarter ends early this year")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator(".head")).to_contain_text("Grading")
    expect(page.locator("#late")).to_contain_text(contributor.name)
    walker.pictures("okr-whole-gates")

    grades = f"{cycle.get_absolute_url()}grades/"
    page = walker.sign_in(contributor).open(f"{grades}?team={team.slug}")
    own = page.get_by_label("Grade of Messages")
    expect(own).to_have_value("0.4")
    own.press("Enter")
    expect(page.locator(".toasts")).to_contain_text("Graded 1 key result")
    page = walker.sign_in(lead).open(grades)
    walker.assert_accessible()
    walker.pictures("okr-whole-grades")
    page.get_by_label("Grade of Import success").press("Enter")
    expect(page.get_by_role("link", name="Write the postmortem")).to_be_visible()
    assert Grade.objects.count() == 2
    page.get_by_role("link", name="Write the postmortem").click()
    page.get_by_role("link", name="Write it").first.click()
    page.get_by_label("What we learned").fill("Dates break imports")
    page.get_by_label("Postmortem").fill("Three parsers, three opinions")
    walker.assert_accessible()
    walker.pictures("okr-whole-retrospective")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("article")).to_contain_text("Three parsers")
    assert Retrospective.objects.get().objective == objective

    page = _gates(walker.sign_in(ops), cycle)
    page.get_by_role("button", name="Move to closed").click()
    expect(page.get_by_text("This cycle is closed")).to_be_visible()
    cycle.refresh_from_db()
    assert cycle.state == CycleState.CLOSED
    page = walker.open(cycle.get_absolute_url())
    assert (
        page.request.get(f"{walker.server.url}{cycle.get_absolute_url()}pdf/").headers["content-type"]
        == "application/pdf"
    )
    walker.pictures("okr-whole-closed")
