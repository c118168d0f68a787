"""A KPI from its definition to a resolved incident, in a real browser."""

import datetime as dt
import math
import random
import tomllib

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from metrics.demo import story, values
from metrics.models import Incident, Kpi, KpiTier, Point
from metrics.services import checks
from prodops.models import Notification
from tests.factories.metrics import FlagFactory, KpiFactory, day, series

YESTERDAY = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)


def daily(days=160):
    """Calm values with a week in them, and a drop on the last day."""
    dice = random.Random(4)
    found = [round(64 + 2 * math.sin(2 * math.pi * n / 7) + dice.gauss(0, 0.5), 1) for n in range(days)]
    found[-1] = 47.3
    return found


def rows():
    first = YESTERDAY - dt.timedelta(days=159)
    return [f"{first + dt.timedelta(days=n)},{value}" for n, value in enumerate(daily())]


@pytest.fixture
def registry(member, team):
    """Six KPIs of the demo with a year of values, the first two judged by the real checks."""
    specs = tomllib.loads(story.FILE.read_text(encoding="utf-8"))["kpis"]
    made = []
    for number, spec in enumerate(specs[:6]):
        money = {"unit": "money", "currency": "EUR"} if spec["unit"] == "eur" else {"unit": spec["unit"]}
        kpi = KpiFactory(
            **{name: spec[name] for name in ("slug", "name", "meaning", "formula", "direction", "source")},
            **money,
            tier=KpiTier(spec["tier"]),
            owner=member,
            team=team,
            approved=number != 2,
        )
        found = dict(values.daily(spec, today=YESTERDAY + dt.timedelta(days=1), seed=number))
        first, last = min(found), max(found)
        days = (last - first).days
        series(kpi, last, [found.get(first + dt.timedelta(days=n)) for n in range(days + 1)])
        made.append(kpi)
    Point.objects.filter(kpi=made[1], period__gt=day(YESTERDAY - dt.timedelta(days=4))).update(value=61.4)
    Point.objects.filter(kpi=made[1], period=day(YESTERDAY)).update(value=58.2)
    checks.check(made[1].pk, at=dt.datetime.now(dt.UTC))
    FlagFactory(kpi=made[4], period=day(YESTERDAY), kind="spike", value=5.6, low=3.1, high=4.8, expected=4)
    return made


def test_from_a_definition_to_a_resolved_incident(walker, member, ops, team, tmp_path):
    page = walker.sign_in(member).open(reverse("metrics:kpi_list"))
    expect(page.get_by_text("No KPI is defined yet")).to_be_visible()
    page.get_by_role("link", name="Define a KPI").first.click()
    page.get_by_label("Name", exact=True).fill("Import success on first try")
    page.get_by_label("Meaning").fill("Share of first imports that go through without an error.")
    page.get_by_label("Formula").fill("good first imports ÷ all first imports")
    page.get_by_label("Unit").select_option("percent")
    page.get_by_label("Source").fill("warehouse: mart_import.first_attempts")
    page.get_by_label("Team").select_option(label=team.name)
    walker.shot("metrics-define")
    page.get_by_role("button", name="Define", exact=True).click()

    # exactly how it is counted, without SQL; the sentence follows
    page.get_by_label("How it is counted", exact=True).select_option("ratio")
    above, below = page.get_by_role("group", name="Above the line"), page.get_by_role("group", name="Below")
    above.get_by_label("Aggregate").select_option("count")
    above.get_by_label("Table").fill("first_imports")
    above.get_by_label("Only where").first.fill("ok")
    above.get_by_label("Value", exact=True).first.fill("true")
    below.get_by_label("Aggregate").select_option("count")
    below.get_by_label("Table").fill("first_imports")
    said = "Count of first_imports where ok = true ÷ count of first_imports, per day"
    expect(page.locator("#sentence")).to_contain_text(said)
    walker.shot("registry-define")
    walker.assert_accessible()
    page.get_by_role("button", name="Save and send to review").click()
    expect(page.get_by_text("waits for a review")).to_be_visible()
    page.get_by_role("link", name="Values", exact=True).click()
    page.get_by_role("link", name="Add values").first.click()

    # a file with a row that fails: it is named, and left out or mended
    broken = tmp_path / "series.csv"
    broken.write_text("date,value\n" + "\n".join([*rows()[:-1], f"{YESTERDAY},forty"]) + "\n")
    page.get_by_label("CSV file or spreadsheet").set_input_files(broken)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("“forty” is not a number")).to_be_visible()
    walker.shot("metrics-preview-fault")
    walker.assert_accessible()
    page.get_by_role("button", name="Use another file").click()
    broken.write_text("date,value\n" + "\n".join(rows()) + "\n")
    page.get_by_label("CSV file or spreadsheet").set_input_files(broken)
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Import 160 values").click()

    # the check ran after the import: the drop is on the chart and in the list, and the owner was told
    expect(page.locator("[data-kpi-chart][data-drawn] canvas")).to_be_visible()
    expect(page.get_by_text("Dip: 47.3 % where")).to_be_visible()
    kpi = Kpi.objects.get()
    assert kpi.owner == member
    assert Notification.objects.filter(recipient=member, text__contains="Dip").count() == 1
    # its incident is resolved from its page, and the checks learn from it
    page.locator("#incidents").get_by_role("link").first.click()
    page.wait_for_url("**/incidents/*/")  # the page before has a chart too
    expect(page.locator("[data-kpi-chart][data-drawn] canvas")).to_be_visible()
    page.keyboard.press("r")
    page.get_by_label("What was it?").select_option("false_positive")
    page.get_by_label("In a few words").fill("The warehouse reloaded that day")
    page.get_by_role("button", name="Resolve", exact=True).click()
    expect(page.locator(".note.good").get_by_text("The warehouse reloaded that day")).to_be_visible()
    assert Incident.objects.get().cause == "false_positive"
    page.get_by_role("link", name="The KPI’s page").click()

    page.get_by_role("link", name="30 days").click()
    page.wait_for_url("**?range=30d")
    expect(page.locator("[data-kpi-chart][data-drawn] canvas")).to_be_visible()

    walker.sign_in(ops).open(kpi.get_absolute_url())
    page.get_by_role("link", name="Read and review").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("Version 1 of “Import success on first try” is live.")).to_be_visible()


def test_dates_that_can_be_read_both_ways_are_asked(walker, member, team):
    kpi = KpiFactory(team=team, owner=member)
    page = walker.sign_in(member).open(reverse("metrics:series_upload", args=[kpi.slug]))
    walker.shot("metrics-upload")
    page.get_by_label("Or paste rows").fill("date;value\n03/04/2026;61,5\n04/04/2026;62,5\n")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("can be read both ways")).to_be_visible()
    expect(page.get_by_role("button", name="Import")).to_be_disabled()
    page.get_by_label("Dates are written").select_option("dmy")
    expect(page.get_by_role("cell", name="3 Apr 2026")).to_be_visible()
    page.get_by_role("button", name="Import 2 values").click()
    expect(page.get_by_text("2 new, 0 changed, 0 unchanged").first).to_be_visible()


def test_zooming_and_the_theme_keep_the_chart(walker, member, registry):
    page = walker.sign_in(member).open(registry[1].get_absolute_url())
    box = page.locator(".chart .u-over").bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 80)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 80, steps=4)
    page.mouse.up()
    expect(page.get_by_role("button", name="Show all")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_role("button", name="Show all")).to_be_hidden()
    page.get_by_text("The values as a table").click()
    expect(page.get_by_role("link", name="All values as CSV")).to_be_visible()
    page.evaluate(
        "document.documentElement.dataset.theme='dark';document.dispatchEvent(new Event('themechange'))"
    )
    expect(page.locator("[data-kpi-chart][data-drawn] canvas")).to_be_visible()
    walker.shot("metrics-kpi-dark-table")


def test_metrics_pages_are_accessible(walker, member, registry):
    walker.sign_in(member)
    for name in ("kpi_list", "kpi_detail", "incident_list", "kpi_define", "series_upload", "home"):
        arguments = {"slug": registry[1].slug} if name in ("kpi_detail", "series_upload") else {}
        walker.open(reverse(name if name == "home" else f"metrics:{name}", kwargs=arguments))
        walker.pictures(f"metrics-{name}")
        walker.assert_accessible()
