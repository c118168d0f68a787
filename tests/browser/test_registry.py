"""A definition that changes: proposed by a PM, reviewed by product ops; and the pages that look after all."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from metrics.services import kpis, targets, versions
from tests.factories.metrics import KpiFactory, PointFactory
from tests.factories.process import KeyResultFactory

TYPED = {
    "kind": "simple",
    "measure": {
        "aggregate": "count",
        "table": "mart_import.first_attempts",
        "filters": [{"column": "result", "op": "=", "values": ["ok"]}],
    },
}


@pytest.fixture
def kpi(member, team):
    now = timezone.now()
    kpi = KpiFactory(
        name="Import success on first try", slug="import-success", approved=True, team=team, owner=member
    )
    PointFactory(kpi=kpi)
    kpis.edit(kpi, aliases=["First-try success"], dimensions=["country", "plan"], by=member, at=now)
    targets.set_target(kpi, effective_from=now.date(), value=70, low=60, note="Q4", by=member, at=now)
    KeyResultFactory(kpi=kpi, title="Import success from 60 % to 70 %")
    KpiFactory(name="First-time imports", team=team, owner=None, defined_by=member)
    return kpi


def test_a_definition_changes_by_proposal(walker, member, ops, kpi):
    page = walker.sign_in(member).open(kpi.get_absolute_url())
    walker.pictures("registry-kpi")
    page.get_by_text("Change", exact=True).click()
    walker.shot("registry-menu")
    page.get_by_role("link", name="Propose a change").click()
    page.get_by_label("Why this change").fill("Two of our own test accounts fail on purpose.")
    page.get_by_label("Counted, in words").or_(page.get_by_label("Formula")).fill("good ÷ all, without tests")
    page.get_by_label("How it is counted", exact=True).select_option("simple")
    page.get_by_label("Aggregate").select_option("count")
    page.get_by_label("Table").fill("mart_import.first_attempts")
    page.get_by_label("Only where").first.fill("is_test")
    page.get_by_label("Value", exact=True).first.fill("false")
    expect(page.locator("#sentence")).to_contain_text("where is_test = false, per day")
    page.get_by_role("button", name="Another condition").click()
    expect(page.get_by_role("group", name="Condition 2")).to_be_visible()
    expect(page.get_by_label("Value", exact=True).first).to_have_value("false")
    walker.pictures("registry-propose")
    walker.assert_accessible()
    page.get_by_role("button", name="Propose", exact=True).click()
    expect(page.get_by_text("Version 2 is proposed")).to_be_visible()
    walker.pictures("registry-proposed-by-me")

    walker.sign_in(ops).open(reverse("metrics:governance"))
    walker.pictures("registry-governance")
    walker.assert_accessible()
    page.get_by_role("link", name="Import success on first try, version 2").click()
    expect(page.get_by_text("1 thing relies")).to_be_visible()
    walker.pictures("registry-review")
    walker.assert_accessible()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Version 2 of “Import success on first try” is live.")).to_be_visible()
    page.get_by_role("link", name="Used in").click()
    expect(page.get_by_text("still version 1")).to_be_visible()
    walker.pictures("registry-usage")
    walker.assert_accessible()
    page.get_by_role("link", name="Definition and versions").click()
    walker.pictures("registry-versions")
    walker.assert_accessible()
    page.get_by_role("link", name="Targets").click()
    walker.pictures("registry-targets")
    walker.assert_accessible()


def test_what_is_stale_says_so_and_the_list_is_worked_in_bulk(walker, member, ops, kpi):
    now = timezone.now()
    first = versions.propose(kpi, definition=TYPED, kind="simple", note="Typed", by=member, at=now)
    second = versions.propose(kpi, meaning="Said better", note="Clearer", by=member, at=now)
    versions.approve(first, by=ops, at=now)
    page = walker.sign_in(member).open(second.get_absolute_url())
    walker.pictures("registry-stale")
    page.get_by_role("link", name="Bring it up to date").click()
    expect(page.get_by_label("Meaning")).to_have_value("Said better")
    walker.shot("registry-take-up")
    page = walker.open(reverse("metrics:kpi_list"))
    page.get_by_label("Tick Import success on first try").check()
    walker.pictures("registry-list")
    walker.assert_accessible()
    page.get_by_role("button", name="Verify").click()
    expect(page.get_by_text("1 KPI verified.")).to_be_visible()
    page = walker.open(reverse("metrics:kpi_deprecate", args=[kpi.slug]))
    walker.pictures("registry-deprecate")
