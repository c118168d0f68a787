"""An experiment from the idea to what was learned, as its owner and a second reviewer walk it."""

import re

from django.utils import timezone
from playwright.sync_api import expect

from metrics.models import Experiment, ExperimentDecision
from tests.factories.metrics import KpiFactory
from tests.factories.research import InsightFactory


def test_from_an_idea_to_what_was_learned(walker, team, member, ops):
    insight = InsightFactory(team=team, title="People mend what they can see", published=True)
    KpiFactory(name="Import success", slug="import-success", approved=True, owner=member, team=team)
    page = walker.sign_in(member).open("/metrics/experiments/")
    page.get_by_role("link", name="New experiment").first.click()

    # the idea, and the insight behind it found by typing
    page.get_by_label("Title").fill("Errors beside their row")
    page.get_by_label("Because we saw that…").fill("People give up on a list of errors.")
    page.get_by_label("Insights behind it").press_sequentially("mend")
    page.get_by_role("option", name="People mend what they can see").click()
    expect(page.get_by_role("checkbox", name="People mend what they can see")).to_be_checked()
    page.get_by_label("we believe that…").fill("showing each error beside its row")
    page.get_by_label("the primary KPI by, in %").fill("5")
    page.get_by_label("We know it when…").fill("More first imports go through.")
    page.get_by_label("Surfaces").fill("importer")
    walker.pictures("exp-idea")
    page.get_by_role("button", name="Save and plan it").click()

    # the design, with the sample size reckoned
    today = timezone.localdate()
    page.get_by_label("KPI", exact=True).first.press_sequentially("Import")
    page.get_by_role("option", name="Import success").click()
    page.get_by_label("Role").first.select_option("Primary")
    for label, value in (
        ("Smallest effect worth finding, in %", "5"),
        ("New units a day", "9000"),
        ("Baseline", "0.6"),
        ("Planned first day", today.isoformat()),
        ("Planned last day", today.replace(year=today.year + 1).isoformat()),
    ):
        page.get_by_label(label, exact=False).first.fill(value)
    page.get_by_role("button", name="Save and reckon").click()
    expect(page.get_by_text("units in each variant")).to_be_visible()
    walker.pictures("exp-design")
    page.get_by_role("button", name="Save", exact=True).click()

    # seen to what gates the start, and started
    for text in ("Each variant", "Exposure"):
        page.get_by_role("button", name=re.compile(f"^Tick “{text}")).click()
        expect(page.get_by_role("button", name=f"Untick “{text}")).to_be_visible()
    page.get_by_role("button", name="Mark as ready").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_text("It runs. The plan is frozen")).to_be_visible()

    # results by hand are read out, and the look before the stop date is noted
    page.get_by_role("link", name="Add results").click()
    page.get_by_label("Units in As it is").fill("4000")
    page.get_by_label("Units in With the change").fill("4010")
    page.get_by_label("how many did it, in As it is").fill("2400")
    page.get_by_label("how many did it, in With the change").fill("2580")
    page.get_by_role("button", name="Read out").click()
    expect(page.get_by_role("heading", level=2).first).to_contain_text("Keep running")
    expect(page.get_by_text("You look before the stop date.")).to_be_visible()
    walker.assert_accessible()
    walker.pictures("exp-readout")
    page.get_by_role("link", name="Errors beside their row").first.click()

    # stopped early and decided against the rule: somebody else has to agree
    page.get_by_role("link", name="Stop…").click()
    page.get_by_label("Clear before the planned end").check()
    page.get_by_label("In a few words").fill("Support cannot wait.")
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("link", name="Decide…").click()
    page.get_by_label("Ship", exact=True).check()
    page.get_by_label("Variant that ships").select_option("With the change")
    page.get_by_label("Why", exact=True).fill("Support has no tickets of this kind any more.")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_text("waits for a second reviewer").first).to_be_visible()
    experiment = Experiment.objects.get()
    walker.sign_in(ops).open(experiment.get_absolute_url())
    page.get_by_role("link", name="Look at it").click()
    page.get_by_label("I agree: the decision stands").check()
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("Shipped").first).to_be_visible()

    # closed with a learning, which the library has
    walker.sign_in(member).open(experiment.get_absolute_url())
    page.get_by_role("link", name="Close with what was learned…").click()
    page.get_by_label("What was learned, in one sentence").fill("What is wrong is mended where it shows")
    page.get_by_role("button", name="Close the experiment").click()
    page.get_by_role("link", name="What is wrong is mended where it shows").click()
    page.get_by_role("link", name="Learnings").first.click()
    expect(page.get_by_text("1 for")).to_be_visible()
    experiment.refresh_from_db()
    assert (experiment.state, ExperimentDecision.objects.get().reviewed_by) == ("closed", ops)
    assert experiment.insights.get().insight == insight
