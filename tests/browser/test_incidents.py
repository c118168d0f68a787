"""From an incident to its answer, by way of a quarantine, a decision in spite of it and a second look."""

import datetime as dt
import random

from django.urls import reverse
from playwright.sync_api import expect

from metrics.models import Decision, Incident, ReReview
from metrics.services import checks
from tests.factories.metrics import DecisionFactory, FlagFactory, KpiFactory, day, series

TODAY = dt.datetime.now(dt.UTC).date()
YESTERDAY = TODAY - dt.timedelta(days=1)
NAMES = (
    "Import success on first try",
    "Support tickets per 100 accounts",
    "Time to first route",
    "New trials",
)


def company(member, team):
    """Four KPIs that fell on one day, one of them with a decision on its numbers."""
    made = []
    for number, name in enumerate(NAMES):
        dice = random.Random(number)
        values = [round(64 + dice.gauss(0, 0.8), 2) for _ in range(160)]
        values[-1] -= 6 + 4 * number
        kpi = KpiFactory(name=name, owner=member, team=team, approved=True)
        series(kpi, YESTERDAY, values)
        made.append(kpi)
    before = dt.datetime.now(dt.UTC) - dt.timedelta(hours=3)
    span = {"data_from": YESTERDAY - dt.timedelta(days=27), "data_to": YESTERDAY}
    DecisionFactory(title="Roll the importer out", by=member, kpi=made[2], at=before, **span)
    checks.check_many([kpi.pk for kpi in made], at=dt.datetime.now(dt.UTC))
    FlagFactory(kpi=KpiFactory(name="First response time"), period=day(YESTERDAY - dt.timedelta(days=3)))
    return made


def look(walker, name):
    walker.pictures(f"incidents-{name}")
    walker.assert_accessible()


def test_from_an_incident_to_a_second_look(walker, member, team):
    kpis = company(member, team)
    page = walker.sign_in(member).open(reverse("metrics:incident_list"))
    expect(page.get_by_text("4 series moved on this day")).to_be_visible()
    look(walker, "list")

    # by keyboard alone: the second is acknowledged, and that is undone
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_text("1 incident acknowledged.")).to_be_visible()
    assert Incident.objects.filter(state="acknowledged").count() == 1
    page.keyboard.press("z")
    expect(page.get_by_text("1 incident back as before.")).to_be_visible()
    assert not Incident.objects.filter(state="acknowledged").exists()

    incident = kpis[2].incidents.get()
    walker.open(incident.get_absolute_url())
    expect(page.locator("[data-kpi-chart][data-drawn] canvas")).to_be_visible()
    page.keyboard.press("m")
    expect(page.get_by_text("It is yours.")).to_be_visible()
    expect(page.locator("[data-kpi-chart][data-drawn] canvas")).to_be_visible()
    look(walker, "page")
    page.get_by_label("Last affected day").fill(TODAY.isoformat())
    page.get_by_role("button", name="Set the window").click()
    expect(page.get_by_text("The window is set.")).to_be_visible()
    expect(page.get_by_role("link", name="Roll the importer out")).to_be_visible()

    walker.open(kpis[2].get_absolute_url())
    expect(page.get_by_text("Do not use for decisions")).to_be_visible()
    page.get_by_role("heading", name="Decisions on these data").scroll_into_view_if_needed()
    expect(page.get_by_role("heading", name="Data checks")).to_be_visible()
    look(walker, "kpi")
    page.get_by_role("link", name="Record a decision").click()
    page.get_by_label("What was decided?").fill("Stop the campaign")
    page.get_by_label("Why", exact=True).fill("It costs more than it brings.")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("Wait, or say why it has to be now").first).to_be_visible()
    look(walker, "decide")
    page.get_by_label("Why decide on data in quarantine?").fill("The contract ends today.")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("Decided on data in quarantine, because:")).to_be_visible()
    look(walker, "decision")

    walker.open(ReReview.objects.get().get_absolute_url())
    look(walker, "again")
    page.get_by_label("Revised").check()
    page.get_by_label("Why?").fill("Half of it was the data.")
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("Half of it was the data.")).to_be_visible()
    assert Decision.objects.get(title="Roll the importer out").state == "revised"

    walker.open(incident.get_absolute_url())
    page.keyboard.press("r")
    page.get_by_label("What was it?").select_option("false_positive")
    page.get_by_role("button", name="Resolve", exact=True).click()
    expect(page.locator(".note.good")).to_contain_text("False positive")
    walker.open(reverse("metrics:quality_detail", args=[kpis[2].slug]))
    expect(page.get_by_text("1.15 times as unusual")).to_be_visible()
    look(walker, "quality")
    for name, url in (
        ("decisions", reverse("metrics:decision_list")),
        ("thresholds", reverse("metrics:quality_edit", args=[kpis[2].slug])),
        ("hold", reverse("metrics:hold_set", args=[kpis[2].slug])),
    ):
        walker.open(url)
        look(walker, name)
